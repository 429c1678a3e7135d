"""What statistics are made of; anything else is refused by name."""

from ..errors import InputError
from ..results import Moments, Result
from ..spike_trains import SpikeTrains
from .membrane.record import Membrane

__all__ = ["KINDS", "given"]

KINDS = {"spikes": SpikeTrains, "moments": Moments, "membrane": Membrane}

_AS = {
    SpikeTrains: ("spikes", ""),
    Moments: ("moments", ""),
    Membrane: ("membrane", ", of a run with membrane=Sampling()"),
}


def given(wanted, value):
    """Return `value`, or raise InputError, with what to give, if it is not of the type that is wanted.

    Arguments:
        wanted: SpikeTrains, Moments or Membrane.
        value: what the user gave.

    >>> given(SpikeTrains, [3.0, 5.0])
    Traceback (most recent call last):
    stochhh.errors.InputError: spikes of the type list: it must be SpikeTrains; give result.spikes, or alike
    """
    if isinstance(value, wanted):
        return value
    what, run = _AS[wanted]
    alike = "" if isinstance(value, Result) else ", or alike"
    got = type(value).__name__
    raise InputError(f"{what} of the type {got}: it must be {wanted.__name__}; give result.{what}{alike}{run}")
