"""What a simulation leaves: spikes with their observation window, moments of V, traces, provenance."""

from dataclasses import dataclass, field

import numpy as np

from .errors import InputError

__all__ = ["Moments", "Result", "SpikeTrains", "Traces"]


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
            raise InputError(
                f"time and trial have shapes {time.shape} and {trial.shape}: both must be (n_spikes,)"
            )
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


@dataclass(frozen=True)
class Moments:
    """Time averages of powers of V, trial by trial, gathered without storing a trace.

    Arguments:
        reference: the potential about which powers are taken, mV.
        powers: shape (n_trials, 4); column j-1 is the average of (V - reference)^j over the window, mV^j.
    """

    reference: float
    powers: np.ndarray


@dataclass(frozen=True)
class Traces:
    """State variables against time.

    Arguments:
        time: sampling times, ms, shape (n_samples,).
        values: shape (n_trials, n_variables, n_samples), in the order of `variables`.
        variables: names of the state variables.
    """

    time: np.ndarray
    values: np.ndarray
    variables: tuple[str, ...]

    def __getitem__(self, name):
        """The traces of one variable, shape (n_trials, n_samples)."""
        return self.values[:, self.variables.index(name)]


@dataclass(frozen=True)
class Result:
    """An ensemble of trials of one neuron, one input and one backend.

    Arguments:
        spikes: spike trains with their observation window.
        moments: time averages of the powers of V for each trial.
        traces: state variables against time, or None if they were not asked for.
        provenance: what made the result: version, backend, settings, neuron, input, seed, timing.
    """

    spikes: SpikeTrains
    moments: Moments
    traces: Traces | None = None
    provenance: dict = field(default_factory=dict)

    @property
    def n_trials(self):
        """Number of complete trials."""
        return self.spikes.n_trials

    @property
    def backend(self):
        """Name of the backend that made the result."""
        return self.provenance["backend"]
