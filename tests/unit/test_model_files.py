"""A model of one's own in an experiment file: [neuron] model = "FILE.py:CLASS", executed only where that is allowed.

Would catch: code that runs without --allow-code, or on --help; a traceback of the user's file; a copy of an experiment
that is not the same, or needs a file that is gone; a kernel of the file as it was before an edit.
"""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import stochhh as sh
from stochhh import Experiment, InputError
from stochhh.cli import main
from stochhh.model_files import source, written

MODEL = '''"""A leak, and classes that are wrong in one thing each."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

with Path(os.environ.get("LOADED", os.devnull)).open("a") as note:
    note.write("loaded\\n")
print("printed")


class Constants(NamedTuple):
    g: float
    per_slope: float


@dataclass(frozen=True)
class Leaky:
    """A leak.

    Arguments:
        g: conductance, mS/cm2.
    """

    g: float = 0.1
    slope: float = 2.0
    initial: tuple = (-60.0,)

    name = "leaky"
    variables = ("V",)
    ranges = ((-200.0, 200.0),)
    scales = (100.0,)
    threshold, rearm = 0.0, -30.0

    def parameters(self):
        return Constants(self.g, 1.0 / self.slope)

    def initial_state(self):
        return tuple(self.initial)

    def as_dict(self):
        return asdict(self)

    @staticmethod
    def vector_field(x, p):
        return (p.g * (-50.0 - x[0]),)

    @staticmethod
    def membrane_rate(x, p):
        return p.g


class ByKeyword(Leaky):
    def __init__(self, *, tau, floor=True, **more):
        self.__dict__.update(g=1 / tau, tau=tau)

    def as_dict(self):
        return {"tau": self.tau, "note": "more than the constructor takes"}


class Whole(ByKeyword):
    def __init__(self, n: int = 3, label: str = "a", on: bool = True):
        self.__dict__.update(g=0.1 * n, n=n, label=label, on=on)

    def as_dict(self):
        return {"n": self.n, "label": self.label, "on": self.on}


class Loud(Leaky):
    def __init__(self):
        print("made")


class Leaves(Leaky):
    def __init__(self):
        raise SystemExit(0)


class Unfinished(Leaky, ABC):
    @abstractmethod
    def more(self): ...


class Taken(Leaky):
    name = "passive"


class Lacks(Leaky):
    scales = (1.0, 2.0)


class Forgets(Leaky):
    def as_dict(self):
        return {}


class NotANumber(Leaky):
    def as_dict(self):
        return {"g": float("nan")}


class CalledModel(Leaky):
    def __init__(self, model=1):
        pass


class OfPython(dict):
    vector_field = None


class Other:
    pass


number = 3
'''
RUN = "[simulation]\nduration = 20\nseed = 1\n"
LIBRARY = "hodgkin-huxley, passive, leaky-integrate-and-fire, morris-lecar, wang-buzsaki, traub-miles"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a model; the working directory is another one, and the file says when it is executed."""
    place = tmp_path / "with a model"
    place.mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("LOADED", str(tmp_path / "loaded"))
    (place / "mine.py").write_text(MODEL)
    return place


def times_loaded(folder):
    note = folder.parent / "loaded"
    return len(note.read_text().splitlines()) if note.exists() else 0


def experiment_of(folder, neuron, body=RUN):
    path = folder / "a.toml"
    path.write_text(f"{body}\n[neuron]\n{neuron}\n")  # the model on line 6
    return path


def load(folder, neuron, **options):
    return Experiment.load(experiment_of(folder, neuron), **{"allow_code": True, **options})


def refusal(folder, neuron, **options):
    with pytest.raises(InputError) as refused:
        load(folder, neuron, **options)
    said = str(refused.value)
    assert "\n" not in said and "a.toml, line " in said
    return said.partition("a.toml, ")[2]


class TestAllowed:
    COMMANDS = (
        ("trace", "--backend", "jump", "--out", "t"),
        ("run", "--backend", "jump"),
        ("compare",),
        ("theory",),
    )

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
    def test_every_command_refuses_without_the_option(self, folder, command, capsys):
        path = experiment_of(folder, 'model = "mine.py:Leaky"')
        assert main([command[0], str(path), *command[1:]]) == 2
        output, error = capsys.readouterr()
        assert output == "" and error.count("\n") == 1 and times_loaded(folder) == 0
        for said in ("a.toml, line 6: model = 'mine.py:Leaky'", "mine.py would be executed as code", "--allow-code"):
            assert said in error

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
    def test_every_command_takes_the_option(self, folder, command, monkeypatch):
        given = []
        monkeypatch.setattr(Experiment, "load", lambda path, allow_code: given.append(allow_code) or sys.exit(7))
        with pytest.raises(SystemExit):
            main([command[0], "a.toml", *command[1:], "--allow-code"])
        assert given == [True]

    @pytest.mark.parametrize("allow_code", [False, None, 0, 1, "no", "yes"])
    def test_nothing_but_true_allows(self, folder, allow_code):
        said = refusal(folder, 'model = "mine.py:Leaky"', allow_code=allow_code)
        assert "(in Python: allow_code=True)" in said and times_loaded(folder) == 0
        with pytest.raises(InputError, match="executed as code"):
            Experiment.from_dict({"neuron": {"model": "mine.py:Leaky"}}, allow_code=allow_code, folder=folder)
        with pytest.raises(InputError, match="executed as code"):
            Experiment.load(folder / "a.toml")

    def test_it_is_loaded_with_it(self, folder, capsys):
        neuron = load(folder, 'model = "mine.py:Leaky"\ng = 1').neuron
        assert (type(neuron).__name__, neuron.g, neuron.slope) == ("Leaky", 1.0, 2.0)
        assert times_loaded(folder) == 1
        assert capsys.readouterr().out == ""  # where --json prints; what the file prints goes to standard error
        assert not list(folder.glob("__pycache__"))

    def test_what_a_constructor_prints_is_no_result(self, folder, capsys):
        load(folder, 'model = "mine.py:Loud"')
        output, error = capsys.readouterr()
        assert output == "" and "made" in error

    def test_help_completion_and_example_execute_nothing(self, folder):
        experiment_of(folder, 'model = "mine.py:Leaky"')
        completing = {
            "_STOCHHH_COMPLETE": "complete_bash",
            "COMP_WORDS": "stochhh run a.toml --allow-",
            "COMP_CWORD": "3",
        }
        for words, more in (
            (["run", "--help"], {}),
            (["example"], {}),
            (["example", "question"], {}),
            ([], completing),
        ):
            command = [sys.executable, "-c", "import sys; from stochhh.cli import main; sys.exit(main())", *words]
            done = subprocess.run(command, cwd=folder, env=os.environ | more, capture_output=True, text=True)
            assert done.returncode == 0 and done.stdout, done.stderr
            assert "--allow-code" in done.stdout or words[:1] == ["example"]
        assert times_loaded(folder) == 0


class TestRefused:
    @pytest.mark.parametrize(
        ("neuron", "said"),
        [
            ('model = "mine.py"', "model = 'mine.py' .* must be FILE.py:CLASS, .*; such as mine.py:Leaky"),
            ('model = "mine.py:"', "such as mine.py:Leaky"),
            ('model = "none.py"', "such as none.py:CLASS"),
            ('model = "mine.txt:Leaky"', rf"one of {LIBRARY}; a model of your own is named as FILE.py:CLASS"),
            ("model = 3", f"one of {LIBRARY}"),
        ],
    )
    def test_a_name_that_is_none_is_refused_without_the_option_too(self, folder, neuron, said):
        for allow_code in (True, False):
            assert re.match(f"line 6: .*{said}", refusal(folder, neuron, allow_code=allow_code))
        assert times_loaded(folder) == 0

    @pytest.mark.parametrize(
        ("neuron", "said"),
        [
            (
                'model = "none.py:K"',
                "line 6: model .*none.py: this file does not exist; name the file as FILE.py:CLASS",
            ),
            ('model = ".py:K"', r"line 6: model .*\.py: this file does not exist"),
            ('model = "a\\u0000.py:K"', "line 6: model path = .* without the character NUL"),
            ('model = "mine.py:Leak"', "line 6: .* the file defines: Leaky, ByKeyword, .*; did you mean 'Leaky'?"),
            ('model = "mine.py:number"', "line 6: .* a class that the file defines"),
            ('model = "mine.py:Path"', "line 6: .* a class that the file defines"),  # imported
            ('model = "mine.py:Other"', "line 6: .* this class has no vector_field; models of the file: Leaky"),
            ('model = "mine.py:OfPython"', "line 6: .* a class with a constructor of its own"),
            ('model = "mine.py:CalledModel"', "line 6: .* without an argument called model"),
            ('model = "mine.py:Lacks"', "line 5: model Lacks: scales = .* a number for each of V"),
            ('model = "mine.py:Forgets"\ng = 3', r"line 5: model Forgets: as_dict\(\) = {} .* same neuron again"),
            ('model = "mine.py:NotANumber"', r"line 5: model NotANumber: as_dict\(\) = "),
            ('model = "mine.py:Leaves"', r"model Leaves: it cannot be made \(mine.py, line \d+\): SystemExit: 0"),
            ('model = "mine.py:Unfinished"', r"it cannot be made \(mine.py\): TypeError: Can't instantiate abstract"),
            (
                'model = "mine.py:Taken"',
                "model Taken: name = 'passive' .* than that of a model of the library, Passive",
            ),
            ('model = "mine.py:ByKeyword"', r"line 5: \[neuron\] lacks 'tau' \(a setting\); add it"),
            ('model = "mine.py:ByKeyword"\ntau = 0', r"cannot be made \(mine.py, line 59\): ZeroDivisionError: divi"),
            ('model = "mine.py:ByKeyword"\nrest = 0', r"has no key 'rest'; its keys are model, tau, floor$"),
            (
                'model = "mine.py:Leaky"\nslope = 0',
                r"line 5: model Leaky: parameters\(\) fails \(mine.py, line 40\): Zero",
            ),
            ('model = "mine.py:Leaky"\n\nG = 3', r"line 8: \[neuron\] has no key 'G'; did you mean 'g' \(conductance"),
            (
                'model = "mine.py:Leaky"\nzz = 3',
                r"line 7: \[neuron\] has no key 'zz'; its keys are model, g, slope, ini",
            ),
            (
                'model = "mine.py:Leaky"\ng = "3 mS"',
                "line 7: g = '3 mS' .* finite number; .* quotes .*; g: conductance",
            ),
            ('model = "mine.py:Leaky"\nslope = [3]', r"line 7: .* finite number; slope: a setting, by default 2\.0$"),
            ('model = "mine.py:Leaky"\ninitial = [500]', r"line 5: model Leaky: initial_state\(\): V = 500 is not"),
            ('model = "mine.py:Whole"\nn = 1.5', "line 7: n = 1.5 .* a whole number"),
            ('model = "mine.py:Whole"\nlabel = 1', "line 7: label = 1 .* a text"),
            ('model = "mine.py:Whole"\non = 1', "line 7: on = 1 .* true or false"),
        ],
    )
    def test_what_is_wrong_is_named(self, folder, neuron, said):
        assert re.search(said, refusal(folder, neuron))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("\ndef f():\n    return 1 / 0\n\nf()\n", "bad.py, line 3: ZeroDivisionError: division by zero"),
            ("import json\njson.loads('')", "bad.py, line 2: JSONDecodeError: Expecting value"),
            ("x = 1\ny = \n", "bad.py, line 2: SyntaxError: invalid syntax"),
            ("if 1:\npass", "bad.py, line 2: IndentationError"),
            (
                "import beside",
                "line 1: ModuleNotFoundError: No module named 'beside'; the file may import what is inst",
            ),
            ("import sys\nsys.exit('enough')", "bad.py, line 2: SystemExit: enough"),
            ("raise ValueError('two\\nlines\\x1b')", r"bad.py, line 1: ValueError: two lines\x1b"),
            ("raise GeneratorExit", "bad.py, line 1: GeneratorExit"),
            ("\0", "bad.py: "),
        ],
    )
    def test_a_file_that_cannot_be_executed(self, folder, text, said):
        (folder / "bad.py").write_text(text)
        (folder / "beside.py").write_text("")
        begin = "line 6: model = 'bad.py:K' is not allowed: it must be a file that can be executed; "
        assert re.match(re.escape(begin) + f".*{re.escape(said)}", refusal(folder, 'model = "bad.py:K"'))
        assert not [
            name for name in sys.modules if getattr(sys.modules[name], "__file__", None) == str(folder / "bad.py")
        ]

    def test_ctrl_c_is_no_fault_of_the_file(self, folder):
        (folder / "bad.py").write_text("raise KeyboardInterrupt")
        with pytest.raises(KeyboardInterrupt):
            load(folder, 'model = "bad.py:K"')


class TestWritten:
    def test_there_and_back(self, folder):
        experiment = load(folder, 'model = "mine.py:Leaky"\ng = 1\ninitial = [-55]')
        assert load(folder, 'model = "mine.py:Leaky"\ng = 1\ninitial = [-55]') == experiment
        text = experiment.to_toml()
        assert f'model = "{folder / "mine.py"}:Leaky"' in text
        again = Experiment.from_dict(tomllib.loads(text), allow_code=True)
        assert again == experiment and times_loaded(folder) == 1

    @pytest.mark.parametrize("neuron", ['ByKeyword"\ntau = 4', 'Whole"\nn = 2\nlabel = "b"\non = false'])
    def test_settings_of_a_constructor(self, folder, neuron):
        made = load(folder, f'model = "mine.py:{neuron}').neuron
        assert made.parameters() != type(made)(**({"tau": 1.0} if hasattr(made, "tau") else {})).parameters()
        table = written(made)
        assert set(table) - {"model"} == {key for key in neuron.split() if key in ("tau", "n", "label", "on")}
        assert type(made)(**{key: value for key, value in table.items() if key != "model"}).as_dict() == made.as_dict()

    def test_a_model_of_python_is_named_by_its_file(self, folder, monkeypatch):
        monkeypatch.syspath_prepend(folder)
        mine = importlib.import_module("mine")
        experiment = Experiment(mine.Leaky(g=0.5), sh.SynapticInput(), sh.experiment.Simulation(10.0, 1))
        assert f'model = "{folder / "mine.py"}:Leaky"\ng = 0.5' in experiment.to_toml()
        assert source(mine.Leaky()) == MODEL.encode()
        del sys.modules["mine"]

    def test_a_class_that_is_in_no_file_is_refused(self, folder):
        class Local(type(load(folder, 'model = "mine.py:Leaky"').neuron)):
            pass

        with pytest.raises(InputError, match=r"neuron = 'Local' .* a class that stands in a Python file, at its top"):
            written(Local())
        assert written(sh.Passive())["model"] == "passive" and source(sh.Passive()) is None

    def test_save_writes_the_model_as_it_was_executed(self, folder):
        experiment = load(folder, 'model = "mine.py:Leaky"\ng = 1')
        (folder / "mine.py").write_text("raise ValueError")
        (folder / "d").mkdir()
        experiment.save(folder / "d")
        assert (folder / "d/model.py").read_text() == MODEL
        again = Experiment.load(folder / "d/experiment.toml", allow_code=True)
        assert again.neuron.parameters() == (1.0, 0.5) and again.simulation == experiment.simulation


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    """A directory of kernels for the tests of this file."""
    place = tmp_path_factory.mktemp("kernels")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOCHHH_CACHE_DIR", str(place))
        yield SimpleNamespace(names=lambda: {path.name for path in place.glob("advance-*")})


class TestRun:
    BODY = RUN + '[[population]]\nname = "exc"\nn = 100\nrate = 10\nweight = 0.5\np = 1\n[backend.jump]\nlanes = 8\n'

    def means(self, folder):
        experiment = Experiment.load(experiment_of(folder, 'model = "mine.py:Leaky"', self.BODY), allow_code=True)
        return experiment.simulate("jump", progress=False).moments.powers[:, 0]

    def test_an_edited_model_is_compiled_anew_and_a_copied_one_is_not(self, folder, kernels):
        first = self.means(folder)
        (name,) = kernels.names()
        (folder / "mine.py").write_text(MODEL.replace("-50.0", "-40.0"))
        assert self.means(folder) > first + 1.0
        assert len(kernels.names()) == 2 and name in kernels.names()
        shutil.copytree(folder, folder.with_name("copy"))
        (folder.with_name("copy") / "mine.py").write_text(f"# the first, with another line\n{MODEL}")
        assert np.array_equal(self.means(folder.with_name("copy")), first)
        assert len(kernels.names()) == 2

    def test_another_process_and_another_path_load_the_kernel(self, folder, kernels):
        first, before = self.means(folder), kernels.names()
        shutil.move(folder / "mine.py", folder / "moved.py")
        experiment_of(folder, 'model = "moved.py:Leaky"', self.BODY)
        words = ["run", str(folder / "a.toml"), "--backend", "jump", "--json", "--allow-code"]
        command = [sys.executable, "-m", "stochhh", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "printed" in done.stderr and "compiling" not in done.stderr
        assert json.loads(done.stdout)["statistics"]["V_mean"]["value"] == pytest.approx(first[0] - 60.0, abs=1e-9)
        assert kernels.names() == before

    def test_what_a_run_leaves_can_be_run_again_when_the_model_is_gone(self, folder, kernels, capsys, monkeypatch):
        monkeypatch.setattr("stochhh.report.run_figures", lambda *_: [])
        path = experiment_of(folder, 'model = "mine.py:Leaky"\ng = 0.2', self.BODY)
        run = ["--backend", "jump", "--trials", "3", "--json", "--allow-code"]
        assert main(["run", str(path), *run, "--out", "d"]) == 0
        first = json.loads(capsys.readouterr().out)
        assert first["settings"]["neuron"] == {
            **{"model": "leaky", "threshold": 0.0, "rearm": -30.0, "g": 0.2, "slope": 2.0, "initial": [-60.0]}
        }
        assert (first["settings"]["threshold"], first["settings"]["rearm"]) == (0.0, -30.0)
        assert "model.py" in json.loads(Path("d/provenance.json").read_text())["files"]
        (folder / "mine.py").unlink()
        assert main(["run", "d/experiment.toml", *run[:-1]]) == 2
        assert "model = 'model.py:Leaky'" in capsys.readouterr().err
        assert main(["run", "d/experiment.toml", *run, "--out", "d", "--force"]) == 0
        again = json.loads(capsys.readouterr().out)
        assert again["statistics"] == first["statistics"] and Path("d/model.py").read_text() == MODEL

    def test_a_trace_of_a_model_without_currents(self, folder, kernels, capsys, monkeypatch):
        monkeypatch.setattr("stochhh.report.trace_figure", lambda *_: [])
        path = experiment_of(folder, 'model = "mine.py:Leaky"', self.BODY)
        assert main(["trace", str(path), "--backend", "jump", "--allow-code", "--out", "t"]) == 0
        assert Path("t/trace.csv").read_text().startswith("time,V\n")
