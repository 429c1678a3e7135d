"""Where a block puts samples of its state: into traces that are kept, or into one stretch that is used again."""

from math import ceil, inf

import numpy as np

from ..statistics.membrane.record import Membrane
from ..statistics.membrane.sums import Gatherer

__all__ = ["Samples"]


class Samples:
    """Room for the samples of a block, and when the block must pause to have them reduced.

    A kernel puts sample number `first` + k of a trial into place k, if there is such a place.

    Arguments:
        task: the block's Task.
        beyond: how far a trial may go beyond a pause, ms.

    Attributes: `values`, shape (n_trials, n_variables, n_places); `times` of the places, ms; `filled`, how many
    places of a trial are filled at the beginning; `pause`, ms, infinite where nothing is to be reduced.
    """

    def __init__(self, task, beyond):
        self.task, self.first, self.pause, self.gatherer = task, 0, inf, None
        if task.membrane is None:
            places, self.times = task.n_samples, task.sample_times()
        else:
            sampling = task.membrane
            names = [variable.name for variable in task.system.variables]
            self.index = [names.index(name) for name in sampling.variables]
            reference = [task.system.initial[i] for i in self.index]
            self.gatherer = Gatherer(sampling, reference, task.n, (task.transient, task.duration))
            places = sampling.stretch + ceil((sampling.before + beyond) / sampling.interval) + 2
            self.times = np.empty(places)
            self._aim()
        self.values = np.empty((task.n, len(task.system.initial), places))
        self.filled = min(1, places) if self.first == 0 else 0
        self.values[:, :, : self.filled] = np.array(task.system.initial)[:, None]

    def _aim(self):
        """Set the times of the places, and the pause, when a stretch of samples, and what cuts it, is known."""
        sampling, self.first = self.task.membrane, self.gatherer.next
        number = self.first + np.arange(len(self.times))
        times = np.minimum(number * sampling.interval, self.task.duration)
        self.times[:] = np.where(number <= self.gatherer.last, times, inf)
        self.pause = (self.first + sampling.stretch - 1) * sampling.interval + sampling.before

    @property
    def stop(self):
        """Where the block must stop next: at a pause, or at the end, ms."""
        return min(self.pause, self.task.duration)

    def spiked(self, trial, times):
        """Tell of spikes of a trial, ms."""
        if self.gatherer is not None:
            self.gatherer.spiked(trial, times)

    def reduce(self):
        """Reduce a stretch of samples, and move what is beyond to its place; returns by how many places."""
        stretch = self.task.membrane.stretch
        self.gatherer.take(self.values[:, self.index, :stretch])
        beyond = self.values[:, :, stretch:].copy()
        self.values[:, :, : beyond.shape[2]] = beyond
        self._aim()
        return stretch

    def record(self):
        """(traces, Membrane), each None if it was not asked for."""
        if self.gatherer is None:
            return self.values if self.task.n_samples else None, None
        while (left := self.gatherer.last + 1 - self.gatherer.next) > 0:
            stretch = min(left, self.task.membrane.stretch)
            self.gatherer.take(self.values[:, self.index, :stretch])
            self.values = self.values[:, :, stretch:]
        return None, Membrane.gathered(self.gatherer)
