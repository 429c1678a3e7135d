"""Mistakes, each on a line that is marked, of which a type checker must report every one and nothing else."""

import stochhh as sh
from stochhh import plotting, statistics, theory

neuron = sh.HodgkinHuxley(I_app=3.0)
drive = sh.SynapticInput(sh.Population("exc", n=4000, rate=10.0, weight=0.1))
jump = sh.simulate(neuron, drive, backend="jump", duration=1e3, seed=1)
spikes = jump.spikes

sh.Populaton("exc", n=4000, rate=10.0, weight=0.1)  # mistake: no such class
sh.Population("exc", n="4000", rate=10.0, weight=0.1)  # mistake: a text for a number
sh.Population("exc", n=4000, rate=10.0)  # mistake: no weight
sh.Population("exc", n=4000, rate=10.0, weigth=0.1, weight=0.1)  # mistake: a misspelt keyword
sh.SynapticInput(0.1)  # mistake: not a Population
sh.HodgkinHuxley(I_app="3 uA/cm2")  # mistake: a unit in a text
sh.Passive(initial="resting")  # mistake: the word is "rest"

sh.simulate(neuron, drive, backend="jump", seed=1)  # mistake: no duration
sh.simulate(neuron, drive, backend="jumps", duration=1e3, seed=1)  # mistake: no such backend
sh.simulate(neuron, drive, backend=sh.Jump, duration=1e3, seed=1)  # mistake: a class for an instance
sh.simulate(neuron, drive, backend=spikes, duration=1e3, seed=1)  # mistake: it has no open(task)
sh.simulate(neuron, drive, backend="jump", duration="1 s", seed=1)  # mistake: a text for a number
sh.simulate(neuron, drive, "jump", duration=1e3, seed=1, backend="jump")  # mistake: too many positions
sh.simulate(neuron, 0.5, backend="jump", duration=1e3, seed=1)  # mistake: a number for the input
sh.simulate("hodgkin-huxley", drive, backend="jump", duration=1e3, seed=1)  # mistake: a name for the model
sh.simulate(neuron, drive, backend="jump", duration=1e3, seed=1, trials=10)  # mistake: it is n_trials
sh.simulate(neuron, drive, backend="jump", duration=1e3, seed=1, membrane=True)  # mistake: not a Sampling
sh.simulate(neuron, drive, backend="jump", duration=1e3, seed=1, until=["cv"])  # mistake: no widths
sh.Jump(dt=0.01)  # mistake: it has no step
sh.Diffusion(dt="0.01")  # mistake: a text for a number
sh.Diffusion(scheme="milstein")  # mistake: no such scheme
sh.simulate(neuron, drive, backend="diffusion", duration=1e3, seed=1, scheme="heun")  # mistake: it is the backend's
sh.Population("exc", n=4000, rate=10.0, weight=0.1, weight_distribution="gama")  # mistake: a misspelt word

sh.summary(jump, method="bayes")  # mistake: no such method
sh.summary(neuron)  # mistake: not a Result
sh.summary(jump)["rate"] + 1.0  # mistake: an estimate is no number
statistics.cv([1.0, 2.0])  # mistake: not SpikeTrains
statistics.isi_hazard(spikes, bins=10)  # mistake: it is edges
statistics.latency(jump, since="100 ms")  # mistake: a text for a number
statistics.firing_rate(spikes)  # mistake: no such function
sh.compare(jump)  # mistake: nothing to compare it with
sh.compare(jump, jump, labels=1)  # mistake: a number for names
sh.compare(jump, jump)["diffusion"]  # mistake: one comparison has no others
jump.spikes.time.mean(axis="trial")  # mistake: a text for an axis
print(jump.potential)  # mistake: no such attribute
jump.traces["V"]  # mistake: there may be none
sh.SpikeTrains([1.0], [0], n_trials=1, start=0.0)  # mistake: no stop
sh.SpikeTrains.from_csv("spikes.csv", stop=1e3, unit="seconds")  # mistake: it is "s"
sh.SpikeTrains.from_lists([[1.0]], stop="100")  # mistake: a text for a number
sh.SpikeTrains.from_neo([], unit=0.5)  # mistake: neither a name nor a position
spikes.window(0.0, 100.0)  # mistake: a length, not a function; it is cut

theory.linear_response(neuron)  # mistake: no input
theory.siegert_rate(neuron, drive)  # mistake: a neuron without a reset
plotting.isi_density(neuron)  # mistake: not spikes
plotting.save(jump, "figures", "spikes")  # mistake: not a figure
sh.Experiment.load("question.toml").simulate("exact")  # mistake: no such backend
