"""Presynaptic populations, and what superposition and thinning make of them."""

from dataclasses import asdict, dataclass
from math import fsum

import numpy as np

from ..errors import InputError, integer, real
from ..units import UNITS, per_ms
from .weights import WEIGHT_DISTRIBUTIONS

__all__ = ["Population", "SynapticInput"]

_LARGEST = 1e6  # mV
_WIDEST = 1000.0  # standard deviation of a lognormal weight over its mean


@dataclass(frozen=True)
class Population:
    """`n` presynaptic neurons, each an independent Poisson process, with unreliable synapses of one kind.

    Arguments:
        name: what it is called in tables and files; unique within an input.
        n: number of presynaptic neurons, 0 or more.
        rate: spikes of one neuron, Hz, 0 or more.
        weight: what one transmitted spike adds to V at once, mV; negative for inhibition.
        p: probability that a spike is transmitted, from 0 to 1.
        weight_distribution: "constant"; or the law from which each transmitted spike draws a weight of mean
            `weight` anew: "exponential" or "lognormal", of the sign of `weight`, or "normal".
        weight_sd: standard deviation of a normal or lognormal weight, mV, above 0.

    Its transmitted spikes are one Poisson process of intensity n * rate * p (superposition and thinning:
    Kingman, Poisson Processes, 1993, sections 2.2 and 5.1). Raises InputError, by name.
    """

    name: str
    n: int
    rate: float
    weight: float
    p: float
    weight_distribution: str = "constant"
    weight_sd: float = 0.0

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name or "." in self.name:
            raise InputError(f"name = {self.name!r} is not allowed: a population needs a name, a text without dots")
        of = f"population {self.name!r}:"
        object.__setattr__(self, "n", integer(f"{of} n", self.n, at_least=0, at_most=2**32))
        object.__setattr__(self, "rate", real(f"{of} rate", self.rate, at_least=0, unit="Hz per neuron"))
        weight = real(f"{of} weight", self.weight, at_least=-_LARGEST, at_most=_LARGEST, unit=UNITS["weight"])
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "p", real(f"{of} p", self.p, at_least=0, at_most=1, unit="a probability"))
        object.__setattr__(self, "weight_sd", self._checked_sd(of))

    def _checked_sd(self, of):
        """The standard deviation as a float, if the distribution is one and allows it."""
        name = self.weight_distribution
        if not isinstance(name, str) or name not in WEIGHT_DISTRIBUTIONS:
            known = ", ".join(WEIGHT_DISTRIBUTIONS)
            raise InputError(f"{of} weight_distribution = {name!r} is not allowed: it must be one of {known}")
        if not WEIGHT_DISTRIBUTIONS[name].has_sd:
            own = "|weight|" if name == "exponential" else "0"
            leave = f"that of the {name} distribution is {own}: leave it out, or choose normal or lognormal"
            return real(f"{of} weight_sd", self.weight_sd, at_least=0, at_most=0, unit=UNITS["weight"], remedy=leave)
        give = f"a {name} weight needs one; for none choose constant"
        sd = real(f"{of} weight_sd", self.weight_sd, above=0, at_most=_LARGEST, unit=UNITS["weight"], remedy=give)
        if name == "lognormal" and sd > _WIDEST * abs(self.weight):
            raise InputError(
                f"{of} weight_sd = {sd:g} is not allowed: it must be at most {_WIDEST:g} |weight| for a lognormal "
                f"weight, and weight is {self.weight:g} mV; lower weight_sd, or give a weight other than 0"
            )
        return sd

    @property
    def intensity(self):
        """lambda = n * rate * p: transmitted spikes per ms."""
        return self.n * per_ms(self.rate) * self.p

    @property
    def law(self):
        """The law of one weight, as the formula of `weights` has it."""
        return WEIGHT_DISTRIBUTIONS[self.weight_distribution].law(self.weight, self.weight_sd)

    @property
    def random(self):
        """Whether each transmitted spike draws a weight of its own."""
        return self.weight_distribution != "constant"

    def moment(self, j):
        """E[w^j] of one weight, mV^j, j >= 1: weight^j where it is constant. Exact."""
        return WEIGHT_DISTRIBUTIONS[self.weight_distribution].moment(j, self.weight, self.weight_sd)


class SynapticInput:
    """Independent populations that move V by their weights: an additive Levy process on V.

        Lambda = sum_k lambda_k,    kappa_j = sum_k lambda_k E[weight_k^j]

    Arguments: any number of populations, of different names; none at all is the undisturbed neuron.

    >>> drive = SynapticInput(
    ...     Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
    ...     Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
    ... )
    >>> drive.intensity, round(drive.cumulant(1), 12), round(drive.cumulant(2), 12)
    (25.0, 0.0, 1.0)
    """

    # The state variable that an event moves.
    target = "V"

    def __init__(self, *populations):
        for population in populations:
            if not isinstance(population, Population):
                raise InputError(f"{population!r} is no Population: give SynapticInput(Population(...), ...)")
        names = [population.name for population in populations]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"two populations are called {name!r}: give each its own name")
        self.populations = tuple(populations)
        self.intensities = np.array([population.intensity for population in populations], dtype=float)
        self.weights = np.array([population.weight for population in populations], dtype=float)
        if not np.isfinite(self.intensity):
            raise InputError(f"the merged intensity is {self.intensity} /ms: lower n or rate")

    def __repr__(self):
        return f"SynapticInput({', '.join(map(repr, self.populations))})"

    def __eq__(self, other):
        return isinstance(other, SynapticInput) and self.populations == other.populations

    def __hash__(self):
        return hash(self.populations)

    @property
    def intensity(self):
        """Lambda: transmitted events of all populations together, per ms."""
        return float(self.intensities.sum())

    @property
    def probabilities(self):
        """lambda_k / Lambda: the chance that an event is one of population k; zeros if nothing fires."""
        return self.intensities / self.intensity if self.intensity > 0 else np.zeros_like(self.intensities)

    def cumulant(self, j):
        """kappa_j = sum_k lambda_k E[weight_k^j], mV^j/ms: the j-th cumulant that L gains per ms, j >= 1. Exact."""
        j = integer("j", j, at_least=1)
        try:
            return fsum(p.intensity * p.moment(j) for p in self.populations)
        except OverflowError:
            raise InputError(f"j = {j} is not allowed: the cumulant is beyond the largest number") from None

    def as_dict(self):
        """The populations, one dictionary each."""
        return [asdict(population) for population in self.populations]
