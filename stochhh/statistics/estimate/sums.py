"""Sums over the observations of each trial, by name, from which estimates by trial are computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import ArrayLike

    from ...annotations import FloatArray

__all__ = ["GROUPS", "TrialSums", "binned", "grouped"]

GROUPS = 200  # of trials, at most, for a curve: more would not sharpen the intervals, and fill the memory


class TrialSums:
    """Named sums over the observations of each trial, and constants that a formula needs in addition.

    Arguments:
        columns: NAME -> sums, arrays of shape (n_trials,), or (n_trials, n_points) and (n_trials, 1) for a curve. The
            column `count`, where there is one, is the number of observations of each trial.
        constants: numbers, by name, that do not belong to a trial.

    A formula reads both as attributes.

    >>> sums = TrialSums({"spikes": [3, 5], "count": [1, 1]}, window=2.0)
    >>> total = sums.total()
    >>> print(total.spikes / total.count / total.window)
    2.0

    Raises InputError for a name that is reserved, for a column that is not an array of numbers, and for columns with
    different numbers of trials.
    """

    def __init__(self, columns: Mapping[str, ArrayLike], **constants: float) -> None:
        if not isinstance(columns, Mapping) or not columns:
            raise InputError("columns", columns, "a dictionary from names to sums, with at least one")
        self.columns = {name: _column(name, column) for name, column in columns.items()}
        self.constants = constants
        for name in (*columns, *constants):
            taken = name in _TAKEN or name in (constants if name in columns else ("count",))
            if not isinstance(name, str) or name.startswith("_") or taken:
                raise InputError("name of a sum", name, "a text without another meaning here", "rename it")
        if len({column.shape[:1] for column in self.columns.values()}) > 1:
            shapes = ", ".join(f"{name} {column.shape}" for name, column in self.columns.items())
            remedy = "give all of them the same first dimension, the number of trials"
            raise InputError(f"the sums have the shapes {shapes}", remedy=remedy)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "constants" not in self.__dict__:  # while it is copied
            raise AttributeError(name)
        for held in (self.columns, self.constants):
            if name in held:
                return held[name]
        raise AttributeError(f"there is no sum {name!r}: there are {', '.join((*self.columns, *self.constants))}")

    def __contains__(self, name: object) -> bool:
        return name in self.columns or name in self.constants

    def __len__(self) -> int:
        """Number of trials."""
        return len(next(iter(self.columns.values())))

    def each(self, f: Callable[[FloatArray], FloatArray]) -> TrialSums:
        """The sums with f applied to each of them."""
        made = object.__new__(TrialSums)  # such as the totals, which have no trials to be checked
        made.columns = {name: f(column) for name, column in self.columns.items()}
        made.constants = self.constants
        return made

    def also(self, **constants: float) -> TrialSums:
        """The same sums, with further constants."""
        return TrialSums(self.columns, **self.constants | constants)

    def total(self) -> TrialSums:
        """The sums over all trials."""
        return self.each(lambda column: column.sum(axis=0))

    def without_each(self) -> TrialSums:
        """The sums over all trials but one, for each trial."""
        return self.each(lambda column: column.sum(axis=0) - column)

    def observed(self) -> TrialSums:
        """The trials with observations, by the column `count`; all trials if there is no such column."""
        if "count" not in self or np.all(self.count > 0):
            return self
        kept = self.count > 0
        return self.each(lambda column: column[kept])

    def grouped(self, at_most: int) -> TrialSums:
        """The sums over groups of trials, `at_most` so many, see `grouped`."""
        return self if len(self) <= at_most else self.each(lambda column: grouped(column, at_most))


def _column(name, column):
    """The sums of a name as an array of floats with a first axis, that of trials."""
    try:
        found = np.asarray(column)
        right = found.ndim > 0 and found.dtype.kind in "biuf"
    except ValueError:  # rows of different lengths
        right = False
    if not right:
        raise InputError(f"sum {name!r}", column, "an array of numbers, one for each trial")
    return found.astype(float, copy=False)


_TAKEN = {"columns", "constants", *(name for name in vars(TrialSums) if not name.startswith("_"))}


def grouped(sums, at_most):
    """The sums over at most this many groups of trials, trial t in group t modulo their number: (n_groups, ...)."""
    n = len(sums)
    if n <= at_most:
        return sums
    padded = np.concatenate([sums, np.zeros((-n % at_most, *sums.shape[1:]))])
    return padded.reshape(-1, at_most, *sums.shape[1:]).sum(axis=0)


def binned(trial, cell, n_trials, n_cells, weight=None, groups=GROUPS):
    """Sums of weights by group of trials and cell, shape (min(n_trials, groups), n_cells), as needed for curves.

    Arguments:
        trial: trial of each observation, shape (n,).
        cell: its cell, shape (n,).
        n_trials, n_cells: number of trials and of cells.
        weight: of each observation, shape (n,); 1 if None.
        groups: largest number of groups of trials.
    """
    n = min(n_trials, groups)
    return np.bincount(trial % n * n_cells + cell, weight, minlength=n * n_cells).reshape(n, n_cells).astype(float)
