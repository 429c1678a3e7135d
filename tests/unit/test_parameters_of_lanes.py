"""Trials of one block with parameters of their own: each is, bit for bit, the run of its parameters alone.

Would catch: a parameter that is read from another lane, or from the block, at any stage; a kernel compiled anew.
"""

from dataclasses import replace

import numpy as np
import pytest

import stochhh as sh
from stochhh.backends import Task

DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5), sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5)
)
CURRENTS = np.linspace(2.0, 8.0, 5)


def finished(block):
    while block.advance() is not None:
        pass
    return block.record()


@pytest.mark.parametrize("kind", [sh.HodgkinHuxley, sh.LeakyIntegrateAndFire], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("backend", [sh.Jump(), sh.Diffusion(dt=0.02, scheme="heun")], ids=lambda b: b.name)
def test_each_trial_is_the_run_of_its_parameters(kind, backend):
    """Spikes, powers, swings and traces, of five currents side by side."""
    start = {"initial": [-70.0]} if kind is sh.LeakyIntegrateAndFire else {"initial": [-65.0, 0.05, 0.6, 0.3]}
    neurons = [kind(I_app=current / (1 if len(start["initial"]) > 1 else 4), **start) for current in CURRENTS]
    whole = Task(neurons[0], DRIVE, 3, 0, 5, 150.0, 20.0, 2.0)
    whole = replace(whole, parameters=tuple(neuron.parameters() for neuron in neurons))
    together = finished(backend.open(whole))
    spikes = 0
    for k, neuron in enumerate(neurons):
        task = Task(neuron, DRIVE, 3, k, 1, 150.0, 20.0, 2.0)
        if kind is sh.HodgkinHuxley:  # the longest step is the block's
            system = replace(task.system, fastest_rate=whole.system.fastest_rate)
            task = replace(task, system=system)
        alone = finished(backend.open(task))
        spikes += alone.spikes[0].size
        assert np.array_equal(together.spikes[k], alone.spikes[0])
        assert np.array_equal(together.powers[k], alone.powers[0])
        assert np.array_equal(together.traces[k], alone.traces[0])
    assert spikes > 10 and len({tuple(times) for times in together.spikes}) > 3
