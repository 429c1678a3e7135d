"""Docstrings of the public surface: one sentence first, and every parameter by its name.

Would catch: a parameter added and not described, a summary that runs over several lines, a public name without any.
"""

import importlib
import inspect
import re

import pytest

MODULES = ("stochhh", "stochhh.models", "stochhh.plotting", "stochhh.statistics", "stochhh.theory")
WIDTH = 120


def names():
    """Name -> each public function and class, once."""
    found = {}
    for module in map(importlib.import_module, MODULES):
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing) or inspect.isclass(thing):
                found.setdefault(id(thing), (f"{module.__name__}.{name}", thing))
    return dict(found.values())


def members():
    """Name -> each public method and property of these classes."""
    return {
        f"{name}.{member}": thing
        for name, kind in names().items()
        if inspect.isclass(kind)
        for member, thing in vars(kind).items()
        if not member.startswith("_") and (inspect.isfunction(thing) or isinstance(thing, property | classmethod))
    }


def parameters(thing):
    """The names of what a caller gives; none for a property, a protocol, or an error that is made like its base."""
    inherited = inspect.isclass(thing) and issubclass(thing, Exception) and "__init__" not in vars(thing)
    if inherited or isinstance(thing, property) or getattr(thing, "_is_protocol", False):
        return []
    called = thing.__func__ if isinstance(thing, classmethod) else thing
    return [name for name in inspect.signature(called).parameters if name not in ("self", "cls")]


def lacking(thing, section="Arguments:\n"):
    """What a docstring lacks, in words; parameters are looked for after this heading."""
    doc = inspect.getdoc(thing) or ""
    first = doc.partition("\n")[0]
    if not first.endswith(".") or len(first) > WIDTH:
        yield f"does not begin with one sentence on one line: {first!r}"
    described = doc.partition(section)[2] if section else doc
    for name in parameters(thing):
        if not re.search(rf"(?<![\w.]){name}\b", described):
            yield f"does not describe {name}"


@pytest.mark.parametrize("name", names())
def test_a_name_has_a_sentence_and_describes_its_parameters(name):
    assert list(lacking(names()[name])) == []


@pytest.mark.parametrize("name", members())
def test_a_member_has_a_sentence_and_mentions_its_parameters(name):
    """Short ones do so in their sentence."""
    assert list(lacking(members()[name], section="")) == []


def good(rate):
    """A sentence.

    Arguments:
        rate: spikes per second, Hz.
    """


def without(rate):
    """A sentence about rate."""


def broken(rate):
    """A sentence that goes on
    over two lines.

    Arguments:
        rate: spikes per second, Hz.
    """


def silent(rate): ...


@pytest.mark.parametrize(("thing", "faults"), [(good, 0), (without, 1), (broken, 1), (silent, 2)])
def test_a_planted_fault_is_seen(thing, faults):
    assert len(list(lacking(thing))) == faults
