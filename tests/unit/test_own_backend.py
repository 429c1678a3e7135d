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
from stochhh.backends import Backend, Block, Recorder, Steps, Work, register
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


class Deaf:
    def advance(self):
        return None

    def record(self):
        """Never reached."""


class Few(Opens):
    lanes = 0


def having(**members):
    """A backend with a block, and with other members."""
    return type("Odd", (Opens,), members)(SimpleNamespace(advance=lambda stretch: None, record=None))


def costly(self, task):
    return (Work(1e9, "steps", 1.0),)


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
        (Opens(Deaf()), r"backend opens: advance = <.*> is not allowed: it must be a method \(stretch\)"),
        (Few(), "backend Few: lanes = 0 is not allowed"),
        (Unwritable(), r"backend Unwritable: settings\(\) = .* must be a dictionary for JSON"),
        (having(settings={}), r"backend Odd: settings = {} is not allowed: it must be a method, not a value"),
        (having(settings=lambda self: None), r"backend Odd: settings\(\) = None .* must be a dictionary for JSON"),
        (having(settings=lambda self: {1: 2}), r"backend Odd: settings\(\) = {1: 2} .* must be a dictionary for JSON"),
        (
            having(check=lambda self, task: False),
            r"backend opens: check\(task\) = False .*must be None; raise InputErr",
        ),
        (having(open=lambda self: None), r"backend Odd: open = .* it must be a method \(task\)"),
        (having(settings=lambda self, task: {}), r"backend Odd: settings = .* it must be a method \(\)"),
        (having(work=lambda self: ()), r"backend Odd: work = .* it must be a method \(task\)"),
        (having(check=True), "backend Odd: check = True is not allowed: it must be a method"),
        (
            having(work=lambda self, task: "x"),
            r"backend opens: work\(task\) = 'x' .*a tuple of Work\(amount, what, at_m",
        ),
        (having(work=lambda self, task: 3), r"backend opens: work\(task\) = 3"),
        (having(work=lambda self, task: ()), r"backend opens: work\(task\) = \(\)"),
        (having(work=lambda self, task: (Work(np.nan, "steps", 1.0),)), r"backend opens: work\(task\): amount = nan"),
        (having(work=costly, seconds=lambda self, task: "x"), r"backend opens: seconds\(task\) = 'x' .* of at least 0"),
        (having(work=costly, seconds=lambda self, task: np.nan), r"backend opens: seconds\(task\) = nan"),
        (having(dt=0), "backend Odd: dt = 0 is not allowed"),
        (having(dt="x"), "backend Odd: dt = 'x' is not allowed"),
        (having(replays="no"), "backend Odd: replays = 'no' is not allowed: it must be a bool"),
        (having(cheaper=3), "backend Odd: cheaper = 3"),
        (having(draw_events=3), "backend Odd: draw_events = 3"),
        (having(lanes=2.5), "backend Odd: lanes = 2.5"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_backend_is_refused_by_name(backend, said):
    with pytest.raises(InputError, match=f"^{said}"):
        sh.simulate(NEURON, DRIVE, backend=backend, duration=10.0, seed=1, progress=False)


@pytest.mark.parametrize(
    "name", [5, None, "", " ", " a", "a ", "a,b", "a/b", "a\\b", "../q", "a..b", ".a", "a\n", "a:b", "x" * 99]
)
def test_a_name_is_one_that_files_and_options_can_have(name):
    with pytest.raises(InputError, match=r"^backend Odd: name = .* must be a text of letters, digits, blanks and"):
        sh.simulate(NEURON, DRIVE, backend=having(name=name), duration=10.0, seed=1)
    with pytest.raises(InputError, match=r"^backend Green: name = .* must be a text of letters, digits, blanks and"):
        register(dataclass(frozen=True)(type("Green", (Counts,), {"name": name})))


@pytest.mark.parametrize("name", ["a", "Mine 2", "é", "a_b.c-d+e", "x" * 80])
def test_other_names_are_allowed(name):
    assert sh.simulate(NEURON, DRIVE, backend=type("Odd", (Counts,), {"name": name})(), **RUN).backend == name


def test_a_name_is_that_of_one_class(registered):
    for name in (*sh.BACKENDS, "counts"):
        with pytest.raises(InputError, match=f"^backend Odd: name = '{name}' .* must be one that no other backend has"):
            sh.simulate(NEURON, DRIVE, backend=having(name=name), duration=10.0, seed=1)
    assert sh.simulate(NEURON, DRIVE, backend=Counts(), **RUN).backend == "counts"
    with pytest.raises(InputError, match=r"^backend Odd: name = 'doubts' .* none of difference, distance, doubts"):
        sh.simulate(NEURON, DRIVE, backend=having(name="doubts"), duration=10.0, seed=1)


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
        (lambda t, x, h: None, r"step\(t, x, h\): state = None is not allowed: it must be 1 real number: V"),
        (lambda t, x, h: (1.0, 2.0), r"step\(t, x, h\): state = \(1.0, 2.0\) is not allowed"),
        (lambda t, x, h: "1", r"step\(t, x, h\): state = '1' is not allowed"),
        (lambda t, x, h: ("1",), r"step\(t, x, h\): state = .* is not allowed"),
        (lambda t, x, h: (1j,), r"step\(t, x, h\): state = .* is not allowed"),
        (lambda t, x, h: np.array([1j]), r"step\(t, x, h\): state = .* is not allowed"),
        (lambda t, x, h: np.array([x]), r"step\(t, x, h\): state = .* is not allowed"),
        (lambda t, x, h: np.float64(1.0), r"step\(t, x, h\): state = .* is not allowed"),
        (lambda t, x, h: (np.inf,), "opens, trial 0 at t = 0.1 ms: V = inf left the range"),
        (lambda t, x, h: (1e100,), "opens, trial 0 at t = 0 ms: the state overflowed in a step of 0.1 ms"),
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


def moving(move):
    """A backend of which each block moves its Recorder by move(recorder); `stretch` has no default."""

    class Moved:
        def __init__(self, backend, task):
            self.task, self.recorder = task, Recorder(backend, task)
            self.record = self.recorder.record

        def advance(self, stretch):
            for _ in range(stretch):
                if self.recorder.t >= self.task.duration:
                    return None
                move(self.recorder)
            return self.recorder.t

    class Moves(Opens):
        dt, replays = 1.0, True

        def open(self, task):
            return Moved(self, task)

    return Moves()


def test_a_block_of_ones_own_moves_a_recorder():
    """Kicks at whole milliseconds: the fourth reaches the threshold, those in the refractory time are lost."""

    def move(recorder):
        recorder.flow(min(recorder.end(1.0), recorder.t // 1.0 + 1.0), recorder.x)
        if recorder.t % 1.0 == 0:
            recorder.kick((recorder.x[0] + 5.0,))

    neuron = replace(NEURON, threshold=-50.0, reset=-65.0, refractory=2.5)
    result = sh.simulate(neuron, DRIVE, backend=moving(move), duration=10.0, seed=1, progress=False)
    assert list(result.spikes.time) == [4.0, 9.0]


EVENTS = sh.Recording(np.zeros(120, int), np.linspace(0.7, 119.3, 120) ** 1.02 % 120.0, np.full(120, 2.5))
LEAKY = replace(NEURON, refractory=3.3)


def leaky(recorder):
    """V of LEAKY from event to event, without a thought of its reset."""
    times, (V,), t = np.sort(EVENTS.time), recorder.x, recorder.t
    until = min(recorder.end(0.5), *times[times > t], 120.0)
    recorder.flow(until, (-70.0 + (V + 70.0) * exp((t - until) / 20.0),))
    if until in times:
        recorder.kick((recorder.x[0] + 2.5,))


def replayed(backend):
    result = sh.simulate(LEAKY, DRIVE, backend=backend, duration=120.0, seed=1, events=EVENTS, progress=False)
    return result.spikes.time, result.moments.powers[0]


def test_a_block_that_knows_of_no_reset_has_one(monkeypatch):
    spikes, powers = replayed(moving(leaky))
    exact_spikes, exact_powers = replayed("per-neuron")
    assert spikes.size > 5 and spikes == pytest.approx(exact_spikes, abs=1e-9)
    assert powers[:2] == pytest.approx(exact_powers[:2], rel=1e-3)
    monkeypatch.setattr(Recorder, "held", False)  # the planted fault
    assert replayed(moving(leaky))[0].size > spikes.size


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (1.0, r"until = 3.0 is not allowed: it must be from 2 to 2.5 ms, where V is released; .* recorder.end\(dt\)"),
        (1.5, "until = 1.5 is not allowed: it must be from 0 to 1 ms, a step of dt later or at the duration"),
        (-0.5, "until = -0.5 is not allowed"),
        (np.nan, "until = nan is not allowed"),
    ],
)
def test_a_step_ends_where_v_is_released_and_within_dt(step, said):
    def move(recorder):
        if recorder.t == 0.0 and step == 1.0:
            recorder.kick((-40.0,))
        recorder.flow(recorder.t + step, recorder.x)

    neuron = replace(NEURON, threshold=-50.0, reset=-65.0, refractory=2.5)
    with pytest.raises(InputError, match=f"^backend opens: {said}"):
        sh.simulate(neuron, DRIVE, backend=moving(move), duration=10.0, seed=1, progress=False)


def test_a_trial_ends_at_its_duration(monkeypatch):
    """Not before; a sum of steps may miss it by rounding."""

    class Early(Counts):
        def open(self, task):
            block = Steps(self, task, lambda t, x, h: x)
            return SimpleNamespace(advance=lambda stretch: None, record=block.record)

    with pytest.raises(InputError, match=r"^backend counts: recorder.t = 0.0 is not allowed: it must be the duration"):
        sh.simulate(NEURON, DRIVE, backend=Early(), duration=10.0, seed=1, progress=False)
    summed = moving(lambda recorder: recorder.flow(recorder.t + 0.1, recorder.x))
    assert sh.simulate(NEURON, DRIVE, backend=summed, duration=0.3, seed=1, progress=False).n_trials == 1


# --- What a block answers --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """A neuron at rest, of which a block leaves something else: members as in `other`, or what `other(record)` is."""

    other: object = None
    dt: float = 0.1
    name = "changed"

    def settings(self):
        return {}

    def open(self, task):
        block = Steps(self, task, lambda t, x, h: x)
        leave = self.other if callable(self.other) else lambda left: replace(left, **self.other)
        return SimpleNamespace(advance=block.advance, record=lambda: leave(block.record()))


ORDER = r"it must be times in ascending order, from 0 to the duration, 10 ms"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda left: None, r"result = None is not allowed: it must be a BlockResult; return one"),
        (lambda left: [], r"result = \[\] is not allowed"),
        ({"spikes": None}, "spikes = None is not allowed: it must be an array of times"),
        ({"spikes": []}, "number of spike trains = 0 is not allowed: it must be 1, one for each trial"),
        ({"spikes": [[1.0], [2.0]]}, "number of spike trains = 2"),
        ({"spikes": np.array([1.0])}, r"shape of spike times = \(\) is not allowed"),
        ({"spikes": [np.ones((2, 2))]}, r"shape of spike times = \(2, 2\)"),
        ({"spikes": [["a"]]}, f"spike times = .* {ORDER}"),
        ({"spikes": [[1.0, [2.0]]]}, f"spike times = .* {ORDER}"),
        ({"spikes": [[5.0, 2.0]]}, f"spike time = 2.0 is not allowed: {ORDER}"),
        ({"spikes": [[-5.0]]}, "spike time = -5.0"),
        ({"spikes": [[1.0, np.nan]]}, "spike time = nan"),
        ({"spikes": [[1.0, 500.0]]}, "spike time = 500.0"),
        ({"powers": None}, "powers = None is not allowed"),
        ({"powers": np.zeros(4)}, r"shape of powers = \(4,\) is not allowed: it must be \(1, 4\)"),
        ({"powers": np.full((1, 4), np.nan)}, "powers = .* must be finite numbers"),
        ({"powers": np.full((1, 4), 1j)}, r"powers = .* must be an array of the shape \(1, 4\)"),
        ({"swings": None}, "swings = None is not allowed: it must be counts and troughs"),
        ({"swings": (np.zeros((1, 6)),)}, "swings = .* must be counts and troughs"),
        ({"swings": (np.zeros((1, 6)), np.zeros(6))}, r"shape of troughs of swings = \(6,\) .* must be \(1, 6\)"),
        ({"traces": np.zeros(4)}, "traces = .* must be None"),
        ({"membrane": 3}, "membrane = 3 is not allowed: it must be None"),
    ],
)
def test_a_record_that_cannot_be_right_is_refused(other, said):
    with pytest.raises(InputError, match=rf"^backend changed: record\(\): {said}"):
        sh.simulate(HH, DRIVE, backend=Changed(other), duration=10.0, seed=1, progress=False)


