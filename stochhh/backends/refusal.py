"""A fault in code of the user's own, a model or a scheme: an error that names whose it is, where, and what to do.

What cannot be compiled is found by the compiler, what raises an exception by the run. An error that cannot be laid at
the user's door is left as it is.
"""

import builtins
import dis
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from numba import njit
from numba.core.errors import NumbaError, UnsupportedBytecodeError

from ..errors import InputError, StochhhError
from ..integrators.kernels.names import AS_IT_IS, STAND_INS
from ..integrators.kernels.scalar import compiled, tuple_arithmetic
from ..messages import one_line, shown

__all__ = ["OwnSteps", "refused", "refusing", "refusing_scheme", "told"]

_PACKAGE = str(Path(__file__).parents[1])


@contextmanager
def refusing(neuron):
    """A context in which a model of the user's own that cannot be compiled, or that fails, is an InputError."""
    try:
        yield
    except (StochhhError, MemoryError, OSError):
        raise
    except Exception as error:
        if type(neuron).__module__.startswith("stochhh."):
            raise
        name = getattr(neuron, "name", type(neuron).__name__)
        own = (getattr(neuron, member, None) for member in ("vector_field", "membrane_rate", "linear_rates"))
        functions = [function for function in own if function is not None]
        if _is_of_the_compiler(error):
            raise _uncompiled("model", name, functions, error) from None
        if not _arose_in(functions, error):
            raise
        raise refused("model", name, f"fails{told(error, functions)}") from error


@contextmanager
def refusing_scheme(scheme, system):
    """The same for a scheme of the user's own; a fault of the model is left to `refusing`."""
    try:
        yield
    except (StochhhError, MemoryError, OSError):
        raise
    except Exception as error:
        if _is_of_the_compiler(error):
            _compile_alone(system)
            raise _uncompiled("scheme", scheme.name, [scheme.build], error) from None
        *_, (file, _, _) = _frames(error)
        if file.startswith(_PACKAGE) or _arose_in(_functions_of(system), error):
            raise
        raise refused("scheme", scheme.name, f"fails{told(error, [scheme.build])}") from error


class OwnSteps:
    """A Block that is integrated by a scheme of the user's own: an error of it names the scheme.

    Arguments:
        block: the Block.
        scheme: the Scheme.
        system: the System.
    """

    def __init__(self, block, scheme, system):
        self._block, self._scheme, self._system = block, scheme, system
        self.record = block.record

    def advance(self, *stretch):
        """As the block does."""
        with refusing_scheme(self._scheme, self._system):
            return self._block.advance(*stretch)


def refused(kind, name, fault, remedy=""):
    """The error of a model or a scheme by its name: `kind` is the argument that gave it, "model" or "scheme"."""
    error = InputError(f"the {kind} {shown(name)} {fault}", remedy=remedy)
    error.argument, error.value = kind, name
    return error


def told(error, functions):
    """An exception as it follows `fails`: ` in step (own.py, line 7): ValueError: V`; the place where it is known."""
    said = one_line(f"{type(error).__name__}: {error}").rstrip(": ")
    codes = list(_codes(functions))
    places = [frame for frame in _frames(error) if frame[2] in {code.co_name for code in codes}]
    if not places:
        return f": {said}"
    file, line, name = places[-1]
    # Machine code is kept by what was compiled: where another file said the same, it holds the place in that one.
    known = file in {code.co_filename for code in codes}
    return f" in {name} ({Path(file).name}, line {line}): {said}" if known else f" in {name}: {said}"


def _is_of_the_compiler(error):
    if isinstance(error, NumbaError | UnsupportedBytecodeError | RecursionError):
        return True
    trace = error.__traceback__
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__")).startswith("numba."):
            return True
        trace = trace.tb_next
    return False


def _frames(error):
    """(file, line, name of the function) of each frame of an exception, the innermost last; machine code has them."""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        yield code.co_filename, trace.tb_lineno, code.co_name
        trace = trace.tb_next


def _arose_in(functions, error):
    """Whether an exception arose in one of these functions, or in one that they call."""
    names = {code.co_name for code in _codes(functions)}
    return any(name in names and not file.startswith(_PACKAGE) for file, _, name in _frames(error))


def _functions_of(system):
    """The functions of the model of a System."""
    return [function for function in (system.drift, system.membrane_rate, system.linear_rates) if function is not None]


def _compile_alone(system):
    """Compile the functions of the model, as a kernel uses them but without a scheme; raises what it comes upon."""
    axpy = tuple_arithmetic(len(system.variables), 1, ()).axpy
    drift, rate = compiled(system.drift), compiled(system.membrane_rate)
    rates = drift if system.linear_rates is None else compiled(system.linear_rates)
    linear = system.linear_rates is not None

    def alone(t, x, p):
        a = rates(t, x, p)
        return axpy(rate(x, p), drift(t, x, p), axpy(1.0, a[0], axpy(1.0, a[1], x)) if linear else x)

    njit(error_model="numpy")(alone)(0.0, tuple(map(float, system.initial)), system.parameters)


