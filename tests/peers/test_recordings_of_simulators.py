"""Spikes of Brian2 and of NEST, as their own recorders give them. `pip install brian2`, `pip install nest-simulator`"""

import numpy as np
import pytest
from peer import peer

from stochhh.errors import InputError
from stochhh.spike_trains import SpikeTrains

pytestmark = pytest.mark.filterwarnings("ignore")


def test_brian2():
    brian2 = peer("brian2")
    brian2.prefs.codegen.target = "numpy"
    clock = brian2.Clock(0.1 * brian2.ms)
    spikes = [0.5, 3.25, 7.0, 9.9] * brian2.ms
    group = brian2.SpikeGeneratorGroup(4, [2, 0, 2, 3], spikes, clock=clock, sorted=True)
    relay = brian2.NeuronGroup(4, "v : 1", threshold="v > 0.5", reset="v = 0", clock=clock)
    synapses = brian2.Synapses(group, relay, on_pre="v_post = 1", clock=clock)
    synapses.connect(j="i")
    whole, part = brian2.SpikeMonitor(group), brian2.SpikeMonitor(relay[2:])
    network = brian2.Network(group, relay, synapses, whole, part)
    network.run(10 * brian2.ms)
    spikes = SpikeTrains.from_brian2(whole, stop=float(network.t / brian2.ms))
    assert (spikes.n_trials, spikes.trial.tolist()) == (4, [0, 2, 2, 3])
    assert spikes.time == pytest.approx([3.2, 0.5, 7.0, 9.9])  # on the grid of Brian2
    assert SpikeTrains.from_brian2((whole.i, whole.t), stop=10.0, n_trials=4).time.tolist() == spikes.time.tolist()
    assert SpikeTrains.from_brian2(part, stop=20.0).trial.tolist() == [0, 0]  # the last is still on its way
    with pytest.raises(InputError, match=r"stop = .* is not allowed"):
        SpikeTrains.from_brian2(whole, stop=10 * brian2.ms)


def test_nest():
    nest = peer("nest")
    nest.ResetKernel()
    neurons = nest.Create("iaf_psc_alpha", 4, {"I_e": [500.0, 0.0, 600.0, 550.0]})
    recorder, stepwise = nest.Create("spike_recorder"), nest.Create("spike_recorder", {"time_in_steps": True})
    nest.Connect(neurons, recorder)
    nest.Connect(neurons, stepwise)
    nest.Simulate(100.0)
    events = recorder.get("events")
    spikes = SpikeTrains.from_nest(events, senders=neurons, stop=100.0)
    assert spikes.n_trials == 4 and spikes.of(1).size == 0 and spikes.time.size == len(events["times"])
    for k, node in enumerate(neurons.tolist()):
        assert spikes.of(k).tolist() == np.sort(events["times"][events["senders"] == node]).tolist()
    again = SpikeTrains.from_nest(recorder, senders=neurons.tolist(), stop=100.0)
    assert again.time.tolist() == spikes.time.tolist()
    with pytest.raises(InputError, match="counted in steps"):
        SpikeTrains.from_nest(stepwise, senders=neurons, stop=100.0)
    with pytest.raises(InputError, match="is not listed in senders"):
        SpikeTrains.from_nest(recorder, senders=neurons[:2], stop=100.0)
