"""Density, autocovariance and power spectrum of the membrane potential, and of any state variable.

Measured coverage at a nominal level of 95 %, for exactly sampled Ornstein-Uhlenbeck and shot noise and trials of 20 to
400 correlation times: 93 to 98 % for the whole curve and 94 to 97 % for each point from 20 trials, 93 to 97 % for both
from 10. The pointwise coverage is the same with 2, 3 and 5 trials; that of the whole curve is not, so a simultaneous
band requires 10 trials. `pytest -m slow -s tests/statistical/test_membrane_coverage.py` repeats this.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...errors import InputError
from ...units import hertz, per_ms
from ..estimate import LOG, PLAIN, ROOT, Quantity, TrialSums
from ..kinds import given
from ..places import points
from ..uncertainty import confidence, curve_by_trial
from .moments import unit_of
from .record import Membrane

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ...results import Result
    from ..estimate import Curve

__all__ = ["autocovariance", "membrane_density", "power_spectrum"]

_POINTS = 100  # lags, or bands of frequency, at most, where none are given
_HIGHEST = 0.1  # of the sampling frequency: beyond, aliasing may add more than 3 %


def membrane_density(
    membrane: Membrane | Result, variable: str = "V", subthreshold: bool = False, level: float = 0.95
) -> Curve:
    """Density of a state variable in bins (1/mV for V), over all samples or the subthreshold ones alone.

        p_b = S_b / (S w),   S_b samples in bin b, from b w to (b + 1) w,   S all of them

    Arguments:
        membrane: Membrane; its Sampling has the width w of the bins.
        variable: name of a variable that was sampled.
        subthreshold: whether to exclude the samples around spikes, by the rule of the membrane's Sampling.
        level: confidence level of the intervals and of the simultaneous confidence band.

    Returns a Curve at the midpoints of the bins, from the first to the last that was reached; a bin that fewer than two
    trials reached has no interval. Exact for the mean of the density over the bin, from which the density at the
    midpoint differs by w^2/24 times its second derivative. Intervals by trial on the root scale.
    """
    level, membrane = confidence(level), given(Membrane, membrane)
    of = membrane[variable]
    sums, width = _part(of, subthreshold), membrane.sampling.bin[variable]
    reached = np.flatnonzero(sums.bins.any(axis=0))
    kept = slice(reached[0], reached[-1] + 1) if reached.size else slice(None)
    bins, middles = sums.bins[:, kept], (of.lowest + np.arange(sums.bins.shape[1]) + 0.5)[kept] * width
    name, unit = _name(variable, "membrane_density", subthreshold), unit_of(variable)
    quantity = Quantity(name, "1" if unit == "1" else f"1/{unit}", ROOT, _samples(subthreshold), 1, _NONE)
    return curve_by_trial(
        quantity, lambda s: s.bins / (s.n * width), TrialSums({"bins": bins, "n": sums.count[:, None]}), middles,
        level=level, x_name=variable, x_unit=unit, unbias=False, support=np.sum(bins > 0, axis=0),
    )  # fmt: skip


def autocovariance(
    membrane: Membrane | Result,
    variable: str = "V",
    subthreshold: bool = False,
    lags: ArrayLike | None = None,
    level: float = 0.95,
) -> Curve:
    """Autocovariance of a state variable against lag (mV2 for V), over all samples or the subthreshold ones alone.

        C(s) = < (x(t) - m)(x(t + s) - m) >   over the pairs of samples of a trial at lag s,   m = < x >

    Arguments:
        membrane: Membrane.
        variable: name of a variable that was sampled.
        subthreshold: whether to use only pairs with both samples subthreshold, by the rule of the membrane's Sampling,
            and the mean m of these samples.
        lags: ms, whole multiples of the sampling interval up to the longest lag; None takes up to 101 of them.
        level: confidence level of the intervals and of the simultaneous confidence band.

    Each lag has its own number of pairs, so the ends of a trial cause no bias. Since m is the mean of the samples over
    all trials, not the true mean, every lag is biased by minus the variance of m, which the jackknife corrects (not
    with a single trial: the bias is then -S(0)/T, S the power spectrum and T the window). Intervals by trial; the
    sampling interval causes no bias. Returns a Curve; `theory.autocovariance` is its limit below threshold.
    Source: Priestley, Spectral Analysis and Time Series (1981), section 5.3.3.
    """
    level, membrane = confidence(level), given(Membrane, membrane)
    of, sampling = membrane[variable], membrane.sampling
    sums = _part(of, subthreshold)
    k = _lags(lags, sampling)
    columns = {"lagged": sums.lagged[:, k], "ends": sums.ends[:, k], "pairs": sums.pairs[:, k]}
    columns |= {"y": sums.powers[:, :1], "n": sums.count[:, None]}

    def covariance(s):
        mean = s.y / s.n
        return (s.lagged - mean * s.ends) / s.pairs + mean**2

    name = _name(variable, "autocovariance", subthreshold)
    quantity = Quantity(name, unit_of(variable, 2), PLAIN, _samples(subthreshold), 1, _NO_PAIR)
    return curve_by_trial(
        quantity, covariance, TrialSums(columns), k * sampling.interval, level=level, x_name="lag", x_unit="ms",
        support=np.sum(sums.pairs[:, k] > 0, axis=0),
    )  # fmt: skip


def power_spectrum(
    membrane: Membrane | Result, variable: str = "V", edges: ArrayLike | None = None, level: float = 0.95
) -> Curve:
    """Power spectrum of a state variable (mV2/Hz for V), spikes included.

        S(f) = < |sum_k w_k x_k exp(-2 pi i f t_k)|^2 > dt / sum_k w_k^2   at f = k/L, k = 2, 3, ...

    with the Hann window, w = sin^2(pi t/L), averaged over trials, over segments of length L that overlap by half,
    and over the frequencies within each band.

    Arguments:
        membrane: Membrane; its Sampling has the length L of the segments, and the interval dt.
        variable: name of a variable that was sampled.
        edges: edges of the frequency bands, Hz, increasing, each band holding a multiple of 1/L from 2/L on, up to
            half the sampling frequency; None takes up to 100 bands from 2/L to a tenth of the sampling frequency, of
            one k each first, and then of equal ratio.
        level: confidence level of the intervals and of the simultaneous confidence band.

    Two-sided, as `theory.power_spectrum`: the integral over positive and negative f is the variance. At multiples of
    1/L from 2/L on the Hann window suppresses a constant, so no mean is subtracted, and its error does not contribute.
    A segment limits the resolution: the expectation is S + S''/(6 L^2), inaccurate where S has a peak as narrow as 1/L,
    whatever the length of the trials. Sampling causes aliasing of frequencies beyond half the sampling frequency: where
    S decreases as 1/f^2, as after jumps and white noise, it is too large by (pi f dt)^2 / sin^2(pi f dt) (0.8 % at a
    twentieth of the sampling frequency, 3 % at a tenth), and by less where it decreases faster; the lower ends of the
    intervals are lowered by the same amount. The remainder of the window after the last whole half segment is not used.
    Intervals by trial on the log scale, so that the dependence between overlapping segments needs no model. Returns a
    Curve at the mean frequency of each band. It is not defined for the subthreshold samples, which have gaps; use their
    autocovariance.
    Source: Welch, IEEE Trans. Audio Electroacoust. 15, 70 (1967); Harris, Proc. IEEE 66, 51 (1978), for the window.
    """
    level, membrane = confidence(level), given(Membrane, membrane)
    of, sampling = membrane[variable], membrane.sampling
    first, size, frequency = _bands(edges, sampling)
    unaliased = np.sinc((first + size - 1) / sampling.n_segment) ** 2  # at least this part of the power
    sums = np.add.reduceat(of.power[:, : first[-1] + size[-1]], first, axis=1) / size
    unit = unit_of(variable, 2)
    name = _name(variable, "power_spectrum", False)
    quantity = Quantity(name, "1/Hz" if unit == "1" else f"{unit}/Hz", LOG, "samples", 1, "there is no power")
    found = curve_by_trial(
        quantity, lambda s: per_ms(s.power / s.n), TrialSums({"power": sums, "n": np.ones((len(sums), 1))}), frequency,
        level=level, x_name="frequency", x_unit="Hz", unbias=False,
    )  # fmt: skip
    method = found.method if np.isnan(found.low).all() else f"{found.method}; lower end reduced by possible aliasing"
    return replace(found, low=found.low * unaliased, joint_low=found.joint_low * unaliased, method=method)


_NONE = "there is no subthreshold sample: the interspike intervals are shorter than the time excluded around each spike"
_NO_PAIR = "no two subthreshold samples are that far apart"


def _part(of, subthreshold):
    return of.subthreshold if subthreshold else of.every


def _samples(subthreshold):
    return "subthreshold samples" if subthreshold else "samples"


def _name(variable, kind, subthreshold):
    name = kind if variable == "V" else f"{variable}_{kind.removeprefix('membrane_')}"
    return f"{name}_subthreshold" if subthreshold else name


def _lags(lags, sampling):
    """Numbers of intervals in each lag."""
    if lags is None:
        return np.arange(0, sampling.n_lags + 1, -(-max(sampling.n_lags, 1) // _POINTS))
    what = (
        f"an increasing sequence of multiples of the sampling interval, {sampling.interval:g} ms, from 0 to "
        f"{sampling.longest_lag:g} (ms)"
    )
    given_lags = points("lags", lags, what)
    k = np.round(given_lags / sampling.interval)
    between = np.any(np.abs(given_lags - k * sampling.interval) > 1e-6 * sampling.interval)
    if between or np.any(np.diff(k) <= 0) or k[0] < 0 or k[-1] > sampling.n_lags:
        raise InputError("lags", lags, what)
    return k.astype(int)


def _bands(edges, sampling):
    """(first, size, frequency): number of the first multiple of 1/L in each band, how many it holds, their mean, Hz."""
    base, last = hertz(1 / sampling.segment), sampling.n_segment // 2
    if edges is None:
        highest = max(int(_HIGHEST * sampling.n_segment), 3)
        k = np.unique(np.geomspace(2, highest, _POINTS).round())
        edges = (np.append(k, k[-1] + 1) - 0.5) * base
    what = "an increasing sequence of at least two frequencies from 0 (Hz)"
    edges = points("edges", edges, what, at_least=0, fewest=2)
    ends = np.clip(np.ceil(edges / base * (1 - 1e-12)), 2, last).astype(int)
    size = np.diff(ends)
    if np.any(size == 0):
        low, high = next(pair for pair, n in zip(pairwise(edges), size, strict=True) if not n)
        allowed = (
            f"such that every band contains a multiple of 1/segment = {base:g} Hz from {2 * base:g} to below "
            f"{last * base:g} Hz, and that from {low:g} to {high:g} Hz contains none"
        )
        raise InputError("edges", edges, allowed)
    return ends[:-1], size, (ends[:-1] + ends[1:] - 1) / 2 * base
