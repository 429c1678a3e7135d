"""Errors are data: argument, value, what is allowed, what to do, and where; the sentence is made of these alone.

Would catch: an error without its argument or line, a place that is told twice or in the wrong order, a sentence that
says something else than the data, data that are lost on the way through pydantic, typer or pickle.
"""

import copy
import pickle

import numpy as np
import pytest

import stochhh as sh
from stochhh.cli import command, main
from stochhh.directories import filling
from stochhh.errors import InputError, SimulationError, choice, integer, real, within
from stochhh.experiment import Experiment
from stochhh.files import replacing

TOML = """\
[neuron]
I_app = 3.0
initial = [-65.0, 0.1, 0.6, 0.32]

[[population]]
name = "exc"
n = 80
rate = 10.0
weight = 1.0

[simulation]
duration = 100.0
seed = 1

[compare.margins]
cv = 0.1
"""


def caught(call, *arguments, kind=InputError, **options):
    with pytest.raises(kind) as refusal:
        call(*arguments, **options)
    return refusal.value


def data(error):
    return error.argument, error.value, error.allowed


class TestSentence:
    def test_of_an_argument(self):
        error = InputError("dt", -1, "a finite number above 0", "0.01 is the default")
        assert str(error) == "dt = -1 is not allowed: it must be a finite number above 0; 0.01 is the default"
        assert data(error) == ("dt", -1, "a finite number above 0") and error.remedy == "0.01 is the default"
        assert str(InputError("dt", -1, "positive")) == "dt = -1 is not allowed: it must be positive"

    def test_of_what_is_no_single_argument(self):
        error = InputError("the two results have different windows", remedy="simulate both again")
        assert str(error) == "the two results have different windows; simulate both again"
        assert data(error) == (None, None, "") and error.fault == "the two results have different windows"
        assert str(InputError("a command is missing", allowed="one of run, trace")) == (
            "a command is missing: it must be one of run, trace"
        )

    def test_a_value_may_be_none(self):
        error = InputError("n_trials", None, "given")
        assert str(error).startswith("n_trials = None is") and error.argument == "n_trials"

    def test_places_come_first_and_from_the_outside(self):
        error = InputError("n", -1, "a whole number", where=[("population", "exc")])
        with pytest.raises(InputError) as refusal, within(file="a.toml", line=7), within(table=("population", 0)):
            raise error
        assert refusal.value is error
        assert error.where == (
            ("file", "a.toml"), ("line", 7), ("table", ("population", 0)), ("population", "exc"),
        )  # fmt: skip
        assert str(error) == "a.toml, line 7: population 'exc': n = -1 is not allowed: it must be a whole number"
        assert error.place("line") == 7 and error.place("trial") is None

    @pytest.mark.parametrize(
        ("places", "begins"),
        [
            ({"option": "--save-events"}, "--save-events: x = 1"),
            ({"argument": "margins"}, "margins x = 1"),
            ({"model": "Mine", "member": "vector_field"}, "model Mine: vector_field: x = 1"),
            ({"file": "a.nc", "variable": "V", "attribute": "units"}, "a.nc: variable V: attribute units: x = 1"),
            ({"line": 3}, "line 3: x = 1"),
            ({"table": ("neuron",)}, "x = 1"),
            ({"trial": 7}, "trial 7: x = 1"),
        ],
    )
    def test_each_place_in_its_words(self, places, begins):
        assert str(InputError("x", 1, "2").within(**places)).startswith(f"{begins} is not allowed")

    def test_a_place_is_told_once(self, tmp_path):
        error = InputError("this is a directory").within(file=tmp_path).within(file=str(tmp_path))
        assert error.where == (("file", str(tmp_path)),)

    def test_advice_is_added(self):
        error = InputError("n", 1.5, "a whole number").advised("round it").advised("n: number of neurons")
        assert error.remedy == "round it; n: number of neurons" and str(error).endswith(f"; {error.remedy}")

    @pytest.mark.parametrize(
        "error",
        [
            InputError("n", -1, "positive", "raise it", [("file", "a.toml"), ("line", 3)]),
            InputError("this is not TOML", remedy="write TOML").within(line=2),
            SimulationError("it failed").within(trial=3),
        ],
    )
    def test_it_survives_a_copy_and_another_process(self, error):
        for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
            assert type(other) is type(error) and str(other) == str(error) and vars(other) == vars(error)

    def test_values_are_quoted_on_one_line_as_a_reader_writes_them(self):
        assert str(InputError("x", np.float64(0.5), "1")).startswith("x = 0.5 is")
        assert str(InputError("x", [np.int64(3)], "1")).startswith("x = [3] is")
        assert str(InputError("x", np.eye(2), "1")).startswith("x = array([[1., 0.], [0., 1.]]) is")


