"""A curve: a statistic against time, lag or frequency, with its intervals point by point and its band as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...equality import same_fields
from ...hypertext import table
from ...messages import counted

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from ...annotations import FloatArray

__all__ = ["Curve"]


@dataclass(frozen=True, eq=False, repr=False)
class Curve:
    """A statistic as a function of a variable, with pointwise intervals and a simultaneous confidence band.

    Arguments:
        name: what was estimated ("fano_factor", "power_spectrum").
        x: values of the variable, shape (n_points,); for bins, their midpoints.
        value: the estimates, shape (n_points,); NaN where it is undefined, for the given `reason`.
        low, high: ends of the pointwise intervals, shape (n_points,); NaN where there is none.
        joint_low, joint_high: simultaneous confidence band, which contains the whole curve with probability `level`;
            NaN where there is none, for example with fewer than 10 trials.
        level: confidence level of both.
        unit: of value and intervals; "1" for pure numbers.
        x_name, x_unit: name and unit of x.
        n: number of trials used.
        method: how the intervals were made, in a few words.
        reason: why points, intervals or the simultaneous band are missing; None if nothing is missing.
        doubts: sentences that say why values or intervals may be wrong, although they are given.
    """

    name: str
    x: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    joint_low: np.ndarray
    joint_high: np.ndarray
    level: float
    unit: str
    x_name: str
    x_unit: str
    n: int
    method: str
    reason: str | None = None
    doubts: tuple[str, ...] = ()

    @property
    def doubt(self) -> str | None:
        """The doubts as one text; None where there are none."""
        return " ".join(self.doubts) or None

    @classmethod
    def missing(
        cls,
        name: str,
        x: FloatArray,
        reason: str,
        *,
        level: float,
        unit: str,
        x_name: str,
        x_unit: str,
        n: int,
        value: FloatArray | None = None,
    ) -> Self:
        """A curve that is undefined, or has no intervals, with the reason.

        Arguments:
            reason: why, a sentence without its full stop.
            name, x, level, unit, x_name, x_unit, n, value: as for Curve; value is None if the curve is undefined.
        """
        none = np.full(len(x), np.nan)
        value = none if value is None else value
        return cls(name, x, value, none, none, none, none, level, unit, x_name, x_unit, n, "none", reason)

    def band(self, joint: bool = True) -> tuple[FloatArray, FloatArray]:
        """(low, high): the simultaneous band, or the pointwise intervals if joint is False or there is no such band."""
        return (self.joint_low, self.joint_high) if joint and self.has_band() else (self.low, self.high)

    def has_band(self) -> bool:
        """Whether there is a simultaneous confidence band."""
        return bool(np.isfinite(self.joint_low).any())

    def without_interval(self, reason: str) -> Curve:
        """The same values without intervals, with the reason."""
        ends = dict.fromkeys(("low", "high", "joint_low", "joint_high"), np.full(len(self.x), np.nan))
        return replace(self, **ends, method="none", reason=reason)

    def doubted(self, *doubts: str | None) -> Curve:
        """The same curve, with these doubts (sentences, or None) added to its own if it has a value."""
        if not np.isfinite(self.value).any():
            return self
        return replace(self, doubts=tuple(dict.fromkeys((*self.doubts, *filter(None, doubts)))))

    def to_dataframe(self) -> pd.DataFrame:
        """The points as a pandas.DataFrame: x, by its name, value, low, high, joint_low, joint_high, reason."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in ("value", "low", "high", "joint_low", "joint_high")}
        known = np.all(np.isfinite(list(columns.values())), axis=0)
        return pd.DataFrame({self.x_name: self.x} | columns | {"reason": np.where(known, "", self.reason or "")})

    __eq__ = same_fields
    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        """Number of points."""
        return len(self.x)

    def _titles(self):
        """Name and unit of the value, and of x."""
        of = ((self.name, self.unit), (self.x_name, self.x_unit))
        return tuple(name if unit == "1" else f"{name} ({unit})" for name, unit in of)

    def _size(self):
        return f"{counted(len(self), 'point')}, {counted(self.n, 'trial')}"

    def _shown(self):
        """Up to five points of the curve, their numbers."""
        return np.unique(np.linspace(0, len(self.x) - 1, 5).round().astype(int)) if len(self.x) else []

    def __repr__(self) -> str:
        name, x_name = self._titles()
        return f"<Curve: {name} against {x_name}, {self._size()}>"

    def _repr_html_(self) -> str:
        name, x_name = self._titles()
        columns = (self.x, self.value, self.low, self.high)
        rows = [["none" if np.isnan(of[i]) else f"{of[i]:.4g}" for of in columns] for i in self._shown()]
        part = ", of which some are shown" if len(rows) < len(self) else ""
        missing = [] if self.reason is None else [f"Missing: {self.reason}"]
        notes = [*missing, *(f"Doubt: {doubt}" for doubt in self.doubts)]
        head = (x_name, name, f"low ({100 * self.level:g} %)", "high")
        return table(head, rows, f"{name} against {x_name}: {self._size()}{part}", notes)

    def __str__(self) -> str:
        name, x_name = self._titles()
        head = f"{name} against {x_name}: {self._size()}"
        doubt = [] if self.doubt is None else [f"  doubtful: {self.doubt}"]
        if np.all(np.isnan(self.low)):
            return "\n".join([f"{head}; no interval: {self.reason}", *doubt])
        points = [
            f"  {self.x[i]:.4g}: {self.value[i]:.4g} [{self.low[i]:.4g}, {self.high[i]:.4g}]" for i in self._shown()
        ]
        alone = [] if self.has_band() else [f"  pointwise intervals only: {self.reason}"]
        return "\n".join([f"{head} ({self.level:.0%})", *points, *alone, *doubt])
