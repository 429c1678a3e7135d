"""Moments of the interspike intervals (ISIs) as functions of sums of their powers by trial."""

import numpy as np

from ..estimate import TrialSums, central
from .window import time_resolution, window_weight

__all__ = ["kurtosis", "mean", "powers", "skewness", "variance"]


def powers(spikes):
    """TrialSums of the powers y^k of the ISIs, y = ISI - centre, weighted for the window: w, wy, wyy, ...; count.

    The centre is the overall mean: about 0 the variance of a regular train would be lost in rounding.
    """
    isi, trial = spikes.isi()
    weight = window_weight(isi, spikes.durations)
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
    """Variance of the ISIs from the sums of `powers`."""
    return central.variance(s.wy / s.w, s.wyy / s.w)


def skewness(s):
    """Third standardised moment of the ISIs, from the sums of `powers`."""
    return central.skewness(s.wy / s.w, s.wyy / s.w, s.wyyy / s.w, s.rounding**2)


def kurtosis(s):
    """Excess kurtosis of the ISIs, from the sums of `powers`."""
    return central.kurtosis(s.wy / s.w, s.wyy / s.w, s.wyyy / s.w, s.wyyyy / s.w, s.rounding**2)
