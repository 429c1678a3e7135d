"""Files that are written whole or not at all, and texts and tables read with every fault named."""

import csv
import errno
import io
import json
import math
import os
import warnings
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import numpy as np

from .errors import InputError, SimulationError, number_in
from .leftovers import held, new_name, sweep
from .messages import one_line

__all__ = [
    "read_table",
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

_PART = 1 << 14  # lines of a table in which a fault is looked for at once


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
        raise InputError(_unreadable(error), remedy=wanted).within(file=path) from error


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


def read_table(path, header):
    """Read a CSV file whose header is exactly `header`, as {name: numbers}; `trial` is of whole numbers.

    Raises InputError with the line of the first entry that is no finite number.
    """
    wanted = f"name a CSV file with the header {','.join(header)}"
    with reading(path, wanted), Path(path).open(encoding="utf-8-sig") as file:
        found = file.readline().strip()
        if found != ",".join(header):
            raise InputError("header", found, repr(",".join(header))).within(file=path, line=1)
        try:
            return _numbers(file, header)
        except UnicodeDecodeError:
            raise
        except ValueError as error:
            fault = _first_fault(path, header) or InputError(f"this is not a table of numbers ({error})")
            raise fault.within(file=path) from error


def _numbers(file, header):
    """The rest of a file as columns; ValueError where an entry is no finite number."""
    import pandas as pd

    with warnings.catch_warnings():
        # What pandas 3.1 deprecates for being its default now, an older one needs.
        warnings.filterwarnings("ignore", "The 'float_precision' argument is deprecated")
        # No column is given a type: pandas would take 1.0 or True for a whole number that is asked for.
        table = pd.read_csv(
            file, names=header, float_precision="round_trip", na_filter=False, quoting=csv.QUOTE_NONE,
            skipinitialspace=True, low_memory=False,
        )  # fmt: skip
    if not isinstance(table.index, pd.RangeIndex):
        raise ValueError("there are more columns than in the header")
    for name, column in table.items() if len(table) else ():
        if column.dtype.kind not in ("i" if name == "trial" else "iuf") or not np.all(np.isfinite(column)):
            raise ValueError(f"the column {name} holds an entry that is not such a number")
    return {name: np.ascontiguousarray(table[name], _kind(name)) for name in header}


def _kind(name):
    return np.int64 if name == "trial" else np.float64


def _first_fault(path, header):
    """The InputError of the first wrong line of a table: looked for line by line in the first wrong part of it."""
    with Path(path).open(encoding="utf-8-sig") as file:
        first = 2
        next(file)
        while lines := list(islice(file, _PART)):
            try:
                _numbers(io.StringIO("".join(lines)), header)
            except ValueError:
                for number, line in enumerate(lines, start=first):
                    fault = _fault(line, header)
                    if fault:
                        return fault.within(line=number)
            first += len(lines)
    return None


def _fault(line, header):
    """The InputError of a line of a table; None for nothing."""
    row = line.rstrip("\n").split(",")
    if row == [""]:
        return None
    if len(row) != len(header):
        return InputError("number of columns", len(row), f"{len(header)}, {','.join(header)}")
    for entry, name in zip(row, header, strict=True):
        if not _is_finite(_kind(name), entry):
            return InputError(name, entry, "a whole number" if name == "trial" else "a finite number")
    return None


def _is_finite(kind, entry):
    try:
        return math.isfinite(number_in(entry, kind))
    except (ValueError, OverflowError):
        return False
