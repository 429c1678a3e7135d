"""Spikes of many trials, with the window in which they were observed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .equality import same_fields
from .errors import InputError, integer, real, within
from .files import write_table
from .foreign_spikes import in_order, of_brian2, of_csv, of_neo, of_nest
from .trial_numbers import MOST_TRIALS, columns_of_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Literal, Self

    import pandas as pd
    from numpy.typing import ArrayLike

    from .annotations import File, FloatArray, IntArray

__all__ = ["SpikeTrains"]

_COPIES = (
    "if they are copies, rate, counts and intervals are wrong, and without_copies() removes them; if they are not, "
    "intervals of 0 count in all statistics except those of the logarithm and, where two are adjacent, cv2 and lv."
)
_WITH_UNIT = ("units", "unit", "dim")  # of Neo's and pint's, astropy's, Brian2's arrays


@dataclass(frozen=True, eq=False, repr=False)
class SpikeTrains:
    """Spikes of many trials, with the window in which they were observed.

    Arguments:
        time: spike times in ms since the start of the trial, shape (n_spikes,), sorted by trial, then time.
        trial: trial of each spike, counted from 0, shape (n_spikes,).
        n_trials: number of trials observed, silent ones included.
        start: start of the observation window, ms (the transient).
        stop: end of the observation window, ms (the duration).
        doubts: sentences that say which number of these spikes is doubtful, why, and what to do.
        transient: (time, trial) of more spikes, those before `start`.

    All of the following refer to the window [start, stop] alone: `time` and `trial`, `of`, `counts`, `isi`, `to_csv`,
    `to_dataframe`, `to_neo`, and every statistic. So `len(spikes.time)` is what the rate is made of. Spikes before
    `start` may be given, and are set apart as `transient`; `with_transient()` is all of them, with the window
    [0, stop]. `len(spikes)` is the number of trials, and `for times in spikes` goes through them.

    Spikes at one time in one trial are kept, and are a doubt. An interspike interval of 0 counts in every statistic
    like any other, except where it has no value: in those of its logarithm (`log_isi_mean`, `log_isi_sd`), and in the
    pairs of two such intervals (`cv2`, `lv`, `lvr`). Raises InputError for values that are not valid spikes.

    >>> spikes = SpikeTrains([5, 120, 180, 150], [0, 0, 0, 1], n_trials=2, start=100, stop=200)
    >>> spikes.time.tolist(), spikes.with_transient().time.tolist()
    ([120.0, 180.0, 150.0], [5.0, 120.0, 180.0, 150.0])
    """

    time: np.ndarray
    trial: np.ndarray
    n_trials: int
    start: float
    stop: float
    doubts: tuple[str, ...] = ()
    transient: tuple[np.ndarray, np.ndarray] = (np.empty(0), np.empty(0, np.int64))

    if TYPE_CHECKING:  # lists may be given, and arrays are kept

        def __init__(
            self,
            time: ArrayLike,
            trial: ArrayLike,
            n_trials: int,
            start: float,
            stop: float,
            doubts: tuple[str, ...] = (),
            transient: tuple[ArrayLike, ArrayLike] = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        n_trials = integer("n_trials", self.n_trials, at_least=1, at_most=MOST_TRIALS, remedy="silent ones count")
        start, stop = real("start", self.start, unit="ms"), real("stop", self.stop, unit="ms")
        if not 0 <= start < stop:
            raise InputError("start", start, f"at least 0 and below stop = {stop!r} (ms)")
        time, trial = _columns(self.time, self.trial)
        if len(self.transient[0]):
            columns = zip(_columns(*self.transient), (time, trial), strict=True)
            time, trial = in_order(*map(np.concatenate, columns))
        _check(time, trial, n_trials, stop)
        inside = time >= start
        before = (np.empty(0), np.empty(0, np.int64))
        if not inside.all():
            time, trial, before = time[inside], trial[inside], (time[~inside], trial[~inside])
        values = (time, trial, n_trials, start, stop, _with_copies(self.doubts, time, trial), before)
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
        trials = f"{self.n_trials} trial{'' if self.n_trials == 1 else 's'}"
        return f"<SpikeTrains: {self.time.size} spikes in {trials}, window {self.start:g} to {self.stop:g} ms>"

    @property
    def window(self) -> float:
        """Length of the observation window, ms."""
        return self.stop - self.start

    def with_transient(self) -> SpikeTrains:
        """All spikes, those before the window too: the same trials with the window [0, stop]."""
        return replace(self, start=0.0) if self.transient[0].size else self

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
        """Spike times of one trial inside the window, ms."""
        first, last = np.searchsorted(self.trial, [trial, trial + 1])
        return self.time[first:last]

    def to_csv(self, path: File) -> None:
        """Write the spikes inside the window as CSV, header `trial,time`, times in ms as short as is exact.

        `spikes.with_transient().to_csv(path)` writes all, as `stochhh run --spikes` does.
        """
        write_table(path, self.to_dataframe())

    def to_dataframe(self) -> pd.DataFrame:
        """The spikes inside the window as a pandas.DataFrame with the columns trial and time (ms)."""
        import pandas as pd

        return pd.DataFrame({"trial": self.trial, "time": self.time})

    @classmethod
    def from_lists(cls, times: Sequence[ArrayLike], *, stop: float, start: float = 0.0) -> Self:
        """Spikes from one list of times for each trial, in any order.

        Arguments:
            times: spike times of each trial, ms; empty for a silent one.
            stop: end of the observation window, ms.
            start: start of the observation window, ms.

        >>> SpikeTrains.from_lists([[12.0, 5.0], []], stop=100.0).counts().tolist()
        [2, 0]
        """
        for train in times:
            _refuse_unit(train)
        trains = [np.atleast_1d(np.asarray(train)) for train in times]
        trial = np.repeat(np.arange(len(trains)), [train.size for train in trains])
        time = np.concatenate(trains) if trains else np.empty(0)
        order = np.lexsort((time, trial))
        return cls(time[order], trial[order], len(trains), start, stop)

    @classmethod
    def from_csv(
        cls,
        path: File,
        *,
        stop: float,
        start: float = 0.0,
        n_trials: int | None = None,
        trials: Sequence[int | str] | IntArray | None = None,
        unit: Literal["ms", "s", "us"] | None = None,
        time: str | int = "time",
        trial: str | int | None = "trial",
        separator: str | None = None,
        comment: str = "#",
    ) -> Self:
        """Read spikes from a text file with one spike a line, in any order; other columns are left out.

        Arguments:
            path: the file.
            stop: end of the observation window, ms.
            start: start of the observation window, ms.
            n_trials: number of trials observed, if they are numbered from 0; silent ones are lost unless it is given.
            trials: the numbers of all trials observed, in any numbering, silent ones included: `range(1, 21)`,
                `[101, 205, 333]`, or their names; their places become the trials.
            time, trial: the columns, by their names in the header, or by their positions, counted from 0; trial=None
                where all spikes are of one trial.
            separator: what stands between columns; None finds a comma, a semicolon, a tab or white space.
            comment: what a line of comment begins with.
            unit: of the times in the file, "ms", "s" or "us"; by default ms, and times that are plainly seconds are
                refused: ten interspike intervals or more, with a median below 1 ms or all within stop/500. Where it
                cannot be told, that is a doubt.

        With neither n_trials nor trials, numbers from 0 on are the trials, and those missing in between are silent;
        numbers from 1 to k, none missing, are lowered by one. Both are reported as a doubt. Any other numbering is
        refused, and so is a file that would leave most trials silent. Raises InputError with the line of an entry that
        is not a number, and for spikes outside [0, stop].
        """
        with within(file=path):
            columns = {"time": time, "trial": trial, "separator": separator, "comment": comment}
            times, of, n, doubts = of_csv(path, stop, n_trials, trials, unit, **columns)
            return cls(times, of, n, start, stop, doubts)

    @classmethod
    def from_neo(cls, trains: Any) -> Self:
        """Spikes from Neo: a list of neo.SpikeTrain, a Segment or a Block; each train is a trial.

        Arguments:
            trains: the trains, in any unit of time; of a Block those of its segments, one behind the other. They
                share t_start and t_stop, which are the window.

        Raises InputError for windows that differ or that start before 0, and for what is no train.
        """
        time, trial, n, start, stop = of_neo(trains)
        return cls(time, trial, n, start, stop)

    def to_neo(self) -> list[Any]:
        """The spikes inside the window as a list of neo.SpikeTrain (ms), one for each trial; it needs the package neo.

        The times are unchanged to the last bit, also when `from_neo` reads them back.
        """
        import neo

        return [neo.SpikeTrain(times, units="ms", t_start=self.start, t_stop=self.stop) for times in self]

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


def _check(time, trial, n_trials, stop):
    """Raise InputError for spikes at impossible times, of no trial, or out of order."""
    within = (time >= 0) & (time <= stop)  # a NaN is not
    if not within.all():
        k = int(np.argmin(within))
        raise InputError("time", time[k], f"a finite number from 0 to {stop:g} (ms)").within(trial=int(trial[k]))
    outside = trial[(trial < 0) | (trial >= n_trials)]
    if outside.size:
        raise InputError("trial", outside[0], f"from 0 to {n_trials - 1}, for n_trials = {n_trials}")
    step = np.diff(trial)
    if np.any(step < 0) or np.any(np.diff(time)[step == 0] < 0):
        raise InputError("the spikes are not in order", remedy="sort them by trial, then by time")


def _with_copies(doubts, time, trial):
    """The doubts, and one about spikes at one time in one trial, if there are any."""
    others = tuple(dict.fromkeys(doubt for doubt in doubts if not doubt.endswith(_COPIES)))
    copies = np.count_nonzero((np.diff(time) == 0) & (np.diff(trial) == 0))
    if not copies:
        return others
    return *others, f"{copies} of {time.size} spikes coincide with another spike of their trial: {_COPIES}"
