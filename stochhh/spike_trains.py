"""Spikes of many trials, with the window in which they were observed."""

from dataclasses import dataclass

import numpy as np

from .errors import InputError, integer, real
from .files import read_table, write_table
from .foreign_spikes import of_brian2, of_neo, of_nest, sorted_columns

__all__ = ["SpikeTrains"]

_IN_MS = {"ms": 1.0, "s": 1000.0, "us": 0.001}


@dataclass(frozen=True)
class SpikeTrains:
    """Spikes of many trials, with the window in which they were observed.

    Arguments:
        time: spike times in ms since the start of the trial, shape (n_spikes,), sorted by trial, then time.
        trial: trial of each spike, counted from 0, shape (n_spikes,).
        n_trials: number of trials observed, silent ones included.
        start: start of the observation window, ms (the transient).
        stop: end of the observation window, ms (the duration).

    Spikes before `start` are kept here, and left out of every statistic.
    """

    time: np.ndarray
    trial: np.ndarray
    n_trials: int
    start: float
    stop: float

    def __post_init__(self):
        time = np.ascontiguousarray(self.time, dtype=np.float64)
        trial = np.ascontiguousarray(self.trial, dtype=np.int64)
        if time.ndim != 1 or time.shape != trial.shape:
            raise InputError(f"time and trial have shapes {time.shape} and {trial.shape}: both must be (n_spikes,)")
        if not 0 <= self.start < self.stop:
            raise InputError(
                f"start = {self.start!r}, stop = {self.stop!r}: the window must have 0 <= start < stop (ms)"
            )
        if time.size:
            within = (time >= 0) & (time <= self.stop)  # a NaN is not
            if not np.all(within):
                k = int(np.argmin(within))
                where = f"one of trial {trial[k]} is at {time[k]!s} ms"
                raise InputError(f"spike times must be finite and lie in [0, {self.stop:g}] ms: {where}")
            if trial.min() < 0 or trial.max() >= self.n_trials:
                raise InputError(f"trial numbers must lie in [0, {self.n_trials - 1}]")
            step = np.diff(trial)
            if np.any(step < 0) or np.any(np.diff(time)[step == 0] < 0):
                raise InputError("spikes must be sorted by trial, then by time")
        object.__setattr__(self, "time", time)
        object.__setattr__(self, "trial", trial)

    @property
    def window(self):
        """Length of the observation window, ms."""
        return self.stop - self.start

    def observed(self):
        """(time, trial) of the spikes inside the observation window."""
        inside = self.time >= self.start
        return self.time[inside], self.trial[inside]

    def counts(self):
        """Number of spikes inside the window, for each trial, shape (n_trials,)."""
        return np.bincount(self.observed()[1], minlength=self.n_trials)

    def isi(self):
        """(isi, trial): the interspike intervals inside the window, ms, and the trial of each."""
        time, trial = self.observed()
        same = trial[1:] == trial[:-1]
        return np.diff(time)[same], trial[1:][same]

    def of(self, trial):
        """Spike times of one trial, ms, those of the transient included."""
        first, last = np.searchsorted(self.trial, [trial, trial + 1])
        return self.time[first:last]

    def to_csv(self, path):
        """Write all spikes as CSV, header `trial,time`, times in ms in their shortest exact form."""
        write_table(path, self.to_dataframe())

    def to_dataframe(self):
        """All spikes as a pandas.DataFrame with the columns trial and time (ms)."""
        import pandas as pd

        return pd.DataFrame({"trial": self.trial, "time": self.time})

    @classmethod
    def from_csv(cls, path, *, stop, start=0.0, n_trials=None, unit=None):
        """Read spikes from a CSV file with the header `trial,time`, in any order.

        Arguments:
            path: the file.
            stop: end of the observation window, ms.
            start: start of the observation window, ms.
            n_trials: number of trials observed; by default the last one that has a spike, plus one, so that
                silent trials at the end are lost unless it is given.
            unit: of the times in the file, "ms", "s" or "us"; by default ms, and times that are plainly seconds are
                refused: ten interspike intervals or more, with a median below 1 ms or all within stop/500.

        Raises InputError with the line of an entry that is no number, and for spikes outside [0, stop].
        """
        if unit is not None and unit not in _IN_MS:
            raise InputError(f"unit = {unit!r} is not allowed: it must be one of {', '.join(_IN_MS)}")
        table = read_table(path, ("trial", "time"))
        if n_trials is None:
            n_trials = int(table["trial"].max(initial=-1)) + 1
        time, trial = sorted_columns(table["time"] * _IN_MS[unit or "ms"], table["trial"])
        try:
            spikes = cls(time, trial, integer("n_trials", n_trials, at_least=1), *_window(start, stop))
            if unit is None and spikes._plainly_seconds():
                raise InputError(
                    f"the times, up to {time.max():g} of {stop:g} ms, seem to be in seconds: say unit='s', "
                    "or unit='ms' if they are not"
                )
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        return spikes

    def _plainly_seconds(self):
        """Whether these times make sense as seconds, but hardly as milliseconds."""
        step = np.diff(self.time)[np.diff(self.trial) == 0]
        return step.size >= 10 and bool(np.median(step) < 1.0 or self.time.max() < self.stop / 500)

    @classmethod
    def from_neo(cls, trains):
        """Spikes from Neo: a list of neo.SpikeTrain, a Segment or a Block; each train is a trial.

        Arguments:
            trains: the trains, in any unit of time; of a Block those of its segments, one behind the other. They
                share t_start and t_stop, which are the window.

        Raises InputError for windows that differ or that start before 0, and for what is no train.
        """
        return cls(*of_neo(trains))

    def to_neo(self):
        """The spikes inside the window as a list of neo.SpikeTrain (ms), one for each trial; it takes the package neo.

        The times are the same to the last bit, and so are those that `from_neo` makes of them.
        """
        import neo

        time, trial = self.observed()
        ends = np.cumsum(np.bincount(trial, minlength=self.n_trials))
        return [
            neo.SpikeTrain(times, units="ms", t_start=self.start, t_stop=self.stop)
            for times in np.split(time, ends[:-1])
        ]

    @classmethod
    def from_brian2(cls, monitor, *, stop, start=0.0, n_trials=None):
        """Spikes from Brian2; each neuron is a trial.

        Arguments:
            monitor: a brian2.SpikeMonitor; or a tuple (i, t), as its arrays: neuron and time of each spike, in seconds.
            stop: end of the observation window, as a number in ms (`net.t / ms`).
            start: start of the observation window, ms.
            n_trials: number of neurons, silent ones included; a monitor knows it.

        Raises InputError for spikes outside [0, stop], as times in ms would be, and for neurons from n_trials on.
        """
        return cls(*of_brian2(monitor, n_trials), *_window(start, stop))

    @classmethod
    def from_nest(cls, events, *, senders, stop, start=0.0):
        """Spikes from NEST; each node is a trial.

        Arguments:
            events: the dictionary with `senders` and `times` (ms) of a spike recorder, or the recorder.
            senders: node numbers of all neurons recorded, silent ones included, in the order of the trials: the
                NodeCollection, or a list.
            stop: end of the observation window, ms.
            start: start of the observation window, ms.

        Raises InputError for spikes outside [0, stop] or of a node that is not named, and for times in steps.
        """
        return cls(*of_nest(events, senders), *_window(start, stop))


def _window(start, stop):
    """The window as two plain numbers; a time with a unit is refused."""
    return real("start", start, at_least=0.0, unit="ms"), real("stop", stop, above=0.0, unit="ms")
