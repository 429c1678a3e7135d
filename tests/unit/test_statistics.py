"""Statistics of hand-made trains and potentials: exact values, and intervals that hold in every awkward case."""

import json
import math
import time
from types import SimpleNamespace

import numpy as np
import pytest

from stochhh import statistics as st
from stochhh.errors import InputError
from stochhh.results import Moments
from stochhh.spike_trains import SpikeTrains

OF_SPIKES = (st.rate, st.isi_mean, st.cv, st.cv2, st.lv, st.isi_skewness, st.fano_factor)
OF_ISI = (st.isi_mean, st.cv, st.cv2, st.lv, st.isi_skewness)


def trains(*of_trials, stop=100.0, start=0.0):
    """SpikeTrains from one list of spike times a trial."""
    time = np.concatenate([np.asarray(t, float) for t in of_trials])
    trial = np.repeat(np.arange(len(of_trials)), [len(t) for t in of_trials])
    return SpikeTrains(time, trial, len(of_trials), start, stop)


def t_quantile(dof):
    """The 97.5 % points of Student's t, from a table."""
    return {1: 12.706204736432095, 2: 4.302652729911275, 3: 3.182446305284263}[dof]


# Three ISIs, 10 and 20 in the first trial and 30 in the second, with the weights 1/90, 1/80 and 1/70.
THREE = trains([10, 20, 40], [50, 80])


def test_rate_of_a_hand_counted_train():
    rate = st.rate(THREE)
    assert rate.value == 25.0  # 5 spikes in 2 trials of 0.1 s
    # Left out: 20 and 30 Hz. On the log scale the deviations are +-log(1.5)/2, the jackknife error log(1.5)/2.
    factor = math.exp(t_quantile(1) * math.log(1.5) / 2)
    assert rate.low == pytest.approx(25 / factor, rel=1e-9)
    assert rate.high == pytest.approx(25 * factor, rel=1e-9)
    assert (rate.unit, rate.level, rate.n) == ("Hz", 0.95, 2)


def test_isi_mean_of_a_hand_counted_train():
    def mean(x, w):
        return np.dot(w, x) / np.sum(w)

    together = mean([10, 20, 30], [1 / 90, 1 / 80, 1 / 70])
    left_out = (30.0, mean([10, 20], [1 / 90, 1 / 80]))
    assert st.isi_mean(THREE).value == pytest.approx(2 * together - np.mean(left_out), rel=1e-12)


def test_cv_of_one_trial_has_no_correction_but_the_windows():
    x, w = np.array([10.0, 20, 30]), np.array([1 / 90, 1 / 80, 1 / 70])
    mean = np.average(x, weights=w)
    sd = np.average((x - mean) ** 2, weights=w) ** 0.5
    train = trains([5, 15, 35, 65])
    assert st.cv(train).value == pytest.approx(sd / mean, rel=1e-12)
    third = np.average((x - mean) ** 3, weights=w)
    assert st.isi_skewness(train).value == pytest.approx(third / sd**3, rel=1e-12)


def test_local_variability_of_one_trial():
    train = trains([5, 15, 35, 65])  # pairs (10, 20) and (20, 30), of lengths 30 and 50: weights 1/70 and 1/50
    weights = [1 / 70, 1 / 50]
    assert st.cv2(train).value == pytest.approx(np.average([2 / 3, 2 / 5], weights=weights), rel=1e-12)
    assert st.lv(train).value == pytest.approx(np.average([3 / 9, 3 / 25], weights=weights), rel=1e-12)


def test_fano_factor_has_the_unbiased_variance():
    counts = trains([1, 2, 3], [4], [5, 6], [7, 8, 9, 10, 11])
    assert st.fano_factor(counts).value == pytest.approx(np.var([3, 1, 2, 5], ddof=1) / 2.75, rel=1e-12)


def test_window_weights_undo_the_loss_of_long_isis():
    # ISIs alternate between 10 and 30 ms. Seen at every phase through a window of 65 ms, the short ones are over-
    # represented by 55 to 35; with the weights, both come out equally often.
    phases = np.arange(0, 40, 0.05) + 0.025
    spikes = np.sort(np.concatenate([np.arange(-80, 160, 40.0), np.arange(-70, 160, 40.0)]))
    seen = [(spikes + phase)[(spikes + phase >= 0) & (spikes + phase <= 65)] for phase in phases]
    train = trains(*seen, stop=65.0)
    plain = train.isi()[0].mean()
    assert plain == pytest.approx((55 * 10 + 35 * 30) / 90, rel=1e-3)
    assert st.isi_mean(train).value == pytest.approx(20.0, rel=1e-3)
    assert st.cv(train).value == pytest.approx(0.5, rel=1e-3)
    assert st.lv(train).value == pytest.approx(0.75, rel=1e-12)


