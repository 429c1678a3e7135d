"""Columns of a text file of any layout: by name or by position, whatever separates and surrounds them."""

import csv
import warnings
from itertools import islice
from pathlib import Path

import numpy as np

from .errors import InputError, number_in, within
from .files import reading

__all__ = ["Columns", "read_columns"]

_SEPARATORS = (",", ";", "\t")
_SPACES = r"\s+"
_AROUND = " \t\"'"  # blanks and quotes around an entry


def read_columns(path, wanted, texts=(), separator=None, comment="#"):
    """Read some columns of a text file, as Columns: of numbers, or of texts where a column holds such.

    Arguments:
        path: the file, in UTF-8, with any ends of lines; empty lines are left out.
        wanted: NAME -> the column's name in the header, or its position, counted from 0.
        texts: names of those that may hold texts.
        separator: what stands between columns; None finds a comma, a semicolon, a tab or white space.
        comment: what a line of comment begins with; the rest of a line after it is left out too.

    The first line is a header if a name is wanted, or if it does not hold a number where there must be one. Raises
    InputError with the line, and with the option that would read it.
    """
    with reading(path, "name a text file with columns"), Path(path).open(encoding="utf-8-sig") as file:
        first, cells, separator = _first_line(file, separator, comment)
    names = [name for name in wanted.values() if isinstance(name, str)]
    if names and all(map(_is_number, cells)):
        remedy = f"give the columns by position, counted from 0, as in {_by_position(wanted, cells)}"
        raise InputError("there are numbers where a header is wanted", remedy=remedy).within(file=path, line=first)
    with within(file=path, line=first):
        places = {key: int(_place(key, column, cells)) for key, column in wanted.items()}
    for key, place in places.items():
        if place >= len(cells):
            raise InputError(key, wanted[key], f"a position from 0 to {len(cells) - 1}").within(file=path)
    header = bool(names) or not all(_is_number(cells[place]) for key, place in places.items() if key not in texts)
    checks = {key: (place, _is_label if key in texts else _is_number) for key, place in places.items()}
    layout = len(cells), separator, comment, first + header
    with reading(path, "name a text file with columns"):
        table = _table(path, separator, comment, first if header else first - 1)
        if table is None or (len(table) and table.shape[1] != len(cells)):
            raise _fault(path, checks, *layout)
    found = {key: _column(table.iloc[:, k], key in texts) if len(table) else np.empty(0) for key, k in places.items()}
    if any(column is None for column in found.values()):
        raise _fault(path, checks, *layout)
    return Columns(found, path, comment, first + header)


class Columns(dict):
    """NAME -> array with an entry for each row of a file.

    Arguments:
        found: the columns.
        path, comment: as of `read_columns`.
        first: number of the first line below the header.
    """

    def __init__(self, found, path, comment, first):
        super().__init__(found)
        self._rows = path, comment, first

    def line(self, row):
        """Number of the line of a row, counted from 0."""
        path, comment, first = self._rows
        with Path(path).open(encoding="utf-8-sig") as file:
            return next(islice((number for number, _ in _lines(file, comment) if number >= first), row, None))


def _column(column, text):
    """The entries of a column as an array of numbers, or of texts where it may hold such; None where it does not."""
    if column.dtype.kind not in "iuf":  # quoted numbers, names, or neither
        cells = column.astype(str).str.strip(_AROUND)
        different = cells.unique()
        if not all(map(_is_number, different)):
            return cells.to_numpy(dtype=object) if text and all(map(_is_label, different)) else None
        column = cells.map({cell: number_in(cell) for cell in different})
    fits = np.all(np.isfinite(column)) and (not text or np.all(column % 1 == 0))
    return np.ascontiguousarray(column) if fits else None


def _first_line(file, separator, comment):
    """(number of the first line that is neither empty nor a comment, its cells, what separates them)."""
    for number, text in _lines(file, comment):
        if separator is None:
            separator = next((mark for mark in _SEPARATORS if mark in text), _SPACES)
        return number, _cells(text, separator), separator
    raise InputError("there is no line with columns in it", remedy="name a text file with columns")


def _lines(file, comment):
    """(number, text) of the lines that are neither empty nor a comment."""
    for number, line in enumerate(file, start=1):
        text = line.partition(comment)[0].strip() if comment else line.strip()
        if text:
            yield number, text


def _cells(text, separator):
    cells = text.split() if separator == _SPACES else text.split(separator)
    return [cell.strip(_AROUND) for cell in cells]


def _is_number(text):
    try:
        return bool(np.isfinite(number_in(text)))
    except ValueError:
        return False


def _is_label(text):
    """Whether it may name a trial: a whole number, or a text that is not a number."""
    return number_in(text) % 1 == 0 if _is_number(text) else bool(text)


def _place(key, column, cells):
    """The position of a column."""
    if isinstance(column, str):
        if cells.count(column) == 1:
            return cells.index(column)
        allowed = "a column of the header, " + ", ".join(map(repr, cells))
        twice = "; it stands there twice" if column in cells else ""
        raise InputError(key, column, allowed + twice, f"give {key}= its name, or its position, counted from 0")
    if isinstance(column, bool) or not hasattr(column, "__index__") or column.__index__() < 0:
        raise InputError(key, column, "the name of a column, or its position, counted from 0")
    return column


def _by_position(wanted, cells):
    return ", ".join(f"{key}={min(k, len(cells) - 1)}" for k, key in enumerate(reversed(list(wanted))))


def _table(path, separator, comment, skipped):
    """The lines below the first `skipped` as a pandas.DataFrame, each column of the type that its entries have."""
    import pandas as pd

    with warnings.catch_warnings(), Path(path).open(encoding="utf-8-sig") as file:
        # What pandas 3.1 deprecates for being its default now, an older one needs.
        warnings.filterwarnings("ignore", "The 'float_precision' argument is deprecated")
        for _ in range(skipped):
            file.readline()
        try:
            return pd.read_csv(
                file, sep=separator, header=None, comment=comment or None, float_precision="round_trip",
                na_filter=False, quoting=csv.QUOTE_NONE, skipinitialspace=True, low_memory=False,
            )  # fmt: skip
        except pd.errors.EmptyDataError:
            return pd.DataFrame()
        except pd.errors.ParserError:  # lines of different lengths
            return None


def _fault(path, checks, columns, separator, comment, first):
    """The InputError of the first line that has more or fewer columns, or an entry that fails its check.

    Arguments:
        path, separator, comment: as of `read_columns`.
        checks: NAME -> (position, function of a text to whether it is right).
        columns: how many there are.
        first: number of the first line below the header.
    """
    with Path(path).open(encoding="utf-8-sig") as file:
        for number, text in _lines(file, comment):
            if number < first:
                continue
            cells = _cells(text, separator)
            if len(cells) != columns:
                return InputError("number of columns", len(cells), columns).within(file=path, line=number)
            for key, (place, right) in checks.items():
                if not right(cells[place]):
                    allowed = "a finite number" if right is _is_number else "a whole number, or a name"
                    return InputError(key, cells[place], allowed).within(file=path, line=number)
    return InputError("this is not a table of numbers").within(file=path)
