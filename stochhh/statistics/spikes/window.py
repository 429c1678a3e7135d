"""Effects of a finite observation window on the statistics of a spike train."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...units import hertz, per_ms
from .counts import rate

if TYPE_CHECKING:
    from ..estimate import Estimate

__all__ = ["Censoring", "time_resolution", "typical_window", "window_weight"]

_LONGEST = 0.9  # of the window: no weight grows beyond that of a stretch of this length
_LONG = 0.02  # part of the ISIs that may be longer than half the window
_LOST = 0.05  # part of 1/rate that may be lost
_FEWEST = 5  # spikes in the window, on average, whatever the train
_SPIKES = 14  # of a Poisson train in the window, on average, for the longest ISIs to be known


def window_weight(length, durations):
    """Weight that corrects for sequences of spikes that are lost at the ends of the window.

        w(x) = T / (T - x),   for windows of different lengths  w(x) = sum_t T_t / sum_t max(T_t - x, 0)

    In a stationary train a sequence of `length` x that starts inside a window of length T also ends inside it with
    probability (T - x)/T; with its inverse as weight, weighted sums are unbiased for every x < T. Sequences of equal
    length have equal weights, so a periodic train is unchanged. Weights grow up to 10, that of 0.9 T, since a single
    sequence might otherwise dominate all others; sequences longer than the longest window are never observed.

    Arguments:
        length: time from the first to the last spike of the sequence, ms, shape (n,).
        durations: length T of the window, ms, or that of each trial, shape (n_trials,).

    Source: Horvitz and Thompson, J. Am. Stat. Assoc. 47, 663 (1952).
    """
    T = np.sort(np.atleast_1d(durations))
    if T[0] == T[-1]:
        return 1.0 / (1.0 - np.minimum(length / T[0], _LONGEST))
    shorter = np.searchsorted(T, length, side="right")
    beyond = np.append(np.cumsum(T[::-1])[::-1], 0.0)  # the time in windows from each one on
    seen = beyond[shorter] - (T.size - shorter) * length
    return 1.0 / np.maximum(seen / beyond[0], 1.0 - _LONGEST)


def typical_window(spikes):
    """Length of the window, ms; where it differs between trials, half of the time is in windows up to this length."""
    T = np.sort(spikes.durations)
    return float(T[0] if T[0] == T[-1] else T[np.searchsorted(np.cumsum(T), T.sum() / 2)])


class Censoring(NamedTuple):
    """How far long ISIs are censored by the ends of the windows, as the spikes tell.

    Arguments:
        frequency: Estimate of the rate, Hz.
        window: `typical_window`, ms.
        differ: whether the lengths of the windows differ.
        long: weighted fraction of the ISIs that are longer than half the window.
        mean: weighted mean of the ISIs, ms.
        regular: square root of an upper limit of the local variation LV.
    """

    frequency: Estimate
    window: float
    differ: bool
    long: float
    mean: float
    regular: float

    @classmethod
    def of(cls, spikes, level, told=slice(None)):
        """From the ISIs of SpikeTrains, or from some of them; None where there are none.

        Arguments:
            level: confidence level of the rate.
            told: which ISIs are used, shape (n,).
        """
        isi, trial = (column[told] for column in spikes.isi())
        if not isi.size:
            return None
        weight, window = window_weight(isi, spikes.durations), typical_window(spikes)
        total, differ = weight.sum(), bool(np.ptp(spikes.durations) > 0)
        long, mean = weight[isi > window / 2].sum() / total, weight @ isi / total
        return cls(rate(spikes, level), window, differ, long, mean, np.sqrt(_most_local_variation(isi, trial)))

    def reason(self, *, tail, spare=1.0):
        """Why too many long ISIs are lost at the ends of the window for a valid interval; or None.

        This is the case if the window contains fewer than 5 spikes on average or, for statistics that depend on the
        longest ISIs, fewer than 14 sqrt(U), with U an upper limit of the local variation LV: if LV is estimated from
        few ISIs, U is 1, which requires the 14 spikes of a Poisson train. With LV itself in place of U, samples whose
        ISIs happen to be regular would be selected; a criterion based on the longest ISIs alone would select those that
        happen to lack them. It is also the case if more than 2 % of the ISIs are longer than half the window and, for
        every statistic, if the mean ISI is smaller than 1/rate, its value in every stationary train, by more than 5 %
        and the error of the rate.

        Arguments:
            tail: dependence of the statistic on the longest ISIs: 1 for moments, 0.5 for those of the logarithm, which
                require half as many spikes, 0 for pairs of ISIs, which require 5 and the last condition.
            spare: safety factor for the number of spikes required of a train that is regular enough for fewer than 14:
                a value above 1 also excludes windows that appear long enough by chance alone.
        """
        frequency, spikes = self.frequency, per_ms(self.frequency.value) * self.window
        needed = max(_FEWEST, tail * _SPIKES * min(spare * self.regular, max(self.regular, 1.0)))
        if tail == 1 and self.long > _LONG:
            seen = f"a fraction of {self.long:.2g} of those observed is longer than half of it"
        elif spikes < needed:
            seen = (
                f"it contains {spikes:.3g} spikes on average, and {needed:.3g} are required unless a train is known to "
                "be more regular"
            )
        elif frequency.high is not None and self.mean < (1 - _LOST) * hertz(1 / frequency.high):
            seen = (
                f"those observed last {self.mean:.4g} ms on average, but 1/rate is {hertz(1 / frequency.value):.4g} ms"
            )
        else:
            return None
        which = "a typical window" if self.differ else "the window"
        return f"{which} of {self.window:g} ms is too short for long interspike intervals: {seen}; lengthen duration"


def _most_local_variation(isi, trial):
    """Upper 95 % limit of LV, the mean of x = 3 (I - I')^2 / (I + I')^2 over adjacent ISIs: m + 1.645 s + 3/n.

    Since x lies between 0 and 3, the last term bounds the error if s is estimated from few values (Maurer and Pontil,
    COLT 2009). At most 1, the value of a Poisson train, or m if that is larger.
    """
    length = isi[1:] + isi[:-1]
    pair = (trial[1:] == trial[:-1]) & (length > 0)
    if not pair.any():
        return 1.0
    x = 3 * (np.diff(isi)[pair] / length[pair]) ** 2
    mean = x.mean()
    return min(mean + 1.645 * x.std() / np.sqrt(x.size) + 3 / x.size, max(mean, 1.0))


def time_resolution(spikes):
    """The largest change of an ISI due to rounding of the spike times, ms."""
    return 8 * np.finfo(np.float64).eps * spikes.largest_time
