"""The kinds of data that statistics accept; other types are refused by name."""

from functools import wraps

from ..errors import InputError
from ..results import Moments, Result
from ..spike_trains import SpikeTrains
from .membrane.record import Membrane

__all__ = ["KINDS", "given", "of_spikes"]

KINDS = {"spikes": SpikeTrains, "moments": Moments, "membrane": Membrane}

_AS = {
    SpikeTrains: ("spikes", ""),
    Moments: ("moments", ""),
    Membrane: ("membrane", "simulate with membrane=Sampling()"),
}


def given(wanted, value):
    """Return `value`, or the required part of a Result; InputError, with the required type, for anything else.

    Arguments:
        wanted: SpikeTrains, Moments or Membrane.
        value: the argument given by the user.

    >>> given(SpikeTrains, [3.0, 5.0])
    Traceback (most recent call last):
    stochhh.errors.InputError: spikes = [3.0, 5.0] is not allowed: it must be a Result or SpikeTrains
    """
    if isinstance(value, wanted):
        return value
    name, remedy = _AS[wanted]
    if not isinstance(value, Result):
        raise InputError(name, value, f"a Result or {wanted.__name__}", remedy)
    if getattr(value, name) is None:
        raise InputError(f"the result has no {name}", remedy=remedy)
    return getattr(value, name)


def of_spikes(statistic):
    """A function of SpikeTrains that also accepts a Result, and adds the doubts about the spikes to its estimate.

    Arguments:
        statistic: function of (spikes, ...) that returns an Estimate or a Curve.
    """

    @wraps(statistic)
    def of(spikes, *arguments, **settings):
        spikes = given(SpikeTrains, spikes)
        return statistic(spikes, *arguments, **settings).doubted(*spikes.doubts)

    return of
