"""A block of trials that a kernel advances side by side: what goes in, and what comes out."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import InputError, UnstableStepError, integer
from ..inputs import Recording, SynapticInput
from ..random import key_of
from ..spike_rule import starts_armed
from ..statistics.membrane.record import Membrane
from ..statistics.membrane.sampling import Sampling
from ..swings import swing_sizes
from ..system import compose
from .kernels.arguments import Looks, Spikes, Stream
from .samples import Samples

__all__ = ["NARROW", "WIDE", "BlockResult", "Lanes", "Task", "blocks", "checked_lanes", "out_of_range"]

# Wide blocks cost least by the trial; in a narrow one few trials do not pay for many.
WIDE, NARROW = 64, 16


def checked_lanes(lanes):
    """Return the number of lanes, None for a choice by the number of trials; InputError if kernels cannot have it."""
    if lanes is None:
        return None
    if integer("lanes", lanes, at_least=8, at_most=1024) % 8:
        raise InputError("lanes", lanes, "a multiple of 8")
    return int(lanes)


def blocks(first, n, lanes, workers):
    """Cut n trials into blocks: (first trial, number of trials, lanes) of each, in order.

    By default wide blocks as long as every worker has one that is at least half full, and narrow ones for the rest.
    """
    end = first + n
    while first < end:
        left = end - first
        wide = lanes is None and 2 * left >= WIDE * workers
        width = lanes or (WIDE if wide else NARROW)
        for _ in range(workers if wide else 1):
            size = min(width, -(-left // workers) if wide else left, end - first)
            yield first, size, width
            first += size


def out_of_range(where, V, neuron):
    """The error of a trial in which the input drove V (mV) out of the model's range."""
    low, high = neuron.ranges[0]
    return UnstableStepError(
        f"{where}: V = {V:.4g} mV left the range of {neuron.name}, {low:g} to {high:g} mV: {calmer(neuron, V)}"
    )


def calmer(neuron, V):
    """What to weaken where the input drives V (mV) too far; I_app only if it pushes to that side of the threshold."""
    pushed = getattr(neuron, "I_app", 0.0) * (V - neuron.threshold) > 0
    return f"bring {'I_app, ' if pushed else ''}the weights or the rates closer to 0"


def shorter(neuron, x, p, dt, limit):
    """What to do where V at the state x relaxes too fast for a step of dt, ms; None where it does not.

    An explicit scheme is unstable where dt times the membrane rate exceeds `limit`, whatever the input.
    """
    rate = neuron.membrane_rate(x, p)
    if not dt * rate > limit:
        return None
    said = f"the membrane rate g/C reaches {rate:.4g} per ms, and dt times it must not exceed {limit:g}"
    return f"{said}: take a smaller dt, at most {limit / rate:.3g} ms here"


@dataclass(frozen=True)
class Task:
    """What a block is to simulate: trials `first` to `first + n - 1`; times in ms."""

    neuron: Any  # a models.Neuron
    drive: SynapticInput
    seed: int
    first: int
    n: int
    duration: float
    transient: float
    trace_interval: float | None = None
    membrane: Sampling | None = None  # summed up in place of a trace
    events: Recording | None = None  # played instead of the drive's own events
    lanes: int = NARROW  # side by side in the kernel, the last ones empty if there are more than n
    system: Any = None  # the System that neuron and drive make; composed once for all blocks

    def __post_init__(self):
        if self.system is None:
            object.__setattr__(self, "system", compose(self.neuron, self.drive))

    @property
    def interval(self):
        """Between two samples of the state, ms; None if none was asked for."""
        return self.trace_interval if self.membrane is None else self.membrane.interval

    @property
    def stream(self):
        """Which random numbers a kernel draws."""
        return Stream(self.first, *key_of(self.seed))

    def looks(self, pace):
        """How a kernel looks for swings of V, once in so many steps."""
        return Looks(next(iter(self.swing_sizes), 0.0), pace)

    @property
    def swing_sizes(self):
        """Sizes of the swings of V that are counted, mV."""
        return swing_sizes(self.neuron)

    @property
    def n_samples(self):
        """Samples of a trace, the one at time 0 included; 0 if none was asked for."""
        if self.trace_interval is None:
            return 0
        return int(self.duration / self.trace_interval * (1 + 1e-12)) + 1

    def sample_times(self):
        """When a trace is sampled, ms."""
        return np.minimum(np.arange(self.n_samples) * (self.trace_interval or 0.0), self.duration)


@dataclass(frozen=True)
class BlockResult:
    """Spike times of each trial (ms), averages of powers of V, (counts, troughs) of its swings, traces, a Membrane."""

    spikes: list
    powers: np.ndarray
    swings: tuple
    traces: np.ndarray | None
    membrane: Membrane | None = None


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
    lanes: int
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
        self.w = _workspace(self.at.total * self.lanes)
        self.rows(self.state, len(state))[:] = np.array(state)[:, None]
        self.rows(self.at.armed)[:] = starts_armed.py_func(state[0], system.spike_rule)
        self._begin_swings(state[0])
        self.buffer = Spikes(np.empty((self.lanes, 256)), np.zeros(self.lanes, dtype=np.int64))
        self.samples = Samples(self.task, self.beyond)
        self.spikes = [[] for _ in range(self.task.n)]

    def rows(self, first, n=1):
        """A view of rows of the workspace, shape (n, lanes)."""
        return self.w.reshape(self.at.total, self.lanes)[first : first + n]

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
        return self.rows(self.at.swings, 3 * n).reshape(n, 3, self.lanes)

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
