"""tanh and cosh against numpy's, and what becomes of the functions that a model names.

Would catch: digits lost near 0, an overflow, a branch that stops the vectoriser, a stale kernel after numpy's stand-in.
"""

import math
import re
from math import tanh
from types import ModuleType

import numpy as np
import pytest
from numba import njit

from stochhh import elementary as e
from stochhh.integrators.kernels.scalar import compiled
from stochhh.machine_code import fingerprint

N = 100_001  # odd, so that a vectorised loop has a remainder
WIDE = np.concatenate([np.linspace(-45.0, 45.0, N), np.linspace(-1.0, 1.0, N)])
SMALL = np.geomspace(1e-300, 0.5, N)


def looped(function):
    """Apply a compiled scalar function in a loop that LLVM may vectorise."""

    @njit(error_model="numpy")
    def loop(x):
        e.wide_vectors()
        y = np.empty(x.size)
        for i in range(x.size):
            y[i] = function(x[i])
        return y

    return loop


@pytest.fixture(scope="module")
def tanh_of():
    return looped(e.tanh)


@pytest.fixture(scope="module")
def cosh_of():
    return looped(e.cosh)


def relative_error(found, exact):
    inside = exact != 0
    return float(np.max(np.abs(found[inside] / exact[inside] - 1)))


@pytest.mark.parametrize("x", [WIDE, SMALL, -SMALL], ids=["wide", "near 0", "near 0, negative"])
def test_tanh(tanh_of, x):
    assert relative_error(tanh_of(x), np.tanh(x.astype(np.longdouble))) < 1e-15


def test_tanh_at_its_ends(tanh_of):
    x = np.array([np.inf, -np.inf, 1e300, -1e300, 20.0, 5e-324, -1e-310])
    assert tanh_of(x).tolist() == [1.0, -1.0, 1.0, -1.0, 1.0, 5e-324, -1e-310]
    zeros = tanh_of(np.array([0.0, -0.0]))
    assert zeros.tolist() == [0.0, 0.0] and np.signbit(zeros).tolist() == [False, True]
    assert np.isnan(tanh_of(np.array([np.nan]))[0])


@pytest.mark.parametrize("x", [WIDE, SMALL, np.linspace(-709.0, 709.0, N)], ids=["wide", "near 0", "far"])
def test_cosh(cosh_of, x):
    assert relative_error(cosh_of(x), np.cosh(x.astype(np.longdouble))) < 1e-15


def test_cosh_at_its_ends(cosh_of):
    assert cosh_of(np.array([0.0, -0.0, 710.0, -710.0, np.inf, -np.inf])).tolist() == [1.0, 1.0] + 4 * [math.inf]
    assert np.isnan(cosh_of(np.array([np.nan]))[0])


def test_a_loop_and_a_single_call_give_the_same_bits(tanh_of, cosh_of):
    for loop in (tanh_of, cosh_of):
        whole = loop(WIDE)
        assert [loop(WIDE[k : k + 1])[0] for k in range(0, WIDE.size, 997)] == whole[::997].tolist()
        assert np.array_equal(loop(WIDE[3:4000]), whole[3:4000])


def test_the_planted_cancellation_is_seen():
    """tanh by (e^2x - 1)/(e^2x + 1), which loses its digits near 0."""
    x = np.geomspace(1e-12, 0.5, 1001)
    careless = (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)
    assert relative_error(careless, np.tanh(x.astype(np.longdouble))) > 1e-6


def of_math(V):
    return math.exp(-V) + math.log(1.0 + V * V) + math.sqrt(V * V) + tanh(V) + math.cosh(V)


def of_numpy(V):
    return np.exp(-V) + np.log(1.0 + V * V) + np.sqrt(V * V) + np.tanh(V) + np.cosh(V)


def with_constants_and_others(V):
    return np.pi * abs(V) + np.minimum(V, math.tau) + max(V, 0.5)


def written_inside():
    from math import exp

    slope = 0.5

    def gate(V):
        return 1.0 / (1.0 + exp(-V * slope))

    return gate


rates = ModuleType("rates")
exec("from math import exp\ndef alpha(V): return exp(-V) / (1.0 + exp(-V))", rates.__dict__)


def from_another_module(V):
    return rates.alpha(V) + rates.exp(-2.0 * V)


def name_of(function):
    return function.__name__


@pytest.mark.parametrize(
    "function",
    [of_math, of_numpy, with_constants_and_others, written_inside(), from_another_module],
    ids=name_of,
)
def test_what_a_model_names_means_the_same_compiled(function):
    x = np.linspace(-5.0, 5.0, 1001)
    assert looped(compiled(function))(x) == pytest.approx([function(V) for V in x], rel=2e-15, abs=2e-15)


@pytest.mark.parametrize("function", [of_math, of_numpy, written_inside(), from_another_module], ids=name_of)
def test_none_of_them_is_a_call_into_a_library(function):
    loop = looped(compiled(function))
    loop(np.zeros(1))
    code = str(next(iter(loop.inspect_llvm().values())))
    assert not re.findall(r"@(?:llvm\.)?(?:exp|log|tanh|cosh|pow)[(.]", code)


def test_that_test_sees_a_library_call():
    @njit(error_model="numpy")
    def loop(x):
        return math.tanh(x[0])

    loop(np.zeros(1))
    assert re.findall(r"@(?:llvm\.)?tanh[(.]", str(next(iter(loop.inspect_llvm().values()))))


@pytest.mark.parametrize("library", ["numpy", "rates"])
def test_no_kernel_is_kept_under_the_name_of_another_content(library):
    """Else a changed function of a module would be served from the disk as it was."""

    def naming(text):
        module = ModuleType(library)
        exec(text, module.__dict__)
        scope = {"library": module}
        exec("def f(V): return library.alpha(V)", scope)
        return fingerprint(compiled(scope["f"]))

    once, again, changed = map(naming, ["def alpha(V): return V", "def alpha(V): return V", "def alpha(V): return -V"])
    assert once == again and once != changed