HH = sh.HodgkinHuxley()
SAMPLING = sh.Sampling(("V",), interval=0.5, segment=8.0, longest_lag=4.0)


@pytest.mark.parametrize(
    ("asked", "other", "said"),
    [
        ({"trace_interval": 1.0}, {"traces": None}, "traces = None is not allowed"),
        ({"trace_interval": 1.0}, {"traces": np.zeros((1, 4, 3))}, r"shape of traces = \(1, 4, 3\) .* \(1, 4, 11\)"),
        ({"trace_interval": 1.0}, {"traces": np.full((1, 4, 11), np.nan)}, "traces = .* must be finite numbers"),
        ({"membrane": SAMPLING}, {"membrane": None}, "membrane = None is not allowed: it must be a Membrane"),
        (
            {"membrane": SAMPLING},
            lambda left: replace(left, membrane=replace(left.membrane, sampling=sh.Sampling())),
            "sampling of membrane = .* must be that of the task",
        ),
    ],
)
def test_a_record_without_what_the_task_asks_for_is_refused(asked, other, said):
    with pytest.raises(InputError, match=rf"^backend changed: record\(\): {said}"):
        sh.simulate(HH, DRIVE, backend=Changed(other), duration=10.0, seed=1, progress=False, **asked)


def test_a_recorder_is_of_one_trial():
    several = type("Several", (Counts,), {"lanes": 4})()
    with pytest.raises(
        InputError, match=r"^backend counts: task.n = 4 is not allowed: it must be 1, .*leave `lanes` at"
    ):
        sh.simulate(NEURON, DRIVE, backend=several, **RUN)


