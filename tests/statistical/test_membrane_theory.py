"""Simulated potentials against theory: Campbell's cumulants, the exponential autocovariance, the Lorentzian spectrum.

The passive membrane under jumps and under their diffusion, exactly; the Hodgkin-Huxley neuron below threshold to
leading order. One number a trial, so dependence in time needs no model. Would catch: a spectrum off by 2, a lag off by
one, samples at the wrong times, a variable taken for another.
"""

from itertools import pairwise

import numpy as np
import pytest
from budget import Disagreement, check_mean
from scipy.special import ndtr

import stochhh as sh
from stochhh import statistics as st
from stochhh import theory
from stochhh.models import Passive

TAU = 5.0  # ms
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=200, rate=10.0, weight=1.0, p=0.5), sh.Population("inh", n=50, rate=8.0, weight=-1.0, p=0.5)
)
MEAN = -60.0 + (0.8 + 2.0 * 0.8) / 0.4
NEURON = Passive(C_m=2.0, g_L=0.4, E_L=-60.0, I_app=0.8, initial=(MEAN,))  # powers are taken about the start
LAGS, BANDS = [0.0, 2.0, 5.0, 12.0], [3.0, 15.0, 41.0, 121.0, 201.0]  # ms; Hz, between the multiples of 2
RUN = {"duration": 1200.0, "transient": 100.0, "n_trials": 256, "seed": 21}


def cumulants(backend):
    """Of V about its mean, the first four."""
    return [0.0] + [DRIVE.cumulant(j) * TAU / j if j == 2 or backend == "jump" else 0.0 for j in (2, 3, 4)]


@pytest.fixture(scope="module", params=["jump", "diffusion"])
def passive(request):
    run = sh.simulate(NEURON, DRIVE, backend=request.param, membrane=sh.Sampling(interval=0.2), **RUN)
    return request.param, run.membrane


def test_moments_are_campbells(passive):
    backend, membrane = passive
    _, k2, k3, k4 = cumulants(backend)
    sees = (0.1, 0.1 * k2, 0.3 * k2**1.5, 0.3 * 3 * k2**2)
    of = membrane["V"].every
    for j, expected in enumerate((0.0, k2, k3, k4 + 3 * k2**2)):
        check_mean(of.powers[:, j] / of.count, expected, sees=sees[j], what=f"{backend}: central moment {j + 1}")
    found = st.membrane_kurtosis(membrane, level=0.9999)
    assert found.low < k4 / k2**2 < found.high < 1.0


def covariances(membrane, name="V", mean=0.0):
    """One a trial, for each lag of LAGS; `mean` is that of the samples about the reference."""
    k, of = np.round(np.array(LAGS) / membrane.sampling.interval).astype(int), membrane[name].every
    return ((of.lagged - mean * of.ends) / of.pairs + mean**2)[:, k]


def check_covariances(found, expected, sees):
    for lag, sample, value in zip(LAGS, found.T, expected, strict=True):
        check_mean(sample, value, sees=sees * expected[0], what=f"autocovariance at {lag} ms")


def test_the_autocovariance_is_exponential(passive):
    _, membrane = passive
    expected = DRIVE.cumulant(2) * TAU / 2 * np.exp(-np.array(LAGS) / TAU)
    found = covariances(membrane)
    check_covariances(found, expected, 0.1)
    curve = st.autocovariance(membrane, lags=LAGS)
    assert np.allclose(curve.value, found.mean(axis=0), rtol=0, atol=0.01 * expected[0])  # about another mean
    assert np.allclose(theory.autocovariance(NEURON, DRIVE, curve.x), expected)
    with pytest.raises(Disagreement):
        check_covariances(found[:, [0, 0, 1, 2]], expected, 0.1)


def powers(membrane, name="V"):
    """One a trial, for each band of BANDS, mV2/Hz, and the frequencies in it, Hz."""
    for low, high in pairwise(BANDS):
        k = np.arange(np.ceil(low / 2), np.ceil(high / 2)).astype(int)
        yield 2.0 * k, membrane[name].power[:, k].mean(axis=1) / 1000


def check_powers(neuron, drive, membrane, sees, name="V", factor=1.0):
    for f, sample in powers(membrane, name):
        expected = theory.power_spectrum(neuron, drive, f, name).mean()
        check_mean(factor * sample, expected, sees=sees * expected, what=f"{name}: power from {f[0]} to {f[-1]} Hz")


