"""No input, in each of its forms, leaves the deterministic neuron.

Would catch: a NaN from 0/0 of the population probabilities, an event of zero rate, noise of zero variance.
"""

import numpy as np
import pytest
from exact_flow import course

import stochhh as sh

NEURON = sh.HodgkinHuxley(I_app=10.0)
DURATION = 40.0
OFF = {
    "no populations": (),
    "n = 0": (sh.Population("exc", n=0, rate=10.0, weight=1.0, p=0.5),),
    "rate = 0": (sh.Population("exc", n=80, rate=0.0, weight=1.0, p=0.5),),
    "p = 0": (
        sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.0),
        sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.0),
    ),
    "weight = 0": (sh.Population("exc", n=80, rate=10.0, weight=0.0, p=0.5),),
}
# The longest error of a spike time allowed, ms: the tolerance of the flow, and the bias of Euler's step.
BACKENDS = {
    "jump": (sh.Jump(), 1e-3),
    "per-neuron": (sh.PerNeuron(), 1e-4),
    "diffusion": (sh.Diffusion(dt=0.001), 0.02),
}


@pytest.fixture(scope="module")
def exact():
    return course(NEURON, [], [], DURATION).spikes


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize("name", BACKENDS)
def test_it_is_the_deterministic_neuron(exact, name, off):
    backend, error = BACKENDS[name]
    run = sh.simulate(NEURON, sh.SynapticInput(*OFF[off]), backend=backend, duration=DURATION, seed=1)
    assert run.spikes.counts() == exact.size == 3
    assert np.max(np.abs(run.spikes.time - exact)) < error
    assert np.all(np.isfinite(run.moments.powers))


def test_every_trial_is_the_same():
    """Without input no stream may enter: other seeds and trials, the same bits."""
    for backend in ("jump", "diffusion"):
        runs = [
            sh.simulate(NEURON, sh.SynapticInput(), backend=backend, duration=DURATION, seed=seed, n_trials=2)
            for seed in (1, 2)
        ]
        trains = [run.spikes.of(k) for run in runs for k in range(2)]
        assert all(np.array_equal(trains[0], train) for train in trains)
