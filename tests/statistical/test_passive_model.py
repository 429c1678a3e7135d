"""The model Passive against its theorem, by chance in jump and diffusion, and exactly on events that are given.

V has mean E_L + (I_app + C_m kappa_1)/g_L and the j-th cumulant kappa_j tau / j under jumps; diffusion keeps the first
two. Would catch: a conductance for a resistance, a capacitance left out, noise of the wrong size.
"""

import numpy as np
import pytest
from budget import Disagreement, check_mean

import stochhh as sh
from stochhh.models import Passive

TAU = 5.0  # ms
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=200, rate=10.0, weight=1.0, p=0.5), sh.Population("inh", n=50, rate=8.0, weight=-1.0, p=0.5)
)  # 1.2 events per ms; kappa_1 = 0.8, kappa_2 = 1.2, kappa_3 = 0.8
MEAN = -60.0 + (0.8 + 2.0 * 0.8) / 0.4
NEURON = Passive(C_m=2.0, g_L=0.4, E_L=-60.0, I_app=0.8, initial=(MEAN,))  # moments are taken about the start
DT = 0.01
EULER = 1.2 * DT / (1 - (1 - DT / TAU) ** 2)  # the variance of the scheme itself, V' = (1 - dt/tau) V + noise
CENTRAL = {"jump": (0.0, 1.2 * TAU / 2, 0.8 * TAU / 3), "diffusion": (0.0, EULER, 0.0)}
SEES = (0.1, 0.05 * 3.0, 0.5 * 0.8 * TAU / 3)  # mV, mV2, mV3


@pytest.fixture(scope="module", params=CENTRAL)
def ensemble(request):
    """(backend, averages of the powers of V - MEAN, a row for each trial)"""
    run = sh.simulate(NEURON, DRIVE, backend=request.param, duration=1100.0, transient=100.0, n_trials=768, seed=11)
    assert run.moments.reference == MEAN
    return request.param, run.moments.powers


def check(backend, powers):
    for j, expected in enumerate(CENTRAL[backend]):
        check_mean(powers[:, j], expected, sees=SEES[j], what=f"{backend}, central moment {j + 1} of V")


def test_the_moments_are_those_of_the_theorem(ensemble):
    check(*ensemble)


@pytest.mark.parametrize("j", [0, 1, 2])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_planted_fault_is_seen(ensemble, j, sign):
    backend, powers = ensemble
    with pytest.raises(Disagreement):
        check(backend, powers + sign * SEES[j] * np.eye(4)[j])


@pytest.mark.parametrize("fault", [{"g_L": 0.44}, {"C_m": 2.2}, {"I_app": 0.84}])
def test_a_neuron_of_other_constants_is_seen(fault):
    neuron = Passive(**(NEURON.as_dict() | fault))
    run = sh.simulate(neuron, DRIVE, backend="jump", duration=1100.0, transient=100.0, n_trials=768, seed=12)
    with pytest.raises(Disagreement):
        check("jump", run.moments.powers)


def test_the_path_between_given_events_is_exact():
    """V - V_inf = (V_0 - V_inf) e^(-t/tau) + sum of weight e^(-(t - t_i)/tau) over the events before t."""
    times, jumps = np.array([0.35, 2.0, 2.5, 7.75, 20.1]), np.array([1.0, -4.0, 2.5, 0.5, 30.0])
    events = sh.Recording(np.zeros(5, dtype=int), times, jumps)
    neuron = Passive(C_m=2.0, g_L=0.4, E_L=-60.0, I_app=0.8, initial=(-70.0,))
    backend = sh.Jump(tolerance=1e-7, lanes=64)  # as wide as the other runs: one kernel for all
    run = sh.simulate(neuron, DRIVE, backend=backend, duration=40.0, seed=0, events=events, trace_interval=0.3)
    t = run.traces.time
    exact = -58.0 - 12.0 * np.exp(-t / TAU)
    for time, jump in zip(times, jumps, strict=True):
        exact += np.where(t > time, jump * np.exp(-np.clip(t - time, 0, None) / TAU), 0.0)
    assert np.max(np.abs(run.traces["V"][0] - exact)) < 1e-8


def test_euler_maruyama_without_noise_is_exact():
    """V_k = V_inf + (V_0 - V_inf) (1 - dt/tau)^k, to rounding."""
    neuron = Passive(C_m=2.0, g_L=0.4, E_L=-60.0, I_app=0.8, initial=(-70.0,))
    backend = sh.Diffusion(dt=DT, lanes=64)
    run = sh.simulate(neuron, sh.SynapticInput(), backend=backend, duration=40.0, seed=0, trace_interval=DT)
    k = np.arange(run.traces.time.size)
    assert np.max(np.abs(run.traces["V"][0] - (-58.0 - 12.0 * (1 - DT / TAU) ** k))) < 1e-11


def test_the_comparison_finds_them_equal_but_for_the_skewness():
    """T: skewness 0.8 tau/3 / (1.2 tau/2)^1.5 = 0.257 under jumps, none under diffusion; the margin is 0.2."""
    settings = {"duration": 1100.0, "transient": 100.0, "n_trials": 768}
    jump, diffusion = (sh.simulate(NEURON, DRIVE, backend=name, seed=13, **settings) for name in ("jump", "diffusion"))
    found = sh.compare(jump, diffusion).difference
    assert found["V_mean"].verdict == found["V_variance"].verdict == "equivalent"
    assert found["V_skewness"].verdict == "different"
