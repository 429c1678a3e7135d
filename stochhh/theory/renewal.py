"""The Poisson train with a dead time: the simplest refractory train, for which all statistics are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammainc, gammaln

from ..errors import InputError, real
from ..units import hertz, per_ms

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ..annotations import FloatArray

__all__ = ["DeadTimePoisson"]


@dataclass(frozen=True)
class DeadTimePoisson:
    """A Poisson process with an absolute refractory period: ISI = dead_time + an exponentially distributed time.

    Arguments:
        rate: spikes per second, Hz, positive.
        dead_time: ms, from 0 up, and below the mean ISI, 1/rate.

    A renewal process: its ISIs are independent. A comparison with a neuron shows effects beyond refractoriness. All
    formulas are exact. Raises InputError for impossible values.
    Source: Cox, Renewal Theory (1962), chapters 3 to 5; Gerstner et al., Neuronal Dynamics (2014), section 7.5.

    >>> train = DeadTimePoisson(rate=50.0, dead_time=5.0)
    >>> train.cv, train.hazard_after, train.renewal_limit
    (0.75, 0.06666666666666667, 28.125)
    """

    rate: float
    dead_time: float

    def __post_init__(self) -> None:
        real("rate", self.rate, above=0, unit="Hz")
        if not real("dead_time", self.dead_time, at_least=0, unit="ms") < hertz(1 / self.rate):
            raise InputError("dead_time", self.dead_time, f"below the mean ISI, 1/rate = {hertz(1 / self.rate):g} (ms)")

    @classmethod
    def like(cls, rate: float, cv: float) -> DeadTimePoisson:
        """The train with this rate (Hz) and this CV, 0 < cv <= 1: dead_time = (1 - cv) / rate."""
        cv = real("cv", cv, above=0, at_most=1)
        return cls(rate, (1 - cv) * float(hertz(1 / real("rate", rate, above=0, unit="Hz"))))

    @property
    def hazard_after(self) -> float:
        """The hazard once the dead time is over, 1/ms: 1 / (1/rate - dead_time)."""
        return float(1 / (hertz(1 / self.rate) - self.dead_time))

    @property
    def cv(self) -> float:
        """1 - rate dead_time."""
        return float(1 - per_ms(self.rate) * self.dead_time)

    @property
    def renewal_limit(self) -> float:
        """The power spectrum at frequency 0, Hz: rate cv^2."""
        return self.rate * self.cv**2

    def isi_density(self, x: ArrayLike) -> FloatArray:
        """Density of the ISIs at x (ms), 1/ms: hazard_after survival(x) beyond the dead time, 0 before."""
        return self.isi_hazard(x) * self.isi_survival(x)

    def isi_survival(self, x: ArrayLike) -> FloatArray:
        """Probability that an ISI is longer than x (ms): exp(-hazard_after (x - dead_time)), 1 before."""
        return np.exp(-self.hazard_after * self._beyond(x))

    def isi_hazard(self, x: ArrayLike) -> FloatArray:
        """Hazard at x (ms) after the last spike, 1/ms: 0, then constant."""
        return np.where(np.asarray(x, dtype=float) < self.dead_time, 0.0, self.hazard_after)

    def autocorrelation(self, lag: ArrayLike) -> FloatArray:
        """Rate of spikes (Hz) a time s (lag, ms) after any spike.

        m(s) = sum over k >= 1 of the density of a sum of k ISIs: k dead times, and an Erlang time
        """
        lag = np.asarray(lag, dtype=float)
        k, after, h = self._orders(lag), self._after(lag), self.hazard_after
        with np.errstate(divide="ignore", invalid="ignore"):
            log = k * np.log(h) + np.where(k > 1, (k - 1) * np.log(after), 0.0) - h * after - gammaln(k)
        return hertz(np.sum(np.where(after >= 0, np.exp(log), 0.0), axis=-1))

    def spike_spectrum(self, frequency: ArrayLike) -> FloatArray:
        """Power spectrum of the train (Hz), two-sided, at a frequency f > 0 (Hz).

        S(f) = rate (1 - |r|^2) / |1 - r|^2,   r = exp(-2 pi i f dead_time) / (1 + 2 pi i f / hazard_after)
        """
        omega = 2 * np.pi * per_ms(np.asarray(frequency, dtype=float))
        if not np.all(omega > 0):
            raise InputError("frequency", frequency, "above 0 (Hz)", "the limit at 0 is given by renewal_limit")
        r = np.exp(-1j * omega * self.dead_time) / (1 + 1j * omega / self.hazard_after)
        return self.rate * (1 - np.abs(r) ** 2) / np.abs(1 - r) ** 2

    def fano_curve(self, windows: ArrayLike) -> FloatArray:
        """Fano factor of the count in stationary windows of length w (ms).

        F(w) = 1 - rate w + (2/w) * integral from 0 to w of M(s) ds,   M(s) the mean count in s after a spike
        """
        windows = np.asarray(windows, dtype=float)
        k, h = self._orders(windows), self.hazard_after
        after = np.maximum(self._after(windows), 0.0)
        counts = after * gammainc(k, h * after) - k / h * gammainc(k + 1, h * after)
        return 1 - per_ms(self.rate) * windows + 2 / windows * np.sum(counts, axis=-1)

    def _beyond(self, x):
        return np.maximum(np.asarray(x, dtype=float) - self.dead_time, 0.0)

    def _orders(self, time):
        """1 to the largest number of ISIs that may fit into the times: the mean plus ten standard deviations."""
        mean = per_ms(self.rate) * np.max(time, initial=0.0)
        return np.arange(1, int(mean + 10 * np.sqrt(mean) + 20))

    def _after(self, time):
        """The times less k dead times, shape (..., n_orders)."""
        return time[..., None] - self._orders(time) * self.dead_time
