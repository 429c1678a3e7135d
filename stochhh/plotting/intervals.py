"""Estimates side by side, and the distances between two ISI distributions with their critical values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import instance
from ..statistics.compare.distance import Distance
from ..statistics.compare.train_distance import PairedDistance
from ..statistics.estimate import Estimate
from ..statistics.kinds import each
from ..statistics.overview import named
from .bands import THEORY, tell
from .style import COLUMN, GREY, PAGE, colour_of, drawing_on, legend_above

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes


__all__ = ["distances", "estimates"]

_DISTANCES = {
    "isi_ks": "Kolmogorov-Smirnov",
    "isi_wasserstein": "Wasserstein (ms)",
    "isi_energy": "Energy (√ms)",
    "isi_anderson_darling": "Anderson-Darling",
}
_NONE = "\N{EN DASH}"
_COLUMNS = (6, 52, 100)  # points right of the axes


def estimates(
    found: Mapping[str, Estimate], ax: Axes | None = None, *, theory: float | None = None, title: str | None = None
) -> Axes:
    """Draw one statistic of several results side by side, each with its interval.

    Arguments:
        found: LABEL -> Estimate; a label that is the name of a backend has its colour, others are grey.
        ax: axes to draw on; None makes new ones.
        theory: the theoretical value, drawn as a black line; or None.
        title: label of the axis; None takes that of the statistic.

    An estimate without an interval is a hollow mark, one without a value a dash, with the reason above the axes.
    Returns the axes.
    """
    each("found", found, lambda value: instance("estimate", value, Estimate))
    with drawing_on(ax, COLUMN, 45) as ax:
        for at, (label, estimate) in enumerate(found.items()):
            if estimate.value is None:
                ax.annotate(_NONE, (at, 0.5), xycoords=("data", "axes fraction"), ha="center", va="center", color=GREY)
                continue
            colour, known = colour_of(label), estimate.low is not None
            reach = np.array([[estimate.value - estimate.low], [estimate.high - estimate.value]]) if known else None
            face = colour if known else "white"
            ax.errorbar([at], [estimate.value], reach, color=colour, mfc=face, marker="o", ms=4, elinewidth=1.0)
        if theory is not None:
            ax.axhline(theory, **THEORY | {"zorder": 0})
        tell(ax, found)
        first = next(iter(found.values()))
        known = named(first.name)
        unit = f" ({first.unit})" if first.unit != "1" else ""
        ax.set_ylabel(title or (known.label if known else first.name + unit))
        ax.set_xticks(range(len(found)), found)
        ax.set_xlim(-0.5, len(found) - 0.5)
    return ax


def distances(found: Mapping[str, Distance | PairedDistance], ax: Axes | None = None) -> Axes:
    """Draw the distances between two ISI distributions in units of their critical values at 5 %, with their intervals.

    Arguments:
        found: NAME -> Distance, the `distance` of a Comparison.
        ax: axes to draw on; None makes new ones. Value, critical value and p-value, adjusted for the number of
            distances, are written to the right.

    The band from 0 to 1 holds 95 % of the distances under equal distributions, by permutation of the trials. For a
    distance without a critical value (fewer than 4 trials) only numbers are given. Returns the axes.
    """
    each("found", found, lambda value: instance("distance", value, (Distance, PairedDistance)))
    with drawing_on(ax, PAGE, 40) as ax:
        band = ax.axvspan(0, 1, color="0.88", lw=0, zorder=0)
        for y, distance in enumerate(found.values()):
            estimate, unit = distance.estimate, distance.null_95
            if unit and estimate.value is not None:
                if estimate.low is not None:
                    ax.plot([estimate.low / unit, estimate.high / unit], [y, y], color="black", lw=1.0)
                ax.plot([estimate.value / unit], [y], "o", color="black", ms=4)
            _numbers(ax, y, distance)
        ax.set_yticks(range(len(found)), [_DISTANCES.get(name, name) for name in found])
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_ylim(len(found) - 0.5, -0.5)
        ax.set_xlim(0, max(1.5, 1.05 * ax.dataLim.x1) if np.isfinite(ax.dataLim.x1) else 1.5)
        ax.set_xlabel("Distance of ISI distributions / critical value")
        for x, head in zip(_COLUMNS, ("distance", "critical", "p, adjusted"), strict=True):
            ax.annotate(head, (1, 1), (x, 3), xycoords="axes fraction", textcoords="offset points", va="bottom")
        legend_above(ax, [band], ["equal distributions, 95 %"], handlelength=1.2)
    return ax


def _numbers(ax, y, distance):
    """The row of numbers at the right."""
    p = distance.p_adjusted
    cells = (_text(distance.estimate.value), _text(distance.null_95), _NONE if p is None else f"{p:.2g}")
    for x, cell in zip(_COLUMNS, cells, strict=True):
        ax.annotate(cell, (1, y), (x, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points", va="center")


def _text(x):
    return _NONE if x is None else f"{x:.3g}"
