"""The experiment of the question: the firing rates that an independent program found, and jump against per-neuron.

Would catch: a kick of the wrong size, p applied twice, inhibition lost, noise without its factor sqrt(dt).
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from budget import Disagreement, check_equal_means, check_mean

import stochhh as sh

NEURON = sh.HodgkinHuxley(I_app=3.0)
EXC = sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5)
INH = sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5)
QUESTION = sh.SynapticInput(EXC, INH)

# Firing rates after a transient of 200 ms, Hz: "about 8.7" and "about 13.1" (Euler-Maruyama at 0.01 ms).
RANGES = {"jump": (8.7, 8.8), "diffusion": (13.1, 13.2)}


@cache
def rates(drive, backend, n_trials=100, duration=10_200.0, seed=1):
    """One rate a trial, Hz."""
    run = sh.simulate(NEURON, drive, backend=backend, duration=duration, transient=200.0, n_trials=n_trials, seed=seed)
    return run.spikes.counts() / (duration - 200.0) * 1000.0


def check_range(sample, low, high):
    """The mean rate against the nearest number of a range."""
    check_mean(sample, float(np.clip(sample.mean(), low, high)), sees=1.0)


@pytest.mark.parametrize("backend", RANGES)
def test_the_rates_of_the_question(backend):
    check_range(rates(QUESTION, backend), *RANGES[backend])


FAULTS = {
    "p twice for inhibition": sh.SynapticInput(EXC, replace(INH, p=0.25)),
    "inhibition lost": sh.SynapticInput(EXC),
    "weights 1.1": sh.SynapticInput(replace(EXC, weight=1.1), replace(INH, weight=-4.4)),
    "weights times dt": sh.SynapticInput(replace(EXC, weight=0.01), replace(INH, weight=-0.04)),
}
PLAIN = {("diffusion", "inhibition lost"), ("diffusion", "weights times dt")}  # far off, and seen under jumps as well


@pytest.mark.parametrize(
    ("backend", "fault"),
    [
        pytest.param(*case, marks=pytest.mark.slow if case in PLAIN else ())
        for case in ((backend, fault) for backend in RANGES for fault in FAULTS)
    ],
)
def test_a_planted_fault_is_seen(backend, fault):
    with pytest.raises(Disagreement):
        check_range(rates(FAULTS[fault], backend), *RANGES[backend])


def test_jumps_and_diffusion_are_told_apart():
    """The answer to the question: white noise fires half as much again."""
    with pytest.raises(Disagreement):
        check_equal_means(rates(QUESTION, "jump"), rates(QUESTION, "diffusion"))


@cache
def powers(drive, backend, n_trials, seed):
    """The averages over a trial of the powers of V about its start."""
    options = {"duration": 500.0, "transient": 100.0, "n_trials": n_trials, "seed": seed}
    return sh.simulate(NEURON, drive, backend=backend, **options).moments.powers


def check_same_membrane(drive):
    """Mean and mean square of V, of jump under a drive against per-neuron under the question's."""
    plain, jump = powers(QUESTION, sh.PerNeuron(dt=0.05), 16, 2), powers(drive, "jump", 800, 3)
    check_equal_means(jump[:, 0], plain[:, 0], sees=3.0, what="mean of V")
    check_equal_means(jump[:, 1], plain[:, 1], sees=150.0, what="mean square of V")


def test_jump_is_like_per_neuron():
    """A short look at two independent programs; the long one below counts spikes."""
    check_same_membrane(QUESTION)


def test_a_planted_fault_is_seen_by_the_short_look():
    """Inhibition lost: 4 mV in the mean."""
    with pytest.raises(Disagreement):
        check_same_membrane(sh.SynapticInput(EXC))


@pytest.mark.slow
def test_jump_fires_like_per_neuron():
    plain = rates(QUESTION, sh.PerNeuron(dt=0.05), n_trials=150, duration=1700.0, seed=2)
    check_equal_means(rates(QUESTION, "jump", n_trials=2000, duration=1700.0), plain, sees=2.0)
