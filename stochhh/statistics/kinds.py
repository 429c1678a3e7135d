"""The kinds of data that statistics accept; other types are refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from ..errors import InputError, within
from ..results import Moments, Result, Traces
from ..spike_trains import SpikeTrains
from .membrane.record import Membrane

if TYPE_CHECKING:
    from collections.abc import Callable

    from .estimate import Curve, Estimate

__all__ = ["KINDS", "each", "given", "of_spikes", "trials_of"]

KINDS = {"spikes": SpikeTrains, "moments": Moments, "membrane": Membrane}

_AS = {
    SpikeTrains: ("spikes", ""),
    Moments: ("moments", ""),
    Membrane: ("membrane", "simulate with membrane=Sampling()"),
    Traces: ("traces", "simulate with trace_interval (ms)"),
}


def given(wanted, value):
    """Return `value`, or the required part of a Result; InputError, with the required type, for anything else.

    Arguments:
        wanted: SpikeTrains, Moments, Membrane or Traces.
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


def trials_of(data):
    """The number of trials of SpikeTrains, Moments or a Membrane."""
    match data:
        case Moments():
            return len(data.powers)
        case Membrane():
            return len(next(iter(data.variables.values())).power)
    return data.n_trials


def each(name, results, check):
    """LABEL -> check(value) of a dictionary; InputError, with its name, for an empty one and for anything else.

    Arguments:
        name: name of the argument.
        results: the argument given by the user.
        check: function that returns a value of the dictionary, or raises InputError.
    """
    if not isinstance(results, Mapping) or not results:
        raise InputError(name, results, 'a dictionary of at least one label, such as {"jump": ...}')
    with within(argument=name):
        return {label: check(value) for label, value in results.items()}


_Settings = ParamSpec("_Settings")
_Found = TypeVar("_Found", "Estimate", "Curve")


def of_spikes(
    statistic: Callable[Concatenate[SpikeTrains, _Settings], _Found],
) -> Callable[Concatenate[SpikeTrains | Result, _Settings], _Found]:
    """A function of SpikeTrains that also accepts a Result, and adds the doubts about the spikes to its estimate.

    Arguments:
        statistic: function of (spikes, ...) that returns an Estimate or a Curve.
    """

    @wraps(statistic)
    def of(spikes: SpikeTrains | Result, *arguments: _Settings.args, **settings: _Settings.kwargs) -> _Found:
        trains = given(SpikeTrains, spikes)
        return statistic(trains, *arguments, **settings).doubted(*trains.doubts)

    return of
