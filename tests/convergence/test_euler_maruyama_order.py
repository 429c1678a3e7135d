"""The strong order of the compiled diffusion, on Brownian paths that all step sizes share.

The noise is additive, so Euler-Maruyama has strong order 1 (Kloeden and Platen 1992, section 10.3), where a program
whose increments do not belong to one path has order 0. Measured by successive differences: the mean over paths of
|V_h - V_(h/2)| at the end falls like h. No exact solution is needed, and none is assumed.

Would catch: increments that are not those of the same path, noise entered at the wrong time or power of dt.
"""

import numpy as np
import pytest
from numba import njit
from scipy import stats

import stochhh as sh
import stochhh.backends.diffusion
from stochhh.elementary import sqrt
from stochhh.random import NORMAL, four_normals

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
FINEST, FACTORS = 0.00125, (1, 2, 4, 8, 16)  # up to dt = 0.02 ms
DURATION, PATHS, GROUPS = 12.0, 1920, 24  # the first spike lies within; each group of 80 paths gives one estimate


@njit(forceinline=True, error_model="numpy")
def increment(step, trial, k0, factor, fault):
    """The standard normal number of one step that is `factor` finest steps long: their sum, scaled."""
    total = 0.0
    for i in range(factor):
        total += four_normals(np.uint64(step * factor + i), trial, NORMAL, k0, np.uint64(0))[0]
        if fault == 1:  # the first of them alone: another path at every step size
            return total
    return total / factor if fault == 2 else total / sqrt(np.float64(factor))


@njit(forceinline=True, error_model="numpy")
def shared_path(group, trial, k0, k1):
    """In the place of the library's normal numbers; the seed's high word holds the factor and a planted fault."""
    factor, fault, step = np.int64(k1) & 255, np.int64(k1) >> 8, 4 * np.int64(group)
    return (
        increment(step, trial, k0, factor, fault),
        increment(step + 1, trial, k0, factor, fault),
        increment(step + 2, trial, k0, factor, fault),
        increment(step + 3, trial, k0, factor, fault),
    )


def ends(factor, fault=0):
    """V at the end of every path, by steps of `factor` finest ones."""
    run = sh.simulate(
        NEURON, DRIVE, backend=sh.Diffusion(dt=factor * FINEST), duration=DURATION, n_trials=PATHS,
        seed=77 + ((factor + (fault << 8)) << 32), trace_interval=DURATION,
    )  # fmt: skip
    return run.traces["V"][:, -1]


def orders(fault=0):
    """One estimate of the order from each group of paths: the slope of the log of the differences."""
    V = np.array([ends(factor, fault) for factor in FACTORS])
    differences = np.abs(np.diff(V, axis=0)).reshape(len(FACTORS) - 1, GROUPS, -1).mean(axis=2)
    return np.polyfit(np.log2(FACTORS[:-1]), np.log2(differences), 1)[0]


def interval(sample, error=1e-6):
    """The mean order, and what chance may add to it."""
    half = stats.t.isf(error / 2, sample.size - 1) * sample.std(ddof=1) / sample.size**0.5
    return sample.mean(), half


@pytest.fixture
def on_shared_paths(monkeypatch):
    monkeypatch.setattr(stochhh.backends.diffusion, "diffusion_normals", shared_path)


def test_the_strong_order_is_one(on_shared_paths):
    """Within 0.15, of which chance (error probability 1e-6) makes up less than 0.1: order 1/2 is excluded by far."""
    order, half = interval(orders())
    assert half < 0.1, f"order {order:.3f} +- {half:.3f}: more paths"
    assert abs(order - 1.0) < half + 0.05, f"order {order:.3f} +- {half:.3f}"


@pytest.mark.parametrize("fault", [1, 2], ids=["increments not summed", "scaled by the number, not its root"])
def test_a_planted_fault_is_seen(on_shared_paths, fault):
    order, half = interval(orders(fault))
    assert abs(order - 1.0) > half + 0.3


def test_the_paths_are_shared(on_shared_paths):
    """The endpoints at two step sizes belong together: on a passive membrane the noise alone decides."""
    fine, coarse = ends(1), ends(2)
    assert np.corrcoef(fine, coarse)[0, 1] > 0.999
