"""The density of the interspike intervals (ISIs), with its band by trial."""

import numpy as np
from matplotlib.ticker import LogLocator
from scipy.special import stdtrit

from ..statistics.window import window_weight
from .style import colour_of, dashes_of, drawing_on

__all__ = ["binned_density", "isi_bins", "isi_density"]

_GROUPS = 1000  # of trials: more would not sharpen the band, and fill the memory
_LEVEL = 0.95


def isi_bins(*trains):
    """Edges (ms) of bins of equal ratio that hold the ISIs of all `trains` (SpikeTrains), or None if there are none.

    They stand at 10^(k/b) for whole k, with b = 1.5 n^(1/3) bins a decade, from 8 to 40, where n is the smallest
    number of ISIs that any of the trains has: the width of the best histogram falls like n^(-1/3).

    Source: Freedman and Diaconis, Z. Wahrscheinlichkeitstheorie 57, 453 (1981).
    """
    intervals = [isi for isi in (train.isi()[0] for train in trains) if isi.size]
    if not intervals:
        return None
    shortest = max(min(isi.min() for isi in intervals), 1e-3)
    longest = max(isi.max() for isi in intervals)
    per_decade = np.clip(round(1.5 * min(map(len, intervals)) ** (1 / 3)), 8, 40)
    first = np.floor(np.log10(shortest) * per_decade) - 1
    last = np.ceil(np.log10(longest) * per_decade) + 1
    return 10 ** (np.arange(first, last + 1) / per_decade)


def binned_density(spikes, edges, level=_LEVEL):
    """(density, low, high): density of the ISIs per decade in each bin, with its band by trial.

        f_j = S_j / (S d),   S_j = sum of w over the ISIs in bin j, S over all, w = T / (T - ISI), d decades wide
        f_j +- t(n-1) se,   se^2 = n/(n-1) sum_t (S_tj - f_j d S_t)^2 / (S d)^2, cut at 0 and 1/d

    se is that of the leave-one-trial-out jackknife to first order; ISIs of one trial may depend on each other. The
    band holds for each bin by itself; an empty bin has none. `low` and `high` are None if only one trial has ISIs.
    """
    isi, trial = spikes.isi()
    weight = window_weight(isi, spikes.window)
    trial = trial * min(spikes.n_trials, _GROUPS) // spikes.n_trials
    _, trial = np.unique(trial, return_inverse=True)
    n, n_bins = trial[-1] + 1, len(edges) - 1
    cell = np.clip(np.searchsorted(edges, isi, side="right") - 1, 0, n_bins - 1)
    sums = np.bincount(trial * n_bins + cell, weight, minlength=n * n_bins).reshape(n, n_bins)
    of_trial = sums.sum(axis=1, keepdims=True)
    share = sums.sum(axis=0) / of_trial.sum()
    width = np.diff(np.log10(edges))
    if n == 1:
        return share / width, None, None
    residual = (sums - share * of_trial) / of_trial.sum()
    half = stdtrit(n - 1, (1 + level) / 2) * np.sqrt(n / (n - 1) * np.sum(residual**2, axis=0))
    return share / width, np.maximum(share - half, 0) / width, np.minimum(share + half, 1) / width


def isi_density(spikes, ax=None, *, label=None, backend=None, edges=None):
    """Draw the density of the interspike intervals against their length, on a logarithmic axis, with its 95 % band.

    Arguments:
        spikes: SpikeTrains.
        ax: axes to draw on; None makes new ones.
        label: entry in a legend; it says so if there are no ISIs.
        backend: name of the backend, whose colour and dashes are taken.
        edges: edges of the bins, ms; None takes those of `isi_bins(spikes)`. To compare, give all the same.

    The density is per decade, so that areas on the axis are probabilities: on a linear one the refractory peak and
    the tail hide each other. Returns the axes.
    Source: Sigworth and Sine, Biophys. J. 52, 1047 (1987) (logarithmic bins).
    """
    with drawing_on(ax) as ax:
        look = {"color": colour_of(backend), "lw": 1.0, "ls": dashes_of(backend), "zorder": 3}
        if spikes.isi()[0].size:
            edges = isi_bins(spikes) if edges is None else edges
            density, low, high = binned_density(spikes, edges)
            ax.stairs(density, edges, label=label, **look)
            if low is not None:
                ax.stairs(high, edges, baseline=low, fill=True, color=look["color"], alpha=0.3, lw=0, zorder=1)
        else:
            (line,) = ax.plot([], [], label=label and f"{label} (no ISIs)", **look)
            line.sticky_edges.y.append(0)
            ax.update_datalim([(10, 0), (1000, 1)])
            ax.autoscale_view()
        ax.set_xscale("log")
        low, high = ax.get_xlim()
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 300 * low else (1,)))
        ax.xaxis.set_major_formatter("{x:g}")
        ax.xaxis.set_minor_formatter("")
        ax.set_xlabel("Interspike interval, ISI (ms)")
        ax.set_ylabel("ISI density (per decade)")
    return ax
