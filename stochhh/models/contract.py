"""Whether an object is a neuron model: what it lacks is named before anything runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING

from ..errors import InputError, StochhhError, real, within
from ..messages import one_line
from . import MODELS

if TYPE_CHECKING:
    from .neuron import Neuron

__all__ = ["check_kind", "check_model"]

_MEANING = {
    "name": "a string by which results call the model",
    "variables": 'the names of the state variables, "V" first, such as ("V", "n")',
    "ranges": "a pair (low, high) for each variable, outside of which a run stops",
    "scales": "the span of each variable in a spike, against which errors are measured",
    "threshold": "the level that V crosses from below at a spike, mV",
    "rearm": "the level below which V must fall before the next spike, mV",
    "parameters": "a method that gives the constants of the vector field as a named tuple",
    "initial_state": "a method that gives the state at time 0 as a tuple",
    "vector_field": "a static method (x, p) that gives the tuple dx/dt",
    "membrane_rate": "a static method (x, p) that gives g/C, the rate at which V alone relaxes, 1/ms",
    "as_dict": "a method that gives all settings by name, to be recorded with results",
}


def check_kind(neuron: Neuron) -> None:
    """Raise InputError for an object that is no model at all; quicker than `check_model`."""
    if isinstance(neuron, type):
        raise InputError("neuron", neuron, "an instance, not a class", f"give {neuron.__name__}(...)")
    if not hasattr(neuron, "vector_field"):
        raise InputError("neuron", neuron, "a neuron model", "give one such as HodgkinHuxley()")


def check_model(neuron: Neuron) -> None:
    """Raise InputError, by name, where `neuron` lacks what `models.Neuron` asks for, or its functions fail.

    The vector field, the membrane rate and the linear rates are evaluated once, at the initial state.
    """
    check_kind(neuron)
    with within(model=type(neuron).__name__):
        for member, meaning in _MEANING.items():
            if not hasattr(neuron, member):
                raise InputError(f"{member} is missing", remedy=f"add {meaning}")
        _check_name(neuron)
        _check_variables(neuron)
        _check_levels(neuron)
        _check_settings(neuron)
        p, x = _parameters(neuron), _initial_state(neuron)
        names = [f"d{name}/dt" for name in neuron.variables]
        _check_numbers("vector_field", _value(neuron, "vector_field", x, p), names)
        real("membrane_rate", _value(neuron, "membrane_rate", x, p))
        if hasattr(neuron, "linear_rates"):
            _check_linear_rates(neuron, _value(neuron, "linear_rates", x, p))


def _check_name(neuron):
    name = neuron.name
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise InputError("name", name, "a text that is not empty")
    if name in MODELS and not isinstance(neuron, MODELS[name]):
        allowed = f"another name than that of a model of the library, {MODELS[name].__name__}"
        raise InputError("name", name, allowed, "results would be taken for those of that model")


def _check_settings(neuron):
    """As results record them."""
    settings = _called(neuron, "as_dict")
    if not isinstance(settings, Mapping) or not all(isinstance(key, str) for key in settings):
        raise InputError("as_dict()", settings, "a dictionary from the names of settings to their values")
    for key, value in settings.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError, RecursionError) as error:
            allowed = "a number, a text, a truth value, or a list or dictionary of such, as JSON can hold"
            raise InputError(f"as_dict() {key}", value, allowed) from error


def _check_linear_rates(neuron, rates):
    if not isinstance(rates, tuple) or len(rates) != 2:
        raise InputError("linear_rates", rates, "two tuples, (a, b) of dx_i/dt = a_i - b_i x_i")
    for part, letter in zip(rates, "ab", strict=True):
        _check_numbers("linear_rates", part, [f"{letter} of {name}" for name in neuron.variables])


def _check_variables(neuron):
    variables, n = neuron.variables, len(neuron.variables) if isinstance(neuron.variables, tuple) else 0
    if not n or variables[0] != "V" or not all(isinstance(v, str) for v in variables) or len(set(variables)) < n:
        allowed = 'a tuple of different names, of which the first is "V", such as ("V", "n"), or ("V",) for one alone'
        raise InputError("variables", variables, allowed)
    for member, size in (("ranges", 2), ("scales", 1)):
        value = getattr(neuron, member)
        if not isinstance(value, tuple) or len(value) != n or not all(_size(entry) == size for entry in value):
            entry = "a pair (low, high)" if size == 2 else "a number"
            raise InputError(member, value, f"a tuple with {entry} for each of {', '.join(variables)}")
    for name, (low, high), scale in zip(variables, neuron.ranges, neuron.scales, strict=True):
        with within(member="ranges"):
            real(f"upper end of {name}", high, above=real(f"lower end of {name}", low))
        with within(member="scales"):
            real(name, scale, above=0)


def _size(entry):
    return len(entry) if isinstance(entry, tuple) else 1


def _check_levels(neuron):
    threshold, rearm = (real(level, getattr(neuron, level), unit="mV") for level in ("threshold", "rearm"))
    resets = hasattr(neuron, "reset")
    lower = "reset" if resets else "rearm"
    if not real(lower, getattr(neuron, lower), unit="mV") < threshold:
        raise InputError(lower, getattr(neuron, lower), f"below the threshold, {threshold:g} mV")
    if rearm > threshold:
        raise InputError("rearm", rearm, f"at most the threshold, {threshold:g} mV")
    if hasattr(neuron, "refractory"):
        real("refractory", neuron.refractory, at_least=0, unit="ms")
        if not resets:
            remedy = "add the level to which a spike sets V, mV, or remove refractory"
            raise InputError("refractory without reset", remedy=remedy)


def _parameters(neuron):
    p = _called(neuron, "parameters")
    if not isinstance(p, tuple) or not hasattr(p, "_fields"):
        allowed = "a named tuple of numbers (typing.NamedTuple or collections.namedtuple)"
        raise InputError("parameters()", p, allowed)
    with within(member="parameters()"):
        for name, value in zip(p._fields, p, strict=True):
            real(name, value)
    return p


def _initial_state(neuron):
    x = _called(neuron, "initial_state")
    _check_numbers("initial_state()", x, neuron.variables)
    with within(member="initial_state()"):
        for name, value, (low, high) in zip(neuron.variables, x, neuron.ranges, strict=True):
            real(name, value, at_least=low, at_most=high)
    return x


def _called(neuron, member):
    """What a method without arguments returns."""
    try:
        return getattr(neuron, member)()
    except StochhhError:
        raise
    except Exception as error:
        fault = one_line(f"{member}() fails{_place(error)}: {type(error).__name__}: {error}")
        raise InputError(fault, remedy="correct it, or the settings") from error


def _value(neuron, member, x, p):
    """What a function of the model gives, in plain Python."""
    function = getattr(neuron, member)
    if not isinstance(function, FunctionType):
        raise InputError(member, function, "a plain function (x, p)", "put @staticmethod above it and remove self")
    n = function.__code__.co_argcount + function.__code__.co_kwonlyargcount
    if n != 2:
        raise InputError(f"number of arguments of {member}", n, "2, (x, p)")
    try:
        return function(x, p)
    except Exception as error:
        state = ", ".join(f"{name} = {value:g}" for name, value in zip(neuron.variables, x, strict=True))
        names = ", ".join(neuron.variables) + ("," if len(x) == 1 else "")
        fault = one_line(f"{member} fails at {state}{_place(error)}: {type(error).__name__}: {error}")
        remedy = f"it receives x, a tuple of numbers (begin with {names} = x), and p, the named tuple of parameters()"
        raise InputError(fault, remedy=remedy) from error


def _place(error):
    """File and line of the innermost frame, in brackets; nothing where it is that of this module."""
    trace = error.__traceback__
    if trace.tb_next is None:
        return ""
    while trace.tb_next:
        trace = trace.tb_next
    return f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})"


def _check_numbers(member, values, names):
    wanted = f"a tuple of {len(names)} {'number' if len(names) == 1 else 'numbers'}, {', '.join(names)}"
    if not isinstance(values, tuple) or len(values) != len(names):
        raise InputError(member, values, wanted)
    with within(member=member):
        for name, value in zip(names, values, strict=True):
            real(name, value)
