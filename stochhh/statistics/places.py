"""The points at which a curve is evaluated: validation of the argument."""

import numpy as np

from ..errors import InputError

__all__ = ["points"]


def points(name, x, what, *, above=None, at_least=None, at_most=None, fewest=1, increasing=True):
    """The points of a curve as given by the user, as an array of shape (n_points,).

    Arguments:
        name: name of the argument.
        x: the value given.
        what: the requirement, such as "an increasing sequence of times (ms)".
        above, at_least, at_most: bounds for each point.
        fewest: the smallest number of points.
        increasing: whether each point must be larger than the one before.

    Raises InputError with the given value for anything else, including NaN and text.

    >>> points("edges", [10.0, 5.0], "an increasing sequence of times (ms)")
    Traceback (most recent call last):
    stochhh.errors.InputError: edges = [10.0, 5.0] is not allowed: it must be an increasing sequence of times (ms)
    """
    try:
        found = np.asarray(x, dtype=float)
    except (TypeError, ValueError):
        found = np.array(np.nan)
    right = found.ndim == 1 and found.size >= fewest and np.all(np.isfinite(found))
    right = right and (above is None or np.all(found > above)) and (at_least is None or np.all(found >= at_least))
    right = right and (at_most is None or np.all(found <= at_most))
    if not right or (increasing and np.any(np.diff(found) <= 0)):
        raise InputError(name, x, what)
    return found
