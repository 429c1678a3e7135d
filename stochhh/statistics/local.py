"""Local variability of a spike train, from pairs of adjacent interspike intervals (ISIs)."""

import numpy as np

from ..errors import real
from ..spike_trains import SpikeTrains
from .counts import rate
from .given import given
from .jackknife import by_trial
from .scale import LOG, Quantity
from .window import hidden, time_resolution, window_weight

__all__ = ["cv2", "lv", "lvr"]

_OF = "pairs of adjacent interspike intervals"


def cv2(spikes, level=0.95, method="jackknife"):
    """Local coefficient of variation CV2: 1 for a Poisson train, 0 for a regular one.

        cv2 = < 2 |I_{k+1} - I_k| / (I_{k+1} + I_k) >

    over the pairs of adjacent ISIs of all trials, each with the weight T / (T - I_k - I_{k+1}) of the window.

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Pairs longer than the window stay unseen; bias left with 5 spikes a window and 20 trials: 1 % or less on Poisson
    and gamma trains. Two ISIs of length 0 (three spikes at one time) make no pair. Interval: see `by_trial`.
    Source: Holt, Softky, Koch and Douglas, J. Neurophysiol. 75, 1806 (1996).
    """
    return _mean_over_pairs("cv2", spikes, level, method, lambda x, length: 2 * np.abs(x), order=1)


def lv(spikes, level=0.95, method="jackknife"):
    """Local variation LV: 1 for a Poisson train, 0 for a regular one.

        lv = < 3 (I_k - I_{k+1})^2 / (I_k + I_{k+1})^2 >

    over the pairs of adjacent ISIs of all trials, each with the weight T / (T - I_k - I_{k+1}) of the window.

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Pairs longer than the window stay unseen; bias left with 5 spikes a window and 20 trials: 1 % or less on Poisson
    and gamma trains. Two ISIs of length 0 (three spikes at one time) make no pair. Interval: see `by_trial`.
    Source: Shinomoto, Shima and Tanji, Neural Comput. 15, 2823 (2003).
    """
    return _mean_over_pairs("lv", spikes, level, method, lambda x, length: 3 * x**2, order=2)


def lvr(spikes, level=0.95, method="jackknife", *, refractoriness=5.0):
    """Revised local variation LvR: lv made up for a refractory time R, which makes fast trains look regular.

        lvr = < 3 (1 - 4 I_k I_{k+1} / (I_k + I_{k+1})^2) (1 + 4 R / (I_k + I_{k+1})) >

    over the pairs of adjacent ISIs of all trials, each with the weight T / (T - I_k - I_{k+1}) of the window.

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.
        refractoriness: R, ms.

    Window, bias, interval and ISIs of length 0 as in `lv`. Very short pairs weigh so much that on a Poisson train the
    variance of a term is infinite, if barely, and the interval a little too narrow (92 to 96 % where 95 % is claimed;
    88 % on Weibull ISIs of shape 0.7, in which short ones are more frequent); where they are as frequent as in a gamma
    law with a CV of 1.4 or more, LvR has no finite mean. On other trains 94 to 97 %: `pytest -m slow -s
    tests/statistical/test_more_coverage.py -k each_statistic`. Raises InputError for a negative refractoriness.
    Source: Shinomoto et al., PLoS Comput. Biol. 5, e1000433 (2009), eq. 3.
    """
    R = real("refractoriness", refractoriness, at_least=0, unit="ms")
    return _mean_over_pairs("lvr", spikes, level, method, lambda x, length: 3 * x**2 * (1 + 4 * R / length), order=2)


def _mean_over_pairs(name, spikes, level, method, term, order):
    """Weighted mean over adjacent pairs of term(contrast, length), contrast = (I_{k+1} - I_k) / (I_{k+1} + I_k)."""
    isi, trial = given(SpikeTrains, spikes).isi()
    length = isi[1:] + isi[:-1]
    pair = (trial[1:] == trial[:-1]) & (length > 0)
    length, contrast, of_pair = length[pair], np.diff(isi)[pair] / length[pair], trial[1:][pair]
    weight = window_weight(length, spikes.window)
    columns = (weight, weight * term(contrast, length), None)
    sums = np.stack([np.bincount(of_pair, column, spikes.n_trials) for column in columns], axis=1)
    resolution = 3 * (time_resolution(spikes) / length.mean()) ** order if length.size else 0.0
    quantity = Quantity(name, "1", LOG, _OF, 1)

    def average(s):
        return s[..., 1] / s[..., 0]

    estimate = by_trial(quantity, average, sums, level=level, method=method, resolution=resolution)
    if estimate.low is None:
        return estimate
    weight = window_weight(isi, spikes.window)
    doubt = hidden(rate(spikes, level), spikes.window, isi, trial, weight, tail=0)
    return estimate.unless(doubt)
