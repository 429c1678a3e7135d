"""Any neuron, any input, any backend: numbers that are finite, ordered and inside their bounds, or a named error.

Would catch: NaN returned as data, a gate outside [0, 1], a spike after the end, an exception nobody declared.
"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import stochhh as sh

neurons = st.builds(
    sh.HodgkinHuxley,
    C_m=st.floats(0.3, 5.0),
    g_Na=st.one_of(st.just(0.0), st.floats(1.0, 200.0)),
    g_K=st.one_of(st.just(0.0), st.floats(1.0, 80.0)),
    g_L=st.one_of(st.just(0.0), st.floats(0.01, 2.0)),
    E_Na=st.floats(30.0, 70.0),
    E_K=st.floats(-95.0, -65.0),
    E_L=st.floats(-80.0, -40.0),
    I_app=st.floats(-5.0, 60.0),
    phi=st.floats(0.3, 4.0),
    initial=st.tuples(st.floats(-90.0, 50.0), *[st.floats(0.0, 1.0)] * 3),
    threshold=st.floats(-20.0, 20.0),
    rearm=st.floats(-60.0, -21.0),
)
populations = st.builds(
    lambda n, rate, weight, p: {"n": n, "rate": rate, "weight": weight, "p": p},
    n=st.integers(0, 5000), rate=st.floats(0.0, 20.0), weight=st.floats(-3.0, 3.0), p=st.floats(0.0, 1.0),
)  # fmt: skip
drives = st.lists(populations, max_size=3).map(
    lambda all_fields: sh.SynapticInput(*(sh.Population(f"p{k}", **f) for k, f in enumerate(all_fields)))
)
runs = st.fixed_dictionaries({
    "duration": st.floats(1.0, 60.0),
    "seed": st.integers(0, 2**64 - 1),
    "n_trials": st.integers(1, 20),
    "first_trial": st.integers(0, 2**32 - 20),
})  # fmt: skip


def simulated(neuron, drive, backend, **options):
    """A result, or None where the model's range was left: an error that the library declares."""
    try:
        return sh.simulate(neuron, drive, backend=backend, **options)
    except sh.UnstableStepError as error:
        assert "trial" in str(error) and "t = " in str(error)
        return None


def check(neuron, result, n_trials, duration):
    spikes = result.spikes.with_transient()
    assert spikes.n_trials == n_trials and spikes.stop == duration
    for k in range(n_trials):
        time = spikes.of(k)
        assert np.all((time >= 0) & (time <= duration)) and np.all(np.diff(time) >= 0)
    assert np.all(spikes.isi()[0] >= 0)
    assert np.all(np.isfinite(result.moments.powers)) and result.moments.powers.shape == (n_trials, 4)
    first, second, _, fourth = result.moments.powers.T
    slack = 1e-9 * (1 + np.abs(second))
    assert np.all(second - first**2 >= -slack), "a variance below zero"
    assert np.all(fourth - second**2 >= -1e-9 * (1 + fourth))
    assert np.all(np.isfinite(result.traces.values))
    gates = result.traces.values[:, 1:]
    assert gates.min() >= -1e-4 and gates.max() <= 1 + 1e-4, "a gate outside [0, 1] by more than the error of a step"
    assert np.array_equal(result.traces.values[:, :, 0], [neuron.initial_state()] * n_trials)


@settings(max_examples=60, deadline=None)
@given(neurons, drives, runs, st.floats(0.0, 0.9), st.floats(0.01, 1.0))
def test_jump(neuron, drive, run, transient, interval):
    result = simulated(neuron, drive, "jump", transient=transient * run["duration"], trace_interval=interval, **run)
    if result is not None:
        check(neuron, result, run["n_trials"], run["duration"])


@settings(max_examples=60, deadline=None)
@given(neurons, drives, runs, st.floats(0.0, 0.9), st.integers(1, 50), st.sampled_from([0.005, 0.01, 0.02]))
def test_diffusion(neuron, drive, run, transient, every, dt):
    result = simulated(
        neuron, drive, sh.Diffusion(dt=dt), transient=transient * run["duration"], trace_interval=every * dt, **run
    )
    if result is not None:
        check(neuron, result, run["n_trials"], run["duration"])


@settings(max_examples=15, deadline=None)
@given(neurons, drives, st.floats(0.5, 2.0), st.integers(0, 2**64 - 1))
def test_per_neuron(neuron, drive, duration, seed):
    options = {"duration": duration, "seed": seed, "trace_interval": 0.1}
    result = simulated(neuron, drive, sh.PerNeuron(dt=0.02), **options)
    if result is not None:
        check(neuron, result, 1, duration)


@settings(max_examples=30, deadline=None)
@given(neurons, drives, runs)
def test_the_first_trial_alone_is_the_first_of_many(neuron, drive, run):
    """Whatever went on in the other lanes."""
    for backend in ("jump", "diffusion"):
        many = simulated(neuron, drive, backend, **run)
        alone = simulated(neuron, drive, backend, **{**run, "n_trials": 1})
        if many is not None and alone is not None:
            assert np.array_equal(many.spikes.of(0), alone.spikes.time)
            assert np.array_equal(many.moments.powers[0], alone.moments.powers[0])
        assert not (alone is None and many is not None)
