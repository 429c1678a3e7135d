"""The experiment file.

Would catch: a key without a meaning, a fault on the wrong line, a setting that does not reach the run, a file that
does not say the same after it was written and read.
"""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochhh import HodgkinHuxley, InputError, Jump, Population, SynapticInput, examples
from stochhh.backends import BACKENDS, Diffusion
from stochhh.experiment import Compare, Experiment, Simulation
from stochhh.models import MODELS
from stochhh.tables import meanings

SHORT = "[simulation]\nduration = 10\nseed = 1\n"
POPULATION = '[[population]]\nname = "a"\nn = 50\nrate = 40\np = 0.5\nweight = 2\n'


@pytest.fixture
def load(tmp_path):
    """Load a text as an experiment file."""

    def load(text):
        (tmp_path / "a.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
        return Experiment.load(tmp_path / "a.toml")

    return load


def refusal(load, text):
    """What is said of a file, after its name; it is one line."""
    with pytest.raises(InputError) as refused:
        load(text)
    said = str(refused.value)
    assert "\n" not in said and "a.toml" in said
    return said.partition("a.toml")[2].lstrip(", ")


class TestLoad:
    def test_the_original_problem(self, tmp_path):
        experiment = Experiment.load(examples.write("question", tmp_path))
        assert experiment.neuron == HodgkinHuxley()
        assert experiment.drive == SynapticInput(
            Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
            Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
        )
        assert experiment.simulation == Simulation(duration=10_000, transient=200, n_trials=100, seed=1)
        assert experiment.backend("jump") == Jump(tolerance=1e-3)
        assert experiment.backend("diffusion") == Diffusion(dt=0.01)

    def test_cortex_5000(self, tmp_path):
        drive = Experiment.load(examples.write("cortex-5000", tmp_path)).drive
        assert [(p.n, p.rate, p.p, p.weight) for p in drive.populations] == [
            (4000, 10.0, 0.5, 0.1),
            (1000, 10.0, 0.5, -0.4),
        ]

    @pytest.mark.parametrize("name", examples.names())
    def test_every_example_loads_and_has_a_title(self, tmp_path, name):
        assert Experiment.load(examples.write(name, tmp_path)) == Experiment.example(name)
        assert examples.title(name)

    def test_what_may_be_left_out(self, load):
        experiment = load(SHORT)
        assert experiment.neuron == HodgkinHuxley() and experiment.drive == SynapticInput()
        assert experiment.simulation == Simulation(duration=10.0, seed=1, transient=0.0, n_trials=1)
        assert experiment.compare == Compare(0.95, {})
        assert all(experiment.backend(name) == kind() for name, kind in BACKENDS.items())

    def test_every_setting_arrives(self, load):
        experiment = load(
            SHORT + "transient = 1\nn_trials = 3\n"
            '[neuron]\nmodel = "hodgkin-huxley"\nC_m = 2\ng_Na = 1\ng_K = 2\ng_L = 3\nE_Na = 4\nE_K = 5\nE_L = 6\n'
            "I_app = 7\nphi = 8\ninitial = [-70, 0.1, 0.2, 0.3]\nthreshold = -10\nrearm = -20\n"
            "[backend.jump]\ntolerance = 1e-4\nlanes = 8\n"
            '[backend.diffusion]\ndt = 0.02\nscheme = "euler-maruyama"\n[backend.per-neuron]\ndt = 0.03\n'
            "[compare]\nlevel = 0.9\n[compare.margins]\nrate = 0.5\nV_mean = 0\n"
        )
        assert experiment.neuron.as_dict() == {
            **{"C_m": 2, "g_Na": 1, "g_K": 2, "g_L": 3, "E_Na": 4, "E_K": 5, "E_L": 6, "I_app": 7, "phi": 8},
            **{"initial": (-70, 0.1, 0.2, 0.3), "threshold": -10, "rearm": -20},
        }
        assert experiment.backend("jump") == Jump(tolerance=1e-4, lanes=8)
        assert experiment.backend("per-neuron").dt == 0.03 and experiment.backend("diffusion").dt == 0.02
        assert experiment.compare == Compare(0.9, {"rate": 0.5, "V_mean": 0})
        assert experiment.simulation == Simulation(10.0, 1, 1.0, 3)

    @pytest.mark.parametrize("model", MODELS)
    def test_every_model(self, load, model):
        experiment = load(SHORT + f"[neuron]\nmodel = '{model}'\nI_app = 1.5\n")
        assert experiment.neuron == MODELS[model](I_app=1.5)
        assert load(experiment.to_toml()) == experiment

    def test_other_ways_to_write_it(self, load):
        """Dotted keys, inline tables, a byte order mark, line ends of another system, rest as the initial state."""
        text = (
            '\ufeffneuron.initial = "rest"\r\nsimulation = {duration = 10, seed = 1}\r\n'
            "backend.jump.tolerance = 1e-4\r\n"
            'population = [{name = "a", n = 1, rate = 2, p = 1, weight = 3}]\r\n'
        )
        experiment = load(text)
        assert experiment.neuron.initial == "rest" and experiment.backend("jump").tolerance == 1e-4
        assert experiment.drive.populations == (Population("a", 1, 2.0, 3.0, 1.0),)


class TestToml:
    @given(
        name=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="."), min_size=1),
        weight=st.floats(-1e6, 1e6),
        seed=st.integers(0, 2**64 - 1),
        duration=st.floats(1e-300, 1e300),
    )
    def test_there_and_back(self, tmp_path_factory, name, weight, seed, duration):
        experiment = Experiment(
            HodgkinHuxley(I_app=weight, initial="rest"),
            SynapticInput(Population(name, n=3, rate=1e-9, weight=weight, p=0.1)),
            Simulation(duration=duration, seed=seed),
            {"jump": Jump(tolerance=1e-5)},
            Compare(0.99, {"cv": 0.125}),
        )
        path = tmp_path_factory.mktemp("toml") / "a.toml"
        path.write_text(experiment.to_toml(), encoding="utf-8")
        assert Experiment.load(path) == experiment

    @pytest.mark.parametrize("name", examples.names())
    def test_examples(self, tmp_path, name, load):
        experiment = Experiment.load(examples.write(name, tmp_path))
        assert load(experiment.to_toml()) == experiment


