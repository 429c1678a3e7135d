"""What is estimated: a quantity, with its unit and the scale of its interval."""

from typing import NamedTuple

from .scale import Scale

__all__ = ["Quantity"]


class Quantity(NamedTuple):
    """What is estimated: its name, its unit, the scale of its interval, what it is counted in.

    Arguments:
        name, unit: in the words of the field; "1" for pure numbers.
        scale: one of `scale`.
        of: what the observations are, in the plural.
        at_least: how many of them it takes.
        undefined: why it may have no value.
    """

    name: str
    unit: str
    scale: Scale
    of: str
    at_least: int
    undefined: str = "it is 0/0 here"
