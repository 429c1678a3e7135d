"""The largest difference that does not matter."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import InputError, number_in, real, within

__all__ = ["Margin"]


class Margin(NamedTuple):
    """A margin of equivalence: in the unit of a statistic, or relative to the reference.

    Arguments:
        size: the margin, or its fraction of the value of the reference, 0.05 for 5 %.
        relative: whether it is such a fraction.
    """

    size: float
    relative: bool

    @classmethod
    def of(cls, margin: float | str | Margin, name: str) -> Margin:
        """The Margin for a number or a text such as "5%"; otherwise InputError with the name of the statistic."""
        if isinstance(margin, Margin):
            return margin
        with within(argument="margins"):
            return cls._parsed(margin, name)

    @classmethod
    def _parsed(cls, margin, name):
        if not isinstance(margin, str):
            return cls(real(name, margin, at_least=0.0), False)
        number, sign, rest = margin.strip().partition("%")
        try:
            if sign and not rest:
                return cls(real(name, number_in(number), at_least=0.0) / 100, True)
        except (ValueError, InputError):
            pass
        allowed = 'a finite number of at least 0, in the unit of the statistic, or a percentage of the reference, "10%"'
        raise InputError(name, margin, allowed)

    def at(self, value: float | None) -> float | None:
        """The margin in the unit of the statistic, for a reference of this value; None if that is None."""
        if not self.relative:
            return self.size
        return None if value is None else self.size * abs(value)
