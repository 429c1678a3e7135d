"""Jumps that add up to the threshold exactly: what whole numbers say, whatever the rounding of their sums.

Would catch: a spike one jump too late, since 200 times 0.1 is a little less than 20; events of one instant that act in
the order of their rows.
"""

import numpy as np
import pytest

import stochhh as sh

BACKENDS = ["jump", "per-neuron"]


def integrator(refractory=0.0):
    """A perfect integrator from -70 to -50 mV: V is a sum of jumps alone."""
    return sh.LeakyIntegrateAndFire(g_L=0.0, reset=-70.0, threshold=-50.0, refractory=refractory)


def simulated(jump, time, backend):
    events = sh.Recording(np.zeros(len(time), dtype=int), time, jump)
    stop = time[-1] + 1.0
    run = sh.simulate(integrator(), sh.SynapticInput(), backend=backend, duration=stop, seed=1, dt=None, events=events)
    return run.spikes.time


def spikes_of_steps(steps, to_threshold):
    """Which steps of a walk on whole numbers reach the threshold and go back to 0."""
    place, found = 0, []
    for i, step in enumerate(steps):
        place += step
        if place >= to_threshold:
            place = 0
            found.append(i)
    return found


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("parts", [3, 7, 60, 100, 200, 400])
def test_a_sum_of_equal_jumps_reaches_the_threshold(backend, parts):
    time = 0.5 + np.arange(3 * parts)
    spikes = simulated(np.full(time.size, 20.0 / parts), time, backend)
    assert spikes.tolist() == time[parts - 1 :: parts].tolist()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("unit", "up", "down"), [(0.1, 1, -2), (0.05, 4, -1), (1 / 3, 2, -3)])
def test_commensurate_excitation_and_inhibition(backend, unit, up, down):
    rng = np.random.default_rng(4)
    steps = np.where(rng.random(4000) < 0.8, up, down)
    time = np.cumsum(rng.exponential(0.2, steps.size)) + 0.01
    expected = time[spikes_of_steps(steps, round(20 / unit))]
    assert expected.size > 5
    assert simulated(unit * steps, time, backend).tolist() == expected.tolist()


@pytest.mark.parametrize("weight", [0.1, 0.2, 20 / 3])
def test_drawn_events(weight):
    """The perfect integrator under equal jumps: every `parts`-th event is a spike, so 100 Hz and CV = parts^-1/2."""
    parts = round(20 / weight)
    drive = sh.SynapticInput(sh.Population("exc", n=1, rate=100.0 * parts, weight=weight, p=1.0))
    run = sh.simulate(integrator(), drive, backend="jump", duration=1000.0, n_trials=3, seed=2)
    events = sh.noise.merged.poisson_events(drive, duration=1000.0, seed=2, trials=range(3))
    for trial in range(3):
        assert run.spikes.of(trial).tolist() == events.of(trial)[0][parts - 1 :: parts].tolist()


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_levels_of_a_neuron_without_reset(backend):
    """Up and down a ladder of 0.1 mV between rearm, which is not below itself, and the threshold, which is reached."""
    neuron = sh.Passive(g_L=0.0, threshold=-60.0, rearm=-64.0, initial=(-64.0,))
    ladder = np.concatenate(
        [np.full(40, 0.1), np.full(40, -0.1), np.full(40, 0.1), np.full(41, -0.1), np.full(41, 0.1)]
    )
    events = sh.Recording(np.zeros(ladder.size, dtype=int), 0.5 + np.arange(ladder.size), ladder)
    run = sh.simulate(neuron, sh.SynapticInput(), backend=backend, duration=300.0, seed=1, events=events)
    assert run.spikes.time.tolist() == [39.5, 201.5]


@pytest.mark.parametrize("backend", BACKENDS)
def test_events_of_one_instant_act_together(backend):
    """80, -75 and 3 mV at one time are 8 mV, whatever comes first."""
    neuron = sh.HodgkinHuxley(I_app=0.0)
    found = []
    for jump in ([80.0, -75.0, 3.0], [-75.0, 3.0, 80.0], [3.0, 80.0, -75.0]):
        events = sh.Recording([0, 0, 0], [5.0, 5.0, 5.0], jump)
        run = sh.simulate(neuron, sh.SynapticInput(), backend=backend, duration=30.0, seed=1, events=events)
        found.append(run.spikes.time.tolist())
    alone = sh.Recording([0], [5.0], [8.0])
    alone = sh.simulate(neuron, sh.SynapticInput(), backend=backend, duration=30.0, seed=1, events=alone)
    assert found[0] == found[1] == found[2] == alone.spikes.time.tolist() and len(found[0]) == 1
    assert found[0][0] > 5.5  # 80 mV first would be a spike at 5 ms


def test_a_sum_does_not_depend_on_the_order_of_the_rows():
    jump = np.array([0.1, 0.2, 0.3, -0.7, 1e-3])
    time = [1.0, 2.0, 2.0, 2.0, 2.0]
    sums = []
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(5)
        events = sh.Recording(np.zeros(5, dtype=int), np.array(time)[order], jump[order])
        sums.append([column.tolist() for column in events.acting(0)])
    assert all(entry == sums[0] for entry in sums)
    assert sums[0][0] == [1.0, 2.0] and sums[0][1] == pytest.approx([0.1, -0.199])
