"""How a difference falls with the number of presynaptic neurons: as a power of it, or by the first two terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["power_law", "two_terms"]

_POWER_FROM, _TERMS_FROM = 1000, 300  # neurons, from which on each describes the differences
_NORMAL = 1.96


def power_law(rows: DataFrame) -> tuple[float, float, float]:
    """(c, a, half width of the 95 % interval of a) of D = c (N / 1000)^-a, from N = 1000 on.

    Arguments:
        rows: columns N, value, low, high (95 %) and diffusion_error, the part of the error that all N share.
    """
    (c, a), half, _ = _least_squares(rows[rows.N >= _POWER_FROM], _power, bounds=([-np.inf, -1], [np.inf, 3]))
    return c, a, half[1]


def two_terms(rows: DataFrame) -> dict[str, float]:
    """c_1, c_2 of D = c_1 (N / 1000)^-1/2 + c_2 (N / 1000)^-1 from N = 300 on, half widths, and chi-squared.

    Arguments:
        rows: as of `power_law`.

    `chi_2_of_a_power` is that of a free exponent on the same rows.
    """
    rows = rows[rows.N >= _TERMS_FROM]
    (c_1, c_2), (half_1, half_2), misfit = _least_squares(rows, lambda x, c_1, c_2: c_1 * x**-0.5 + c_2 / x)
    free = _least_squares(rows, _power, bounds=([-np.inf, -1], [np.inf, 3]))[2]
    return {"c_1": c_1, "half_1": half_1, "c_2": c_2, "half_2": half_2, "chi_2": misfit, "chi_2_of_a_power": free}


def _power(x, c, a):
    return c * x**-a


def _least_squares(rows, law, **options):
    """Parameters of D = law(N / 1000), half widths of their 95 % intervals, chi-squared; all N share a diffusion."""
    from scipy.optimize import curve_fit

    shared, x = rows.diffusion_error.to_numpy(), rows.N.to_numpy() / 1000
    own = np.maximum(((rows.high - rows.low).to_numpy() / (2 * _NORMAL)) ** 2 - shared**2, 1e-10)
    sigma = np.diag(own) + np.outer(shared, shared)
    found, covariance = curve_fit(law, x, rows.value, sigma=sigma, absolute_sigma=True, **options)
    left = rows.value.to_numpy() - law(x, *found)
    return found, _NORMAL * np.diag(covariance) ** 0.5, left @ np.linalg.solve(sigma, left)
