"""On which line of a TOML text a key or a table begins; found in one pass over the text."""

import re
import tomllib

__all__ = ["line_of"]

# What decides where a statement ends: texts and comments may hold brackets and line ends that count for nothing. The
# text of several lines may end in two quotes of its own.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})' r"|'''.*?'''(?:'{0,2})" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'|#[^\n]*|[\[\]{}\n]",
    re.DOTALL,
)


def line_of(text, at):
    """The line on which the key or table at `at` begins, None where the text does not hold it.

    Arguments:
        text: a valid TOML text.
        at: keys and places in arrays that lead to it from the top, such as ("population", 1, "weight").
    """
    at = tuple(at)
    table, lengths = (), {}
    for line, statement in _statements(text) if at else ():
        if statement.startswith("["):
            table = _headed(statement, lengths)
            if table[: len(at)] == at:
                return line
        elif at[: len(table)] == table and _holds(tomllib.loads(statement), at[len(table) :]):
            return line
    return None


def _statements(text):
    """(first line, text) of each header and each key with its value."""
    line, begin, depth, start = 1, 1, 0, 0
    for token in _TOKEN.finditer(f"{text}\n"):
        found = token[0]
        if found in "[{":
            depth += 1
        elif found in "]}":
            depth -= 1
        line += found.count("\n")
        if found == "\n" and not depth:
            statement = text[start : token.start()].strip()
            if statement and not statement.startswith("#"):
                yield begin, statement
            begin, start = line, token.end()


def _headed(header, lengths):
    """The place of the table with this header; `lengths` are those of the arrays of tables so far."""
    place, inner = (), tomllib.loads(header)
    while inner:
        ((key, inner),) = inner.items()
        place += (key,)
        if isinstance(inner, list):  # [[...]]: one more
            lengths[place] = lengths.get(place, 0) + 1
            inner = {}
        if place in lengths:  # the last one is meant
            place += (lengths[place] - 1,)
    return place


def _holds(document, at):
    for key in at:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True
