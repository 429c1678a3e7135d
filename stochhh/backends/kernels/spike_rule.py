"""What a spike is, and what it does."""

from typing import NamedTuple

__all__ = ["SpikeRule"]


class SpikeRule(NamedTuple):
    """The levels of a spike, and what follows it."""

    threshold: float  # mV
    rearm: float  # mV; below it the neuron is armed again
    reached: float  # mV; the threshold for V at an event, less the rounding of a sum of jumps
    reset: float  # mV; NaN for a model without one
    refractory: float  # ms during which V is held at the reset
