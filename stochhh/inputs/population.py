"""Presynaptic populations, and what superposition and thinning make of them."""

from dataclasses import asdict, dataclass
from math import fsum

import numpy as np

from ..errors import InputError, integer, real
from ..units import UNITS, per_ms

__all__ = ["Population", "SynapticInput"]


@dataclass(frozen=True)
class Population:
    """`n` presynaptic neurons, each an independent Poisson process, with unreliable synapses of one weight.

    Arguments:
        name: what it is called in tables and files; unique within an input.
        n: number of presynaptic neurons, 0 or more.
        rate: spikes of one neuron, Hz, 0 or more.
        weight: what one transmitted spike adds to V at once, mV; negative for inhibition.
        p: probability that a spike is transmitted, from 0 to 1.

    Its transmitted spikes are one Poisson process of intensity n * rate * p (superposition and thinning:
    Kingman, Poisson Processes, 1993, sections 2.2 and 5.1). Raises InputError, by name.
    """

    name: str
    n: int
    rate: float
    weight: float
    p: float

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name or "." in self.name:
            raise InputError(f"name = {self.name!r} is not allowed: a population needs a name, a text without dots")
        of = f"population {self.name!r}:"
        object.__setattr__(self, "n", integer(f"{of} n", self.n, at_least=0, at_most=2**32))
        object.__setattr__(self, "rate", real(f"{of} rate", self.rate, at_least=0, unit="Hz per neuron"))
        weight = real(f"{of} weight", self.weight, at_least=-1e6, at_most=1e6, unit=UNITS["weight"])
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "p", real(f"{of} p", self.p, at_least=0, at_most=1, unit="a probability"))

    @property
    def intensity(self):
        """lambda = n * rate * p: transmitted spikes per ms."""
        return self.n * per_ms(self.rate) * self.p


class SynapticInput:
    """Independent populations that move V by their weights: an additive Levy process on V.

        Lambda = sum_k lambda_k,    kappa_j = sum_k lambda_k weight_k^j

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
        """kappa_j = sum_k lambda_k weight_k^j, mV^j/ms: the j-th cumulant that L gains per ms, j >= 1. Exact."""
        j = integer("j", j, at_least=1)
        try:
            return fsum(p.intensity * p.weight**j for p in self.populations)
        except OverflowError:
            raise InputError(f"j = {j} is not allowed: the cumulant is beyond the largest number") from None

    def as_dict(self):
        """The populations, one dictionary each."""
        return [asdict(population) for population in self.populations]
