"""A backend of one's own is one like the library's: in runs, comparisons, files, figures, experiments and messages.

Would catch: a place that asks for the name or the class of a backend, a default that an own one does not have, a block
whose trials depend on each other, a reset that is not one.
"""

import json
import tomllib
from dataclasses import dataclass, replace
from math import exp, log
from types import SimpleNamespace

import numpy as np
import pytest

import stochhh as sh
from stochhh import BACKENDS, Experiment, plotting, report
from stochhh.backends import Backend, Block, BlockResult, Recorder, Steps, register
from stochhh.backends.backend import completed
from stochhh.cli import main
from stochhh.errors import InputError
from stochhh.integrators import event_driven, grid
from stochhh.noise.gaussian import WhiteNoise
from stochhh.noise.merged import MergedEvents
from stochhh.simulation import check_before
from stochhh.system import Source

NEURON = sh.LeakyIntegrateAndFire()
DRIVE = sh.SynapticInput(sh.Population("exc", n=100, rate=20.0, weight=1.5, p=1.0))
RUN = {"duration": 300.0, "transient": 50.0, "seed": 3, "n_trials": 12, "progress": False}


@dataclass(frozen=True)
class Counts:
    """Poisson counts in each step of Euler."""

    dt: float = 0.1
    name = "counts"

    def open(self, task):
        rng, system = np.random.default_rng((task.seed, task.first)), task.system

        def euler(t, x, h):
            (slope,) = system.drift(t, x, system.parameters)
            return (x[0] + h * slope + 1.5 * rng.poisson(h * task.drive.intensity),)

        return Steps(self, task, euler)


@pytest.fixture(scope="module")
def own():
    return sh.simulate(NEURON, DRIVE, backend=Counts(), **RUN)


@pytest.fixture
def registered():
    yield register(Counts)
    del BACKENDS["counts"]


# --- The protocol ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", [*(kind() for kind in BACKENDS.values()), Counts()], ids=lambda b: b.name)
def test_backends_and_their_blocks_satisfy_the_protocols(backend):
    assert isinstance(backend, Backend) and not isinstance(3, Backend)
    task = sh.backends.Task(NEURON, DRIVE, 1, 0, 1, 10.0, 0.0)
    assert isinstance(backend.open(task), Block)


def test_what_a_backend_leaves_out_has_a_default():
    whole = completed(Counts(dt=0.2))
    assert (whole.name, whole.dt, whole.settings()) == ("counts", 0.2, {"dt": 0.2})
    assert (whole.lanes, whole.draw_events) == (1, None)
    assert not (whole.parallel or whole.replays or whole.white_noise)
    assert {kind.name: completed(kind()).white_noise for kind in BACKENDS.values()} == {
        "per-neuron": False, "jump": False, "diffusion": True,
    }  # fmt: skip


class Nameless:
    def open(self, task):
        """Never reached."""


class Shut:
    name = "shut"


@dataclass
class Opens(Nameless):
    """Whose block is what it is given."""

    block: object = None
    name = "opens"
    lanes = 1

    def settings(self):
        return {}

    def open(self, task):
        return self.block


class Idle:
    def advance(self, stretch=1):
        return None


class Wrong(Idle):
    def __init__(self, **changed):
        self.changed = changed

    def record(self):
        left = {"spikes": [[]], "powers": np.zeros((1, 4)), "swings": ((), ()), "traces": None, "membrane": None}
        return BlockResult(**left | self.changed)


class Few(Opens):
    lanes = 0


class Numbered(Opens):
    name = 7


