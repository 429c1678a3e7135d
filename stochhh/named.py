"""Dictionaries by name that answer a misspelt name with the right one."""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar

from .errors import InputError, hinted

__all__ = ["Named", "UnknownNameError"]

_Value = TypeVar("_Value")


class UnknownNameError(InputError, KeyError):
    """There is nothing of this name."""


class Named(dict[str, _Value], Generic[_Value]):
    """A dictionary of which an unknown name is an InputError, and a KeyError, that lists the known ones.

    >>> Named(rate=8.7, cv=0.5)["rte"]
    Traceback (most recent call last):
    stochhh.named.UnknownNameError: name = 'rte' is not allowed: it must be one of rate, cv; did you mean 'rate'?
    """

    def __missing__(self, name: str) -> NoReturn:
        known = f"one of {', '.join(map(str, self))}" if self else "omitted, since there are none"
        raise UnknownNameError("name", name, known, hinted(name, self))
