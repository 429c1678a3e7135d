"""The vectorisable functions against numpy's, over the ranges that they are promised for.

Would catch: a wrong coefficient, a range reduction that fails at an edge, a result that depends on whether the loop
around it was vectorised.
"""

import math
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from numba import njit

from stochhh import elementary as e

N = 200_001  # odd, so that a vectorised loop has a remainder


@cache
def looped(function):
    """Apply a scalar function in a loop that LLVM may vectorise."""

    @njit(error_model="numpy")
    def loop(x):
        y = np.empty(x.size)
        for i in range(x.size):
            y[i] = function(x[i])
        return y

    return loop


@cache
def alone(function):
    """Apply it to one number."""

    @njit(error_model="numpy")
    def one(x):
        return function(x)

    return one


@e.inline
def cosine(u):
    return e.cos_sin_turn(u)[0]


@e.inline
def sine(u):
    return e.cos_sin_turn(u)[1]


@e.inline
def times_plus(x):
    return e.fma(x, 1.0 / 3.0, -x / 3.0)


LINEAR = np.linspace(0.0, 1.0, N)
RANGES = {
    "exp": (e.exp, np.concatenate([np.linspace(*e.EXP_RANGE, N), np.linspace(-1.0, 1.0, N)])),
    "cosh": (e.cosh, np.concatenate([np.linspace(-709.0, 709.0, N), np.linspace(-1.0, 1.0, N)])),
    "tanh": (e.tanh, np.concatenate([np.linspace(-800.0, 800.0, N), np.linspace(-20.0, 20.0, N), LINEAR * 1e-3])),
    "log": (e.log, np.concatenate([np.exp(np.linspace(-708.0, 709.0, N)), np.linspace(0.5, 2.0, N), LINEAR[1:]])),
    "cos": (cosine, LINEAR),
    "sin": (sine, LINEAR),
    "sqrt": (e.sqrt, np.exp(np.linspace(-700.0, 700.0, N))),
    "two_to": (e.two_to, np.linspace(-999.0, 999.0, N)),
    "log2_estimate": (e.log2_estimate, np.exp(np.linspace(-700.0, 700.0, N))),
    "fma": (times_plus, np.linspace(-1e3, 1e3, N)),
}


@pytest.fixture(scope="module")
def values():
    """The looped results of every function."""
    return {name: looped(function)(x) for name, (function, x) in RANGES.items()}


def ulps(found, exact):
    """Largest error in units of the last place of the exact value."""
    return np.max(np.abs(found - exact) / np.spacing(np.abs(exact)))


@pytest.mark.parametrize("name", RANGES)
def test_a_loop_and_a_single_call_give_the_same_bits(values, name):
    """The reproducibility of every run rests on it."""
    function, x = RANGES[name]
    one = alone(function)
    picked = np.random.default_rng(0).integers(0, x.size, 3000)
    picked[:5] = [0, 1, x.size - 3, x.size - 2, x.size - 1]
    assert np.array_equal(values[name][picked], [one(value) for value in x[picked]])


@pytest.mark.parametrize("shift", [1, 3, 7])
def test_a_lane_does_not_depend_on_its_place(values, shift):
    """The same numbers at other places of the vector register."""
    for name in ("exp", "log", "cos", "sin", "cosh", "tanh"):
        function, x = RANGES[name]
        assert np.array_equal(looped(function)(x[shift : shift + 4001]), values[name][shift : shift + 4001])


def test_exp(values):
    """Within 5e-16 relative, a few units of the last place; exact at 0."""
    x = RANGES["exp"][1]
    exact = np.exp(x.astype(np.longdouble))
    assert np.max(np.abs(values["exp"] - exact) / exact) < 5e-16
    assert alone(e.exp)(0.0) == 1.0
    for edge in e.EXP_RANGE:
        assert alone(e.exp)(edge) == pytest.approx(math.exp(edge), rel=5e-16)


def test_log(values):
    """Relative near 1 as well, where a cheap logarithm cancels."""
    x = RANGES["log"][1]
    assert ulps(values["log"][x != 1.0], np.log(x[x != 1.0])) <= 2.0
    assert alone(e.log)(1.0) == 0.0
    for corner in (2.0**-53, 1.0 - 2.0**-53, 2.0**-33, 1.0 - 2.0**-33):
        assert alone(e.log)(corner) == pytest.approx(math.log(corner), rel=1e-15)


