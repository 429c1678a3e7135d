"""Forest plot of a comparison: differences in units of their margins, and the numbers."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D

from ..comparison import Comparison
from ..errors import instance
from .style import GREY, PAGE, drawing_on, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes


__all__ = ["forest", "notes"]

# The verdicts differ in shape and filling: no colour is needed, and those of the backends keep their meaning.
_MARKERS = {
    "equivalent": {"marker": "o", "mfc": "black"},
    "different": {"marker": "D", "mfc": "black", "ms": 3.6},
    "undecided": {"marker": "o", "mfc": "white"},
}
# Points right of the axes. The last column is as wide as its numbers are long.
_COLUMNS = ((42, "right"), (86, "right"), (126, "right"), (142, "left"))
_MINUS, _NONE = "\N{MINUS SIGN}", "\N{EN DASH}"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_FARTHEST = 1e5  # margins; what lies beyond is drawn at the edge


def forest(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw the difference of each statistic in units of its margin, its interval and verdict, and print the numbers.

    Arguments:
        comparison: a Comparison.
        ax: axes to draw on; None makes new ones. Numbers are written to the right, reasons for missing ones below.

    The band [-1, 1] is the margin: an interval inside it is equivalent, one outside different. The scale is linear
    in the band and logarithmic outside. Returns the axes.
    """
    instance("comparison", comparison, Comparison)
    with drawing_on(ax, PAGE, 70 + 3.2 * len(notes(comparison))) as ax:
        rows = list(comparison.difference)
        band = ax.axvspan(-1, 1, color="0.88", lw=0, zorder=0)
        ax.axvline(0, color=GREY, lw=0.6, zorder=1)
        ratios = np.array([_in_margins(comparison.difference[name]) for name in rows])
        edge = _scale(ax, ratios)
        for y, name in enumerate(rows):
            _bar(ax, y, np.clip(ratios[y], -edge, edge), comparison.difference[name].verdict)
        ax.set_yticks(range(len(rows)), [comparison.statistics[name].label for name in rows])
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        a, b = comparison.labels
        ax.set_xlabel(f"Difference ({b} {_MINUS} {a}) / margin")
        _numbers(ax, comparison, rows)
        handles = [Line2D([], [], **_mark(verdict)) for verdict in _MARKERS]
        legend_above(ax, [*handles, band], [*_MARKERS, "margin"], handlelength=1.2)
    return ax


def _mark(verdict):
    return {"ls": "none", "color": "black", "ms": 4, "mew": 0.8, "zorder": 4, "clip_on": False} | _MARKERS[verdict]


def _in_margins(difference):
    """(value, low, high) of a difference over its margin; NaN for what is missing, infinite for a margin of 0."""
    estimate = difference.estimate
    numbers = [x if _known(x) else math.nan for x in (estimate.value, estimate.low, estimate.high)]
    margin = math.nan if difference.margin is None else difference.margin
    if margin == 0.0:
        return [math.copysign(math.inf, x) if x else x for x in numbers]
    return [x / margin for x in numbers]


def _bar(ax, y, ratios, verdict):
    """Draw one difference in units of its margin, with its interval, if it has them."""
    value, *ends = ratios
    if np.isfinite(ends).all():
        ax.plot(ends, [y, y], color="black", lw=1.0, solid_capstyle="butt", zorder=3)
    if np.isfinite(value):
        ax.plot([value], [y], **_mark(verdict))


def _scale(ax, ratios):
    """Set a horizontal scale that is linear from -1 to 1 and logarithmic beyond; return its limit."""
    reach = np.max(np.abs(ratios), where=np.isfinite(ratios), initial=1.5)
    edge = 1.5 * min(reach, _FARTHEST)
    ax.set_xscale("symlog", linthresh=1, linscale=0.8)
    ax.set_xlim(-edge, edge)
    decades = 10.0 ** np.arange(math.floor(math.log10(edge)) + 1)
    steps = (1, 3) if len(decades) < 3 else (1,)
    ticks = [k * x for x in decades[:: 1 if len(decades) < 4 else 2] for k in steps]
    between = [k * x for x in decades for k in range(2, 10)] if len(decades) < 5 else []
    for marks, minor in ((ticks, False), (between, True)):
        marks = [x for x in marks if x < edge]
        ax.set_xticks([-x for x in marks[::-1]] + [0.0] * (not minor) + marks, minor=minor)
    ax.xaxis.set_major_formatter(lambda x, _: _number(x, ".0f") if abs(x) < 1e4 else _power(x))
    ax.xaxis.set_minor_formatter("")
    return edge


