"""Columns of a text file of any layout: by name or by position, whatever separates and surrounds them."""

import csv
import warnings
from itertools import islice
from pathlib import Path

import numpy as np

from .errors import InputError, within
from .files import reading
from .layouts import Layout
from .messages import counted

__all__ = ["Columns", "read_columns"]

_WANTED = "name a text file with columns"


def read_columns(path, wanted, texts=(), separator=None, comment="#", decimal="."):
    """Read some columns of a text file, as Columns: of numbers, or of texts where a column holds such.

    Arguments:
        path: the file, in UTF-8, with any ends of lines; empty lines are left out.
        wanted: NAME -> the column's name in the header, or its position, counted from 0.
        texts: names of those that may hold texts, and that the caller can do without.
        separator: what stands between columns, one character; None finds a comma, a semicolon, a tab or white space,
            and so does a blank.
        comment: what a line of comment begins with, one character; the rest of a line after it is left out too.
        decimal: what stands before the decimals of a number, "." or ",".

    The first line is a header if a name is wanted, or if it does not hold a number where there must be one. Raises
    InputError with the line, and with the option that would read it.
    """
    layout = Layout.of(separator, comment, decimal)
    with reading(path, _WANTED), Path(path).open(encoding="utf-8-sig") as file:
        first, text = _first_line(file, layout)
    layout = layout.found_in(text)
    with within(file=path, line=first):
        places, header = _places(wanted, texts, layout, text)
    titles = layout.cells(text)
    checks = {key: (place, layout.is_label if key in texts else layout.is_number) for key, place in places.items()}
    below = first + header
    with reading(path, _WANTED):
        table = _table(path, layout, below - 1)
        if table is None or (len(table) and table.shape[1] != len(titles)):
            raise _fault(path, checks, len(titles), layout, below)
    found = {}
    for key, place in places.items():
        found[key] = _column(table.iloc[:, place], key in texts, layout) if len(table) else np.empty(0)
        if found[key] is None:
            raise _fault(path, checks, len(titles), layout, below)
    return Columns(found, {key: titles[place] for key, place in places.items()} if header else {}, path, layout, below)


class Columns(dict):
    """NAME -> array with an entry for each row of a file.

    Arguments:
        found: the columns.
        titles: NAME -> the column's name in the header; empty without a header.
        path, layout: the file, and its Layout.
        first: number of the first line below the header.
    """

    def __init__(self, found, titles, path, layout, first):
        super().__init__(found)
        self.titles = titles
        self._rows = path, layout, first

    def line(self, row):
        """Number of the line of a row, counted from 0."""
        path, layout, first = self._rows
        with Path(path).open(encoding="utf-8-sig") as file:
            return next(islice((number for number, _ in layout.lines(file) if number >= first), row, None))


def _column(column, text, layout):
    """The entries of a column as an array of numbers, or of texts where it may hold such; None where it does not."""
    if column.dtype.kind not in "iuf":  # quoted numbers, names, or neither
        cells = column.map(lambda cell: layout.cell(str(cell)))
        different = cells.unique()
        if not all(map(layout.is_number, different)):
            return cells.to_numpy(dtype=object) if text and all(map(layout.is_label, different)) else None
        column = cells.map({cell: layout.number(cell) for cell in different})
    fits = np.all(np.isfinite(column)) and (not text or np.all(column % 1 == 0))
    return np.ascontiguousarray(column) if fits else None


def _first_line(file, layout):
    """(number, text) of the first line that is neither empty nor a comment."""
    for number, text in layout.lines(file):
        if "\0" in text:
            raise InputError("this is not a text in UTF-8", remedy="save it as UTF-8").within(line=number)
        return number, text
    raise InputError("there is no line with columns in it", remedy=_WANTED)


def _places(wanted, texts, layout, text):
    """(NAME -> position, whether there is a header), from the first line."""
    cells = layout.cells(text)
    numbers = [layout.is_number(cell) or layout.has_decimal_comma(cell) for cell in cells]
    named = any(isinstance(column, str) for column in wanted.values())
    if named and all(numbers):
        remedy = _joined(_by_position(wanted, texts, len(cells)), _advised(layout, text))
        raise InputError("the first line holds numbers, not the names of the columns", remedy=remedy)
    places = {key: int(_place(key, column, texts, layout, text)) for key, column in wanted.items()}
    for key, place in places.items():
        same = next(other for other in places if places[other] == place)
        if same != key:
            first, second = sorted((same, key), key=lambda name: name in texts)
            raise InputError(second, wanted[second], f"another column than that of {first}", _none(second, texts))
    needed = [key for key in wanted if key not in texts]
    for key in needed:
        if layout.has_decimal_comma(cells[places[key]]):
            raise InputError(key, cells[places[key]], "a finite number", _advised(layout, text))
    return places, named or not all(_is_float(cells[places[key]], layout) for key in needed)


