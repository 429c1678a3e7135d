"""Weights drawn anew at every spike: their law, their independence, and what they make of a passive membrane.

T: V of a passive membrane under jumps has mean E_L + (I_app + C kappa_1)/g_L and the j-th cumulant kappa_j tau / j,
with kappa_j = lambda E[w^j]. Would catch: a standard deviation for a variance, one weight for all spikes of a neuron,
a weight that depends on its gap, constant weights in the place of random ones.
"""

from dataclasses import replace
from functools import cache
from math import exp, log1p, sqrt

import numpy as np
import pytest
from budget import Disagreement, check_law, check_mean
from scipy import stats

import stochhh as sh
from stochhh.noise.merged import poisson_events
from stochhh.noise.presynaptic import presynaptic_events

DRAWS = {"merged": poisson_events, "presynaptic": presynaptic_events}
POPULATIONS = {
    name: sh.Population("exc", n=200, rate=10.0, weight=0.5, p=0.5, weight_distribution=name, **sd)
    for name, sd in {"exponential": {}, "normal": {"weight_sd": 0.4}, "lognormal": {"weight_sd": 0.4}}.items()
}
S = sqrt(log1p(0.4**2 / 0.5**2))
LAWS = {
    "exponential": stats.expon(scale=0.5),
    "normal": stats.norm(0.5, 0.4),
    "lognormal": stats.lognorm(S, scale=0.5 * exp(-S * S / 2)),
}
each_law = pytest.mark.parametrize("law", LAWS)
each_draw = pytest.mark.parametrize("draw", DRAWS)


@cache
def events(draw, law):
    """Some 20000 of them."""
    return DRAWS[draw](sh.SynapticInput(POPULATIONS[law]), duration=2000.0, seed=40, trials=range(10))


def check_weights(jump, gap, law):
    """The law; products of neighbours and with the gap before, which vanish if the three are independent."""
    check_law(jump, LAWS[law].cdf, sees=0.04)
    centred = (jump - LAWS[law].mean()) / LAWS[law].std()
    pairs = centred[: centred.size // 2 * 2].reshape(-1, 2)
    check_mean(pairs.prod(axis=1), 0.0, sees=0.4, what="product of neighbours")
    check_mean(centred * (gap * POPULATIONS[law].intensity - 1), 0.0, sees=0.1, what="product with the gap")


def of(draw, law):
    """(jump, gap before), all trials in a row; the first event of a trial is left out, whose gap is cut."""
    found = events(draw, law)
    inside = np.diff(found.trial, prepend=-1) == 0
    return found.jump[inside], np.diff(found.time, prepend=0.0)[inside]


@each_draw
@each_law
def test_the_law_of_the_weights(draw, law):
    check_weights(*of(draw, law), law)


def one_weight_for_two(jump, gap):
    return np.repeat(jump[::2], 2)[: jump.size], gap


def ten_per_cent_too_wide(jump, gap):
    return jump.mean() + 1.1 * (jump - jump.mean()), gap


def constant(jump, gap):
    return np.full(jump.size, 0.5), gap


def heavy_after_a_long_gap(jump, gap):
    return jump * (0.9 + 0.1 * gap / gap.mean()), gap


@each_law
@pytest.mark.parametrize(
    "fault", [one_weight_for_two, ten_per_cent_too_wide, constant, heavy_after_a_long_gap], ids=lambda f: f.__name__
)
def test_a_planted_fault_is_seen(law, fault):
    with pytest.raises(Disagreement):
        check_weights(*fault(*of("merged", law)), law)


TAU = 5.0  # ms


def membrane_powers(population, **settings):
    """Averages of (V - mean)^j for each trial of a passive membrane, and the drive."""
    drive = sh.SynapticInput(population, sh.Population("inh", n=100, rate=5.0, weight=-0.5, p=1.0))
    mean = -60.0 + TAU * drive.cumulant(1)
    neuron = sh.Passive(C_m=1.0, g_L=1 / TAU, E_L=-60.0, initial=(mean,))
    settings = {"backend": "jump", "duration": 1100.0, "transient": 100.0, "n_trials": 384, "seed": 41, **settings}
    run = sh.simulate(neuron, drive, **settings)
    assert run.moments.reference == mean
    return run.moments.powers


def cumulants(population):
    """Variance and third cumulant of V by the theorem, from the moments of scipy's law."""
    moment = LAWS[population.weight_distribution].moment
    kappa_2, kappa_3 = (population.intensity * moment(j) + 0.5 * (-0.5) ** j for j in (2, 3))
    return kappa_2 * TAU / 2, kappa_3 * TAU / 3


def check_membrane(powers, population, third_kept=True):
    variance, third = cumulants(population)
    check_mean(powers[:, 0], 0.0, sees=0.1 * variance**0.5, what="mean of V")
    check_mean(powers[:, 1], variance, sees=0.1 * variance, what="variance of V")
    if third_kept:
        check_mean(powers[:, 2], third, sees=0.6 * third, what="third cumulant of V")


@cache
def jumps_on_a_membrane(law):
    return membrane_powers(POPULATIONS[law])


@each_law
def test_moments_of_a_passive_membrane_under_jumps(law):
    check_membrane(jumps_on_a_membrane(law), POPULATIONS[law])


@each_law
def test_moments_of_a_passive_membrane_under_diffusion(law):
    """Which knows the weights by their first two moments; its step adds dt / (2 tau) = 0.1 % of the variance."""
    check_membrane(membrane_powers(POPULATIONS[law], backend="diffusion"), POPULATIONS[law], third_kept=False)


@each_law
@pytest.mark.parametrize("fault", ["constant weights", "variance", "third cumulant"])
def test_a_planted_fault_of_the_membrane_is_seen(law, fault):
    """The run itself with the random weights left out, or its moments changed."""
    population, powers = POPULATIONS[law], jumps_on_a_membrane(law).copy()
    if fault == "constant weights":
        powers = membrane_powers(replace(population, weight_distribution="constant", weight_sd=0.0))
    elif fault == "variance":
        powers[:, 1] *= 1.1
    else:
        powers[:, 2] -= 0.6 * cumulants(population)[1]
    with pytest.raises(Disagreement):
        check_membrane(powers, population)
