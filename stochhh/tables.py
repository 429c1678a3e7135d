"""Tables of a TOML file <-> objects, with every fault named by its line.

The keys of a table are what a class is made with, and pydantic holds the file to them. Their values are checked by the
class, and their meaning is read from the arguments in its docstring, so that nothing is said twice.
"""

import inspect
import json
import re
import tomllib
from typing import Annotated, Any, Required

from .errors import InputError, likely, within
from .files import read_text
from .messages import shown
from .toml_lines import line_of

__all__ = ["as_toml", "group", "load", "meanings", "settings_of", "table", "validated"]

# Before Python 3.14 the parser tells the line in its text alone. And what a newcomer most likely meant, by its words.
_PARSER = re.compile(r"(.*) \(at (?:line (\d+), .*|end of document)\)", re.DOTALL)
_PLAIN = {  # of what the parser says of a text whose closing quote is missing
    "illegal character '\\n'": "a text is not closed on this line",
    "unterminated string": "a text is not closed",
    'expected "\'"': "a text is not closed",
}
_ADVICE = {
    "not closed": "end it with the quote that it begins with",
    "after a statement": "a number stands alone, without its unit, and a text in quotes",
    "invalid value": "give a number, or a text in quotes",
    "overwrite": "give each key once; a table that comes several times is headed [[...]], with two brackets",
    "twice": "a table that comes several times is headed [[...]], with two brackets",
}


def load(path, build, wanted):
    """What `build` makes of the tables of a TOML file. Raises InputError that names the line.

    Arguments:
        path: the file.
        build: function of a dictionary; an InputError of it tells the table by `within(table=...)`.
        wanted: what should be named instead, if there is no such file.
    """
    text = read_text(path, wanted)
    with within(file=path):
        document = _parsed(text)
        try:
            return build(document)
        except InputError as error:
            line = _line(text, error)
            if line is not None:
                error.within(line=line)
            raise


def _parsed(text):
    """The tables of a TOML text."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = _PARSER.fullmatch(str(error))
        what = said[1] if said else str(error)
        what = next((plain for sign, plain in _PLAIN.items() if sign in what.lower()), what)
        if "int_max_str_digits" in what:
            raise InputError("a whole number has more than 4300 digits", remedy="write a smaller one") from error
        advice = next((advice for sign, advice in _ADVICE.items() if sign in what.lower()), "")
        fault = InputError(f"this is not valid TOML: {what[:1].lower()}{what[1:]}", remedy=advice)
        raise fault.within(line=int(said[2] or len(text.splitlines()))) if said else fault from error


def _line(text, error):
    """The line that an error of a value speaks of: its own, or that of the innermost table or key that is there."""
    inside = [place.name for place in error.where if place.kind == "argument"]
    keys = (*(error.place("table") or ()), *inside, error.argument)
    return next(filter(None, (line_of(text, keys[:n]) for n in range(len(keys), 0, -1))), None)


def table(kind, **forms):
    """The pydantic form of a table whose keys are the settings of a class, and which becomes an object of it.

    pydantic sees to the keys, and the class to the values, as it does wherever else one is made. `forms` are those of
    keys that are tables in their turn; a key that is no setting is left out of the object.
    """
    from pydantic import AfterValidator

    needs = {key: setting.default is setting.empty for key, setting in settings_of(kind).items()}
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
    """What a form makes of the tables of a file, or InputError; `known` is table, as headed -> key -> its meaning."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(form).validate_python(document)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    # Of a misspelt key pydantic says first that it is missing.
    raise _fault(min(faults, key=lambda fault: fault["type"] == "missing"), known)


def _fault(error, known):
    """An error of pydantic as an InputError in the words of the file."""
    at, value = error["loc"], error["input"]
    table, key = _title(at[:-1]), at[-1] if at else None
    match error["type"]:
        case "extra_forbidden":
            return InputError(f"{table} has no key {shown(key)}", remedy=_advice(key, table, known)).within(table=at)
        case "missing":
            lacked = repr(key) if at[:-1] else f"[{key}]"
            return InputError(f"{table} lacks {lacked} ({known[table][key]})", remedy="add it").within(table=at[:-1])
        case "list_type":
            allowed = f"one or more tables, each headed {_title((*at, 0))}, with two brackets"
            return InputError(key, value, allowed).within(table=at[:-1])
        case "value_error":
            return _explained(error["ctx"]["error"], value, known[_title(at)]).within(table=at)
    name = f"{at[-2]}[{key}]" if isinstance(key, int) else key  # of a list of tables
    return InputError(name, value, f"a table, {_title(at)}").within(table=at)


def _explained(error, table, said):
    """What a class raised about a value of a table, with the meaning of its key."""
    if not isinstance(error, InputError):
        return InputError(str(error))
    names = [*(place.name for place in error.where if place.kind == "argument"), error.argument]
    key = next((name for name in names if name in table), None)
    if key is not None:
        if isinstance(table[key], str) and re.match(r"\s*[-+]?\.?\d", table[key]):
            error.advised("write the number alone, without quotes and unit")
        error.advised(f"{key}: {said[key]}")
    return error


def settings_of(kind):
    """What a class is made with: name -> its parameter in the signature."""
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {key: found for key, found in inspect.signature(kind).parameters.items() if found.kind in by_name}


def meanings(kind):
    """What each setting of a class is, from the arguments in its docstring."""
    _, _, rest = (inspect.getdoc(kind) or "").partition("Arguments:\n")
    said = {}
    for names, text in re.findall(r"^ {4}([\w, ]+): (.*(?:\n {8}.*)*)", rest.partition("\n\n")[0], re.MULTILINE):
        said |= dict.fromkeys(names.split(", "), " ".join(text.split()).rstrip("."))
    return {key: said.get(key) or _default(setting) for key, setting in settings_of(kind).items()}


def _default(setting):
    """What is said of a setting that the docstring does not describe."""
    return "a setting" if setting.default is setting.empty else f"a setting, by default {shown(setting.default)}"


def as_toml(tables):
    """The text of tables, each given by its header, such as "[neuron]", and its keys with their values; no None."""
    # JSON's texts, numbers and lists are TOML's too, but for one character.
    write = lambda value: json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # noqa: E731
    texts = (
        "\n".join([title, *(f"{key} = {write(x)}" for key, x in table.items() if x is not None)])
        for title, table in tables
    )
    return "\n\n".join(texts) + "\n"


def _advice(key, table, known):
    """What a key that is unknown in a table may stand for, or where it belongs."""
    near = likely(key, known[table])
    if near is not None:
        return f"did you mean {near!r} ({known[table][near]})?"
    homes = [title for title in known if title.startswith("[") and key in known[title]]
    return f"it belongs in {' or '.join(homes)}" if homes else f"its keys are {', '.join(known[table])}"


def _title(at):
    """A table as it is headed in the file."""
    if not at:
        return "the file"
    return "[[population]]" if at[0] == "population" else f"[{'.'.join(map(str, at))}]"
