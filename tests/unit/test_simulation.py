"""simulate(): the same bits whatever is run beside, before, after or at once.

Would catch: a stream that knows its lane, its block, its thread or the length of the run; a result put together in
the order in which the blocks finished.
"""

import numpy as np
import pytest

import stochhh as sh

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
ALL = ["jump", "diffusion", "per-neuron"]


def run(backend="jump", **changes):
    """Per-neuron is slow, so its runs are shorter."""
    short = backend == "per-neuron" or isinstance(backend, sh.PerNeuron)
    options = {"duration": 30.0 if short else 300.0, "seed": 5, "n_trials": 5 if short else 40, "transient": 7.0}
    return sh.simulate(NEURON, DRIVE, backend=backend, **{**options, **changes})


def same(a, b):
    """Whether two results hold the same bits."""
    one, other = a.spikes.with_transient(), b.spikes.with_transient()
    return (
        np.array_equal(one.time, other.time)
        and np.array_equal(one.trial, other.trial)
        and np.array_equal(a.moments.powers, b.moments.powers)
        and (a.traces is None) == (b.traces is None)
        and (a.traces is None or np.array_equal(a.traces.values, b.traces.values))
    )


@pytest.fixture(scope="module")
def reference():
    """One run a backend, made once."""
    return {backend: run(backend) for backend in ALL}


@pytest.mark.parametrize("backend", ALL)
def test_any_number_of_workers(reference, backend):
    for workers in (1, 2, 3):
        assert same(run(backend, workers=workers), reference[backend]), f"{workers} workers"


@pytest.mark.parametrize("backend", ALL)
def test_a_trial_alone(reference, backend):
    """first_trial=k, n_trials=1 is trial k of the many: the first, one inside a block, the last."""
    many = reference[backend]
    for k in (0, 3, many.n_trials - 1):
        alone = run(backend, first_trial=k, n_trials=1)
        assert np.array_equal(alone.spikes.time, many.spikes.of(k)), f"trial {k}"
        assert np.array_equal(alone.moments.powers[0], many.moments.powers[k]), f"trial {k}"
        assert alone.spikes.n_trials == 1 and not alone.spikes.trial.any()


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
def test_a_trial_alone_among_a_thousand(backend):
    many = run(backend, n_trials=1000, duration=60.0)
    for k in (7, 500, 999):
        alone = run(backend, n_trials=1, first_trial=k, duration=60.0)
        assert np.array_equal(alone.spikes.time, many.spikes.of(k))
        assert np.array_equal(alone.moments.powers[0], many.moments.powers[k])


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
def test_trials_far_out(backend):
    """Trial numbers above 2^31, up to the last there is."""
    last = run(backend, first_trial=2**32 - 20, n_trials=20)
    assert same(run(backend, first_trial=2**32 - 1, n_trials=1), run(backend, first_trial=2**32 - 1, n_trials=1))
    assert np.array_equal(run(backend, first_trial=2**32 - 1, n_trials=1).spikes.time, last.spikes.of(19))


@pytest.mark.parametrize("backend", ALL)
def test_trials_differ_and_seeds_differ(reference, backend):
    many = reference[backend]
    assert len({tuple(row) for row in many.moments.powers}) == many.n_trials
    for seed in (6, 5 + 2**32, 2**64 - 1):
        other = run(backend, seed=seed)
        assert not np.any(other.moments.powers == many.moments.powers)


@pytest.mark.parametrize("backend", ALL)
def test_more_trials_begin_with_fewer(reference, backend):
    many = reference[backend]
    fewer = run(backend, n_trials=3)
    inside = many.spikes.trial < 3
    assert np.array_equal(many.spikes.time[inside], fewer.spikes.time)
    assert np.array_equal(many.spikes.trial[inside], fewer.spikes.trial)
    assert np.array_equal(many.moments.powers[:3], fewer.moments.powers)


LANES = [16, 64, pytest.param(8, marks=pytest.mark.slow), pytest.param(32, marks=pytest.mark.slow)]


@pytest.mark.parametrize("kind", [sh.Jump, sh.Diffusion])
@pytest.mark.parametrize("lanes", LANES)
def test_any_number_of_lanes(reference, kind, lanes):
    """Other widths compile to other loops; a lane must not notice."""
    assert same(run(kind(lanes=lanes)), reference[kind.name])


