"""Stationary potentials whose law is known exactly, sampled without error: Ornstein-Uhlenbeck and shot noise.

Both relax with TAU to 0; exponential shot noise has jumps of 1 mV at RATE, so it is skewed.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.integrate import trapezoid
from scipy.signal import lfilter

import stochhh as sh
from stochhh.statistics.membrane.sums import Sums

TAU, RATE, DT = 5.0, 0.4, 0.5  # ms, 1/ms, ms
AT = -65.0  # mV: about which the potential varies
SEGMENT = 50 * TAU  # a segment of 50 correlation times blurs the spectrum by half a per cent at most


@dataclass(frozen=True)
class Potential:
    """A stationary process.

    Arguments:
        paths: function (rng, n_trials, n_samples) -> samples DT apart, shape (n_trials, n_samples), mV about AT.
        cumulants: the first four.
        share: function (edges) -> probability of each bin.
    """

    paths: object
    cumulants: tuple
    share: object

    def truth(self):
        """NAME -> exact value."""
        k1, k2, k3, k4 = self.cumulants
        return {"mean": AT + k1, "variance": k2, "skewness": k3 / k2**1.5, "kurtosis": k4 / k2**2}

    def autocovariance(self, lag):
        """Exact: k2 exp(-|s|/tau), mV2."""
        return self.cumulants[1] * np.exp(-np.abs(lag) / TAU)

    def power_spectrum(self, frequency):
        """Exact, two-sided: 2 k2 tau / (1 + (2 pi f tau)^2), mV2/Hz."""
        f = frequency / 1000
        return 2 * self.cumulants[1] * TAU / (1 + (2 * np.pi * f * TAU) ** 2) / 1000

    def record(self, rng, n_trials, window):
        """Membrane of n_trials over a window, ms."""
        time = np.arange(round(window / DT) + 1) * DT
        V = AT + self.paths(rng, n_trials, time.size)
        sampling = sh.Sampling(interval=DT, longest_lag=20.0, segment=min(SEGMENT, window), bin={"V": 0.5})
        return sh.Membrane.from_traces(
            sh.Traces(time, V[:, None], ("V",)), sh.SpikeTrains([], [], n_trials, 0.0, window), sampling
        )


def groups(record, n_trials):
    """The trials of a record cut into groups of n_trials: as many independent experiments."""
    V = record["V"]
    for first in range(0, len(V.power), n_trials):
        own = slice(first, first + n_trials)
        parts = (Sums(*(column[own] for column in sums)) for sums in (V.every, V.subthreshold))
        yield sh.Membrane(record.sampling, record.segments, {"V": type(V)(V.reference, V.lowest, *parts, V.power[own])})


def _ornstein_uhlenbeck(rng, n_trials, n):
    keep = np.exp(-DT / TAU)
    normal = rng.standard_normal((n_trials, n))
    normal[:, 0] /= np.sqrt(1 - keep**2)
    return lfilter([np.sqrt(1 - keep**2)], [1, -keep], normal, axis=1)


def _shot_noise(rng, n_trials, n):
    past = round(25 * TAU / DT)
    count = rng.poisson(RATE * DT, (n_trials, n + past))
    trial, step = np.nonzero(count)
    many = count[trial, step]
    cell = np.repeat(trial * (n + past) + step, many)
    left = np.exp(-DT / TAU * rng.random(cell.size))  # of each jump at the end of its step
    kick = np.bincount(cell, left, count.size).reshape(count.shape)
    return lfilter([1.0], [1, -np.exp(-DT / TAU)], kick, axis=1)[:, past:]


def _share_of_shot_noise(edges):
    """By its characteristic function exp(RATE TAU int_0^1 (exp(iux) - 1)/x dx)."""
    u = np.linspace(1e-6, 3000, 600_001)
    sine, cosine = special.sici(u)
    phi = np.exp(RATE * TAU * (cosine - np.euler_gamma - np.log(u) + 1j * sine))
    below = [trapezoid((phi * np.exp(-1j * u * x)).imag / u, u) for x in edges - AT]
    return -np.diff(below) / np.pi


def _share_of_normal(edges):
    return np.diff(special.ndtr(edges - AT))


POTENTIALS = {
    "ornstein-uhlenbeck": Potential(_ornstein_uhlenbeck, (0.0, 1.0, 0.0, 0.0), _share_of_normal),
    "shot noise": Potential(_shot_noise, tuple(RATE * TAU / j for j in (1, 2, 3, 4)), _share_of_shot_noise),
}
