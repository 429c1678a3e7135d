"""Loops compiled once and kept on disk, under a name made of all that went into them.

The name is a hash of the function's fingerprint, of its argument types, and of compiler and processor. So a changed
callee is another name, never a stale kernel; two processes may write at once; and where nothing can be written, nothing
is kept and all still runs. `kernel_store` sees to it that what is loaded is what this user's compiler wrote.
"""

from .compiler import numba  # before all else of numba, which reads the environment as it is loaded

# isort: split
import hashlib
import io
import itertools
import os
import pickle
import secrets
import sys
from pathlib import Path

import llvmlite.binding
import numpy as np
from numba import types
from numba.core import caching, compiler, environment, event, serialize
from numba.core.bytecode import FunctionIdentity
from numba.core.runtime import rtsys

from .errors import InputError
from .fingerprints import fingerprint
from .messages import tell

try:
    from . import kernel_store
except ImportError:  # Windows, where a file's owner and mode do not say who may write it: no kernel is kept
    kernel_store = None  # type: ignore[assignment]

__all__ = ["announcing", "at_first_compilation", "directory", "fingerprint", "kernel"]

_FORMAT = 4  # of the files; part of their names

# The linker goes by names, and numba tells two functions of one name apart by a number that it counts from 1 in every
# process. Functions compiled in two processes, of other content but of one name and number, must not meet in a third:
# so the count begins at a random place.
FunctionIdentity._unique_ids = itertools.count(secrets.randbits(60))


def kernel(function):
    """Compile a loop without Python's checks and locks, or load what an earlier process compiled."""
    dispatcher = numba.njit(error_model="numpy", nogil=True)(function)
    dispatcher._cache = _KernelCache(function, fingerprint(function))
    return dispatcher


def announcing(line):
    """A context in which the first compilation, if there is one, is announced by this line on standard error."""
    return at_first_compilation(lambda: line and tell(line))


def at_first_compilation(act):
    """A context in which `act` is called when the first compilation begins, if there is one."""
    return event.install_listener("numba:compile", _First(act))


class _First(event.Listener):
    def __init__(self, act):
        self.act = act

    def on_start(self, event):
        act, self.act = self.act, None
        if act is not None:
            act()

    def on_end(self, event):
        pass


def directory():
    """Where machine code is kept: $STOCHHH_CACHE_DIR, or stochhh/ in the user's cache directory; None for nowhere.

    Raises InputError for a STOCHHH_CACHE_DIR that is empty, as that of a shell's undefined variable is.
    """
    if kernel_store is None:
        return None
    chosen = os.environ.get("STOCHHH_CACHE_DIR")
    if chosen is not None:
        if not chosen.strip():
            allowed = "the path of a directory for compiled kernels, or unset"
            raise InputError("STOCHHH_CACHE_DIR", chosen, allowed)
        return Path(chosen)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stochhh"
    except RuntimeError:  # no home
        return None


def _arguments(signature):
    return signature.args if hasattr(signature, "args") else signature


def _describe(kind):
    """An argument type, with the names in a named tuple: the code holds their places alone."""
    inner = " ".join(map(_describe, kind)) if isinstance(kind, types.BaseTuple) else ""
    return f"{kind} {getattr(kind, 'fields', '')} {inner}"


def _classes(arguments):
    """The classes of the named tuples among argument types."""
    for kind in arguments:
        if isinstance(kind, types.BaseTuple):
            if hasattr(kind, "instance_class"):
                yield kind.instance_class
            yield from _classes(kind)


class _Pickler(serialize.NumbaPickler):
    """A caller's classes are written as their numbers: those of a script have no other name, and would come back as
    classes of their own, which the caller's tuples are not of."""

    def __init__(self, file, arguments):
        super().__init__(file, protocol=4)
        self.numbers = {cls: number for number, cls in enumerate(_classes(arguments))}

    def persistent_id(self, value):
        return self.numbers.get(value) if isinstance(value, type) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file, arguments):
        super().__init__(file)
        self.persistent_load = list(_classes(arguments)).__getitem__

    def find_class(self, module, name):
        found = super().find_class(module, name)
        return _environment if found is environment._rebuild_env else found


def _environment(module, constants, name):
    """numba's environment of a function, in which the globals of its module are.

    The machine code reads none of them, so the module, which may have been a script or a user's file, is not imported.
    """
    known = module if module in sys.modules else __name__
    return environment._rebuild_env(known, constants, name)


def _loaded(content, target_context, arguments):
    """The compiled function that was kept as these bytes, for a caller with these argument types.

    numba would first import all that a compiler could need, and scipy with it, which takes longer than the rest.
    """
    rtsys.initialize(target_context)
    parts = _Unpickler(io.BytesIO(content), arguments).load()
    if not _linkable(parts[0]):
        target_context.refresh()
    return compiler.CompileResult._rebuild(target_context, *parts)


def _linkable(library):
    """Whether all that the code names outside itself is known by now; the linker ends the process where it is not."""
    _, _, (_, bitcode) = library
    module = llvmlite.binding.parse_bitcode(bitcode)
    outside = [value.name for value in (*module.functions, *module.global_variables) if value.is_declaration]
    return all(llvmlite.binding.address_of_symbol(name) for name in outside if not name.startswith("llvm."))


class _KernelCache(caching._Cache):
    """The interface by which a numba dispatcher looks for machine code before it compiles."""

    def __init__(self, function, content):
        self._function = function
        self._content = content

    @property
    def cache_path(self):
        return str(directory())

    def _place(self, signature, target):
        """(directory, name) of the file of one overload; None if its content cannot be named, or has no place."""
        where = directory()
        if self._content is None or where is None:
            return None
        arguments = _arguments(signature)
        made_by = f"{numba.__version__} {llvmlite.__version__} {np.__version__} {target.codegen().magic_tuple()}"
        name = "\n".join([f"{_FORMAT}", self._content, made_by, sys.version, *map(_describe, arguments)])
        digest = hashlib.sha256(name.encode()).hexdigest()[:32]
        return where, f"{self._function.__name__}-{digest}.bin"

    def load_overload(self, sig, target_context):
        place = self._place(sig, target_context)
        content = place and kernel_store.load(*place)
        if not content:
            return None
        try:
            return _loaded(content, target_context, _arguments(sig))
        except Exception:  # whatever is wrong with a kernel, compiling anew is right
            return None

    def save_overload(self, sig, data):
        place = self._place(sig, data.target_context)
        if place is None or data.lifted or data.library.has_dynamic_globals:
            return
        content = io.BytesIO()
        try:
            _Pickler(content, _arguments(sig)).dump(data._reduce())
        except Exception:  # then it is compiled again next time
            return
        kernel_store.save(*place, content.getvalue())

    def enable(self):
        pass

    def disable(self):
        pass

    def flush(self):
        pass