class TestFaults:
    """Where a fault is; what is said of each key is in test_bad_input."""

    @pytest.mark.parametrize("kind", [*MODELS.values(), Population, Simulation, Compare, *BACKENDS.values()])
    def test_every_key_has_a_meaning(self, kind):
        said = meanings(kind)
        assert list(said) == [f.name for f in fields(kind)]
        assert "a setting" not in said.values() and all(len(text) > 8 for text in said.values())

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            (SHORT + "[neuron]\n\n# why\nI_ap = 3\n", 7),
            (SHORT + "[neuron]\ninitial = [\n  -65, # V\n\n  2,\n  0.6, 0.32]\n", 5),
            (SHORT + 'population = [\n{name = "a", n = 1, rate = 2, p = 1, weight = 3},\n{n = 1}]\n', 4),
            ("neuron.I_app = 3\nneuron.phi = 0\n" + SHORT, 2),
            (SHORT + '[neuron]\nmodel = """hodgkin-\n[simulation]\nhuxley"""\n', 5),
            (SHORT.replace("\n", "\r\n") + "[backend.diffusion]\r\n\r\ndt = -1\r\n", 6),
            (SHORT + "[backend]\njump.tolerance = 3\n", 5),
            (SHORT + "[backend]\njump = {tolerance = 3}\n", 5),
            (POPULATION + POPULATION.replace("50", "1.5") + SHORT, 9),
            (SHORT + "[compare.margins]\nrate = 1\ncv = -1\n", 6),
            ("[simulation]\nseed = 1\n", 1),
            ("[simulation]\nduration = 10\nseed = 1\ntransient = 10\n", 4),
        ],
    )
    def test_the_line_is_named(self, load, text, line):
        assert refusal(load, text).startswith(f"line {line}: ")

    def test_a_table_that_is_missing_has_no_line(self, load):
        assert refusal(load, "").startswith(": the file lacks [simulation] (duration, transient, n_trials and seed)")

    def test_the_second_of_two_namesakes_is_named(self, load):
        assert refusal(load, SHORT + 2 * POPULATION).startswith("line 11: population 'a': name = 'a' is not all")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[neuron]\ni_app = 3", "did you mean 'I_app' (constant applied current, uA/cm2"),
            ("[neuron]\nmodell = 'x'", "did you mean 'model' (name of the neuron model)?"),
            ("[neuron]\nseed = 3", "it belongs in [simulation]"),
            ("dt = 3", "it belongs in [backend.per-neuron] or [backend.diffusion]"),
            ("[compare]\nweight = 3", "it belongs in [[population]]"),
            ("[compare]\nquux = 3", "its keys are level, margins"),
        ],
    )
    def test_an_unknown_key_comes_with_advice(self, load, text, said):
        text = f"{text}\n{SHORT}"
        assert said in refusal(load, text)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[neuron\n", "line 1: this is not valid TOML: expected ']'"),
            ("[neuron]\nI_app = 3 uA\n", "line 2: this is not valid TOML: expected newline or end of"),
            ("[neuron]\nI_app = three\n", "line 2: this is not valid TOML: invalid value; give a number"),
            ("[neuron]\nI_app = 3\nI_app = 4\n", "line 3: this is not valid TOML: cannot overwrite a value; give"),
            ("[population]\n[population]\n", "line 2: this is not valid TOML: cannot declare ('population',) twice; a"),
            ("x = " + "[" * 100_000, ""),
            ("x = " + "1" * 5000, ""),
        ],
    )  # fmt: skip
    def test_no_toml(self, load, text, said):
        assert refusal(load, text).startswith(said)

    def test_one_pair_of_brackets(self, load):
        assert refusal(load, SHORT + "[population]\nname = 'a'\n").startswith(
            "line 4: population = {'name': 'a'} is not"
        )


