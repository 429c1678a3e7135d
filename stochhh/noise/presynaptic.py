"""The spikes of each presynaptic neuron and their transmission: the input as it is defined, without superposition."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from ..inputs.common_spikes import CommonSpikes
from ..inputs.population import Population
from ..inputs.recording import Recording, in_order
from ..inputs.weights import drawn_weights
from ..random import COPY, MOTHER, PRESYNAPTIC, WEIGHT, uniforms
from ..units import per_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..inputs import SynapticInput

__all__ = [
    "PresynapticEvents",
    "presynaptic_events",
    "presynaptic_seconds",
    "presynaptic_work",
    "transmitted",
]

_BATCH = 1000  # neurons drawn between two looks at the world outside
_MOTHER_SPIKES = 65536  # drawn at a time


def presynaptic_events(drive: SynapticInput, *, duration: float, seed: int, trials: Iterable[int]) -> Recording:
    """Draw the transmitted spikes of an input neuron by neuron, as a Recording.

    Each neuron has a separate random stream: exponential intervals of mean 1/rate, and for each spike one Bernoulli(p)
    variable and, if weights are random, one weight. Common spikes are drawn from their mother process, with one
    Bernoulli(correlation) variable more for each neuron and mother spike; all their weights together are one event.
    Exact; the cost grows with the number of neurons.

    Arguments:
        drive: a SynapticInput.
        duration: time up to which spikes are drawn, ms.
        seed: random seed.
        trials: numbers of the trials.

    Raises InputError for an input whose events cannot be drawn, i.e. one with a negative correlation.

    >>> from stochhh import Population, SynapticInput
    >>> drive = SynapticInput(Population("exc", n=80, rate=10.0, weight=1.0, p=0.5))
    >>> presynaptic_events(drive, duration=1000.0, seed=1, trials=range(2))
    <Recording: 739 events in 2 trials>
    """
    drawn = [in_order(transmitted(drive, duration, seed, trial)) for trial in trials]
    return Recording.from_lists([time for time, _ in drawn], [jump for _, jump in drawn])


class PresynapticEvents:
    """The transmitted spikes of each presynaptic neuron as a realisation, drawn one after the other."""

    def batches(self, task):
        """The events of a task's first trial, neurons by neurons."""
        return transmitted(task.drive, task.duration, task.seed, task.first)


def presynaptic_work(drive, duration):
    """The mean numbers (neurons, spikes) that are drawn in one trial; each mother spike is drawn for every neuron.

    Arguments:
        drive: a SynapticInput.
        duration: duration of the trial, ms.
    """
    neurons = spikes = 0.0
    for source in drive.sources:
        common = isinstance(source, CommonSpikes)
        for population in source.populations if common else (source,):
            neurons += population.n
            spikes += population.n * (source.mother_rate if common else per_ms(population.rate)) * duration
    return neurons, spikes


def presynaptic_seconds(drive, duration):
    """The time to draw the spikes of one trial, in seconds, estimated from a short sample on this machine.

    Arguments:
        drive: a SynapticInput.
        duration: duration of the trial, ms.
    """
    neurons, spikes = presynaptic_work(drive, duration)
    each_neuron = _seconds(Population("few spikes", 100, 1.0, 1.0, 0.5), 1.0) / 100
    each_spike = _seconds(Population("many spikes", 1, 1e6, 1.0, 0.5), 20.0) / 2e4
    return neurons * each_neuron + spikes * each_spike


def _seconds(population, duration):
    start = perf_counter()
    for _ in _independent(population, 0, duration, 0, 0):
        pass
    return perf_counter() - start


def transmitted(drive, duration, seed, trial):
    """Yield (time, jump) of the transmitted spikes of one trial, in ms and mV, for one batch of neurons at a time.

    Arguments:
        drive: a SynapticInput.
        duration: time up to which spikes are drawn, ms.
        seed: random seed.
        trial: number of the trial.

    Raises InputError for an input whose events cannot be drawn.
    """
    drive.check_events()
    ends = np.cumsum([population.n for population in drive.populations]).tolist()
    first = {p.name: end - p.n for p, end in zip(drive.populations, ends, strict=True)}  # number of its first neuron
    for number, source in enumerate(drive.sources):
        if isinstance(source, CommonSpikes):
            yield from _common(source, number, first, duration, seed, trial)
        else:
            yield from _independent(source, first[source.name], duration, seed, trial)


def _independent(population, first, duration, seed, trial):
    """The transmitted spikes of independent neurons."""
    for start in range(0, population.n, _BATCH):
        times, weights = [np.empty(0)], [np.empty(0)]
        for neuron in range(first + start, first + min(start + _BATCH, population.n)):
            spikes, coin = _spikes_and_coins(per_ms(population.rate), neuron, duration, seed, trial)
            through = np.flatnonzero(coin < population.p)
            times.append(spikes[through])
            weights.append(_weights(population, neuron, through, seed, trial))
        yield np.concatenate(times), np.concatenate(weights)


def _common(source, number, first, duration, seed, trial):
    """The jumps of common spikes: each mother spike copied to each neuron or not, each copy transmitted or not."""
    drawn = 0
    for spikes, _ in _poisson(source.mother_rate, number, MOTHER, duration, seed, trial, at_most=_MOTHER_SPIKES):
        index = np.arange(drawn, drawn + spikes.size)
        jump, moved = np.zeros(spikes.size), np.zeros(spikes.size, dtype=bool)
        for population in source.populations:
            for neuron in range(first[population.name], first[population.name] + population.n):
                copy, coin = uniforms(index.astype(np.uint64) + np.uint64(neuron << 32), trial, COPY, seed)
                through = np.flatnonzero((copy < population.correlation) & (coin < population.p))
                jump[through] += _weights(population, neuron, index[through], seed, trial)
                moved[through] = True
                if neuron % _BATCH == 0:
                    yield np.empty(0), np.empty(0)
        drawn += spikes.size
        yield spikes[moved], jump[moved]


def _weights(population, neuron, spikes, seed, trial):
    """The weights of those of a neuron's spikes that are named by their numbers, shape (n,), mV."""
    if not population.random:
        return np.full(spikes.size, population.weight)
    index = ~(spikes.astype(np.uint64) + np.uint64(neuron << 32))  # where no merged event has its weight
    return drawn_weights(population.coefficients, *uniforms(index, trial, WEIGHT, seed))


def _spikes_and_coins(rate, neuron, duration, seed, trial):
    """Spike times (ms) of one presynaptic neuron, and a uniform number for each."""
    parts = [*_poisson(rate, neuron, PRESYNAPTIC, duration, seed, trial)]
    return tuple(map(np.concatenate, zip(*parts, strict=True))) if parts else (np.empty(0), np.empty(0))


def _poisson(rate, number, purpose, duration, seed, trial, at_most=2**32):
    """Yield (times, a uniform number for each) of Poisson spikes up to the duration (ms), a block at a time."""
    block = min(int(rate * duration + 6 * (rate * duration) ** 0.5) + 8, at_most)
    last, drawn = 0.0, 0
    while rate > 0 and last <= duration:
        index = np.arange(drawn, drawn + block, dtype=np.uint64) + np.uint64(number << 32)
        u, v = uniforms(index, trial, purpose, seed)
        # Summed from the last spike on, so that a longer run begins with the shorter one to the last bit.
        with np.errstate(over="ignore"):  # the next spike of a neuron that all but never fires
            time = np.cumsum(np.concatenate(([last], -np.log(u) / rate)))[1:]
        last, drawn = time[-1], drawn + block
        inside = time <= duration
        yield time[inside], v[inside]
