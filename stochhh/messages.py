"""What a person reads: short texts without control characters, on streams that may be closed or full."""

import errno
import os
import re
import reprlib
import sys
from contextlib import suppress
from contextvars import ContextVar
from numbers import Number

__all__ = ["aligned", "counted", "escaped", "hushed", "one_line", "say", "shown", "silence", "tell", "watched"]

_VALUE = 80  # characters that a value, or a name in a table, may take


def escaped(text, most=_VALUE):
    """A text on one line of at most `most` characters; what does not print is escaped: ESC becomes \\x1b."""
    text = str(text)
    if len(text) > most:
        tail = most // 3
        text = f"{text[: most - tail - 3]}...{text[-tail:]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def aligned(rows):
    """Lines of text in columns, from one sequence of texts for each; the last column may be of any length.

    >>> aligned([("", "value", "unit"), ("rate", "8.7", "Hz")])
    ['      value  unit', 'rate  8.7    Hz']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return ["  ".join([*map(str.ljust, row, widths), row[-1]]).rstrip() for row in rows]


def counted(n, noun):
    """A number with its noun: `1 spike`, `2 spikes`."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def one_line(text):
    """A text of several lines on one, with single spaces."""
    return " ".join(str(text).split())


class _Repr(reprlib.Repr):
    """repr, cut where it would be long, also of whole numbers of so many digits that Python refuses to write them."""

    def __init__(self):
        super().__init__()
        self.maxstring = self.maxother = _VALUE

    def repr1(self, x, level):
        scalar = isinstance(x, Number) and hasattr(x, "item")
        return super().repr1(x.item() if scalar else x, level)  # 0.5, where NumPy writes np.float64(0.5)

    def repr_int(self, x, level):
        try:
            return repr(x)
        except ValueError:
            return f"<a whole number of about {int(x.bit_length() * 0.30103) + 1} digits>"


_SHORT = _Repr()

hushed = ContextVar("hushed", default=False)  # whether nothing but errors is to be said


def shown(value):
    """The repr of a value as a message quotes it: at most 80 characters on one line."""
    return escaped(re.sub(r"\n\s*", " ", _SHORT.repr(value)))


def tell(line, always=False):
    """Say a line on standard error; where that is closed or full nobody hears it, and all goes on.

    Arguments:
        line: what to say.
        always: also where all but errors is `hushed`.
    """
    if hushed.get() and not always:
        return
    with suppress(OSError, ValueError, AttributeError):  # None where it was closed from the start
        try:
            sys.stderr.write(f"{_encodable(line, sys.stderr)}\n")
            sys.stderr.flush()
        except OSError:
            silence(sys.stderr)


def say(text, needed=False):
    """Print on standard output; a reader who has left is no error, and OSError names a full one.

    Arguments:
        text: what to print.
        needed: whether it is found nowhere else, so that a closed standard output is an error too.
    """
    if sys.stdout is None:
        if needed:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF), "standard output")
        return
    try:
        print(_encodable(text, sys.stdout), flush=True)
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        raise OSError(error.errno, error.strerror, "standard output") from error


def silence(stream):
    """Let what is left in a stream go nowhere, or Python would stumble over it at its end."""
    with suppress(OSError, AttributeError, ValueError):  # one without a file behind it has no such end
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def watched():
    """Whether somebody looks at what is said: in a terminal, or in a notebook."""
    if "ipykernel" in sys.modules:
        return True
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # none, or closed
        return False


def _encodable(text, stream):
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