def _uncompiled(kind, name, functions, error):
    """The error of a model or a scheme that cannot be compiled."""
    fault, remedy = _explained(functions, error, f"a {kind}")
    return refused(kind, name, f"cannot be compiled: {fault}", remedy)


def _explained(functions, error, whose):
    """What is wrong, and what to do."""
    names = ", ".join(dict.fromkeys(function.__name__ for function in STAND_INS))
    allowed = f"{whose} may call {names} of numpy or math, abs, min, max, and functions of its own"
    named = dict(pair for code, scope in _scopes(functions) for pair in _named(code, scope))
    foreign = [name for name, value in named.items() if callable(value) and not _known(value)]
    held = [name for name, value in named.items() if isinstance(value, list | dict | set | str)]
    for code in _codes(functions):
        for doing, remedy in _statements(code):
            return doing, f"{remedy}; {allowed}"
    if isinstance(error, RecursionError):
        return "one of its functions calls itself", "write it without recursion"
    if foreign:
        return f"it uses {' and '.join(foreign)}", allowed
    if held:
        return f"it uses {held[0]}, a {type(named[held[0]]).__name__}", "use numbers, tuples or parameters()"
    return _core(str(error)), f"{whose} may use numbers, tuples and `if`; {allowed}"


def _statements(code):
    """(what a function does that no compiled one can, what to do instead)."""
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno if instruction.positions else code.co_firstlineno
        where = f"in {code.co_name} ({Path(code.co_filename).name}, line {line})"
        if instruction.opname == "IMPORT_NAME":
            yield f"it imports {instruction.argval} {where}", "import at the top of the file"
        if instruction.opname == "STORE_GLOBAL":
            yield f"it sets the global {instruction.argval} {where}", "a function can only return what it computes"


# What the compiler knows besides, so that it is not what is wrong.
_HARMLESS = {bool, enumerate, int, len, range, round, tuple, zip}


def _known(value):
    if isinstance(value, type) and issubclass(value, BaseException):
        return True
    try:
        return value in STAND_INS or value in AS_IT_IS or value in _HARMLESS
    except TypeError:  # unhashable
        return False


def _codes(functions):
    """The code of functions, of those written in them, and of all that they call."""
    return [code for code, _ in _scopes(functions)]


def _scopes(functions):
    """(code, name -> value) of the same: what a name stands for in it."""
    waiting, seen = list(functions), set()
    while waiting:
        function = _plain(waiting.pop(0))
        if not _is_own(function) or function in seen:
            continue
        seen.add(function)
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        scope = {**vars(builtins), **function.__globals__, **{name: cell.cell_contents for name, cell in cells}}
        for code in _with_inner(function.__code__):
            yield code, scope
            waiting += [value for _, value in _values(code, scope)]


def _is_own(value):
    """Whether a value is a function in plain Python that is none of Python's own, nor of the libraries beneath."""
    home = str(getattr(value, "__module__", "")).partition(".")[0]
    return isinstance(value, FunctionType) and home not in {*sys.stdlib_module_names, "numpy", "scipy", "numba"}


def _plain(function):
    """The function in plain Python behind a compiled one, a partial one or a method."""
    for name in ("py_func", "func", "__func__"):
        function = getattr(function, name, function)
    return function


def _with_inner(code):
    """A code, and that of the functions written in it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _with_inner(inner)


def _values(code, scope):
    """(name, value) of what a function names, where that is known before it runs."""
    told_apart = {i.argval for i in dis.get_instructions(code) if i.opname in {"LOAD_GLOBAL", "LOAD_DEREF"}}
    return [(name, scope[name]) for name in sorted(told_apart) if name in scope]


def _named(code, scope):
    """(name, value) of all that a function names besides functions in plain Python, which are looked into."""
    for name, value in _values(code, scope):
        if isinstance(value, ModuleType):
            yield from ((f"{name}.{part}", getattr(value, part)) for part in code.co_names if hasattr(value, part))
        elif value is not None and not _is_own(value):
            yield name, value


def _core(message):
    """What numba says, without where it came upon it."""
    lines = [line.strip() for line in re.split(r"\n|\x1b\[[0-9;]*m", message)]
    dull = ("Failed in", "During:", "File ", "<source", "- Resolution", "- Of which", "def ", "^")
    told = [line for line in lines if line and not line.startswith(dull)]
    return told[0].rstrip(".:") if told else "numba does not say why"
