"""Where a one-dimensional current balance vanishes."""

from itertools import pairwise

import numpy as np

__all__ = ["first_zero"]


def first_zero(f, low, high, step=0.5):
    """The lowest zero of f in [low, high], found on a grid of `step` and refined to rounding; None if none.

    A pair of zeros closer together than `step` can be passed over.
    """
    from scipy.optimize import brentq

    grid = np.arange(low, high + step, step)
    left = f(grid[0])
    for a, b in pairwise(grid):
        right = f(b)
        if left == 0 and right != 0:  # where f vanishes all along, no place is a zero of its own
            return float(a)
        if left * right < 0:
            return brentq(f, a, b, xtol=1e-13, rtol=1e-15)
        left = right
    return None
