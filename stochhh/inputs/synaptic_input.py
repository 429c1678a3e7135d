"""The synaptic input of a neuron: all its presynaptic populations and their superposition."""

from __future__ import annotations

from dataclasses import asdict
from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError, integer
from ..messages import shown
from ..units import MAGNITUDES
from .common_spikes import CommonSpikes
from .population import Population

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..annotations import Drive, FloatArray

__all__ = ["SynapticInput"]

_WAYS = "give Populations, SynapticInput(a, b), or one list of them, SynapticInput([a, b])"
_REPR = 3  # populations in a repr
_SAME = 1e-9  # two rates of a mother process that count as one, relative


class SynapticInput:
    """The synaptic input of a neuron: the superposition of presynaptic populations, a compound Poisson process on V.

        Lambda = sum over sources of lambda,    kappa_j = sum over sources of lambda E[jump^j]

    A source is a population, or all populations that share common spikes; sources are independent. An event of
    independent neurons changes V by one weight, a common spike by the sum of the weights of its transmitted copies.
    Intensities and cumulants are exact.

    Arguments:
        populations: any number of Populations with different names, or one list of them; none for a neuron without
            synaptic input.

    Raises InputError for names that occur twice, for populations with the same `common` that differ in
    rate / correlation, and for more events per ms than can be simulated.

    Source: Kingman, Poisson Processes (1993), secs. 2.2 and 5.1.

    >>> drive = SynapticInput(
    ...     Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
    ...     Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
    ... )
    >>> drive.intensity, round(drive.cumulant(1), 12), round(drive.cumulant(2), 12)
    (25.0, 0.0, 1.0)
    >>> correlated = Population("exc", n=100, rate=100.0, weight=0.5, p=1.0, correlation=0.1)
    >>> round(SynapticInput(correlated).cumulant(2), 12)  # n rate p weight^2 (1 + (n - 1) correlation p)
    27.25
    """

    # The state variable that an event moves.
    target = "V"

    def __init__(self, *populations: Population | Sequence[Population]) -> None:
        self.populations = _checked(populations)
        self.sources = _sources(self.populations)
        self.intensities = np.array([population.intensity for population in self.populations], dtype=np.float64)
        if not self.intensity <= MAGNITUDES["intensity"][1]:
            allowed = f"at most {MAGNITUDES['intensity'][1]:g} (events per ms, of all populations together)"
            raise InputError("intensity", self.intensity, allowed, "lower n or rate")

    def __repr__(self) -> str:
        if len(self.populations) < 2:
            return f"SynapticInput({', '.join(map(repr, self.populations))})"
        lines = [f"    {population!r}," for population in self.populations]
        if len(lines) > _REPR:
            lines = [*lines[: _REPR - 1], f"    ... and {len(lines) - _REPR + 1} more"]
        return "\n".join(["SynapticInput(", *lines, ")"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SynapticInput) and self.populations == other.populations

    def __hash__(self) -> int:
        return hash(self.populations)

    @classmethod
    def of(cls, drive: Drive) -> SynapticInput:
        """Make a SynapticInput of anything that describes one.

        Arguments:
            drive: a SynapticInput, which is returned unchanged, a Population, or a list of Populations.

        Raises InputError for anything else.
        """
        if isinstance(drive, cls):
            return drive
        if isinstance(drive, Population | list | tuple):
            return cls(drive)
        raise InputError("drive", drive, "a SynapticInput, a Population or a list of Populations")

    @property
    def intensity(self) -> float:
        """The number of events of all sources per ms, Lambda."""
        return float(np.array([source.intensity for source in self.sources]).sum())

    @property
    def probabilities(self) -> FloatArray:
        """The probability lambda_k / Lambda that an event belongs to population k, shape (n_populations,).

        With common spikes an event may belong to several populations, and the probabilities add up to more than 1.
        They are 0 if no population fires.
        """
        return self.intensities / self.intensity if self.intensity > 0 else np.zeros_like(self.intensities)

    def cumulant(self, j: int) -> float:
        """The j-th cumulant of the input per ms, kappa_j = sum of lambda E[jump^j], in mV^j/ms, exact.

        Arguments:
            j: order, 1 or more.

        Raises InputError for j above 2 if a population has a negative correlation, where it is not defined.
        """
        j = integer("j", j, at_least=1)
        try:
            return fsum(source.intensity * source.moment(j) for source in self.sources)
        except OverflowError:
            raise InputError("j", j, "lower, since this cumulant exceeds the largest floating-point number") from None

    def check_events(self) -> None:
        """Raise InputError if the events of a population cannot be drawn, i.e. at a negative correlation."""
        for p in self.populations:
            if p.correlation < 0:
                allowed = (
                    "at least 0 where events are drawn, since common spikes cannot make a negative correlation and "
                    "only the mean and the variance of its input are known"
                )
                remedy = "use the diffusion backend, which needs no more, or a correlation of at least 0"
                raise InputError("correlation", p.correlation, allowed, remedy).within(population=p.name)

    def as_dict(self) -> list[dict[str, Any]]:
        """The settings of the populations, a list with one dictionary for each."""
        return [asdict(population) for population in self.populations]


def _checked(populations) -> tuple[Population, ...]:
    """The populations, given one by one or as a list; InputError unless an input can be made of them."""
    if len(populations) == 1 and isinstance(populations[0], list | tuple):
        populations = populations[0]
    for population in populations:
        if not isinstance(population, Population):
            raise InputError("population", population, "a Population", _WAYS)
    names = [population.name for population in populations]
    for name in names:
        if names.count(name) > 1:
            allowed = f"unique, but two populations are called {shown(name)}"
            raise InputError("name", name, allowed, "give each its own").within(population=name)
    for population in populations:
        if population.rate > MAGNITUDES["rate"][1]:  # even where none of its spikes is transmitted
            allowed = f"at most {MAGNITUDES['rate'][1]:g} (Hz per neuron) for an intensity to be defined"
            raise InputError("rate", population.rate, allowed).within(population=population.name)
    return tuple(populations)


def _sources(populations):
    """The independent sources, populations or CommonSpikes, in the order of their first populations."""
    members = {}
    for population in populations:
        members.setdefault(population.common or population, []).append(population)
    sources = []
    for found in members.values():
        _check_mother(found)
        sources.append(CommonSpikes(tuple(found)) if found[0].correlation > 0 else found[0])
    return tuple(sources)


def _check_mother(populations):
    first = populations[0]
    for p in populations[1:]:
        mother = first.rate / first.correlation
        if abs(p.rate / p.correlation - mother) > _SAME * mother:
            allowed = (
                f"{mother * p.correlation:g} Hz, so that rate / correlation is {mother:g} Hz as for {first.label}, "
                f"with which it shares the common spikes {shown(p.common)}"
            )
            raise InputError("rate", p.rate, allowed).within(population=p.name)
