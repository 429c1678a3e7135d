"""What the loops of both kernels are given, by name."""

from typing import NamedTuple

from ...elementary import inline

__all__ = ["Increment", "Looks", "Spikes", "Stream", "Window", "record", "total"]


class Stream(NamedTuple):
    """Which random numbers are drawn: those of the block's first trial, and the key that a seed stands for."""

    trial: int
    k0: int
    k1: int


class Window(NamedTuple):
    """What the powers of V are summed over, in ms or in groups of steps."""

    reference: float  # mV, taken from V before
    begin: float
    end: float


class Increment(NamedTuple):
    """What the input adds to one variable in a step of length dt: size * value + dt * mean."""

    mean: float  # per ms
    size: float  # standard deviation
    value: float  # of mean 0 and variance 1, whatever its law
    second: float  # another, for the time integral, where a scheme uses two values


def total(increment, dt):
    """What the input adds to a variable in a step."""
    return increment.size * increment.value + dt * increment.mean


class Looks(NamedTuple):
    """How the swings of V are looked for."""

    smallest: float  # that count, mV
    pace: int  # steps or groups between two looks


class Spikes(NamedTuple):
    """Room for the spikes of a block."""

    times: object  # ms, shape (lanes, places)
    counts: object  # how many places are filled, shape (lanes,)


@inline
def record(spikes, lane, time):
    """Put a spike into its place."""
    spikes.times[lane, spikes.counts[lane]] = time
    spikes.counts[lane] += 1
