"""Curves with confidence bands, of one result or of several."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from ..errors import instance
from ..statistics.estimate import Curve
from ..statistics.kinds import each
from .looks import look_of, plain_log_ticks
from .style import GREY, colour_of, dashes_of, drawing_on, legend_above

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from ..annotations import FloatArray

__all__ = ["THEORY", "curve", "curves", "tell"]

_FEW = 12  # points; between fewer a line would say more than is known
_WIDTH = 37  # characters in a line of a note
_LEGEND = 13  # points that a legend takes
THEORY = {"color": "black", "lw": 0.7, "ls": (0, (4, 1.5, 1, 1.5)), "zorder": 4}


def curve(
    estimate: Curve,
    ax: Axes | None = None,
    *,
    label: str | None = None,
    backend: str | None = None,
    theory: Callable[[FloatArray], ArrayLike] | ArrayLike | None = None,
    theory_label: str = "theory",
    joint: bool = True,
    **look: Any,
) -> Axes:
    """Draw a Curve as a line with its band.

    Arguments:
        estimate: a Curve.
        ax: axes to draw on; None makes new ones.
        label: entry in a legend.
        backend: name of the backend, which determines colour and dashes.
        theory: the theoretical curve, drawn as a dash-dotted black line: a function of x, such as
            `DeadTimePoisson(...).isi_hazard`, or numbers at the x of the curve, shape (n_points,); or None.
        theory_label: its entry in a legend.
        joint: whether to draw the simultaneous confidence band; if not, or with too few trials for it, the pointwise
            intervals are drawn.
        look: other properties of the line, such as color.

    Points without an interval have no band; a curve of twelve points or less has bars. For a curve without any value
    the reason is written in its place. The axis shows every value; very wide intervals, such as those of a positive
    quantity from few spikes, may extend beyond it. Returns the axes.
    """
    known = look_of(instance("estimate", estimate, Curve))
    with drawing_on(ax) as ax:
        look = {"color": colour_of(backend), "ls": dashes_of(backend), "lw": 1.0, "zorder": 3} | look
        x, value = np.asarray(estimate.x), np.asarray(estimate.value)
        ax.set_xscale(known.x_scale)
        ax.set_yscale(known.y_scale)
        ax.set_xlabel(known.x_label)
        ax.set_ylabel(known.label)
        if not np.isfinite(value).any():
            _write(ax, label or "", str(estimate.reason))
            return ax
        if known.reference is not None:
            ax.axhline(known.reference, color="0.6", lw=0.5, zorder=0)
        low, high = estimate.band(joint)
        draw = _bars if len(x) <= _FEW else _line
        draw(ax, x, value, label, look)
        if theory is not None:
            ax.plot(x, theory(x) if callable(theory) else theory, label=theory_label, **THEORY)
        shown = ax.dataLim.frozen()
        band = _bars_of if len(x) <= _FEW else _band_of
        band(ax, x, value, low, high, look)
        ax.margins(x=0.04 if len(x) <= _FEW else 0)
        if known.from_zero or known.y_scale == "log":
            ax.dataLim = shown
            _reach(ax, value, low, high)
        _limit(ax, known)
    return ax


def curves(
    estimates: Mapping[str, Curve],
    ax: Axes | None = None,
    *,
    theory: Callable[[FloatArray], ArrayLike] | ArrayLike | None = None,
    theory_label: str = "theory",
    joint: bool = True,
    legend: bool = True,
) -> Axes:
    """Draw the same curve of several results on one axes, each in the colour of its backend.

    Arguments:
        estimates: LABEL -> Curve; a label that is the name of a backend has its colour and dashes, others are grey.
        ax: axes to draw on; None makes new ones.
        theory: the theoretical curve, a function of x; or None.
        theory_label, joint: as in `curve`.
        legend: whether to add one, above the axes.

    Curves without values, without intervals, or without a simultaneous band are listed above the axes, with the reason.
    Returns the axes.
    """
    each("estimates", estimates, lambda value: instance("estimate", value, Curve))
    with drawing_on(ax) as ax:
        there = {label: e for label, e in estimates.items() if np.isfinite(e.value).any()}
        for label, estimate in there.items():
            curve(estimate, ax, label=label, backend=label, joint=joint)
        if not there:
            curve(next(iter(estimates.values())), ax, label=" and ".join(estimates))
        if theory is not None and there:
            x = np.unique(np.concatenate([e.x for e in there.values()]))
            ax.plot(x, theory(x), label=theory_label, **THEORY)
        if there:
            tell(ax, estimates, lift=_LEGEND if legend else 2, joint=joint)
        if legend and there:
            legend_above(ax)
    return ax


def tell(ax, estimates, lift=2, joint=False):
    """Write above the axes which estimates, LABEL -> Curve or Estimate, have no value or no interval, and why.

    If simultaneous bands are requested, also which curves have too few trials for one: their intervals are pointwise.
    """
    bare = {}
    for label, estimate in estimates.items():
        if not _any(estimate.low):
            missing = "has no interval" if _any(estimate.value) else "is not drawn"
            bare.setdefault((missing, estimate.reason), []).append(label)
    alone = {e.n for e in estimates.values() if joint and _any(e.low) and not e.has_band()}
    lines = [f"pointwise intervals ({n} trials)" for n in sorted(alone)]
    for (missing, reason), labels in bare.items():
        verb = missing if len(labels) == 1 else missing.replace("has", "have").replace("is", "are")
        lines += wrap(f"{' and '.join(labels)} {verb}: {reason}", _WIDTH)
    if lines:
        ax.set_title("\n".join(lines), loc="left", fontsize=7, color=GREY, pad=lift)


def _any(numbers):
    """Whether there is a number: not None, nor NaN alone."""
    return np.isfinite(np.asarray(numbers, dtype=float)).any()


def _line(ax, x, value, label, look):
    ax.plot(x, value, label=label, **look)
    there = np.concatenate([[False], np.isfinite(value), [False]])
    alone = there[1:-1] & ~there[:-2] & ~there[2:]  # no line passes through them
    if alone.any():
        ax.plot(x[alone], value[alone], **look | {"ls": "none", "marker": "o", "ms": 2})


def _bars(ax, x, value, label, look):
    ax.plot(x, value, label=label, marker="o", ms=2.5, **look)


def _band_of(ax, x, value, low, high, look):
    ax.fill_between(x, low, high, color=look["color"], alpha=0.3, lw=0, zorder=1)


def _bars_of(ax, x, value, low, high, look):
    has = np.isfinite(low) & np.isfinite(high) & np.isfinite(value)
    if has.any():
        reach = [(value - low)[has], (high - value)[has]]
        ax.errorbar(x[has], value[has], reach, ls="none", elinewidth=0.8, color=look["color"], zorder=look["zorder"])


def _reach(ax, value, low, high):
    """Extend the axis to the bands, but to at most twice the range of the values, three times on a logarithmic axis."""
    ends = np.concatenate([low, high])
    ends = ends[np.isfinite(ends)]
    if ends.size:
        log = ax.get_yscale() == "log"
        lowest = np.min(value, where=value > 0, initial=np.inf) / 3 if log else 0.0
        within = np.clip([ends.min(), ends.max()], lowest, (3 if log else 2) * np.nanmax(value))
        ax.update_datalim([(1.0, y) for y in within], updatex=False)


def _limit(ax, known):
    """Set labels and limits of the axes; the next curve extends them."""
    ax.autoscale_view()
    if known.from_zero:
        ax.set_ylim(0, 1.05 * ax.dataLim.y1 or 1.0)
    if known.top is not None:
        ax.set_ylim(0.7 * ax.dataLim.minposy, known.top)
    if known.x_from_zero:
        ax.set_xlim(left=0)
    if known.x_scale == "log":
        plain_log_ticks(ax.xaxis)
    else:
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=known.x_label.startswith("Lag (ISIs)")))


def _write(ax, label, reason):
    """Why there is nothing to draw, in the middle of the axes."""
    middle = {"xycoords": "axes fraction", "ha": "center", "va": "center", "color": GREY}
    ax.annotate("\n".join(wrap(f"{label}: {reason}" if label else reason, _WIDTH)), (0.5, 0.5), **middle)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.minorticks_off()
