"""Raster, first-spike times and spectrum of spike trains."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.markers import CARETLEFT

from ..errors import integer
from ..spike_trains import SpikeTrains
from ..statistics import first_spikes, rate, renewal_limit, spike_spectrum
from ..statistics.kinds import given
from ..statistics.spikes.first_spike import latency_start
from ..statistics.uncertainty import confidence
from ..trial_windows import is_common
from .arguments import checked_stretch
from .bands import curve
from .style import GREY, colour_of, dashes_of, drawing_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from ..annotations import Spikes

__all__ = ["first_spike_times", "marks_of_spectrum", "raster", "spectrum", "stretch_of"]

_TRIALS = 10  # in a raster
_SPIKES = 40  # of a trial in a raster, about
_STRETCH = (200.0, 5000.0)  # ms, shortest and longest that is shown


def raster(
    spikes: Spikes,
    ax: Axes | None = None,
    *,
    trials: int | None = None,
    stretch: tuple[float, float] | None = None,
    backend: str | None = None,
) -> Axes:
    """Draw the spikes of some trials as ticks, one line a trial, the first at the top.

    Arguments:
        spikes: a Result, or SpikeTrains.
        ax: axes to draw on; None makes new ones.
        trials: how many trials to show, from the first on; None shows up to 10.
        stretch: (start, stop) of the time shown, ms; None shows about 40 spikes of a trial from the start of the
            window.
        backend: name of the backend, which determines the colour.

    Where the windows of the trials differ, a thin line shows when each was observed. Returns the axes.
    """
    spikes, stretch = given(SpikeTrains, spikes), checked_stretch(stretch)
    shown = min(spikes.n_trials, _TRIALS if trials is None else integer("trials", trials, at_least=1))
    with drawing_on(ax) as ax:
        start, stop = stretch_of(spikes) if stretch is None else stretch
        whole = spikes.with_transient()
        there = (whole.trial < shown) & (whole.time >= start) & (whole.time <= stop)
        row = whole.trial[there]
        # One broken line: as many artists as trials would take most of a figure's time.
        ticks = np.stack([row - 0.4, row + 0.4, np.full(row.shape, np.nan)], axis=1).ravel()
        ax.plot(np.repeat(whole.time[there], 3), ticks, color=colour_of(backend), lw=0.7, solid_capstyle="butt")
        if not is_common(spikes.windows):
            ax.hlines(range(shown), *spikes.windows[:shown].T, colors=GREY, lw=0.5, alpha=0.6, zorder=0)
        ax.set_xlim(start, stop)
        ax.set_ylim(shown - 0.5, -0.5)
        ax.set_yticks([])
        ax.set_ylabel(f"{shown} trial{'' if shown == 1 else 's'}")
        ax.set_xlabel("Time (ms)")
    return ax


def stretch_of(*trains):
    """The time in which the train with the highest rate has about 40 spikes per trial."""
    start, stop = max(t.windows[:, 0].min() for t in trains), min(t.windows[:, 1].max() for t in trains)
    busiest = max(t.counts().sum() / t.durations.sum() for t in trains)
    length = np.clip(_SPIKES / busiest if busiest > 0 else _STRETCH[1], *_STRETCH)
    return start, min(stop, start + float(f"{length:.1g}"))


def first_spike_times(
    spikes: Spikes,
    ax: Axes | None = None,
    *,
    since: float | None = None,
    level: float = 0.95,
    label: str | None = None,
    backend: str | None = None,
) -> Axes:
    """Draw the fraction of trials with a spike by a time after `since`, with its simultaneous confidence band.

        F(t) = trials with first spike at t or before / all trials,   band: F +- sqrt(ln(2 / (1 - level)) / (2 n))

    Arguments:
        spikes: a Result, or SpikeTrains.
        ax: axes to draw on; None makes new ones.
        since: start of the latency, ms; None takes the start of the window, or time 0 inside of it.
        level: confidence level of the band.
        label: entry in a legend, which adds the number of silent trials.
        backend: name of the backend, which determines colour and dashes.

    A silent trial counts as later than all others, so F ends at the response probability. The band contains all of F
    with the given level for independent trials of any distribution; it is conservative for few trials. Returns the
    axes.
    Source: Massart, Ann. Probab. 18, 1269 (1990) (the inequality of Dvoretzky, Kiefer and Wolfowitz).
    """
    spikes = given(SpikeTrains, spikes)
    found = np.sort(first_spikes(spikes, since))
    n, silent = found.size, int(np.isinf(found).sum())
    half = math.sqrt(math.log(2 / (1 - confidence(level))) / (2 * n))
    end = spikes.stop - latency_start(spikes, since)
    t = np.concatenate([[0.0], found[: n - silent], [end]])
    part = np.concatenate([np.arange(n - silent + 1), [n - silent]]) / n
    with drawing_on(ax) as ax:
        look = {"color": colour_of(backend), "ls": dashes_of(backend), "lw": 1.0, "zorder": 3}
        told = f" ({silent} of {n} trials silent)" if silent else ""
        ax.step(t, part, where="post", label=label and label + told, **look)
        low, high = np.clip(part - half, 0, 1), np.clip(part + half, 0, 1)
        ax.fill_between(t, low, high, step="post", color=look["color"], alpha=0.3, lw=0, zorder=1)
        ax.set_xlim(0, max(end if silent else 1.05 * found[-1], ax.get_xlim()[1] if ax.lines[1:] else 0))
        ax.set_ylim(0, 1)
        ax.set_xlabel("Time to the first spike (ms)")
        ax.set_ylabel("Fraction of trials with a spike")
    return ax


def spectrum(
    spikes: Spikes,
    ax: Axes | None = None,
    *,
    edges: ArrayLike | None = None,
    label: str | None = None,
    backend: str | None = None,
) -> Axes:
    """Draw the power spectrum of the train, with its limits: the rate, and rate CV^2 for a renewal train.

    Arguments:
        spikes: a Result, or SpikeTrains.
        ax: axes to draw on; None makes new ones.
        edges: edges of the frequency bands, Hz, see `spike_spectrum`.
        label: entry in a legend.
        backend: name of the backend, which determines colour and dashes.

    A mark at the right end of the axis is the rate, the limit of the spectrum at high frequencies and its constant
    value for a Poisson train; a mark at the left end, with its interval, is the limit at frequency 0 for a train
    without memory.
    Returns the axes.
    """
    ax = curve(spike_spectrum(spikes, edges), ax, label=label, backend=backend)
    marks_of_spectrum(spikes, ax, backend)
    return ax


def marks_of_spectrum(spikes, ax, backend=None):
    """Mark the rate at the right end of the axis and the renewal limit at the left one."""
    look = {"color": colour_of(backend), "transform": ax.get_yaxis_transform(), "zorder": 5}
    mark = look | {"marker": CARETLEFT, "ms": 4, "ls": "none", "clip_on": False}
    limit, high = renewal_limit(spikes), rate(spikes)
    for x, estimate in ((1.0, high), (0.0, limit)):
        if estimate.value is not None:
            ax.plot([x], [estimate.value], **mark)
            ax.set_ylim(0, max(ax.get_ylim()[1], 1.05 * estimate.value))
    if limit.low is not None:
        ax.plot([0.0, 0.0], [limit.low, limit.high], lw=3, alpha=0.4, solid_capstyle="butt", **look)
