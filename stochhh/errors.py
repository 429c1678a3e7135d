"""What a user can cause: errors that name the argument, the value got, what is allowed and what to do."""

import math
from numbers import Integral, Real

from .messages import escaped, shown

__all__ = [
    "InputError",
    "Interrupted",
    "SimulationError",
    "StochhhError",
    "UnstableStepError",
    "about",
    "integer",
    "number_in",
    "real",
]


_LINE = 800  # characters of a message


class StochhhError(Exception):
    """Any error that stochhh raises on purpose; its message is one line that can be printed as it is."""

    def __init__(self, message):
        super().__init__(escaped(message, _LINE))


class InputError(StochhhError, ValueError):
    """A value that the user set is wrong; the message names it, what is allowed and what to do."""


class SimulationError(StochhhError, RuntimeError):
    """A simulation could not be carried through."""


class UnstableStepError(SimulationError):
    """The state left the region where the scheme, or the model, holds."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run; `result` holds the unbroken leading trials that were complete, or None."""

    def __init__(self, message, result):
        super().__init__(message)
        self.result = result


def about(path, error, remedy=""):
    """An InputError that speaks of the file it is about, with what to do; the error itself if it does already."""
    said = str(error)
    if escaped(path, _LINE) in said:
        return error
    return InputError(f"{path}: {said.rstrip('.')}; {remedy}" if remedy else f"{path}: {said}")


def _refuse(name, value, allowed, remedy):
    tail = f"; {remedy}" if remedy else ""
    raise InputError(f"{name} = {shown(value)} is not allowed: it must be {allowed}{tail}")


def real(name, value, *, above=None, at_least=None, at_most=None, magnitude=None, unit="", remedy=""):
    """Return `value` as a float, or raise InputError if it is no finite real number in the range.

    Arguments:
        magnitude: least and largest that |value| may be where it is not 0; said only where that is what is wrong.
    """
    bounds = []
    if above is not None:
        bounds.append(f"above {above:g}")
    if at_least is not None:
        bounds.append(f"at least {at_least:g}")
    if at_most is not None:
        bounds.append(f"at most {at_most:g}")
    allowed = "a finite number" + (f" {' and '.join(bounds)}" if bounds else "") + (f" ({unit})" if unit else "")
    if isinstance(value, bool) or not isinstance(value, Real):
        _refuse(name, value, allowed, remedy)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if (
        not math.isfinite(number)
        or (above is not None and not number > above)
        or (at_least is not None and number < at_least)
        or (at_most is not None and number > at_most)
    ):
        _refuse(name, value, allowed, remedy)
    if magnitude is not None and number and not magnitude[0] <= abs(number) <= magnitude[1]:
        zero = "" if above is not None and above >= 0 else ", or 0"
        size = f"from {magnitude[0]:g} to {magnitude[1]:g}{zero}" if magnitude[0] else f"up to {magnitude[1]:g}"
        _refuse(name, value, f"{allowed}, of a magnitude {size}", remedy)
    return number


def number_in(text, kind=float):
    """The number that a text stands for, as other programs would read it: no 1_000, and no other digits than 0 to 9.

    Arguments:
        text: a str.
        kind: float or int.

    Raises ValueError for any other text.
    """
    if "_" in text or not text.isascii():
        raise ValueError(f"no number: {text!r}")
    return kind(text)


def integer(name, value, *, at_least=None, at_most=None, remedy=""):
    """Return `value` as an int, or raise InputError if it is no whole number in the range."""
    bounds = []
    if at_least is not None:
        bounds.append(f"at least {at_least}")
    if at_most is not None:
        bounds.append(f"at most {at_most}")
    allowed = "a whole number" + (f" {' and '.join(bounds)}" if bounds else "")
    if (
        isinstance(value, bool)
        or not isinstance(value, Integral)
        or (at_least is not None and value < at_least)
        or (at_most is not None and value > at_most)
    ):
        _refuse(name, value, allowed, remedy)
    return int(value)