class TestPython:
    @pytest.mark.parametrize(
        ("call", "found"),
        [
            (lambda: real("dt", "x", above=0, unit="ms"), ("dt", "x", "a finite number above 0 (ms)")),
            (lambda: integer("n", 1.5, at_least=0), ("n", 1.5, "a whole number of at least 0")),
            (lambda: choice("scheme", "rk4", ["heun", "sra1"]), ("scheme", "rk4", "one of heun, sra1")),
            (lambda: choice("scheme", ["heun"], ["heun"]), ("scheme", ["heun"], "one of heun")),
            (lambda: sh.statistics.isi_histogram(sh.SpikeTrains([], [], 1, 0, 9), [5.0, 1.0]),
             ("edges", [5.0, 1.0], "an increasing sequence of at least two positive times (ms)")),
        ],
    )  # fmt: skip
    def test_the_helpers(self, call, found):
        assert data(caught(call)) == found

    def test_a_population_is_a_place(self):
        error = caught(sh.Population, "exc", n=80, rate=-1.0, weight=1.0)
        assert data(error) == ("rate", -1.0, "a finite number of at least 0 (Hz per neuron)")
        assert error.where == (("population", "exc"),)

    def test_a_part_of_an_argument(self):
        error = caught(sh.HodgkinHuxley, initial=(-65.0, 2.0, 0.6, 0.32))
        assert (error.argument, error.value, error.where) == ("m", 2.0, (("argument", "initial"),))
        assert str(error).startswith("initial m = 2.0 is not allowed: it must be ")

    def test_a_run(self):
        error = caught(sh.simulate, sh.Passive(), 3, backend="jump", duration=1.0, seed=1)
        assert (error.argument, error.value) == ("drive", 3) and "SynapticInput" in error.allowed

    def test_a_model_of_ones_own(self):
        class Mine:
            vector_field = staticmethod(lambda x, p: (0.0,))
            variables = ["V"]  # noqa: RUF012

        error = caught(sh.simulate, Mine(), [], backend="jump", duration=1.0, seed=1)
        assert error.where == (("model", "Mine"),) and "is missing" in error.fault


class TestFiles:
    @pytest.fixture
    def load(self, tmp_path):
        def load(old, new):
            assert TOML.count(old) == 1
            (tmp_path / "a.toml").write_text(TOML.replace(old, new))
            error = caught(Experiment.load, tmp_path / "a.toml")
            assert error.place("file") == str(tmp_path / "a.toml")
            return error

        return load

    def test_a_value_in_a_table(self, load):
        error = load("n = 80", 'n = "80 neurons"')
        assert data(error) == ("n", "80 neurons", "a whole number of at least 0 and at most 4294967296")
        assert [kind for kind, _ in error.where] == ["file", "line", "table", "population"]
        assert (error.place("line"), error.place("table")) == (7, ("population", 0))
        assert error.remedy == (
            "write the number alone, without quotes and unit; n: number of presynaptic neurons, 0 or more"
        )

    @pytest.mark.parametrize(
        ("old", "new", "argument", "line", "table"),
        [
            ("seed = 1", "seed = -1", "seed", 13, ("simulation",)),
            ("cv = 0.1", "cv = -0.1", "cv", 16, ("compare",)),
            ("-65.0, 0.1", "-65.0, 2.0", "m", 3, ("neuron",)),
            ("I_app = 3.0", 'model = "izhikevich"', "model", 2, ("neuron",)),
            ("I_app = 3.0", "compare = 3", None, 2, ("neuron", "compare")),
            ("rate = 10.0", "rate = 1e300", "rate", 8, ("population", 0)),
        ],
    )
    def test_the_line_is_that_of_the_argument(self, load, old, new, argument, line, table):
        error = load(old, new)
        assert (error.argument, error.place("line"), error.place("table")) == (argument, line, table)

    def test_an_entry_that_is_no_table(self, load):
        error = load(TOML, "population = [3]\n[simulation]\nduration = 1.0\nseed = 1\n")
        assert (error.argument, error.value, error.place("line")) == ("population[0]", 3, 1)

    def test_no_toml(self, load):
        error = load("[simulation]", "[simulation")
        assert error.argument is None and error.place("line") == 11 and "not valid TOML" in error.fault

    def test_a_missing_file(self, tmp_path):
        error = caught(Experiment.load, tmp_path / "none.toml")
        assert error.where == (("file", str(tmp_path / "none.toml")),) and error.fault == "this file does not exist"
        assert "stochhh example question" in error.remedy

    @pytest.mark.parametrize(
        ("text", "found", "line"),
        [
            ("t,trial\n", ("time", "time", "a column of the header, 't', 'trial'"), 1),
            ("trial,time\n0,1\n0,x\n", ("time", "x", "a finite number"), 3),
            ("trial,time\n0,1\n\n0.5,1\n", ("trial", "0.5", "a whole number, or a name"), 4),
            ("trial,time\n0,1,2\n", ("number of columns", 3, 2), 2),
        ],
    )
    def test_a_table(self, tmp_path, text, found, line):
        (tmp_path / "a.csv").write_text(text)
        error = caught(sh.SpikeTrains.from_csv, tmp_path / "a.csv", stop=100.0)
        assert data(error) == found and error.where == (("file", str(tmp_path / "a.csv")), ("line", line))

    def test_spikes_of_a_file_that_do_not_fit(self, tmp_path):
        (tmp_path / "a.csv").write_text("trial,time\n0,1\n0,70\n")
        error = caught(sh.SpikeTrains.from_csv, tmp_path / "a.csv", stop=50.0, n_trials=1, unit="ms")
        assert data(error)[:2] == ("time", 70.0)
        assert error.where == (("file", str(tmp_path / "a.csv")), ("line", 3), ("trial", 0))

    def test_a_temporary_directory_is_nobodys_business(self, tmp_path):
        def fill():
            with filling(tmp_path) as part, replacing(part / "none" / "a.csv"):
                pass

        error = caught(fill)
        assert error.where == (("file", str(tmp_path / "none" / "a.csv")),)


