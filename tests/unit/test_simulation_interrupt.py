"""Ctrl-C, and an error in one block: what is kept, what is raised, what is left running.

Would catch: trials kept because they were quick, a result with holes, an interrupt that waits for the end of the run,
threads that go on after the error. Times below are bounds against hanging, not claims of speed.
"""

import os
import signal
import threading
import time

import numpy as np
import pytest

import stochhh as sh
from stochhh.inputs import Recording

NEURON = sh.HodgkinHuxley()
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
SOON = 3.0  # s: "within a second", and the noise of a shared machine


def workers_left():
    """Threads of a pool that are still alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("ThreadPool")]


def interrupted(after, drive=DRIVE, **options):
    """Run, and press Ctrl-C `after` seconds; returns what was raised and how long it took from then, s."""
    sh.simulate(NEURON, sh.SynapticInput(), **{**options, "n_trials": 1, "duration": 20.0})  # compiles
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # the caller may have switched it off
    pressed = []

    def press():
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(after, press)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            sh.simulate(NEURON, drive, memory_limit=1000.0, **options)
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    return caught.value, time.perf_counter() - pressed[0]


LONG = {
    "jump": {"backend": "jump", "duration": 2000.0, "n_trials": 50_000},
    "diffusion": {"backend": "diffusion", "duration": 500.0, "n_trials": 50_000},
    "per-neuron": {"backend": sh.PerNeuron(dt=0.05), "duration": 20.0, "n_trials": 50_000},
}


@pytest.mark.parametrize("name", LONG)
def test_ctrl_c_keeps_the_leading_complete_trials(name):
    """Bit for bit those of an undisturbed run of that many trials, and nothing beyond."""
    options = {**LONG[name], "seed": 4, "transient": 10.0}
    caught, took = interrupted(1.0, **options)
    assert isinstance(caught, sh.Interrupted)
    assert took < SOON
    kept = caught.result
    assert 0 < kept.n_trials < options["n_trials"]
    assert f"{kept.n_trials} of 50000" in str(caught)
    whole = sh.simulate(NEURON, DRIVE, **{**options, "n_trials": kept.n_trials})
    found, expected = kept.spikes.with_transient(), whole.spikes.with_transient()
    assert np.array_equal(found.time, expected.time) and np.array_equal(found.trial, expected.trial)
    assert np.array_equal(kept.moments.powers, whole.moments.powers)
    assert kept.spikes.n_trials == kept.provenance["n_trials"] == kept.n_trials


@pytest.mark.parametrize("backend", ["jump", "diffusion", sh.PerNeuron()])
def test_ctrl_c_inside_one_endless_trial(backend):
    """No trial is complete: the kernel itself must look up within the second."""
    caught, took = interrupted(0.5, backend=backend, duration=1e9 if backend != sh.PerNeuron() else 1e6, seed=4)
    assert isinstance(caught, sh.Interrupted) and caught.result is None
    assert took < SOON
    assert "0 of 1" in str(caught)


def test_ctrl_c_while_many_presynaptic_neurons_are_drawn():
    """Hundreds of thousands take long, before the first step is made."""
    crowd = sh.SynapticInput(sh.Population("exc", n=400_000, rate=0.1, weight=0.1, p=0.5))
    caught, took = interrupted(0.5, drive=crowd, backend="per-neuron", duration=100.0, seed=4)
    assert isinstance(caught, sh.Interrupted)
    assert took < SOON


def test_ctrl_c_while_the_blocks_are_set_up():
    """A million short blocks: the interrupt comes while they are still being handed out."""
    caught, took = interrupted(0.3, backend="jump", duration=20.0, n_trials=16_000_000, seed=4)
    assert isinstance(caught, sh.Interrupted)
    assert took < SOON


def test_a_later_run_is_not_disturbed():
    """After an interrupt the library is as it was."""
    before = sh.simulate(NEURON, DRIVE, backend="jump", duration=500.0, seed=4, n_trials=20)
    interrupted(0.3, **LONG["jump"], seed=9)
    after = sh.simulate(NEURON, DRIVE, backend="jump", duration=500.0, seed=4, n_trials=20)
    assert np.array_equal(before.spikes.time, after.spikes.time)
    assert not workers_left()


@pytest.mark.parametrize(("backend", "bad_trial"), [("jump", 0), ("jump", 37), ("per-neuron", 0), ("per-neuron", 2)])
def test_an_error_in_one_block_ends_the_others(backend, bad_trial):
    """One trial of a recording leaves the model's range at 1 ms; the others would go on for an hour."""
    n = 400
    events = Recording([bad_trial], [1.0], [5000.0], n_trials=n)
    start = time.perf_counter()
    with pytest.raises(sh.UnstableStepError, match=f"trial {bad_trial} at t = 1 ms"):
        sh.simulate(
            sh.HodgkinHuxley(I_app=10.0), DRIVE, backend=backend, duration=1e8, seed=1, n_trials=n, events=events,
            workers=3, memory_limit=1e6, force_long=True,
        )  # fmt: skip
    assert time.perf_counter() - start < 20.0
    assert not workers_left()


def test_without_a_signal_nothing_is_interrupted():
    result = sh.simulate(NEURON, DRIVE, backend="jump", duration=100.0, seed=4, n_trials=3)
    assert result.n_trials == 3
