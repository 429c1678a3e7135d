"""Tables of a TOML file <-> dataclasses, with every fault named by its line.

The keys of a table are the fields of a dataclass. Their values are checked by the class, and their meaning is read
from the arguments in its docstring, so that nothing is said twice.
"""

import difflib
import inspect
import re
import tomllib
from dataclasses import MISSING, fields

from .errors import InputError
from .files import read_text

__all__ = ["Fault", "checked", "load", "made", "meanings"]


# What a newcomer to TOML most likely meant, by the words of the parser.
_ADVICE = {
    "after a statement": "a number stands alone, without its unit, and a text in quotes",
    "invalid value": "give a number, or a text in quotes",
    "overwrite": "give each key once; a table that comes several times is headed [[...]], with two brackets",
    "twice": "a table that comes several times is headed [[...]], with two brackets",
}


class Fault(InputError):
    """What is wrong, and the keys that lead to it from the top of the file."""

    def __init__(self, at, message):
        super().__init__(message)
        self.at = at


def load(path, build, wanted):
    """What `build` makes of the tables of a TOML file. Raises InputError that names the line.

    Arguments:
        path: the file.
        build: function of a dictionary, which may raise Fault.
        wanted: what should be named instead, if there is no such file.
    """
    text = read_text(path, wanted)
    try:
        return build(tomllib.loads(text))
    except Fault as fault:
        line = _line_of(text, fault.at)
        raise InputError(f"{path}{f', line {line}' if line else ''}: {fault}") from fault
    except (ValueError, RecursionError) as error:
        said = re.fullmatch(r"(.*) \(at (?:(line \d+), .*|end of document)\)", str(error), re.DOTALL)
        where, what = (f", {said[2] or 'at its end'}", said[1]) if said else ("", str(error))
        advice = next((f"; {advice}" for sign, advice in _ADVICE.items() if sign in what.lower()), "")
        raise InputError(f"{path}{where}: no valid TOML: {what[:1].lower()}{what[1:]}{advice}") from error


def made(kind, table, at, elsewhere=None):
    """An object of a dataclass from a table whose keys are its fields. Raises Fault.

    Arguments:
        kind: the dataclass, which checks the values.
        table: a dictionary.
        at: the keys that lead to it from the top of the file.
        elsewhere: key -> the table where it belongs, as advice for one that is wrong here.
    """
    said = meanings(kind)
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
    table = checked(table, at, said, needed, elsewhere)
    try:
        return kind(**table)
    except InputError as error:
        message = str(error)
    # The classes name the argument first, "n = -1 is not allowed: ...", perhaps with a part of it, "initial m = 2".
    found = re.search(rf"(?:^|: )({'|'.join(map(re.escape, table))})(?: (\w+))? = ", message) if table else None
    if found is None:
        raise Fault(at, message)
    key, part = found.groups()
    value = table[key]
    if isinstance(value, str) and re.match(r"\s*[-+]?\.?\d", value):
        message += "; write the number alone, without quotes and unit"
    in_table = part is not None and isinstance(value, dict)
    raise Fault((*at, key, part) if in_table else (*at, key), f"{message}; {key}: {said[key]}")


def checked(table, at, known=None, needed=(), elsewhere=None):
    """Return `table` if it is one, all its keys are `known` (key -> meaning) and none of the `needed` is missing."""
    if not isinstance(table, dict):
        raise Fault(at, f"{at[-1]} = {table!r} is not allowed: it must be a table, {_title(at)}")
    for key in table if known is not None else ():
        if key not in known:
            raise Fault((*at, key), f"{_title(at)} has no key {key!r}; {_advice(key, known, elsewhere or {})}")
    for key in needed:
        if key not in table:
            raise Fault(at, f"{_title(at)} lacks {repr(key) if at else f'[{key}]'} ({known[key]}): add it")
    return table


def meanings(kind):
    """What each field of a dataclass is, from the arguments in its docstring."""
    _, _, rest = (inspect.getdoc(kind) or "").partition("Arguments:\n")
    said = {}
    for names, text in re.findall(r"^ {4}([\w, ]+): (.*(?:\n {8}.*)*)", rest.partition("\n\n")[0], re.MULTILINE):
        said |= dict.fromkeys(names.split(", "), " ".join(text.split()).rstrip("."))
    return {f.name: said.get(f.name, "a setting") for f in fields(kind)}


def _advice(key, known, elsewhere):
    """What an unknown key may stand for, or where it belongs."""
    small = {name.lower(): name for name in known}
    near = difflib.get_close_matches(key.lower(), small, n=1)
    if near:
        name = small[near[0]]
        return f"did you mean {name!r} ({known[name]})?"
    return f"it belongs into {elsewhere[key]}" if key in elsewhere else f"its keys are {', '.join(known)}"


def _title(at):
    """A table as it is headed in the file."""
    if not at:
        return "the file"
    return "[[population]]" if at[0] == "population" else f"[{'.'.join(map(str, at))}]"


def _line_of(text, at):
    """The line on which the key or table at `at` begins: the first one after which the text so far holds it."""
    lines = text.split("\n")
    begin = 1
    for number in range(1, len(lines) + 1):
        try:
            document = tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:  # inside a value of several lines
            continue
        if at and _holds(document, at):
            return begin
        begin = number + 1
    return None


def _holds(document, at):
    for key in at:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True
