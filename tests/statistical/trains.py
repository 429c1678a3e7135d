"""Stationary spike trains whose statistics are known exactly. The mean interspike interval (ISI) is 10 ms."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import integrate, stats

from stochhh.spike_trains import SpikeTrains

MEAN = 10.0  # ms
_PAST = 100.0  # mean ISIs between the first spike and the window: by then the train is stationary


@dataclass(frozen=True)
class Process:
    """A point process.

    Arguments:
        name: what it is.
        isi: function (rng, n_trials, n) -> ISIs in units of their mean, shape (n_trials, n).
        truth: function (spikes per window) -> exact values, NAME -> number.
    """

    name: str
    isi: object
    truth: object

    def trains(self, rng, n_trials, per_window):
        """SpikeTrains of n_trials, with `per_window` spikes in the window on average."""
        n = int(2.5 * (_PAST + per_window)) + 60
        time = np.cumsum(self.isi(rng, n_trials, n), axis=1) - rng.random((n_trials, 1))
        if np.any(time[:, -1] < _PAST + per_window):
            raise RuntimeError("a train ended before the window did: draw more ISIs")
        trial, k = np.nonzero((time >= 0) & (time <= _PAST + per_window))
        return SpikeTrains(MEAN * time[trial, k], trial, n_trials, MEAN * _PAST, MEAN * (_PAST + per_window))


def groups(spikes, n_trials):
    """The trains cut into groups of n_trials: as many independent experiments."""
    edges = np.searchsorted(spikes.trial, np.arange(0, spikes.n_trials + 1, n_trials))
    for i, (first, last) in enumerate(pairwise(edges)):
        trial = spikes.trial[first:last] - i * n_trials
        yield SpikeTrains(spikes.time[first:last], trial, n_trials, spikes.start, spikes.stop)


def _known(cv, skewness, contrast, **more):
    """The truths, given the density of |I_2 - I_1| / (I_2 + I_1) as a function that integrates over it."""
    local = {"cv2": contrast(lambda x: 2 * abs(x)), "lv": contrast(lambda x: 3 * x * x)}
    return {"rate": 1000 / MEAN, "isi_mean": MEAN, "cv": cv, "isi_skewness": skewness, **local, **more}


def gamma(shape):
    """A gamma renewal process: CV 1/sqrt(shape)."""

    def contrast(f):
        return integrate.quad(lambda b: f(2 * b - 1) * stats.beta.pdf(b, shape, shape), 0, 1)[0]

    known = _known(shape**-0.5, 2 * shape**-0.5, contrast)
    return Process(
        f"gamma renewal process, CV {shape**-0.5:.2g}",
        lambda rng, *size: rng.gamma(shape, 1 / shape, size),
        lambda per_window: known,
    )


def poisson():
    """A Poisson process."""
    known = {"rate": 1000 / MEAN, "isi_mean": MEAN, "cv": 1.0, "isi_skewness": 2.0, "cv2": 1.0, "lv": 1.0}
    return Process(
        "Poisson process",
        lambda rng, *size: rng.exponential(1.0, size),
        lambda per_window: known | {"fano_factor": 1.0},
    )


def varying_poisson(shape=25):
    """A Poisson process whose rate differs by trial: gamma distributed, CV 1/sqrt(shape). ISIs are Lomax."""
    a = shape + 1
    known = {"rate": 1000 / MEAN, "isi_mean": MEAN, "cv": (a / (a - 2)) ** 0.5, "cv2": 1.0, "lv": 1.0}
    known["isi_skewness"] = 2 * (1 + a) / (a - 3) * ((a - 2) / a) ** 0.5

    def isi(rng, n_trials, n):
        return rng.exponential(1.0, (n_trials, n)) / rng.gamma(shape, 1 / shape, (n_trials, 1))

    return Process(
        f"Poisson process, rate varying by {shape**-0.5:.0%} between trials",
        isi,
        lambda per_window: known | {"fano_factor": 1 + per_window / shape},
    )


def correlated(sigma=0.5, rho=0.5):
    """Serially correlated ISIs: their logarithm is a normal first-order autoregression."""
    power = np.exp(sigma**2)
    spread = sigma * (2 * (1 - rho)) ** 0.5  # of log I_2 - log I_1

    def contrast(f):
        return 2 * integrate.quad(lambda z: f(np.tanh(spread * z / 2)) * stats.norm.pdf(z), 0, 40)[0]

    def isi(rng, n_trials, n):
        normal = rng.standard_normal((n_trials, n))
        for k in range(1, n):
            normal[:, k] = rho * normal[:, k - 1] + (1 - rho**2) ** 0.5 * normal[:, k]
        return np.exp(sigma * normal - sigma**2 / 2)

    known = _known((power - 1) ** 0.5, (power + 2) * (power - 1) ** 0.5, contrast)
    return Process(f"lognormal ISIs, sigma {sigma}, correlation {rho}", isi, lambda per_window: known)
