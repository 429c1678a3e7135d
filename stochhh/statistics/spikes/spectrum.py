"""The power spectrum of a spike train, and its limit at zero frequency."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from ...errors import InputError
from ...units import hertz
from ..estimate import LOG, Curve, Estimate, Quantity, TrialSums, binned
from ..kinds import of_spikes
from ..places import points
from ..uncertainty import by_trial, confidence, curve_by_trial
from .counts import count_sums, counts_in_window, rate, rate_sums, uneven_counts, variance_of_few_values
from .isi import cv, squared_cv_floor
from .isi_powers import mean, powers, variance
from .tail import allowing_for_tail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ...annotations import FloatArray
    from ...spike_trains import SpikeTrains

__all__ = ["renewal_limit", "spectrum_at_zero", "spectrum_bands", "spike_spectrum"]

_POINTS = 60
_HIGHEST = 8.0  # of the rate: beyond, the spectrum of most trains is flat
_CHUNK = 100_000  # spikes times frequencies at a time: they fit into the cache
_TOGETHER = 200  # frequencies of one band, at most
_WORK = 30_000_000  # spikes times frequencies, at most, unless there is one a band: some seconds


@of_spikes
def spike_spectrum(spikes: SpikeTrains, edges: ArrayLike | None = None, level: float = 0.95) -> Curve:
    """Power spectrum of the spike train (Hz).

        S(f) = < |sum_j exp(-2 pi i f t_j)|^2 > / T   at f = k/T, k = 1, 2, ...

    averaged over trials, and over the frequencies k/T within each band.

    Arguments:
        spikes: SpikeTrains.
        edges: edges of the frequency bands, Hz, from 0 up and increasing; each band must hold a multiple of 1/T. None
            takes up to 60 bands from 1/T to eight times the rate, of one k each first, and then of equal ratio.
        level: confidence level of the intervals and of the simultaneous confidence band.

    Two-sided: S(f) tends to the rate at high f, and equals the rate at all f for a Poisson train. At whole multiples of
    1/T the mean rate does not contribute, and the remaining bias of a window of length T is of order 1/T. In a band
    with more than 200 frequencies, or fewer if there are very many spikes, a subset of evenly spaced ones is used.
    Returns a Curve at the mean frequency of each band. Intervals by trial on the log scale.
    Source: Bartlett, J. R. Stat. Soc. B 25, 264 (1963); Gerstner et al., Neuronal Dynamics (2014), section 7.4.
    """
    level = confidence(level)
    k, band = _frequencies(spikes, edges)
    labels = {"level": level, "unit": "Hz", "x_name": "frequency", "x_unit": "Hz"}
    time, trial = spikes.time, spikes.trial
    if k.size == 0 or time.size == 0:
        return Curve.missing("spike_spectrum", np.empty(0), "there is no spike", n=spikes.n_trials, **labels)
    n_bands = band[-1] + 1
    power = _power(spikes.since_start() / spikes.window, trial, spikes.n_trials, k)
    size = np.bincount(band)
    of_band = np.stack([np.bincount(band, row, n_bands) for row in power]) / size
    trials = np.repeat(np.arange(spikes.n_trials), n_bands)
    sums = binned(trials, np.tile(np.arange(n_bands), spikes.n_trials), spikes.n_trials, n_bands, of_band.ravel())
    ones = binned(np.arange(spikes.n_trials), np.zeros(spikes.n_trials, dtype=int), spikes.n_trials, 1)
    quantity = Quantity("spike_spectrum", "Hz", LOG, "spikes", 1, "there is no spike")
    return curve_by_trial(
        quantity, lambda s: hertz(s.power / (s.n * spikes.window)), TrialSums({"power": sums, "n": ones}),
        hertz(np.bincount(band, k) / size / spikes.window), level=level, x_name="frequency", x_unit="Hz",
        n_trials=spikes.n_trials, unbias=False,
    )  # fmt: skip


def spectrum_bands(*trains: SpikeTrains) -> FloatArray | None:
    """Edges of the bands, Hz, in which the spectra of one or more trains are compared; None if there is no spike.

    Arguments:
        trains: SpikeTrains.

    Up to 60 bands from 1/T of the shortest window T to eight times the highest rate: of one multiple of 1/T each at
    first, and then of equal ratio.
    """
    base = max(hertz(1 / spikes.window) for spikes in trains)
    highest = _HIGHEST * max(rate(spikes).value for spikes in trains)
    if highest < base:
        return None
    return (np.unique(np.geomspace(1, max(highest / base, 2) + 1, _POINTS + 1).round()) - 0.5) * base


@of_spikes
def spectrum_at_zero(spikes: SpikeTrains, level: float = 0.95) -> Estimate:
    """Limit of the power spectrum at zero frequency (Hz): the variance of the count per time, over a long time.

        S(0) = s^2 / T = rate * fano_factor,   s^2 = sum (c_t - c)^2 / (n - 1) of the counts in the whole window T

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.

    The bias, due to the memory of the train, is of order 1/T; for a renewal train the limit is rate * CV^2,
    `renewal_limit`. The variance is unbiased, its interval by trial on the log scale, see `by_trial`; counts of two
    neighbouring values, or all equal but one, are treated as in `fano_factor`.
    Source: Cox and Lewis, The Statistical Analysis of Series of Events (1966), eq. 4.6.12.
    """
    level = confidence(level)
    counts, window = counts_in_window(spikes)
    found = variance_of_few_values(counts, level, lambda variance, mean: hertz(variance / window))
    if not counts.any():
        return Estimate.missing("spectrum_at_zero", "there is no spike", level=level, unit="Hz", n=len(counts))
    if found is not None:
        return Estimate("spectrum_at_zero", *found[:3], level, "Hz", len(counts), found[3])

    def variance_per_time(s):
        return hertz((s.squares - s.counts**2 / s.n) / (s.n - 1) / s.window)

    quantity = Quantity("spectrum_at_zero", "Hz", LOG, "spike counts", 2)
    found = by_trial(quantity, variance_per_time, count_sums(spikes), level=level, unbias=False)
    return found.doubted(uneven_counts(spikes, "spectrum_at_zero"))


@of_spikes
def renewal_limit(spikes: SpikeTrains, level: float = 0.95) -> Estimate:
    """The power spectrum at zero frequency (Hz) of a renewal train with the same rate and CV.

        S(0) = rate * CV^2   for a renewal train

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.

    A comparison with `spectrum_at_zero` measures memory: the ratio of the two is 1 + 2 sum of the serial correlations.
    The interval is by trial, including the correlation between the errors of rate and CV; it is missing where that of
    `cv` is, and has the same coverage.
    Source: Cox and Lewis, The Statistical Analysis of Series of Events (1966), section 4.6.
    """
    irregular, frequency = cv(spikes, level), rate(spikes, level).value
    if not irregular.low:  # there is none, or all ISIs are equal
        return _mapped(irregular, lambda x: frequency * x**2, name="renewal_limit", unit="Hz")
    of_isi, of_counts = powers(spikes), rate_sums(spikes)
    sums = TrialSums(of_isi.columns | of_counts.columns, **of_isi.constants | of_counts.constants)

    def limit(s):
        return hertz(s.counts / (s.n * s.window)) * variance(s) / mean(s) ** 2

    quantity = Quantity("renewal_limit", "Hz", LOG, "trials", 1, "there are too few interspike intervals")
    floor = squared_cv_floor(of_isi)
    estimate = by_trial(quantity, limit, sums, level=level, unbias=False, floor=floor)
    unbiased = frequency * irregular.value**2
    return allowing_for_tail(_mapped(estimate, lambda x: x * unbiased / estimate.value), spikes, 2, LOG)


def _mapped(estimate, f, **changes):
    """The estimate with f applied to its value and to the ends of its interval, if it has them."""
    ends = {end: getattr(estimate, end) for end in ("value", "low", "high")}
    return replace(estimate, **{end: None if x is None else f(x) for end, x in ends.items()}, **changes)


def _power(phase, trial, n_trials, k):
    """|sum_j exp(-2 pi i k t_j / T)|^2 of each trial, shape (n_trials, len(k)); phases are t_j / T.

    With k = a m + b, an exponential is the product of one of a m and one of b: few of each are computed.
    """
    m = isqrt(k.max()) + 1
    (a, of_a), (b, of_b) = (np.unique(part, return_inverse=True) for part in (k // m * m, k % m))
    amplitude = np.zeros((n_trials, len(k)), dtype=complex)
    step = max(1, _CHUNK // len(k))
    for first, last in _pieces(np.searchsorted(trial, np.arange(n_trials), "right"), step):
        turns, of_trial = -2j * np.pi * phase[first:last], trial[first:last]
        coarse, fine = (np.exp(np.outer(part, turns)) for part in (a, b))
        starts = np.flatnonzero(np.diff(of_trial, prepend=-1))
        amplitude[of_trial[starts]] += np.add.reduceat(coarse[of_a] * fine[of_b], starts, axis=1).T
    return np.abs(amplitude) ** 2


def _pieces(ends, size):
    """(first, last) of pieces of at most this size, cut at the ends of trials, and in a longer trial after each size.

    So equal trials have equal sums, to the last bit.
    """
    first = begin = 0
    for end in ends.tolist():
        if first < begin and end - first > size:
            yield first, begin
            first = begin
        while end - first > size:
            yield first, first + size
            first += size
        begin = end
    if first < begin:
        yield first, begin


def _frequencies(spikes, edges):
    """(k, band): frequencies as multiples of 1/T, and the number of the band that each lies in."""
    base = hertz(1 / spikes.window)
    edges = spectrum_bands(spikes) if edges is None else edges
    if edges is None:
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    what = "an increasing sequence of at least two frequencies from 0 (Hz)"
    edges = points("edges", edges, what, at_least=0, fewest=2)
    together = np.clip(_WORK // max(spikes.time.size * (len(edges) - 1), 1), 1, _TOGETHER)
    found = []
    for band, (low, high) in enumerate(pairwise(edges)):
        k = np.arange(max(1, np.ceil(low / base * (1 - 1e-12))), np.ceil(high / base * (1 - 1e-12)))
        if k.size == 0:
            allowed = (
                f"such that every band contains a multiple of 1/T = {base:g} Hz, and that from {low:g} to {high:g} Hz "
                "contains none"
            )
            raise InputError("edges", edges, allowed)
        if k.size > together:
            k = k[((np.arange(together) + 0.5) * k.size / together).astype(int)]
        found += [(int(multiple), band) for multiple in k]
    k, band = zip(*found, strict=True)
    return np.array(k), np.array(band)
