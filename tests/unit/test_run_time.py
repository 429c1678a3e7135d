"""Runs that would not end are refused before they begin, long ones are announced, and short ones hear nothing of it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from neurons import question

import stochhh as sh
from stochhh import simulation
from stochhh.backends import cost
from stochhh.backends.cost import Work, seconds_of_block
from stochhh.noise.presynaptic import presynaptic_seconds, presynaptic_work
from stochhh.run import run_time
from stochhh.run.plan import Plan
from stochhh.run.run_time import LongRunError, run_seconds

NEURON = sh.HodgkinHuxley()


def weak(n, rate, p=1.0):
    return sh.SynapticInput(sh.Population("a", n, rate, 1e-6, p))


def begin(monkeypatch, hour, longest):
    """Let hours be as short as that, s, so that every run is long."""
    monkeypatch.setattr(run_time, "_HOUR", hour)
    monkeypatch.setattr(run_time, "_LONGEST", longest)


@pytest.mark.parametrize(
    ("drive", "backend", "settings", "what"),
    [
        (weak(2**32, 1e3), "jump", {"n_trials": 1000}, "4.3e+15 events"),
        (weak(2**32, 2.4e5), "jump", {}, "1e+15 events"),  # 10^12 in a millisecond
        (weak(2**32, 2.4e5), "per-neuron", {}, "presynaptic spikes|steps"),
        (weak(2**32, 1e-3, p=1e-6), "per-neuron", {"n_trials": 1000}, "presynaptic neurons"),
        (question(), sh.Diffusion(dt=1e-6), {"duration": 1e9, "memory_limit": 1e6}, "1e+15 steps"),
        (question(), sh.PerNeuron(dt=1e-6), {"duration": 1e6}, "1e+12 steps"),
        (question(), "jump", {"duration": 1e12, "memory_limit": 1e6}, "steps of the flow"),
    ],
    ids=["many neurons", "dense", "dense, each neuron", "each neuron", "short steps", "short plain steps", "for ever"],
)
def test_what_would_not_end_is_refused(drive, backend, settings, what):
    settings = {"duration": 1000, "seed": 1, "workers": 1} | settings
    with pytest.raises(sh.InputError, match=r"is not allowed.* less than 30 days") as error:
        sh.simulate(NEURON, drive, backend=backend, **settings)
    assert any(part in str(error.value) for part in what.split("|")) and "cheaper: " in str(error.value)
    assert "force_long=True" in str(error.value)


def test_days_are_said_before_the_start(monkeypatch, capfd):
    """Some 10^13 events are weeks: less than what is refused on a fast machine, so the run itself is left out."""

    def begun(*_):
        raise EOFError

    monkeypatch.setattr(run_time, "_LONGEST", float("inf"))
    monkeypatch.setattr(simulation, "carried_out", begun)
    with pytest.raises(EOFError):
        sh.simulate(NEURON, weak(2**32, 1e3), backend="jump", duration=1000, n_trials=4, seed=1)
    said = capfd.readouterr().err
    assert "stochhh: a long run: jump, 4 trials of 1000 ms: about 1.7e+13 events" in said and "Cheaper: " in said


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
def test_a_normal_run_is_not_even_measured(monkeypatch, capfd, backend):
    """The question's hundred trials of ten seconds, by arithmetic; and a run says nothing."""

    def measured(self, task):
        raise AssertionError("the run was measured")

    monkeypatch.setattr({"jump": sh.Jump, "diffusion": sh.Diffusion}[backend], "seconds", measured)
    sh.Experiment.example("question").check_before(backend)
    sh.simulate(NEURON, question(), backend=backend, duration=20, n_trials=3, seed=1)
    assert "long run" not in capfd.readouterr().err


@pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
def test_a_long_run_is_said_and_changes_nothing(monkeypatch, capfd, backend):
    run = {"backend": backend, "duration": 10, "n_trials": 2, "seed": 1}
    quiet = sh.simulate(NEURON, question(), **run)
    begin(monkeypatch, 1e-9, 1e9)
    loud = sh.simulate(NEURON, question(), **run)
    said = capfd.readouterr().err
    assert f"stochhh: a long run: {backend}, 2 trials of 10 ms: about" in said and "Cheaper: " in said
    assert (quiet.spikes.time == loud.spikes.time).all() and (quiet.moments.powers == loud.moments.powers).all()
    assert quiet.provenance.keys() == loud.provenance.keys()
    sh.simulate(NEURON, question(), progress=False, **run)
    assert capfd.readouterr().err == ""


