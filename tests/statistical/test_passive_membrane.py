"""Simulated jumps on a passive membrane against the theorem: the j-th cumulant of V is kappa_j tau / j.

Would catch: a lost or doubled population, a wrong weight or probability, events at the wrong intensity, a drift of the
integrator. The unit is the trial, so dependence in time needs no model.
"""

import numpy as np
import pytest
from budget import Disagreement, check_mean

import stochhh as sh

TAU = 6.0  # ms
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=100, rate=8.0, weight=1.0, p=0.5), sh.Population("inh", n=50, rate=4.0, weight=-0.5, p=1.0)
)
MEAN = -60.0 + 0.5 / 0.25 + TAU * 0.3  # E_L + I_app / g_L + tau kappa_1
CUMULANTS = {1: 0.0, 2: 0.45 * TAU / 2, 3: 0.375 * TAU / 3}  # about the mean
# What each check must be able to see, in its own unit: 0.1 mV, a tenth, one half (1/2 for the 1/3 of the theorem).
SEES = {1: 0.1, 2: 0.1 * CUMULANTS[2], 3: 0.5 * CUMULANTS[3]}


@pytest.fixture(scope="module")
def central():
    """Time averages of (V - MEAN)^j for each trial; unbiased: the start is forgotten to e^-24."""
    neuron = sh.HodgkinHuxley(C_m=1.5, g_Na=0, g_K=0, g_L=0.25, E_L=-60.0, I_app=0.5, initial=(MEAN, 0.05, 0.6, 0.32))
    moments = sh.simulate(neuron, DRIVE, backend="jump", duration=1044.0, transient=144.0, n_trials=400, seed=1).moments
    first, second, third = moments.powers[:, :3].T
    d = moments.reference - MEAN
    return {1: first + d, 2: second + 2 * d * first + d**2, 3: third + 3 * d * second + 3 * d**2 * first + d**3}


def test_the_theorem_is_that_of_the_drive():
    assert [DRIVE.cumulant(j) for j in (1, 2, 3)] == pytest.approx([0.3, 0.45, 0.375])


@pytest.mark.parametrize("j", [1, 2, 3])
def test_moments_of_jumps(central, j):
    check_mean(central[j], CUMULANTS[j], sees=SEES[j], what=f"cumulant {j} of V")


@pytest.mark.parametrize("j", [1, 2, 3])
@pytest.mark.parametrize("sign", [-1, 1])
def test_planted_fault_is_caught(central, j, sign):
    with pytest.raises(Disagreement):
        check_mean(central[j], CUMULANTS[j] + sign * SEES[j])


def test_planted_scale_of_the_variance_is_caught(central):
    """V spread by a factor of sqrt(1.1) about its mean."""
    with pytest.raises(Disagreement):
        check_mean(1.1 * np.asarray(central[2]), CUMULANTS[2])
