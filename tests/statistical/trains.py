"""Stationary spike trains whose statistics are known exactly. The mean interspike interval (ISI) is 10 ms."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import integrate, special, stats

from stochhh.spike_trains import SpikeTrains

MEAN = 10.0  # ms
_FOUR = range(1, 5)
_PAST = 100.0  # mean ISIs between the first spike and the window: by then the train is stationary


@dataclass(frozen=True)
class Process:
    """A point process.

    Arguments:
        name: what it is.
        isi: function (rng, n_trials, n) -> ISIs in units of their mean, shape (n_trials, n).
        truth: function (spikes per window) -> exact values, NAME -> number.
        fastest: how many times the mean rate a trial may have.
    """

    name: str
    isi: object
    truth: object
    fastest: float = 2.5

    def trains(self, rng, n_trials, per_window):
        """SpikeTrains of n_trials, with `per_window` spikes in the window on average."""
        n = int(self.fastest * (_PAST + per_window)) + 60
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

    known = _known(shape**-0.5, 2 * shape**-0.5, contrast, isi_kurtosis=6 / shape)
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


def _moments(name, draw, raw):
    """A renewal process from raw moments 1 to 4 of its ISI, in units of the mean: only those of the law are known."""
    _, m2, m3, m4 = raw
    variance, finite = m2 - 1, np.isfinite(m3)
    known = {
        "rate": 1000 / MEAN,
        "isi_mean": MEAN,
        "cv": variance**0.5,
        "isi_skewness": (m3 - 3 * m2 + 2) / variance**1.5,
        "isi_kurtosis": (m4 - 4 * m3 + 6 * m2 - 3) / variance**2 - 3 if finite else np.inf,
    }
    return Process(name, draw, lambda per_window: known)


def dead_time(part=0.3):
    """A Poisson process with a dead time, a part of the mean ISI."""
    raw = _raw(stats.expon(part, 1 - part))
    return _moments(f"dead time of {part} mean ISIs", lambda rng, *size: part + rng.exponential(1 - part, size), raw)


def inverse_gaussian(cv=1.0):
    """First passages of a drifting Brownian motion: the perfect integrate-and-fire neuron."""
    law = stats.invgauss(cv**2, scale=cv**-2)
    return _moments(f"inverse Gaussian ISIs, CV {cv}", lambda rng, *size: rng.wald(1.0, cv**-2, size), _raw(law))


def lognormal(sigma):
    """Independent lognormal ISIs: a tail heavier than any exponential one."""
    raw = [np.exp(sigma**2 * k * (k - 1) / 2) for k in range(1, 5)]
    return _moments(
        f"lognormal ISIs, sigma {sigma}",
        lambda rng, *size: np.exp(sigma * rng.standard_normal(size) - sigma**2 / 2),
        raw,
    )


def bursting(short=0.8, ratio=15.0):
    """Hyperexponential ISIs: a part `short` of them from a law with a mean `ratio` times smaller."""
    small = 1 / (short + (1 - short) * ratio)
    means, parts = np.array([small, ratio * small]), np.array([short, 1 - short])

    def isi(rng, *size):
        return rng.exponential(1.0, size) * np.where(rng.random(size) < short, *means)

    raw = [float(f * np.sum(parts * means**k)) for k, f in ((1, 1), (2, 2), (3, 6), (4, 24))]
    return _moments(f"bursts, CV {(raw[1] - 1) ** 0.5:.2g}", isi, raw)


def evenly_varying_poisson(part=0.5):
    """A Poisson process whose rate differs by trial: even between 1 - part and 1 + part of the mean."""
    rates = stats.uniform(1 - part, 2 * part)

    def isi(rng, n_trials, n):
        return rng.exponential(1.0, (n_trials, n)) / rng.uniform(1 - part, 1 + part, (n_trials, 1))

    # of the ISIs of all trials together: a rate counts as often as it gives spikes
    raw = [f * rates.expect(lambda r, k=k: r ** (1 - k)) for k, f in ((1, 1), (2, 2), (3, 6), (4, 24))]
    return _moments(f"Poisson, rate varying evenly by {part:.0%}", isi, raw)


def gamma_varying_poisson(part=0.5):
    """A Poisson process whose rate differs by trial, gamma distributed with this CV: its ISIs have a power-law tail."""
    a = part**-2
    # E r^(1 - k), since a rate counts as often as it gives spikes
    raw = [special.gamma(k + 1) * a ** (k - 1) / special.poch(a + 1 - k, k - 1) if k < a + 1 else np.inf for k in _FOUR]

    def isi(rng, n_trials, n):
        return rng.exponential(1.0, (n_trials, n)) / np.maximum(rng.gamma(a, 1 / a, (n_trials, 1)), 1e-9)

    return replace(_moments(f"Poisson, gamma distributed rates of CV {part:.0%}", isi, raw), fastest=1 + 12 * part)


def log_logistic(shape):
    """Independent log-logistic ISIs: a tail like x^-shape."""
    law = stats.fisk(shape)
    raw = [law.moment(k) / law.mean() ** k if k < shape else np.inf for k in _FOUR]
    return _moments(f"log-logistic, {shape}", lambda rng, *size: law.ppf(rng.random(size)) / law.mean(), raw)


def _raw(law):
    return [float(law.moment(k)) for k in range(1, 5)]