class Unwritable(Opens):
    def settings(self):
        return {"rng": np.random.default_rng(1)}


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (3, "backend = 3 is not allowed: it must be one of per-neuron, jump, diffusion, or an instance such as Jump()"),
        (Counts, "backend = <class .*Counts'> is not allowed: it must be one of .*, or an instance"),
        (Nameless(), "backend Nameless: name is missing; add a string by which"),
        (Shut(), r"backend Shut: open is missing; add a method \(task\) that returns the trials"),
        (Opens(), r"backend opens: open\(task\) = None is not allowed: it must be a block, .*; return it"),
        (Opens(object()), r"backend opens: advance is missing; add a method \(stretch\)"),
        (Opens(Idle()), "backend opens: record is missing; add a method that returns a BlockResult"),
        (Opens(Wrong(spikes=[])), r"record\(\): number of spike trains = 0 .* must be 1, one for each trial"),
        (Opens(Wrong(powers=np.zeros(4))), r"record\(\): shape of powers = \(4,\) .* must be \(1, 4\)"),
        (Opens(Wrong(traces=np.zeros(4))), r"record\(\): shape of traces = \(4,\) .* must be None"),
        (Opens(Wrong(membrane=3)), r"record\(\): membrane = 3 .* a Membrane where the task has one"),
        (Few(), "backend Few: lanes = 0 is not allowed"),
        (Numbered(), "backend Numbered: name = 7 is not allowed: it must be a text that is not empty"),
        (Unwritable(), r"backend Unwritable: settings\(\) = .* must be a dictionary for JSON"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_backend_is_refused_by_name(backend, said):
    with pytest.raises(InputError, match=f"^{said}" if not said.startswith("record") else said):
        sh.simulate(NEURON, DRIVE, backend=backend, duration=10.0, seed=1, progress=False)


def stepping(step):
    class Stepping(Opens):
        dt = 0.1

        def open(self, task):
            return Steps(self, task, step)

    return Stepping()


def test_a_block_of_steps_needs_a_step():
    class Timeless(Opens):
        def open(self, task):
            return Steps(self, task, too_large)

    with pytest.raises(InputError, match=r"^backend opens: dt = None .* must be a finite number above 0 \(ms\)"):
        sh.simulate(NEURON, DRIVE, backend=Timeless(), duration=10.0, seed=1, progress=False)


def too_large(t, x, h):
    raise OverflowError


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (lambda t, x, h: None, r"step\(t, x, h\) = None is not allowed: it must be a state: 1 numbers, V"),
        (lambda t, x, h: (1.0, 2.0), r"step\(t, x, h\) = \(1.0, 2.0\) is not allowed"),
        (lambda t, x, h: (np.nan,), "opens, trial 0 at t = 0.1 ms: V = nan left the range"),
        (too_large, "opens, trial 0 at t = 0 ms: the state overflowed in a step of 0.1 ms: take a smaller dt"),
    ],
)
def test_a_step_that_is_no_state_is_refused(step, said):
    with pytest.raises(sh.StochhhError, match=f"^{said}"):
        sh.simulate(NEURON, DRIVE, backend=stepping(step), duration=10.0, seed=1, progress=False)


# --- Runs ------------------------------------------------------------------------------------------------------------


def test_a_trial_is_the_same_whatever_else_is_run(own):
    alone = sh.simulate(NEURON, DRIVE, backend=Counts(), **RUN | {"first_trial": 7, "n_trials": 1, "workers": 1})
    assert np.array_equal(alone.spikes.of(0), own.spikes.of(7)) and alone.spikes.time.size > 3
    more = sh.simulate(NEURON, DRIVE, backend=Counts(), **RUN | {"workers": 2})
    assert more == own
    longer = sh.simulate(NEURON, DRIVE, backend=Counts(), **RUN | {"duration": 400.0, "n_trials": 1})
    first = longer.spikes.with_transient().of(0)
    assert np.array_equal(first[first <= 300.0], own.spikes.with_transient().of(0))


def test_what_is_recorded_is_right():
    """V of a passive membrane follows a known curve: its samples, its mean, its crossing of a level."""

    def exact(t, x, h):
        return (-70.0 + 10.0 * (1 - exp(-(t + h) / 10.0)),)

    neuron = replace(NEURON, threshold=-65.0, reset=-69.0, refractory=2.0)
    backend = stepping(exact)
    run = {"duration": 20.0, "seed": 1, "progress": False}
    silent = sh.simulate(replace(neuron, threshold=-50.0), DRIVE, backend=backend, trace_interval=0.5, **run)
    assert silent.traces["V"][0] == pytest.approx(-70.0 + 10.0 * (1 - np.exp(-silent.traces.time / 10.0)), abs=1e-12)
    mean = silent.moments.reference + silent.moments.powers[0, 0]
    assert mean == pytest.approx(-60.0 - 5.0 * (1 - exp(-2.0)), abs=1e-4)
    spikes = sh.simulate(neuron, DRIVE, backend=backend, trace_interval=0.1, **run)
    (first, *_), V = spikes.spikes.time, spikes.traces["V"][0]
    assert first == pytest.approx(10.0 * log(2.0), abs=1e-3)
    held = (spikes.traces.time > first + 0.1) & (spikes.traces.time < first + 2.0)
    assert held.sum() >= 18 and set(V[held]) == {-69.0}


