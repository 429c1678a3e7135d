"""The lanes of a block: the arrays that a kernel works on, one trial a lane."""

from dataclasses import dataclass, field

import numpy as np

from ..spike_rule import starts_armed
from .kernels.arguments import Spikes
from .samples import Samples
from .task import BlockResult, Task

__all__ = ["Lanes"]


def _workspace(n, line=64):
    """n zeros that begin with a line of the processor's cache, so that no vector lies across two."""
    room = np.zeros(n + line // 8)
    first = -room.ctypes.data % line // 8
    return room[first : first + n]


@dataclass
class Lanes:
    """The arrays of a block of `lanes` lanes, of which the first `task.n` hold trials and the rest pad.

    `w` is the kernel's workspace, flat: rows of `lanes` numbers, laid out as `at` says, the state from row `state` on.
    """

    task: Task
    at: tuple  # the kernel's Rows
    state: int
    beyond: float  # how far a lane may go beyond where it is to stop, ms
    w: np.ndarray = field(init=False)
    buffer: Spikes = field(init=False)
    samples: Samples = field(init=False)
    spikes: list = field(init=False)

    def __post_init__(self):
        system = self.task.system
        state = system.initial
        self.w = _workspace(self.at.total * self.task.lanes)
        self.rows(self.state, len(state))[:] = np.array(state)[:, None]
        self.rows(self.at.armed)[:] = starts_armed.py_func(state[0], system.spike_rule)
        self._begin_swings(state[0])
        if self.task.parameters is not None:
            own = np.array(self.task.parameters, dtype=float).T
            self.rows(self.at.parameters, len(own))[:] = own[:, :1]  # the padding lanes too
            self.rows(self.at.parameters, len(own))[:, : self.task.n] = own
        self.buffer = Spikes(np.empty((self.task.lanes, 256)), np.zeros(self.task.lanes, dtype=np.int64))
        self.samples = Samples(self.task, self.beyond)
        self.spikes = [[] for _ in range(self.task.n)]

    def rows(self, first, n=1):
        """A view of rows of the workspace, shape (n, lanes)."""
        return self.w.reshape(self.at.total, self.task.lanes)[first : first + n]

    def _begin_swings(self, V):
        """Put the floors under V, and let it rise: no swing begins at time 0. See `kernels.swings`."""
        sizes = self.task.swing_sizes
        if sizes:
            if hasattr(self.at, "crest"):
                self.rows(self.at.crest)[:] = V
            self.rows(self.at.floor)[:] = V - sizes[0]
            self.rows(self.at.rising)[:] = 1.0
            for size, rows in zip(sizes, self._swings(), strict=True):
                rows[:2] = [[V - size], [0.5]]

    def _swings(self):
        """Floor, count and troughs of each size, shape (n_sizes, 3, lanes)."""
        n = len(self.task.swing_sizes)
        return self.rows(self.at.swings, 3 * n).reshape(n, 3, self.task.lanes)

    def state_of(self, lane):
        """The state of one lane."""
        return tuple(self.rows(self.state, len(self.task.system.variables))[:, lane])

    def drain(self):
        """Move the spikes out of the kernel's buffer."""
        counts = self.buffer.counts
        for lane in np.flatnonzero(counts[: self.task.n]):
            times = self.buffer.times[lane, : counts[lane]].copy()
            self.spikes[lane].append(times)
            self.samples.spiked(lane, times)
        counts[:] = 0

    def result(self, weight):
        """What the block leaves: spikes up to the duration, sums of powers over `weight`, samples."""
        empty = np.empty(0)
        spikes = [np.concatenate(parts) if parts else empty for parts in self.spikes]
        spikes = [times[times <= self.task.duration] for times in spikes]
        powers = self.rows(self.at.powers, 4)[:, : self.task.n].T / weight
        _, counts, troughs = self._swings()[:, :, : self.task.n].transpose(1, 2, 0)
        swings = (np.abs(counts) - 0.5, troughs.copy())
        return BlockResult(spikes, powers, swings, *self.samples.record())
