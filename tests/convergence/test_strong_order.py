"""The strong order of the compiled diffusion, on Brownian paths that all step sizes share.

The noise is additive, so Euler-Maruyama has strong order 1 (Kloeden and Platen 1992, section 10.3), as have Heun and
the splitting, and SRA1 has 3/2; a program whose increments do not belong to one path has order 0. Measured by
successive differences: the mean over paths of |V_h - V_(h/2)| at the end falls like h to the order. No exact solution
is needed, and none is assumed.

Would catch: increments that are not those of the same path, noise entered at the wrong time or power of dt, a scheme
that is not the one it is named for.
"""

from functools import partial

import numpy as np
import pytest
from shared_path import FIRST_ALONE, NO_SECOND, NOT_ITS_ROOT, SUMMED, interval
from shared_path import ends as shared_ends

from stochhh.integrators.schemes import SCHEMES

FACTORS = (1, 2, 4, 8, 16)  # up to dt = 0.02 ms
GROUPS = 24  # each of 48 paths gives one estimate
ends = partial(shared_ends, finest=0.00125, duration=12.0, paths=1152)  # the first spike lies within


def orders(scheme, fault=SUMMED):
    """One estimate of the order from each group of paths: the slope of the log of the differences."""
    V = np.array([ends(scheme, factor, fault) for factor in FACTORS])
    differences = np.abs(np.diff(V, axis=0)).reshape(len(FACTORS) - 1, GROUPS, -1).mean(axis=2)
    return np.polyfit(np.log2(FACTORS[:-1]), np.log2(differences), 1)[0]


OTHERS = [pytest.param(name, marks=pytest.mark.slow) for name in SCHEMES if name != "euler-maruyama"]


@pytest.mark.parametrize("scheme", ["euler-maruyama", *OTHERS])
def test_the_strong_order(scheme):
    """Chance (error probability 1e-6) makes up less than 0.15: a neighbouring order, 1/2 away, is excluded by far."""
    (order, half), claimed = interval(orders(scheme)), SCHEMES[scheme].strong_order
    print(f"{scheme}: strong order {order:.3f} +- {half:.3f}")
    assert half < 0.15, f"order {order:.3f} +- {half:.3f}: more paths"
    # Where the noise is weak, as here, the second order of SRA1's drift shows before its 3/2 does.
    low, high = (claimed, 2.0) if scheme == "sra1" else (claimed, claimed)
    assert low - half - 0.05 < order < high + half + 0.05, f"order {order:.3f} +- {half:.3f}"


@pytest.mark.parametrize(
    "fault", [FIRST_ALONE, NOT_ITS_ROOT], ids=["increments not summed", "scaled by the number, not its root"]
)
def test_a_planted_fault_is_seen(fault):
    order, half = interval(orders("euler-maruyama", fault))
    assert abs(order - 1.0) > half + 0.3


@pytest.mark.slow
def test_a_second_number_left_out_is_seen():
    """SRA1 without its time integral of the noise is of order 1."""
    order, half = interval(orders("sra1", NO_SECOND))
    assert order < 1.5 - half - 0.2


def test_the_paths_are_shared():
    """The endpoints at two step sizes belong together."""
    fine, coarse = ends("euler-maruyama", 1), ends("euler-maruyama", 2)
    assert np.corrcoef(fine, coarse)[0, 1] > 0.999


@pytest.mark.slow
@pytest.mark.parametrize("scheme", [name for name in SCHEMES if name != "euler-maruyama"])
def test_every_scheme_has_one_limit(scheme):
    """At the finest step they agree with Euler-Maruyama on every path, to Euler's own error."""
    euler, coarser = ends("euler-maruyama", 1), ends("euler-maruyama", 2)
    assert np.mean(np.abs(ends(scheme, 1) - euler)) < 2.0 * np.mean(np.abs(coarser - euler))