def _numbers(ax, comparison, rows):
    """The columns of numbers at the right, and under them why one is missing."""
    level = next(iter(comparison.difference.values())).estimate.level
    heads = [*comparison.labels, "margin", f"difference [{100 * level:g} % interval]"]
    _row(ax, 1, heads, "axes fraction", 3)
    reasons = _reasons(comparison)
    for y, name in enumerate(rows):
        a, b, difference = comparison.a[name], comparison.b[name], comparison.difference[name]
        spec = _spec(difference.estimate, b, a)
        last = _with_interval(difference.estimate, spec) + reasons.get(difference.estimate.reason, "")
        cells = [_value(a, spec), _value(b, spec), _margin(difference.margin), last]
        _row(ax, y, cells, ax.get_yaxis_transform(), -0.5)
    below = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "top"}
    ax.annotate("\n".join(notes(comparison)), (0, 0), (-75, -27), linespacing=1.3, **below)


def notes(comparison):
    """Lines with the reasons why a difference, or its interval, is missing."""
    return [
        line
        for reason, mark in _reasons(comparison).items()
        for line in wrap(f"{mark} {reason}", 125, subsequent_indent="   ")
    ]


def _reasons(comparison):
    """Each reason why a difference, or its interval, is missing, and its mark."""
    found = dict.fromkeys(d.estimate.reason for d in comparison.difference.values() if d.estimate.reason)
    return {reason: str(i).translate(_RAISED) for i, reason in enumerate(found, start=1)}


def _row(ax, y, cells, coordinates, lift):
    """One line of the table, at height y; the last column alone, the rightmost, is measured for the layout."""
    va = "bottom" if lift > 0 else "center"
    place = {"xycoords": coordinates, "textcoords": "offset points", "va": va}
    for cell, (x, ha) in zip(cells, _COLUMNS, strict=True):
        ax.annotate(cell, (1, y), (x, lift), ha=ha, **place).set_in_layout((x, ha) == _COLUMNS[-1])


def _known(x):
    return x is not None and math.isfinite(x)


def _spec(*estimates):
    """The common format of numbers: two digits of the first known half width, but six at most."""
    size = max((abs(e.value) for e in estimates if _known(e.value)), default=0.0)
    if 0 < size < 1e-3:
        return ".1e"
    widths = [(e.high - e.low) / 2 for e in estimates if _known(e.low) and _known(e.high) and e.high > e.low]
    digits = min(_places(widths[0], 2) if widths else 6, _places(size, 6 if widths else 4))
    return f".{max(digits, 0)}f"


def _places(x, digits):
    """Decimals that show so many digits of x."""
    return digits - 1 - math.floor(math.log10(x)) if x else digits - 1


def _number(x, spec, sign=""):
    return f"{x:{sign}{spec if abs(x) < 1e6 else '.1e'}}".replace("-", _MINUS)


def _power(x):
    return f"{_MINUS if x < 0 else ''}$10^{round(math.log10(abs(x)))}$"


def _value(estimate, spec, sign=""):
    return _number(estimate.value, spec, sign) if _known(estimate.value) else _NONE


def _margin(margin):
    if not margin:
        return _NONE if margin is None else "0"
    return "±" + _number(margin, f".{max(_places(margin, 2), 0)}f" if margin >= 1e-3 else ".1e")


def _with_interval(estimate, spec):
    """The value of a difference, with its interval if it has one."""
    value = _value(estimate, spec, "+")
    if not (_known(estimate.low) and _known(estimate.high)):
        return value
    return f"{value} [{_number(estimate.low, spec, '+')}, {_number(estimate.high, spec, '+')}]"
