"""Input events that were drawn or recorded before, to be replayed to a neuron."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..equality import agree
from ..errors import InputError, within
from ..files import write_table
from ..messages import counted
from ..trial_numbers import each_trial, numbered, trial_in
from ..trial_tables import all_early, read_trials

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal, Self

    from numpy.typing import ArrayLike

    from ..annotations import File, FloatArray, IntArray

__all__ = ["Recording", "in_order"]

_SEVERAL = 10  # events that are judged


class Recording:
    """Recorded input events of one or more trials, to be replayed: V <- V + jump at each event.

    Arguments:
        trial: trial of each event, counted from 0, shape (n_events,).
        time: time of each event since the start of the trial, ms, not negative, shape (n_events,).
        jump: jump of V at each event, mV, shape (n_events,).
        n_trials: number of trials, if they are numbered from 0.
        trials: the numbers of all trials in any numbering, including trials without events; trial k of a run replays
            the k-th of them.

    Events are sorted by trial and time. Simultaneous events act as one event, the sum of their jumps, so that no result
    depends on the order of the rows.

    If neither n_trials nor trials is given, trials are numbered from 0, and numbers missing in between are trials
    without events; complete numbers 1 to k are lowered by one. Both are reported in `doubts`.

    Raises InputError for values that are not valid events, and for any other numbering of the trials.

    >>> Recording(trial=[0, 0, 1], time=[2.5, 1.0, 3.0], jump=[1.0, 1.0, -4.0], n_trials=2)
    <Recording: 3 events in 2 trials>
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
        self._unit: str | None = None  # of the times in the file that it was read from, if that was told

    @classmethod
    def from_lists(cls, times: Sequence[Any], jumps: Sequence[Any]) -> Self:
        """Make a recording from the times and the jumps of each trial.

        Arguments:
            times: times of the events of each trial, ms, a list of arrays of shape (n_events,).
            jumps: jumps of V of these events, mV, a list of arrays of the same shapes.

        >>> Recording.from_lists([[1.0, 2.5], []], [[1.0, 1.0], []])
        <Recording: 2 events in 2 trials>
        """
        times, jumps = each_trial("times", times), each_trial("jumps", jumps)
        if len(times) != len(jumps):
            raise InputError(
                f"there are times of {counted(len(times), 'trial')} and jumps of {len(jumps)}",
                remedy="give as many of both",
            )
        for k, (one, other) in enumerate(zip(times, jumps, strict=True)):
            if one.size != other.size:
                fault = f"trial {k} has {counted(one.size, 'time')} and {counted(other.size, 'jump')}"
                raise InputError(fault, remedy="give one jump for each time")
        trial = np.repeat(np.arange(len(times)), [one.size for one in times])
        time, jump = (np.concatenate([np.empty(0), *parts]) for parts in (times, jumps))
        return cls(trial, time, jump, len(times))

    def __len__(self) -> int:
        """The number of events."""
        return self.time.size

    def __eq__(self, other: object) -> bool:
        return agree(vars(self), vars(other)) if isinstance(other, Recording) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Recording: {counted(self.time.size, 'event')} in {counted(self.n_trials, 'trial')}>"

    def of(self, trial: int) -> tuple[FloatArray, FloatArray]:
        """The events (time, jump) of one trial, in ms and mV, each of shape (n_events,).

        Arguments:
            trial: number of the trial, from 0.
        """
        return self._events(trial_in(trial, self.n_trials))

    def _events(self, trial):
        first, last = np.searchsorted(self.trial, [trial, trial + 1])
        return self.time[first:last], self.jump[first:last]

    def doubts_of_run(self, first: int, n_trials: int, duration: float) -> tuple[str, ...]:
        """Doubts about a replay of these events, a tuple of sentences; () if there are none.

        Arguments:
            first: number of the first trial of the run.
            n_trials: number of trials of the run.
            duration: duration of a trial, ms.
        """
        begin, end = np.searchsorted(self.trial, [first, first + n_trials])
        time = self.time[begin:end]
        late = int(np.count_nonzero(time > duration))
        doubts = list(self.doubts)
        if late:
            doubts.append(
                f"{late} of {time.size} recorded events lie after the end of the run at {duration:g} ms and are "
                "omitted: lengthen duration unless this is intended, and check that the times are in ms."
            )
        if self._unit is None and time.size >= _SEVERAL and all_early(time, duration):
            doubts.append(
                f"All {time.size} recorded events lie in the first {time.max():.3g} of {duration:g} ms: times are "
                "taken to be in ms; if they are in seconds, multiply them by 1000, or read the file with unit='s'."
            )
        return tuple(doubts)

    def acting(self, trial: int) -> tuple[FloatArray, FloatArray]:
        """The events (time, jump) of one trial, in ms and mV, with simultaneous events merged into one.

        Arguments:
            trial: number of the trial, from 0.
        """
        time, jump = self._events(trial)
        first = np.append(True, np.diff(time) > 0)[: time.size]
        if first.all():
            return time, jump
        in_order = jump[np.lexsort((jump, time))]  # a sum of floats depends on the order of its terms
        return time[first], np.add.reduceat(in_order, np.flatnonzero(first))

    def to_csv(self, path: File) -> None:
        """Write the events to a CSV file with the header `trial,time,jump` (ms, mV), without loss of precision.

        A trial without events is written as one jump of 0 mV at time 0, so that the number of trials is preserved.

        Arguments:
            path: the file.
        """
        silent = np.setdiff1d(np.arange(self.n_trials), self.trial)
        trial, nothing = np.append(self.trial, silent), np.zeros(silent.size)
        order = np.argsort(trial, kind="stable")
        time, jump = np.append(self.time, nothing)[order], np.append(self.jump, nothing)[order]
        write_table(path, {"trial": trial[order], "time": time, "jump": jump})

    @classmethod
    def from_csv(
        cls,
        path: File,
        n_trials: int | None = None,
        trials: Sequence[int | str] | IntArray | None = None,
        *,
        unit: Literal["ms", "s", "us"] | None = None,
        time: str | int = "time",
        trial: str | int | None = "trial",
        jump: str | int = "jump",
        separator: str | None = None,
        comment: str = "#",
        decimal: Literal[".", ","] = ".",
    ) -> Self:
        """Read events from a text file with one event a line, in any order; other columns are left out.

        Arguments:
            path: the file.
            n_trials, trials: as for Recording; trials may also be names.
            unit: of the times in the file, "ms", "s" or "us"; by default that in the header of their column, such as
                `time (s)`, `t_ms`, otherwise ms, with a doubt where a run shows that they seem to be in seconds. A unit
                other than that in the header is refused.
            time, trial, jump: the columns, by their names in the header, or by their positions, counted from 0;
                trial=None where all events are of one trial. Jumps are in mV.
            separator: what stands between columns, one character; a blank for white space; None finds a comma, a
                semicolon, a tab or white space.
            comment: what a line of comment begins with, one character.
            decimal: what stands before the decimals of a number, "." or ",".

        Raises InputError, which names the file and the line, for a file that is missing or that holds something else.
        """
        columns = {"trial": trial, "time": time, "jump": jump}
        with within(file=path):
            layout = {"separator": separator, "comment": comment, "decimal": decimal}
            table, n, names, unit = read_trials(path, columns, unit, n_trials, trials, "events", **layout)
            early = np.flatnonzero(table["time"] < 0)
            if early.size:
                refused = InputError("time", table["time"][early[0]], "at least 0, the start of the trial (ms)")
                raise refused.within(line=table.line(int(early[0])))
            found = cls(**table, n_trials=n, trials=names)
        found._unit = unit
        return found


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


def in_order(parts):
    """Merge batches of events into (time, jump), sorted by time; simultaneous events stay in the order of neurons.

    Arguments:
        parts: pairs (time, jump) of arrays of shape (n,), ms and mV.
    """
    time, jump = (np.concatenate(column) for column in zip((np.empty(0), np.empty(0)), *parts, strict=True))
    order = np.argsort(time, kind="stable")
    return time[order], jump[order]
