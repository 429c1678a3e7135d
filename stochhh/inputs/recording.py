"""Events that were drawn or recorded before, to be played to a neuron again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..equality import agree
from ..errors import InputError, within
from ..files import read_table, write_table
from ..trial_numbers import numbered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Self

    from numpy.typing import ArrayLike

    from ..annotations import File, FloatArray, IntArray

__all__ = ["Recording"]

_SEVERAL = 10  # events that are judged
_SHORT = 500  # parts of the run, in one of which no events but those in another unit all lie


class Recording:
    """Input events of one or more trials: what moved V, when, and by how much.

    Arguments:
        trial: trial of each event, from 0, shape (n_events,).
        time: time of each event, ms since the start of the trial, not negative.
        jump: what it adds to V, mV.
        n_trials: number of trials, if they are numbered from 0.
        trials: the numbers of all trials, in any numbering, those without events included; their places are the trials.

    Events are put in order of trial and time. Those of one instant act together, as one event of their sum: no result
    depends on the order of the rows. Raises InputError for values that are not valid events.

    Trial k of a run plays trial k. With neither n_trials nor trials, numbers from 0 on are the trials, and those
    missing in between have no events; numbers from 1 to k, none missing, are lowered by one. Both are reported in
    `doubts`, as sentences, and any other numbering is refused.
    """

    def __init__(
        self,
        trial: ArrayLike,
        time: ArrayLike,
        jump: ArrayLike,
        n_trials: int | None = None,
        trials: Sequence[int] | IntArray | None = None,
    ) -> None:
        numbers, self.n_trials, self.doubts, times, jumps = _checked(trial, time, jump, n_trials, trials)
        order = np.lexsort((times, numbers))
        self.trial: IntArray = numbers[order].astype(np.int64)
        self.time: FloatArray = times[order].astype(np.float64)
        self.jump: FloatArray = jumps[order].astype(np.float64)

    @classmethod
    def from_lists(cls, times: Sequence[Any], jumps: Sequence[Any]) -> Self:
        """A recording from the times and the jumps of each trial."""
        counts = [len(t) for t in times]
        trial = np.repeat(np.arange(len(counts)), counts)
        join = lambda parts: np.concatenate(parts) if parts else np.empty(0)  # noqa: E731
        return cls(trial, join(times), join(jumps), len(counts))

    def __len__(self) -> int:
        """Number of events."""
        return self.time.size

    def __eq__(self, other: object) -> bool:
        return agree(vars(self), vars(other)) if isinstance(other, Recording) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Recording: {self.time.size} events in {self.n_trials} trials>"

    def of(self, trial: int) -> tuple[FloatArray, FloatArray]:
        """(time, jump) of one trial, ms and mV."""
        first, last = np.searchsorted(self.trial, [trial, trial + 1])
        return self.time[first:last], self.jump[first:last]

    def doubts_of_run(self, first: int, n_trials: int, duration: float) -> tuple[str, ...]:
        """Sentences that say what is doubtful where these trials are played for `duration` ms; () for nothing."""
        begin, end = np.searchsorted(self.trial, [first, first + n_trials])
        time = self.time[begin:end]
        late = int(np.count_nonzero(time > duration))
        doubts = list(self.doubts)
        if late:
            doubts.append(
                f"{late} of {time.size} recorded events lie after the end of the run at {duration:g} ms and are "
                "omitted: lengthen duration unless this is intended, and check that the times are in ms."
            )
        if time.size >= _SEVERAL and time.max() < duration / _SHORT:
            doubts.append(
                f"All {time.size} recorded events lie in the first {time.max():.3g} of {duration:g} ms: times are "
                "taken to be in ms; if they are in seconds, multiply them by 1000."
            )
        return tuple(doubts)

    def acting(self, trial: int) -> tuple[FloatArray, FloatArray]:
        """(time, jump) of one trial with the events of each instant put into one, ms and mV."""
        time, jump = self.of(trial)
        first = np.append(True, np.diff(time) > 0)[: time.size]
        if first.all():
            return time, jump
        in_order = jump[np.lexsort((jump, time))]  # a sum of floats depends on the order of its terms
        return time[first], np.add.reduceat(in_order, np.flatnonzero(first))

    def to_csv(self, path: File) -> None:
        """Write the events as CSV, header `trial,time,jump` (ms, mV), numbers as short as is exact.

        A trial without events is written as one jump of 0 mV at time 0, so that it is not forgotten.
        """
        silent = np.setdiff1d(np.arange(self.n_trials), self.trial)
        trial, nothing = np.append(self.trial, silent), np.zeros(silent.size)
        order = np.argsort(trial, kind="stable")
        time, jump = np.append(self.time, nothing)[order], np.append(self.jump, nothing)[order]
        write_table(path, {"trial": trial[order], "time": time, "jump": jump})

    @classmethod
    def from_csv(cls, path: File, n_trials: int | None = None, trials: Sequence[int] | IntArray | None = None) -> Self:
        """Read events from a CSV file with the header `trial,time,jump` (ms, mV), in any order; the rest as above."""
        with within(file=path):
            return cls(**read_table(path, ("trial", "time", "jump")), n_trials=n_trials, trials=trials)


def _checked(trial, time, jump, n_trials, trials):
    """(trial, number of trials, doubts, time, jump) of columns that are events, each trial by its place."""
    try:
        trial, time, jump = np.atleast_1d(trial), np.atleast_1d(time), np.atleast_1d(jump)
    except ValueError as error:
        raise InputError(f"trial, time and jump are not plain columns of numbers ({error})") from error
    if not trial.shape == time.shape == jump.shape or trial.ndim != 1:
        shapes = f"{trial.shape}, {time.shape} and {jump.shape}"
        raise InputError(f"trial, time and jump have the shapes {shapes}", remedy="give three of shape (n_events,)")
    if trial.size and trial.dtype.kind not in "iu":
        raise InputError("trial", trial, f"whole numbers from 0, not of type {trial.dtype}")
    for name, column in (("time", time), ("jump", jump)):
        if column.size and column.dtype.kind not in "iuf":
            raise InputError(name, column, f"numbers, not of type {column.dtype}")
        wrong = np.flatnonzero(~np.isfinite(column))
        if wrong.size:
            raise InputError(f"{name}[{wrong[0]}]", column[wrong[0]], "a finite number")
    if time.size and time.min() < 0:
        raise InputError(f"time[{time.argmin()}]", time.min(), "at least 0, the start of the trial (ms)")
    if trial.size and trial.min() < 0 and trials is None:
        raise InputError(f"trial[{trial.argmin()}]", trial.min(), "at least 0")
    return *numbered(trial, n_trials, trials, "events"), time, jump
