"""Equality of frozen dataclasses that hold arrays: by value, field by field."""

from dataclasses import fields

import numpy as np

__all__ = ["agree", "same_fields"]


def same_fields(self, other):
    """Whether two objects of one dataclass agree in all fields; for use as `__eq__`, with `__hash__ = None`.

    Arrays agree if their shapes and all their values do, a NaN with a NaN.
    """
    if type(other) is not type(self):
        return NotImplemented
    return all(agree(getattr(self, field.name), getattr(other, field.name)) for field in fields(self))


def agree(a, b):
    """Whether two values are equal; arrays, also within tuples, lists and dictionaries, by value."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        return a.shape == b.shape and bool(np.all((a == b) | ((a != a) & (b != b))))  # only a NaN differs from itself
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(agree(a[key], b[key]) for key in a)
    if isinstance(a, tuple | list) and type(a) is type(b):
        return len(a) == len(b) and all(map(agree, a, b))
    return bool(a == b)
