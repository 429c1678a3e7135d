"""Whether a scheme of one's own can be: before it is compiled it takes two steps in plain Python, which tell more."""

from __future__ import annotations

from functools import partial
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError, StochhhError
from ..integrators.kernels.arguments import Increment, total
from ..integrators.kernels.scalar import States
from ..messages import shown
from .refusal import refused, told

if TYPE_CHECKING:
    from ..integrators.schemes import Scheme
    from ..system import System

__all__ = ["check_scheme"]

_SHORT = 1e-3  # ms; in so short a step the state stays where the model is known to have a slope
_FORM = "step(t, x, increments, p, dt)"


def check_scheme(scheme: Scheme, system: System, duration: float) -> None:
    """Raise InputError, by name, where a scheme makes no step, or where the step fails or returns no state.

    Arguments:
        scheme: the Scheme.
        system: the System; two steps from its initial state are taken.
        duration: of a trial, ms; the steps are at its beginning and at its end.
    """
    (source,) = system.sources
    n, moves = len(system.variables), source.moves
    build = partial(scheme.build, _slope(scheme, system), _plain_states(n, moves))
    step = _uncompiled(_value(scheme, "build", build))
    if not callable(step):
        raise _refused(scheme, f"its build returns {shown(step)}", f"it must return a function {_FORM}")
    for t, value in ((0.0, 0.4), (duration, -0.7)):
        increments = tuple(_increment(scheme, value) for _ in moves)
        arguments = t, tuple(map(float, system.initial)), increments, system.parameters, _SHORT
        try:
            with np.errstate(all="ignore"):
                y = _value(scheme, "step", partial(step, *arguments))
        except ArithmeticError:  # 1/0 is infinite where it is compiled
            continue
        if not isinstance(y, tuple) or len(y) != n or not all(map(_is_number, y)):
            names = ", ".join(variable.name for variable in system.variables)
            remedy = f"it must return a tuple of {n} finite {'number' if n == 1 else 'numbers'}, {names}"
            raise _refused(scheme, f"its step returns {shown(y)}", remedy)


def _value(scheme, member, call):
    """What a function of the scheme gives, in plain Python."""
    try:
        return call()
    except StochhhError:
        raise
    except Exception as error:
        if isinstance(error, ArithmeticError) and member == "step":
            raise
        remedy = f"it must be {_FORM}" if member == "step" else f"it must be build(slope, states), and return {_FORM}"
        slope = "(a, b), each a tuple" if scheme.linear else "f, a tuple, and (a, b) only with linear=True"
        remedy += f"; slope(t, x, p) is {slope}; states has {', '.join(States._fields)}"
        raise _refused(scheme, f"it fails{told(error, [scheme.build])}", remedy) from error


def _refused(scheme, fault, remedy):
    return refused("scheme", scheme.name, f"cannot be compiled: {fault}", remedy)


def _is_number(value):
    """Whether a value is a finite number, as NumPy's of no dimension are too."""
    value = value.item() if getattr(value, "shape", None) == () else value
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(float(value)))


def _uncompiled(function):
    return getattr(function, "py_func", function)


def _slope(scheme, system):
    """The slope that a scheme is given; a failure of the model is one of the model."""
    n, function = len(system.variables), system.linear_rates if scheme.linear else system.drift

    def slope(t, x, p):
        if not isinstance(t, Real) or not isinstance(x, tuple) or len(x) != n or p is not system.parameters:
            raise TypeError(f"slope(t, x, p) takes a time, a state of {n} numbers and p, and got {shown((t, x, p))}")
        try:
            return function(t, x, p)
        except ArithmeticError:
            raise
        except Exception as error:
            raise refused("model", system.name, f"fails{told(error, [function])}") from error

    slope.__qualname__ = "slope"
    return slope


class _OneValue:
    """An `Increment` of a scheme with values=1: there is no second value."""

    def __init__(self, scheme, mean, size, value):
        self._scheme, self.mean, self.size, self.value = scheme, mean, size, value

    @property
    def second(self):
        """Refused."""
        error = InputError("values", 1, "2, since the step reads increment.second", "write Scheme(..., values=2)")
        raise error.within(scheme=self._scheme.name)

    def __iter__(self):
        return iter((self.mean, self.size, self.value, self.second))


def _increment(scheme, value):
    mean, size = 0.1, 1e-3
    return _OneValue(scheme, mean, size, value) if scheme.values == 1 else Increment(mean, size, value, 0.6 * value)


def _plain_states(n, moves):
    """`kernels.scalar.states` in plain Python."""

    def moved(x, by):
        y = list(x)
        for k, d in zip(moves, by, strict=True):
            y[k] = y[k] + d
        return tuple(y)

    return States(
        axpy=lambda a, x, y: tuple(a * u + v for u, v in zip(x, y, strict=True)),
        moved=moved,
        with_first=lambda V, x: (V, *x[1:]),
        each=lambda function: partial(_each, n, _uncompiled(function)),
        total=partial(_each, len(moves), total),
        input=lambda function: partial(_each, len(moves), _uncompiled(function)),
    )


def _each(n, function, *arguments):
    """function(x_i, ..., h) for each of n variables, or increments; the last argument is a number."""
    *variables, h = arguments
    return tuple(function(*(x[k] for x in variables), h) for k in range(n))
