"""Moments of a state variable as functions of sums by trial, and lower bounds for their errors."""

from typing import NamedTuple

import numpy as np

from ..estimate import PLAIN, Quantity, central
from ..uncertainty import Replicated, Spread, kurtosis_error, skewness_error, variance_error

__all__ = ["Law", "doubt", "floor", "kurtosis", "mean", "skewness", "variance"]

_SKEWED = 3.0  # a skewness beyond this: a tail of which no sample of a usual size shows enough
_ERRORS, _FEW = 1.5, 150  # errors by which it may be larger than seen, where so few samples are independent
_INDEPENDENT = 50  # samples that a fourth moment takes
_SHAPE = Quantity("shape", "1", PLAIN, "samples", 1)


def mean(s):
    """Mean of the variable, from the sums y, count."""
    return s.centre + s.y / s.count


def variance(s):
    """Variance, from the sums y, yy, count."""
    return central.variance(s.y / s.count, s.yy / s.count)


def skewness(s):
    """Third standardised moment, from the sums y, yy, yyy, count."""
    return central.skewness(s.y / s.count, s.yy / s.count, s.yyy / s.count, s.rounding)


def kurtosis(s):
    """Fourth standardised moment less 3, from the sums y, yy, yyy, yyyy, count."""
    return central.kurtosis(s.y / s.count, s.yy / s.count, s.yyy / s.count, s.yyyy / s.count, s.rounding)


class Law(NamedTuple):
    """Properties of the distribution of a state variable, from the sums.

    Arguments:
        skewness: with the bias of order 1/n removed, as in `kurtosis`.
        kurtosis: excess.
        independent: number of independent samples with the same error of the mean.
    """

    skewness: float
    kurtosis: float
    independent: float

    @classmethod
    def of(cls, s):
        """Skewness, kurtosis, and variance over the squared error of the mean, at least one per trial."""
        shape = [float(Replicated.of(_SHAPE, moment, s).value) for moment in (skewness, kurtosis)]
        error = Spread.of(*Replicated.of(_SHAPE, mean, s).left_out).error
        return cls(*shape, float(max(variance(s.total()) / error**2, len(s)) if error > 0 else len(s)))

    @property
    def between(self):
        """Position of the kurtosis between that of two values (0) and of a gamma distribution (1) of this skewness."""
        return np.clip((self.kurtosis + 2 - self.skewness**2) / (self.skewness**2 / 2 + 2), 0.0, 1.0)


def floor(kind):
    """The `floor` of `by_trial`, of TrialSums, of a "variance", "skewness" or "kurtosis"; None of a "mean".

    The error of independent gamma distributed values. Their number is that implied by the error of the mean, or up to
    twice as many, since powers decorrelate faster: those of an Ornstein-Uhlenbeck process at least twice as fast, the
    square of its exponential about as fast as the exponential itself. It is smaller for spikes on a quiet potential,
    which is nearly two-valued.
    """
    if kind == "mean":
        return None

    def least(s, value):
        law = Law.of(s.observed())
        if not np.isfinite(law.kurtosis):
            return 0.0
        faster = 1 + 1 / (1 + law.skewness**2 / 2) if kind == "variance" else 2.0
        error = {"variance": lambda _: variance_error(law.skewness), "skewness": skewness_error}.get(
            kind, kurtosis_error
        )
        return min(1.0, 2 * law.between) * np.sqrt(error(value) / (faster * law.independent))

    return lambda s: lambda value: least(s, value)


def doubt(kind, variable, sums):
    """Why an interval may be too narrow: a function of data and estimate to a sentence or None; None for a mean.

    There is a sentence if the skewness exceeds 3 and the kurtosis is more than half-way from a two-valued to a gamma
    distribution; if the skewness may exceed 3, within 1.5 errors for a gamma distribution, and the trials are
    equivalent to fewer than 150 independent samples; and for a fourth moment if they are equivalent to fewer than 50.
    """
    if kind == "mean":
        return None

    def of(data, estimate):
        law = Law.of(sums(data).observed())
        reach = abs(law.skewness) + _ERRORS * np.sqrt(skewness_error(law.skewness) / law.independent)
        if abs(law.skewness) > _SKEWED and law.between > 0.5:
            why = f"it depends on a heavy tail of {variable}, whose skewness is {law.skewness:.1f}"
        elif law.independent < _FEW and reach > _SKEWED:
            why = (
                f"the trials are equivalent to {law.independent:.0f} independent samples, which cannot exclude a heavy "
                f"tail of {variable}, with a skewness of {reach:.1f}"
            )
        elif kind == "kurtosis" and law.independent < _INDEPENDENT:
            why = f"the trials are equivalent to {law.independent:.0f} independent samples, too few for a fourth moment"
        else:
            return None
        return f"The interval of {estimate.name} may be too narrow, since {why}; lengthen duration."

    return of
