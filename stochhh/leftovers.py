"""Temporary files and directories: locked while they are written, and swept when their writer was killed."""

import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows; where there are no such locks, nothing is swept
    flock = None  # type: ignore[assignment]

__all__ = ["held", "new_name", "sweep"]

_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # no link, no wait for a pipe
_NAME = re.compile(r"\.stochhh-[0-9a-f]{8}(\..*)?", re.DOTALL)


def new_name(suffix=""):
    """A name for something temporary."""
    return f".stochhh-{secrets.token_hex(4)}{suffix}"


@contextmanager
def held(path):
    """Make the file at `path`, unless there is a directory, and lock it inside the block: the kernel unlocks it."""
    if flock is None:  # what is open cannot be renamed there either
        if not path.is_dir():
            path.touch(exist_ok=False)
        yield
        return
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT | os.O_EXCL
    number = os.open(path, flags, 0o666)
    try:
        _lock(number)
        yield
    finally:
        os.close(number)


def sweep(folder):
    """Remove what killed writers have left in a folder: what has such a name, and what no process holds."""
    if flock is None:
        return
    with suppress(OSError):
        for path in [Path(entry.path) for entry in os.scandir(folder) if _NAME.fullmatch(entry.name)]:
            with suppress(OSError):
                _remove(path)


def _remove(path):
    number = os.open(path, _READ)
    try:
        if _lock(number):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    finally:
        os.close(number)


def _lock(number):
    """Whether it could be locked: not where another holds it, or where the file system has no locks."""
    with suppress(OSError):
        flock(number, LOCK_EX | LOCK_NB)
        return True
    return False
