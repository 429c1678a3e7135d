"""The weight of a transmitted spike: one constant, or a number drawn anew for every spike.

Every law is one formula, of a standard normal number z and a standard exponential one e:

    w = (shift + normal z + exponential e) exp(log_sd z - log_sd^2 / 2)
"""

from collections.abc import Callable
from math import comb, factorial, fsum, isfinite, log1p, prod, sqrt
from typing import NamedTuple

import numpy as np

from ..rounding import rounded

__all__ = ["WEIGHT_DISTRIBUTIONS", "Law", "WeightDistribution", "drawn_weights"]


class Law(NamedTuple):
    """The four coefficients of the formula."""

    shift: float = 0.0  # mV
    normal: float = 0.0  # mV
    exponential: float = 0.0  # mV
    log_sd: float = 0.0


class WeightDistribution(NamedTuple):
    """A distribution of weights of mean `weight` and standard deviation `sd`, mV."""

    has_sd: bool  # whether sd is free
    moment: Callable[[int, float, float], float]  # (j, weight, sd) -> E[w^j], mV^j, exact
    law: Callable[[float, float], Law]  # (weight, sd) -> Law


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
        False, lambda j, weight, sd: _power(weight, j), lambda weight, sd: Law(shift=weight)
    ),
    "exponential": WeightDistribution(
        False, lambda j, weight, sd: factorial(j) * _power(weight, j), lambda weight, sd: Law(exponential=weight)
    ),
    "normal": WeightDistribution(True, _normal_moment, lambda weight, sd: Law(shift=weight, normal=sd)),
    "lognormal": WeightDistribution(
        True,
        lambda j, weight, sd: _power(weight, j) * _power(1 + _power(sd / weight, 2), j * (j - 1) // 2),
        lambda weight, sd: Law(shift=weight, log_sd=rounded(sqrt(log1p(_power(sd / weight, 2))))),
    ),
}


def drawn_weights(law, u, v):
    """Weights (mV) of a law from two arrays of uniform numbers; z is Box and Muller's."""
    e = -np.log(u)
    z = np.sqrt(2 * e) * np.cos(2 * np.pi * v)
    return (law.shift + law.normal * z + law.exponential * e) * np.exp(law.log_sd * z - 0.5 * law.log_sd**2)
