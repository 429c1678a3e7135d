"""The Fano factor of the spike count as a function of the counting window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..cells import cell_of, rounding
from ..estimate import LOG, Curve, Quantity, TrialSums, binned
from ..kinds import of_spikes
from ..places import points
from ..uncertainty import confidence, curve_by_trial
from .counts import ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ...spike_trains import SpikeTrains

__all__ = ["fano_curve"]

_POINTS = 12
_SHORTEST_COUNT = 0.5  # mean spikes in the shortest of the windows that are chosen


@of_spikes
def fano_curve(spikes: SpikeTrains, windows: ArrayLike | None = None, level: float = 0.95) -> Curve:
    """Fano factor of the spike count in windows of a given length.

        fano_factor(w) = s^2 / c,   s^2 = sum (c_i - c)^2 / (n - 1),   c = mean count

    over all n counts of the windows of length w that fit side by side into the observation, of all trials.

    Arguments:
        spikes: SpikeTrains.
        windows: lengths w, ms, increasing, none longer than the observation; None takes 12 of equal ratio, from half a
            spike on average to the observation.
        level: confidence level of the intervals and of the simultaneous confidence band.

    A spike on an edge, up to rounding, counts in the later window. Returns a Curve. A remainder shorter than w at the
    end of the observation is not counted. For w equal to the whole observation it is `fano_factor`. It is 1 for a
    Poisson train, and tends to CV^2 (1 + 2 sum of the serial correlations) in long windows; if the rate varies between
    trials it grows with w without bound. Variance and mean are those of all trials together; the jackknife removes the
    bias of order 1/n_trials due to the dependence between the counts of one trial. Intervals by trial on the log scale.
    Source: Cox and Lewis, The Statistical Analysis of Series of Events (1966), section 4.5; Fano, Phys. Rev. 72, 26
    (1947).
    """
    level = confidence(level)
    n_spikes = spikes.time.size
    windows = _windows(windows, spikes, n_spikes)
    labels = {"level": level, "x_name": "window", "x_unit": "ms"}
    if n_spikes == 0:
        return Curve.missing("fano_curve", windows, "there is no spike", unit="1", n=spikes.n_trials, **labels)
    columns = [np.stack(column, axis=1) for column in zip(*(_sums(spikes, w) for w in windows), strict=True)]

    quantity = Quantity("fano_curve", "1", LOG, "spike counts", 2, "there is no spike, or all counts are equal")
    sums = TrialSums(dict(zip(("n", "counts", "squares"), columns, strict=True)))
    total = sums.total()
    differ = np.where(total.n * total.squares > total.counts**2, spikes.n_trials, 0)
    return curve_by_trial(quantity, ratio, sums, windows, n_trials=spikes.n_trials, support=differ, **labels)


def _sums(spikes, window):
    """By group of trials: number of counts, their sum, and the sum of their squares."""
    n = int(cell_of(spikes.window, window, spikes.largest_time))
    place, trial = cell_of(spikes.since_start(), window, spikes.largest_time), spikes.trial
    if spikes.window - n * window <= rounding(spikes.largest_time):
        place = np.minimum(place, n - 1)  # the end of the observation belongs to the last window
    place, trial = place[place < n], trial[place < n]
    begins = np.flatnonzero((np.diff(place, prepend=-1) != 0) | (np.diff(trial, prepend=-1) != 0))
    counts, of = np.diff(begins, append=place.size).astype(float), trial[begins]  # of the windows with a spike
    trials = np.arange(spikes.n_trials)
    columns = ((trials, np.full(spikes.n_trials, float(n))), (of, counts), (of, counts**2))
    return [binned(of, np.zeros_like(of), spikes.n_trials, 1, weight)[:, 0] for of, weight in columns]


def _windows(windows, spikes, n_spikes):
    if windows is None:
        shortest = _SHORTEST_COUNT * spikes.window * spikes.n_trials / max(n_spikes, 1)
        return np.geomspace(min(shortest, spikes.window / 4), spikes.window, _POINTS)
    what = f"an increasing sequence of positive lengths (ms), at most that of the observation, {spikes.window:g} ms"
    return points("windows", windows, what, above=0, at_most=spikes.window + rounding(spikes.largest_time))
