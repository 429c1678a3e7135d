"""The weight of a transmitted spike: a constant, or a random number drawn independently for every spike.

All distributions have one form, with a standard normal number z and a standard exponential number e:

    w = (shift + normal z + exponential e) exp(log_sd z - log_sd^2 / 2)
"""

from collections.abc import Callable
from math import comb, factorial, fsum, isfinite, log1p, prod, sqrt
from typing import NamedTuple

import numpy as np

from ..rounding import rounded

__all__ = ["WEIGHT_DISTRIBUTIONS", "Coefficients", "WeightDistribution", "drawn_weights"]


class Coefficients(NamedTuple):
    """The four coefficients that fix a distribution of weights.

        w = (shift + normal z + exponential e) exp(log_sd z - log_sd^2 / 2)

    Arguments:
        shift, normal, exponential: coefficients of 1, z and e, mV.
        log_sd: standard deviation of the logarithm of a lognormal weight.
    """

    shift: float = 0.0  # mV
    normal: float = 0.0  # mV
    exponential: float = 0.0  # mV
    log_sd: float = 0.0


class WeightDistribution(NamedTuple):
    """A family of distributions of weights, with mean `weight` and standard deviation `sd` in mV.

    Arguments:
        has_sd: whether sd is a free parameter.
        moment: function (j, weight, sd) that returns E[w^j] in mV^j, exact.
        coefficients: function (weight, sd) that returns the Coefficients.

    >>> WEIGHT_DISTRIBUTIONS["exponential"].moment(2, 0.5, 0.0)  # 2 weight^2
    0.5
    """

    has_sd: bool
    moment: Callable[[int, float, float], float]
    coefficients: Callable[[float, float], Coefficients]


def _power(x, k):
    """x^k by multiplication, the same on every machine, as a library's is not; OverflowError if it is too large."""
    power = prod([x] * k)
    if not isfinite(power):
        raise OverflowError
    return power


def _normal_moment(j, weight, sd):
    """The sum over even k of C(j, k) (k - 1)!! sd^k weight^(j - k)."""
    odd_product = {k: factorial(k) // (2 ** (k // 2) * factorial(k // 2)) for k in range(0, j + 1, 2)}
    return fsum(comb(j, k) * product * _power(sd, k) * _power(weight, j - k) for k, product in odd_product.items())


WEIGHT_DISTRIBUTIONS = {
    "constant": WeightDistribution(
        False, lambda j, weight, sd: _power(weight, j), lambda weight, sd: Coefficients(shift=weight)
    ),
    "exponential": WeightDistribution(
        False,
        lambda j, weight, sd: factorial(j) * _power(weight, j),
        lambda weight, sd: Coefficients(exponential=weight),
    ),
    "normal": WeightDistribution(True, _normal_moment, lambda weight, sd: Coefficients(shift=weight, normal=sd)),
    "lognormal": WeightDistribution(
        True,
        lambda j, weight, sd: _power(weight, j) * _power(1 + _power(sd / weight, 2), j * (j - 1) // 2),
        lambda weight, sd: Coefficients(shift=weight, log_sd=rounded(sqrt(log1p(_power(sd / weight, 2))))),
    ),
}


def drawn_weights(coefficients, u, v):
    """Draw weights in mV from two arrays of uniform numbers, z by the Box-Muller transform.

    Arguments:
        coefficients: the Coefficients of the distribution.
        u, v: independent uniform numbers in (0, 1), shape (n,).
    """
    shift, normal, exponential, log_sd = coefficients
    e = -np.log(u)
    z = np.sqrt(2 * e) * np.cos(2 * np.pi * v)
    return (shift + normal * z + exponential * e) * np.exp(log_sd * z - 0.5 * log_sd**2)
