"""What stands in for a function of math or numpy in a compiled model gives what the function gives.

Would catch: an argument for which the stand-in is meaningless, a polynomial that is a little off.
"""

import math

import numpy as np
import pytest
from numba import njit

from stochhh.integrators.kernels import names
from stochhh.integrators.kernels.scalar import compiled

WIDE = np.concatenate([np.linspace(-60.0, 60.0, 4001), np.linspace(-1e9, 1e9, 1001), [0.0, 1e-300, math.pi, -math.pi]])
SMALL = np.geomspace(1e-300, 700.0, 2001)


def worst(stand_in, exact, arguments, relative):
    """The largest error over the arguments."""
    compiled = njit(lambda x: stand_in(x))
    errors = [abs(compiled(x) - exact(x)) for x in arguments]
    return max(e / abs(exact(x)) if relative else e for e, x in zip(errors, arguments, strict=True) if exact(x))


@pytest.mark.parametrize(
    ("stand_in", "exact", "arguments", "relative", "bound"),
    [
        (names.sin, math.sin, WIDE, False, 1e-15),
        (names.cos, math.cos, WIDE, False, 1e-15),
        (names.expm1, math.expm1, np.concatenate([SMALL, -SMALL]), True, 5e-15),
        (names.exp, math.exp, np.linspace(-708.0, 709.0, 4001), True, 1e-15),
    ],
    ids=["sin", "cos", "expm1", "exp"],
)
def test_the_error_of_a_stand_in(stand_in, exact, arguments, relative, bound):
    assert worst(stand_in, exact, arguments, relative) < bound
    assert worst(stand_in, lambda x: exact(x * (1 + 1e-13)), arguments, relative) > bound, "the test is blind"


def test_exp_holds_for_every_argument():
    exp = njit(lambda x: names.exp(x))
    assert exp(-1e300) == exp(-708.0) < 1e-307 and exp(-np.inf) < 1e-307
    assert exp(1e300) == exp(709.0) > 1e307 and math.isnan(exp(np.nan))


def test_where_and_clip():
    where, clip = njit(lambda c, a, b: names.where(c, a, b)), njit(lambda x, a, b: names.clip(x, a, b))
    assert where(True, 1.0, 2.0) == 1.0 and where(False, 1, 2) == 2.0
    assert [clip(x, -1.0, 2.0) for x in (-3.0, 0.5, 3.0)] == [-1.0, 0.5, 2.0]


def test_the_librarys_own_models_keep_exp_in_its_range(monkeypatch):
    """They say so, and are spared its bounds; so every argument, all over their ranges, must lie between them."""
    from stochhh import models

    seen = []
    for module in vars(models).values():
        if hasattr(module, "exp") and getattr(module, "__name__", "").startswith("stochhh.models."):
            assert module.EXP_IN_RANGE
            monkeypatch.setattr(module, "exp", lambda x: seen.append(x) or math.exp(x))
    for model in models.MODELS.values():
        neuron = model()
        low, high = neuron.ranges[0]
        for V in np.linspace(low, high, 401):
            for part in (0.0, 0.5, 1.0):
                x = (V, *(a + part * (b - a) for a, b in neuron.ranges[1:]))
                neuron.vector_field(x, neuron.parameters())
                neuron.membrane_rate(x, neuron.parameters())
    assert len(seen) > 1000
    assert names.EXP_RANGE[0] < min(seen) and max(seen) < names.EXP_RANGE[1]


def test_only_who_says_so_is_spared_the_bounds():
    """Beyond the range the bounded exp stays at its end; the other one is wrong there."""
    scope = {"exp": math.exp, "EXP_IN_RANGE": True}
    exec("def beyond(x):\n    return exp(x)", scope)
    spared = compiled(scope["beyond"])
    del scope["EXP_IN_RANGE"]
    exec("def beyond(x):\n    return exp(x)", scope)
    bounded = compiled(scope["beyond"])
    run = njit(lambda x: bounded(x)), njit(lambda x: spared(x))
    assert [f(1.0) for f in run] == [pytest.approx(math.e, rel=1e-15)] * 2
    assert run[0](-1000.0) == pytest.approx(math.exp(names.EXP_RANGE[0]), rel=1e-12) != run[1](-1000.0)
