"""Moments of the interspike intervals (ISIs) as functions of sums of their powers by trial."""

import numpy as np

from ..estimate import TrialSums
from .window import time_resolution, window_weight

__all__ = ["kurtosis", "mean", "powers", "skewness", "variance"]


def powers(spikes):
    """TrialSums of the powers y^k of the ISIs, y = ISI - centre, weighted for the window: w, wy, wyy, ...; count.

    The centre is the overall mean: about 0 the variance of a regular train would drown in rounding.
    """
    isi, trial = spikes.isi()
    weight = window_weight(isi, spikes.window)
    centre = float(np.average(isi, weights=weight)) if isi.size else 0.0
    columns, term = {}, weight
    for name in ("w", "wy", "wyy", "wyyy", "wyyyy"):
        columns[name] = np.bincount(trial, term, spikes.n_trials)
        term = term * (isi - centre)
    columns["count"] = np.bincount(trial, minlength=spikes.n_trials)
    return TrialSums(columns, centre=centre, rounding=time_resolution(spikes))


def mean(s):
    """Mean ISI, ms, from the sums of `powers`."""
    return s.centre + s.wy / s.w


def variance(s):
    """Variance of the ISIs from the sums of `powers`; rounding alone could make it negative."""
    return np.maximum(s.wyy / s.w - (s.wy / s.w) ** 2, 0.0)


def _standardised(moment, s, power):
    """A central moment over the power of the standard deviation; NaN where that is rounding alone."""
    second, least = variance(s), s.rounding**2
    return np.where(second > least, moment, np.nan) / np.maximum(second, least) ** (power / 2)


def skewness(s):
    """Third standardised moment of the ISIs, from the sums of `powers`."""
    a, b, c = s.wy / s.w, s.wyy / s.w, s.wyyy / s.w
    return _standardised(c - 3 * a * b + 2 * a**3, s, 3)


def kurtosis(s):
    """Excess kurtosis of the ISIs, from the sums of `powers`."""
    a, b, c, d = s.wy / s.w, s.wyy / s.w, s.wyyy / s.w, s.wyyyy / s.w
    return _standardised(d - 4 * a * c + 6 * a**2 * b - 3 * a**4, s, 4) - 3.0
