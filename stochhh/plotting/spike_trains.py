"""Figure of spike trains: raster, ISIs, hazard, serial correlations, counts, spectrum and autocorrelation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.markers import CARETLEFT
from matplotlib.patches import Patch

from ..spike_trains import SpikeTrains
from ..statistics import isi_bins, rate
from ..statistics.kinds import each, given
from ..statistics.spikes.page import spike_train_curves
from .bands import curves, tell
from .isi import isi_density
from .spikes import marks_of_spectrum, raster, stretch_of
from .style import GREY, PAGE, colour_of, dashes_of, journal, legend_above, letter, new_figure, save

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from ..annotations import File, Spikes
    from ..statistics.estimate import Curve

__all__ = ["save_spike_train_figures", "spike_train_figure"]


def save_spike_train_figures(
    results: Mapping[str, Spikes],
    directory: File,
    stem: str = "spike_trains",
    *,
    found: Mapping[str, Mapping[str, Curve]] | None = None,
) -> list[Path]:
    """Save the figure of `spike_train_figure` as STEM.png and STEM.pdf, and return the paths.

    Arguments:
        results, found: as in `spike_train_figure`.
        directory: an existing directory.
        stem: file name without its suffix.

    Raises InputError if the place cannot be written to.
    """
    return save(spike_train_figure(results, found=found), directory, stem)


def spike_train_figure(
    results: Mapping[str, Spikes], *, found: Mapping[str, Mapping[str, Curve]] | None = None
) -> Figure:
    """The spike trains of one or more results on a page: a matplotlib Figure.

    Arguments:
        results: LABEL -> Result, or SpikeTrains; a label that is the name of a backend has its colour and dashes.
        found: the result of `spike_train_curves` for these results; None to compute it.

    Bands are simultaneous 95 % confidence bands, by trial; with fewer than 10 trials the intervals are pointwise, as
    stated in the figure. Thin lines and marks are references: a Fano factor of 1 and serial correlations of 0
    (Poisson); in the spectrum the rate, at the right end, and at the left end rate CV^2, the limit of a train without
    memory; in the autocorrelation the rate.
    """
    trains = each("results", results, partial(given, SpikeTrains))
    found = spike_train_curves(trains) if found is None else found
    with journal():
        figure = new_figure(PAGE, 122 + 12 * len(trains))
        upper, lower = figure.add_gridspec(2, 1, height_ratios=(0.25 + 0.25 * len(trains), 2.2))
        lanes = upper.subgridspec(len(trains), 1, hspace=0.05).subplots(sharex=True, squeeze=False)[:, 0]
        axes = lower.subgridspec(2, 3).subplots().ravel()
        _rasters(lanes, trains)
        banded = any(np.isfinite(c.low).any() for named in found.values() for c in named.values())
        _legend(lanes[0], trains, banded)
        _density(axes[0], trains, found["isi_histogram"])
        for ax, named in zip(axes[1:], list(found.values())[1:], strict=True):
            curves(named, ax, legend=False)
        _references(axes[4], axes[5], trains)
        for ax, text in zip((lanes[0], *axes), "abcdefg", strict=True):
            letter(ax, text, 30)
        figure.align_ylabels(axes[[0, 3]])
    return figure


def _rasters(lanes, trains):
    stretch = stretch_of(*trains.values())
    for ax, (label, spikes) in zip(lanes, trains.items(), strict=True):
        raster(spikes, ax, stretch=stretch, backend=label)
        ax.label_outer()


def _legend(ax, trains, banded):
    handles = [Line2D([], [], color=colour_of(label), ls=dashes_of(label)) for label in trains]
    labels = [*trains]
    if banded:
        handles, labels = [*handles, Patch(color=GREY, alpha=0.3, lw=0)], [*labels, "95 % band, by trial"]
    legend_above(ax, handles, labels)


def _density(ax, trains, found):
    edges = isi_bins(*trains.values())
    if edges is None:
        curves(found, ax)
        return
    for label, spikes in trains.items():
        isi_density(spikes, ax, label=label, backend=label, edges=edges, joint=True)
    tell(ax, found, joint=True)


def _references(spectrum, autocorrelation, trains):
    """The limits of spectrum and autocorrelation."""
    drawn = bool(spectrum.lines)
    for label, spikes in trains.items():
        if drawn and spikes.time.size and autocorrelation.lines:
            marks_of_spectrum(spikes, spectrum, label)
            autocorrelation.axhline(rate(spikes).value, color=colour_of(label), lw=0.5, alpha=0.6, zorder=0)
    if spectrum.lines and not spectrum.get_title(loc="left"):
        mark = Line2D([], [], color=GREY, marker=CARETLEFT, ms=4, ls="none")
        legend_above(spectrum, [mark], ["rate CV² (left), rate (right)"], handletextpad=0.2)
