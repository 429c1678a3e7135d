"""From plain scalar Python to inlined machine code on tuples of state variables."""

import warnings
from functools import cache, partial
from inspect import signature
from types import CellType, FunctionType, ModuleType
from typing import NamedTuple
from uuid import uuid4

from ...elementary import fma, inline, select
from ...fingerprints import fingerprint, present
from .arguments import total
from .multiply_adds import fused
from .names import stand_in

__all__ = ["compiled", "numbers", "states", "tuple_arithmetic", "written_out"]


def compiled(function):
    """Compile a plain Python function, and those it calls, for use inside a kernel: as they are at present.

    A function that is compiled already is returned as it is.
    """
    return _compiled(present(function)) if isinstance(function, FunctionType) else function


@cache
def _compiled(function):
    function = fused(function)
    # A module may say that its functions keep the arguments of exp in their range, and are spared the bounds.
    code, said = function.__code__, (function.__code__.co_names, function.__globals__.get("EXP_IN_RANGE", False))
    scope = dict(function.__globals__)
    for name in code.co_names:
        if name in scope:
            scope[name] = _in_a_kernel(scope[name], *said)
    cells = tuple(CellType(_in_a_kernel(cell.cell_contents, *said)) for cell in function.__closure__ or ())
    return inline(FunctionType(code, scope, function.__name__, function.__defaults__, cells))


def _in_a_kernel(value, names, in_range):
    """What a value that a model's function names stands for in its compiled form.

    `names` are all that it names; `in_range` tells whether it keeps the arguments of exp in their range.
    """
    if isinstance(value, ModuleType):
        return _module(value, names, in_range)
    replaced = stand_in(value, in_range)
    return compiled(value) if isinstance(value, FunctionType) and replaced is value else replaced


def _module(module, names, in_range):
    """A module that holds what the function names of it: `np.exp(V)` means the same as `exp(V)`."""
    with warnings.catch_warnings():  # the names are all of the function, and `math` was one of NumPy's too, deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        held = {name: getattr(module, name) for name in names if hasattr(module, name)}
    held = {name: x if isinstance(x, ModuleType) else _in_a_kernel(x, (), in_range) for name, x in held.items()}
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
    moved: object  # (x, by) -> x with the variables moved that the input moves, by as many numbers


@cache
def tuple_arithmetic(n, lanes, moves):
    """Write the functions out for n variables: LLVM vectorises straight lines, not loops over tuples.

    `moves` are the numbers of the variables that the input moves.
    """
    each, by = range(n), {k: "".join(f" + by[{c}]" for c, moved in enumerate(moves) if moved == k) for k in range(n)}
    source = f"""
def load(w, row, lane):
    return ({"".join(f"w[(row + {k}) * {lanes} + lane], " for k in each)})

def store(w, row, lane, x):
    {"; ".join(f"w[(row + {k}) * {lanes} + lane] = x[{k}]" for k in each)}

def choose(condition, x, y):
    return ({"".join(f"select(condition, x[{k}], y[{k}]), " for k in each)})

def axpy(a, x, y):
    return ({"".join(f"fma(a, x[{k}], y[{k}]), " for k in each)})

def moved(x, by):
    return ({"".join(f"x[{k}]{by[k]}, " for k in each)})

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


def written_out(arguments, expression, **names):
    """Compile a function of these arguments that returns an expression; `names` are what else it names.

    What is done for each of several variables is written out: LLVM vectorises straight lines, not loops inside.
    """
    scope = dict(names)
    exec(f"def written({arguments}):\n    return {expression}", scope)
    return inline(scope["written"])


@cache
def numbers(count, lanes):
    """Compile (w, row, lane) -> the lane's numbers in so many rows, a tuple."""
    of_each = "".join(f"w[(row + {c}) * {lanes} + lane], " for c in range(count))
    return written_out("w, row, lane", f"({of_each})")


class States(NamedTuple):
    """What a scheme does with states, and with what the input adds."""

    axpy: object  # (a, x, y) -> a*x + y
    moved: object  # (x, by) -> x with the variables moved that the input moves
    with_first: object  # (V, x) -> x with V for its first variable
    each: object  # function -> (x, ..., h) -> function(x_i, ..., h) of every variable
    total: object  # (increments, dt) -> what the input adds to each variable that it moves, as `moved` takes it
    input: object  # function -> (increments, h) -> function(increment, h) of each, as `moved` takes it


def states(n, moves):
    """The operations on states of n variables, of which the input moves those with the numbers `moves`."""
    ops, each_input = tuple_arithmetic(n, 1, moves), partial(_each, len(moves))
    return States(ops.axpy, ops.moved, ops.with_first, partial(_each, n), each_input(total), each_input)


def _each(n, function):
    """Compile (x, ..., h) -> function(x_i, ..., h) of each of n variables; the last argument is a number."""
    *variables, number = signature(function).parameters
    arguments = ", ".join((*variables, number))
    values = (f"function({', '.join(f'{x}[{k}]' for x in variables)}, {number}), " for k in range(n))
    return written_out(arguments, f"({''.join(values)})", function=compiled(function))
