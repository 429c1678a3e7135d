"""The quantity that is estimated, with its unit and the scale of its interval."""

from typing import NamedTuple

from .scale import Scale

__all__ = ["Quantity"]


class Quantity(NamedTuple):
    """A quantity: its name, its unit, the scale of its interval, and its observations.

    Arguments:
        name, unit: name and unit; "1" for dimensionless quantities.
        scale: one of `scale`.
        of: name of the observations, in the plural.
        at_least: smallest number of observations.
        undefined: why it may be undefined.
    """

    name: str
    unit: str
    scale: Scale
    of: str
    at_least: int
    undefined: str = "it is 0/0 here"
