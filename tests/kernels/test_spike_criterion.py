"""A spike is V crossing `threshold` from below while armed; armed again below `rearm`.

Would catch: one crossing by a noisy path counted many times, a start above the threshold counted, levels not used.
"""

import numpy as np
import pytest
from exact_flow import course

import stochhh as sh

NO_INPUT = sh.SynapticInput()
NOISE = sh.SynapticInput(
    sh.Population("up", n=100, rate=20.0, weight=1.0, p=0.5),
    sh.Population("down", n=100, rate=20.0, weight=-1.0, p=0.5),
)
ALL = ["jump", "diffusion", "per-neuron"]


def hovering(rearm):
    """A membrane without spikes of its own, whose leak holds V at 0 mV."""
    return sh.HodgkinHuxley(g_Na=0.0, g_K=0.0, E_L=0.0, I_app=0.0, rearm=rearm)


@pytest.mark.parametrize("backend", ALL)
def test_hovering_at_the_threshold_is_one_spike(backend):
    """V rises from -65 mV once and stays about 0 mV with a standard deviation of 1.8 mV: one crossing counts."""
    run = sh.simulate(hovering(-30.0), NOISE, backend=backend, duration=150.0, seed=5, n_trials=2)
    assert list(run.spikes.counts()) == [1, 1]


@pytest.mark.parametrize("backend", ALL)
def test_without_hysteresis_it_would_be_many(backend):
    """The planted fault of the test above: re-arming at the threshold itself, all but."""
    run = sh.simulate(hovering(-1e-3), NOISE, backend=backend, duration=150.0, seed=5, n_trials=2)
    assert run.spikes.counts().min() > 5


@pytest.mark.parametrize("backend", ALL)
@pytest.mark.parametrize(("threshold", "rearm"), [(-40.0, -60.0), (20.0, -30.0), (-20.0, -21.0)])
def test_the_levels_are_parameters(backend, threshold, rearm):
    neuron = sh.HodgkinHuxley(I_app=10.0, threshold=threshold, rearm=rearm)
    exact = course(neuron, [], [], 40.0).spikes
    spikes = sh.simulate(neuron, NO_INPUT, backend=backend, duration=40.0, seed=0).spikes.time
    assert spikes.size == exact.size == 3
    assert np.max(np.abs(spikes - exact)) < (0.1 if backend == "diffusion" else 2e-3)


@pytest.mark.parametrize("backend", ALL)
def test_a_level_never_reached_or_never_left(backend):
    """A threshold above every spike: none. A re-arming level below every trough: the first spike alone."""
    high = sh.HodgkinHuxley(I_app=10.0, threshold=60.0)
    low = sh.HodgkinHuxley(I_app=10.0, rearm=-90.0)
    assert sh.simulate(high, NO_INPUT, backend=backend, duration=40.0, seed=0).spikes.time.size == 0
    assert sh.simulate(low, NO_INPUT, backend=backend, duration=40.0, seed=0).spikes.time.size == 1


@pytest.mark.parametrize("backend", ALL)
@pytest.mark.parametrize("V", [0.0, 20.0])
def test_a_start_at_or_above_the_threshold_is_unarmed(backend, V):
    """Falling from there is no spike, and the first true one comes after V has been below -30 mV."""
    neuron = sh.HodgkinHuxley(I_app=10.0, initial=(V, 0.05, 0.6, 0.32))
    exact = course(neuron, [], [], 40.0).spikes
    spikes = sh.simulate(neuron, NO_INPUT, backend=backend, duration=40.0, seed=0).spikes.time
    assert spikes.size == exact.size > 0
    assert spikes[0] > 10.0
    assert np.max(np.abs(spikes - exact)) < (0.1 if backend == "diffusion" else 2e-3)


@pytest.mark.parametrize("backend", ALL)
def test_a_start_just_below_the_threshold_is_armed(backend):
    neuron = sh.HodgkinHuxley(I_app=10.0, initial=(-0.1, 0.9, 0.6, 0.32))
    spikes = sh.simulate(neuron, NO_INPUT, backend=backend, duration=5.0, seed=0).spikes.time
    assert spikes.size == 1 and spikes[0] < 0.05


def on_a_grid(time, V, neuron):
    """Spike times of one trace sampled at every step: the chord's crossing, with hysteresis."""
    spikes, armed = [], V[0] < neuron.threshold
    for i in range(1, V.size):
        if armed and V[i] >= neuron.threshold:
            part = (neuron.threshold - V[i - 1]) / (V[i] - V[i - 1])
            spikes.append(time[i - 1] + part * (time[i] - time[i - 1]))
            armed = False
        if V[i] < neuron.rearm:
            armed = True
    return spikes


@pytest.mark.parametrize("dt", [0.01, 0.03])
def test_a_diffusion_crosses_on_the_chord_of_its_step(dt):
    """Every spike against the trace of every step: not a step early or late, not at the step's end, none left out."""
    neuron = sh.HodgkinHuxley(I_app=10.0)
    run = sh.simulate(neuron, NOISE, backend="diffusion", dt=dt, duration=300.0, seed=3, n_trials=3, trace_interval=dt)
    for k in range(3):
        expected = on_a_grid(run.traces.time, run.traces["V"][k], neuron)
        assert len(expected) > 15
        assert np.allclose(run.spikes.of(k), expected, rtol=0, atol=1e-9)
