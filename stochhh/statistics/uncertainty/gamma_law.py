"""Errors of the moments of independent gamma distributed values: lower bounds for those of other distributions."""

import numpy as np

__all__ = ["kurtosis_error", "skewness_error", "variance_error"]


def variance_error(g):
    """n times the square of the error of the log variance of n values: k + 2 with the kurtosis k = 1.5 g^2."""
    return 2 + 1.5 * g**2


def skewness_error(g):
    """n times the square of the error of asinh skewness, the skewness being g: that of g is 6 + 9 g^2 + 1.875 g^4."""
    return (6 + 9 * g**2 + 1.875 * g**4) / (1 + g**2)


def kurtosis_error(k):
    """n times the square of the error of asinh kurtosis, the excess kurtosis being k, or 0 if that is negative.

    That of k is 24 + 168 k + 334 k^2 / 3 + 14 k^3.
    """
    k = np.maximum(k, 0.0)
    return (24 + 168 * k + 334 * k**2 / 3 + 14 * k**3) / (1 + k**2)
