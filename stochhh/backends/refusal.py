"""The error where a model cannot be compiled: which of its names cannot, and what may be used instead."""

import builtins
import re
from contextlib import contextmanager
from types import FunctionType, ModuleType

from numba.core.errors import NumbaError

from ..errors import InputError
from ..integrators.kernels.names import AS_IT_IS, STAND_INS
from ..messages import shown

__all__ = ["refusing"]


@contextmanager
def refusing(neuron):
    """A context in which a failure to compile this model is an InputError that names what cannot be compiled."""
    try:
        yield
    except (NumbaError, RecursionError) as error:
        if type(neuron).__module__.startswith("stochhh."):
            raise
        fault, remedy = _explained(neuron, error)
        raise InputError(f"the model {shown(neuron.name)} cannot be compiled: {fault}", remedy=remedy) from None


def _explained(neuron, error):
    """What is wrong, and what to do."""
    names = ", ".join(dict.fromkeys(function.__name__ for function in STAND_INS))
    allowed = f"a model may call {names} of numpy or math, abs, min, max, and functions of its own"
    functions = [getattr(neuron, name, None) for name in ("vector_field", "membrane_rate", "linear_rates")]
    named = dict(pair for function in functions if function for pair in _named(function, set()))
    foreign = [name for name, value in named.items() if callable(value) and not _known(value)]
    held = [name for name, value in named.items() if isinstance(value, list | dict | set | str)]
    if isinstance(error, RecursionError):
        return "one of its functions calls itself", "write it without recursion"
    if foreign:
        return f"it uses {' and '.join(foreign)}", allowed
    if held:
        return f"it uses {held[0]}, a {type(named[held[0]]).__name__}", "use numbers, tuples or parameters()"
    return _core(str(error)), f"a model may use numbers, tuples and `if`; {allowed}"


def _known(value):
    try:
        return value in STAND_INS or value in AS_IT_IS
    except TypeError:  # unhashable
        return False


def _named(function, seen):
    """(name, value) of all that a function names, and the functions of the model's own that it calls."""
    seen.add(function)
    code = function.__code__
    cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
    scope = {**function.__globals__, **{name: cell.cell_contents for name, cell in cells}}
    for name in (*code.co_names, *code.co_freevars):
        value = scope.get(name, getattr(builtins, name, None))
        if isinstance(value, ModuleType):
            yield from ((f"{name}.{part}", getattr(value, part)) for part in code.co_names if hasattr(value, part))
        elif isinstance(value, FunctionType):
            if value not in seen:
                yield from _named(value, seen)
        elif value is not None:
            yield name, value


def _core(message):
    """What numba says, without where it came upon it."""
    lines = [line.strip() for line in re.split(r"\n|\x1b\[[0-9;]*m", message)]
    dull = ("Failed in", "During:", "File ", "<source", "- Resolution", "- Of which", "def ", "^")
    told = [line for line in lines if line and not line.startswith(dull)]
    return told[0].rstrip(".:") if told else "numba does not say why"
