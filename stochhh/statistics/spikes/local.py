"""Local variability of a spike train, from pairs of adjacent interspike intervals (ISIs)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import real
from ..estimate import LOG, Quantity, TrialSums
from ..statistic import Statistic
from .window import Censoring, time_resolution, window_weight

if TYPE_CHECKING:
    from ...annotations import Method, Spikes
    from ..estimate import Estimate

__all__ = ["CV2", "LV", "LVR", "cv2", "lv", "lvr"]

_OF = "pairs of adjacent interspike intervals"


def cv2(spikes: Spikes, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Local coefficient of variation CV2: 1 for a Poisson train, 0 for a regular one.

        cv2 = < 2 |I_{k+1} - I_k| / (I_{k+1} + I_k) >

    over the pairs of adjacent ISIs of all trials, each with the weight T / (T - I_k - I_{k+1}) of the window.

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Pairs longer than the window are never observed; remaining bias with 5 spikes per window and 20 trials: 1 % or less
    on Poisson and gamma trains. Two ISIs of length 0 (three spikes at one time) make no pair. Interval: see `by_trial`.
    Source: Holt, Softky, Koch and Douglas, J. Neurophysiol. 75, 1806 (1996).
    """
    return CV2.estimate(spikes, level, method)


def lv(spikes: Spikes, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Local variation LV: 1 for a Poisson train, 0 for a regular one.

        lv = < 3 (I_k - I_{k+1})^2 / (I_k + I_{k+1})^2 >

    over the pairs of adjacent ISIs of all trials, each with the weight T / (T - I_k - I_{k+1}) of the window.

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Pairs longer than the window are never observed; remaining bias with 5 spikes per window and 20 trials: 1 % or less
    on Poisson and gamma trains. Two ISIs of length 0 (three spikes at one time) make no pair. Interval: see `by_trial`.
    Source: Shinomoto, Shima and Tanji, Neural Comput. 15, 2823 (2003).
    """
    return LV.estimate(spikes, level, method)


def lvr(spikes: Spikes, level: float = 0.95, method: Method = "jackknife", *, refractoriness: float = 5.0) -> Estimate:
    """Revised local variation LvR: lv corrected for a refractory time R, which makes fast trains appear regular.

        lvr = < 3 (1 - 4 I_k I_{k+1} / (I_k + I_{k+1})^2) (1 + 4 R / (I_k + I_{k+1})) >

    over the pairs of adjacent ISIs of all trials, each with the weight T / (T - I_k - I_{k+1}) of the window.

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.
        refractoriness: R, ms.

    Window, bias, interval and ISIs of length 0 as in `lv`. Very short pairs have so large a weight that on a Poisson
    train the variance of a term is (just) infinite, and the interval slightly too narrow (coverage 92 to 96
    % at a nominal level of 95 %; 88 % on Weibull ISIs of shape 0.7, in which short ones are more frequent); if they are
    as frequent as in a gamma distribution with a CV of 1.4 or more, LvR has no finite mean. On other trains 94 to 97 %:
    `pytest -m slow -s tests/statistical/test_more_coverage.py -k each_statistic`. Raises InputError for a negative
    refractoriness.
    Source: Shinomoto et al., PLoS Comput. Biol. 5, e1000433 (2009), eq. 3.
    """
    return _revised(real("refractoriness", refractoriness, at_least=0, unit="ms")).estimate(spikes, level, method)


def _over_pairs(term, order):
    """Function from spikes to sums over adjacent pairs of ISIs: weights w, and w term(contrast, length), as `wx`.

    The contrast is (I_{k+1} - I_k) / (I_{k+1} + I_k), the length its denominator; rounding changes the mean of the term
    as the power `order` of the contrast.
    """

    def sums(spikes):
        isi, trial = spikes.isi()
        length = isi[1:] + isi[:-1]
        pair = (trial[1:] == trial[:-1]) & (length > 0)
        length, contrast, of_pair = length[pair], np.diff(isi)[pair] / length[pair], trial[1:][pair]
        weight = window_weight(length, spikes.durations)
        columns = {"w": weight, "wx": weight * term(contrast, length), "count": None}
        resolution = 3 * (time_resolution(spikes) / length.mean()) ** order if length.size else 0.0
        summed = {name: np.bincount(of_pair, column, spikes.n_trials) for name, column in columns.items()}
        return TrialSums(summed, resolution=resolution)

    return sums


def _too_short(spikes, level):
    """Why the window is too short for pairs of ISIs, or None; see `Censoring`."""
    return Censoring.of(spikes, level).reason(tail=0)


def _local(name, label, term, order):
    """The Statistic that is the mean of a term over pairs of adjacent ISIs."""
    quantity = Quantity(name, "1", LOG, _OF, 1)
    return Statistic(quantity, _over_pairs(term, order), lambda s: s.wx / s.w, label=label, refusal=_too_short)


def _revised(R):
    return _local("lvr", "LvR", lambda x, length: 3 * x**2 * (1 + 4 * R / length), order=2)


CV2 = _local("cv2", "CV2", lambda x, length: 2 * np.abs(x), order=1)
LV = _local("lv", "LV", lambda x, length: 3 * x**2, order=2)
LVR = _revised(5.0)
