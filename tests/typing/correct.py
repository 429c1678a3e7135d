"""Correct calls of each public kind, in which a type checker must find no error. It is read, and never run."""

import numpy as np

import stochhh as sh
from stochhh import plotting, statistics, theory
from stochhh.backends import Backend, Block, Steps, Task
from stochhh.models import Neuron
from stochhh.statistics import LOGIT, Quantity, Statistic, TrialSums

# the program of the README
neuron = sh.HodgkinHuxley(I_app=3.0)
drive = sh.SynapticInput(
    sh.Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
    sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
)
jump = sh.simulate(neuron, drive, backend="jump", duration=10_000, transient=200, n_trials=100, seed=1)
diff = sh.simulate(neuron, drive, backend="diffusion", dt=0.01, duration=10_000, transient=200, n_trials=100, seed=1)
print(sh.compare(jump, diff))

# models and inputs
models: list[Neuron] = [sh.Passive(), sh.MorrisLecar.class_1(I_app=30.0), sh.WangBuzsaki()]
models += [sh.LeakyIntegrateAndFire(initial="rest"), sh.TraubMiles(initial=[-66.591, 0.016, 0.9955, 0.0403])]
for model in models:
    sh.simulate(model, sh.Population("exc", 100, 10.0, 0.1), backend=sh.Jump(tolerance=1e-4), duration=100.0, seed=1)
listed = sh.SynapticInput([sh.Population("exc", 100, 10.0, 0.1, correlation=0.1, common="all")])
variance: float = listed.cumulant(2)
events = sh.Recording([0, 0], [1.0, 2.0], np.array([0.5, 0.5]), n_trials=1)
sh.simulate(neuron, listed, backend=sh.PerNeuron(), duration=10.0, seed=1, events=events)


# a backend of one's own
class OwnBackend:
    name = "own"
    dt = 0.1

    def open(self, task: Task) -> Steps:
        return Steps(self, task, lambda t, x, h: x)


backends: list[Backend] = [OwnBackend(), sh.Jump()]
block: Block = OwnBackend().open(Task(neuron, drive, 1, 0, 1, 10.0, 0.0))
sh.simulate(neuron, drive, backend=OwnBackend(), duration=10.0, seed=1)

# results
for backend in sh.BACKENDS:
    sh.simulate(neuron, drive, backend=backend, duration=100.0, seed=1, until={"cv": "1%", "rate": 0.2})
precise = sh.simulate(neuron, drive, backend=sh.Diffusion(scheme="heun"), duration=1e3, seed=1, until=sh.Precision({}))
sh.simulate(neuron, drive, backend="jump", duration=np.float32(1e3), seed=np.int64(1), n_trials=np.arange(3)[2])
sampled = sh.simulate(neuron, drive, backend="jump", duration=1e3, seed=1, membrane=sh.Sampling(bin={"V": 0.5}))
traced = sh.simulate(neuron, drive, backend="jump", duration=100.0, seed=1, trace_interval=0.1)
if traced.traces is not None:
    print(traced.traces["V"].mean(axis=0), traced.traces.time[-1])
sampled.save("result.nc")
loaded = sh.Result.load("result.nc", memory_limit=1.0)
print(loaded.n_trials, loaded.spikes.counts().sum(), loaded.moments.powers[:, 0], loaded == sampled)

# spikes from elsewhere
spikes = sh.SpikeTrains([5.0, 120.0], [0, 1], n_trials=2, start=0, stop=200)
own = sh.SpikeTrains.from_lists([[12.0, 5.0], []], stop=100.0)
each = sh.SpikeTrains.from_lists([[-12.0, 5.0], []], start=[-50.0, 0.0], stop=[100.0, 80.0])
print(each.windows[0], each.cut().window, each.cut(0.0, 50.0).start, each.aligned([1.0, 2.0]).durations.sum())
print(sh.SpikeTrains.from_neo(each.to_neo(), unit=0), [unit.n_trials for unit in each.units_from_neo([]).values()])
events = sh.Recording.from_csv("events.csv", unit="s", trial=None)
read = sh.SpikeTrains.from_csv("spikes.csv", stop=1000.0, trials=range(1, 21), unit="ms")
isi, trial = spikes.isi()
longest = [float(times.max()) for times in read if times.size] + [isi.max()]

# statistics, of a result or of spikes
summary = sh.summary(jump, level=0.9, method="bootstrap", statistics=["rate", "cv"])
half_width = [(e.high - e.low) / 2 for e in summary.values() if e.high is not None and e.low is not None]
rate: float = float(statistics.rate(spikes, method="analytic"))
late: sh.Estimate = statistics.latency(jump, since=10.0)
hazard: sh.Curve = statistics.isi_hazard(spikes, edges=[1.0, 2.0, 4.0], level=0.9)
density = statistics.membrane_density(sampled, "V", subthreshold=True)
low, high = hazard.band(joint=False)
bursts = Statistic(
    Quantity("short_isis", "1", LOGIT, "interspike intervals", 1),
    lambda s: TrialSums({"short": s.counts(), "count": s.counts()}),
    lambda s: s.short / s.count,
)
print(sh.summary(spikes, statistics=[bursts])["short_isis"].value)

# comparisons
one: sh.Comparison = sh.compare(jump, diff, margins={"cv": "10%"}, correction="bonferroni", labels=["a", "b"])
print(one.difference["rate"].verdict, one.ratio["cv"].value, one.distance["isi_ks"].p_value)
several: sh.Comparisons = sh.compare(jump, diff, precise, statistics=["rate"], paired=True)
print(several["diffusion"].sentence(), [pair.labels for pair in several])


class Own:
    """A model of a user's own."""

    name, variables = "own", ("V",)
    ranges, scales = ((-200.0, 200.0),), (100.0,)
    threshold, rearm = 0.0, -30.0

    def parameters(self):
        return ()

    def initial_state(self):
        return (-65.0,)

    @staticmethod
    def vector_field(x, p):
        return (-(x[0] + 65.0),)

    @staticmethod
    def membrane_rate(x, p):
        return 1.0

    def as_dict(self):
        return {}


sh.simulate(Own(), drive, backend="jump", duration=100.0, seed=1)

# theory
response = theory.linear_response(neuron, drive)
for described in (drive, drive.populations[0], list(drive.populations)):
    print(theory.doubts(neuron, described), theory.kick_threshold(neuron, drive=described))
print(response.V_mean, theory.fixed_point(neuron, sh.SynapticInput()), theory.doubts(neuron, drive))
print(theory.siegert_rate(sh.LeakyIntegrateAndFire(), drive), theory.power_spectrum(neuron, drive, [1.0, 10.0]))
poisson = theory.DeadTimePoisson.like(50.0, 0.7)

# figures
axes = plotting.curve(hazard, theory=poisson.isi_hazard, label="hazard", color="black")
plotting.raster(jump, trials=3)
plotting.trace(jump, "V", stretch=(0.0, 100.0))
plotting.isi_density(jump, axes, backend="jump")
plotting.save(one.plot(), "figures", "comparison")
plotting.save(plotting.spike_train_figure({"jump": jump, "recorded": spikes}), "figures", "spikes")

# experiments and errors
experiment = sh.Experiment.load("question.toml").with_simulation(n_trials=10)
print(experiment.simulate("jump", workers=1).backend, experiment.draw_events("jump").n_trials)
try:
    sh.Population("exc", n=-1, rate=10.0, weight=0.1)
except sh.InputError as error:
    print(error.argument, error.allowed, error.remedy)
