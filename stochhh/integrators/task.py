"""What a block of trials is to simulate, and what it leaves."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError, integer
from ..inputs import Recording, SynapticInput
from ..random import key_of
from ..statistics.membrane.record import Membrane
from ..statistics.membrane.sampling import Sampling
from ..swings import swing_sizes
from ..system import compose
from .kernels.arguments import Looks, Stream

__all__ = ["NARROW", "WIDE", "BlockResult", "Task", "blocks", "checked_lanes"]

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
    parameters: Any = None  # those of each trial, n named tuples; None where all have those of the system
    system: Any = None  # the System that neuron and drive make; composed once for all blocks

    def __post_init__(self):
        if self.system is None:
            object.__setattr__(self, "system", compose(self.neuron, self.drive))

    @property
    def interval(self):
        """Between two samples of the state, ms; None if none was asked for."""
        return self.trace_interval if self.membrane is None else self.membrane.interval

    @property
    def own_parameters(self):
        """How many parameters each trial has of its own."""
        return len(self.system.parameters) if self.parameters is not None else 0

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