def test_force_long_lets_it_begin(monkeypatch, capfd):
    begin(monkeypatch, 1e-9, 1e-9)
    run = {"backend": "jump", "duration": 10, "n_trials": 2, "seed": 1}
    with pytest.raises(LongRunError):
        sh.simulate(NEURON, question(), **run)
    assert sh.simulate(NEURON, question(), force_long=True, **run).n_trials == 2
    assert "a long run" in capfd.readouterr().err
    experiment = sh.Experiment(NEURON, question(), sh.experiment.Simulation(duration=30.0, seed=1))
    for refused in (experiment.check_before, experiment.draw_events):
        with pytest.raises(LongRunError):
            refused("jump")
    assert len(experiment.draw_events("jump", force_long=True)) > 0


def test_until_keeps_what_it_has_where_more_would_be_too_long(monkeypatch, capfd):
    """The first look is short, the second is not."""
    seconds = iter([0.0, 1e9])
    monkeypatch.setattr(run_time, "run_seconds", lambda *_: next(seconds))
    result = sh.simulate(NEURON, question(), backend="jump", duration=50, seed=1, until={"rate": 1e-6})
    assert result.n_trials == 20 and result.provenance["until"]["reached"] is False
    assert result.provenance["until"]["looks"] == [20] and "given up" in capfd.readouterr().err


@pytest.mark.parametrize("command", ["run", "compare", "trace"])
def test_the_command_line_refuses_and_can_be_forced(monkeypatch, capfd, tmp_path, command):
    from stochhh.cli import main

    begin(monkeypatch, 1e-9, 1e-9)
    monkeypatch.chdir(tmp_path)
    main(["example", "question"])
    words = [command, "question.toml", "--duration", "210", *(() if command == "trace" else ("--trials", "2"))]
    words += ["--json", "--out", "d"] if command == "compare" else ["--backend", "jump", "--out", "d"]
    capfd.readouterr()
    assert main(words) == 2
    (line,) = [line for line in capfd.readouterr().err.splitlines() if "doubt" not in line]
    assert "--force-long" in line
    if command == "run":
        assert main([*words[:-2], "--force-long"]) == 0


class _Clock:
    """Time that passes only where a block is advanced."""

    name = "clock"

    def __init__(self, monkeypatch, cost_of_ms):
        self.now, self.time, self.cost = 0.0, 0.0, cost_of_ms
        monkeypatch.setattr(cost, "perf_counter", lambda: self.now)

    def open(self, task):
        return self

    def advance(self, stretch):
        self.time += 0.001 * stretch
        self.now += 0.001 * stretch * self.cost
        return self.time


def test_the_estimate_is_that_of_the_progress(monkeypatch):
    """50 ms of work for each simulated ms, 640 trials of 1e6 ms in ten blocks on four threads, of two cores."""
    task = sh.backends.Task(NEURON, question(), 1, 0, 64, 1e6, 0.0, lanes=64)
    clock = _Clock(monkeypatch, 0.05)
    assert seconds_of_block(clock, task) == pytest.approx(0.05 * 1e6)
    monkeypatch.setattr(run_time, "available_cores", lambda: 2)
    backend = SimpleNamespace(
        parallel=True,
        work=lambda task: (Work(1e12, "steps", 1e-6),),
        seconds=lambda task: seconds_of_block(clock, task),
    )
    plan = Plan(backend, replace(task, n=640), tuple((64 * i, 64, 64) for i in range(10)), workers=4)
    assert run_seconds(plan) == pytest.approx(0.05 * 1e6 * 10 / 2)
    backend.parallel = False
    assert run_seconds(plan) == pytest.approx(0.05 * 1e6 * 10)


def test_presynaptic_work_counts_every_neuron():
    """Independent neurons draw their own spikes; of common ones every neuron is asked for each mother spike."""
    own = sh.Population("own", 100, 10.0, 1.0, 0.5)
    common = sh.Population("common", 50, 10.0, 1.0, 0.5, correlation=0.1)
    assert presynaptic_work(sh.SynapticInput(own, common), 1000.0) == (150, pytest.approx(100 * 10 + 50 * 100))
    few, many = (presynaptic_seconds(weak(n, 10.0), 1000.0) for n in (10, 10**6))
    assert many > 1000 * few


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5000.0, "1.4 hours"), (4 * 86400.0, "4 days"), (3e9, "95 years"), (float("inf"), "more than 1e9 years")],
)
def test_times_in_words(seconds, said):
    assert run_time._spelled(seconds) == said