def test_spikes_of_the_transient_count_nowhere():
    late = trains([10, 20, 40], [50, 80])
    early = SpikeTrains([3.0, 110, 120, 140, 7, 150, 180], [0, 0, 0, 0, 1, 1, 1], 2, 100.0, 200.0)
    for statistic in OF_SPIKES:
        assert statistic(early).value == pytest.approx(statistic(late).value, rel=1e-12)


@pytest.mark.parametrize("factor", [1e-3, 7.3, 1e4])
def test_another_unit_of_time_changes_times_alone(factor):
    rng = np.random.default_rng(3)
    base = [np.sort(rng.uniform(0, 100, 25)) for _ in range(6)]
    slow = trains(*[factor * t for t in base], stop=100 * factor)
    fast = trains(*base)
    for statistic in OF_SPIKES:
        a, b = statistic(fast), statistic(slow)
        scale = {"rate": 1 / factor, "isi_mean": factor}.get(a.name, 1.0)
        for end in ("value", "low", "high"):
            assert getattr(b, end) == pytest.approx(scale * getattr(a, end), rel=1e-9)


# Awkward trains.


@pytest.mark.parametrize("n_trials", [2, 3, 50])
@pytest.mark.parametrize("shift", [0.0, 1 / 3])
def test_a_periodic_train_is_left_as_it_is(n_trials, shift):
    period = 14.63621
    of_trials = [(np.arange(200) + 0.1 + shift * k % 1) * period for k in range(n_trials)]
    train = trains(*[t[t <= 2000] for t in of_trials], stop=2000.0)
    mean = st.isi_mean(train)
    assert mean.value == pytest.approx(period, rel=1e-13)
    rate = st.rate(train)
    assert rate.low <= 1000 / period <= rate.high
    assert (mean.low, mean.high) == pytest.approx((1000 / rate.high, 1000 / rate.low)) and "1/rate" in mean.method
    for statistic in (st.cv, st.cv2, st.lv, st.log_isi_sd):
        estimate = statistic(train)
        assert estimate.value < 1e-9 and estimate.low is estimate.high is None
        assert f"all {n_trials} trials agree up to rounding" in estimate.reason
    skewness = st.isi_skewness(train)
    assert skewness.value is None
    assert "equal" in skewness.reason
    fano = st.fano_factor(train)
    assert 0.0 <= fano.low <= fano.value <= fano.high


def test_a_silent_neuron_has_rate_0_with_an_upper_limit():
    silent = trains([], [], [], [], stop=500.0)
    rate = st.rate(silent)
    assert (rate.value, rate.low) == (0.0, 0.0)
    assert rate.high == pytest.approx(-math.log(0.025) / 2.0, rel=1e-12)  # 4 trials of 0.5 s
    assert "Poisson" in rate.method
    for statistic in (*OF_ISI, st.fano_factor):
        estimate = statistic(silent)
        assert (estimate.value, estimate.low, estimate.high) == (None, None, None)
        assert estimate.reason
    assert st.rate(trains([], stop=500.0)).high == pytest.approx(-math.log(0.025) / 0.5, rel=1e-12)


def test_one_trial_gives_values_without_intervals():
    train = trains([5, 15, 35, 65, 70, 90])
    for statistic in (st.rate, *OF_ISI):
        estimate = statistic(train)
        assert estimate.value is not None
        assert estimate.low is estimate.high is None
        assert "two trials" in estimate.reason
    fano = st.fano_factor(train)
    assert fano.value is None
    assert "at least 2 spike counts" in fano.reason


def test_two_trials_give_wide_finite_intervals():
    rng = np.random.default_rng(0)
    train = trains(*[np.sort(rng.uniform(0, 100, n)) for n in (31, 34)])
    for statistic in OF_SPIKES:
        estimate = statistic(train)
        assert estimate.low < estimate.value < estimate.high < math.inf
        assert "1 degrees" in estimate.method or estimate.name == "fano_factor"


def test_one_spike_a_trial_gives_a_rate_and_no_isi():
    train = trains([10], [20], [30])
    rate = st.rate(train)
    assert rate.low < rate.value == 10.0 < rate.high
    for statistic in OF_ISI:
        estimate = statistic(train)
        assert estimate.value is None
        assert "found: 0" in estimate.reason
    fano = st.fano_factor(train)
    assert (fano.value, fano.low) == (0.0, 0.0)
    assert fano.high > 1  # three equal counts of 1 are no rarity under a Poisson law


