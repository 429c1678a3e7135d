"""What a user can cause: errors that are data first, and the one place that makes a sentence of them."""

from __future__ import annotations

import math
from contextlib import contextmanager
from itertools import starmap
from numbers import Integral, Real
from typing import TYPE_CHECKING, NamedTuple, Self

from .messages import escaped, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .results import Result

__all__ = [
    "InputError",
    "Interrupted",
    "Place",
    "SimulationError",
    "StochhhError",
    "UnstableStepError",
    "choice",
    "hinted",
    "instance",
    "integer",
    "likely",
    "number_in",
    "real",
    "within",
]


_LINE = 800  # characters of a message


def __dir__():
    """What a user catches or reads; the checks are for the package itself."""
    return [name for name in __all__ if name[0].isupper()]


class Place(NamedTuple):
    """One step on the way to what is wrong.

    Arguments:
        kind: "file", "line", "table" (of a TOML file), "option" (of the command line), "population", "trial", "model",
            "backend", "scheme", "statistic", "member", "variable" or "attribute" of a file; "argument", where what is
            wrong is a part of one.
        name: its name or number; of a table the keys that lead to it, a tuple.
    """

    kind: str
    name: object

    def __str__(self):
        match self.kind:
            case "file":
                return str(self.name)
            case "option" | "member" | "argument":
                return escaped(self.name)
            case "population":
                return f"population {shown(self.name)}"
        return f"{self.kind} {escaped(self.name)}"


class StochhhError(Exception):
    """Any error that stochhh raises on purpose; its text is one line that can be printed as it is.

    Arguments:
        fault: what is wrong, a sentence without its full stop.
        where: Places from the outside in, such as the file, the line, the population; `within` adds to them.
    """

    fault: str
    where: tuple[Place, ...]

    def __init__(self, fault: str, where: Iterable[tuple[str, object]] = ()) -> None:
        super().__init__(fault)
        self.fault = fault
        self.where = tuple(starmap(Place, where))

    def __str__(self) -> str:
        return escaped(f"{_prefix(self.where)}{self._sentence()}", _LINE)

    def _sentence(self):
        return self.fault

    def place(self, kind: str) -> object:
        """The name of the innermost place of a kind, None where there is none."""
        return next((place.name for place in reversed(self.where) if place.kind == kind), None)

    def within(self, **places: object) -> Self:
        """This error with these places added to where it happened, outermost first; what it knows is not repeated.

        >>> print(InputError("n", -1, "a whole number").within(file="a.toml", line=3))
        a.toml, line 3: n = -1 is not allowed: it must be a whole number
        """
        outer = [Place(kind, str(name) if kind == "file" else name) for kind, name in places.items()]
        self.where = (*(place for place in outer if place not in self.where), *self.where)
        return self


class InputError(StochhhError, ValueError):
    """A value that the user set is wrong; the message names it, what is allowed and what to do.

        [where: ]argument = value is not allowed: it must be allowed[; remedy]

    Arguments:
        argument: its name, as the user writes it.
        value: what was given.
        allowed: what it must be; reads on from "it must be".
        remedy: what to do, beyond giving what is allowed.
        where: Places from the outside in.

    Without a value the first argument is a sentence that says what is wrong, as for any exception of Python: not every
    fault is one argument's (two files that are one, a damaged file), and authors of models raise errors of their own.
    `argument` and `value` are None then.
    """

    argument: str | None
    value: object
    allowed: str
    remedy: str

    def __init__(
        self,
        argument: str,
        value: object = ...,
        allowed: str = "",
        remedy: str = "",
        where: Iterable[tuple[str, object]] = (),
    ) -> None:
        single = value is not ...
        super().__init__(f"{escaped(argument)} = {shown(value)} is not allowed" if single else argument, where)
        self.argument, self.value = (argument, value) if single else (None, None)
        self.allowed, self.remedy = allowed, remedy

    def _sentence(self):
        said = f"{self.fault}: it must be {self.allowed}" if self.allowed else self.fault
        return f"{said}; {self.remedy}" if self.remedy else said

    def advised(self, remedy: str) -> Self:
        """This error with a further remedy, a text."""
        self.remedy = "; ".join(filter(None, (self.remedy, remedy)))
        return self


