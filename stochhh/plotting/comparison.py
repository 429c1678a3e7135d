"""The figure of a comparison: spikes of some trials and V of one for a short time, ISI densities, statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..comparison import Comparison
from ..errors import InputError, instance
from ..results import Result
from ..statistics import isi_bins, rate
from .forest_plot import forest, notes
from .isi import isi_density
from .spikes import raster, stretch_of
from .style import GREY, PAGE, colour_of, journal, legend_above, letter, new_figure, save
from .traces import shown, trace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..annotations import File

__all__ = ["save_comparison_figures"]

_TRIALS = 20  # in a raster


def save_comparison_figures(
    comparison: Comparison,
    a: Result,
    b: Result,
    directory: File,
    *,
    traces: Sequence[Result] | None = None,
) -> list[Path]:
    """Save the comparison of two backends as comparison.png and comparison.pdf, and return the paths.

    Arguments:
        comparison: a Comparison.
        a, b: the two Results that were compared.
        directory: an existing directory.
        traces: two Results with traces, of a short trial each; None takes the traces of the compared results, if they
            have any.

    Raises InputError if the place cannot be written to.
    """
    instance("comparison", comparison, Comparison)
    results = instance("a", a, Result), instance("b", b, Result)
    traced = results if traces is None else tuple(instance("traces", trace, Result) for trace in traces)
    if len(traced) != 2:
        raise InputError("traces", traces, "two Results, one for each of those that were compared")
    with journal():
        figure = new_figure(PAGE, 148 + 3.2 * len(notes(comparison)))
        upper, lower = figure.add_gridspec(2, 1, height_ratios=(1.3, 1.2))
        left, right = upper.subgridspec(1, 2, width_ratios=(1.5, 1))
        above, below = left.subgridspec(2, 1, height_ratios=(1, 1.1))
        rasters = above.subgridspec(2, 1, hspace=0).subplots(sharex=True)
        lanes = below.subgridspec(2, 1, hspace=0).subplots(sharey=True)
        _rasters(rasters, results)
        _lanes(lanes, traced)
        density, differences = figure.add_subplot(right), figure.add_subplot(lower)
        _densities(density, results)
        forest(comparison, differences)
        for ax, text, before in (
            (rasters[0], "a", 32),
            (lanes[0], "b", 32),
            (density, "c", 32),
            (differences, "d", 90),
        ):
            letter(ax, text, before)
    return save(figure, directory, "comparison")


def _rasters(lanes, results):
    """The spikes of up to 20 trials of each result: one trial alone may show the opposite of what all together do."""
    trains = [result.spikes for result in results]
    stretch = stretch_of(*trains)
    for ax, result in zip(lanes, results, strict=True):
        raster(result.spikes, ax, trials=_TRIALS, stretch=stretch, backend=result.backend)
        ax.label_outer()
    handles = [Line2D([], [], color=colour_of(result.backend)) for result in results]
    legend_above(lanes[0], handles, [f"{r.backend}, {rate(r.spikes).value:.3g} Hz" for r in results])


def _lanes(lanes, results):
    """V of each result for a short time, each about its own first spike, since they are different trials."""
    if any(result.traces is None for result in results):
        for ax in lanes:
            ax.set_axis_off()
        middle = {"xycoords": "axes fraction", "ha": "center", "va": "center"}
        lanes[0].annotate("no traces of $V$ were kept", (0.5, 0), **middle)
        return
    for ax, result in zip(lanes, results, strict=True):
        trace(result.traces, "V", ax, stretch=shown(result, start=result.spikes.start), backend=result.backend)
    lanes[0].set_xlabel("")


def _densities(ax, results):
    """The ISI densities in the same bins."""
    edges = isi_bins(*(result.spikes for result in results))
    for result in results:
        isi_density(result.spikes, ax, label=result.backend, backend=result.backend, edges=edges)
    handles, labels = ax.get_legend_handles_labels()
    if any(patch.get_fill() for patch in ax.patches):
        handles, labels = [*handles, Patch(color=GREY, alpha=0.3, lw=0)], [*labels, "95 % by trial"]
    legend_above(ax, handles, labels, handlelength=1.6, columnspacing=1.0)
