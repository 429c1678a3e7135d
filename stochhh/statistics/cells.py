"""The cell of a grid that contains a time, robust against rounding errors."""

import numpy as np

__all__ = ["bin_of", "cell_of", "rounding"]

_ROUNDING = 1e-12  # of the end of the observation: some thousand errors of one rounding, far below any step in time


def rounding(longest):
    """The rounding error of times up to `longest` and of their differences, same unit: a part in 10^12 of it."""
    return _ROUNDING * longest


def cell_of(time, width, longest):
    """Number k of the cell [k width, (k + 1) width) that contains each time.

    Arguments:
        time: from the first edge on, shape (n,).
        width: width of the cells.
        longest: the largest number that the times were computed from, such as the end of the observation.

    A time that differs from an edge only by rounding is assigned to the edge, and so to the upper cell: 0.03 * 10 to
    the second cell of width 0.3, although 0.03 * 10 / 0.3 is less than 1 in floating-point arithmetic.

    >>> cell_of(np.array([0.0, 0.03 * 9, 0.03 * 10, 0.03 * 70]), 0.3, 1000.0).tolist()
    [0, 0, 1, 7]
    """
    return np.floor((time + rounding(longest)) / width).astype(np.int64)


def bin_of(x, edges, longest):
    """Number k of the bin [edges_k, edges_(k + 1)) of each x: -1 below the first edge, the last one from the last edge.

    Arguments:
        x: times or their differences, shape (n,).
        edges: increasing, shape (n_bins + 1,).
        longest: as in `cell_of`.

    >>> bin_of(np.array([0.7 - 0.4, 0.1, 0.5]), np.array([0.2, 0.3, 0.4]), 1000.0).tolist()
    [1, -1, 2]
    """
    return np.searchsorted(edges - rounding(longest), x, side="right") - 1
