"""The swings of V that the kernels count, against plain Python on the same path, and whatever runs beside them.

Would catch: a swing counted at every ripple, troughs of other lanes, counts that depend on lanes, workers or batches.
"""

import numpy as np
import pytest

import stochhh as sh
from stochhh.integrators.swing_counter import SwingCounter

NOISE = sh.SynapticInput(
    sh.Population("up", n=400, rate=20.0, weight=0.5, p=0.5),
    sh.Population("down", n=400, rate=20.0, weight=-0.5, p=0.5),
)
RUN = {"duration": 400.0, "transient": 50.0, "seed": 3, "progress": False}


def test_the_counter_by_hand():
    counter = SwingCounter(0.0, (2.0, 5.0))
    for V, counts in ((-3, True), (-6, True), (-3.5, True), (-4, True), (0, True), (-6, False), (3, False), (-2, True)):
        counter.look(float(V), counts)
    assert counter.counts.tolist() == [1.0, 1.0]  # from -6 to 0, over the ripple at -3.5; what came later did not count
    assert counter.troughs.tolist() == [-6.0, -6.0]


def test_a_trough_before_the_window_begins_no_swing():
    counter = SwingCounter(0.0, (2.0, 5.0))
    for V, counts in ((-6, False), (-5, True), (0, True), (-3, True), (0, True), (-7, True), (3, True)):
        counter.look(float(V), counts)
    assert counter.counts.tolist() == [2.0, 1.0] and counter.troughs.tolist() == [-10.0, -7.0]


@pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
def test_the_trough_of_an_onset_spike_is_none_of_the_window(backend):
    """One spike at the onset, a trough at -76 mV, and a rise back to rest of 12 mV that ends after the transient."""
    drive = sh.Population("inh", n=400, rate=10.0, weight=-0.1, p=0.5)
    settings = {"n_trials": 1, "duration": 260.0} if backend == "per-neuron" else {"n_trials": 8, "duration": 600.0}
    run = sh.simulate(sh.HodgkinHuxley(I_app=6.0), drive, backend=backend, transient=60.0, seed=1, **settings)
    whole = sh.simulate(sh.HodgkinHuxley(I_app=6.0), drive, backend=backend, seed=1, **settings)
    assert run.spikes.time.size == 0 < whole.spikes.time.size and run.swings.counts[:, 1:].sum() == 0
    assert whole.swings.counts[:, 1].sum() > 0 and run.doubts == ()


@pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
@pytest.mark.parametrize("neuron", [sh.HodgkinHuxley(I_app=8.0), sh.Passive()])
def test_against_the_path(neuron, backend):
    settings = {"dt": 0.05, "duration": 150.0} if backend == "per-neuron" else {"n_trials": 5}
    run = sh.simulate(neuron, NOISE, backend=backend, trace_interval=0.05, **RUN | settings)
    for trial, V in enumerate(run.traces["V"]):
        counter = SwingCounter(V[0], run.swings.sizes)
        for time, value in zip(run.traces.time, V, strict=True):
            counter.look(value, time >= run.spikes.start)
        # A look between two samples, and an end of the window, may make a swing more or less; ripples of the smallest
        # size may be over before the next look.
        counts, troughs = run.swings.counts[trial], run.swings.troughs[trial]
        assert np.all(np.abs(counts - counter.counts)[1:] <= 2 + 0.15 * counter.counts[1:])
        assert 0.6 * counter.counts[0] - 2 <= counts[0] <= 1.1 * counter.counts[0] + 2
        if counter.counts[2] > 5:
            assert troughs[2] / counts[2] == pytest.approx(counter.troughs[2] / counter.counts[2], abs=2.0)


@pytest.mark.parametrize("kind", [sh.Jump, sh.Diffusion])
def test_whatever_runs_beside(kind):
    neuron = sh.HodgkinHuxley(I_app=8.0)
    alone = sh.simulate(neuron, NOISE, backend=kind(lanes=16), n_trials=6, workers=1, **RUN)
    wide = sh.simulate(neuron, NOISE, backend=kind(lanes=64), n_trials=20, workers=2, **RUN)
    later = sh.simulate(neuron, NOISE, backend=kind(lanes=16), first_trial=6, n_trials=14, workers=2, **RUN)
    joined = alone.joined(later)
    for name in ("counts", "troughs"):
        assert np.array_equal(getattr(joined.swings, name), getattr(wide.swings, name))
    assert joined.swings.counts.min() < joined.swings.counts.max()
    assert joined.doubts == wide.doubts


def test_a_reset_needs_none():
    run = sh.simulate(sh.LeakyIntegrateAndFire(I_app=2.0), NOISE, backend="jump", **RUN)
    assert run.swings is None and run.doubts == ()
