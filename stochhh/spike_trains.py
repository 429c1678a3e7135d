"""Spikes of many trials, with the window in which they were observed."""

from dataclasses import dataclass

import numpy as np

from .errors import InputError, integer
from .files import read_table, write_table

__all__ = ["SpikeTrains"]


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
            if not np.all(np.isfinite(time)) or time.min() < 0 or time.max() > self.stop:
                raise InputError(f"spike times must be finite and lie in [0, {self.stop:g}] ms")
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
    def from_csv(cls, path, *, stop, start=0.0, n_trials=None):
        """Read spikes from a CSV file with the header `trial,time` (ms), sorted by trial, then by time.

        Arguments:
            path: the file.
            stop: end of the observation window, ms.
            start: start of the observation window, ms.
            n_trials: number of trials observed; by default the last one that has a spike, plus one, so that
                silent trials at the end are lost unless it is given.
        """
        table = read_table(path, ("trial", "time"))
        if n_trials is None:
            n_trials = int(table["trial"].max(initial=-1)) + 1
        try:
            return cls(table["time"], table["trial"], integer("n_trials", n_trials, at_least=1), start, stop)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
