"""Files that are written whole or not at all, and tables read with every fault named."""

import os
import secrets
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from .errors import InputError, SimulationError

__all__ = ["read_table", "replacing", "write_table"]


@contextmanager
def replacing(path):
    """Yield the path of a temporary neighbour, which takes the place of `path` when the block succeeds.

    If it fails, for a full disk say, the neighbour is removed and what stood at `path` stays.
    Raises InputError if the place cannot be written to, SimulationError if writing breaks off.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path} is a directory: name a file in it")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no directory {path.parent}: make it first, or name another place")
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    try:
        yield part
        os.replace(part, path)
    except PermissionError as error:
        raise InputError(f"{path}: no permission to write there: choose another place") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise SimulationError(f"{path} could not be written ({reason}); what stood there before is untouched") from error
    finally:
        part.unlink(missing_ok=True)


def write_table(path, columns):
    """Write named columns as CSV, floats in their shortest form that reads back the same."""
    import pandas

    with replacing(path) as part:
        pandas.DataFrame(columns).to_csv(part, index=False, lineterminator="\n")


def read_table(path, header):
    """Read a CSV file whose header is exactly `header`, as {name: numbers}; `trial` is of whole numbers."""
    import pandas

    path = Path(path)
    if not path.is_file():
        kind = "is a directory" if path.is_dir() else "does not exist"
        raise InputError(f"{path} {kind}: name a CSV file with the header {','.join(header)}")
    try:
        with path.open(encoding="utf-8") as file:
            found = file.readline().strip()
        if found != ",".join(header):
            raise InputError(f"{path}: its first line is {found[:60]!r}: it must be {','.join(header)!r}")
        table = pandas.read_csv(path, float_precision="round_trip", dtype=str, keep_default_na=False)
    except PermissionError as error:
        raise InputError(f"{path}: no permission to read it") from error
    except (UnicodeDecodeError, pandas.errors.ParserError) as error:
        raise InputError(f"{path}: not a CSV file of {len(header)} columns ({error})") from error
    return {name: _numbers(path, name, table[name]) for name in header}


def _numbers(path, name, column):
    """One column as numbers; InputError with the line of the first entry that is none."""
    kind = np.int64 if name == "trial" else np.float64
    try:
        return column.to_numpy(dtype=object).astype(kind)
    except (ValueError, OverflowError):
        pass
    for line, entry in enumerate(column, start=2):
        try:
            kind(entry)
        except (ValueError, OverflowError):
            expected = "a whole number" if kind is np.int64 else "a number"
            raise InputError(f"{path}, line {line}: {name} = {entry!r} is not {expected}") from None
    raise InputError(f"{path}: column {name} could not be read as numbers")
