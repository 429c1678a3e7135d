"""A scheme or a model that no longer holds is an error with a remedy, never a number.

Would catch: NaN or a clamped V returned as data, a bare OverflowError, a message that blames dt for a weight.
"""

import re

import pytest

import stochhh as sh
from stochhh.backends import Task

FIRING = sh.HodgkinHuxley(I_app=10.0)
NO_INPUT = sh.SynapticInput()
HUGE = sh.SynapticInput(sh.Population("exc", n=100, rate=100.0, weight=2000.0, p=0.5))


def message(neuron, drive, backend, **options):
    with pytest.raises(sh.UnstableStepError) as caught:
        sh.simulate(neuron, drive, backend=backend, duration=500.0, seed=1, **options)
    return str(caught.value)


@pytest.mark.parametrize("dt", [0.06, 0.1, 1.0, 10.0, 100.0])
def test_euler_maruyama_with_too_long_a_step(dt):
    """At the peak of a spike the membrane relaxes in 1/40 ms: the explicit step must stay below twice that."""
    text = message(FIRING, NO_INPUT, sh.Diffusion(dt=dt))
    assert "trial 0" in text and "t = " in text
    assert f"dt = {dt:g} ms" in text and "smaller dt" in text


STIFF = sh.LeakyIntegrateAndFire(C_m=1.0, g_L=500.0)  # relaxes at 500 per ms, whatever the input
WEAK = sh.SynapticInput(sh.Population("exc", n=10, rate=1.0, weight=0.01, p=0.5))


@pytest.mark.parametrize("scheme", ["euler-maruyama", "heun", "sra1"])
def test_a_leak_too_fast_for_the_step_is_no_matter_of_the_input(scheme):
    """No weight and no rate helps: the remedy is the step, by the number that is stable, or the splitting."""
    text = message(STIFF, WEAK, sh.Diffusion(scheme=scheme))
    assert "membrane rate g/C reaches 500 per ms" in text and "at most 0.004 ms" in text and "splitting" in text
    assert "weights" not in text and "I_app" not in text
    for better in (sh.Diffusion(scheme=scheme, dt=0.003), sh.Diffusion(scheme="splitting")):
        sh.simulate(STIFF, WEAK, backend=better, duration=5.0, seed=1)


def test_the_same_of_the_runge_kutta_step():
    text = message(sh.HodgkinHuxley(C_m=1e-3), NO_INPUT, "per-neuron")
    assert "membrane rate g/C reaches" in text and "smaller dt" in text and "weights" not in text


def test_a_kick_out_of_the_range_is_no_matter_of_the_step():
    assert "dt" not in message(FIRING, HUGE, "per-neuron")


def test_a_neuron_too_fast_for_any_step_is_no_matter_of_the_input():
    text = message(sh.HodgkinHuxley(C_m=1e-6), NO_INPUT, "jump")
    assert "check its constants" in text and "weights" not in text


@pytest.mark.parametrize("dt", [0.2, 1.0, 10.0, 100.0])
def test_runge_kutta_with_too_long_a_step(dt):
    text = message(FIRING, NO_INPUT, sh.PerNeuron(dt=dt))
    assert "trial 0" in text and "t = " in text and "smaller dt" in text


def test_the_trial_is_named():
    """Numbered as the user numbers it: the first trial that goes wrong, whatever lane it lies in."""
    text = message(FIRING, NO_INPUT, sh.Diffusion(dt=0.1), first_trial=7, n_trials=3)
    assert "trial 7" in text


@pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
def test_a_current_that_no_model_can_bear(backend):
    """V would settle far outside the range in which the fast exponential holds."""
    text = message(sh.HodgkinHuxley(I_app=1e5), NO_INPUT, backend)
    assert "trial 0" in text and "left the range" in text and "bring I_app, the weights" in text


@pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
def test_a_weight_that_no_model_can_bear(backend):
    """2000 mV in one jump: the remedy is the weight; a smaller dt alone would not help."""
    text = message(FIRING, HUGE, backend)
    assert "trial 0" in text and "weights" in text


@pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
@pytest.mark.parametrize(
    "neuron",
    [
        sh.HodgkinHuxley(I_app=1e15),
        sh.HodgkinHuxley(C_m=1e-6),
        sh.HodgkinHuxley(initial=(-999.0, 0.5, 0.5, 0.5)),
        sh.HodgkinHuxley(phi=1e6),
    ],
    ids=["I_app=1e15", "C_m=1e-6", "V=-999", "phi=1e6"],
)
def test_extremes_are_named_not_leaked(backend, neuron):
    """Neither OverflowError of Python's exp, nor a warning of numpy, nor a result."""
    assert "trial 0" in message(neuron, NO_INPUT, backend)


def test_a_stable_step_is_not_refused():
    """0.04 ms is coarse and lawful: the detector must not cry wolf."""
    for dt in (0.01, 0.04):
        run = sh.simulate(FIRING, NO_INPUT, backend="diffusion", dt=dt, duration=500.0, seed=1)
        assert 33 <= run.spikes.counts()[0] <= 35


def test_inhibition_without_bound_is_not_a_crawl():
    """Far below -200 mV the gates' rates grow without bound: an explicit step crawls there for hours, or says so."""
    inhibited = sh.SynapticInput(sh.Population("inh", n=4000, rate=15.0, weight=-1.9, p=0.4))
    block = sh.Jump().open(Task(sh.HodgkinHuxley(g_L=0.0), inhibited, 1, 0, 2, 100.0, 0.0))
    with pytest.raises(sh.UnstableStepError, match=r"trial 0 at t = .* weights or the rates"):
        for _ in range(100):  # a hundred times 20 000 steps: a second
            if block.advance() is None:
                break


@pytest.mark.parametrize(
    "neuron",
    [sh.HodgkinHuxley(g_K=0.0, g_L=0.25, I_app=46.0), sh.HodgkinHuxley(I_app=-25.0)],
    ids=["potassium blocked, V near +130 mV", "inhibited, V near -138 mV"],
)
def test_a_gate_at_its_bound_is_no_instability(neuron):
    """m is within 1e-5 of 1, or of 0: the lawful error of a step may carry it past, which is no reason to stop."""
    noise = sh.SynapticInput(
        sh.Population("up", n=100, rate=20.0, weight=2.0, p=0.5),
        sh.Population("down", n=100, rate=20.0, weight=-2.0, p=0.5),
    )
    run = sh.simulate(neuron, noise, backend="jump", duration=200.0, seed=1, n_trials=10, trace_interval=1.0)
    gates = run.traces.values[:, 1:]
    assert gates.min() > -1e-3 and gates.max() < 1 + 1e-3


@pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
@pytest.mark.parametrize("I_app", [0.0, 2.0, -2.0])
@pytest.mark.parametrize("weight", [1000.0, -1000.0])
def test_a_current_is_blamed_only_if_it_pushes_to_that_side(backend, I_app, weight):
    """White noise of such a size may drive V to either side, events only to that of the weight."""
    text = message(sh.Passive(I_app=I_app), sh.Population("only", n=8000, rate=10.0, weight=weight), backend)
    V = float(re.search(r"V = (-?[\d.e+]+)", text)[1])
    assert backend == "diffusion" or V * weight > 0
    assert ("bring I_app, the weights" in text) == (V * I_app > 0)
    assert "the weights or the rates closer to 0" in text and "lower" not in text