def test_trials_without_isis_count_for_the_rate_alone():
    with_silent = trains([10, 20, 40], [], [50, 80], [3])
    without = trains([10, 20, 40], [50, 80])
    for statistic in (st.cv, st.cv2, st.lv):
        a, b = statistic(with_silent), statistic(without)
        assert (a.value, a.low, a.high, a.n) == (b.value, b.low, b.high, b.n)
    assert st.rate(with_silent).value == pytest.approx(15.0)
    assert st.rate(with_silent).n == 4


def test_isis_in_one_trial_only_have_no_interval_by_trial():
    estimate = st.isi_mean(trains([10, 20, 40], [5], [6], stop=1e3))
    assert estimate.value == pytest.approx(np.average([10, 20], weights=[1 / 990, 1 / 980]))
    assert estimate.low is None
    assert "two trials" in estimate.reason


def test_too_few_isis_without_one_trial():
    estimate = st.cv(trains([10, 20], [30, 50]))  # without one of them a single ISI is left: no spread
    assert estimate.value is not None
    assert estimate.low is None
    assert "at least 2 interspike intervals when any one trial is left out" in estimate.reason


def test_spikes_in_one_trial_only():
    rate = st.rate(trains([10, 20, 30], *[[]] * 9))
    assert rate.value == pytest.approx(3.0)
    # One Poisson event is exactly compatible with means between 0.0253 and 5.572; it brought 3 spikes.
    assert rate.low == pytest.approx(3 * 0.0253178)
    assert rate.high == pytest.approx(3 * 5.571643, rel=1e-6)


def test_equal_counts_do_not_mean_certainty():
    rate = st.rate(trains([10, 60], [20, 70]))
    assert rate.low < 10 and rate.high > 30  # two trials: at least one count either way
    many = st.rate(trains(*[[10, 60]] * 200))
    assert (many.low, many.high) == pytest.approx((10, 30))  # a period between 33 and 100 ms gives these counts


def test_isis_as_long_as_the_window():
    assert st.isi_mean(trains([0, 100], [0, 100], [0, 100])).value == pytest.approx(100.0)


def test_simultaneous_spikes():
    for statistic in OF_SPIKES:
        estimate = statistic(trains([10, 10, 10], [20, 20, 20], [5, 5, 5]))
        assert estimate.value is None or math.isfinite(estimate.value)
    assert st.cv(trains([10, 10, 10], [20, 20, 20])).reason == "all interspike intervals are 0"
    assert st.lv(trains([10, 10, 10], [20, 20, 20])).value is None


def test_a_window_too_short_for_the_isis_is_said():
    rng = np.random.default_rng(1)
    short = [np.cumsum(rng.exponential(50, 20)) for _ in range(200)]  # two spikes a window
    train = trains(*[t[t < 100] for t in short])
    for statistic in (st.cv, st.isi_skewness):
        estimate = statistic(train)
        assert estimate.value is not None and estimate.low is None
        assert "longer than half of it" in estimate.reason
    mean = st.isi_mean(train)
    rate = st.rate(train)
    assert mean.value < 40  # 50 in truth
    assert mean.low < mean.value < 1000 / rate.value < mean.high == pytest.approx(1000 / rate.low)
    assert "1/rate" in mean.method


def test_bursts_with_unseen_gaps_are_said():
    train = trains(*[[t, t + 3] if k % 2 else [] for k, t in enumerate(np.linspace(5, 90, 40))])
    estimate = st.cv2(trains(*[[t, t + 3, t + 6] if k % 2 else [] for k, t in enumerate(np.linspace(5, 90, 40))]))
    assert estimate.value < 1e-12 and estimate.low is None
    assert "agree up to rounding" in estimate.reason
    assert st.isi_mean(train).high > 100 > st.isi_mean(train).value


def test_random_handfuls_of_spikes_never_break():
    rng = np.random.default_rng(5)
    for _ in range(400):
        n = rng.integers(1, 6)
        train = trains(*[np.sort(rng.integers(0, 12, rng.integers(0, 6))) for _ in range(n)], stop=12.0)
        for statistic in OF_SPIKES:
            estimate = statistic(train, level=rng.choice([0.5, 0.95, 0.9999]))
            json.dumps(estimate.as_dict(), allow_nan=False)
            assert (estimate.reason is not None) == (estimate.low is None)
            assert estimate.low is None or estimate.low <= estimate.value <= estimate.high


