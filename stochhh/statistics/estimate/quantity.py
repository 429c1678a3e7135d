"""The quantity that is estimated, with its unit and the scale of its interval."""

from typing import NamedTuple

from ...errors import InputError, instance, integer, within
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

    def check(self) -> None:
        """Raise InputError, by name, for a field of another type, or for an empty name or unit."""
        for field in ("name", "unit"):
            value = getattr(self, field)
            if not isinstance(value, str) or not value.strip() or not value.isprintable():
                pure = ', "1" for a dimensionless quantity' if field == "unit" else ""
                raise InputError(f"{field} of the quantity", value, f"a text that is not empty{pure}")
        with within(statistic=self.name):
            instance("scale", self.scale, Scale, "give one of LOG, LOGIT, ROOT, FISHER, ASINH, PLAIN")
            for field in ("of", "undefined"):
                instance(field, getattr(self, field), str)
            integer("at_least", self.at_least, at_least=1)