class TestCommandLine:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "a.toml").write_text(TOML)
        (tmp_path / "wrong.toml").write_text(TOML.replace("0.1, 0.6", "2.0, 0.6"))

    @pytest.mark.parametrize(
        ("arguments", "found", "where"),
        [
            (("--seed", "1.5"), ("--seed", "1.5", "a whole number of at least 0"), ()),
            (("--duration", "-3"), ("--duration", -3.0, "a finite number above 0 (ms)"), ()),
            (("--precision", "cv"), ("--precision", "cv", None), ()),
            (("--precision", "cv=0"), ("cv", "0", None), (("argument", "--precision"),)),
            (("--events", "none.csv"), (None, None, ""), (("file", "none.csv"),)),
        ],
    )  # fmt: skip
    def test_an_option(self, capsys, arguments, found, where):
        error = caught(command, ("run", "a.toml", "--backend", "jump", *arguments))
        assert data(error)[:2] == found[:2] and found[2] in (None, error.allowed) and error.where == where
        assert main(("run", "a.toml", "--backend", "jump", *arguments)) == 2
        assert capsys.readouterr().err == f"stochhh: {error}\n"

    def test_what_the_help_is_called(self):
        assert (
            caught(command, ("run", "a.toml", "--backend", "jump", "--seed", "x")).remedy == "see `stochhh run --help`"
        )

    def test_a_file(self, capsys):
        error = caught(command, ("theory", "wrong.toml"))
        assert error.where[:2] == (("file", "wrong.toml"), ("line", 3)) and error.argument == "m"
        assert main(("theory", "wrong.toml")) == 2 and capsys.readouterr().err == f"stochhh: {error}\n"

    def test_what_an_option_asks_for_fails(self):
        error = caught(command, ("run", "a.toml", "--backend", "diffusion", "--save-events", "b.csv"))
        assert (error.argument, error.value, error.where) == ("backend", "diffusion", (("option", "--save-events"),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a = "b\n', "line 1: this is not valid TOML: a text is not closed on this line; end it with the quote"),
        ("a = 'b\n", "a text is not closed; end it"),
        ('a = """b\nc\n', "a text is not closed; end it"),
    ],
)
def test_a_missing_quote_is_called_that(tmp_path, text, said):
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        Experiment.load(tmp_path / "a.toml")
    assert said in str(caught.value) and "\\n" not in str(caught.value)


def test_one_allowed_number_is_no_range():
    with pytest.raises(InputError, match=r"weight_sd = -1 is not allowed: it must be 0 \(mV\); that of the constant"):
        sh.Population("exc", 10, 1.0, 1.0, weight_sd=-1)


def test_the_argument_of_an_example_has_its_own_name():
    with pytest.raises(InputError, match=r"^name = 'quesion' .*did you mean 'question'"):
        Experiment.example("quesion")