# The potential.


def moments_of(traces, reference):
    return Moments(reference, np.stack([((traces - reference) ** k).mean(axis=1) for k in (1, 2, 3, 4)], axis=1))


TRACES = np.random.default_rng(8).gamma(2.0, 3.0, (6, 400)) - 68.0 + np.random.default_rng(9).normal(0, 0.5, (6, 1))


@pytest.mark.parametrize("reference", [-65.0, 0.0, -80.0])
def test_moments_of_the_potential(reference):
    moments = moments_of(TRACES, reference)
    means = TRACES.mean(axis=1)
    mean = st.V_mean(moments)
    assert mean.value == pytest.approx(TRACES.mean(), rel=1e-13)
    half = 2.570581835636314 * means.std(ddof=1) / 6**0.5
    # equal but for the degrees of freedom, which a kurtosis may lower
    assert mean.high - mean.value >= half * (1 - 1e-9)
    assert mean.low < mean.value < mean.high < 0
    variance = st.V_variance(moments)
    assert variance.value == pytest.approx(TRACES.var() + means.var(ddof=1) / 6, rel=1e-9)
    skewness = st.V_skewness(moments)
    assert skewness.value == pytest.approx(((TRACES - TRACES.mean()) ** 3).mean() / TRACES.std() ** 3, rel=0.1)
    assert skewness.low < skewness.value < skewness.high
    mirrored = st.V_skewness(moments_of(-TRACES, -reference))
    assert mirrored.value == pytest.approx(-skewness.value)
    assert (mirrored.low, mirrored.high) == pytest.approx((-skewness.high, -skewness.low))


def test_one_trial_of_the_potential():
    moments = moments_of(TRACES[:1], -65.0)
    assert st.V_variance(moments).value == pytest.approx(TRACES[0].var(), rel=1e-12)
    for statistic in (st.V_mean, st.V_variance, st.V_skewness):
        assert statistic(moments).low is None
        assert "two trials" in statistic(moments).reason


@pytest.mark.parametrize("level", [-65.0, -64.99638, -65.0 + 1e-7])
def test_a_potential_at_rest(level):
    moments = moments_of(np.full((4, 300), level), -65.0)
    mean, variance, skewness = st.V_mean(moments), st.V_variance(moments), st.V_skewness(moments)
    assert mean.value == pytest.approx(level, abs=1e-12) and variance.value < 1e-12
    for estimate in (mean, variance):
        assert estimate.low is estimate.high is None and "all 4 trials agree up to rounding" in estimate.reason
    assert skewness.value is None and "is constant" in skewness.reason


# All of them.


def test_summary_has_every_name_in_order():
    result = SimpleNamespace(spikes=THREE, moments=moments_of(TRACES[:2], -65.0))
    names = ["rate", "isi_mean", "cv", "cv2", "lv", "isi_skewness", "fano_factor", "V_mean", "V_variance", "V_skewness"]
    units = ["Hz", "ms", "1", "1", "1", "1", "1", "mV", "mV2", "1"]
    summary = st.summary(result)
    assert list(summary) == list(st.NAMES) == names
    assert [e.name for e in summary.values()] == names
    assert [e.unit for e in summary.values()] == units
    unrecorded = st.summary(SimpleNamespace(spikes=THREE, moments=None))
    assert st.summary(THREE) == unrecorded
    assert [e.unit for e in unrecorded.values()] == units
    for name in names[-3:]:
        assert unrecorded[name].value is None
        assert unrecorded[name].reason == "the moments of V were not recorded"


@pytest.mark.parametrize("level", [0, 1, 1.5, -0.1, math.nan, "0.95", True])
def test_a_level_that_is_none_is_refused(level):
    for call in (lambda: st.summary(SimpleNamespace(spikes=THREE, moments=None), level), lambda: st.rate(THREE, level)):
        with pytest.raises(InputError, match="level"):
            call()


def test_a_higher_level_gives_a_wider_interval():
    for statistic in (st.rate, st.isi_mean):
        narrow, wide = statistic(THREE, 0.8), statistic(THREE, 0.99)
        assert wide.low < narrow.low < narrow.high < wide.high
        assert (narrow.level, wide.level) == (0.8, 0.99)


def test_ten_thousand_trials_take_about_a_second():
    rng = np.random.default_rng(2)
    spikes = np.cumsum(rng.exponential(10, (10_000, 130)), axis=1)
    trial, _ = np.nonzero(spikes < 1000)
    train = SpikeTrains(spikes[spikes < 1000], trial, 10_000, 0.0, 1000.0)
    before = time.process_time()
    for statistic in OF_SPIKES:
        statistic(train)
    assert time.process_time() - before < 7.0  # a second each, on a slow day


