"""Spike trains that no rule of the statistics was chosen on; what is true of them comes from very long runs.

The mean interspike interval (ISI) is about 10 ms. None is Poisson or gamma renewal, most have a memory.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from stochhh.spike_trains import SpikeTrains

_PAST = 500.0  # ms: by then a train that starts with a spike is stationary
_POOL = 200_000  # ISIs of the leaky integrator, drawn once: the law of its ISIs is theirs


@dataclass(frozen=True)
class Process:
    """A point process.

    Arguments:
        name: what it is.
        draw: function (rng, n_trials, duration in ms) -> (time, trial), in any order, of a train on [0, duration].
        past: what of it is left out, ms.
    """

    name: str
    draw: object
    past: float = _PAST

    def trains(self, rng, n_trials, window):
        """SpikeTrains of n_trials that are seen for `window` ms."""
        time, trial = self.draw(rng, n_trials, self.past + window)
        kept = (time >= self.past) & (time <= self.past + window)
        order = np.lexsort((time[kept], trial[kept]))
        return SpikeTrains(time[kept][order], trial[kept][order], n_trials, self.past, self.past + window)


def of_isi(name, isi, **more):
    """The process of an ISI, function (rng, n_trials, n) -> ISIs in ms; the first spike at a random phase of 10 ms."""

    def draw(rng, n_trials, duration):
        n = int(duration / 10 * 1.3) + 60
        time = np.cumsum(isi(rng, n_trials, n), axis=1) - 10 * rng.random((n_trials, 1))
        while time[:, -1].min() < duration:
            time = np.hstack([time, time[:, -1:] + np.cumsum(isi(rng, n_trials, n // 2), axis=1)])
        trial, k = np.nonzero((time >= 0) & (time <= duration))
        return time[trial, k], trial

    return Process(name, draw, **more)


def refractory():
    """Poisson of 250 Hz behind an absolute refractory time of 2 ms and a relative one: hazard 1 - exp(-t/5 ms)."""
    t = np.linspace(0, 400, 80_001)
    hazard = 0.25 * (t - 5 * (1 - np.exp(-t / 5)))  # cumulative
    return of_isi("refractory", lambda rng, *size: 2 + np.interp(rng.exponential(1.0, size), hazard, t))


@cache
def _first_passages():
    """ISIs (ms) of a leaky integrate-and-fire neuron under white noise, by steps of 0.05 ms."""
    rng, dt, tau = np.random.default_rng(0), 0.05, 10.0
    v, age, found, n = np.zeros(20_000), np.zeros(20_000), [], 0
    while n < _POOL:
        v += (0.9 - v) * dt / tau + 0.5 * np.sqrt(dt / tau) * rng.standard_normal(v.size)
        age += dt
        fired = v >= 1
        if fired.any():
            found.append(age[fired])
            n += found[-1].size
            v[fired] = age[fired] = 0.0
    return np.concatenate(found)[:_POOL]


def leaky_integrator():
    """First passages of a leaky integrate-and-fire neuron driven by white noise."""
    return of_isi("leaky integrator", lambda rng, *size: rng.choice(_first_passages(), size))


def bursts(more=0.6):
    """Bursts of a geometric number of spikes: after each spike another within about 2 ms with probability `more`."""

    def isi(rng, *size):
        within, between = rng.gamma(4, 0.5, size), 4 + rng.exponential(18.0, size)
        return np.where(rng.random(size) < more, within, between)

    return of_isi("geometric bursts", isi)


def doublets():
    """Spikes by twos: a short ISI, then a long one."""

    def isi(rng, n_trials, n):
        short, long = rng.gamma(9, 3 / 9, (n_trials, n)), 5 + rng.exponential(12.0, (n_trials, n))
        return np.where((np.arange(n) + rng.integers(0, 2, (n_trials, 1))) % 2, short, long)

    return of_isi("doublets", isi)


def two_moods(stay=0.9):
    """A semi-Markov train: gamma ISIs of mean 5 and of 15 ms, the mood being kept with probability `stay`."""

    def isi(rng, n_trials, n):
        mood = (rng.integers(0, 2, (n_trials, 1)) + np.cumsum(rng.random((n_trials, n)) > stay, axis=1)) % 2
        return np.where(mood, rng.gamma(2, 2.5, (n_trials, n)), rng.gamma(4, 3.75, (n_trials, n)))

    return of_isi("two moods", isi)


def lognormal(sigma=0.3):
    """Independent lognormal ISIs."""
    return of_isi(f"lognormal {sigma}", lambda rng, *size: 10 * np.exp(sigma * rng.standard_normal(size)))


def weibull(shape, **more):
    """Independent Weibull ISIs."""
    return of_isi(f"Weibull {shape}", lambda rng, *size: 11 * rng.weibull(shape, size), **more)


def even():
    """Independent ISIs, even on [5, 15] ms."""
    return of_isi("even", lambda rng, *size: rng.uniform(5, 15, size))


def up_and_down():
    """Gamma ISIs of CV 0.7, half of the trials with a mean of 15, the others with one of 7.5 ms."""

    def isi(rng, n_trials, n):
        return np.where(rng.random((n_trials, 1)) < 0.5, 7.5, 15.0) * rng.gamma(2, 0.5, (n_trials, n))

    return of_isi("up and down", isi)


def hawkes(branching=0.5, decay=20.0):
    """A self-exciting train: each spike brings `branching` others on average, after an exponential time."""

    def draw(rng, n_trials, duration):
        n = rng.poisson(0.1 * (1 - branching) * duration, n_trials)
        trial, time = np.repeat(np.arange(n_trials), n), rng.uniform(0, duration, n.sum())
        times, trials = [time], [trial]
        while time.size:
            born = rng.poisson(branching, time.size)
            time, trial = np.repeat(time, born) + rng.exponential(decay, born.sum()), np.repeat(trial, born)
            times.append(time)
            trials.append(trial)
        return np.concatenate(times), np.concatenate(trials)

    return Process("Hawkes", draw)


def modulated(depth=0.8, period=100.0):
    """Poisson with a rate that goes up and down as a sine, at a phase of the trial's own."""

    def draw(rng, n_trials, duration):
        n = rng.poisson(0.1 * (1 + depth) * duration, n_trials)
        trial, time = np.repeat(np.arange(n_trials), n), rng.uniform(0, duration, n.sum())
        phase = rng.random(n_trials)[trial]
        kept = (1 + depth) * rng.random(time.size) < 1 + depth * np.sin(2 * np.pi * (time / period + phase))
        return time[kept], trial[kept]

    return Process("modulated Poisson", draw)


