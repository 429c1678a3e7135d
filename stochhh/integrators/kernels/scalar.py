"""From plain scalar Python to inlined machine code on tuples of state variables."""

import warnings
from functools import cache, partial
from inspect import signature
from types import CellType, FunctionType, ModuleType
from typing import NamedTuple
from uuid import uuid4

from ...elementary import fma, inline, select
from ...fingerprints import fingerprint, present
from .multiply_add import fused
from .names import stand_in

__all__ = ["compiled", "states", "tuple_arithmetic"]


def compiled(function):
    """Compile a plain Python function, and those it calls, for use inside a kernel: as they are at present.

    A function that is compiled already is returned as it is.
    """
    return _compiled(present(function)) if isinstance(function, FunctionType) else function


@cache
def _compiled(function):
    function = fused(function)
    code, place = function.__code__, (function.__code__.co_names, function.__module__)
    scope = dict(function.__globals__)
    for name in code.co_names:
        if name in scope:
            scope[name] = _in_a_kernel(scope[name], *place)
    cells = tuple(CellType(_in_a_kernel(cell.cell_contents, *place)) for cell in function.__closure__ or ())
    return inline(FunctionType(code, scope, function.__name__, function.__defaults__, cells))


def _in_a_kernel(value, names, place):
    """What a value that a model's function names stands for in its compiled form.

    `names` are all that it names; `place` is the module where it is written.
    """
    if isinstance(value, ModuleType):
        return _module(value, names, place)
    replaced = stand_in(value, place)
    return compiled(value) if isinstance(value, FunctionType) and replaced is value else replaced


def _module(module, names, place):
    """A module that holds what the function names of it: `np.exp(V)` means the same as `exp(V)`."""
    with warnings.catch_warnings():  # the names are all of the function, and `math` was one of NumPy's too, deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        held = {name: getattr(module, name) for name in names if hasattr(module, name)}
    held = {name: x if isinstance(x, ModuleType) else _in_a_kernel(x, (), place) for name, x in held.items()}
    # Machine code is kept under the name of each module that it uses, so this name says what is in it.
    double = ModuleType(f"{module.__name__}.{fingerprint(tuple(held.values())) or uuid4().hex}")
    double.__dict__.update(held)
    return double


class TupleArithmetic(NamedTuple):
    """Compiled functions on states of `n` variables kept in a flat workspace, `lanes` lanes to a row."""

    load: object  # (w, row, lane) -> state
    store: object  # (w, row, lane, state)
    choose: object  # (condition, x, y) -> x if condition else y
    axpy: object  # (a, x, y) -> a*x + y, each a state, a a number
    outside: object  # (x, ranges) -> whether a variable is out of its range, or NaN
    distance: object  # (x, y, weights) -> largest |x - y| * weight
    with_first: object  # (V, x) -> x with V for its first variable
    shifted: object  # (x, target, by) -> x with variable number `target` moved


@cache
def tuple_arithmetic(n, lanes):
    """Write the functions out for n variables: LLVM vectorises straight lines, not loops over tuples."""
    each = range(n)
    source = f"""
def load(w, row, lane):
    return ({"".join(f"w[(row + {k}) * {lanes} + lane], " for k in each)})

def store(w, row, lane, x):
    {"; ".join(f"w[(row + {k}) * {lanes} + lane] = x[{k}]" for k in each)}

def choose(condition, x, y):
    return ({"".join(f"select(condition, x[{k}], y[{k}]), " for k in each)})

def axpy(a, x, y):
    return ({"".join(f"fma(a, x[{k}], y[{k}]), " for k in each)})

def shifted(x, target, by):
    return ({"".join(f"x[{k}] + by if target == {k} else x[{k}], " for k in each)})

def with_first(V, x):
    return (V, {"".join(f"x[{k}], " for k in range(1, n))})

def outside(x, ranges):
    return not ({" & ".join(f"(x[{k}] >= ranges[{k}][0]) & (x[{k}] <= ranges[{k}][1])" for k in each)})

def distance(x, y, weights):
    d = 0.0
    {"; ".join(f"e = abs(x[{k}] - y[{k}]) * weights[{k}]; d = select(d >= e, d, e)" for k in each)}
    return d
"""
    scope = {"fma": fma, "select": select}
    exec(source, scope)
    return TupleArithmetic(*(inline(scope[name]) for name in TupleArithmetic._fields))


class States(NamedTuple):
    """What a scheme does with states."""

    axpy: object  # (a, x, y) -> a*x + y
    moved: object  # (x, by) -> x with the variable moved that the input moves
    with_first: object  # (V, x) -> x with V for its first variable
    each: object  # function -> (x, ..., h) -> function(x_i, ..., h) of every variable


def states(n, target):
    """The operations on states of n variables, of which the input moves variable number `target`."""
    ops = tuple_arithmetic(n, 1)
    shifted = ops.shifted

    @inline
    def moved(x, by):
        return shifted(x, target, by)

    return States(ops.axpy, moved, ops.with_first, partial(_each, n))


def _each(n, function):
    """Compile (x, ..., h) -> function(x_i, ..., h) of each of n variables; the last argument is a number."""
    *variables, number = signature(function).parameters
    arguments = ", ".join((*variables, number))
    values = (f"function({', '.join(f'{x}[{k}]' for x in variables)}, {number}), " for k in range(n))
    scope = {"function": compiled(function)}
    exec(f"def each({arguments}):\n    return ({''.join(values)})", scope)
    return inline(scope["each"])
