"""Estimates against a parameter, as a line with a band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError, instance
from ..statistics.estimate import Estimate
from .style import colour_of, dashes_of, drawing_on

if TYPE_CHECKING:
    from typing import Any

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


__all__ = ["against"]


def against(
    x: ArrayLike,
    estimates: Sequence[Estimate],
    ax: Axes | None = None,
    *,
    label: str | None = None,
    backend: str | None = None,
    band: bool = True,
    **look: Any,
) -> Axes:
    """Draw one Estimate for each value of a parameter as a line with the band of their intervals.

    Arguments:
        x: values of the parameter, in any order.
        estimates: as many Estimates.
        ax: axes to draw on; None makes new ones.
        label: entry in a legend.
        backend: name of the backend, which determines colour and dashes.
        band: whether to draw the intervals as a band; if not, as bars at the points, without a line.
        look: other properties of the line, such as color.

    Intervals are pointwise. A missing value interrupts the line, a missing interval the band.
    Returns the axes.
    """
    estimates = [instance("estimate", estimate, Estimate) for estimate in instance("estimates", estimates, Sequence)]
    try:
        x = np.asarray(x, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError("x", x, "numbers, one for each estimate") from error
    if x.shape != (len(estimates),):
        raise InputError("shape of x", x.shape, f"({len(estimates)},), one number for each estimate")
    with drawing_on(ax) as ax:
        order = np.argsort(x, kind="stable")
        x = x[order]
        numbers = [[getattr(estimates[i], name) for i in order] for name in ("value", "low", "high")]
        value, low, high = np.array(numbers, dtype=float)  # None becomes NaN
        look = {"color": colour_of(backend), "ls": dashes_of(backend), "lw": 1.0, "marker": "o", "ms": 2.0} | look
        if band:
            ax.plot(x, value, label=label, zorder=3, **look)
            ax.fill_between(x, low, high, color=look["color"], alpha=0.3, lw=0, zorder=1)
        else:
            reach = np.nan_to_num(np.maximum([value - low, high - value], 0.0))
            ax.errorbar(x, value, reach, label=label, zorder=3, elinewidth=0.8, **look | {"ls": ""})
    return ax
