"""A presynaptic population: its neurons, their synapses, and the events that they produce together."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError, choice, integer, real, within
from ..messages import shown
from ..units import MAGNITUDES, UNITS, per_ms
from .common_spikes import CommonSpikes
from .weights import WEIGHT_DISTRIBUTIONS

if TYPE_CHECKING:
    from typing import Any

    from ..annotations import WeightDistribution
    from .weights import Coefficients

__all__ = ["Population"]

_BOUNDS: dict[str, dict[str, Any]] = {
    "rate": {"at_least": 0, "unit": "Hz per neuron"},  # how large it may be is asked of the whole input
    "weight": {"unit": UNITS["weight"], "magnitude": MAGNITUDES["weight"]},
    "p": {"at_least": 0, "at_most": 1, "unit": "a probability"},
}
_WIDEST = 1000.0  # standard deviation of a lognormal weight over its mean
_UNPRINTED = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, line and paragraph separators
_LEAST = 1e-9  # correlation; that of common spikes at 1e9 times the rate


@dataclass(frozen=True, repr=False)
class Population:
    """A population of n presynaptic neurons that spike as Poisson processes and share one type of unreliable synapse.

        lambda = n rate p  for independent neurons,    kappa_j = lambda E[w^j],    V <- V + w at each event

    Arguments:
        name: name of the population in tables and files, unique within an input and without dots.
        n: number of presynaptic neurons, 0 or more.
        rate: firing rate of one presynaptic neuron, Hz, 0 or more.
        weight: mean jump of V caused by one transmitted spike, mV; negative for inhibition.
        p: probability that a spike is transmitted, from 0 to 1; by default 1.
        weight_distribution: distribution of the weight, drawn independently for each transmitted spike: "constant",
            "exponential", "lognormal" (both with the sign of `weight`) or "normal".
        weight_sd: standard deviation of a normal or lognormal weight, mV, above 0.
        correlation: correlation of the spike counts of any two neurons of the population, from -1/(n - 1) to 1;
            positive through common spikes, negative for the diffusion backend only.
        common: name of the source of common spikes; populations with the same name share their common spikes and must
            have the same rate / correlation. By default each correlated population has a separate source.

    Exact: the transmitted spikes of independent neurons form one Poisson process of intensity lambda (superposition and
    thinning). At a positive correlation, common spikes come from a mother process of rate rate / correlation; each is
    copied to each neuron with probability `correlation`, and all copies that are transmitted act as one jump, see
    `CommonSpikes`. At a negative correlation only the mean and the variance of the input are defined; the diffusion
    needs no more, and the other backends raise InputError.

    Raises InputError, which names the argument, for a value outside these bounds.

    Source: Kingman, Poisson Processes (1993), secs. 2.2 and 5.1.

    >>> exc = Population("exc", n=80, rate=10.0, weight=1.0, p=0.5)
    >>> exc.intensity  # events per ms
    0.4
    """

    name: str
    n: int
    rate: float
    weight: float
    p: float = 1.0
    weight_distribution: WeightDistribution = "constant"
    weight_sd: float = 0.0
    correlation: float = 0.0
    common: str | None = None

    def __post_init__(self) -> None:
        if not _is_name(self.name) or "." in self.name:
            raise InputError("name", self.name, "a text without dots, line ends and other control characters")
        for key in ("name", "common"):  # one text may be composed in several ways
            if isinstance(getattr(self, key), str):
                object.__setattr__(self, key, unicodedata.normalize("NFC", getattr(self, key)))
        with within(population=self.name):
            object.__setattr__(self, "n", integer("n", self.n, at_least=0, at_most=2**32))
            for key, bounds in _BOUNDS.items():
                object.__setattr__(self, key, real(key, getattr(self, key), **bounds))
            object.__setattr__(self, "weight_sd", self._checked_sd())
            object.__setattr__(self, "correlation", self._checked_correlation())

    def _checked_sd(self):
        """The standard deviation as a float, if the distribution is one and allows it."""
        name = choice("weight_distribution", self.weight_distribution, WEIGHT_DISTRIBUTIONS)
        if not WEIGHT_DISTRIBUTIONS[name].has_sd:
            own = "|weight|" if name == "exponential" else "0"
            leave = f"that of the {name} distribution is {own}: leave it out, or choose normal or lognormal"
            return real("weight_sd", self.weight_sd, at_least=0, at_most=0, unit=UNITS["weight"], remedy=leave)
        give = f"a {name} distribution needs a standard deviation; without one choose constant"
        sd = real("weight_sd", self.weight_sd, above=0, **_BOUNDS["weight"], remedy=give)
        if name == "lognormal" and sd > _WIDEST * abs(self.weight):
            allowed = f"at most {_WIDEST:g} |weight| for a lognormal distribution, and weight is {self.weight:g} mV"
            raise InputError("weight_sd", sd, allowed, "lower weight_sd, or give a weight other than 0")
        return sd

    def _checked_correlation(self):
        """The correlation as a float, if n neurons can have it, and if it fits `common`."""
        least = -1 / (self.n - 1) if self.n > 2 else -1.0
        why = "the pairwise correlation of n neurons cannot be below -1/(n - 1)"
        c = real("correlation", self.correlation, at_least=least, at_most=1, remedy=why)
        if 0 < c < _LEAST:
            raise InputError("correlation", c, f"0, negative, or from {_LEAST:g} to 1")
        if self.common is None:
            return c
        if not _is_name(self.common):
            raise InputError("common", self.common, "a text without control characters, or omitted")
        if not c > 0:
            allowed = f"above 0 where populations share common spikes, common = {shown(self.common)}"
            raise InputError("correlation", c, allowed, "raise it, or leave common out")
        return c

    def __repr__(self) -> str:
        values = [(field, getattr(self, field.name)) for field in fields(self)]
        return f"Population({', '.join(f'{f.name}={value!r}' for f, value in values if value != f.default)})"

    @property
    def intensity(self) -> float:
        """The number of events per ms, lambda: n * rate * p for independent neurons.

        With common spikes it is smaller, since a common spike is one event. At a negative correlation, for which events
        are not defined, it is the number of transmitted spikes per ms.
        """
        if self.correlation > 0:
            return CommonSpikes((self,)).intensity
        return self.n * per_ms(self.rate) * self.p

    @property
    def label(self) -> str:
        """The name of the population in messages."""
        return f"population {shown(self.name)}"

    @property
    def coefficients(self) -> Coefficients:
        """The Coefficients of the distribution of one weight."""
        return WEIGHT_DISTRIBUTIONS[self.weight_distribution].coefficients(self.weight, self.weight_sd)

    @property
    def random(self) -> bool:
        """Whether the weights of transmitted spikes are random."""
        return self.weight_distribution != "constant"

    def weight_moment(self, j: int) -> float:
        """The j-th moment of one weight, E[w^j] in mV^j, exact.

        Arguments:
            j: order, 1 or more.
        """
        return WEIGHT_DISTRIBUTIONS[self.weight_distribution].moment(j, self.weight, self.weight_sd)

    def moment(self, j: int) -> float:
        """The j-th moment of the jump of one event, E[jump^j] in mV^j, exact.

            negative correlation, j = 2:   E[w^2] + (n - 1) correlation p E[w]^2

        The jump is one weight, or the sum of the weights of all copies of a common spike. At a negative correlation the
        second moment is defined by the variance of the input, intensity * moment(2).

        Arguments:
            j: order, 1 or more.

        Raises InputError for j above 2 at a negative correlation, where these moments are not defined.
        """
        if self.correlation > 0:
            return CommonSpikes((self,)).moment(j)
        if self.correlation < 0 and j > 2:
            allowed = (
                f"at least 0 for a cumulant of order {j} to be defined, since common spikes cannot make a negative "
                "correlation and only the mean and the variance of its input are given"
            )
            raise InputError("correlation", self.correlation, allowed).within(population=self.name)
        moment = self.weight_moment(j)
        if j == 2 and self.correlation < 0:  # 0 at its least value, but for rounding
            moment = max(0.0, moment + (self.n - 1) * self.correlation * self.p * self.weight**2)
        return moment

    def jumps(self):
        """(probability, Coefficients) of the m possible types of jump of an event, shapes (m,) and (m, 4)."""
        if self.correlation > 0:
            return CommonSpikes((self,)).jumps()
        return np.ones(1), np.array([self.coefficients])


def _is_name(name):
    """Whether it is a text that can be printed on one line."""
    return isinstance(name, str) and name != "" and _UNPRINTED.isdisjoint(map(unicodedata.category, name))
