"""Every presynaptic neuron's own spikes, each transmitted or not: the input before any mathematics is done."""

import numpy as np

from ..random import PRESYNAPTIC, WEIGHT, uniforms
from ..units import per_ms
from .recording import Recording
from .weights import drawn_weights

__all__ = ["in_order", "presynaptic_events", "transmitted"]

_BATCH = 1000  # neurons drawn between two looks at the world outside


def presynaptic_events(drive, *, duration, seed, trials):
    """Draw each neuron's Poisson spikes up to `duration` (ms) and each transmission; what got through.

    Neuron number i of the drive has a stream of its own: exponential gaps of mean 1/rate, and one Bernoulli(p),
    and a weight if that is random, for every spike. Exact, and of a cost that grows with the number of neurons.
    """
    drawn = [in_order(transmitted(drive, duration, seed, trial)) for trial in trials]
    return Recording.from_lists([time for time, _ in drawn], [jump for _, jump in drawn])


def transmitted(drive, duration, seed, trial):
    """Yield (time, jump) of the transmitted spikes of one trial, for a batch of neurons at a time."""
    first = 0
    for population in drive.populations:
        for start in range(0, population.n, _BATCH):
            times, weights = [np.empty(0)], [np.empty(0)]
            for neuron in range(first + start, first + min(start + _BATCH, population.n)):
                spikes, coin = _spikes_and_coins(per_ms(population.rate), neuron, duration, seed, trial)
                through = np.flatnonzero(coin < population.p)
                times.append(spikes[through])
                weights.append(_weights(population, neuron, through, seed, trial))
            yield np.concatenate(times), np.concatenate(weights)
        first += population.n


def _weights(population, neuron, spikes, seed, trial):
    """The weights of those of a neuron's spikes that are named by their numbers, shape (n,), mV."""
    if not population.random:
        return np.full(spikes.size, population.weight)
    index = ~(spikes.astype(np.uint64) + np.uint64(neuron << 32))  # where no merged event has its weight
    return drawn_weights(population.law, *uniforms(index, trial, WEIGHT, seed))


def in_order(parts):
    """(time, jump) of all parts, sorted by time; simultaneous ones stay in the order of neurons."""
    time, jump = (np.concatenate(column) for column in zip((np.empty(0), np.empty(0)), *parts, strict=True))
    order = np.argsort(time, kind="stable")
    return time[order], jump[order]


def _spikes_and_coins(rate, neuron, duration, seed, trial):
    """Spike times (ms) of one presynaptic neuron, and a uniform number for each."""
    time, coin = np.empty(0), np.empty(0)
    if rate == 0:
        return time, coin
    block = int(rate * duration + 6 * (rate * duration) ** 0.5) + 8
    last = 0.0
    while last <= duration:
        index = np.arange(len(time), len(time) + block, dtype=np.uint64) + np.uint64(neuron << 32)
        u, v = uniforms(index, trial, PRESYNAPTIC, seed)
        # Summed from the last spike on, so that a longer run begins with the shorter one to the last bit.
        with np.errstate(over="ignore"):  # the next spike of a neuron that all but never fires
            more = np.cumsum(np.concatenate(([last], -np.log(u) / rate)))[1:]
        time, coin, last = np.concatenate((time, more)), np.concatenate((coin, v)), more[-1]
    inside = time <= duration
    return time[inside], coin[inside]
