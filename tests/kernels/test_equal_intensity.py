"""The jump process knows the populations by their intensities alone: not how many neurons make one up.

Would catch: a cost or a law that depends on N, a stream indexed by the presynaptic neuron.
"""

import numpy as np
import pytest

import stochhh as sh


def drive(n, rate):
    return sh.SynapticInput(
        sh.Population("exc", n=4 * n, rate=rate, weight=1.0, p=0.5),
        sh.Population("inh", n=n, rate=rate, weight=-4.0, p=0.5),
    )


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
def test_more_neurons_at_a_lower_rate_are_the_same_bits(backend):
    """100 neurons at 100 Hz, 10 000 at 1 Hz, ten million at 1 mHz."""
    runs = [
        sh.simulate(sh.HodgkinHuxley(), drive(n, rate), backend=backend, duration=500.0, seed=3, n_trials=3)
        for n, rate in ((20, 100.0), (2000, 1.0), (2_000_000, 0.001))
    ]
    assert runs[0].spikes.time.size > 5
    for run in runs[1:]:
        assert np.array_equal(run.spikes.time, runs[0].spikes.time)
        assert np.array_equal(run.moments.powers, runs[0].moments.powers)
