"""Files that are written whole or not at all, and texts that are read with every fault named."""

import errno
import json
import os
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import InputError, SimulationError
from .leftovers import held, new_name, sweep
from .messages import one_line

__all__ = [
    "read_text",
    "reading",
    "replacing",
    "writable",
    "write_json",
    "write_table",
    "writing",
]

# What the user can mend by naming another place; any other failure to write is the machine's.
_WRONG_PLACE = {
    errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.EPERM,
    errno.EROFS,
}  # fmt: skip


def _check_name(path, wanted):
    """Raise InputError for what no file can be called."""
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise InputError("path", path, "a text or a pathlib.Path", wanted)
    if "\0" in os.fsdecode(path):
        raise InputError("path", os.fspath(path), "a name without the character NUL", wanted)


@contextmanager
def writing(path):
    """Say in one line why `path` cannot be written."""
    _check_name(path, "choose another place")
    try:
        yield
    except OSError as error:
        reason = _reason(error)
        if error.errno in _WRONG_PLACE:
            refused = InputError(f"it cannot be written ({reason})", remedy="choose another place")
        else:
            refused = SimulationError(f"writing it failed ({reason}); what stood there before is kept")
        raise refused.within(file=path) from error


def _neighbour(path):
    """(target, part): the file that is meant, links followed, and a new name beside it."""
    with writing(path):
        target = Path(os.path.realpath(path))
        with suppress(FileNotFoundError, NotADirectoryError):
            target.stat()  # a name too long, say, which since Python 3.14 the questions below answer with no
        if target.is_dir():
            raise InputError("this is a directory", remedy="name a file in it").within(file=path)
        if not target.parent.is_dir():
            remedy = "create it first, or choose another place"
            raise InputError(f"there is no directory {target.parent}", remedy=remedy).within(file=path)
        if target.exists() and not target.is_file():
            fault = "this is not a regular file and cannot be replaced by one"
            raise InputError(fault, remedy="choose another place").within(file=path)
    return target, target.with_name(new_name(target.suffix))


def writable(path):
    """Raise InputError unless a file can be put at `path`; what stands there is left alone."""
    _, part = _neighbour(path)
    with writing(path):
        sweep(part.parent)
        part.touch(exist_ok=False)
        part.unlink()


@contextmanager
def replacing(path):
    """Yield the path of a temporary neighbour, which takes the place of `path` when the block succeeds.

    If it fails, for a full disk say, the neighbour is removed and what stood at `path` stays.
    Raises InputError if the place cannot be written to, SimulationError if writing breaks off.
    """
    target, part = _neighbour(path)
    try:
        with writing(path), held(part):
            yield part
            os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def write_table(path, columns):
    """Write named columns, or a DataFrame, as CSV, floats in their shortest form that reads back the same."""
    import pandas as pd

    table = pd.DataFrame(columns)
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        table.to_csv(file, index=False, lineterminator="\n")


def write_json(path, value):
    """Write a JSON file; there is no NaN and no infinity in JSON, and they are refused."""
    text = json.dumps(value, indent=2, allow_nan=False)
    with replacing(path) as part:
        part.write_text(text + "\n", encoding="utf-8")


@contextmanager
def reading(path, wanted):
    """Say in one line why `path` cannot be read; `wanted` is what should be named instead."""
    _check_name(path, wanted)
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"save it as UTF-8, or {wanted}" if isinstance(error, UnicodeDecodeError) else wanted
        raise InputError(_unreadable(error), remedy=remedy).within(file=path) from error


def _unreadable(error):
    """Why a file cannot be read."""
    match error:
        case FileNotFoundError():
            return "this file does not exist"
        case IsADirectoryError():
            return "this is a directory"
        case PermissionError():
            return "there is no permission to read it"
        case UnicodeDecodeError():
            return f"this is not a text in UTF-8 (byte {error.start})"
    return f"it cannot be read ({_reason(error)})"


def _reason(error):
    """An OSError in the words of the system."""
    return os.strerror(error.errno) if error.errno else one_line(error)


def read_text(path, wanted):
    """The text of a file in UTF-8; InputError, asking for what is `wanted`, if there is none."""
    with reading(path, wanted):
        return Path(path).read_text(encoding="utf-8-sig")
