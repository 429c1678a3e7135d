"""The order in which a difference falls, of rows that are made of one.

Would catch: an exponent of the other sign, a shared error that is taken for an own one, terms exchanged.
"""

import numpy as np
import pandas as pd
import pytest

from stochhh.theory.orders import power_law, two_terms

N = np.array([100, 300, 1000, 3000, 10_000, 30_000, 100_000])


def rows(value, own=1e-4, shared=1e-4):
    half = 1.96 * np.hypot(own, shared)
    return pd.DataFrame({"N": N, "value": value, "low": value - half, "high": value + half, "diffusion_error": shared})


def test_a_power():
    c, a, half = power_law(rows(0.3 * (N / 1000) ** -0.7))
    assert (c, a) == (pytest.approx(0.3, rel=1e-6), pytest.approx(0.7, rel=1e-6)) and 0 < half < 0.01


def test_two_terms():
    found = two_terms(rows(0.2 * (N / 1000) ** -0.5 - 0.1 * (N / 1000) ** -1.0))
    assert (found["c_1"], found["c_2"]) == (pytest.approx(0.2, rel=1e-6), pytest.approx(-0.1, rel=1e-6))
    assert found["chi_2"] < 1e-6 < 100 < found["chi_2_of_a_power"]


def test_an_error_that_all_share_shifts_them_together():
    """Chi-squared of a shift by one shared error: about 1; were it each one's own it would be their number."""
    shifted = rows(0.2 * (N / 1000) ** -0.5 + 1e-2, own=1e-4, shared=1e-2)
    assert two_terms(shifted)["chi_2"] < 1.5
    assert two_terms(shifted.assign(diffusion_error=0.0))["half_1"] > 0
