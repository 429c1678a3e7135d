"""The autocorrelation of a spike train: the rate of spikes a given time after a spike."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...units import hertz
from ..cells import bin_of, rounding
from ..estimate import ROOT, Curve, Quantity, TrialSums, binned
from ..estimate.sums import GROUPS
from ..kinds import of_spikes
from ..places import points
from ..uncertainty import confidence, curve_by_trial
from .window import typical_window

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ...spike_trains import SpikeTrains

__all__ = ["autocorrelation"]

_BINS = 60
_LONGEST = 6.0  # mean ISIs


@of_spikes
def autocorrelation(spikes: SpikeTrains, edges: ArrayLike | None = None, level: float = 0.95) -> Curve:
    """Rate of spikes (Hz) a time s after any spike: the autocorrelation of the train divided by its rate.

        m_j = n_j / E_j,   n_j pairs of spikes of a trial at lag s, s in bin j
        E_j = sum over the reference spikes of the part of bin j after them that lies within the window

    Arguments:
        spikes: SpikeTrains.
        edges: edges of the bins of s, ms, from 0 up and increasing, within the window; None takes 60 up to six mean
            ISIs.
        level: confidence level of the intervals and of the simultaneous confidence band.

    Returns a Curve at the midpoints of the bins. It tends to the rate at long lags, equals the rate at all lags for a
    Poisson train, and is 0 during a refractory period. Every spike is used as a reference for the rest of the window,
    so the end of the window causes no bias: exact for the mean over each bin of a stationary train, up to the ratio's
    bias of order 1/n. Intervals by trial on the root scale.
    Source: Perkel, Gerstein and Moore, Biophys. J. 7, 391 (1967); Cox and Isham, Point Processes (1980), section 2.5.
    """
    level = confidence(level)
    time, trial = spikes.time, spikes.trial
    edges = _edges(edges, spikes, time.size)
    middles = (edges[1:] + edges[:-1]) / 2
    labels = {"level": level, "x_name": "lag", "x_unit": "ms"}
    if time.size == 0:
        missing = {"unit": "Hz", "n": spikes.n_trials}
        return Curve.missing("autocorrelation", middles, "there is no spike in the window", **missing, **labels)
    n_bins = len(middles)
    pairs = np.zeros((min(spikes.n_trials, GROUPS), n_bins))
    for k in range(1, time.size):  # the k-th spike after each
        lag = time[k:] - time[:-k]
        near = (trial[k:] == trial[:-k]) & (lag < edges[-1] - rounding(spikes.largest_time))
        if not near.any():
            break
        cell = bin_of(lag[near], edges, spikes.largest_time)
        told = cell >= 0
        pairs += binned(trial[k:][near][told], cell[told], spikes.n_trials, n_bins)
    left, nowhere = spikes.windows[trial, 1] - time, np.zeros_like(trial)
    seen = (np.clip(left, low, high) - low for low, high in pairwise(edges))
    exposure = np.concatenate([binned(trial, nowhere, spikes.n_trials, 1, part) for part in seen], axis=1)
    quantity = Quantity("autocorrelation", "Hz", ROOT, "spikes", 1, "no spike is observed for that long afterwards")
    return curve_by_trial(
        quantity, lambda s: hertz(s.pairs / s.exposure), TrialSums({"pairs": pairs, "exposure": exposure}), middles,
        n_trials=spikes.n_trials, unbias=False, support=np.sum(pairs > 0, axis=0), **labels,
    )  # fmt: skip


def _edges(edges, spikes, n_spikes):
    if edges is None:
        mean = spikes.durations.mean() * spikes.n_trials / max(n_spikes, 1)
        return np.linspace(0, min(_LONGEST * mean, typical_window(spikes) / 2), _BINS + 1)
    longest = float(spikes.durations.max())
    what = f"an increasing sequence of at least two lags from 0 (ms), within the window of {longest:g} ms"
    return points("edges", edges, what, at_least=0, at_most=longest + rounding(spikes.largest_time), fewest=2)
