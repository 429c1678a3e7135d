"""The rate of the leaky integrate-and-fire neuron, simulated, against the exact ones: shot noise and Siegert.

v' = -v in units of tau, jumps of mean 0.2 at the rate r, exponential, threshold 1, reset 0, refractory 0.1: the rates
are REFERENCES'. Would catch: constant weights in the place of random ones, a refractory time that is left out or
counted twice, input kept through it, noise of the wrong size, a spike missed between two steps of the grid.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from budget import Disagreement, check_mean

import stochhh as sh
from stochhh.theory import shot_noise_rate

NEURON = sh.LeakyIntegrateAndFire(C_m=1, g_L=1, E_L=0, initial=(0,), threshold=1, reset=0, refractory=0.1)
SHOT_NOISE = {1.0: 0.02557635, 3.0: 0.21040243, 5.6: 0.56621919}  # per ms
SIEGERT = {1.0: 0.00049520, 3.0: 0.24411004, 5.6: 0.72404192}
EXC = {r: sh.Population("exc", 10, 100.0 * r, 0.2, 1.0, "exponential") for r in SHOT_NOISE}


def rates(neuron, *populations, backend, duration, n_trials=200):
    """Spikes per ms in each trial, the start left out: 30 tau, in which it is forgotten."""
    drive, window = sh.SynapticInput(*populations), {"duration": duration + 30.0, "transient": 30.0}
    run = sh.simulate(neuron, drive, backend=backend, seed=50, n_trials=n_trials, **window)
    return run.spikes.counts() / duration


def check_rate(sample, expected, *, sees, within=0.0):
    """The mean against the exact rate, or against the nearer end of `within` of it; both as a part of it."""
    nearest = np.clip(sample.mean(), expected * (1 - within), expected * (1 + within))
    check_mean(sample, nearest, sees=sees * expected, what="rate")


# r -> (duration, what is to be seen): 1e5 spikes and more, 4e4 at r = 1.
JUMP = {1.0: (8000.0, 0.045), 3.0: (2500.0, 0.025), 5.6: (1000.0, 0.02)}


@pytest.mark.parametrize("r", JUMP)
def test_the_exact_rate_under_jumps(r):
    duration, sees = JUMP[r]
    check_rate(rates(NEURON, EXC[r], backend="jump", duration=duration), SHOT_NOISE[r], sees=sees)


# (r, neuron, population); at r = 5.6 constant weights of the same mean have nearly the same rate, at 3 they do not.
JUMP_FAULTS = {
    "constant weights": (3.0, NEURON, replace(EXC[3.0], weight_distribution="constant")),
    "no refractory time": (5.6, replace(NEURON, refractory=0.0), EXC[5.6]),
    "refractory twice": (5.6, replace(NEURON, refractory=0.2), EXC[5.6]),
    "reset too high": (5.6, replace(NEURON, reset=0.05), EXC[5.6]),
    "weights 2 % too large": (5.6, NEURON, replace(EXC[5.6], weight=0.204)),
}


@pytest.mark.parametrize("fault", JUMP_FAULTS)
def test_a_planted_fault_under_jumps_is_seen(fault):
    r, neuron, population = JUMP_FAULTS[fault]
    duration, sees = JUMP[r]
    with pytest.raises(Disagreement):
        check_rate(rates(neuron, population, backend="jump", duration=duration), SHOT_NOISE[r], sees=sees)


INHIBITION = (
    sh.Population("inh", 10, 300.0, -0.1, 1.0, "exponential"),
    sh.Population("strong", 1, 400.0, -0.5, 1.0, "exponential"),
)


def test_the_exact_rate_with_inhibition():
    neuron = replace(NEURON, I_app=0.3, reset=0.4)
    expected = shot_noise_rate(neuron, sh.SynapticInput(EXC[5.6], *INHIBITION)) / 1000
    check_rate(rates(neuron, EXC[5.6], *INHIBITION, backend="jump", duration=1000.0), expected, sees=0.025)
    with pytest.raises(Disagreement):
        check_rate(rates(neuron, EXC[5.6], INHIBITION[0], backend="jump", duration=1000.0), expected, sees=0.025)


DURATION = {3.0: 4000.0, 5.6: 2000.0}  # 2e5 spikes and more


@cache
def under_diffusion(r, dt, scheme="euler-maruyama"):
    return rates(NEURON, EXC[r], backend=sh.Diffusion(dt=dt, scheme=scheme), duration=DURATION[r])


# (r, dt): the bias is of order dt, and less than dt / tau.
STEPS = [(3.0, 0.04), (3.0, 0.01), (5.6, 0.01)]


@pytest.mark.parametrize(("r", "dt"), [*STEPS, pytest.param(3.0, 0.0025, marks=pytest.mark.slow)])
def test_siegerts_rate_under_diffusion(r, dt):
    check_rate(under_diffusion(r, dt), SIEGERT[r], within=dt, sees=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["heun", "splitting", "sra1"])
def test_every_scheme_has_it(scheme):
    check_rate(under_diffusion(3.0, 0.01, scheme), SIEGERT[3.0], within=0.01, sees=0.02)


def test_the_bias_shrinks_with_the_step():
    """2.7 % of the rate at dt = 0.04, and 0.8 % at 0.01, by a plain program of the same scheme."""
    bias = [under_diffusion(3.0, dt) / SIEGERT[3.0] - 1 for dt in (0.04, 0.01)]
    with pytest.raises(Disagreement):
        check_rate(under_diffusion(3.0, 0.04), SIEGERT[3.0], within=0.01, sees=0.02)
    assert 0 < bias[1].mean() < bias[0].mean()


# (r, neuron, population); the normal weights have the mean of the exponential ones, and 1.1 times their kappa_2.
DIFFUSION_FAULTS = {
    "variance times 1.1": (3.0, NEURON, replace(EXC[3.0], weight_distribution="normal", weight_sd=0.2 * 1.2**0.5)),
    "constant weights": (3.0, NEURON, replace(EXC[3.0], weight_distribution="constant")),
    "threshold seen at the steps alone": (3.0, replace(NEURON, threshold=1 + 0.5826 * (0.24 * 0.01) ** 0.5), EXC[3.0]),
    "no refractory time": (5.6, replace(NEURON, refractory=0.0), EXC[5.6]),
}


@pytest.mark.parametrize("fault", DIFFUSION_FAULTS)
def test_a_planted_fault_under_diffusion_is_seen(fault):
    r, neuron, population = DIFFUSION_FAULTS[fault]
    sample = rates(neuron, population, backend=sh.Diffusion(dt=0.01), duration=DURATION[r])
    with pytest.raises(Disagreement):
        check_rate(sample, SIEGERT[r], within=0.01, sees=0.02)


def test_the_exact_rate_per_neuron():
    """Some 1200 spikes: what is seen is a quarter of the rate, and that is what constant weights make."""
    constant = replace(EXC[3.0], weight_distribution="constant")
    settings = {"backend": sh.PerNeuron(dt=0.2), "duration": 300.0, "n_trials": 20}
    check_rate(rates(NEURON, EXC[3.0], **settings), SHOT_NOISE[3.0], sees=0.25)
    with pytest.raises(Disagreement):
        check_rate(rates(NEURON, constant, **settings), SHOT_NOISE[3.0], sees=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("r", [3.0, 5.6])
def test_the_exact_rate_per_neuron_closely(r):
    sample = rates(NEURON, EXC[r], backend=sh.PerNeuron(dt=0.2), duration=400.0, n_trials=100)
    check_rate(sample, SHOT_NOISE[r], sees={3.0: 0.08, 5.6: 0.05}[r])
