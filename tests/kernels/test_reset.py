"""The reset and the refractory time of a model that has them, on input of which every step is known.

Would catch: a hold that begins or ends at the wrong time, input that is kept for later, a reset to the threshold, a
spike that is seen a step late, variables that stop with V, a second spike that finds the neuron unarmed.
"""

from dataclasses import replace
from math import exp, log
from typing import NamedTuple

import numpy as np
import pytest

import stochhh as sh
from stochhh.noise.merged import poisson_events

# tau = 20 ms; V tends to -40 mV, 10 mV above the threshold.
FIRING = sh.LeakyIntegrateAndFire(I_app=1.5, initial=(-60.0,))
TO_THRESHOLD = 20.0 * log(20.0 / 10.0)  # from the reset, ms
PERIOD = TO_THRESHOLD + 2.0
SILENT = sh.LeakyIntegrateAndFire(initial=(-70.0,))
NO_INPUT = sh.SynapticInput()

EXACT = [sh.PerNeuron(dt=0.1), sh.Jump(tolerance=1e-7)]
exact_backend = pytest.mark.parametrize("backend", EXACT, ids=lambda backend: backend.name)


def run(neuron, backend, duration, times=(), jumps=(), **settings):
    events = sh.Recording(np.zeros(len(times), dtype=int), times, jumps) if times else None
    return sh.simulate(neuron, NO_INPUT, backend=backend, duration=duration, seed=0, events=events, **settings)


@exact_backend
def test_the_deterministic_neuron_fires_like_a_clock(backend):
    times = run(FIRING, backend, 500.0).spikes.time
    expected = TO_THRESHOLD + PERIOD * np.arange(int((500.0 - TO_THRESHOLD) / PERIOD) + 1)
    assert times == pytest.approx(expected, abs=1e-6)


def test_the_diffusion_without_noise_does_so_but_for_its_step():
    """Crossing and release each within a step, and Euler's own error: an interval is off by two steps at most."""
    for dt in (0.04, 0.01):
        times = run(FIRING, sh.Diffusion(dt=dt), 500.0).spikes.time
        assert times.size == 1 + int((500.0 - TO_THRESHOLD) / PERIOD)
        assert np.diff(times) == pytest.approx(np.full(times.size - 1, PERIOD), abs=2 * dt)
        assert times[0] == pytest.approx(TO_THRESHOLD, abs=dt)


@exact_backend
def test_moments_are_those_of_the_clock(backend):
    """V and V^2 from the reset, averaged over whole periods; the hold counts with V at the reset."""
    moments = run(FIRING, backend, 20 * PERIOD).moments
    assert moments.reference == -60.0
    decay = [20.0 * (1 - exp(-j * TO_THRESHOLD / 20.0)) / j for j in (1, 2)]  # integrals of e^(-j t / tau)
    first = 20.0 * (TO_THRESHOLD - decay[0])  # V + 60 = 20 (1 - e^(-t/tau))
    second = 400.0 * (TO_THRESHOLD - 2 * decay[0] + decay[1])
    assert moments.powers[0, :2] == pytest.approx([first / PERIOD, second / PERIOD], rel=1e-6)


@exact_backend
def test_traces_stay_at_the_reset_and_then_rise_from_it(backend):
    traces = run(FIRING, backend, 40.0, trace_interval=0.25).traces
    t = traces.time - TO_THRESHOLD
    since = np.where(t < 0, traces.time, np.maximum((t % PERIOD) - 2.0, 0.0))
    assert traces["V"][0] == pytest.approx(-40.0 - 20.0 * np.exp(-since / 20.0), abs=1e-4)


def after(V, time):
    """V (mV) of the silent neuron after a time without input."""
    return -70.0 + (V + 70.0) * exp(-time / 20.0)


@exact_backend
def test_jumps_that_reach_the_threshold(backend):
    """The spike is at the event; to the threshold exactly counts; a little less does not."""
    for jump, spikes in ((30.0, 1), (20.0, 1), (20.0 - 1e-9, 0)):
        times = run(SILENT, backend, 5.0, [0.0], [jump]).spikes.time
        assert list(times) == [0.0] * spikes
    assert list(run(SILENT, backend, 5.0, [1.7], [25.0]).spikes.time) == [1.7]


