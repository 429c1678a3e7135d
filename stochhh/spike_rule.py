"""What a spike is, and what it does: V reaches a level from below while the neuron is armed.

A spike disarms the neuron, and V below a second level arms it again. Where the model has a reset, a spike puts V there
at once and holds it for the refractory time, in which jumps of V are lost; the neuron stays armed. The kernels call
these functions compiled, the reference backend as plain Python (`py_func`); `&` is an `and` without a branch.
"""

from typing import NamedTuple

from .elementary import inline

__all__ = ["SpikeRule", "arms", "crosses", "held_until", "is_held", "starts_armed"]


class SpikeRule(NamedTuple):
    """The levels of a spike, and what follows it."""

    threshold: float  # mV
    rearm: float  # mV
    reached: float  # mV; the threshold for V at an event, less the rounding of a sum of jumps
    reset: float  # mV; NaN for a model without one
    refractory: float  # ms


@inline
def starts_armed(V, rule):
    """Whether the neuron is armed at time 0."""
    return V < rule.threshold


@inline
def crosses(armed, V, level):
    """Whether V is a spike: at or above the level, `threshold` or `reached`, of an armed neuron."""
    return armed & (V >= level)


@inline
def arms(V, rule):
    """Whether V arms the neuron."""
    return V < rule.rearm


@inline
def held_until(spike, rule):
    """Until when V stays at the reset after a spike, ms."""
    return spike + rule.refractory


@inline
def is_held(time, until):
    """Whether V is still held."""
    return until > time
