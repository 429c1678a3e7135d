"""Moments of a state variable as functions of sums by trial, and what its law promises of their errors."""

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
    """What the sums tell of the law of a state variable.

    Arguments:
        skewness: bias of order 1/n removed, as of `kurtosis`.
        kurtosis: excess.
        independent: number of independent samples that have the mean's error.
    """

    skewness: float
    kurtosis: float
    independent: float

    @classmethod
    def of(cls, s):
        """Skewness, kurtosis, and variance over the square of the mean's error, one or more a trial."""
        shape = [float(Replicated.of(_SHAPE, moment, s).value) for moment in (skewness, kurtosis)]
        error = Spread.of(*Replicated.of(_SHAPE, mean, s).left_out).error
        return cls(*shape, float(max(variance(s.total()) / error**2, len(s)) if error > 0 else len(s)))

    @property
    def between(self):
        """Where the kurtosis lies from that of two values, 0, to that of a gamma law, 1; for this skewness."""
        return np.clip((self.kurtosis + 2 - self.skewness**2) / (self.skewness**2 / 2 + 2), 0.0, 1.0)


def floor(kind):
    """The `floor` of `by_trial`, of TrialSums, of a "variance", "skewness" or "kurtosis"; None of a "mean".

    The error of independent values of a gamma law, as many as the error of the mean speaks of, or twice as many, since
    powers forget faster: those of an Ornstein-Uhlenbeck process twice as fast or more, the square of its exponential
    about as fast as that itself. Less for spikes on a quiet potential, which are as good as two values.
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
    """Why an interval may be too narrow: a function of the data and the estimate to a sentence or None; None of a mean.

    Where the skewness is beyond 3 and the tail no lighter than a gamma law's, half of the way from two values to it;
    where it may be, within 1.5 errors of a gamma law's, and the trials are worth fewer than 150 independent samples;
    and of a fourth moment where they are worth fewer than 50.
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
                f"the trials are worth {law.independent:.0f} independent samples, which cannot exclude a heavy tail of "
                f"{variable}, with a skewness of {reach:.1f}"
            )
        elif kind == "kurtosis" and law.independent < _INDEPENDENT:
            why = f"the trials are worth {law.independent:.0f} independent samples, too few for a fourth moment"
        else:
            return None
        return f"The interval of {estimate.name} may be too narrow, since {why}; lengthen duration."

    return of
