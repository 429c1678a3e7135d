"""Moments of the membrane potential, from time averages of its powers: no trace is stored."""

import numpy as np

from .jackknife import by_trial
from .scale import ASINH, LOG, PLAIN, Quantity

__all__ = ["V_mean", "V_skewness", "V_variance"]

_OF = "time averages of V"
_ROUNDING = 1e-11  # of the mean square about the reference: what summing 10^6 steps may lose


def V_mean(moments, level=0.95, method="jackknife"):
    """Mean membrane potential (mV), over time and trials, spikes included.

        V_mean = < V >

    Arguments:
        moments: Moments.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Unbiased in the stationary state. The interval is Student's t over the trial means: exact if these are normal.
    """
    sums, centre, _ = _central(moments)
    quantity = Quantity("V_mean", "mV", PLAIN, _OF, 1)
    return by_trial(quantity, lambda s: centre + s[..., 0] / s[..., 3], sums, level=level, method=method, unbias=False)


def V_variance(moments, level=0.95, method="jackknife"):
    """Variance of the membrane potential (mV2) about the grand mean over time and trials.

        V_variance = < V^2 > - < V >^2 + s^2 / n_trials,   s^2 the variance of the trial means

    Arguments:
        moments: Moments.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    The last term makes up, exactly, for the error of the grand mean (it is what the jackknife gives; with one
    trial it is left out). The interval is by trial on the log scale.
    """
    sums, _, rounding = _central(moments)
    quantity = Quantity("V_variance", "mV2", LOG, _OF, 1)
    return by_trial(quantity, _variance, sums, level=level, method=method, resolution=rounding)


def V_skewness(moments, level=0.95, method="jackknife"):
    """Skewness of the membrane potential: third standardised moment about the grand mean.

        V_skewness = < (V - V_mean)^3 > / < (V - V_mean)^2 >^1.5

    Arguments:
        moments: Moments.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    The bias of order 1/n_trials is removed by the jackknife; the interval is by trial on the asinh scale. A
    potential that does not vary has none.
    """
    sums, _, rounding = _central(moments)

    def skewness(s):
        mean, variance = s[..., 0] / s[..., 3], _variance(s)
        third = s[..., 2] / s[..., 3] - 3 * mean * s[..., 1] / s[..., 3] + 2 * mean**3
        return np.where(variance > rounding, third, np.nan) / np.maximum(variance, rounding) ** 1.5

    quantity = Quantity("V_skewness", "1", ASINH, _OF, 1, "V does not vary beyond rounding")
    return by_trial(quantity, skewness, sums, level=level, method=method)


def _central(moments):
    """(sums, centre, rounding): for each trial < y >, < y^2 >, < y^3 >, 1 with y = V - centre, the grand mean."""
    first, second, third = moments.powers.T[:3]
    shift = first.mean()
    about = (
        first - shift,
        second - 2 * shift * first + shift**2,
        third - 3 * shift * second + 3 * shift**2 * first - shift**3,
        np.ones_like(first),
    )
    rounding = _ROUNDING * second.mean()
    return np.stack(about, axis=1), moments.reference + shift, rounding


def _variance(s):
    # rounding alone can make it negative
    return np.maximum(s[..., 1] / s[..., 3] - (s[..., 0] / s[..., 3]) ** 2, 0.0)
