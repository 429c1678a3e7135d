"""An estimate: a value that never travels without its interval."""

import math
from dataclasses import dataclass, replace

__all__ = ["Estimate"]


@dataclass(frozen=True)
class Estimate:
    """A statistic with its confidence interval.

    Arguments:
        name: what was estimated, in the words of the field ("rate", "cv").
        value: the estimate, or None where it cannot be had.
        low, high: ends of the two-sided interval, in the unit of the value; None where it cannot be had.
        level: confidence level of the interval, between 0 and 1.
        unit: unit of value, low and high; "1" for pure numbers.
        n: number of trials that it rests on (the unit of resampling).
        method: how the interval was made, in a few words.
        reason: why value or interval is missing; None where both are there.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    unit: str
    n: int
    method: str
    reason: str | None = None

    @classmethod
    def missing(cls, name, reason, *, level, unit, n, value=None):
        """An estimate that cannot be had, with the reason."""
        return cls(name, value, None, None, level, unit, n, "none", reason)

    def without_interval(self, reason):
        """The same value, its interval given up for a reason."""
        return replace(self, low=None, high=None, method="none", reason=reason)

    def unless(self, doubt):
        """The same estimate; where it has an interval and there is a doubt about that, a text, without it."""
        return self if doubt is None or self.low is None else self.without_interval(doubt)

    def as_dict(self):
        """The form of the JSON contract: value, low, high, level, unit, and the reason where one is due."""
        entry = {k: _plain(getattr(self, k)) for k in ("value", "low", "high")}
        entry |= {"level": self.level, "unit": self.unit}
        return entry if self.reason is None else entry | {"reason": self.reason}

    def __str__(self):
        unit = "" if self.unit == "1" else f" {self.unit}"
        if self.value is None:
            return f"{self.name}: none ({self.reason})"
        if self.low is None or self.high is None:
            return f"{self.name} = {self.value:.4g}{unit} (no interval: {self.reason})"
        return f"{self.name} = {self.value:.4g}{unit} [{self.low:.4g}, {self.high:.4g}] ({self.level:.0%})"


def _plain(x):
    """A JSON number: a Python float, or None. JSON has no infinity and no NaN."""
    return float(x) if x is not None and math.isfinite(x) else None