def _is_float(text, layout):
    """Whether an entry stands for a number, an infinite one or NaN included: no header holds those."""
    try:
        return layout.number(text) is not None
    except ValueError:
        return False


def _place(key, column, texts, layout, text):
    """The position of a column."""
    cells = layout.cells(text)
    if isinstance(column, str):
        if cells.count(column) == 1:
            return cells.index(column)
        known = "a name that occurs once in the header" if column in cells else "a column of the header"
        allowed = ", ".join([known, *map(repr, cells)])
        remedy = f"give {key}= its name, or its position, counted from 0"
        raise InputError(key, column, allowed, _joined(remedy, _none(key, texts), _advised(layout, text)))
    if isinstance(column, bool) or not hasattr(column, "__index__") or column.__index__() < 0:
        raise InputError(key, column, "the name of a column, or its position, counted from 0")
    if column.__index__() >= len(cells):
        raise InputError(key, column, f"a position from 0 to {len(cells) - 1}", _advised(layout, text))
    return column


def _by_position(wanted, texts, n):
    """How to give the columns by position, in a file with n of them."""
    keys = sorted(wanted, key=lambda key: key in texts)
    if n < len([key for key in keys if key not in texts]):
        return f"{' and '.join(keys)} are needed, but there is only {counted(n, 'column')}"
    given = [f"{key}={k if k < n else None}" for k, key in enumerate(keys)]
    missing = [f", if all lines are of one {key}" for key in keys[n:]]
    order = "" if missing else ", if that is their order"
    return f"give the columns by position, counted from 0, as in {', '.join(given)}{''.join(missing)}{order}"


def _none(key, texts):
    return f"give {key}=None if all lines are of one {key}" if key in texts else ""


def _advised(layout, text):
    advice = layout.advice(text)
    return f"give {advice}" if advice else ""


def _separated(layout):
    return f"columns are separated by {layout}; give separator= if that is wrong"


def _joined(*remedies):
    return "; or ".join(filter(None, remedies))


def _table(path, layout, skipped):
    """The lines below the first `skipped` as a pandas.DataFrame, each column of the type that its entries have."""
    import pandas as pd

    with warnings.catch_warnings(), Path(path).open(encoding="utf-8-sig") as file:
        # What pandas 3.1 deprecates for being its default now, an older one needs.
        warnings.filterwarnings("ignore", "The 'float_precision' argument is deprecated")
        for _ in range(skipped):
            file.readline()
        try:
            return pd.read_csv(
                file, sep=layout.separator, header=None, comment=layout.comment or None, decimal=layout.decimal,
                float_precision="round_trip", na_filter=False, quoting=csv.QUOTE_NONE, skipinitialspace=True,
                low_memory=False,
            )  # fmt: skip
        except pd.errors.EmptyDataError:
            return pd.DataFrame()
        except pd.errors.ParserError:  # lines of different lengths
            return None


def _fault(path, checks, columns, layout, first):
    """The InputError of the first line that has more or fewer columns, or an entry that fails its check.

    Arguments:
        path, layout: the file, and its Layout.
        checks: NAME -> (position, function of a text to whether it is right).
        columns: how many there are.
        first: number of the first line below the header.
    """
    with Path(path).open(encoding="utf-8-sig") as file:
        for number, text in layout.lines(file):
            if number < first:
                continue
            refused = _fault_of_line(text, checks, columns, layout)
            if refused is not None:
                return refused.within(file=path, line=number)
    return InputError("this is not a table of numbers", remedy=_separated(layout)).within(file=path)


def _fault_of_line(text, checks, columns, layout):
    """The InputError of one line; None where it is as the others."""
    cells = layout.cells(text)
    if len(cells) != columns:
        remedy = _advised(layout, text) or _separated(layout)
        if '"' in text:
            remedy = f"if an entry in quotes contains {layout}, save the file with another separator"
        return InputError("number of columns", len(cells), columns, remedy)
    for key, (place, right) in checks.items():
        if not right(cells[place]):
            allowed = "a whole number, or a name" if right == layout.is_label else "a finite number"
            comma = layout.has_decimal_comma(cells[place])
            return InputError(
                key, cells[place], allowed, "give decimal=',' if this is a decimal comma" if comma else ""
            )
    return None
