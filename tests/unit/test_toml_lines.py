"""The line on which a key of a TOML file begins.

Would catch: a header inside a text taken for one, the wrong one of two tables, work that grows with the square of the
file's length.
"""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stochhh import toml_lines
from stochhh.toml_lines import line_of

STATEMENTS = [
    "{} = 1",
    "{} = [ # one\n  1, [2,\n\n 3], # ]\n  {{ a = '[b]' }} ]",
    "{} = '''\n[b]\na = 2\n''''",
    '{} = """\n[b] # not \\""" yet\na = 2"""""',
    '{} = "# [b] \\" = ["  # b = 3 ]',
    '{} = \'[[b]] \\\' # """ [',
    "{} = {{ a = 1, b = {{ c = [1, 2] }} }}",
    "{} = [{{ a = 1 }}, {{ b = 2 }}]",
    "{} = ''\n\n   # [b]\n",
    '{} = """"""',
    "  {} = 1979-05-27T07:32:00Z",
]
KEYS = ["a", "b", "c", "a.b", 'b."a.b"', '"# ]" . c', "'='", '"\\u00e4"']
HEADERS = ["[{}]", "[[{}]]", "  [ {} ] # [c]", "[[ {} ]]#"]


def slowly(text, at):
    """The definition: where the first statement begins after which the text so far holds what stands at `at`."""
    lines, begin = text.split("\n"), 1
    for number in range(1, len(lines) + 1):
        try:
            document = tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue
        if toml_lines._holds(document, at):
            return begin
        begin = number + 1
        while begin <= len(lines) and (not lines[begin - 1].strip() or lines[begin - 1].lstrip().startswith("#")):
            begin += 1
    return None


def places(value, at=()):
    """All that leads to something in a document."""
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*at, key))


statement = st.tuples(st.sampled_from(STATEMENTS), st.sampled_from(KEYS)).map(lambda pair: pair[0].format(pair[1]))
header = st.tuples(st.sampled_from(HEADERS), st.sampled_from(KEYS)).map(lambda pair: pair[0].format(pair[1]))


@settings(deadline=None)
@given(st.lists(statement | header | st.sampled_from(["", "# a = 1", "\t# [a]"]), max_size=12))
def test_every_key_of_any_file_has_the_line_of_the_definition(parts):
    text = ""
    for part in parts:  # a part that contradicts those before is left out
        try:
            tomllib.loads(f"{text}{part}\n")
        except tomllib.TOMLDecodeError:
            continue
        text += f"{part}\n"
    for at in places(tomllib.loads(text)):
        if at:
            assert line_of(text, at) == slowly(text, at), (text, at)
            assert line_of(text[:-1], at) == slowly(text, at), "without the last line end"
    for at in [(), ("none",), ("a", "none"), ("a", 9), ("b", "b", 0)]:
        assert line_of(text, at) is None or slowly(text, at) is not None


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [
        ("[[a]]\nx = 1\n[a.b]\ny = 1\n[[a]]\nx = 1\n[a.b]\ny = 1\n", ("a", 1, "b", "y"), 8),
        ("[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 1\n", ("a", 1, "b", 1, "x"), 8),
        ("[a.b.c]\n[a]\nb.d = 1\n", ("a",), 1),
        ("a.b = 1\na.c = 2\n", ("a", "c"), 2),
        ('x = """\n[a]\n"""\n[a]\n', ("a",), 4),
        ("x = [\n[1],\n[2]\n]\ny = 2\n", ("y",), 5),
        ("x = 1", ("y",), None),
        ("x = 1", (), None),
    ],
)
def test_cases_by_hand(text, at, line):
    assert line_of(text, at) == line


@pytest.mark.parametrize(
    "filling", ["# [a] = '''\n", "k{} = 1\n", "[[t]]\nx = [\n1,\n]\n", "[t{}.u]\ny = ''' '\n '''\n"]
)
def test_the_work_grows_with_the_length_of_the_file(filling, monkeypatch):
    """Each statement is handed to the parser once, if at all."""
    text = "".join(filling.format(k) for k in range(2000)) + "[last]\nkey = 1\n"
    read, parse = [], tomllib.loads

    def loads(text):
        read.append(len(text))
        return parse(text)

    monkeypatch.setattr(tomllib, "loads", loads)
    assert line_of(text, ("last", "key")) == text.count("\n")
    assert sum(read) <= len(text)
