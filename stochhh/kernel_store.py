"""Files that this user alone can have written, and that are whole: what compiled kernels are kept in.

A kept kernel is executed, and a pickle before that, so both questions are asked before a byte is used. Whoever may
write here may have put anything here: hence the owner and the mode, asked of the open file and not of its name, which
could come to mean another file in between. The digest tells a file that has decayed from a whole one. A secret key
would add nothing against another user of the machine, whom owner and mode keep out; and a program that runs as this
user could read the key.
"""

import fcntl
import hashlib
import os
import re
import secrets
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from .messages import escaped, tell

__all__ = ["load", "save"]

_KEPT = 256  # kernels; the oldest go first
_LARGEST = 1 << 27  # bytes; a kernel has less than one per cent of it
_KERNEL = re.compile(r".+-[0-9a-f]{32}\.bin")
_PART = re.compile(r".+-[0-9a-f]{32}\.[0-9a-f]{8}")  # a kernel while it is written
_BEGUN, _DEAD = 60.0, 86400.0  # s: for the first a part may be empty, and after the second nobody writes it
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK  # no link; no wait for the writer of a pipe
_WRITE = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_CREAT | os.O_EXCL


class _Distrusted(Exception):
    """A place that others can have written to."""


def load(directory, name):
    """The bytes that `save` kept under this name in this directory; None if there are none, or not just those."""
    try:
        with _opened(directory) as folder:
            return _content(folder, name, directory)
    except _Distrusted as distrusted:
        _say(distrusted)
    except OSError:
        pass
    return None


def save(directory, name, content):
    """Keep bytes under a name of the form STEM-32 hexadecimal digits.bin; where that cannot be, nothing is kept.

    The file appears whole or not at all. What writers left that were killed is removed, and the oldest kernels are.
    """
    try:
        _make(Path(directory))
        with _opened(directory) as folder:
            _put(folder, name, _digest(name, content) + content)
            _tidy(folder)
    except _Distrusted as distrusted:
        _say(distrusted)
    except OSError as error:  # a read-only home, a full disk: then it is compiled again next time
        _say(f"{directory} cannot be written ({error.strerror})")


def _digest(name, content):
    """A kernel under another's name is as wrong as one with a bit changed."""
    digest = hashlib.sha256(name.encode() + b"\n")
    digest.update(content)
    return digest.digest()


def _make(directory):
    """Make a directory and those above it, for this user alone."""
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)


@contextmanager
def _opened(directory):
    """The descriptor of a directory that is this user's alone; every file of it is opened through it."""
    folder = os.open(directory, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        _trust(os.fstat(folder), directory)
        yield folder
    finally:
        os.close(folder)


def _trust(found, where):
    """Raise _Distrusted unless what was found is this user's, and nobody else may write to it."""
    if found.st_uid != os.geteuid():
        raise _Distrusted(f"{where} belongs to another user")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _Distrusted(f"{where} can be written by others (mode {stat.S_IMODE(found.st_mode):04o}; chmod go-w)")


def _content(folder, name, directory):
    with open(name, "rb", opener=lambda path, _: os.open(path, _READ, dir_fd=folder)) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return None
        _trust(found, Path(directory) / name)
        kept = memoryview(file.read())
    digest, content = kept[:32], kept[32:]
    return bytes(content) if digest == _digest(name, content) else None


def _put(folder, name, data):
    part = f"{name.removesuffix('.bin')}.{secrets.token_hex(4)}"
    try:
        with open(part, "wb", opener=lambda path, _: os.open(path, _WRITE, 0o600, dir_fd=folder)) as file:
            with suppress(OSError):  # some file systems have no locks
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it tells `_tidy` that the writer lives
            file.write(data)
            file.flush()
            os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(part, dir_fd=folder)
        raise


def _tidy(folder):
    """Remove the parts of writers that are no more, and the oldest kernels beyond those that are kept."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    for name in filter(_PART.fullmatch, names):
        with suppress(OSError):
            if _is_left_over(folder, name):
                os.unlink(name, dir_fd=folder)
    kernels = {}
    for name in filter(_KERNEL.fullmatch, names):
        with suppress(OSError):
            kernels[name] = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime
    for name in sorted(kernels, key=kernels.get)[:-_KEPT]:
        with suppress(OSError):
            os.unlink(name, dir_fd=folder)


def _is_left_over(folder, name):
    """Whether the writer of a part is dead, and its lock with it; one just begun has had no time to take the lock."""
    file = os.open(name, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    try:
        found = os.fstat(file)
        age = time.time() - found.st_mtime
        if age < _DEAD:
            if not found.st_size and age < _BEGUN:
                return False
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return stat.S_ISREG(found.st_mode)
    finally:
        os.close(file)


_said: set[str] = set()


def _say(why):
    """One line on standard error, once in a process."""
    line = f"stochhh: {why}: kernels are not kept there, and are compiled again each time"
    if line not in _said:
        _said.add(line)
        tell(escaped(line, 400))
