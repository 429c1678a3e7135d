"""The record of the membrane and what is had of it, on traces that can be done by hand.

Would catch: a lag off by one, a pair counted that reaches beyond the trial, a mean that is not taken off, a spectrum
that is one-sided, a bin or a cut shifted by a sample, trials joined in the wrong order.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

import stochhh as sh
from stochhh import statistics as st
from stochhh.errors import InputError
from stochhh.statistics.membrane.sums import Gatherer

N, DT = 60, 0.5
TIME = np.arange(N) * DT
VALUES = np.random.default_rng(3).normal(size=(3, 2, N)).cumsum(axis=2) * [[[1.0], [0.01]]] + [[[-65.0], [0.5]]]
TRACES = sh.Traces(TIME, VALUES, ("V", "n"))
SPIKES = sh.SpikeTrains([4.2, 12.0, 12.0, 28.9], [0, 0, 1, 2], 3, 5.0, 29.5)
SAMPLING = sh.Sampling(("V", "n"), interval=DT, longest_lag=4.0, segment=8.0, before=1.0, after=2.5)
RECORD = sh.Membrane.from_traces(TRACES, SPIKES, SAMPLING)

WINDOW = TIME >= 5.0
TOLD = np.tile(TIME <= 28.5, (3, 1))  # 1 ms before the end a spike beyond it would not be known
TOLD[0, (TIME >= 3.2) & (TIME <= 6.7)] = False
TOLD[0, (TIME >= 11.0) & (TIME <= 14.5)] = False
TOLD[1, (TIME >= 11.0) & (TIME <= 14.5)] = False
TOLD[2, TIME >= 28.0] = False
PARTS = {False: np.ones_like(TOLD[:, WINDOW]), True: TOLD[:, WINDOW]}


def numbers(record):
    """All that a record holds."""
    for of in record.variables.values():
        yield from (of.reference, of.lowest, *of.every, *of.subthreshold, of.power)


def same(a, b):
    return (a.sampling, a.segments) == (b.sampling, b.segments) and all(map(np.array_equal, numbers(a), numbers(b)))


@pytest.mark.parametrize("subthreshold", PARTS)
@pytest.mark.parametrize(("name", "index"), [("V", 0), ("n", 1)])
def test_moments_are_those_of_the_samples(name, index, subthreshold):
    x = VALUES[:, index, WINDOW][PARTS[subthreshold]]
    y = x - x.mean()
    expected = {"variance": np.mean(y**2), "skewness": np.mean(y**3) / np.mean(y**2) ** 1.5}
    expected |= {"mean": x.mean(), "kurtosis": np.mean(y**4) / np.mean(y**2) ** 2 - 3}
    for statistic, value in expected.items():
        found = getattr(st, f"membrane_{statistic}")(pooled(RECORD), name, subthreshold)
        assert found.value == pytest.approx(value, rel=1e-9) and "requires at least two trials" in found.reason
        assert found.name == f"{name}_{statistic}" + "_subthreshold" * subthreshold
        assert found.unit == {"mean": "mV", "variance": "mV2"}.get(statistic, "1") if name == "V" else "1"
        assert getattr(st, f"membrane_{statistic}")(RECORD, name, subthreshold).low is not None


def pooled(record):
    """The record with all trials as one: of one there is no jackknife, and the plain value comes out."""

    def sum_of(sums):
        return type(sums)(*(column.sum(axis=0, keepdims=True) for column in sums))

    def one(v):
        return replace(v, every=sum_of(v.every), subthreshold=sum_of(v.subthreshold), power=v.power[:1])

    return replace(record, variables={name: one(v) for name, v in record.variables.items()})


@pytest.mark.parametrize("subthreshold", PARTS)
def test_the_autocovariance_is_that_of_the_pairs(subthreshold):
    V, told = VALUES[:, 0, WINDOW], PARTS[subthreshold]
    mean = V[told].mean()
    found = st.autocovariance(pooled(RECORD), subthreshold=subthreshold)
    assert np.array_equal(found.x, np.arange(9) * DT)
    for k in range(9):
        last = V.shape[1] - k
        both = told[:, :last] & told[:, k:]
        product = ((V[:, :last] - mean) * (V[:, k:] - mean))[both]
        assert found.value[k] == pytest.approx(product.mean(), rel=1e-9)
    chosen = st.autocovariance(RECORD, lags=[0.0, 1.5, 4.0], subthreshold=subthreshold)
    assert np.array_equal(chosen.value, st.autocovariance(RECORD, subthreshold=subthreshold).value[[0, 3, 8]])
    assert (
        np.isnan(chosen.joint_low).all()
        and chosen.reason == "a simultaneous band requires at least 10 trials; found: 3"
    )
    more = st.autocovariance(sh.Membrane.stacked([RECORD] * 4), lags=[0.0, 1.5, 4.0], subthreshold=subthreshold)
    assert np.all(more.joint_low <= more.low) and np.all(more.high <= more.joint_high) and more.reason is None


def test_the_spectrum_is_that_of_the_segments():
    V, window = VALUES[:, 0, WINDOW], np.sin(np.pi * np.arange(16) / 16) ** 2
    phase = np.exp(-2j * np.pi * np.outer(np.arange(16), np.arange(9)) / 16)
    starts = range(0, V.shape[1] - 15, 8)
    power = np.array([[abs((V[j, a : a + 16] * window) @ phase) ** 2 for a in starts] for j in range(3)])
    density = power.mean(axis=(0, 1)) * DT / np.sum(window**2) / 1000
    edges = (np.arange(2, 9) - 0.5) * 125.0
    found = st.power_spectrum(RECORD, edges=edges)
    assert RECORD.segments == len(starts) and np.allclose(found.x, np.arange(2, 8) * 125.0)
    assert np.allclose(found.value, density[2:8], rtol=1e-9, atol=0)
    wide = st.power_spectrum(RECORD, edges=[200.0, 600.0, 1000.0])
    assert np.allclose(wide.value, [density[2:5].mean(), density[5:8].mean()]) and np.allclose(wide.x, [375.0, 750.0])


def test_a_constant_does_not_reach_the_spectrum():
    higher = VALUES + np.array([[300.0], [0.0]])
    far = sh.Membrane.from_traces(sh.Traces(TIME, higher, ("V", "n")), SPIKES, SAMPLING)
    near = replace(SAMPLING, variables=("V",), bin={})
    shifted = np.concatenate([np.full((3, 2, 1), -500.0), VALUES[:, :, 1:]], axis=2)  # a reference far off
    other = sh.Membrane.from_traces(sh.Traces(TIME, shifted, ("V", "n")), SPIKES, near)
    for record in (far, other):
        assert np.allclose(record["V"].power[:, 2:], RECORD["V"].power[:, 2:], rtol=1e-6)


@pytest.mark.parametrize("subthreshold", PARTS)
def test_the_density_counts_samples_in_bins(subthreshold):
    V = VALUES[:, 0, WINDOW][PARTS[subthreshold]]
    found = st.membrane_density(RECORD, subthreshold=subthreshold)
    edges = np.append(found.x - 0.5, found.x[-1] + 0.5)
    assert np.array_equal(edges, np.round(edges)) and found.value.sum() == pytest.approx(1.0)
    assert np.allclose(found.value, np.histogram(V, edges)[0] / V.size) and found.unit == "1/mV"
    gate = st.membrane_density(RECORD, "n", subthreshold)
    assert gate.unit == "1" and np.allclose(np.diff(gate.x), 0.01) and np.sum(gate.value) * 0.01 == pytest.approx(1.0)


def test_a_spike_cuts_both_its_sides_and_no_more():
    """Times that are multiples of the interval, so that the ends of the cut are met exactly."""
    spikes = sh.SpikeTrains([10.0], [0], 3, 0.0, 29.5)
    of = sh.Membrane.from_traces(TRACES, spikes, SAMPLING)["V"]
    assert of.every.count.tolist() == [60, 60, 60]
    assert of.subthreshold.count.tolist() == [58 - 8, 58, 58]  # from 9.0 to 12.5 ms, and from 29.0 ms on
    for change, fewer in [({"before": 1.5}, 2), ({"after": 3.0}, 1), ({"before": 0.0, "after": 0.0}, -9)]:
        other = sh.Membrane.from_traces(TRACES, spikes, replace(SAMPLING, **change))["V"]
        assert other.subthreshold.count[0] == 50 - fewer


def test_where_nothing_is_subthreshold_the_reason_is_told():
    spikes = sh.SpikeTrains(np.tile(TIME[::4], 3), np.repeat(range(3), 15), 3, 5.0, 29.5)
    record = sh.Membrane.from_traces(TRACES, spikes, SAMPLING)
    mean = st.membrane_mean(record, subthreshold=True)
    assert mean.value is None and "subthreshold samples; found: 0" in mean.reason
    for curve in (st.membrane_density(record, subthreshold=True), st.autocovariance(record, subthreshold=True)):
        assert np.all(np.isnan(curve.value)) and curve.reason
    assert st.membrane_mean(record).value is not None


@pytest.mark.parametrize("stretch", [1, 7, 16, 1000])
def test_however_it_is_cut_into_stretches_the_sums_agree(stretch):
    gatherer = Gatherer(SAMPLING, VALUES[0, :, 0], 3, (5.0, 29.5))
    for trial in range(3):
        gatherer.spiked(trial, SPIKES.with_transient().of(trial))
    for first in range(10, N, stretch):
        gatherer.take(VALUES[:, :, first : first + stretch])
    for found, expected in zip(numbers(sh.Membrane.gathered(gatherer)), numbers(RECORD), strict=True):
        assert np.allclose(found, expected, rtol=1e-10, atol=1e-10)


def test_records_of_some_trials_join_to_that_of_all():
    def of(trials):
        spikes, n = [SPIKES.with_transient().of(k) for k in trials], len(trials)
        train = sh.SpikeTrains(np.concatenate(spikes), np.repeat(range(n), [len(s) for s in spikes]), n, 5.0, 29.5)
        values = VALUES[trials]
        values[:, :, 0] = VALUES[0, :, 0]  # all have one reference, as the trials of a run have one initial state
        return sh.Membrane.from_traces(sh.Traces(TIME, values, ("V", "n")), train, SAMPLING)

    assert same(sh.Membrane.stacked([of([0]), of([1, 2])]), of([0, 1, 2]))
    assert not same(sh.Membrane.stacked([of([1]), of([0, 2])]), of([0, 1, 2]))
    with pytest.raises(InputError, match="different samplings"):
        sh.Membrane.stacked([RECORD, sh.Membrane.from_traces(TRACES, SPIKES, replace(SAMPLING, after=3.0))])


def test_a_result_keeps_it_in_a_file_and_joins_it(tmp_path):
    provenance = {"stochhh": "0", "backend": "jump", "seed": 1, "timing": {"run_s": 1.0}}
    result = sh.Result(SPIKES, None, None, provenance, RECORD)
    result.save(tmp_path / "a.nc")
    loaded = sh.Result.load(tmp_path / "a.nc")
    assert same(loaded.membrane, RECORD) and loaded.to_xarray().attrs["stochhh_format"] == 2
    assert sh.Result(SPIKES, None).to_xarray().attrs["stochhh_format"] == 1  # readable by what came before
    twice = loaded.joined(result)
    assert twice.n_trials == 6 and same(twice.membrane, sh.Membrane.stacked([RECORD, RECORD]))


def test_the_defaults_are_those_of_the_traces():
    record = sh.Membrane.from_traces(sh.Traces(np.arange(12001) * 0.1, np.ones((1, 1, 12001)), ("V",)),
                                     sh.SpikeTrains([], [], 1, 0.0, 1200.0))  # fmt: skip
    assert record.sampling == sh.Sampling() and record.segments == 3
    assert st.membrane_kurtosis(record).reason == "V is constant up to rounding"


def test_kurtosis_from_the_powers():
    """By hand: V is -64 or -66 by halves has excess kurtosis 1 - 3; with a third at -65, 1.5 - 3."""
    two, three = (np.tile([0.0, x, 0.0, x], (4, 1)) for x in (1.0, 2 / 3))
    assert st.V_kurtosis(sh.Moments(-65.0, two)).value == pytest.approx(-2.0)
    assert st.V_kurtosis(sh.Moments(-65.0, three)).value == pytest.approx(-1.5)
    assert st.V_kurtosis(sh.Moments(-65.0, np.zeros((4, 4)))).reason == "V is constant up to rounding"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"variables": "V"}, "variables = 'V'"),
        ({"variables": ("V", "V")}, "a tuple of different names"),
        ({"interval": 0.0}, "interval = 0.0"),
        ({"longest_lag": 0.75}, "longest_lag = 0.75 is not allowed: it must be a whole multiple of the interval"),
        ({"segment": 8.5}, "segment = 8.5 is not allowed: it must be an even multiple"),
        ({"segment": 2.0}, "of at least 8 samples"),
        ({"before": -1.0}, "before = -1.0"),
        ({"after": math.nan}, "after = nan"),
        ({"bin": {"h": 1.0}}, "bin name = 'h' is not allowed: it must be one of V"),
        ({"bin": {"V": 0.0}}, "bin V = 0.0"),
    ],
)
def test_a_wrong_sampling_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        sh.Sampling(**{"interval": DT, "longest_lag": 4.0, "segment": 8.0} | change)


def test_what_does_not_fit_is_refused():
    def refused(said, traces=TRACES, spikes=SPIKES, **change):
        with pytest.raises(InputError, match=said):
            sh.Membrane.from_traces(traces, spikes, replace(SAMPLING, **change))

    refused("interval = 0.25 is not allowed", interval=0.25)
    refused("sampled at its whole multiples", traces=sh.Traces(TIME**1.1, VALUES, ("V", "n")))
    refused("variable = 'h' is not allowed: it must be one of V, n", variables=("h",), bin={})
    refused("3 trials of traces but 2 of spikes", spikes=sh.SpikeTrains([], [], 2, 5.0, 29.5))
    refused("do not cover the window", spikes=sh.SpikeTrains([], [], 3, 5.0, 40.0))
    refused("segment = 25.0 is not allowed: it must be at most the window, 24.5 ms", segment=25.0)
    with pytest.raises(InputError, match="variable = 'h' is not allowed: it must be one of V, n"):
        st.membrane_mean(RECORD, "h")
    for lags in ([0.3], [1.0, 1.0], [-0.5], [4.5], []):
        with pytest.raises(InputError, match=r"lags = .* is not allowed"):
            st.autocovariance(RECORD, lags=lags)
    for edges in ([100.0], [300.0, 200.0], [-1.0, 300.0], [0.0, 200.0], [255.0, 260.0]):
        with pytest.raises(InputError, match=r"edges = .* is not allowed"):
            st.power_spectrum(RECORD, edges=edges)