def skips(period, jitter, part):
    """A clock of independent ISIs, normal about the period, of which a part is longer by one period."""

    def isi(rng, *size):
        return period * (1 + (rng.random(size) < part)) + jitter * rng.standard_normal(size)

    return of_isi(f"{period} +- {jitter} ms, {part:.1%} skipped", isi)


def switching(slow, fast, last_slow, last_fast):
    """Poisson at a rate (Hz) that goes to and fro between two, each for an exponential time of this mean (ms)."""

    def draw(rng, n_trials, duration):
        n = rng.poisson(max(slow, fast) * duration / 1000, n_trials)
        trial, time = np.repeat(np.arange(n_trials), n), rng.uniform(0, duration, n.sum())
        n_states = int(2 * duration / min(last_slow, last_fast)) + 40
        is_fast = ((rng.random((n_trials, 1)) < last_fast / (last_slow + last_fast)) + np.arange(n_states)) % 2
        ends = np.cumsum(rng.exponential(np.where(is_fast, last_fast, last_slow)), axis=1)
        ends = np.minimum(ends, 2 * duration) + 4 * duration * np.arange(n_trials)[:, None]  # trial behind trial
        state = np.searchsorted(ends.ravel(), time + 4 * duration * trial)
        rate = np.where(is_fast.ravel()[np.minimum(state, is_fast.size - 1)], fast, slow)
        kept = max(slow, fast) * rng.random(time.size) < rate
        return time[kept], trial[kept]

    return Process(f"Poisson of {slow} and {fast} Hz, for {last_slow} and {last_fast} ms", draw)


def from_a_spike():
    """Not stationary: Weibull ISIs of CV 0.36 from a spike at the window's start on, which is not counted itself."""

    def draw(rng, n_trials, duration):
        time = np.cumsum(11 * rng.weibull(3, (n_trials, int(duration / 10 * 1.3) + 60)), axis=1)
        trial, k = np.nonzero(time <= duration)
        return time[trial, k], trial

    return Process("from a spike on", draw, past=0.0)


PROCESSES = {
    process.name: process
    for process in (
        refractory(), leaky_integrator(), bursts(), doublets(), two_moods(), lognormal(), weibull(0.7), weibull(3),
        even(), up_and_down(), hawkes(), modulated(), from_a_spike(),
    )
}  # fmt: skip
