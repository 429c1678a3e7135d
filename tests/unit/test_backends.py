"""What every backend is: a frozen leaf, opened on a task, advanced in stretches of any length.

Would catch: an interruption that changes a result, spikes lost when a buffer fills up, two backends of one word.
"""

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

import stochhh as sh
from stochhh.backends import BACKENDS, Task
from stochhh.integrators.task import blocks
from stochhh.noise.merged import poisson_events

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
ALL = [sh.Jump(), sh.Diffusion(), sh.PerNeuron()]


def task(neuron=NEURON, drive=DRIVE, duration=60.0, n=1, **changes):
    return Task(neuron, drive, 5, 0, n, duration, 10.0, **changes)


def carried(backend, task, stretch=None):
    """A block carried to its end, `stretch` at a time."""
    block = backend.open(task)
    looks = 0
    while (block.advance() if stretch is None else block.advance(stretch)) is not None:
        looks += 1
    return block.record(), looks


def test_their_words():
    assert list(BACKENDS) == ["per-neuron", "jump", "diffusion"]
    assert [kind.name for kind in BACKENDS.values()] == list(BACKENDS)


@pytest.mark.parametrize("backend", ALL, ids=lambda b: b.name)
def test_a_backend_is_frozen_and_says_its_settings(backend):
    with pytest.raises(FrozenInstanceError):
        backend.dt = 3.0
    with pytest.raises(TypeError):
        type(backend)(unknown=1)
    assert json.loads(json.dumps(backend.settings())) == backend.settings()
    assert type(backend)(**backend.settings()) == backend


@pytest.mark.parametrize("backend", ALL, ids=lambda b: b.name)
@pytest.mark.parametrize("stretch", [1, 7, 1000])
def test_stretches_of_any_length_give_the_same_bits(backend, stretch):
    """A kernel that returns to look for Ctrl-C must take up the thread where it left it; also in its traces."""
    work = task(trace_interval=0.5)
    (whole, _), (cut, looks) = carried(backend, work), carried(backend, work, stretch)
    assert looks > 0
    assert np.array_equal(whole.spikes[0], cut.spikes[0]) and whole.spikes[0].size > 0
    assert np.array_equal(whole.powers, cut.powers)
    assert np.array_equal(whole.traces, cut.traces)


@pytest.mark.parametrize("backend", ALL, ids=lambda b: b.name)
def test_the_time_reached_grows_to_the_duration(backend):
    block = backend.open(task())
    reached = []
    while (time := block.advance(100)) is not None:
        reached.append(time)
    assert np.all(np.diff(reached) >= 0) and reached[-1] <= 60.0
    assert len(reached) > 5


@pytest.mark.parametrize("backend", ALL[:2], ids=lambda b: b.name)
def test_no_spike_is_lost_when_a_buffer_fills_up(backend):
    """A membrane that hovers at the threshold and is re-armed at once: hundreds of spikes in one stretch."""
    hovering = sh.HodgkinHuxley(g_Na=0.0, g_K=0.0, E_L=0.0, I_app=0.0, rearm=-1e-6, initial=(-1.0, 0.05, 0.6, 0.3))
    noise = sh.SynapticInput(
        sh.Population("up", n=200, rate=50.0, weight=0.5, p=1.0),
        sh.Population("down", n=200, rate=50.0, weight=-0.5, p=1.0),
    )
    work = task(hovering, noise, duration=2000.0, n=16)
    (whole, looks), (cut, _) = carried(backend, work, 10**9), carried(backend, work, 5)
    assert looks > 0, "the buffer never filled up: the test is blind"
    for a, b in zip(whole.spikes, cut.spikes, strict=True):
        assert a.size > 600 and np.array_equal(a, b)
        assert np.all(np.diff(a) > 0)


def test_per_neuron_needs_no_lane_and_the_others_pad():
    """A block of one, of a full set of lanes, and of one lane more."""
    for backend in ALL[:2]:
        one, full = (carried(backend, task(n=n))[0] for n in (1, 16))
        assert (len(one.spikes), len(full.spikes)) == (1, 16)
        assert np.array_equal(one.spikes[0], full.spikes[0])
        assert one.powers.shape == (1, 4) and full.powers.shape == (16, 4)


@pytest.mark.parametrize("lanes", [None, 8, 24])
@pytest.mark.parametrize("workers", [1, 2, 7])
def test_blocks_hold_every_trial_once(lanes, workers):
    for n in (1, 15, 16, 17, 31, 32, 64, 100, 129, 1000):
        cut = list(blocks(5, n, lanes, workers))
        assert [trial for first, size, _ in cut for trial in range(first, first + size)] == list(range(5, 5 + n))
        assert all(0 < size <= width and width % 8 == 0 for _, size, width in cut)


def test_few_trials_are_in_narrow_blocks_and_many_in_wide_ones():
    assert list(blocks(0, 1, None, 2)) == [(0, 1, 16)]
    assert list(blocks(0, 100, None, 2)) == [(0, 50, 64), (50, 50, 64)]
    assert {width for _, _, width in blocks(0, 10_000, None, 2)} == {64, 16}
    assert {width for _, _, width in blocks(0, 128 * 50, None, 2)} == {64}


def test_a_jump_run_draws_the_events_that_poisson_events_gives():
    """More than one buffer of 1024 events, in several trials."""
    busy = sh.SynapticInput(
        sh.Population("exc", n=4000, rate=10.0, weight=0.1, p=0.5),
        sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
    )
    options = {"backend": "jump", "duration": 200.0, "seed": 6, "n_trials": 3}
    drawn = sh.simulate(NEURON, busy, **options)
    events = poisson_events(busy, duration=200.0, seed=6, trials=range(3))
    assert len(events) > 3 * 4 * 1024
    replayed = sh.simulate(NEURON, busy, events=events, **options)
    assert np.array_equal(drawn.spikes.time, replayed.spikes.time)
    # The step that leads beyond the duration ends at another place: a recording holds no event there.
    assert np.allclose(drawn.moments.powers, replayed.moments.powers, rtol=1e-5, atol=0)


def test_a_replay_takes_nothing_from_the_drive_or_the_seed():
    events = poisson_events(DRIVE, duration=60.0, seed=6, trials=[0])
    for backend in ("jump", "per-neuron"):
        runs = [
            sh.simulate(NEURON, drive, backend=backend, duration=60.0, seed=seed, events=events)
            for drive, seed in ((DRIVE, 1), (sh.SynapticInput(), 2))
        ]
        assert np.array_equal(runs[0].spikes.time, runs[1].spikes.time)
        assert runs[0].provenance["input"] == "recorded events"
