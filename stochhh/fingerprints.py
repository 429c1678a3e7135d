"""What a function is made of, as a hash: its byte code and constants, and those of all that it calls."""

import hashlib
import inspect
import os
import sys
from enum import Enum
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

import numpy as np

from .compiler import numba

__all__ = ["code_content", "fingerprint", "present"]

_STANDARD = os.path.dirname(os.__file__)


def fingerprint(function):
    """A hash of what a function is made of, callees included; None if a part cannot be told from its content."""
    parts = []
    try:
        _walk(function, parts, {})
    except _Opaque:
        return None
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def code_content(code):
    """What tells the code of a function from any other: all but its place, and what its names stand for."""
    parts = []
    _walk_code(code, parts, {}, {})
    return tuple(parts)


_versions: dict = {}  # function -> fingerprint -> what stands for it


def present(function):
    """A function that can be told from what this one was when it was made of anything else.

    It is the function itself until a constant, a default, a callee or its own code is changed under it, as by a global
    set anew or by a reloading editor; then it is a copy for each that it has been since. So what is made of a function
    can be remembered by it.
    """
    if not isinstance(function, FunctionType):
        return function
    versions, content = _versions.setdefault(function, {}), fingerprint(function)
    if content not in versions:
        versions[content] = _copy(function) if versions else function
    return versions[content]


def _copy(function):
    made = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__, made.__qualname__ = function.__kwdefaults__, function.__qualname__
    return made


class _Opaque(Exception):
    """A value whose content is not seen."""


def _is_versioned(module):
    """Whether the versions in the name of a kept file tell the content of a module: those of Python and numba.

    A user's file may have the name of a standard module.
    """
    name, file = module.__name__.partition(".")[0], getattr(module, "__file__", None) or ""
    if name in sys.stdlib_module_names:
        return not file or (file.startswith(_STANDARD) and "-packages" not in file)
    return name in {"numpy", "numba", "llvmlite"}


_PLAIN = np.generic | bool | int | float | complex | str | bytes | slice


def _walk(value, parts, seen, names=()):
    """Append to `parts` what tells `value` from any other; of a module only what is called by one of the names."""
    if isinstance(value, numba.core.dispatcher.Dispatcher):
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
    elif isinstance(value, ModuleType) and _is_versioned(value):
        parts.append(f"module {value.__name__}")
    elif isinstance(value, ModuleType):
        parts.append(f"module {value.__name__}")
        if (id(value), names) not in seen:
            seen[id(value), names] = len(seen)
            for name in sorted(set(names) & set(vars(value))):
                parts.append(name)
                _walk(getattr(value, name), parts, seen, names)
    elif isinstance(value, type):
        members = list(value) if issubclass(value, Enum) else getattr(value, "_fields", "")
        parts.append(f"class {value.__qualname__} {members}")
    elif value is None or value is ... or isinstance(value, _PLAIN):
        parts.append(f"{type(value).__name__} {value!r}")
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biufc":  # compiled in as it is
        content = hashlib.sha256(value.tobytes()).hexdigest()
        parts.append(f"array {value.dtype.str} {value.shape} {value.strides} {value.flags.writeable} {content}")
    elif isinstance(value, tuple | frozenset):
        parts.append(f"{type(value).__name__} {len(value)} {getattr(value, '_fields', '')}")
        for item in sorted(value, key=repr) if isinstance(value, frozenset) else value:
            _walk(item, parts, seen)
    elif isinstance(value, BuiltinFunctionType | np.ufunc | numba.types.Type):
        parts.append(f"{type(value).__name__} {getattr(value, '__module__', None) or ''} {value}".split(" at 0x")[0])
    else:
        raise _Opaque(value)


def _walk_function(function, parts, seen):
    parts.append(f"function {function.__name__}")
    _walk_code(function.__code__, parts, seen, function.__globals__)
    defaults = function.__kwdefaults__ or {}
    parts.append(f"defaults {len(function.__defaults__ or ())} {list(defaults)}")
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    for value in (*(function.__defaults__ or ()), *defaults.values(), *cells):
        _walk(value, parts, seen, function.__code__.co_names)


_ARGUMENTS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR


def _walk_code(code, parts, seen, scope):
    """The byte code, its names and constants, and the globals that it names."""
    arguments = f"{code.co_argcount} {code.co_posonlyargcount} {code.co_kwonlyargcount} {code.co_flags & _ARGUMENTS}"
    parts.append(f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {code.co_freevars} {arguments}")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _walk_code(constant, parts, seen, scope)
        else:
            _walk(constant, parts, seen)
    for name in code.co_names:
        if name in scope:
            _walk(scope[name], parts, seen, code.co_names)
