"""The backends by name: those of the library, and those that a user registers."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from .backend import checked
from .diffusion import Diffusion
from .jump import Jump
from .per_neuron import PerNeuron

if TYPE_CHECKING:
    from ..annotations import BackendName
    from .backend import Backend

__all__ = ["BACKENDS", "register"]

BACKENDS: dict[BackendName, type[Backend]] = {
    "per-neuron": PerNeuron,
    "jump": Jump,
    "diffusion": Diffusion,
}


def register(kind: type[Backend], replace: bool = False) -> type[Backend]:
    """Register a class of backends under its name, and return it; it may decorate the class.

    Arguments:
        kind: a dataclass of settings, each with a default, and with the members of `Backend`.
        replace: whether it may replace another backend of the same name.

    `simulate`, experiments and their files then accept the name, and figures use its colour and dashes. Raises
    InputError for anything else, and for a name that is already registered.
    """
    if not isinstance(kind, type) or not is_dataclass(kind):
        raise InputError("kind", kind, "a class that is a dataclass", "write @dataclass(frozen=True) above it")
    try:
        name = checked(kind()).name
    except TypeError as error:
        raise InputError("kind", kind, "a class whose settings all have defaults") from error
    if not replace and BACKENDS.get(name, kind) is not kind:
        raise InputError("name", name, "a name that is not registered already", "choose another name, or replace=True")
    BACKENDS[name] = kind
    return kind