class TestRuns:
    def test_other_settings(self, load):
        experiment = load(SHORT)
        other = experiment.with_simulation(duration=20.0, n_trials=None, seed=5)
        assert other.simulation == Simulation(20.0, 5, 0.0, 1) and experiment.simulation.seed == 1
        assert experiment.with_simulation() == experiment
        with pytest.raises(InputError, match=r"transient = 30\.0 is not allowed: it must be below the duration, 20 ms"):
            other.with_simulation(transient=30.0)

    def test_the_run_is_that_of_the_file(self, load):
        experiment = load(SHORT + "n_trials = 2\ntransient = 1\n[neuron]\nI_app = 10\n[backend.diffusion]\ndt = 0.02\n")
        result = experiment.simulate("diffusion")
        made = result.provenance
        assert made["settings"]["dt"] == 0.02 and made["neuron"]["I_app"] == 10
        assert (made["n_trials"], made["duration"], made["transient"], made["seed"]) == (2, 10.0, 1.0, 1)
        with pytest.raises(InputError, match="must be one of per-neuron, jump, diffusion"):
            experiment.simulate("exact")

    @pytest.mark.parametrize(("backend", "duration"), [("jump", 10.0), ("diffusion", 10.0), ("diffusion", 0.5)])
    def test_a_trace_is_fine_enough(self, load, backend, duration):
        experiment = load(SHORT + "[backend.diffusion]\ndt = 0.03\n")
        traces = experiment.trace(backend, duration=duration).traces
        steps = np.diff(traces.time)
        assert traces.time[0] == 0 and steps.max() <= 0.0600001 and traces.time[-1] > duration - 0.0600001
        if backend == "diffusion":
            assert steps[0] / 0.03 == pytest.approx(round(steps[0] / 0.03), rel=1e-12)

    def test_a_long_trace_is_bounded(self, load, monkeypatch):
        asked = {}
        monkeypatch.setattr("stochhh.simulation.simulate", lambda *_, **options: asked.update(options))
        for backend in BACKENDS:
            load(SHORT).trace(backend, trial=7, duration=1e6)
            assert asked["first_trial"] == 7 and asked["n_trials"] == 1
            assert asked["duration"] / asked["trace_interval"] <= 200_000

    @pytest.mark.parametrize(("workers", "lanes"), [(1, 64), (3, 16)])
    def test_a_trace_uses_the_kernels_of_the_run(self, load, monkeypatch, workers, lanes):
        """Of 40 trials on so many threads: nothing is compiled for the trace alone."""
        asked = {}
        monkeypatch.setattr("stochhh.simulation.simulate", lambda *_, **options: asked.update(options))
        load(SHORT + "n_trials = 40\n").trace("jump", workers=workers)
        assert asked["backend"].lanes == lanes and asked["workers"] == workers

    @pytest.mark.parametrize("backend", ["jump", "per-neuron"])
    def test_the_events_are_those_that_the_run_draws(self, load, backend):
        experiment = load(SHORT.replace("10", "40") + "n_trials = 2\n" + POPULATION)
        events = experiment.draw_events(backend)
        drawn, replayed = experiment.simulate(backend), experiment.simulate(backend, events=events)
        assert len(drawn.spikes.time) > 0
        assert np.array_equal(drawn.spikes.time, replayed.spikes.time)
        assert np.array_equal(drawn.moments.powers, replayed.moments.powers)

    def test_events_that_cannot_be_had(self, load):
        experiment = load(SHORT + POPULATION.replace("50", "10000000"))
        with pytest.raises(
            InputError, match="'diffusion' is not allowed: it must be per-neuron or jump, the backends that draw"
        ):
            experiment.draw_events("diffusion")
        with pytest.raises(
            InputError, match=r"n_trials = 100000 is not .* may need .* GiB, more than half of the memory"
        ):
            experiment.with_simulation(n_trials=100_000).draw_events("jump")