def test_a_block_of_ones_own_moves_a_recorder():
    """Kicks at whole milliseconds: the fourth reaches the threshold, those in the refractory time are lost."""

    class Block:
        def __init__(self, backend, task):
            self.recorder = Recorder(backend, task)
            self.record = self.recorder.record

        def advance(self, stretch=100):
            recorder = self.recorder
            for _ in range(stretch):
                if recorder.t >= 10.0:
                    return None
                recorder.flow(recorder.t + 1.0, recorder.x)
                recorder.kick((recorder.x[0] + 5.0,))
            return recorder.t

    class Kicks(Opens):
        dt = 1.0

        def open(self, task):
            return Block(self, task)

    neuron = replace(NEURON, threshold=-50.0, reset=-65.0, refractory=2.5)
    result = sh.simulate(neuron, DRIVE, backend=Kicks(), duration=10.0, seed=1, progress=False)
    assert list(result.spikes.time) == [4.0, 9.0]


# --- What follows a run ----------------------------------------------------------------------------------------------


def test_it_is_compared_saved_and_loaded(own, tmp_path):
    jump = sh.simulate(NEURON, DRIVE, backend="jump", **RUN)
    comparison = sh.compare(jump, own)
    assert comparison.labels == ("jump", "counts") and "counts - jump" in str(comparison)
    rate = comparison.difference["rate"].estimate
    assert abs(rate.value) < 0.25 * comparison.a["rate"].value  # Euler, and steps of 0.1 ms
    assert sh.compare(own, jump).difference["rate"].estimate.value == -rate.value
    own.save(tmp_path / "own.nc")
    loaded = sh.Result.load(tmp_path / "own.nc")
    assert loaded == own and loaded.backend == "counts" and loaded.provenance["settings"] == {"dt": 0.1}
    said = report.comparison_object(comparison, {"jump": jump, "counts": loaded})
    assert list(said)[:2] == ["jump", "counts"] and said["counts"]["settings"]["dt"] == 0.1
    json.loads(report.as_json(said))
    assert report.run_text(loaded, loaded.summary()).startswith("counts: 12 trials of 300 ms")
    made = plotting.save_comparison_figures(comparison, jump, loaded, tmp_path)
    made += plotting.save_spike_train_figures({"jump": jump, "counts": loaded}, tmp_path)
    assert all(path.stat().st_size > 1000 for path in made)
    assert loaded.plot().axes and comparison.plot().axes


def test_recorded_events_are_refused_where_they_are_not_replayed():
    events = sh.Recording([0], [1.0], [0.5])
    with pytest.raises(InputError, match=r"^events = .*omitted with the counts backend, .*use the per-neuron or jump"):
        sh.simulate(NEURON, DRIVE, backend=Counts(), duration=10.0, seed=1, events=events)


def test_a_long_run_is_announced(capsys):
    check_before(NEURON, DRIVE, backend=Counts(), duration=1e8, seed=1)
    said = capsys.readouterr().err
    assert said.startswith("stochhh: a long run: counts, 1 trial of 1e+08 ms: about 1e+09 steps and ")
    assert "Cheaper: another backend, or a shorter duration" in said


def test_a_step_belongs_to_the_instance():
    with pytest.raises(InputError, match=r"dt = 0.2 .*omitted when the backend is an instance, Counts\(...\); set it"):
        sh.simulate(NEURON, DRIVE, backend=Counts(), dt=0.2, duration=10.0, seed=1)


