"""Whether an object is a neuron model, told by name before anything runs."""

from pathlib import Path
from types import FunctionType

from ..errors import InputError, real
from ..messages import shown

__all__ = ["check_model"]

_MEANING = {
    "name": "a string, by which results call it",
    "variables": 'the names of the state variables, "V" first, such as ("V", "n")',
    "ranges": "(low, high) for each variable; the run stops at a state outside",
    "scales": "the span of each variable in a spike, against which errors are measured",
    "threshold": "V crossing it from below is a spike, mV",
    "rearm": "below it, mV, the next spike can come",
    "parameters": "a method that gives the constants of the vector field as a named tuple",
    "initial_state": "a method that gives the state at time 0 as a tuple",
    "vector_field": "a static method (x, p) that gives the tuple dx/dt",
    "stiffness": "a static method (x, p) that gives the rate at which V alone relaxes, 1/ms",
    "as_dict": "a method that gives all settings by name, to be recorded with results",
}


def check_model(neuron):
    """Raise InputError, by name, where `neuron` lacks what `models.Neuron` asks for, or its functions fail.

    The vector field, the stiffness and the linear rates are evaluated once, at the initial state.
    """
    if isinstance(neuron, type):
        raise InputError(f"neuron = {shown(neuron)} is a class: give an instance, {neuron.__name__}(...)")
    if not hasattr(neuron, "vector_field"):
        raise InputError(f"neuron = {shown(neuron)} is no neuron model: give one such as HodgkinHuxley()")
    for member, meaning in _MEANING.items():
        if not hasattr(neuron, member):
            raise InputError(f"{_of(neuron)} has no {member}: add {meaning}")
    _check_variables(neuron)
    _check_levels(neuron)
    p, x = _parameters(neuron), _initial_state(neuron)
    names = [f"d{name}/dt" for name in neuron.variables]
    _check_numbers(neuron, "vector_field", _value(neuron, "vector_field", x, p), names)
    real(_of(neuron, "stiffness"), _value(neuron, "stiffness", x, p))
    if hasattr(neuron, "linear_rates"):
        rates = _value(neuron, "linear_rates", x, p)
        if not isinstance(rates, tuple) or len(rates) != 2:
            raise InputError(f"{_of(neuron, 'linear_rates')} must give two tuples, (a, b) of dx_i/dt = a_i - b_i x_i")
        for part, letter in zip(rates, "ab", strict=True):
            _check_numbers(neuron, "linear_rates", part, [f"{letter} of {name}" for name in neuron.variables])


def _of(neuron, member=None):
    return f"{member} of the model {type(neuron).__name__}" if member else f"the model {type(neuron).__name__}"


def _check_variables(neuron):
    variables, n = neuron.variables, len(neuron.variables) if isinstance(neuron.variables, tuple) else 0
    if not n or variables[0] != "V" or not all(isinstance(v, str) for v in variables) or len(set(variables)) < n:
        raise InputError(
            f"{_of(neuron, 'variables')} = {shown(variables)} is not allowed: it must be a tuple of different names, "
            'of which the first is "V", such as ("V", "n"), or ("V",) for one alone'
        )
    for member, size in (("ranges", 2), ("scales", 1)):
        value = getattr(neuron, member)
        if not isinstance(value, tuple) or len(value) != n or not all(_size(entry) == size for entry in value):
            entry = "a pair (low, high)" if size == 2 else "a number"
            raise InputError(
                f"{_of(neuron, member)} = {shown(value)} is not allowed: it must be a tuple with {entry} for each of "
                f"{', '.join(variables)}"
            )
    for name, (low, high), scale in zip(variables, neuron.ranges, neuron.scales, strict=True):
        real(f"{_of(neuron, 'ranges')}, {name}: the upper end", high, above=real("the lower end", low))
        real(f"{_of(neuron, 'scales')}, {name}", scale, above=0)


def _size(entry):
    return len(entry) if isinstance(entry, tuple) else 1


def _check_levels(neuron):
    threshold = real(_of(neuron, "threshold"), neuron.threshold, unit="mV")
    lower = "reset" if hasattr(neuron, "reset") else "rearm"
    if not real(_of(neuron, lower), getattr(neuron, lower), unit="mV") < threshold:
        raise InputError(
            f"{_of(neuron, lower)} = {getattr(neuron, lower):g} is not allowed: it must be below the threshold, "
            f"{threshold:g} mV"
        )


def _parameters(neuron):
    p = neuron.parameters()
    if not isinstance(p, tuple) or not hasattr(p, "_fields"):
        raise InputError(
            f"parameters() of the model {type(neuron).__name__} gives a {type(p).__name__}: it must give a named "
            "tuple of numbers (typing.NamedTuple or collections.namedtuple)"
        )
    for name, value in zip(p._fields, p, strict=True):
        real(f"{name} in parameters() of the model {type(neuron).__name__}", value)
    return p


def _initial_state(neuron):
    x, what = neuron.initial_state(), "initial_state()"
    _check_numbers(neuron, what, x, neuron.variables)
    for name, value, (low, high) in zip(neuron.variables, x, neuron.ranges, strict=True):
        real(f"{name} in {_of(neuron, what)}", value, at_least=low, at_most=high)
    return x


def _value(neuron, member, x, p):
    """What a function of the model gives, in plain Python."""
    function = getattr(neuron, member)
    if not isinstance(function, FunctionType):
        raise InputError(
            f"{_of(neuron, member)} is a {type(function).__name__}: it must be a plain function (x, p); "
            "put @staticmethod above it, and take out self"
        )
    n = function.__code__.co_argcount + function.__code__.co_kwonlyargcount
    if n != 2:
        raise InputError(f"{_of(neuron, member)} takes {n} arguments: it must take (x, p)")
    try:
        return function(x, p)
    except Exception as error:
        state = ", ".join(f"{name} = {value:g}" for name, value in zip(neuron.variables, x, strict=True))
        names = ", ".join(neuron.variables) + ("," if len(x) == 1 else "")
        raise InputError(
            f"{_of(neuron, member)} fails at {state} ({_place(error)}): {type(error).__name__}: {error}; it gets x, a "
            f"tuple of numbers (begin with {names} = x), and p, the named tuple of parameters()"
        ) from error


def _place(error):
    """File and line of the innermost frame."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"


def _check_numbers(neuron, member, values, names):
    wanted = f"a tuple of {len(names)} {'number' if len(names) == 1 else 'numbers'}, {', '.join(names)}"
    if not isinstance(values, tuple):
        raise InputError(f"{_of(neuron, member)} gives a {type(values).__name__}: it must give {wanted}")
    if len(values) != len(names):
        raise InputError(f"{_of(neuron, member)} gives a tuple of {len(values)}: it must give {wanted}")
    for name, value in zip(names, values, strict=True):
        real(f"{name} from {_of(neuron, member)}", value)
