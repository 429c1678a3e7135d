"""Uncertainty of estimates: leave-one-trial-out jackknife, bootstrap, intervals for numbers and for curves."""

from .gamma_law import kurtosis_error, skewness_error, variance_error
from .jackknife import by_trial, curve_by_trial
from .level import METHODS, confidence, known_method, proportion
from .replicated import Replicated
from .spread import Spread

__all__ = [
    "METHODS",
    "Replicated",
    "Spread",
    "by_trial",
    "confidence",
    "curve_by_trial",
    "known_method",
    "kurtosis_error",
    "proportion",
    "skewness_error",
    "variance_error",
]
