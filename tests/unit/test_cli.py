"""The command line, as a newcomer types it; what is refused is in test_bad_input.

Would catch: output that breaks the JSON contract, an option that does not reach the run, good files lost to a full
disk or an interruption, a slow --help, a traceback.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import jsonschema
import numpy as np
import pytest
from contract import COMPARE, RUN, UNITS
from limits import small_files
from loaded import loaded_by

import stochhh as sh
from stochhh import Result, SpikeTrains, examples, plotting
from stochhh.cli import main
from stochhh.errors import Interrupted
from stochhh.experiment import Experiment
from stochhh.inputs import Recording
from stochhh.theory import doubts

SHORT = ("--trials", "3", "--duration", "350")
JUMP = ("run", "question.toml", "--backend", "jump", *SHORT)
COARSE = {"jump": (), "diffusion": (), "per-neuron": ("--dt", "0.05")}  # it takes the most time
NO_INPUT = "[simulation]\nduration = 100\nn_trials = 2\nseed = 1\n"


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """Files without content in place of figures, whose drawing takes seconds; a call has them drawn from then on."""

    def save(figure, directory, stem):
        paths = [Path(directory) / f"{stem}.{kind}" for kind in ("png", "pdf")]
        for path in paths:
            path.write_bytes(b"")
        return paths

    saves = [f"stochhh.plotting.{module}.save" for module in ("comparison", "spike_trains", "traces")]
    for name in saves:
        monkeypatch.setattr(name, save)

    def drawn():
        for name in saves:
            monkeypatch.setattr(name, plotting.save)

    return drawn


@pytest.fixture
def stochhh(folder, capsys):
    """Run a command line that must succeed; return what it prints."""

    def stochhh(*arguments, status=0):
        assert main(arguments) == status
        output, error = capsys.readouterr()
        stochhh.error = error = beside_compiling(error)
        assert error == "" if status == 0 and arguments[0] != "compare" else "Traceback" not in error
        return output

    return stochhh


def strictly(text):
    """Parse JSON, without the NaN and Infinity that Python lets through."""

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def beside_compiling(error):
    """What else was said: on a new machine, some test is the first that needs a kernel."""
    return re.sub(r"^stochhh: compiling [^\n]+\n", "", error, flags=re.M)


def one_line(error):
    error = beside_compiling(error)
    assert re.fullmatch(r"stochhh: [^\n]+\n", error), error
    return error


class TestExample:
    def test_the_first_steps(self, stochhh, folder):
        assert stochhh("example", "cortex-5000") == "cortex-5000.toml\n"
        assert Experiment.load(folder / "cortex-5000.toml").drive.intensity == pytest.approx(25.0)

    def test_the_list(self, stochhh):
        lines = stochhh("example").splitlines()
        assert [line.split()[0] for line in lines] == examples.names()
        assert lines[0].startswith("question       The original problem")

    def test_version(self, stochhh):
        assert re.fullmatch(r"stochhh \d+\.\d+\.\d+\S*\n", stochhh("--version"))

    @pytest.mark.parametrize("command", [(), ("example",), ("trace",), ("run",), ("compare",), ("theory",)])
    def test_help(self, stochhh, command):
        assert stochhh(*command, "--help").startswith(" ".join(["Usage: stochhh", *command]))


class TestTheory:
    def test_json_and_text(self, stochhh):
        said = strictly(stochhh("theory", "question.toml", "--json"))
        assert said["intensity"]["value"] == pytest.approx(0.5)
        assert [said["cumulants"][j]["value"] for j in "1234"] == pytest.approx([0.0, 2.0, -6.0, 26.0])
        assert "kappa_2" in stochhh("theory", "question.toml")


class TestRun:
    @pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
    def test_json_keeps_the_contract(self, stochhh, backend):
        run = ("run", "question.toml", "--backend", backend, *SHORT, *COARSE[backend])
        said = strictly(stochhh(*run, "--seed", "7", "--json"))
        jsonschema.validate(said, RUN)
        assert (said["backend"], said["seed"], said["n_trials"], said["duration"]) == (backend, 7, 3, 350.0)
        assert said["transient"] == 200.0 and said["settings"]["neuron"]["I_app"] == 3.0
        assert [population["n"] for population in said["settings"]["input"]] == [80, 20]
        for entry in said["statistics"].values():
            if entry["low"] is not None:
                assert entry["low"] <= entry["value"] <= entry["high"]

    def test_the_table(self, stochhh):
        table = stochhh(*JUMP)
        assert table.startswith("jump: 3 trials of 350 ms, of which the first 200 ms are left out; seed 1; ")
        assert all(re.search(rf"^{name} ", table, re.MULTILINE) for name in UNITS) and "95 % interval" in table

    def test_a_silent_neuron(self, stochhh, folder):
        (folder / "a.toml").write_text(NO_INPUT)
        said = strictly(stochhh("run", "a.toml", "--backend", "jump", "--json"))
        jsonschema.validate(said, RUN)
        assert said["statistics"]["cv"]["value"] is None and said["statistics"]["cv"]["reason"]
        assert re.search(r"^cv +none +\(it requires", stochhh("run", "a.toml", "--backend", "jump"), re.MULTILINE)

    def test_spikes_file(self, stochhh, folder):
        (folder / "s.csv").write_text("old")
        stochhh(*JUMP, "--spikes", "s.csv", "--out", "d")
        text = (folder / "s.csv").read_text()
        assert text.startswith("trial,time\n0,") and text == (folder / "d" / "spikes.csv").read_text()
        spikes = SpikeTrains.from_csv("s.csv", stop=350.0)
        saved = Result.load("d/result.nc").spikes.with_transient()
        assert np.array_equal(spikes.time, saved.time) and np.array_equal(spikes.trial, saved.trial)
        assert spikes.time.min() < 200, "the spikes of the transient are there"

    def test_workers_change_nothing(self, stochhh):
        runs = [strictly(stochhh(*JUMP, "--trials", "40", "--workers", n, "--json")) for n in ("1", "2")]
        assert runs[0]["statistics"] == runs[1]["statistics"]

    @pytest.mark.parametrize(
        ("backend", "options", "settings"),
        [
            ("diffusion", ("--scheme", "heun"), {"scheme": "heun", "dt": 0.01}),
            pytest.param(
                *("diffusion", ("--scheme", "sra1", "--dt", "0.02"), {"scheme": "sra1", "dt": 0.02}),
                marks=pytest.mark.slow,
            ),
            ("per-neuron", ("--dt", "0.05"), {"dt": 0.05}),
        ],
    )
    def test_scheme_and_step(self, stochhh, folder, backend, options, settings):
        run = ("run", "question.toml", "--backend", backend, "--trials", "1", "--duration", "250", "--json")
        said = strictly(stochhh(*run, *options, "--out", "d"))
        assert {key: said["settings"][key] for key in settings} == settings
        assert said["statistics"] != strictly(stochhh(*run))["statistics"]
        kept = Experiment.load("d/experiment.toml").backend(backend)
        assert {key: getattr(kept, key) for key in settings} == settings

    @pytest.mark.parametrize(
        ("backend", "options", "said"),
        [
            ("jump", ("--scheme", "heun"), "since the jump backend has no such setting; it is a setting of diffusion"),
            (
                "per-neuron",
                ("--scheme", "heun"),
                "scheme = 'heun' is not allowed: it must be omitted, since the per-neuron",
            ),
            ("jump", ("--dt", "0.1"), "dt = 0.1 is not allowed: it must be omitted, since the jump backend has no"),
            ("diffusion", ("--scheme", "milstein"), "must be one of euler-maruyama, heun, splitting, sra1"),
            ("diffusion", ("--dt", "0"), "--dt = 0"),
            ("diffusion", ("--dt", "x"), "--dt = 'x'"),
        ],
    )
    def test_a_scheme_or_a_step_that_cannot_be(self, stochhh, backend, options, said):
        stochhh("run", "question.toml", "--backend", backend, *SHORT, *options, status=2)
        assert said in one_line(stochhh.error)

    def test_a_longer_run_begins_with_the_shorter_one(self, stochhh):
        stochhh(*JUMP, "--spikes", "short.csv")
        stochhh(*JUMP, "--trials", "5", "--duration", "700", "--spikes", "long.csv")
        short, long = (SpikeTrains.from_csv(name, stop=700.0) for name in ("short.csv", "long.csv"))
        for k in range(3):
            assert np.array_equal(short.of(k), long.of(k)[long.of(k) <= 350])

    @pytest.mark.parametrize("backend", ["jump", "per-neuron"])
    def test_saved_events_replay_the_run(self, stochhh, folder, backend):
        short = ("--trials", "2", "--duration", "250")
        run = ("run", "question.toml", "--backend", backend, *short, *COARSE[backend])
        stochhh(*run, "--save-events", "e.csv", "--spikes", "drawn.csv")
        assert (folder / "e.csv").read_text().startswith("trial,time,jump\n0,")
        assert set(Recording.from_csv("e.csv").jump) == {1.0, -4.0}
        said = strictly(stochhh(*run, "--events", "e.csv", "--spikes", "replayed.csv", "--json"))
        assert (folder / "drawn.csv").read_text() == (folder / "replayed.csv").read_text()
        assert said["settings"]["input"] == "recorded events"
        other = {"jump": "per-neuron", "per-neuron": "jump"}[backend]
        run = ("run", "question.toml", "--backend", other, *short, *COARSE[other])
        stochhh(*run, "--events", "e.csv", "--spikes", "other.csv")
        drawn, replayed = (SpikeTrains.from_csv(name, stop=250.0) for name in ("drawn.csv", "other.csv"))
        assert np.array_equal(drawn.trial, replayed.trial) and np.allclose(drawn.time, replayed.time, atol=1e-2, rtol=0)

    @pytest.mark.parametrize(
        "text", ["0,1.5,1\n", "1.5\n", "trial;t;jump\n", "trial,time,jump\n0,1.5\n", "trial,time,jump\n7,1,1\n9,1,1\n"]
    )
    def test_an_events_file_of_another_layout(self, stochhh, folder, text):
        """The message says what the file must hold, and names no options of Python."""
        (folder / "e.csv").write_text(text)
        stochhh(*JUMP, "--events", "e.csv", status=2)
        said = stochhh.error
        assert "an events file has the header trial,time,jump and one event on each line, with trials num" in said
        assert "=0" not in said and "give" not in said

    def test_a_trial_without_events_is_replayed_too(self, stochhh, folder):
        (folder / "a.toml").write_text(NO_INPUT)
        stochhh("run", "a.toml", "--backend", "jump", "--save-events", "e.csv")
        assert (folder / "e.csv").read_text() == "trial,time,jump\n0,0.0,0.0\n1,0.0,0.0\n"
        drawn = strictly(stochhh("run", "a.toml", "--backend", "jump", "--json"))
        replayed = strictly(stochhh("run", "a.toml", "--backend", "jump", "--events", "e.csv", "--json"))
        assert replayed["n_trials"] == 2
        V = [run["statistics"]["V_mean"]["value"] for run in (drawn, replayed)]
        assert V[0] == pytest.approx(V[1], rel=1e-6)


class TestOut:
    FILES = (
        "experiment.toml", "provenance.json", "result.nc", "spike_trains.csv", "spike_trains.pdf", "spike_trains.png",
        "spikes.csv", "statistics.csv", "statistics.json",
    )  # fmt: skip

    def test_all_of_a_run_is_there(self, stochhh, folder):
        said = strictly(stochhh(*JUMP, "--out", "a/b", "--json"))
        assert tuple(sorted(path.name for path in (folder / "a" / "b").iterdir())) == self.FILES
        assert strictly((folder / "a/b/statistics.json").read_text()) == said
        made = strictly((folder / "a/b/provenance.json").read_text())
        assert made["made_by"] == "stochhh run" and tuple(made["files"]) == self.FILES
        assert made["run"] == Result.load("a/b/result.nc").provenance
        table = (folder / "a/b/statistics.csv").read_text().splitlines()
        assert table[0].startswith("statistic,value,low,high,level,unit")
        assert [line.split(",")[0] for line in table[1:]] == list(UNITS)

    def test_what_is_there_can_be_run_again(self, stochhh):
        first = strictly(stochhh(*JUMP, "--seed", "3", "--out", "d", "--json"))
        again = strictly(stochhh("run", "d/experiment.toml", "--backend", "jump", "--json"))
        assert first["statistics"] == again["statistics"] and first["settings"] == again["settings"]

    def test_force_replaces_what_is_its_own(self, stochhh, folder):
        stochhh(*JUMP, "--out", "d")
        (folder / "d" / "notes.txt").write_text("precious")
        stochhh(*JUMP, "--out", "d", status=2)
        assert "d: this directory is not empty" in one_line(stochhh.error)
        stochhh(*JUMP, "--out", "d", "--force", "--seed", "9")
        assert (folder / "d" / "notes.txt").read_text() == "precious"
        assert Result.load("d/result.nc").provenance["seed"] == 9


class TestFailure:
    def test_an_unstable_step(self, stochhh, folder):
        text = (folder / "question.toml").read_text().replace("dt = 0.01 ", "dt = 1.0 ")
        (folder / "question.toml").write_text(text)
        assert stochhh("run", "question.toml", "--backend", "diffusion", *SHORT, "--spikes", "s.csv", status=1) == ""
        assert "smaller dt" in one_line(stochhh.error) and not (folder / "s.csv").exists()

    @pytest.mark.parametrize("option", ["--spikes", "--save-events", "--out"])
    def test_a_full_disk_keeps_what_was_there_and_prints_the_numbers(self, stochhh, folder, option):
        place = folder / "d" / "result.nc" if option == "--out" else folder / "d.csv"
        place.parent.mkdir(exist_ok=True)
        place.write_text("old")
        stochhh(*JUMP)  # compiles
        name = "d" if option == "--out" else "d.csv"
        with small_files():
            output = stochhh(*JUMP, option, name, "--force", "--json", status=1)
        jsonschema.validate(strictly(output), RUN)
        assert re.search(r"writing it failed \(File too large\); what stood there before is kept", stochhh.error)
        one_line(stochhh.error)
        assert place.read_text() == "old" and [path.name for path in place.parent.iterdir() if path.is_file()]
        assert {path.name for path in folder.rglob("*")} <= {"question.toml", "d.csv", "d", "result.nc"}

    def test_a_fault_of_our_own(self, stochhh, monkeypatch):
        monkeypatch.setattr(Experiment, "simulate", lambda *_, **__: 1 / 0)
        stochhh(*JUMP, status=1)
        assert "unexpected ZeroDivisionError: division by zero; please report it" in one_line(stochhh.error)

    def test_a_full_memory(self, stochhh, monkeypatch):
        def full(*_, **__):
            raise MemoryError

        monkeypatch.setattr(Experiment, "simulate", full)
        stochhh(*JUMP, status=1)
        assert "fewer trials" in one_line(stochhh.error)


@pytest.fixture
def interrupted(monkeypatch):
    """Ctrl-C after 2 of 3 trials of one backend."""
    simulate = Experiment.simulate

    def interrupt(chosen, kept=2):
        def stopped(experiment, backend, **options):
            if backend != chosen:
                return simulate(experiment, backend, **options)
            result = simulate(experiment.with_simulation(n_trials=kept), backend, **options) if kept else None
            raise Interrupted(f"interrupted: {kept} of 3 trials complete and kept", result)

        monkeypatch.setattr(Experiment, "simulate", stopped)

    return interrupt


class TestInterruption:
    def test_what_was_complete_is_kept_and_counted(self, stochhh, folder, interrupted):
        interrupted("jump")
        said = strictly(stochhh(*JUMP, "--spikes", "s.csv", "--out", "d", "--json", status=130))
        jsonschema.validate(said, RUN)
        assert said["n_trials"] == 2 and Result.load("d/result.nc").n_trials == 2
        assert one_line(stochhh.error) == "stochhh: interrupted: 2 of 3 trials complete and kept; saved: s.csv, d\n"
        assert stochhh(*JUMP, status=130).startswith("jump: 2 trials")
        assert "their statistics are printed" in one_line(stochhh.error)

    def test_nothing_was_complete(self, stochhh, folder, interrupted):
        interrupted("jump", kept=0)
        (folder / "s.csv").write_text("old")
        assert stochhh(*JUMP, "--spikes", "s.csv", status=130) == ""
        assert "0 of 3 trials" in one_line(stochhh.error) and (folder / "s.csv").read_text() == "old"

    def test_a_comparison_is_made_of_what_there_is(self, stochhh, folder, interrupted):
        interrupted("diffusion")
        said = strictly(stochhh("compare", "question.toml", *SHORT, "--json", status=130))
        jsonschema.validate(said, COMPARE)
        assert (said["jump"]["n_trials"], said["diffusion"]["n_trials"]) == (3, 2)
        interrupted("jump")
        assert stochhh("compare", "question.toml", *SHORT, status=130) == ""
        assert "2 jump trials are complete, and no diffusion trials" in stochhh.error.splitlines()[-1]
        assert stochhh.error.endswith("saved: question-compare/jump.nc\n")
        assert Result.load(folder / "question-compare/jump.nc").n_trials == 2
        stochhh("compare", "question.toml", *SHORT, status=130)  # into the same directory, which is its own


class TestTrace:
    @pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
    def test_one_trial_alone(self, stochhh, folder, backend, drawn):
        if backend == "jump":
            drawn()
        trace = ("trace", "question.toml", "--backend", backend, "--duration", "50", "--trial", "2", "--seed", "5")
        written = stochhh(*trace, "--out", "d").splitlines()
        assert sorted(written) == ["d/trace.csv", "d/trace.pdf", "d/trace.png"]
        if backend == "jump":
            assert (folder / "d/trace.png").read_bytes().startswith(b"\x89PNG")
            assert (folder / "d/trace.pdf").read_bytes().startswith(b"%PDF")
        text = (folder / "d/trace.csv").read_text().splitlines()
        assert text[0] == "time,V,m,h,n,I_Na,I_K,I_L" and text[1].startswith("0.0,-65.0,0.05,0.6,0.32,")
        columns = np.array([line.split(",") for line in text[1:]], dtype=float).T
        experiment = Experiment.load("question.toml").with_simulation(duration=50.0, transient=0.0, n_trials=3, seed=5)
        all_of_them = experiment.simulate(backend, trace_interval=columns[0, 1])
        assert np.array_equal(columns[1], all_of_them.traces["V"][2])
        assert columns[0, -1] == pytest.approx(50.0)

    def test_scheme_and_step(self, stochhh, folder):
        trace = ("trace", "question.toml", "--backend", "diffusion", "--duration", "20", "--out", ".")
        stochhh(*trace)
        default = (folder / "trace.csv").read_text()
        stochhh(*trace, "--scheme", "heun", "--dt", "0.02")
        text = (folder / "trace.csv").read_text().splitlines()
        assert text[2].startswith("0.06,") and text[2] not in default

    def test_files_beside_it_stay(self, stochhh, folder):
        trace = ("trace", "question.toml", "--backend", "jump", "--duration", "20", "--out", ".")
        stochhh(*trace)
        stochhh(*trace)
        assert {path.name for path in folder.iterdir()} == {"question.toml", "trace.csv", "trace.pdf", "trace.png"}


class TestCompare:
    def test_json_keeps_the_contract(self, stochhh, folder):
        said = strictly(stochhh("compare", "question.toml", *SHORT, "--json"))
        jsonschema.validate(said, COMPARE)
        assert said["jump"]["seed"] == said["diffusion"]["seed"] == 1
        for name, entry in said["difference"].items():
            pair = [said[backend]["statistics"][name]["value"] for backend in ("jump", "diffusion")]
            if None not in pair:
                assert entry["value"] == pytest.approx(pair[1] - pair[0], abs=1e-12)
        assert {path.name for path in folder.iterdir()} == {"question.toml"}

    def test_the_one_command(self, stochhh, folder, drawn):
        """It shows the table, the verdicts, the names of the figure; and may be given again."""
        first = stochhh("compare", "question.toml", *SHORT)
        drawn()
        for table in first, stochhh("compare", "question.toml", *SHORT):
            assert all(re.search(rf"^{name}\b.* (equivalent|different|undecided)$", table, re.M) for name in UNITS)
            figures = re.search(r"^Figure: (\S+) and (\S+)$", table, re.M).groups()
            assert figures == ("question-compare/comparison.png", "question-compare/comparison.pdf")
            assert all(Path(figure).stat().st_size > 1000 for figure in figures)
        there = {path.name for path in (folder / "question-compare").iterdir()}
        assert there == set(strictly((folder / "question-compare/provenance.json").read_text())["files"])
        assert {"jump.nc", "diffusion.nc", "comparison.json", "comparison.csv", "experiment.toml"} < there
        page = re.search(r"^Spike trains: (\S+) and (\S+)$", table, re.M).groups()
        assert all(Path(figure).stat().st_size > 1000 for figure in page)
        numbers = (folder / "question-compare/spike_trains.csv").read_text().splitlines()
        assert numbers[0] == "statistic,result,x,value,low,high,joint_low,joint_high"
        assert {tuple(line.split(",")[:2]) for line in numbers[1:]} >= {("isi_hazard", "jump"), ("fano_curve", "jump")}
        jsonschema.validate(strictly((folder / "question-compare/comparison.json").read_text()), COMPARE)
        assert Result.load("question-compare/jump.nc").backend == "jump"

    def test_it_spares_what_is_not_its_own(self, stochhh, folder):
        stochhh("compare", "question.toml", *SHORT)
        (folder / "question-compare" / "notes.txt").write_text("precious")
        stochhh("compare", "question.toml", *SHORT, status=2)
        assert "notes.txt" in one_line(stochhh.error)
        stochhh("compare", "question.toml", *SHORT, "--force")
        assert (folder / "question-compare" / "notes.txt").read_text() == "precious"

    def test_scheme_and_step_are_those_of_the_diffusion(self, stochhh):
        said = strictly(stochhh("compare", "question.toml", *SHORT, "--json", "--scheme", "heun", "--dt", "0.02"))
        assert {key: said["diffusion"]["settings"][key] for key in ("scheme", "dt")} == {"scheme": "heun", "dt": 0.02}
        assert not {"scheme", "dt"} & set(said["jump"]["settings"])

    @pytest.mark.parametrize("pair", [["jump", "per-neuron"], ["per-neuron", "jump"], ["diffusion", "jump"]])
    def test_any_two_backends(self, stochhh, folder, pair, drawn):
        """Would catch: a label, a key, a file or a sign that is that of another pair."""
        drawn()
        first, second = pair
        short = ("--trials", "2", "--duration", "230", "--backends", ",".join(pair))
        table = stochhh("compare", "question.toml", *short, "--out", "d")
        assert f"{second} - {first}" in table and f"At these margins, {second} and {first} are " in table
        assert [line.split(":")[0] for line in table.splitlines()[:2]] == pair
        assert {path.name for path in (folder / "d").glob("*.nc")} == {f"{name}.nc" for name in pair}
        assert Result.load(f"d/{second}.nc").backend == second
        said = strictly((folder / "d/comparison.json").read_text())
        assert list(said)[:2] == pair
        for name, entry in said["difference"].items():
            values = [said[backend]["statistics"][name]["value"] for backend in pair]
            if None not in values:
                assert entry["value"] == pytest.approx(values[1] - values[0], abs=1e-12)
        assert ("doubtful diffusion" in stochhh.error) == ("diffusion" in pair)
        assert (folder / "d/comparison.png").read_bytes().startswith(b"\x89PNG")
        numbers = (folder / "d/spike_trains.csv").read_text().splitlines()
        assert {line.split(",")[1] for line in numbers[1:]} == set(pair)

    def test_trials_of_another_pair_do_not_stay(self, stochhh, folder):
        stochhh("compare", "question.toml", *SHORT)
        stochhh("compare", "question.toml", *SHORT, "--backends", "per-neuron,jump", "--dt", "0.05")
        assert {path.name for path in (folder / "question-compare").glob("*.nc")} == {"per-neuron.nc", "jump.nc"}

    def test_a_step_is_for_those_that_have_one(self, stochhh):
        step = ("--dt", "0.05", "--json", "--backends")
        said = strictly(stochhh("compare", "question.toml", *SHORT, *step, "per-neuron,diffusion"))
        assert said["per-neuron"]["settings"]["dt"] == said["diffusion"]["settings"]["dt"] == 0.05
        said = strictly(stochhh("compare", "question.toml", *SHORT, *step, "per-neuron,jump"))
        assert said["per-neuron"]["settings"]["dt"] == 0.05 and "dt" not in said["jump"]["settings"]
        stochhh("compare", "question.toml", "--backends", "jump,per-neuron", "--scheme", "heun", status=2)
        assert (
            "scheme = 'heun' is not allowed: it must be omitted, since the backends jump and per-neuron have no "
            in (one_line(stochhh.error))
        )

    @pytest.mark.parametrize(
        ("pair", "said"),
        [
            ("jump", "'jump' is not allowed: it must be the names of two different backends, such as jump,diffusion"),
            ("jump,jump", "'jump,jump' is not allowed: it must be the names of two different backends"),
            ("jump,diffusion,per-neuron", "it must be the names of two different backends"),
            ("jump,", "'jump,' is not allowed"),
            (",", "',' is not allowed"),
            ("", "'' is not allowed"),
            ("jump,difusion", "'difusion' is not allowed: it must be one of .*; did you mean 'diffusion'?"),
        ],
    )
    def test_what_is_no_pair_is_refused(self, stochhh, folder, pair, said):
        assert stochhh("compare", "question.toml", "--backends", pair, status=2) == ""
        assert re.match(f"stochhh: --backends = .*{said}", one_line(stochhh.error))
        assert [path.name for path in folder.iterdir()] == ["question.toml"]

    def test_an_interruption_names_the_pair(self, stochhh, folder, interrupted):
        interrupted("per-neuron")
        pair = ("--backends", "per-neuron,jump", "--dt", "0.05")
        assert stochhh("compare", "question.toml", *SHORT, *pair, status=130) == ""
        assert "2 per-neuron trials are complete, and no jump trials" in stochhh.error.splitlines()[-1]
        assert stochhh.error.endswith("saved: question-compare/per-neuron.nc\n")

    def test_doubts_come_first(self, stochhh):
        stochhh("compare", "question.toml", *SHORT, "--json")
        lines = stochhh.error.splitlines()
        assert lines and all(line.startswith("stochhh: doubtful diffusion: ") for line in lines)

    @pytest.mark.parametrize("quiet", [(), ("--quiet",)])
    def test_doubts_are_in_the_json_and_in_the_table(self, stochhh, folder, quiet):
        """Those that are known before the run, once each, whoever reads standard error or not."""
        experiment = Experiment.load("question.toml")
        known = [f"diffusion: {doubt}" for doubt in doubts(experiment.neuron, experiment.drive)]
        said = strictly(stochhh("compare", "question.toml", *SHORT, "--json", *quiet))
        assert len(known) == 4 and said["doubts"][:4] == known
        assert len(stochhh.error.splitlines()) == (0 if quiet else 4)
        table = stochhh("compare", "question.toml", *SHORT, "--out", "d", *quiet)
        assert [table.count(f"\n\nDoubt: {doubt}\n") for doubt in known] == [1, 1, 1, 1]
        assert strictly((folder / "d/comparison.json").read_text())["doubts"] == said["doubts"]
        other = strictly(stochhh("compare", "question.toml", *SHORT, "--json", "--backends", "jump,per-neuron"))
        assert not [doubt for doubt in other["doubts"] if doubt in known or "passive skewness" in doubt]

    def test_margins_and_level_are_those_of_the_file(self, stochhh, folder):
        with (folder / "question.toml").open("a") as file:
            file.write("[compare]\nlevel = 0.5\n[compare.margins]\nrate = 1000\n")
        said = strictly(stochhh("compare", "question.toml", *SHORT, "--json", "--out", "d"))
        assert said["difference"]["rate"]["margin"] == 1000 and said["difference"]["rate"]["verdict"] == "equivalent"
        assert {said["difference"]["cv"]["level"], said["jump"]["statistics"]["cv"]["level"]} == {0.5}
        assert strictly((folder / "d/comparison.json").read_text()) == said


class TestOptions:
    @pytest.mark.parametrize(
        ("twice", "said"),
        [
            (("--backends", "jump,diffusion", "--backends", "jump,per-neuron"), "--backends is given 2 times"),
            (("--out", "a", "--seed", "1", "--out=b", "--out", "c"), "--out is given 3 times"),
        ],
    )
    def test_one_that_could_be_a_list_is_given_once(self, stochhh, folder, twice, said):
        assert stochhh("compare", "question.toml", *twice, status=2) == ""
        assert one_line(stochhh.error) == f"stochhh: {said}; give it once\n"
        assert [path.name for path in folder.iterdir()] == ["question.toml"]

    def test_of_others_the_last_counts(self, stochhh):
        short = ("--backend", "diffusion", "--duration", "230", "--trials", "5", "--trials", "2")
        assert strictly(stochhh("run", "question.toml", *short, "--json", "--json"))["n_trials"] == 2

    def test_other_faults_are_said_as_before(self, stochhh):
        stochhh("compare", "question.toml", "--foo", status=2)
        assert one_line(stochhh.error).endswith("see `stochhh compare --help`\n")


STOCHHH = [sys.executable, "-c", "import sys; from stochhh.cli import main; sys.exit(main())"]


class TestProcess:
    """What only a process of its own shows."""

    def test_help_is_quick(self, folder):
        """Well under a second, since nothing that computes is loaded."""
        timing = [sys.executable, "-X", "importtime", *STOCHHH[1:], "--help"]
        loaded = subprocess.run(timing, capture_output=True, text=True, check=True)
        names = set(re.findall(r"\| +([\w.]+)$", loaded.stderr, re.M))
        assert "typer" in names
        heavy = {"numpy", "scipy", "numba", "pandas", "xarray", "matplotlib", "pydantic", "rich", "tqdm"}
        assert not (heavy - loaded_by("typer")) & names
        assert min(_timed([*STOCHHH, "--help"]) for _ in range(3)) < 1.0

    def test_the_installed_command(self, folder):
        command = Path(sys.executable).with_name("stochhh")
        if not command.exists():
            pytest.skip("stochhh is not installed beside this Python")
        ended = subprocess.run([command, "rnu"], capture_output=True, text=True)
        assert ended.returncode == 2 and "did you mean 'run'?" in one_line(ended.stderr)

    def test_ctrl_c(self, folder):
        run = ["run", "question.toml", "--backend", "per-neuron", "--trials", "40", "--duration", "800", "--json"]
        # The shell that runs the tests may have switched the signal off.
        heeding = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {STOCHHH[-1]}"
        process = subprocess.Popen(
            [*STOCHHH[:-1], heeding, *run, "--spikes", "s.csv", "--out", "d"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        waited = time.monotonic() + 60
        while not (folder / "d").exists() and time.monotonic() < waited:
            time.sleep(0.05)
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        output, error = process.communicate(timeout=60)
        assert process.returncode == 130
        kept = int(re.match(r"stochhh: interrupted: (\d+) of 40 trials", one_line(error))[1])
        assert kept < 40 and (kept == 0) == (output == "")
        if kept:
            assert strictly(output)["n_trials"] == kept and Result.load(folder / "d/result.nc").n_trials == kept

    def test_a_reader_who_leaves(self, folder):
        process = subprocess.Popen([*STOCHHH, "example"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        error = process.stderr.read()
        process.stderr.close()
        assert process.wait() == 0 and error == b""

    def test_no_standard_output(self, folder):
        closed = ["sh", "-c", 'exec "$@" >&-', "-"]
        ended = subprocess.run([*closed, *STOCHHH, "example"], stderr=subprocess.PIPE)
        assert (ended.returncode, ended.stderr) == (0, b"")

    def test_a_full_standard_output(self, folder):
        if not os.path.exists("/dev/full"):
            pytest.skip("there is no /dev/full here")
        with open("/dev/full", "w") as full:
            ended = subprocess.run([*STOCHHH, "example"], stdout=full, stderr=subprocess.PIPE, text=True)
        assert ended.returncode == 1 and "standard output: No space left on device" in one_line(ended.stderr)


def _timed(command):
    begin = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - begin


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("example ", ["question", "cortex-5000", "repetitive"]),
        ("example c", ["cortex-5000"]),
        ("run q.toml --backend ", ["jump", "diffusion", "per-neuron"]),
        ("compare q.toml --scheme s", ["splitting", "sra1"]),
        ("compare q.toml --backends d", ["diffusion,jump", "diffusion,per-neuron"]),
        ("trace q.toml --scheme x", []),
        ("th", ["theory"]),
    ],
)
def test_a_shell_completes_values(line, offered):
    words = f"stochhh {line}"
    asked = {"_STOCHHH_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    said = subprocess.run(
        [sys.executable, "-m", "stochhh"], env={**os.environ, **asked}, capture_output=True, text=True
    )
    assert said.stdout.split() == offered and said.stderr == ""


def test_words_of_options_are_those_that_the_package_knows():
    from stochhh import options
    from stochhh.annotations import BackendName
    from stochhh.integrators.schemes import SCHEMES

    assert set(options.BACKENDS) == set(sh.BACKENDS) == set(get_args(BackendName))
    assert set(options.SCHEMES) == set(SCHEMES)
