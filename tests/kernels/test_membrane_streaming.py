"""Sums of the membrane, gathered stretch by stretch while a run goes on, are those of the stored trace, bit by bit.

Would catch: a sample lost or doubled between two stretches, a spike after a stretch that should have cut its end, a
lane that goes on while it should wait, a buffer that grows with the run.
"""

import tracemalloc

import numpy as np
import pytest

import stochhh as sh
from stochhh.backends import Task
from stochhh.errors import InputError

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
# A stretch is 4046 samples: two and a half fill the window, which begins and ends between two samples.
SAMPLING = sh.Sampling(("V", "h"), interval=0.02, longest_lag=1.0, segment=20.0)
RUN = {"duration": 203.013, "transient": 7.77, "seed": 6, "progress": False}
ALL = [(sh.Jump(), 20), (sh.Diffusion(), 20), (sh.PerNeuron(dt=0.05), 1)]
BACKENDS = [backend for backend, _ in ALL]


def numbers(record):
    for of in record.variables.values():
        yield from (of.reference, of.lowest, *of.every, *of.subthreshold, of.power)


def same(a, b):
    return (a.sampling, a.segments) == (b.sampling, b.segments) and all(map(np.array_equal, numbers(a), numbers(b)))


def name(value):
    return getattr(value, "name", None)


@pytest.mark.parametrize(("backend", "n_trials"), ALL, ids=name)
def test_streamed_is_stored(backend, n_trials):
    """And the run is the same with and without, spike by spike."""
    options = RUN | {"backend": backend, "n_trials": n_trials}
    stored = sh.simulate(NEURON, DRIVE, trace_interval=0.02, **options)
    streamed = sh.simulate(NEURON, DRIVE, membrane=SAMPLING, **options)
    assert same(streamed.membrane, sh.Membrane.from_traces(stored.traces, stored.spikes, SAMPLING))
    assert 0 < streamed.membrane["V"].subthreshold.count.sum() < streamed.membrane["V"].every.count.sum()
    assert streamed.traces is None and streamed.provenance["membrane"]["before"] == 2.0
    plain = sh.simulate(NEURON, DRIVE, **options)
    plain_spikes = plain.spikes.with_transient().time
    for run in (stored, streamed):
        assert np.array_equal(run.spikes.with_transient().time, plain_spikes) and plain_spikes.size
        assert np.array_equal(run.moments.powers, plain.moments.powers)


@pytest.mark.parametrize("backend", [sh.Jump, sh.Diffusion])
def test_workers_and_lanes_change_nothing(backend):
    runs = [
        sh.simulate(NEURON, DRIVE, backend=backend(lanes=lanes), membrane=SAMPLING, n_trials=20, workers=workers, **RUN)
        for lanes, workers in [(16, 1), (16, 2), (64, 1)]
    ]
    more = sh.simulate(NEURON, DRIVE, backend=backend(), membrane=SAMPLING, n_trials=7, **RUN)
    rest = sh.simulate(NEURON, DRIVE, backend=backend(), membrane=SAMPLING, n_trials=13, first_trial=7, **RUN)
    runs.append(more.joined(rest))
    assert all(same(run.membrane, runs[0].membrane) for run in runs)


@pytest.mark.parametrize("backend", BACKENDS, ids=name)
@pytest.mark.parametrize("stretch", [7, 1000])
def test_a_kernel_that_returns_often_gathers_the_same(backend, stretch):
    def carried(*stretch):
        block = backend.open(Task(NEURON, DRIVE, 6, 0, 1, 203.013, 7.77, membrane=SAMPLING))
        while block.advance(*stretch) is not None:
            pass
        return block.record()

    whole, cut = carried(), carried(stretch)
    assert same(whole.membrane, cut.membrane) and np.array_equal(whole.spikes[0], cut.spikes[0])


@pytest.mark.parametrize("backend", BACKENDS, ids=name)
def test_a_model_with_a_reset(backend):
    neuron = sh.LeakyIntegrateAndFire()
    excited = sh.SynapticInput(sh.Population("exc", n=100, rate=20.0, weight=1.0, p=0.5))
    options = RUN | {"backend": backend, "duration": 200.0}
    sampling = sh.Sampling(interval=0.02, longest_lag=1.0, segment=20.0, before=0.0, after=neuron.refractory)
    stored = sh.simulate(neuron, excited, trace_interval=0.02, **options)
    streamed = sh.simulate(neuron, excited, membrane=sampling, **options)
    assert stored.spikes.time.size > 2
    assert same(streamed.membrane, sh.Membrane.from_traces(stored.traces, stored.spikes, sampling))


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
def test_ten_times_the_duration_takes_the_same_memory(backend):
    """A silent neuron, since spikes are kept: nothing else may grow.

    All lanes of a block hold trials, since the interpreter's own stores of small objects fill as the kernel is called:
    by some 100 kB in a hundred calls, then no further, which is much beside one trial and little beside sixteen.
    """
    quiet = sh.HodgkinHuxley(initial="rest")
    weak = sh.SynapticInput(sh.Population("exc", n=100, rate=10.0, weight=0.1, p=0.5))
    sampling = sh.Sampling(longest_lag=5.0, segment=100.0)

    def run(duration, **options):
        settings = {"duration": duration, "seed": 1, "n_trials": 16, "progress": False} | options  # a full block
        return sh.simulate(quiet, weak, backend=backend, **settings)

    def peak(*options, **more):
        tracemalloc.start()
        assert run(*options, **more).spikes.time.size == 0
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    run(1000.0, membrane=sampling)  # what is loaded once
    short, long = peak(1000.0, membrane=sampling), peak(10_000.0, membrane=sampling)
    assert long < 1.05 * short
    if backend == "diffusion":  # a trace would grow, and be seen to
        assert peak(10_000.0, trace_interval=0.1) > peak(1000.0, trace_interval=0.1) + 8 * 4 * 80_000


def test_what_is_not_allowed():
    def refused(said, n_trials=1, duration=203.0, backend="diffusion", **options):
        with pytest.raises(InputError, match=said):
            sh.simulate(NEURON, DRIVE, backend=backend, duration=duration, seed=1, n_trials=n_trials, **options)

    refused("membrane = True is not allowed: it must be a Sampling", membrane=True)
    refused(
        "trace_interval = 0.02 is not allowed: it must be omitted when membrane is given",
        membrane=SAMPLING,
        trace_interval=0.02,
    )
    refused("variables name = 'w' is not allowed: it must be one of V, m, h, n", membrane=sh.Sampling(("w",)))
    refused("segment = 500.0 is not allowed: it must be at most the window, 203 ms", membrane=sh.Sampling())
    refused(r"membrane interval = 0.025 is not allowed: it must be a whole multiple of the time step, dt = 0.01 \(ms\)",
            membrane=sh.Sampling(interval=0.025, segment=100.0))  # fmt: skip
    refused("bin V = 1e-05 is not allowed", membrane=sh.Sampling(segment=100.0, bin={"V": 1e-5}))
    refused("membrane .* GiB.*shorter lags and segments of the membrane", n_trials=100_000, membrane=SAMPLING,
            memory_limit=1.0)  # fmt: skip
    odd = sh.Sampling(interval=0.025, segment=100.0)
    assert sh.simulate(NEURON, DRIVE, backend="jump", duration=101.0, seed=1, membrane=odd).membrane.segments == 1
