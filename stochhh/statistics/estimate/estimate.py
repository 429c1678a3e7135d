"""An estimate: a value with its confidence interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...hypertext import listed

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any, Self

__all__ = ["Estimate"]


@dataclass(frozen=True, repr=False)
class Estimate:
    """A statistic with its confidence interval; `float(estimate)`, `f"{estimate:.2f}"` and numpy give its value.

    Arguments:
        name: name of the statistic ("rate", "cv").
        value: the estimate, or None where it is undefined.
        low, high: ends of the two-sided interval, in the unit of the value; None where there is none.
        level: confidence level of the interval, between 0 and 1.
        unit: unit of value, low and high; "1" for pure numbers.
        n: number of trials used (the unit of resampling).
        method: how the interval was made, in a few words.
        reason: why value or interval is missing; None if neither is.
        doubts: sentences that say why value or interval may be wrong, although they are given.
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
    doubts: tuple[str, ...] = ()

    @property
    def doubt(self) -> str | None:
        """The doubts as one text; None where there are none."""
        return " ".join(self.doubts) or None

    @classmethod
    def missing(cls, name: str, reason: str, *, level: float, unit: str, n: int, value: float | None = None) -> Self:
        """An estimate that is undefined, or has no interval, with the reason.

        Arguments:
            reason: why, a sentence without its full stop.
            name, level, unit, n, value: as for Estimate; value is None if the estimate is undefined.
        """
        return cls(name, value, None, None, level, unit, n, "none", reason)

    def without_interval(self, reason: str) -> Estimate:
        """The same value without an interval, with the reason."""
        return replace(self, low=None, high=None, method="none", reason=reason)

    def unless(self, reason: str | None) -> Estimate:
        """The same estimate, without its interval if a reason (a text) is given."""
        return self if reason is None or self.low is None else self.without_interval(reason)

    def doubted(self, *doubts: str | None) -> Estimate:
        """The same estimate, with these doubts (sentences, or None) added to its own if it has a value."""
        if self.value is None:
            return self
        return replace(self, doubts=tuple(dict.fromkeys((*self.doubts, *filter(None, doubts)))))

    def doubt_beyond(self, known: Collection[str]) -> str | None:
        """The doubts about this estimate that are not among those already known, as one text; or None."""
        return " ".join(doubt for doubt in self.doubts if doubt not in known) or None

    def as_dict(self) -> dict[str, Any]:
        """The form of the JSON contract: value, low, high, level, unit, and reason and doubt if there are any."""
        entry = {k: _plain(getattr(self, k)) for k in ("value", "low", "high")}
        entry |= {"level": self.level, "unit": self.unit}
        return entry | {k: said for k in ("reason", "doubt") if (said := getattr(self, k)) is not None}

    def __float__(self) -> float:
        """The value; NaN where there is none."""
        return math.nan if self.value is None else float(self.value)

    def __format__(self, form: str) -> str:
        """The value in a number's format, such as `.2f`; without one the whole text."""
        return format(float(self), form) if form else str(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The value as an array of shape (); NaN where there is none."""
        return np.array(float(self), dtype=dtype)

    def __repr__(self) -> str:
        return f"<{self}>"

    def _repr_html_(self) -> str:
        value = "none" if self.value is None else f"{self.value:.4g}"
        interval = self.reason if self.low is None or self.high is None else f"{self.low:.4g} to {self.high:.4g}"
        known = {"value": f"{value}{'' if self.unit == '1' else f' {self.unit}'}"}
        known |= {f"{100 * self.level:g} % interval": interval, "trials": self.n, "method": self.method}
        return listed(self.name, known, notes=[f"Doubt: {doubt}" for doubt in self.doubts])

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        doubt = "" if self.doubt is None else f"; doubtful: {self.doubt}"
        if self.value is None:
            return f"{self.name}: none ({self.reason})"
        if self.low is None or self.high is None:
            return f"{self.name} = {self.value:.4g}{unit} (no interval: {self.reason}){doubt}"
        return f"{self.name} = {self.value:.4g}{unit} [{self.low:.4g}, {self.high:.4g}] ({self.level:.0%}){doubt}"


def _plain(x):
    """A JSON number: a Python float, or None. JSON has no infinity and no NaN."""
    return float(x) if x is not None and math.isfinite(x) else None