# --- By name ---------------------------------------------------------------------------------------------------------

FILE = """
[neuron]
model = "leaky-integrate-and-fire"
[[population]]
name = "exc"
n = 100
rate = 20.0
weight = 1.5
p = 1.0
[simulation]
duration = 300.0
transient = 50.0
seed = 3
n_trials = 12
[backend.counts]
dt = 0.2
"""


def test_an_experiment_holds_it():
    experiment = Experiment(NEURON, DRIVE, sh.experiment.Simulation(100.0, seed=3), backends={"counts": Counts()})
    result = experiment.with_backend("counts", dt=0.2).simulate("counts", progress=False)
    assert result.provenance["settings"] == {"dt": 0.2}
    assert np.diff(experiment.trace("counts").traces.time)[0] == pytest.approx(0.1)
    with pytest.raises(
        InputError, match="'counts' is not allowed: it must be per-neuron or jump, the backends that draw"
    ):
        experiment.draw_events("counts")
    with pytest.raises(
        InputError, match="'other' is not allowed: it must be one of per-neuron, jump, diffusion, counts"
    ):
        experiment.backend("other")


def test_registered_it_has_a_name(registered, own, tmp_path, monkeypatch, capsys):
    assert sh.simulate(NEURON, DRIVE, backend="counts", **RUN) == own
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_text(FILE)
    assert Experiment.load("a.toml").backend("counts") == Counts(dt=0.2)
    assert Experiment.from_dict(tomllib.loads(Experiment.load("a.toml").to_toml())).backends == {
        "counts": Counts(dt=0.2)
    }
    assert main(["compare", "a.toml", "--backends", "counts,jump", "--dt", "0.1", "--out", "d", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said)[:2] == ["counts", "jump"]
    assert said["counts"]["statistics"]["rate"]["value"] == sh.summary(own)["rate"].value
    assert {path.name for path in (tmp_path / "d").glob("*.nc")} == {"counts.nc", "jump.nc"}


def test_figures_have_its_colour_and_dashes(registered):
    assert (plotting.colour_of("counts"), plotting.dashes_of("counts")) == (plotting.GREY, "solid")

    @dataclass(frozen=True)
    class Green(Counts):
        colour, dashes = "#009E73", (0, (1, 2))

    register(Green, replace=True)
    assert (plotting.colour_of("counts"), plotting.dashes_of("counts")) == ("#009E73", (0, (1, 2)))
    assert plotting.colour_of(None) == plotting.colour_of("unit 7") == plotting.GREY
    with pytest.raises(InputError, match="name = 'counts' is not allowed: it must be a name that is not registered"):
        register(Counts)


def test_what_cannot_be_registered():
    @dataclass
    class Needy:
        dt: float
        name = "needy"

        def open(self, task):
            """Never reached."""

    for kind, said in ((Counts(), "a dataclass"), (Shut, "a dataclass"), (Needy, "settings all have defaults")):
        with pytest.raises(InputError, match=f"^kind = .*{said}"):
            register(kind)
    with pytest.raises(InputError, match="backend Empty: open is missing"):
        register(dataclass(type("Empty", (), {"name": "empty"})))


@pytest.mark.parametrize(
    ("integrator", "realisation", "settings"),
    [
        (grid, lambda drive: WhiteNoise(Source(drive)), {"dt": 0.01, "scheme": "euler-maruyama"}),
        (event_driven, MergedEvents, {"tolerance": 1e-3}),
    ],
    ids=["grid", "event-driven"],
)
def test_an_integrator_knows_the_name_of_its_backend(integrator, realisation, settings):
    """Of a backend of one's own, which combines a realisation of the library with an integrator of the library."""

    def opened(task):
        return integrator.Block(mine, task, realisation(task.drive))

    mine = SimpleNamespace(name="mine", open=opened, lanes=16, **settings)
    strong = sh.Population("exc", n=100, rate=20.0, weight=1000.0, p=1.0)
    with pytest.raises(sh.UnstableStepError, match=r"^mine, trial 0 at t = "):
        sh.simulate(sh.HodgkinHuxley(), strong, backend=mine, duration=50.0, seed=1)
