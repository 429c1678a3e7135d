"""The density of the interspike intervals (ISIs), with its band by trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..spike_trains import SpikeTrains
from ..statistics import isi_bins, isi_histogram
from ..statistics.kinds import given
from .looks import plain_log_ticks
from .style import colour_of, dashes_of, drawing_on

if TYPE_CHECKING:
    from typing import Any

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from ..annotations import Spikes

__all__ = ["isi_density"]


def isi_density(
    spikes: Spikes,
    ax: Axes | None = None,
    *,
    label: str | None = None,
    backend: str | None = None,
    edges: ArrayLike | None = None,
    joint: bool = False,
    **look: Any,
) -> Axes:
    """Draw the density of the interspike intervals against their length, on a logarithmic axis, with its 95 % band.

    Arguments:
        spikes: a Result, or SpikeTrains.
        ax: axes to draw on; None makes new ones.
        label: entry in a legend, which states if there are no ISIs.
        backend: name of the backend, which determines colour and dashes.
        edges: edges of the bins, ms; None takes those of `isi_bins(spikes)`. Use the same edges for densities that are
            compared.
        joint: whether to draw the simultaneous 95 % band; if not, or with few trials, the intervals are those of each
            bin.
        look: other properties of the line, such as color.

    The density is per decade, so that areas on the axis are probabilities: a linear axis cannot show both the
    refractory peak and the tail. Returns the axes.
    Source: Sigworth and Sine, Biophys. J. 52, 1047 (1987) (logarithmic bins).
    """
    spikes = given(SpikeTrains, spikes)
    with drawing_on(ax) as ax:
        look = {"color": colour_of(backend), "lw": 1.0, "ls": dashes_of(backend), "zorder": 3} | look
        if spikes.isi()[0].size:
            edges = isi_bins(spikes) if edges is None else edges
            density = isi_histogram(spikes, edges)
            ax.stairs(density.value, edges, label=label, **look)
            ends = density.band(joint)
            if np.isfinite(ends).any():
                low, high = np.nan_to_num(ends)
                ax.stairs(high, edges, baseline=low, fill=True, color=look["color"], alpha=0.3, lw=0, zorder=1)
        else:
            (line,) = ax.plot([], [], label=label and f"{label} (no ISIs)", **look)
            line.sticky_edges.y.append(0)
            ax.update_datalim([(10, 0), (1000, 1)])
            ax.autoscale_view()
        ax.set_xscale("log")
        plain_log_ticks(ax.xaxis)
        ax.set_xlabel("Interspike interval, ISI (ms)")
        ax.set_ylabel("ISI density (per decade)")
    return ax