@pytest.mark.parametrize("reached", ["x", np.nan, -5.0, 1e9, True, [1]])
def test_a_time_reached_is_one_of_the_trial(reached):
    block = SimpleNamespace(advance=lambda stretch: reached if stretch else 0.0, record=None)
    with pytest.raises(InputError, match=r"^backend opens: advance\(stretch\): time reached = .* of at least 0 and at"):
        sh.simulate(NEURON, DRIVE, backend=Opens(block), duration=10.0, seed=1, progress=False)


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


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        ("colour", ["nocolour", "", 3, None, "#12", "2.0", "0.5 "]),
        (
            "dashes",
            [3, "dash", None, (), (0, (1,)), (0, ()), (0, (0, 0)), (0, (1, -2)), (0, (1, "a")), (0, (1, np.nan))],
        ),
    ],
)
def test_lines_that_figures_cannot_draw_are_not_registered(member, wrong):
    for value in wrong:
        with pytest.raises(InputError, match=f"^backend Green: {member} = "):
            register(dataclass(frozen=True)(type("Green", (Counts,), {"name": "green", member: value})))
    assert "green" not in BACKENDS


@pytest.mark.parametrize("colour", ["#009E73", "0.45", "0", "1.0", ".5"])
@pytest.mark.parametrize("dashes", ["solid", "dashdot", (0, (1, 1)), (1.5, [3.5, 1.2, 1, 1])])
def test_matplotlib_draws_the_lines_that_may_be_registered(colour, dashes):
    from matplotlib.lines import Line2D

    kind = dataclass(frozen=True)(type("Green", (Counts,), {"name": "green", "colour": colour, "dashes": dashes}))
    try:
        assert BACKENDS[register(kind).name] is kind
        assert Line2D([0, 1], [0, 1], color=plotting.colour_of("green"), linestyle=plotting.dashes_of("green"))
    finally:
        del BACKENDS["green"]


def test_a_setting_of_another_backend_is_refused_with_both_names(registered):
    remedy = r"it is a setting of diffusion: write backend=Diffusion\(scheme='heun'\)"
    for backend in ("counts", Counts()):
        with pytest.raises(
            InputError, match=rf"^scheme = 'heun' .* omitted, since the counts backend has no such setting; {remedy}"
        ):
            sh.simulate(NEURON, DRIVE, backend=backend, scheme="heun", **RUN)


def test_a_setting_of_an_own_backend_is_given_to_it():
    @dataclass(frozen=True)
    class Odd(Counts):
        order: int = 1
        name = "odd"

    with pytest.raises(InputError, match=r"^order = 2 .* given to the backend; write backend=Odd\(order=2\)"):
        sh.simulate(NEURON, DRIVE, backend=Odd(), order=2, **RUN)


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
