"""The weak order of the compiled diffusion: how fast the mean of V, over paths, converges.

Euler-Maruyama has weak order 1. For additive noise the other three have 2: Heun (Kloeden and Platen 1992, section
15.1), SRA1, and Strang's composition of flows that are exact in law (Alamo and Sanz-Serna, SIAM J. Numer. Anal. 54,
3239, 2016). Measured by successive differences: E[V_h - V_(h/2)] on the upstroke of the first spike falls like h to
the order. The two belong to one path, so the part of strong order 1, which is larger, has a small spread and averages
out.

Would catch: a mean or a variance of the step that is wrong by a part of the order of dt, which no strong order of 1
shows; a predictor without its noise.
"""

from functools import partial

import numpy as np
import pytest
from shared_path import NOT_ITS_ROOT, SUMMED, TOO_WIDE, ends, interval

from stochhh.integrators.schemes import SCHEMES

FACTORS = (1, 2, 4, 8)
GROUPS = 24
ORDER = {name: scheme.weak_order for name, scheme in SCHEMES.items()}

# V rises steeply and far from linearly here: large errors of the mean, by which few paths are enough. The longer the
# steps the fewer, until the next order shows.
on_upstroke = partial(ends, duration=1.92)
SIMULATED = {
    "euler-maruyama": partial(on_upstroke, finest=0.00125, paths=2400),
    "heun": partial(on_upstroke, finest=0.005, paths=96_000),
    "splitting": partial(on_upstroke, finest=0.005, paths=48_000),
    "sra1": partial(on_upstroke, finest=0.0025, paths=4800),
}


def orders(scheme, fault=SUMMED):
    """Jackknife values of the slope of the log of the mean difference, one for each group of paths."""
    V = np.array([SIMULATED[scheme](scheme, factor, fault) for factor in FACTORS])
    by_group = np.diff(V, axis=0).reshape(len(FACTORS) - 1, GROUPS, -1).mean(axis=2)
    of_all = by_group.mean(axis=1, keepdims=True)
    left_out = (GROUPS * of_all - by_group) / (GROUPS - 1)
    return GROUPS * slope(of_all) - (GROUPS - 1) * slope(left_out)


def slope(means):
    return np.polyfit(np.log2(FACTORS[:-1]), np.log2(np.abs(means)), 1)[0]


OTHERS = [pytest.param(name, marks=pytest.mark.slow) for name in SCHEMES if name != "euler-maruyama"]


@pytest.mark.parametrize("scheme", ["euler-maruyama", *OTHERS])
def test_the_weak_order(scheme):
    """Chance (error probability 1e-6) is less than 0.3, the next order less than 0.1; a neighbouring one is 1 off."""
    order, half = interval(orders(scheme))
    print(f"{scheme}: weak order {order:.3f} +- {half:.3f}")
    assert half < 0.3, f"order {order:.3f} +- {half:.3f}: more paths"
    assert abs(order - ORDER[scheme]) < half + 0.1, f"order {order:.3f} +- {half:.3f}"


def test_a_planted_fault_is_seen():
    order, half = interval(orders("euler-maruyama", NOT_ITS_ROOT))
    assert order < 1 - half - 0.3, f"order {order:.3f} +- {half:.3f}"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", [name for name in SCHEMES if name != "euler-maruyama"])
def test_a_variance_that_is_off_by_a_part_of_dt_is_seen(scheme):
    """It leaves a weak order of 1, and the strong order as it was."""
    order, half = interval(orders(scheme, TOO_WIDE))
    assert order < ORDER[scheme] - half - 0.3, f"order {order:.3f} +- {half:.3f}"
