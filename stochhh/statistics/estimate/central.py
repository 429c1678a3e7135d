"""Central moments from mean powers, for interspike intervals, their logarithm and state variables.

The powers are those of y = x - centre, with the centre near the mean: about 0 a small variance would be lost in
rounding.
"""

import numpy as np

__all__ = ["kurtosis", "skewness", "variance"]


def variance(a, b):
    """b - a^2 of the means a of y and b of y^2; rounding alone could make it negative."""
    return np.maximum(b - a**2, 0.0)


def skewness(a, b, c, least):
    """Third standardised moment, from the means of y, y^2, y^3; NaN where the variance is not above `least`."""
    return _standardised(c - 3 * a * b + 2 * a**3, variance(a, b), 3, least)


def kurtosis(a, b, c, d, least):
    """Fourth standardised moment less 3, from the means of y to y^4; NaN where the variance is not above `least`."""
    return _standardised(d - 4 * a * c + 6 * a**2 * b - 3 * a**4, variance(a, b), 4, least) - 3


def _standardised(moment, second, power, least):
    return np.where(second > least, moment, np.nan) / np.maximum(second, least) ** (power / 2)