def test_the_spectrum_is_lorentzian(passive):
    _, membrane = passive
    check_powers(NEURON, DRIVE, membrane, 0.2)
    for factor in (0.5, 2.0):
        with pytest.raises(Disagreement):
            check_powers(NEURON, DRIVE, membrane, 0.5, factor=factor)
    curve = st.power_spectrum(membrane, edges=BANDS)
    assert np.allclose(curve.value, [sample.mean() for _, sample in powers(membrane)])


def test_the_density_has_the_moments_of_the_theorem(passive):
    """And is Gaussian under diffusion. In bins of width w the variance is larger by w^2/12 (Sheppard)."""
    backend, membrane = passive
    _, k2, k3, _ = cumulants(backend)
    of, x = membrane["V"].every, st.membrane_density(membrane).x
    share = of.bins / of.count[:, None]
    y = x - MEAN
    for j, expected, sees in [(1, 0.0, 0.1), (2, k2 + 1 / 12, 0.1 * k2), (3, k3, 0.3 * k2**1.5)]:
        check_mean(share @ y**j, expected, sees=sees, what=f"{backend}: moment {j} of the density")
    normal = ndtr((y + 0.5) / k2**0.5) - ndtr((y - 0.5) / k2**0.5)
    middle = np.abs(y) < 2 * k2**0.5
    if backend == "diffusion":
        for at, sample, expected in zip(x[middle], share[:, middle].T, normal[middle], strict=True):
            check_mean(sample, expected, sees=0.02, what=f"density at {at} mV")
    else:  # skewed: the Gaussian would be seen
        with pytest.raises(Disagreement):
            for sample, expected in zip(share[:, middle].T, normal[middle], strict=True):
                check_mean(sample, expected)


@pytest.mark.slow
def test_the_cut_is_where_the_default_neuron_leaves_and_comes_back():
    """The numbers in the docstring of Sampling: V, h and n about spikes that stand apart."""
    drive = sh.SynapticInput(
        sh.Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
        sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
    )
    run = sh.simulate(
        sh.HodgkinHuxley(I_app=3.0), drive, backend="jump", duration=8000.0, seed=1, n_trials=16, trace_interval=0.1
    )
    found = []
    for trial in range(16):
        spikes = run.spikes.of(trial)
        apart = np.flatnonzero((np.diff(spikes)[:-1] > 60) & (np.diff(spikes)[1:] > 40)) + 1
        found += [run.traces.values[trial, :, round(s / 0.1) - 20 : round(s / 0.1) + 151] for s in spikes[apart]]
    V, _, h, n = np.mean(found, axis=0)
    rest = run.traces.values[:, :, 1000:].mean(axis=(0, 2))
    assert len(found) > 100
    for t, expected in [(-2.0, -57.0), (-1.0, -53.0), (-0.5, -47.0), (3.0, -76.0), (14.0, rest[0])]:
        assert V[20 + round(t / 0.1)] == pytest.approx(expected, abs=0.5), f"{t} ms"
    assert rest[0] == pytest.approx(-63.0, abs=0.5)
    assert abs(h[-1] - rest[2]) < 0.03 and abs(n[-1] - rest[3]) < 0.03  # at 15 ms


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
def test_hodgkin_huxley_below_threshold(backend):
    """Linear response of V and of the gate h, fluctuations of 0.1 mV: what is of second order in them is not seen."""
    neuron = sh.HodgkinHuxley(I_app=2.0, initial="rest")
    exc, inh = (sh.Population(name, n=400, rate=10.0, weight=w, p=0.5) for name, w in [("exc", 0.05), ("inh", -0.05)])
    drive = sh.SynapticInput(exc, inh)
    sampling = sh.Sampling(("V", "h"), interval=0.2)
    run = sh.simulate(neuron, drive, backend=backend, membrane=sampling, **RUN)
    assert run.spikes.time.size == 0
    for name in sampling.variables:
        of = run.membrane[name]
        mean = of.every.powers[:, 0].sum() / of.every.count.sum()
        expected = theory.autocovariance(neuron, drive, LAGS, name)
        found = covariances(run.membrane, name, mean)
        check_covariances(found, expected, 0.12)
        check_powers(neuron, drive, run.membrane, 0.2, name)
        with pytest.raises(Disagreement):
            check_covariances(found, theory.autocovariance(neuron, drive, np.array(LAGS) + 1.0, name), 0.5)