def test_cosh(values):
    x = RANGES["cosh"][1]
    assert np.max(np.abs(values["cosh"] / np.cosh(x) - 1.0)) < 1e-15
    assert alone(e.cosh)(0.0) == 1.0
    assert alone(e.cosh)(710.0) == alone(e.cosh)(-1e300) == math.inf


def test_tanh(values):
    """Relative near 0 as well, where a cheap one loses its digits; odd; flat at 1."""
    x = RANGES["tanh"][1]
    exact = np.tanh(x)
    assert np.max(np.abs(values["tanh"][x != 0] / exact[x != 0] - 1.0)) < 1e-15
    assert np.all(np.abs(values["tanh"]) <= 1.0)
    for far in (40.0, 1e3, 1e300, math.inf):
        assert alone(e.tanh)(far) == 1.0 and alone(e.tanh)(-far) == -1.0
    for near in (0.0, -0.0, 1e-300, -1e-12):
        assert alone(e.tanh)(near) == near
        assert math.copysign(1.0, alone(e.tanh)(near)) == math.copysign(1.0, near)


@pytest.mark.parametrize("name", ["cos", "sin"])
def test_cos_and_sin_of_a_turn(values, name):
    """Absolute error near rounding; the circle is kept; the quarters are exact."""
    exact = {"cos": np.cos, "sin": np.sin}[name](2 * np.pi * LINEAR)
    assert np.max(np.abs(values[name] - exact)) < 1e-15 + 2 * np.pi * 2.0**-53
    assert np.max(np.abs(np.hypot(values["cos"], values["sin"]) - 1.0)) < 4e-16


def test_quarters_of_a_turn_are_exact():
    quarters = {0.0: (1, 0), 0.25: (0, 1), 0.5: (-1, 0), 0.75: (0, -1), 1.0: (1, 0)}
    for u, circle in quarters.items():
        assert (alone(cosine)(u), alone(sine)(u)) == circle


def test_sqrt(values):
    assert np.array_equal(values["sqrt"], np.sqrt(RANGES["sqrt"][1]))
    assert alone(e.sqrt)(0.0) == 0.0
    assert np.isnan(alone(e.sqrt)(-1.0))


def test_fma_rounds_once(values):
    """x/3 - x/3 is not 0 but the rounding of the product: a fused multiply-add sees it."""
    x = RANGES["fma"][1]
    for k in (0, 1, 12345, N - 1):
        exact = Fraction(float(x[k])) * Fraction(1.0 / 3.0) + Fraction(float(-x[k] / 3.0))
        assert values["fma"][k] == float(exact)
    assert np.count_nonzero(values["fma"]) > N / 2


def test_two_to(values):
    y = RANGES["two_to"][1]
    assert np.max(np.abs(values["two_to"] / np.exp2(y) - 1.0)) < 0.01


def test_log2_estimate(values):
    x = RANGES["log2_estimate"][1]
    assert np.max(np.abs(values["log2_estimate"] - np.log2(x))) < 0.09
    powers = 2.0 ** np.arange(-1000, 1000)
    assert np.array_equal(looped(e.log2_estimate)(powers), np.arange(-1000.0, 1000.0))


def test_to_float_is_exact_below_2_to_52():
    whole = np.array([0, 1, 2, 2**31, 2**32 - 1, 2**51, 2**52 - 1], dtype=np.uint64)
    assert [alone(e.to_float)(i) for i in whole] == [float(i) for i in whole]


def test_bits_and_back():
    for x in (0.0, -0.0, 1.0, -1.5, math.pi, math.inf, 5e-324):
        assert alone(e.bits)(x) == np.float64(x).view(np.uint64)
        back = alone(e.from_bits)(np.float64(x).view(np.uint64))
        assert np.float64(back).view(np.uint64) == np.float64(x).view(np.uint64)


def test_select_takes_one_side():
    """Also where the other side is NaN: no arithmetic blends the two."""

    @njit(error_model="numpy")
    def pick(c, a, b):
        return e.select(c, a, b)

    assert pick(True, 1.0, np.nan) == 1.0
    assert pick(False, np.nan, 2.0) == 2.0
    assert pick(True, math.inf, 2.0) == math.inf
