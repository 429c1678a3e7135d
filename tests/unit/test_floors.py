"""The least widths of intervals, where trials that are nearly alike would show less.

Would catch: a floor left out or made weaker, one on another scale, a level that it does not know.
"""

import math

import numpy as np
import pytest
from scipy import stats

from stochhh import statistics as st
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
