"""Jump and per-neuron fed the same recording: two integrators, one answer.

Would catch: a trial given another trial's events, moments over the wrong window, traces a sample off.
"""

import numpy as np
import pytest

import stochhh as sh
from stochhh.inputs import Recording
from stochhh.noise.merged import poisson_events

NEURON = sh.HodgkinHuxley(I_app=7.0)  # fires by itself, so that 200 ms hold spikes
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=800, rate=10.0, weight=0.5, p=0.5),
    sh.Population("inh", n=200, rate=10.0, weight=-2.0, p=0.5),
)  # 5 events/ms
RUN = {"duration": 150.0, "transient": 33.3, "seed": 3, "n_trials": 2, "trace_interval": 0.1}


@pytest.fixture(scope="module")
def events():
    return poisson_events(DRIVE, duration=RUN["duration"], seed=11, trials=range(2))


@pytest.fixture(scope="module")
def both(events):
    return [sh.simulate(NEURON, DRIVE, backend=name, events=events, **RUN) for name in ("jump", "per-neuron")]


def test_the_same_spikes(both):
    jump, plain = both
    assert jump.spikes.time.size > 8
    assert np.array_equal(jump.spikes.trial, plain.spikes.trial)
    assert np.sqrt(np.mean((jump.spikes.time - plain.spikes.time) ** 2)) < 1e-3


def test_the_same_moments(both):
    """Both integrate V^j over the same window, cut in the same place."""
    jump, plain = both
    assert jump.moments.reference == plain.moments.reference
    assert np.allclose(jump.moments.powers, plain.moments.powers, rtol=1e-3, atol=0)


def test_the_same_traces(both):
    """V within what half a microsecond is worth on the upstroke, plus the chord of a step; gates alike."""
    jump, plain = both
    assert np.array_equal(jump.traces.time, plain.traces.time)
    assert np.max(np.abs(jump.traces["V"] - plain.traces["V"])) < 0.5
    assert np.sqrt(np.mean((jump.traces["V"] - plain.traces["V"]) ** 2)) < 0.02
    for gate in ("m", "h", "n"):
        assert np.max(np.abs(jump.traces[gate] - plain.traces[gate])) < 5e-3


def test_a_planted_fault_is_seen(both, events):
    """The second trial played to the first neuron too: spikes, moments and traces all tell."""
    jump, _ = both
    time, jumps = events.of(1)
    swapped = Recording.from_lists([time, time], [jumps, jumps])
    plain = sh.simulate(NEURON, DRIVE, backend="per-neuron", events=swapped, **RUN)
    assert not np.array_equal(jump.spikes.counts(), plain.spikes.counts()) or (
        np.sqrt(np.mean((jump.spikes.time - plain.spikes.time) ** 2)) > 1e-3
    )
    assert not np.allclose(jump.moments.powers[0], plain.moments.powers[0], rtol=1e-3, atol=0)
    assert np.sqrt(np.mean((jump.traces["V"][0] - plain.traces["V"][0]) ** 2)) > 0.02


def test_a_later_trial_of_a_recording(events):
    """first_trial picks the recording's trial of that number."""
    options = {**RUN, "n_trials": 1, "first_trial": 1}
    jump, plain = (
        sh.simulate(NEURON, DRIVE, backend=name, events=events, **options) for name in ("jump", "per-neuron")
    )
    assert jump.spikes.counts() == plain.spikes.counts()
    assert np.allclose(jump.spikes.time, plain.spikes.time, rtol=0, atol=5e-3)
