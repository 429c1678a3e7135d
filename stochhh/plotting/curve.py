"""A curve with its bands: one call draws any of them."""

from typing import NamedTuple

import numpy as np

from .style import colour_of, dashes_of, drawing_on

__all__ = ["curve"]


class _Look(NamedTuple):
    label: str
    x_label: str
    x_scale: str = "linear"
    y_scale: str = "linear"
    reference: float | None = None  # drawn as a thin line: what a Poisson or renewal train has


_LOOKS = {
    "isi_kernel_density": _Look("ISI density (1/ms)", "Interspike interval, ISI (ms)"),
    "log_isi_density": _Look("ISI density (per ln)", "Interspike interval, ISI (ms)", "log"),
    "isi_survival": _Look("Part of the ISIs that last longer", "Interspike interval, ISI (ms)", y_scale="log"),
    "isi_hazard": _Look("Hazard (1/ms)", "Time since the last spike (ms)"),
    "serial_correlation": _Look("Serial correlation of the ISIs", "Lag (ISIs)", reference=0.0),
    "fano_curve": _Look("Fano factor of the count", "Counting window (ms)", "log", reference=1.0),
    "spike_spectrum": _Look("Power of the train (Hz)", "Frequency (Hz)", "log"),
    "autocorrelation": _Look("Rate after a spike (Hz)", "Time since a spike (ms)"),
    "membrane_density": _Look("Density of $V$ (1/mV)", "Membrane potential, $V$ (mV)"),
    "autocovariance": _Look("Autocovariance of $V$ (mV²)", "Lag (ms)", reference=0.0),
    "power_spectrum": _Look("Power of $V$ (mV²/Hz)", "Frequency (Hz)", "log", "log"),
}


def curve(estimate, ax=None, *, label=None, backend=None, theory=None, joint=True, **look):
    """Draw a Curve as a line with its band.

    Arguments:
        estimate: a Curve.
        ax: axes to draw on; None makes new ones.
        label: entry in a legend.
        backend: name of the backend, whose colour and dashes are taken.
        theory: what theory says at the same x, shape (n_points,), drawn as a thin black line; or None.
        joint: whether the band holds the whole curve with the level's probability; if not, each point by itself.
        look: other properties of the line, such as color.

    Points without an interval have no band; a curve of a few points has bars. Returns the axes.
    """
    known = _LOOKS.get(estimate.name, _Look(*_names(estimate)))
    with drawing_on(ax) as ax:
        look = {"color": colour_of(backend), "ls": dashes_of(backend), "lw": 1.0, "zorder": 3} | look
        low, high = (estimate.joint_low, estimate.joint_high) if joint else (estimate.low, estimate.high)
        x, value = np.asarray(estimate.x), np.asarray(estimate.value)
        ax.set_xscale(known.x_scale)
        ax.set_yscale(known.y_scale)
        if known.reference is not None:
            ax.axhline(known.reference, color="0.6", lw=0.5, zorder=0)
        if x.dtype.kind in "iu" or len(x) <= 12:
            _bars(ax, x, value, low, high, label, look)
        else:
            ax.plot(x, value, label=label, **look)
            ax.fill_between(x, low, high, color=look["color"], alpha=0.3, lw=0, zorder=1)
        if theory is not None:
            ax.plot(x, theory, color="black", lw=0.7, ls=(0, (4, 1.5, 1, 1.5)), label=label and "theory", zorder=4)
        ax.set_xlabel(known.x_label)
        ax.set_ylabel(known.label)
        ax.margins(x=0.02 if len(x) <= 12 else 0)
    return ax


def _bars(ax, x, value, low, high, label, look):
    """Points with bars: between few points a line would say more than is known."""
    has = np.isfinite(low) & np.isfinite(high)
    reach = np.where(has, [value - low, high - value], 0.0)
    ax.errorbar(x, value, np.maximum(reach, 0.0), label=label, marker="o", ms=2.5, capsize=0, elinewidth=0.8, **look)


def _names(estimate):
    unit, x_unit = (f" ({unit})" if unit != "1" else "" for unit in (estimate.unit, estimate.x_unit))
    words = estimate.name.replace("_", " ")
    return words[:1].upper() + words[1:] + unit, estimate.x_name[:1].upper() + estimate.x_name[1:] + x_unit