@pytest.mark.parametrize("backend", ALL)
def test_a_longer_run_begins_with_the_shorter(backend):
    """Spikes and traces, also where the shorter duration is no multiple of any step."""
    options = {"n_trials": 3, "trace_interval": 0.5, "transient": 0.0}
    long = run(backend, duration=45.0, **options)
    for duration in (21.0, 33.333):
        short = run(backend, duration=duration, **options)
        inside = long.spikes.time <= duration
        assert np.array_equal(long.spikes.time[inside], short.spikes.time)
        n = short.traces.time.size
        if backend == "per-neuron":  # its last step is cut to end at the duration: a shorter chord to interpolate on
            assert np.array_equal(long.traces.values[:, :, : n - 1], short.traces.values[:, :, :-1])
            assert np.allclose(long.traces.values[:, :, n - 1], short.traces.values[:, :, -1], rtol=0, atol=0.01)
        else:
            assert np.array_equal(long.traces.values[:, :, :n], short.traces.values)


@pytest.mark.parametrize("backend", ALL)
def test_the_transient_moves_the_window_and_nothing_else(reference, backend):
    other = run(backend, transient=0.0)
    late = reference[backend].spikes
    assert np.array_equal(other.spikes.time, late.with_transient().time)
    assert np.array_equal(other.spikes.time[other.spikes.time >= 7.0], late.time) and late.time.size
    assert other.spikes.start == 0.0 and reference[backend].spikes.start == 7.0
    assert not np.any(other.moments.powers == reference[backend].moments.powers)


@pytest.mark.parametrize("backend", ALL)
def test_spikes_lie_within_the_duration_and_in_order(reference, backend):
    spikes = reference[backend].spikes.with_transient()
    assert spikes.time.size and spikes.time.min() >= 0 and spikes.time.max() <= spikes.stop
    assert np.array_equal(np.lexsort((spikes.time, spikes.trial)), np.arange(spikes.time.size))


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
@pytest.mark.parametrize("duration", [1e-6, 0.005, 0.01, 0.015, 0.1])
def test_very_short_runs(backend, duration):
    """One step, or less than one."""
    result = run(backend, duration=duration, transient=0.0, n_trials=2)
    assert result.spikes.time.size == 0
    assert np.all(np.isfinite(result.moments.powers))
    assert np.all(np.abs(result.moments.powers[:, 0]) < 10.0)


@pytest.mark.parametrize("steps", [4, 5, 6, 7, 8, 9])
def test_very_short_diffusions(steps):
    """Its steps come in groups of four; every sample of the trace is there all the same, and the same."""
    long = run("diffusion", duration=1.0, transient=0.0, n_trials=2, trace_interval=0.01)
    short = run("diffusion", duration=steps * 0.01, transient=0.0, n_trials=2, trace_interval=0.01)
    assert short.traces.time.size == steps + 1
    assert np.array_equal(short.traces.values, long.traces.values[:, :, : steps + 1])


def test_a_whole_number_will_do_for_a_time():
    assert same(run(duration=300, transient=7), run())
    assert same(run(duration=np.float32(300), seed=np.uint64(5), n_trials=np.int8(40)), run())


def test_provenance_says_how_it_was_made(reference):
    for backend, result in reference.items():
        told = result.provenance
        assert result.backend == told["backend"] == backend
        assert (told["seed"], told["first_trial"], told["transient"]) == (5, 0, 7.0)
        assert told["n_trials"] == result.n_trials and told["duration"] == result.spikes.stop
        assert told["neuron"]["I_app"] == 7.0 and told["neuron"]["threshold"] == 0.0
        assert told["neuron"]["rearm"] == -30.0
        assert [p["name"] for p in told["input"]] == ["exc", "inh"]
        assert told["streams"] >= 1 and told["stochhh"]
        assert set(told["timing"]) == {"compile_s", "run_s"}
        assert "lanes" not in told["settings"]
    assert reference["jump"].provenance["settings"] == {"tolerance": 1e-3}
    assert reference["diffusion"].provenance["settings"] == {"dt": 0.01, "scheme": "euler-maruyama"}
    assert reference["per-neuron"].provenance["settings"] == {"dt": 0.01}


def test_dt_is_short_for_an_instance():
    assert same(run("diffusion", dt=0.02), run(sh.Diffusion(dt=0.02)))
    assert same(run("per-neuron", dt=0.05), run(sh.PerNeuron(dt=0.05)))


def test_no_progress_off_a_terminal(capfd):
    """Standard output stays free; standard error too, unless it is asked for."""
    run(n_trials=8)
    assert capfd.readouterr() == ("", "")
    run(n_trials=8, progress=True)
    assert capfd.readouterr().out == ""
