"""Traces: when they are sampled, and that what they hold is the state at that time.

Would catch: samples a step off, a sample at an event's own time skipped (memory never written), V taken after the
kick, a chord where the step is long.
"""

import numpy as np
import pytest
from exact_flow import course

import stochhh as sh
from stochhh.inputs import Recording
from stochhh.noise.merged import poisson_events

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
NO_INPUT = sh.SynapticInput()
ALL = ["jump", "diffusion", "per-neuron"]


@pytest.mark.parametrize("backend", ALL)
def test_times_and_the_first_sample(backend):
    """Multiples of the interval from 0 up to the duration; the first state is the initial one."""
    run = sh.simulate(NEURON, DRIVE, backend=backend, duration=10.25, seed=1, n_trials=2, trace_interval=0.5)
    assert np.allclose(run.traces.time, np.arange(21) * 0.5, rtol=0, atol=1e-12)
    assert run.traces.variables == ("V", "m", "h", "n")
    assert run.traces.values.shape == (2, 4, 21)
    assert np.array_equal(run.traces.values[:, :, 0], [NEURON.initial_state()] * 2)


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
@pytest.mark.parametrize("interval", [0.1, 0.7])
def test_the_state_is_the_exact_flows(backend, interval):
    """Against DOP853 on the same events, all four variables. At 0.7 ms a sample lies inside every longest step."""
    events = poisson_events(DRIVE, duration=60.0, seed=4, trials=[0])
    run = sh.simulate(NEURON, DRIVE, backend=backend, duration=60.0, seed=4, events=events, trace_interval=interval)
    exact = course(NEURON, *events.of(0), 60.0, samples=run.traces.time)
    assert exact.spikes.size >= 2
    error = np.abs(run.traces.values[0].T - exact.states)
    # The upstroke rises by up to 400 mV/ms, so a shift by half a tolerance (1e-3 ms) is worth 0.2 mV.
    assert error[:, 0].max() < 0.2
    assert error[:, 1:].max() < 2e-3
    assert np.sqrt(np.mean(error[:, 0] ** 2)) < 0.02


def test_long_steps_of_a_quiet_neuron_are_interpolated_by_a_cubic():
    """Nothing happens, steps are near 1 ms, and samples lie every 0.01 ms."""
    quiet = sh.HodgkinHuxley(I_app=2.0)
    run = sh.simulate(quiet, NO_INPUT, backend="jump", duration=30.0, seed=1, trace_interval=0.01)
    exact = course(quiet, [], [], 30.0, samples=run.traces.time)
    assert np.max(np.abs(run.traces["V"][0] - exact.states[:, 0])) < 0.01


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
@pytest.mark.parametrize("time", [1.7, 3.4, 3.9, 6.8, 7.3, 8.0, 10.0])
def test_an_event_where_a_sample_lies(backend, time):
    """Decimals such as 1.7 are not 17 * 0.1 in binary, and the sample there must not be lost between two steps."""
    events = Recording([0], [time], [5.0])
    run = sh.simulate(NEURON, NO_INPUT, backend=backend, duration=10.0, seed=0, events=events, trace_interval=0.1)
    exact = course(NEURON, [time], [5.0], 10.0, samples=run.traces.time)
    k = round(time / 0.1)
    found, around = run.traces["V"][0], exact.states[:, 0]
    assert min(abs(found[k] - around[k]), abs(found[k] - around[k] - 5.0)) < 0.05, "neither before nor after the kick"
    others = np.arange(found.size) != k
    assert np.max(np.abs(found - around)[others]) < 0.05


@pytest.mark.parametrize("backend", ALL)
def test_the_last_sample_at_a_duration_that_rounds(backend):
    """3 * 0.1 is above 0.3 in binary; the sample at the end is there all the same."""
    run = sh.simulate(NEURON, NO_INPUT, backend=backend, duration=0.3, seed=0, trace_interval=0.1)
    exact = course(NEURON, [], [], 0.3, samples=[0.0, 0.1, 0.2, 0.3])
    assert run.traces.time.size == 4 and run.traces.time[-1] <= 0.3
    assert np.max(np.abs(run.traces["V"][0] - exact.states[:, 0])) < 0.05


def test_the_diffusion_samples_its_own_steps():
    """A coarse trace is the fine one at every tenth step: nothing interpolated, and no influence on the path."""
    options = {"backend": "diffusion", "dt": 0.01, "duration": 30.0, "seed": 2, "n_trials": 2}
    fine = sh.simulate(NEURON, DRIVE, trace_interval=0.01, **options)
    coarse = sh.simulate(NEURON, DRIVE, trace_interval=0.1, **options)
    none = sh.simulate(NEURON, DRIVE, **options)
    assert np.array_equal(fine.traces.values[:, :, ::10], coarse.traces.values)
    assert np.array_equal(fine.spikes.time, none.spikes.time) and np.array_equal(coarse.spikes.time, none.spikes.time)


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
def test_a_trace_does_not_touch_the_run(backend):
    """The same spikes and moments with traces, at any interval, and without."""
    options = {"backend": backend, "duration": 30.0, "seed": 2}
    runs = [sh.simulate(NEURON, DRIVE, trace_interval=interval, **options) for interval in (None, 0.013, 1.0)]
    assert runs[0].traces is None
    for run in runs[1:]:
        assert np.array_equal(run.spikes.time, runs[0].spikes.time)
        assert np.array_equal(run.moments.powers, runs[0].moments.powers)
