"""The strong order of the compiled diffusion, on Brownian paths that all step sizes share.

The noise is additive, so Euler-Maruyama has strong order 1 (Kloeden and Platen 1992, section 10.3), as have Heun and
the splitting, and SRA1 has 3/2; a program whose increments do not belong to one path has order 0. Measured by
successive differences: the mean over paths of |V_h - V_(h/2)| at the end falls like h to the order. No exact solution
is needed, and none is assumed.

Would catch: increments that are not those of the same path, noise entered at the wrong time or power of dt, a scheme
that is not the one it is named for.
"""

import numpy as np
import pytest
from numba import njit
from scipy import stats

import stochhh as sh
import stochhh.backends.diffusion
from stochhh.backends.kernels.schemes import SCHEMES
from stochhh.elementary import sqrt
from stochhh.random import NORMAL, four_normals

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
FINEST, FACTORS = 0.00125, (1, 2, 4, 8, 16)  # up to dt = 0.02 ms
DURATION, PATHS, GROUPS = 12.0, 1200, 24  # the first spike lies within; each group of 50 paths gives one estimate
ROOT_3 = 3.0**0.5


@njit(forceinline=True, error_model="numpy")
def of_a_step(step, trial, k0, factor, fault):
    """(z, zeta) of one step that is `factor` finest steps of length 1 long.

    z is the increment W, scaled to variance 1; zeta the part of I_10, the time integral of W from the step's start,
    that is independent of it: I_10 = factor^(3/2) / 2 (z + zeta / sqrt(3)), for the finest steps as for the long one.
    """
    W, I_10, length = 0.0, 0.0, np.float64(factor)
    for i in range(factor):
        z, zeta, _, _ = four_normals(np.uint64(step * factor + i), trial, NORMAL, k0, np.uint64(0))
        if fault == 1:  # the first of them alone: another path at every step size
            return z, zeta
        I_10 += W + 0.5 * (z + zeta / ROOT_3)
        W += z
    if fault == 2:
        return W / length, 0.0
    z = W / sqrt(length)
    if fault == 3:
        return z, 0.0
    return z, ROOT_3 * (2.0 * I_10 / (length * sqrt(length)) - z)


def shared_path(normals):
    """What takes the place of the library's normal numbers, for a scheme that uses one or two of them a step.

    The seed's high word holds the factor and a planted fault.
    """

    @njit(forceinline=True, error_model="numpy")
    def numbers(group, trial, k0, k1):
        factor, fault = np.int64(k1) & 255, np.int64(k1) >> 8
        steps = 4 // normals
        first = steps * np.int64(group)
        a, b = of_a_step(first, trial, k0, factor, fault)
        c, d = of_a_step(first + 1, trial, k0, factor, fault)
        if normals == 2:
            return a, b, c, d
        e, _ = of_a_step(first + 2, trial, k0, factor, fault)
        f, _ = of_a_step(first + 3, trial, k0, factor, fault)
        return a, c, e, f

    return numbers


def ends(scheme, factor, fault=0):
    """V at the end of every path, by steps of `factor` finest ones."""
    run = sh.simulate(
        NEURON, DRIVE, backend=sh.Diffusion(dt=factor * FINEST, scheme=scheme), duration=DURATION, n_trials=PATHS,
        seed=77 + ((factor + (fault << 8)) << 32), trace_interval=DURATION,
    )  # fmt: skip
    return run.traces["V"][:, -1]


def orders(scheme, fault=0):
    """One estimate of the order from each group of paths: the slope of the log of the differences."""
    V = np.array([ends(scheme, factor, fault) for factor in FACTORS])
    differences = np.abs(np.diff(V, axis=0)).reshape(len(FACTORS) - 1, GROUPS, -1).mean(axis=2)
    return np.polyfit(np.log2(FACTORS[:-1]), np.log2(differences), 1)[0]


def interval(sample, error=1e-6):
    """The mean order, and what chance may add to it."""
    half = stats.t.isf(error / 2, sample.size - 1) * sample.std(ddof=1) / sample.size**0.5
    return sample.mean(), half


@pytest.fixture
def on_shared_paths(monkeypatch):
    """Let a scheme take its normal numbers from the shared paths."""

    def replace(scheme):
        monkeypatch.setattr(stochhh.backends.diffusion, "diffusion_normals", shared_path(SCHEMES[scheme].normals))

    return replace


OTHERS = [pytest.param(name, marks=pytest.mark.slow) for name in SCHEMES if name != "euler-maruyama"]


@pytest.mark.parametrize("scheme", ["euler-maruyama", *OTHERS])
def test_the_strong_order(on_shared_paths, scheme):
    """Chance (error probability 1e-6) makes up less than 0.15: a neighbouring order, 1/2 away, is excluded by far."""
    on_shared_paths(scheme)
    (order, half), claimed = interval(orders(scheme)), SCHEMES[scheme].strong_order
    assert half < 0.15, f"order {order:.3f} +- {half:.3f}: more paths"
    # Where the noise is weak, as here, the second order of SRA1's drift shows before its 3/2 does.
    low, high = (claimed, 2.0) if scheme == "sra1" else (claimed, claimed)
    assert low - half - 0.05 < order < high + half + 0.05, f"order {order:.3f} +- {half:.3f}"


@pytest.mark.parametrize("fault", [1, 2], ids=["increments not summed", "scaled by the number, not its root"])
def test_a_planted_fault_is_seen(on_shared_paths, fault):
    on_shared_paths("euler-maruyama")
    order, half = interval(orders("euler-maruyama", fault))
    assert abs(order - 1.0) > half + 0.3


@pytest.mark.slow
def test_a_second_number_left_out_is_seen(on_shared_paths):
    """SRA1 without its time integral of the noise is of order 1."""
    on_shared_paths("sra1")
    order, half = interval(orders("sra1", fault=3))
    assert order < 1.5 - half - 0.2


def test_the_paths_are_shared(on_shared_paths):
    """The endpoints at two step sizes belong together."""
    on_shared_paths("euler-maruyama")
    fine, coarse = ends("euler-maruyama", 1), ends("euler-maruyama", 2)
    assert np.corrcoef(fine, coarse)[0, 1] > 0.999


@pytest.mark.slow
@pytest.mark.parametrize("scheme", [name for name in SCHEMES if name != "euler-maruyama"])
def test_every_scheme_has_one_limit(on_shared_paths, scheme):
    """At the finest step they agree with Euler-Maruyama on every path, to Euler's own error."""
    on_shared_paths("euler-maruyama")
    euler, coarser = ends("euler-maruyama", 1), ends("euler-maruyama", 2)
    on_shared_paths(scheme)
    assert np.mean(np.abs(ends(scheme, 1) - euler)) < 2.0 * np.mean(np.abs(coarser - euler))