@exact_backend
def test_input_in_the_refractory_time_is_lost(backend):
    """Excitation and inhibition alike, up to its end; what comes after it is not."""
    times = [1.0, 1.0, 1.5, 2.0, 2.999, 3.001, 3.5]
    jumps = [25.0, 25.0, 25.0, -30.0, 25.0, 9.0, 1.5]
    result = run(SILENT, backend, 6.0, times, jumps, trace_interval=0.5)
    assert list(result.spikes.time) == [1.0, 3.5]
    before = after(-60.0, 0.001) + 9.0
    assert after(before, 0.499) + 1.5 >= -50.0 > after(before, 0.499)
    V = result.traces["V"][0]
    assert list(V[3:6]) == [-60.0] * 3
    assert V[-1] == pytest.approx(after(-60.0, 0.5), abs=1e-6)  # released at 5.5


@exact_backend
def test_without_a_refractory_time_no_input_is_lost(backend):
    """Each of two jumps, all but at one time, is a spike, and the rest is added to the reset."""
    neuron, times = replace(SILENT, refractory=0.0), [1.0, np.nextafter(1.0, 2.0), 1.0 + 1e-12]
    result = run(neuron, backend, 2.0, times, [25.0, 10.0, 4.0], trace_interval=1.0)
    assert list(result.spikes.time) == times[:2]
    assert result.traces["V"][0][-1] == pytest.approx(after(-56.0, 1.0), abs=1e-6)
    together = run(neuron, backend, 2.0, [1.0] * 3, [25.0, 10.0, 4.0], trace_interval=1.0)
    assert list(together.spikes.time) == [1.0]
    assert together.traces["V"][0][-1] == pytest.approx(after(-60.0, 1.0), abs=1e-6)


@exact_backend
def test_a_run_may_end_in_the_refractory_time(backend):
    result = run(SILENT, backend, 2.0, [1.0, 1.5], [25.0, 25.0], trace_interval=1.0)
    assert list(result.spikes.time) == [1.0] and result.traces["V"][0][-1] == -60.0


class Adapting:
    """A perfect integrator of 1 mV/ms with a clock beside it, reset from 1 to -1, refractory for 3 ms."""

    class Constants(NamedTuple):
        slope: float

    name = "adapting"
    variables = ("V", "w")
    ranges = ((-10.0, 10.0), (-1000.0, 1000.0))
    scales = (2.0, 10.0)
    threshold = rearm = 1.0
    reset, refractory = -1.0, 3.0

    def parameters(self):
        return self.Constants(1.0)

    def initial_state(self):
        return 0.0, 0.0

    def as_dict(self):
        return {"threshold": 1.0, "rearm": 1.0}

    @staticmethod
    def vector_field(x, p):
        return p.slope, 0.5 * p.slope

    @staticmethod
    def membrane_rate(x, p):
        return 0.0 * p.slope


COMPILED = [pytest.param(backend, marks=pytest.mark.slow) for backend in (sh.Jump(), sh.Diffusion(dt=0.01))]


@pytest.mark.parametrize("backend", [sh.PerNeuron(dt=0.05), *COMPILED], ids=lambda backend: backend.name)
def test_the_other_variables_of_a_users_model_go_on(backend):
    result = run(Adapting(), backend, 13.0, trace_interval=0.5)
    assert result.spikes.time == pytest.approx([1.0, 6.0, 11.0], abs=2 * getattr(backend, "dt", 1e-6))
    assert result.traces["w"][0] == pytest.approx(0.5 * result.traces.time, abs=1e-9)


@pytest.mark.parametrize("backend", ["per-neuron", "jump"])
def test_both_exact_backends_fire_alike_on_the_same_events(backend):
    drive = sh.SynapticInput(
        sh.Population("exc", 100, 20.0, 1.0, 1.0, "exponential"),
        sh.Population("inh", 50, 8.0, -1.0, 1.0, "normal", 0.5),
    )
    neuron = replace(FIRING, I_app=0.7)
    events = poisson_events(drive, duration=400.0, seed=5, trials=range(2))
    settings = {"duration": 400.0, "seed": 5, "n_trials": 2, "events": events}
    reference = sh.simulate(neuron, drive, backend=sh.PerNeuron(dt=0.05), **settings)
    found = sh.simulate(neuron, drive, backend=backend, **settings)
    assert reference.spikes.time.size > 20
    assert np.array_equal(found.spikes.trial, reference.spikes.trial)
    assert found.spikes.time == pytest.approx(reference.spikes.time, abs=1e-3)
    assert found.moments.powers[:, :2] == pytest.approx(reference.moments.powers[:, :2], rel=1e-3)
