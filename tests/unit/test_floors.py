"""The least widths of intervals, where trials that are nearly alike would show less.

Would catch: a floor left out or made weaker, one on another scale, a level that it does not know.
"""

import math

import numpy as np
import pytest
from scipy import stats

from stochhh import statistics as st
from stochhh.results import Moments
from stochhh.spike_trains import SpikeTrains


def alike(shape, n_trials=8):
    """Trials with one set of gamma distributed ISIs, bent up and down by so little that the trials hardly differ."""
    isi = np.random.default_rng(5).permutation(stats.gamma.isf((np.arange(60) + 0.5) / 60, shape, scale=10 / shape))
    times = [np.cumsum(isi ** (1 + bend)) for bend in np.resize([1e-5, -1e-5], n_trials)]
    stop = 1.0 + max(time[-1] for time in times)
    return SpikeTrains(np.concatenate(times), np.repeat(np.arange(n_trials), 60), n_trials, 0.0, stop)


def pooled(spikes):
    """(number, CV, skewness, excess kurtosis) of the ISIs, weighted for the window."""
    isi, _ = spikes.isi()
    w = 1 / (1 - isi / spikes.window)
    y = isi - np.average(isi, weights=w)
    m2, m3, m4 = (np.average(y**k, weights=w) for k in (2, 3, 4))
    return isi.size, m2**0.5 / np.average(isi, weights=w), m3 / m2**1.5, m4 / m2**2 - 3


def error_of_cv(n, c, g):
    """Of ln CV, for n independent ISIs whose kurtosis is that of a gamma law or of narrow lognormal ones, 16/9 g^2."""
    gamma, lognormal = (1 + c**2) / 2, 1 / 2 + 4 / 9 * g**2 + c**2 - g * c
    return math.sqrt(max(gamma, lognormal) / n)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("shape", [1, 4])
def test_moments_are_no_surer_than_those_of_independent_isis_of_a_gamma_law(shape, level):
    spikes, z = alike(shape), stats.norm.isf((1 - level) / 2)
    n, c, g, k = pooled(spikes)
    errors = {
        "cv": (np.log, error_of_cv(n, c, g)),
        "renewal_limit": (np.log, 2 * error_of_cv(n, c, g)),
        "isi_skewness": (np.arcsinh, math.sqrt((6 + 9 * g**2 + 1.875 * g**4) / (1 + g**2) / n)),
        "isi_kurtosis": (np.arcsinh, math.sqrt((24 + 168 * k + 334 / 3 * k**2 + 14 * k**3) / (1 + k**2) / n)),
    }
    for name, (scale, error) in errors.items():
        found = getattr(st, name)(spikes, level)
        assert scale(found.high) - scale(found.low) == pytest.approx(2 * z * error, rel=0.01), name
        assert scale(found.high) - scale(found.value) == pytest.approx(z * error, rel=0.01), name


def test_a_variance_is_no_surer_than_that_of_half_as_many_normal_values_as_the_mean_is_worth():
    """Trials of nearly one variance, 1, and of means 0.1 and -0.1: the mean is that of (1 + 0.01) / (0.01 / 19) values.

    The square of a normal process forgets twice as fast as itself, and the log of a variance has the error sqrt(2/n).
    """
    m, v = np.resize([0.1, -0.1], 20), np.resize([1 + 1e-4, 1 + 1e-4, 1 - 1e-4, 1 - 1e-4], 20)
    powers = np.stack([m, m**2 + v, m**3 + 3 * m * v, m**4 + 6 * m**2 * v + 3 * v**2], axis=1)
    found, n = st.V_variance(Moments(-65.0, powers)), 1.01 * 19 / 0.01
    half = stats.norm.isf(0.025) * math.sqrt(2 / (2 * n))
    assert math.log(found.high / found.value) == pytest.approx(half, rel=0.01)
    assert math.log(found.value / found.low) == pytest.approx(half, rel=0.01)


@pytest.mark.parametrize("counts", [[5, 5, 5, 5], [5, 5, 5, 9], [2, 8]])
def test_the_fano_factor_of_counts_that_agree_is_that_of_normal_ones_that_were_rounded(counts):
    """Half a count of standard deviation is added to each; of the variance there is then an upper limit."""
    time = np.concatenate([np.linspace(1, 99, c) for c in counts])
    found = st.fano_factor(SpikeTrains(time, np.repeat(range(len(counts)), counts), len(counts), 0.0, 100.0))
    n, mean = len(counts), np.mean(counts)
    squares = np.sum((np.array(counts) - mean) ** 2) + n / 4
    assert (found.value, found.low) == (pytest.approx(np.var(counts, ddof=1) / mean), 0.0)
    assert found.high == pytest.approx(squares / stats.chi2.ppf(0.025, n - 1) / mean)