class SimulationError(StochhhError, RuntimeError):
    """A simulation could not be completed."""


class UnstableStepError(SimulationError):
    """The state left the region in which the scheme and the model are valid."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run, with the complete trials up to the first incomplete one.

    Arguments:
        message: what was interrupted, and how many trials are complete.
        result: a Result with these trials, or None.
    """

    def __init__(self, message: str, result: Result | None) -> None:
        super().__init__(message)
        self.result = result


@contextmanager
def within(**places):
    """A context that adds these places to where its errors happened, as by `StochhhError.within`."""
    try:
        yield
    except StochhhError as error:
        error.within(**places)
        raise


def _prefix(where):
    """Places as a message begins with them: `a.toml, line 3: population 'exc': `, `margins `; a table has its line."""
    text, after = "", ""
    for place in where:
        if place.kind != "table":
            text += (", " if text and place.kind == "line" else after) + str(place)
            after = " " if place.kind == "argument" else ": "
    return text + after


def choice(name, value, known, remedy=""):
    """Return `value`, or raise InputError if it is none of the texts in `known`."""
    if not isinstance(value, str) or value not in known:
        raise InputError(name, value, f"one of {', '.join(known)}", remedy)
    return value


def instance(name, value, kind, remedy=""):
    """Return `value`, or raise InputError if it is not an instance of `kind`, a class or a tuple of classes."""
    if not isinstance(value, kind):
        names = [known.__name__ for known in (kind if isinstance(kind, tuple) else (kind,))]
        article = "an" if names[0][0] in "AEIOU" else "a"
        raise InputError(name, value, f"{article} {' or '.join(names)}", remedy)
    return value


def hinted(name, known, otherwise=""):
    """`did you mean 'rate'?` for a misspelt name; `otherwise` where none of the texts in `known` is like it."""
    near = likely(name, known)
    return otherwise if near is None else f"did you mean {near!r}?"


def likely(name, known):
    """The text among `known` that a misspelt name probably stands for, or None."""
    from difflib import get_close_matches

    small = {text.lower(): text for text in known}
    near = get_close_matches(name[:99].lower(), small, n=1) if isinstance(name, str) else []
    return small[near[0]] if near else None


def real(name, value, *, above=None, at_least=None, at_most=None, magnitude=None, unit="", remedy=""):
    """Return `value` as a float, or raise InputError if it is not a finite real number in the range.

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
    allowed = f"a finite number{_joined(bounds)}" if at_least is None or at_least != at_most else f"{at_least:g}"
    allowed += f" ({unit})" if unit else ""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(name, value, allowed, remedy)
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
        raise InputError(name, value, allowed, remedy)
    if magnitude is not None and number and not magnitude[0] <= abs(number) <= magnitude[1]:
        zero = "" if above is not None and above >= 0 else ", or 0"
        size = f"from {magnitude[0]:g} to {magnitude[1]:g}{zero}" if magnitude[0] else f"up to {magnitude[1]:g}"
        raise InputError(name, value, f"{allowed}, of a magnitude {size}", remedy)
    return number


def integer(name, value, *, at_least=None, at_most=None, remedy=""):
    """Return `value` as an int, or raise InputError if it is not a whole number in the range."""
    bounds = []
    if at_least is not None:
        bounds.append(f"at least {at_least}")
    if at_most is not None:
        bounds.append(f"at most {at_most}")
    if (
        isinstance(value, bool)
        or not isinstance(value, Integral)
        or (at_least is not None and value < at_least)
        or (at_most is not None and value > at_most)
    ):
        raise InputError(name, value, f"a whole number{_joined(bounds)}", remedy)
    return int(value)


def _joined(bounds):
    """Bounds as they follow a noun: ` of at least 0 and at most 1`, ` above 0`."""
    return f" {'of ' if bounds[0].startswith('at ') else ''}{' and '.join(bounds)}" if bounds else ""


def number_in(text, kind=float):
    """The number that a text stands for, as other programs would read it: no 1_000, and no other digits than 0 to 9.

    Arguments:
        text: a str.
        kind: float or int.

    Raises ValueError for any other text.
    """
    if "_" in text or not text.isascii():
        raise ValueError(f"not a number: {text!r}")
    return kind(text)
