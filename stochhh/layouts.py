"""The layout of a text file with columns: what separates and surrounds its entries, and what else it may be."""

import re
from typing import NamedTuple

import numpy as np

from .errors import InputError, number_in

__all__ = ["Layout"]

_SEPARATORS = (";", "\t", ",")  # that are found; where a line has as many of two, the first: 0;12,5
_OTHERS = "|:&!"  # that are advised
_SPACES = r"\s+"
_AROUND = " \t\"'"  # blanks and quotes around an entry
_OF_NUMBERS = "+-.\"'"
_BEFORE_NAMES = "+-.\"'_([<"
_DECIMAL_COMMA = re.compile(r"(?:^|[\s;|\"'])[+-]?\d+,\d+(?:$|[\s;|\"'eE])")


class Layout(NamedTuple):
    """How a text file writes its columns.

    Arguments:
        separator: what stands between columns; white space for a blank; None until it is `found_in` a line.
        comment: what a line of comment begins with; nothing for none.
        decimal: what stands before the decimals of a number.
    """

    separator: str | None
    comment: str
    decimal: str

    @classmethod
    def of(cls, separator=None, comment="#", decimal="."):
        """The layout with these options of a reader; InputError for one that is not possible."""
        if not isinstance(decimal, str) or decimal not in (".", ","):
            raise InputError("decimal", decimal, "'.' or ','")
        comment = "" if comment is None else comment
        if comment != "" and not _is_mark(comment, _OF_NUMBERS + ","):
            raise InputError("comment", comment, "one character such as '#' or '%', or '' for none")
        separator = _SPACES if separator == " " else separator
        if separator not in (None, _SPACES) and not _is_mark(separator, _OF_NUMBERS + decimal + comment):
            allowed = "one character that is not part of a number or of a comment, such as ',' or '|'"
            remedy = "leave it out, and a comma, a semicolon, a tab or white space is found"
            raise InputError("separator", separator, allowed, remedy)
        return cls(separator, comment, decimal)

    def found_in(self, text):
        """This layout with the separator that is found in a line of the file."""
        if self.separator is not None:
            return self
        known = [mark for mark in _SEPARATORS if mark in text and mark not in (self.decimal, self.comment)]
        return self._replace(separator=max(known, key=text.count, default=_SPACES))

    def lines(self, file):
        """(number, text) of the lines that are neither empty nor a comment."""
        for number, line in enumerate(file, start=1):
            text = line.partition(self.comment)[0].strip() if self.comment else line.strip()
            if text:
                yield number, text

    def cells(self, text):
        """The entries of a line."""
        return list(map(self.cell, text.split() if self.separator == _SPACES else text.split(self.separator)))

    @staticmethod
    def cell(text):
        """An entry without the blanks and quotes around it."""
        return text.strip(_AROUND)

    def number(self, text):
        """The number that an entry stands for; ValueError if it stands for none."""
        if self.decimal == ",":
            if "." in text:
                raise ValueError(f"not a number with a decimal comma: {text!r}")
            text = text.replace(",", ".")
        return number_in(text)

    def is_number(self, text):
        """Whether an entry stands for a finite number."""
        try:
            return bool(np.isfinite(self.number(text)))
        except ValueError:
            return False

    def is_label(self, text):
        """Whether an entry may name a trial: a whole number, or a text that is not a number."""
        return self.number(text) % 1 == 0 if self.is_number(text) else bool(text)

    def has_decimal_comma(self, text):
        """Whether a line, or an entry, seems to hold decimal commas that this layout does not read."""
        return self.decimal == "." and bool(_DECIMAL_COMMA.search(text))

    def advice(self, text):
        """The options that may read a line which this layout does not, as they follow "give"; or nothing."""
        options = []
        if not text[0].isalnum() and text[0] not in _BEFORE_NAMES and text[0] != self.separator:
            options.append(f"comment={text[0]!r} if that line is a comment")
        if self.has_decimal_comma(text):
            options.append("decimal=',' if its commas are decimal points")
        marks = [mark for mark in (*_SEPARATORS, *_OTHERS) if mark in text[1:-1] and mark != self.separator]
        if "," in marks and self.has_decimal_comma(text):
            marks.remove(",")
        if not marks and len(self.cells(text)) == 1 < len(text.split()):
            marks = [" "]
        options += [f"separator={mark!r} if that separates the columns" for mark in marks[:1]]
        return ", or ".join(options)

    def __str__(self):
        return "white space" if self.separator == _SPACES else repr(self.separator)


def _is_mark(mark, other):
    """Whether it is one character that separates: none of words, ends of lines, and those that are in `other`."""
    single = isinstance(mark, str) and len(mark) == 1 and mark.isascii()
    return single and (mark.isprintable() or mark == "\t") and not mark.isalnum() and mark not in other
