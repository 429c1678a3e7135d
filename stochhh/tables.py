"""Tables of a TOML file <-> dataclasses, with every fault named by its line.

The keys of a table are the fields of a dataclass, and pydantic holds the file to them. Their values are checked by
the class, and their meaning is read from the arguments in its docstring, so that nothing is said twice.
"""

import difflib
import inspect
import re
import tomllib
from dataclasses import MISSING, fields
from typing import Annotated, Any, Required

from .errors import InputError
from .files import read_text
from .messages import shown
from .toml_lines import line_of

__all__ = ["Fault", "group", "load", "meanings", "table", "validated"]

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
        line = line_of(text, fault.at)
        raise InputError(f"{path}{f', line {line}' if line else ''}: {fault}") from fault
    except (ValueError, RecursionError) as error:
        said = re.fullmatch(r"(.*) \(at (?:(line \d+), .*|end of document)\)", str(error), re.DOTALL)
        where, what = (f", {said[2] or 'at its end'}", said[1]) if said else ("", str(error))
        if "int_max_str_digits" in what:
            raise InputError(f"{path}: a whole number has more than 4300 digits: write a smaller one") from error
        advice = next((f"; {advice}" for sign, advice in _ADVICE.items() if sign in what.lower()), "")
        raise InputError(f"{path}{where}: no valid TOML: {what[:1].lower()}{what[1:]}{advice}") from error


def table(kind, **forms):
    """The pydantic form of a table whose keys are the fields of a dataclass, and which becomes an object of it.

    pydantic sees to the keys, and the class to the values, as it does wherever else one is made. `forms` are those of
    keys that are tables in their turn; a key that is no field is left out of the object.
    """
    from pydantic import AfterValidator

    needs = {f.name: f.default is MISSING and f.default_factory is MISSING for f in fields(kind)}
    keys = group(**{key: Required[Any] if needed else Any for key, needed in needs.items()} | forms)
    return Annotated[keys, AfterValidator(lambda found: kind(**{key: found[key] for key in found if key in needs}))]


def group(**forms):
    """The pydantic form of a table of these keys, each of its own form, and of no others."""
    from pydantic import ConfigDict
    from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

    keys = TypedDict("keys", forms, total=False)
    keys.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    return keys


def validated(form, document, known):
    """What a form makes of the tables of a file, or Fault; `known` is table, as headed -> key -> its meaning."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(form).validate_python(document)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    # Of a misspelt key pydantic says first that it is missing.
    raise _fault(min(faults, key=lambda fault: fault["type"] == "missing"), known)


def _fault(error, known):
    """An error of pydantic in the words of the file."""
    at, value = error["loc"], error["input"]
    table, key = _title(at[:-1]), at[-1] if at else None
    match error["type"]:
        case "extra_forbidden":
            return Fault(at, f"{table} has no key {shown(key)}; {_advice(key, table, known)}")
        case "missing":
            lacked = repr(key) if at[:-1] else f"[{key}]"
            return Fault(at[:-1], f"{table} lacks {lacked} ({known[table][key]}): add it")
        case "list_type":
            return Fault(at, f"a {key} is headed {_title((*at, 0))}, with two brackets, one table for each")
        case "value_error":
            return _of_value(str(error["ctx"]["error"]), at, value, known[_title(at)])
    return Fault(at, f"{key} = {shown(value)} is not allowed: it must be a table, {_title(at)}")


def _of_value(message, at, table, said):
    """What a class says of a value, at the value's own line and with its meaning."""
    # The classes name the argument first, "n = -1 is not allowed: ...", perhaps with a part of it, "initial m = 2".
    found = re.search(rf"(?:^|: )({'|'.join(map(re.escape, table))})(?: (\w+))? = ", message) if table else None
    if found is None:
        return Fault(at, message)
    key, part = found.groups()
    value = table[key]
    if isinstance(value, str) and re.match(r"\s*[-+]?\.?\d", value):
        message += "; write the number alone, without quotes and unit"
    in_table = part is not None and isinstance(value, dict)
    return Fault((*at, key, part) if in_table else (*at, key), f"{message}; {key}: {said[key]}")


def meanings(kind):
    """What each field of a dataclass is, from the arguments in its docstring."""
    _, _, rest = (inspect.getdoc(kind) or "").partition("Arguments:\n")
    said = {}
    for names, text in re.findall(r"^ {4}([\w, ]+): (.*(?:\n {8}.*)*)", rest.partition("\n\n")[0], re.MULTILINE):
        said |= dict.fromkeys(names.split(", "), " ".join(text.split()).rstrip("."))
    return {f.name: said.get(f.name, "a setting") for f in fields(kind)}


def _advice(key, table, known):
    """What a key that is unknown in a table may stand for, or where it belongs."""
    small = {name.lower(): name for name in known[table]}
    near = difflib.get_close_matches(key.lower(), small, n=1)
    if near:
        name = small[near[0]]
        return f"did you mean {name!r} ({known[table][name]})?"
    homes = [title for title in known if title.startswith("[") and key in known[title]]
    return f"it belongs into {' or '.join(homes)}" if homes else f"its keys are {', '.join(known[table])}"


def _title(at):
    """A table as it is headed in the file."""
    if not at:
        return "the file"
    return "[[population]]" if at[0] == "population" else f"[{'.'.join(map(str, at))}]"
