"""Events in awkward places: on the upstroke, across the threshold, at once, at the ends of the run.

Would catch: a crossing interpolated over a kick, a spike by a kick given the step's time, simultaneous events merged
away, an event at time 0 or at the duration passed over.
"""

import numpy as np
import pytest
from exact_flow import course

import stochhh as sh
from stochhh.inputs import Recording

FIRING = sh.HodgkinHuxley(I_app=10.0)
QUIET = sh.HodgkinHuxley(I_app=0.0, initial="rest")
NO_INPUT = sh.SynapticInput()


def play(neuron, backend, time, jump, duration, **options):
    events = Recording(np.zeros(len(time), dtype=int), time, jump, n_trials=1)
    return sh.simulate(neuron, NO_INPUT, backend=backend, duration=duration, seed=0, events=events, **options)


@pytest.fixture(scope="module")
def upstroke():
    """The time of the second spike of a neuron that fires by itself."""
    return course(FIRING, [], [], 25.0).spikes[1]


def test_an_event_during_the_upstroke(upstroke):
    """The kick lies from 0.6 ms before the crossing, V near -50 mV, to a hundredth of a ms before it."""
    errors, cases = [], [(before, jump) for before in (0.6, 0.3, 0.1, 0.03, 0.01) for jump in (-4.0, 1.0, 6.0)]
    for before, jump in cases:
        time, size = [upstroke - before], [jump]
        exact = course(FIRING, time, size, 40.0)
        found = play(FIRING, "jump", time, size, 40.0).spikes.of(0)
        assert found.size == exact.spikes.size, f"event {before} ms before, {jump} mV; near: {exact.near_misses}"
        errors.extend(found - exact.spikes)
    assert np.sqrt(np.mean(np.square(errors))) < 1e-3
    assert np.max(np.abs(errors)) < 5e-3


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
def test_a_jump_across_the_threshold_spikes_at_its_own_time(upstroke, backend):
    """From rest by 70 mV, and on the upstroke by 30 mV: the spike's time is the event's, to the last bit."""
    assert list(play(QUIET, backend, [3.3], [70.0], 8.0).spikes.of(0)) == [3.3]
    event = upstroke - 0.1
    V = course(FIRING, [], [], 25.0, samples=[event]).states[0, 0]
    assert -30.0 < V < 0.0, "the event is not on the upstroke"
    found = play(FIRING, backend, [event], [30.0], 25.0).spikes.of(0)
    assert found[1] == event
    assert found.size == 2


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
def test_simultaneous_events_add(backend):
    """Four kicks of 2 mV at one time are one of 8 mV: a spike, where 6 mV are none (the threshold is 6.5 mV)."""
    many = play(QUIET, backend, [5.0] * 4, [2.0] * 4, 20.0).spikes.of(0)
    one = play(QUIET, backend, [5.0], [8.0], 20.0).spikes.of(0)
    few = play(QUIET, backend, [5.0] * 3, [2.0] * 3, 20.0).spikes.of(0)
    assert one.size == 1 and few.size == 0
    assert np.allclose(many, one, rtol=0, atol=1e-9)


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
def test_simultaneous_events_act_together(backend):
    """Up through the threshold and down again: V did cross it, but not where both happen at one time."""
    for jumps in ([70.0, -70.0], [-70.0, 70.0]):
        assert play(QUIET, backend, [5.0, 5.0], jumps, 20.0).spikes.of(0).size == 0
    found = play(QUIET, backend, [5.0, np.nextafter(5.0, 6.0)], [70.0, -70.0], 20.0).spikes.of(0)
    assert list(found) == [5.0]


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
def test_an_event_at_time_zero(backend):
    """It acts after the first sample of the trace, which is the initial state."""
    exact = course(QUIET, [0.0], [10.0], 10.0)
    run = play(QUIET, backend, [0.0], [10.0], 10.0, trace_interval=0.5)
    assert np.allclose(run.spikes.of(0), exact.spikes, rtol=0, atol=1e-3) and exact.spikes.size == 1
    assert run.traces["V"][0, 0] == QUIET.initial_state()[0]
    assert list(play(QUIET, backend, [0.0], [70.0], 10.0).spikes.of(0)) == [0.0]


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
def test_events_at_the_end(backend):
    """One at the duration itself still counts, the second of two as well; one after it does not."""
    assert list(play(QUIET, backend, [10.0], [70.0], 10.0).spikes.of(0)) == [10.0]
    assert list(play(QUIET, backend, [10.0, 10.0], [35.0, 35.0], 10.0).spikes.of(0)) == [10.0]
    assert play(QUIET, backend, [np.nextafter(10.0, 11.0)], [70.0], 10.0).spikes.of(0).size == 0


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
def test_a_jump_of_zero_is_nothing(backend):
    """The steps are cut differently, so the times agree to the step's error, not to the bit."""
    plain = play(FIRING, backend, [], [], 40.0).spikes.of(0)
    kicked = play(FIRING, backend, np.arange(0.0, 40.0, 0.7), np.zeros(58), 40.0).spikes.of(0)
    assert plain.size == kicked.size == 3
    assert np.allclose(plain, kicked, rtol=0, atol=1e-3)


@pytest.mark.parametrize("jump", [-70.0, -50.0, 70.0, 150.0, 300.0])
def test_a_large_kick_after_a_long_quiet(jump):
    """The step has grown to a millisecond, at which the kicked neuron explodes: that step is refused, not the run."""
    times = np.arange(25.0)
    run = play(QUIET, "jump", [20.3], [jump], 24.0, trace_interval=1.0)
    exact = course(QUIET, [20.3], [jump], 24.0, samples=times)
    assert np.allclose(run.spikes.of(0), exact.spikes, rtol=0, atol=1e-3)
    assert np.max(np.abs(run.traces["V"][0] - exact.states[:, 0])) < 0.05
