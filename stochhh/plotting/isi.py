"""The density of the interspike intervals (ISIs), with its band by trial."""

import numpy as np

from ..statistics import isi_bins, isi_histogram
from .looks import plain_log_ticks
from .style import colour_of, dashes_of, drawing_on

__all__ = ["isi_density"]


def isi_density(spikes, ax=None, *, label=None, backend=None, edges=None, joint=False):
    """Draw the density of the interspike intervals against their length, on a logarithmic axis, with its 95 % band.

    Arguments:
        spikes: SpikeTrains.
        ax: axes to draw on; None makes new ones.
        label: entry in a legend; it says so if there are no ISIs.
        backend: name of the backend, whose colour and dashes are taken.
        edges: edges of the bins, ms; None takes those of `isi_bins(spikes)`. To compare, give all the same.
        joint: whether the band holds the whole density with 95 %; if not, or from few trials, each bin by itself.

    The density is per decade, so that areas on the axis are probabilities: on a linear one the refractory peak and
    the tail hide each other. Returns the axes.
    Source: Sigworth and Sine, Biophys. J. 52, 1047 (1987) (logarithmic bins).
    """
    with drawing_on(ax) as ax:
        look = {"color": colour_of(backend), "lw": 1.0, "ls": dashes_of(backend), "zorder": 3}
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