AWKWARD = {
    "no spike": trains([], [], []),
    "one trial without a spike": trains([]),
    "one trial": trains(np.arange(5.0, 95.0, 10.0)),
    "one spike in all": trains([5.0], [], []),
    "one spike a trial": trains([5.0], [20.0], [30.0]),
    "one trial with intervals": trains([5.0, 9.0, 20.0], [3.0], [7.0]),
    "equal trials": trains(*[[5.0, 9.0, 20.0, 50.0, 61.0]] * 20),
    "all at once": trains([5.0, 5.0, 5.0], [7.0, 7.0], [1.0, 1.0]),
    "some at once": trains([5.0, 5.0, 9.0, 20.0], [7.0, 7.0, 12.0], [1.0, 1.0, 50.0, 51.0]),
    "at the ends": trains([0.0, 50.0, 100.0], [0.0, 100.0], [0.0, 30.0, 100.0]),
    "the transient alone": SpikeTrains([1.0, 5.0, 2.0], [0, 0, 1], 3, 45.0, 100.0),
    "whole numbers": SpikeTrains([1, 5, 9, 2, 8], [0, 0, 0, 1, 1], 3, 0, 10),
    "tiny rate": SpikeTrains([1e8, 5e8], [0, 1], 4, 0.0, 1e9),
    "huge rate": trains(*np.sort(np.random.default_rng(8).uniform(0, 1e-3, (3, 60))), stop=1e-3),
}
NUMBERS = (
    "rate", "isi_mean", "cv", "cv2", "lv", "lvr", "isi_skewness", "isi_kurtosis", "log_isi_mean", "log_isi_sd",
    "fano_factor", "spectrum_at_zero", "renewal_limit", "latency", "jitter", "latency_median", "response_probability",
)  # fmt: skip
CURVES = (
    "fano_curve", "serial_correlation", "isi_histogram", "isi_kernel_density", "isi_survival", "isi_hazard",
    "spike_spectrum", "autocorrelation",
)  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_is_finite_in_order_or_missing_with_a_reason(name):
    for awkward, spikes in AWKWARD.items():
        for level in (0.5, 0.95, 0.9999):
            found = getattr(st, name)(spikes, level=level)
            numbers = [x for x in (found.value, found.low, found.high) if x is not None]
            assert np.all(np.isfinite(numbers)), awkward
            assert (found.reason is None) == (len(numbers) == 3), awkward
            assert found.reason is not None or found.low <= found.value <= found.high, awkward
            assert name in str(found)


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("awkward", AWKWARD)
def test_every_point_is_finite_in_order_or_missing_with_a_reason(awkward, name):
    bands = []
    for level in (0.5, 0.95, 0.9999):
        found = getattr(st, name)(AWKWARD[awkward], level=level)
        ends = np.stack([found.joint_low, found.low, found.value, found.high, found.joint_high])
        known = np.isfinite(ends).all(axis=0)
        assert found.reason is not None or known.all()
        assert np.all(np.diff(ends[:, known], axis=0) >= -1e-9 * (1 + np.abs(ends[1:, known])))
        assert not np.isinf(ends).any()
        assert name in str(found)
        bands.append(ends)
    with np.errstate(invalid="ignore"):
        assert not np.any(bands[0][4] > bands[1][4] * (1 + 1e-9))  # a higher level, a wider band


def test_few_spikes_in_the_window_are_said_where_the_longest_intervals_count():
    """Eight Poisson spikes a trial, of which 14 are asked; half as many for the logarithm, none for pairs."""
    few = trains(*np.sort(np.random.default_rng(9).uniform(0, 100, (40, 8))))
    for statistic in (st.cv, st.isi_skewness, st.isi_kurtosis, st.renewal_limit):
        assert statistic(few).low is None and "are required unless" in statistic(few).reason
    assert "are required unless" in st.serial_correlation(few).reason and np.isnan(st.serial_correlation(few).low).all()
    for statistic in (st.rate, st.isi_mean, st.cv2, st.lv, st.log_isi_sd):
        assert statistic(few).low is not None


def test_a_survival_of_1_or_0_has_no_interval():
    found = st.isi_survival(AWKWARD["equal trials"], [1.0, 10.0, 31.0])
    assert found.value.tolist() == [1.0, 0.8, 0.2]
    assert np.isfinite(found.low).tolist() == [False, True, True]
