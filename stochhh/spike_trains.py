"""Spikes of many trials, with the window in which they were observed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .equality import same_fields
from .errors import InputError, integer, real, within
from .files import write_table
from .foreign_spikes import in_order, of_brian2, of_csv, of_nest
from .hypertext import listed
from .messages import counted
from .neo_trains import of_neo, one_unit, units_of
from .trial_numbers import MOST_TRIALS, columns_of_numbers, each_trial, trial_in
from .trial_windows import (
    ends_of,
    first_outside,
    is_common,
    no_common,
    not_observed,
    nothing_common,
    of_spikes,
    outside_window,
    windows_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Literal, Self

    import pandas as pd
    from numpy.typing import ArrayLike

    from .annotations import File, FloatArray, IntArray, PerTrial

__all__ = ["SpikeTrains"]

_COPIES = (
    "if they are copies, rate, counts and intervals are wrong, and without_copies() removes them; if they are not, "
    "intervals of 0 count in all statistics except those of the logarithm and, where two are adjacent, cv2 and lv."
)
_ROUNDING = 1e-12  # of the largest time, by which equal lengths of windows may differ
_WITH_UNIT = ("units", "unit", "dim")  # of Neo's and pint's, astropy's, Brian2's arrays


@dataclass(frozen=True, eq=False, repr=False, init=False)
class SpikeTrains:
    """Spikes of many trials, with the window in which each of them was observed.

    Arguments:
        time: spike times in ms since the time 0 of the trial (its start, or an event such as the stimulus), shape
            (n_spikes,), sorted by trial, then time.
        trial: trial of each spike, counted from 0, shape (n_spikes,).
        n_trials: number of trials observed, silent ones included.
        start: start of the observation window, ms (the transient; negative for what was observed before time 0): one
            number, or one for each trial.
        stop: end of the observation window, ms (the duration): one number, or one for each trial.
        doubts: sentences that say which number of these spikes is doubtful, why, and what to do.
        transient: (time, trial) of more spikes, those from time 0 on that are before `start`.

    All of the following refer to the window [start, stop] alone: `time` and `trial`, `of`, `counts`, `isi`, `to_csv`,
    `to_dataframe`, `to_neo`, and every statistic. So `len(spikes.time)` is what the rate is made of. Spikes before
    `start` may be given, and are set apart as `transient`; `with_transient()` is all of them, with the window
    [0, stop]. `len(spikes)` is the number of trials, and `for times in spikes` goes through them.

    `windows` holds the (start, stop) of each trial, shape (n_trials, 2). Where they differ, a rate is the total count
    per total time, and an interspike interval is censored by the end of its own trial. What needs more in common (the
    Fano factor windows of one length, latencies one end) is missing, with the reason, or raises InputError; `cut`
    restricts all trials to one window, `aligned` counts their times from another event.

    Spikes at one time in one trial are kept, and are a doubt. An interspike interval of 0 counts in every statistic
    like any other, except where it has no value: in those of its logarithm (`log_isi_mean`, `log_isi_sd`), and in the
    pairs of two such intervals (`cv2`, `lv`, `lvr`). Raises InputError for values that are not valid spikes.

    >>> spikes = SpikeTrains([5, 120, 180, 150], [0, 0, 0, 1], n_trials=2, start=100, stop=200)
    >>> spikes.time.tolist(), spikes.with_transient().time.tolist()
    ([120.0, 180.0, 150.0], [5.0, 120.0, 180.0, 150.0])
    >>> SpikeTrains([-20, 40, 60], [0, 0, 1], n_trials=2, start=-50, stop=[100, 80])
    <SpikeTrains: 3 spikes in 2 trials, windows of 130 to 150 ms>
    """

    time: FloatArray
    trial: IntArray
    n_trials: int
    windows: FloatArray
    doubts: tuple[str, ...]
    transient: tuple[FloatArray, IntArray]

    if TYPE_CHECKING:  # lists may be given, and arrays are kept

        def __init__(
            self,
            time: ArrayLike,
            trial: ArrayLike,
            n_trials: int,
            start: PerTrial,
            stop: PerTrial,
            doubts: tuple[str, ...] = (),
            transient: tuple[ArrayLike, ArrayLike] = ...,
        ) -> None: ...

    else:  # with the windows in place of start and stop it is made by `dataclasses.replace`

        def __init__(self, time, trial, n_trials, start=..., stop=..., doubts=(), transient=((), ()), windows=None):
            n_trials = integer("n_trials", n_trials, at_least=1, at_most=MOST_TRIALS, remedy="silent ones count")
            windows = windows_of(n_trials, start, stop, windows)
            time, trial = _columns(time, trial)
            if len(transient[0]):
                time, trial = in_order(*map(np.concatenate, zip(_columns(*transient), (time, trial), strict=True)))
            start, _ = _checked(time, trial, windows)
            inside, before = time >= start, (np.empty(0), np.empty(0, np.int64))
            if not inside.all():
                time, trial, before = time[inside], trial[inside], (time[~inside], trial[~inside])
            values = (time, trial, n_trials, windows, _with_copies(doubts, time, trial), before)
            for name, value in zip(self.__dataclass_fields__, values, strict=True):
                object.__setattr__(self, name, value)

    __eq__ = same_fields
    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        """Number of trials."""
        return self.n_trials

    def __iter__(self) -> Iterator[FloatArray]:
        """The spike times of each trial inside the window, ms."""
        return iter(np.split(self.time, np.cumsum(self.counts())[:-1]))

    def __repr__(self) -> str:
        shortest, longest = (f"{length:g}" for length in (self.durations.min(), self.durations.max()))
        if is_common(self.windows):
            window = f"window {self.start:g} to {self.stop:g} ms"
        else:
            window = f"windows of {shortest}{'' if shortest == longest else f' to {longest}'} ms"
        return f"<SpikeTrains: {counted(self.time.size, 'spike')} in {counted(self.n_trials, 'trial')}, {window}>"

    def _repr_html_(self) -> str:
        start, stop = (f"{ends.min():g}{'' if is_common(ends) else f' to {ends.max():g}'}" for ends in self.windows.T)
        known = {"trials": self.n_trials, "spikes": self.time.size, "start (ms)": start, "stop (ms)": stop}
        return listed("SpikeTrains", known, notes=[f"Doubt: {doubt}" for doubt in self.doubts])

    @property
    def start(self) -> float:
        """Start of the observation window, ms; InputError where it differs between trials."""
        return self._common_end(0, "start")

    @property
    def stop(self) -> float:
        """End of the observation window, ms; InputError where it differs between trials."""
        return self._common_end(1, "end")

    def _common_end(self, k, what):
        ends = self.windows[:, k]
        if not is_common(ends):
            raise no_common(self.windows, ends, what)
        return float(ends[0])

    @property
    def window(self) -> float:
        """Length of the observation window, ms; InputError where it differs between trials by more than rounding."""
        durations = self.durations
        if np.ptp(durations) > _ROUNDING * self.largest_time:
            raise no_common(self.windows, durations, "length")
        return float(durations[0])

    @property
    def durations(self) -> FloatArray:
        """Length of the observation window of each trial, ms, shape (n_trials,)."""
        return self.windows[:, 1] - self.windows[:, 0]

    @property
    def largest_time(self) -> float:
        """Largest absolute value of a start or a stop, ms, of which errors of rounding are a part."""
        return float(np.abs(self.windows).max())

    def since_start(self) -> FloatArray:
        """Time of each spike since the start of the window of its trial, ms, shape (n_spikes,)."""
        return self.time - self.windows[self.trial, 0]

    def with_transient(self) -> SpikeTrains:
        """All spikes, those before the window too: the same trials with the window [0, stop]."""
        if not self.transient[0].size:
            return self
        return replace(self, windows=np.minimum(self.windows, [0.0, np.inf]))

    def cut(self, start: float | None = None, stop: float | None = None) -> SpikeTrains:
        """The same trials in one window alone; spikes outside are left out.

        Arguments:
            start, stop: of the window, ms; None takes the start, or the stop, of what is common to all trials.

        Raises InputError for a trial that was not observed in the whole window, and where the windows of the trials
        have no common part.
        """
        low, high = self.windows.T
        first = real("start", low.max() if start is None else start, unit="ms")
        last = real("stop", high.min() if stop is None else stop, unit="ms")
        if start is None and stop is None and first >= last:
            raise nothing_common(self.windows)
        outside = np.flatnonzero((low > first) | (high < last) | (high <= first) | (low >= last))
        if outside.size:
            asked = (None if start is None else first, None if stop is None else last)
            raise not_observed(self.windows, outside[0], *asked)
        inside = (self.time >= first) & (self.time <= last)
        return SpikeTrains(self.time[inside], self.trial[inside], self.n_trials, first, last, self.doubts)

    def aligned(self, at: PerTrial | None = None) -> SpikeTrains:
        """The same trials with times counted from `at`; spikes before the window are left out.

        Arguments:
            at: the time that becomes 0, ms: one number, or one for each trial, such as that of a stimulus. None takes
                the start of each window.

        >>> pieces = SpikeTrains([120, 1210], [0, 1], n_trials=2, start=[100, 1200], stop=[200, 1300])
        >>> pieces.aligned().time.tolist(), pieces.aligned().stop
        ([20.0, 10.0], 100.0)
        """
        origin = self.windows[:, 0] if at is None else ends_of("at", at, self.n_trials)
        time, none = self.time - origin[self.trial], (np.empty(0), np.empty(0, np.int64))
        return replace(self, time=time, windows=self.windows - origin[:, None], transient=none)

    def without_copies(self) -> SpikeTrains:
        """The same spikes with only one of those that coincide in a trial."""
        time, trial = self.time, self.trial
        first = np.append(True, (np.diff(time) != 0) | (np.diff(trial) != 0))[: time.size]
        return replace(self, time=time[first], trial=trial[first])

    def counts(self) -> IntArray:
        """Number of spikes inside the window, for each trial, shape (n_trials,)."""
        return np.bincount(self.trial, minlength=self.n_trials)

    def isi(self) -> tuple[FloatArray, IntArray]:
        """(isi, trial): the interspike intervals inside the window, ms, and the trial of each."""
        same = self.trial[1:] == self.trial[:-1]
        return np.diff(self.time)[same], self.trial[1:][same]

    def of(self, trial: int) -> FloatArray:
        """Spike times of one trial inside the window, ms.

        Arguments:
            trial: number of the trial, from 0 to n_trials - 1; those of a result are counted from 0, whatever its
                first_trial was.
        """
        trial = trial_in(trial, self.n_trials)
        first, last = np.searchsorted(self.trial, [trial, trial + 1])
        return self.time[first:last]

    def to_csv(self, path: File) -> None:
        """Write the spikes inside the window as CSV, header `trial,time`, times in ms as short as is exact.

        `spikes.with_transient().to_csv(path)` writes all, as `stochhh run --spikes` does. The file does not hold the
        windows: give `from_csv` the same start, stop and n_trials.
        """
        write_table(path, self.to_dataframe())

    def to_dataframe(self) -> pd.DataFrame:
        """The spikes inside the window as a pandas.DataFrame with the columns trial and time (ms)."""
        import pandas as pd

        return pd.DataFrame({"trial": self.trial, "time": self.time})

    @classmethod
    def from_lists(cls, times: Sequence[ArrayLike], *, stop: PerTrial, start: PerTrial = 0.0) -> Self:
        """Spikes from one list of times for each trial, in any order.

        Arguments:
            times: one list of spike times for each trial, ms; empty for a silent one. A flat list is refused: one trial
                is [[12.0, 5.0]].
            stop: end of the observation window, ms, or of that of each trial.
            start: start of the observation window, ms, or of that of each trial.

        >>> SpikeTrains.from_lists([[12.0, 5.0], []], stop=100.0).counts().tolist()
        [2, 0]
        """
        _refuse_unit(times)
        times = list(times) if np.iterable(times) else times
        for train in times if isinstance(times, list) else ():
            _refuse_unit(train)
        trains = each_trial("times", times)
        trial = np.repeat(np.arange(len(trains)), [train.size for train in trains])
        time = np.concatenate([np.empty(0), *trains])
        order = np.lexsort((time, trial))
        return cls(time[order], trial[order], len(trains), start, stop)

    @classmethod
    def from_csv(
        cls,
        path: File,
        *,
        stop: PerTrial,
        start: PerTrial = 0.0,
        n_trials: int | None = None,
        trials: Sequence[int | str] | IntArray | None = None,
        unit: Literal["ms", "s", "us"] | None = None,
        time: str | int = "time",
        trial: str | int | None = "trial",
        separator: str | None = None,
        comment: str = "#",
        decimal: Literal[".", ","] = ".",
    ) -> Self:
        """Read spikes from a text file with one spike a line, in any order; other columns are left out.

        Arguments:
            path: the file.
            stop: end of the observation window, ms: one number, or one for each trial in their order.
            start: start of the observation window, ms, likewise; negative where times before 0 were observed.
            n_trials: number of trials observed, if they are numbered from 0; silent ones are lost unless it is given,
                or there is a start or a stop for each.
            trials: the numbers of all trials observed, in any numbering, silent ones included: `range(1, 21)`,
                `[101, 205, 333]`, or their names; their places become the trials.
            time, trial: the columns, by their names in the header, or by their positions, counted from 0; trial=None
                where all spikes are of one trial.
            separator: what stands between columns, one character; a blank for white space; None finds a comma, a
                semicolon, a tab or white space.
            comment: what a line of comment begins with, one character.
            decimal: what stands before the decimals of a number, "." or ",".
            unit: of the times in the file, "ms", "s" or "us"; by default that in the header of their column, such as
                `time (s)`, `t_ms`, otherwise ms. Times that are plainly seconds are then refused: ten interspike
                intervals or more, with a median below 1 ms or all within stop/500. Where the unit is
                uncertain, the result has a doubt. A unit other than that in the header is refused.

        With neither n_trials nor trials, numbers from 0 on are the trials, and those missing in between are silent;
        numbers from 1 to k, none missing, are lowered by one. Both are reported as a doubt. Any other numbering is
        refused, and so is a file that would leave most trials silent. Raises InputError with the line of an entry that
        is not a number, and for spikes outside the window, except those between time 0 and `start`.
        """
        with within(file=path):
            columns = {"trial": trial, "time": time}
            layout = {"separator": separator, "comment": comment, "decimal": decimal}
            times, of, n, doubts = of_csv(path, columns, start, stop, n_trials, trials, unit, **layout)
            return cls(times, of, n, start, stop, doubts)

    @classmethod
    def from_neo(cls, source: Any, *, unit: str | int | None = None, pool: bool = False) -> Self:
        """Spikes of one unit from Neo: a list of neo.SpikeTrain, a Segment or a Block; each train is a trial.

        Arguments:
            source: trains in any unit of time. Each segment of a Block, or of a list of Segments, is a trial, a Segment
                is one trial; a list of trains is one train for each trial.
            unit: the unit, by its name or its position, where there are several. Its name is that of its Group (or the
                Group's unit_name) if every train is in one Group with at most one train of each segment; otherwise
                unit_name, unit_id or channel_id among the annotations of the trains; otherwise the name of its trains
                if they have the same in every segment, or in a list; otherwise the position in the segment. Trains in a
                list without any of these are of one unit.
            pool: whether to take the trains of all units, each as a trial of its own.

        t_start and t_stop of each train are the window of its trial; times before 0 are kept. Raises InputError for
        several units with neither unit nor pool, and for what is not a train.
        """
        return cls._from_trains(one_unit(source, unit, pool))

    @classmethod
    def units_from_neo(cls, source: Any) -> dict[str, Self]:
        """Spikes of every unit from Neo, NAME -> SpikeTrains; `source` and names as in `from_neo`.

        A unit without a train in a segment was not observed there: it has one trial less.
        """
        return {name: cls._from_trains(trains) for name, trains in units_of(source).items()}

    @classmethod
    def _from_trains(cls, trains):
        time, trial, n, windows = of_neo(trains)
        return cls(time, trial, n, *windows)

    def to_neo(self) -> list[Any]:
        """The spikes inside the window as a list of neo.SpikeTrain (ms), one for each trial; it needs the package neo.

        The times are unchanged to the last bit, also when `from_neo` reads them back.
        """
        import neo

        return [
            neo.SpikeTrain(times, units="ms", t_start=start, t_stop=stop)
            for times, (start, stop) in zip(self, self.windows.tolist(), strict=True)
        ]

    @classmethod
    def from_brian2(
        cls,
        monitor: Any,
        *,
        stop: float,
        start: float = 0.0,
        n_trials: int | None = None,
        trials: Sequence[int] | IntArray | None = None,
    ) -> Self:
        """Spikes from Brian2; each neuron is a trial.

        Arguments:
            monitor: a brian2.SpikeMonitor; or a tuple (i, t), as its arrays: neuron and time of each spike, in seconds.
            stop: end of the observation window, as a number in ms (`net.t / ms`).
            start: start of the observation window, ms.
            n_trials: number of neurons, silent ones included, numbered from 0; a monitor knows it.
            trials: in place of n_trials the numbers of all neurons recorded, if they are others.

        Raises InputError for spikes outside [0, stop], as times in ms would be, and for neurons from n_trials on.
        """
        time, trial, n = of_brian2(monitor, n_trials, trials)
        return cls(time, trial, n, start, stop)

    @classmethod
    def from_nest(cls, events: Any, *, senders: ArrayLike, stop: float, start: float = 0.0) -> Self:
        """Spikes from NEST; each node is a trial.

        Arguments:
            events: the dictionary with `senders` and `times` (ms) of a spike recorder, or the recorder.
            senders: node numbers of all neurons recorded, silent ones included, in the order of the trials: the
                NodeCollection, or a list.
            stop: end of the observation window, ms.
            start: start of the observation window, ms.

        Raises InputError for spikes outside [0, stop] or of a node that is not named, and for times in steps.
        """
        time, trial, n = of_nest(events, senders)
        return cls(time, trial, n, start, stop)


def _columns(time, trial):
    """Times and trials as arrays of numbers; times with a unit are refused, since it would be lost."""
    _refuse_unit(time)
    return columns_of_numbers(("trial",), time=time, trial=trial)


def _refuse_unit(time):
    unit = [name for name in _WITH_UNIT if hasattr(time, name)]
    if unit:
        fault = f"time has a unit ({getattr(time, unit[0])!s:.40})"
        raise InputError(fault, remedy="give plain numbers in ms, or use from_neo or from_brian2")


def _checked(time, trial, windows):
    """(start, stop) of the window of each spike, or of all; InputError for spikes outside of it, or out of order."""
    outside = trial[(trial < 0) | (trial >= len(windows))]
    if outside.size:
        raise InputError("trial", outside[0], f"from 0 to {len(windows) - 1}, for n_trials = {len(windows)}")
    wrong = first_outside(time, trial, windows)
    if wrong is not None:
        raise outside_window(time, trial, windows, wrong)
    step = np.diff(trial)
    if np.any(step < 0) or np.any(np.diff(time)[step == 0] < 0):
        raise InputError("the spikes are not in order", remedy="sort them by trial, then by time")
    return of_spikes(windows, trial)


def _with_copies(doubts, time, trial):
    """The doubts, and one about spikes at one time in one trial, if there are any."""
    others = tuple(dict.fromkeys(doubt for doubt in doubts if not doubt.endswith(_COPIES)))
    copies = np.count_nonzero((np.diff(time) == 0) & (np.diff(trial) == 0))
    if not copies:
        return others
    return *others, f"{copies} of {time.size} spikes coincide with another spike of their trial: {_COPIES}"
