"""What a function is made of, as a hash: its byte code and constants, and those of all that it calls."""

import hashlib
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

import numpy as np
from numba import types
from numba.core.dispatcher import Dispatcher

__all__ = ["fingerprint"]

# Modules whose content is told by the versions in the name of a kept file; what is read from any other is not seen.
_VERSIONED = {"numpy", "numba", "llvmlite", *sys.stdlib_module_names}


def fingerprint(function):
    """A hash of what a function is made of, callees included; None if a part cannot be told from its content."""
    parts = []
    try:
        _walk(function, parts, {})
    except _Opaque:
        return None
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class _Opaque(Exception):
    """A value whose content is not seen."""


def _walk(value, parts, seen, names=()):
    """Append to `parts` what tells `value` from any other; of a module only what is called by one of the names."""
    if isinstance(value, Dispatcher):
        options = sorted((key, repr(option)) for key, option in value.targetoptions.items())
        parts.append(f"compiled {options}")
        value = value.py_func
    value = getattr(value, "_defn", value)  # a numba intrinsic
    if isinstance(value, FunctionType):
        if id(value) in seen:
            parts.append(f"function number {seen[id(value)]}")
        else:
            seen[id(value)] = len(seen)
            _walk_function(value, parts, seen)
    elif isinstance(value, ModuleType) and value.__name__.partition(".")[0] in _VERSIONED:
        parts.append(f"module {value.__name__}")
    elif isinstance(value, ModuleType):
        parts.append(f"module {value.__name__}")
        if (id(value), names) not in seen:
            seen[id(value), names] = len(seen)
            for name in sorted(set(names) & set(vars(value))):
                parts.append(name)
                _walk(getattr(value, name), parts, seen, names)
    elif isinstance(value, type):
        parts.append(f"class {value.__qualname__} {getattr(value, '_fields', '')}")
    elif value is None or isinstance(value, np.generic | bool | int | float | complex | str | bytes):
        parts.append(f"{type(value).__name__} {value!r}")
    elif isinstance(value, tuple | frozenset):
        parts.append(f"{type(value).__name__} {len(value)} {getattr(value, '_fields', '')}")
        for item in sorted(value, key=repr) if isinstance(value, frozenset) else value:
            _walk(item, parts, seen)
    elif isinstance(value, BuiltinFunctionType | np.ufunc | types.Type):
        parts.append(f"{type(value).__name__} {getattr(value, '__module__', None) or ''} {value}".split(" at 0x")[0])
    else:
        raise _Opaque(value)


def _walk_function(function, parts, seen):
    parts.append(f"function {function.__name__}")
    _walk_code(function.__code__, parts, seen, function.__globals__)
    for values in (function.__defaults__ or (), [cell.cell_contents for cell in function.__closure__ or ()]):
        for value in values:
            _walk(value, parts, seen, function.__code__.co_names)


def _walk_code(code, parts, seen, scope):
    """The byte code, its names and constants, and the globals that it names."""
    parts.append(f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {code.co_freevars}")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _walk_code(constant, parts, seen, scope)
        else:
            _walk(constant, parts, seen)
    for name in code.co_names:
        if name in scope:
            _walk(scope[name], parts, seen, code.co_names)
