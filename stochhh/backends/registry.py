"""The backends by name: those of the library, and those that a user registers."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from typing import TYPE_CHECKING

from ..errors import InputError, within
from .backend import checked
from .diffusion import Diffusion
from .jump import Jump
from .per_neuron import PerNeuron

if TYPE_CHECKING:
    from typing import Any

    from ..annotations import BackendName
    from .backend import Backend

__all__ = ["BACKENDS", "named", "register"]

BACKENDS: dict[BackendName, type[Backend]] = {
    "per-neuron": PerNeuron,
    "jump": Jump,
    "diffusion": Diffusion,
}

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}|0?\.[0-9]+|[01](?:\.0*)?")
_STYLES = ("solid", "dashed", "dotted", "dashdot")


def named(backend: Backend) -> Any:
    """A backend, complete and checked, whose name no other has; InputError where it has that of another class."""
    whole = checked(backend)
    if BACKENDS.get(whole.name, type(backend)) is not type(backend):
        with within(backend=type(backend).__name__):
            remedy = "choose another name, or register this class with replace=True"
            raise InputError("name", whole.name, "one that no other backend has", remedy)
    return whole


def register(kind: type[Backend], replace: bool = False) -> type[Backend]:
    """Register a class of backends under its name, and return it; it may decorate the class.

        colour: "#009E73", or a grey from "0" to "1";   dashes: "solid", ..., or (offset, (on, off, ...)), in points

    Arguments:
        kind: a dataclass of settings, each with a default, and with the members of `Backend`.
        replace: whether it may replace another backend of the same name.

    `simulate`, experiments and their files then accept the name, and figures use its colour and dashes. Raises
    InputError for anything else, and for a name that is already registered.
    """
    if not isinstance(kind, type) or not is_dataclass(kind):
        raise InputError("kind", kind, "a class that is a dataclass", "write @dataclass(frozen=True) above it")
    try:
        instance = kind()
    except TypeError as error:
        raise InputError("kind", kind, "a class whose settings all have defaults") from error
    whole = checked(instance)
    with within(backend=kind.__name__):
        _check_lines(whole.colour, whole.dashes)
    name = whole.name
    if not replace and BACKENDS.get(name, kind) is not kind:
        raise InputError("name", name, "a name that is not registered already", "choose another name, or replace=True")
    BACKENDS[name] = kind
    return kind


def _check_lines(colour, dashes):
    """InputError unless figures can draw lines of this colour, with these dashes."""
    if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
        raise InputError("colour", colour, 'a colour such as "#009E73", or a grey from "0" to "1"')
    if isinstance(dashes, str) and dashes in _STYLES:
        return
    match dashes:
        case (int() | float() as offset, (tuple() | list()) as lengths):
            numbers = [offset, *lengths]
            sound = all(isinstance(a, int | float) and 0 <= a < 1e3 for a in numbers) and any(lengths)
            if sound and len(lengths) % 2 == 0:
                return
    allowed = f"one of {', '.join(_STYLES)}, or (offset, (on, off, ...)), lengths in points"
    raise InputError("dashes", dashes, allowed)
