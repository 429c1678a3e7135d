"""Nothing that a run has earned is lost: not to a figure, a full disk, Ctrl-C at whatever moment, or a closed stream.

Would catch: trials lost because they were interrupted a moment later, a figure drawn before the numbers are written, a
signal that the caller had switched off, a temporary file of a terminated process, a traceback at any moment.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import stochhh as sh
from stochhh import Result, interruption, report, statistics
from stochhh.cli import main
from stochhh.errors import InputError
from stochhh.experiment import Experiment
from stochhh.interruption import CtrlC
from stochhh.keeping import Keeping
from stochhh.run.plan import Plan

SHORT = ("--trials", "3", "--duration", "350")
RUN = ("run", "question.toml", "--backend", "jump", *SHORT, "--out", "d", "--json")
COMPARE = ("compare", "question.toml", *SHORT, "--out", "d", "--json")
NUMBERS = {
    "experiment.toml",
    "provenance.json",
    "result.nc",
    "spike_trains.csv",
    "spikes.csv",
    "statistics.csv",
    "statistics.json",
}
TRIALS = {"experiment.toml", "provenance.json", "result.nc", "spikes.csv"}
COMPARED = {
    "comparison.csv",
    "comparison.json",
    "diffusion.nc",
    "experiment.toml",
    "jump.nc",
    "provenance.json",
    "spike_trains.csv",
}


SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.fixture(autouse=True)
def heeded():
    """The shell that runs the tests may have switched signals off."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def drawn(monkeypatch):
    """Figures in no time."""

    def draw(directory, *_):
        (Path(directory) / "drawn.png").touch()
        return {}

    monkeypatch.setattr(report, "run_figures", draw)
    monkeypatch.setattr(report, "comparison_figures", draw)


@pytest.fixture
def ended(folder, capsys):
    """Run a command line; (status, output, the last line on standard error, what is in the directory)."""

    def ended(*arguments):
        status = main(arguments)
        output, error = capsys.readouterr()
        lines = [line for line in error.splitlines() if not re.match("stochhh: (doubt|compiling)", line)]
        assert len(lines) <= 1 and not list(folder.rglob(".*")), (lines, list(folder.rglob(".*")))
        there = {path.name for path in (folder / "d").iterdir()} if (folder / "d").exists() else set()
        return status, output, "".join(lines), there

    return ended


def pressing(call, number=signal.SIGINT, times=1):
    """The same function, during which a signal comes."""

    def pressed(*arguments, **options):
        for _ in range(times):
            signal.raise_signal(number)
        return call(*arguments, **options)

    return pressed


class TestFigures:
    """A figure that fails."""

    @pytest.fixture
    def failing(self, monkeypatch):
        def fail(*_, **__):
            raise RuntimeError("no fonts\n\x1b[31m" + "x" * 10_000)

        monkeypatch.setattr("stochhh.plotting.style.new_figure", fail)
        for module in ("comparison", "traces", "spike_trains"):
            monkeypatch.setattr(f"stochhh.plotting.{module}.new_figure", fail)

    def test_of_a_run(self, ended, failing):
        status, output, error, there = ended(*RUN)
        assert status == 1 and json.loads(output)["n_trials"] == 3 and there >= NUMBERS
        assert error.startswith(r"stochhh: the figures could not be drawn (RuntimeError: no fonts\n\x1b[31mxxx")
        assert error.endswith("saved: d") and len(error) < 400

    def test_of_a_comparison(self, ended, failing):
        status, output, error, there = ended(*COMPARE)
        assert status == 1 and "difference" in json.loads(output) and there >= COMPARED and error.endswith("saved: d")

    def test_of_a_trace(self, ended, failing):
        trace = ("trace", "question.toml", "--backend", "jump", "--duration", "50", "--out", "d")
        status, output, error, there = ended(*trace)
        assert (status, output, there) == (1, "d/trace.csv\n", {"trace.csv"}) and error.endswith("saved: d")

    def test_old_figures_do_not_stay_beside_new_numbers(self, ended, folder, failing):
        (folder / "d").mkdir()
        for name in ("spike_trains.png", "spike_trains.csv", "notes.png"):
            (folder / "d" / name).write_text("old")
        status, _, _, there = ended(*RUN, "--force")
        assert status == 1 and "spike_trains.png" not in there and "notes.png" in there
        assert (folder / "d" / "notes.png").read_text() == "old"

    @pytest.mark.slow  # for the process
    def test_without_matplotlib(self, folder):
        """A backend that is none makes its import fail."""
        command = [sys.executable, "-m", "stochhh", *RUN]
        run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "MPLBACKEND": "garbage"})
        assert run.returncode == 1 and json.loads(run.stdout)["n_trials"] == 3
        assert re.fullmatch(r"stochhh: the figures could not be drawn \(ValueError: [^\n]+saved: d\n", run.stderr)


ALL = pytest.mark.parametrize("number", SIGNALS)


class TestSignals:
    """One that comes after the trials, or between them."""

    @ALL
    def test_during_the_statistics(self, ended, drawn, monkeypatch, number):
        monkeypatch.setattr(statistics, "summary", pressing(statistics.summary, number))
        status, output, error, there = ended(*RUN)
        assert status == 130 and json.loads(output)["n_trials"] == 3 and there == NUMBERS
        assert error == "stochhh: interrupted after the trials, which are complete; saved: d"

    def test_while_it_is_written(self, ended, drawn, monkeypatch, number=signal.SIGINT):
        monkeypatch.setattr(Result, "save", pressing(Result.save, number))
        status, output, _, there = ended(*RUN, "--spikes", "s.csv")
        assert status == 130 and json.loads(output)["n_trials"] == 3 and there == NUMBERS
        assert Result.load("d/result.nc").n_trials == 3 and Path("s.csv").exists()

    def test_during_the_figures(self, ended, monkeypatch, number=signal.SIGINT):
        monkeypatch.setattr(report, "run_figures", pressing(lambda *_: pytest.fail("drawn"), number))
        status, output, error, there = ended(*RUN)
        assert status == 130 and json.loads(output)["n_trials"] == 3 and there == NUMBERS and error.endswith("saved: d")

    @ALL
    def test_during_the_trials(self, ended, drawn, monkeypatch, number):
        """As they end: the flag is seen, and all that was complete is kept."""
        monkeypatch.setattr(sh.simulation, "joined", pressing(sh.simulation.joined, number))
        status, output, error, there = ended(*RUN)
        assert status == 130 and json.loads(output)["n_trials"] == 3 and there == NUMBERS
        assert error == "stochhh: interrupted: 3 of 3 trials complete and kept; saved: d"

    def test_while_kernels_are_made_ready(self, ended, monkeypatch, number=signal.SIGINT):
        monkeypatch.setattr(Plan, "compile", pressing(Plan.compile, number))
        assert ended(*RUN)[:3] == (130, "", "stochhh: interrupted: 0 of 3 trials complete and kept")

    def test_between_two_looks(self, ended, drawn, monkeypatch, number=signal.SIGINT):
        """With --precision the statistics of the first trials are computed before there are more."""
        monkeypatch.setattr(sh.simulation, "summary", pressing(sh.simulation.summary, number))
        status, output, error, _ = ended(*RUN, "--trials", "20", "--precision", "rate=0.001")
        assert status == 130 and json.loads(output)["n_trials"] == 20
        assert error == "stochhh: interrupted: 20 trials complete and kept, not yet as precise as asked; saved: d"

    def test_during_the_comparison(self, ended, drawn, monkeypatch, number=signal.SIGINT):
        monkeypatch.setattr(sh.comparison, "isi_distances", pressing(sh.comparison.isi_distances, number))
        status, output, error, there = ended(*COMPARE)
        assert status == 130 and "difference" in json.loads(output) and there == COMPARED and error.endswith("d")

    def test_before_the_diffusion(self, ended, drawn, monkeypatch, number=signal.SIGINT):
        simulate = Experiment.simulate
        press = pressing(lambda *_, **__: pytest.fail("simulated"), number)
        monkeypatch.setattr(Experiment, "simulate", lambda e, b, **o: (simulate if b == "jump" else press)(e, b, **o))
        status, output, error, there = ended(*COMPARE)
        assert (status, output) == (130, "") and there == {"experiment.toml", "provenance.json", "jump.nc"}
        assert "3 jump trials are complete, and no diffusion trials" in error and "saved: d/jump.nc" in error

    @ALL
    def test_it_is_as_it_was_afterwards(self, ended, drawn, number):
        before = signal.getsignal(number)
        ended(*RUN)
        assert signal.getsignal(number) == before

    @ALL
    def test_one_that_is_switched_off_stays_so(self, ended, drawn, monkeypatch, number):
        """nohup, and the background of a script, do that."""
        signal.signal(number, signal.SIG_IGN)
        monkeypatch.setattr(statistics, "summary", pressing(statistics.summary, number))
        monkeypatch.setattr(sh.simulation, "joined", pressing(sh.simulation.joined, number))
        monkeypatch.setattr(Result, "save", pressing(Result.save, number))
        status, output, error, there = ended(*RUN)
        assert (status, error) == (0, "") and json.loads(output)["n_trials"] == 3 and there == NUMBERS | {"drawn.png"}


class TestTwice:
    def test_an_impatient_finger_loses_nothing(self, ended, drawn, monkeypatch):
        monkeypatch.setattr(sh.simulation, "joined", pressing(sh.simulation.joined, times=5))
        monkeypatch.setattr(statistics, "summary", pressing(statistics.summary, times=5))
        status, output, _, there = ended(*RUN)
        assert status == 130 and json.loads(output)["n_trials"] == 3 and there == NUMBERS

    def test_a_later_press_breaks_the_step_off_alone(self, ended, drawn, monkeypatch):
        monkeypatch.setattr(interruption, "_ONE", 0.0)
        monkeypatch.setattr(statistics, "summary", pressing(statistics.summary, times=2))
        status, output, error, there = ended(*RUN)
        assert (status, output) == (130, "") and there == TRIALS
        assert error.endswith("saved: d (the trials, without their statistics)")

    def test_a_later_press_leaves_no_half_of_a_directory(self, ended, drawn, monkeypatch):
        monkeypatch.setattr(interruption, "_ONE", 0.0)
        monkeypatch.setattr(Result, "save", pressing(Result.save, times=2))
        status, output, error, there = ended(*RUN)
        assert status == 130 and json.loads(output)["n_trials"] == 3 and there == set()
        assert error.endswith("their statistics are printed")

    def test_it_is_not_lost_in_a_finalizer(self):
        """Where an exception does not get out, Ctrl-C comes again."""

        class Finalized:
            def __del__(self):
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt), CtrlC(deferred=False):
            Finalized()
            for _ in range(500):
                time.sleep(0.01)

    def test_at_the_start_of_a_process(self, folder):
        """While modules are imported, twice, with signals that are a moment apart."""
        code = (
            "import os, signal, sys\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "class Finder:\n"
            "    def find_spec(self, name, *_):\n"
            "        if name == 'typer':\n"
            "            try: os.kill(os.getpid(), signal.SIGINT)\n"
            "            finally: os.kill(os.getpid(), signal.SIGTERM)\n"
            "sys.meta_path.insert(0, Finder())\n"
            "from stochhh.__main__ import main\n"
            "sys.exit(main())\n"
        )
        run = subprocess.run([sys.executable, "-c", code, *RUN], capture_output=True, text=True)
        assert (run.returncode, run.stdout) == (130, "")
        assert run.stderr == "stochhh: interrupted: nothing was complete, and nothing is kept\n"


class TestFailures:
    def test_jumps_are_kept_where_the_diffusion_fails(self, ended, folder):
        text = (folder / "question.toml").read_text().replace("dt = 0.01 ", "dt = 1.0 ")
        (folder / "question.toml").write_text(text)
        status, output, error, there = ended(*COMPARE)
        assert (status, output) == (1, "") and "smaller dt" in error and error.endswith("saved: d/jump.nc")
        assert there == {"experiment.toml", "provenance.json", "jump.nc"}

    def test_trials_are_kept_where_the_statistics_fail(self, ended, monkeypatch, folder):
        def full(*_):
            raise MemoryError

        monkeypatch.setattr(statistics, "summary", full)
        status, output, error, there = ended(*RUN)
        assert (status, output) == (1, "") and error.startswith("stochhh: out of memory") and "result.nc" in there

    def test_one_file_that_fails_costs_no_other(self, ended, drawn, monkeypatch):
        def refused(*_):
            raise InputError("no place for s.csv")

        monkeypatch.setattr(sh.SpikeTrains, "to_csv", refused)
        status, output, error, _ = ended(*RUN, "--spikes", "s.csv")
        assert status == 2 and json.loads(output)["n_trials"] == 3 and error.startswith("stochhh: no place for s.csv")

    def test_the_first_of_several_is_told(self):
        keeping = Keeping()
        for text in ("first", "second"):
            with keeping.step("place"):
                raise ValueError(text)
        with keeping.step("there"):
            pass
        with pytest.raises(ValueError, match="first") as failure:
            keeping.end("nothing")
        assert failure.value.__notes__ == ["saved: there"]


class TestStreams:
    """Standard streams that are closed or full, in a process."""

    def test_all_closed(self, folder):
        closed = ["sh", "-c", 'exec "$@" >&- 2>&- <&-', "-", sys.executable, "-m", "stochhh"]
        assert subprocess.run([*closed, "rnu"]).returncode == 2
        run = subprocess.run([*closed, "example", "cortex-5000"])
        assert run.returncode == 0 and (folder / "cortex-5000.toml").read_text().count("[") > 3

    def test_what_is_found_nowhere_else_needs_a_standard_output(self, folder):
        """A run whose numbers were to be printed, and are neither printed nor saved, has failed."""
        closed = ["sh", "-c", 'exec "$@" >&-', "-", sys.executable, "-m", "stochhh"]
        words = ["run", "question.toml", "--backend", "jump", "--trials", "2", "--duration", "250"]
        lost = subprocess.run([*closed, *words], stderr=subprocess.PIPE, text=True)
        assert lost.returncode == 1 and "standard output" in lost.stderr.splitlines()[-1]
        saved = subprocess.run([*closed, *words, "--out", "d"], stderr=subprocess.PIPE)
        assert saved.returncode == 0 and (folder / "d" / "statistics.json").exists()

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
    @pytest.mark.parametrize("out", [(), ("--out", "d")])
    def test_what_was_not_printed_is_not_called_printed(self, folder, out):
        words = ["run", "question.toml", "--backend", "jump", "--trials", "2", "--duration", "250", "-q", *out]
        with open("/dev/full", "w") as full:
            run = subprocess.run(
                [sys.executable, "-m", "stochhh", *words], stdout=full, stderr=subprocess.PIPE, text=True
            )
        kept = "saved: d" if out else "nothing is saved"
        assert run.returncode == 1 and run.stderr == f"stochhh: standard output: No space left on device; {kept}\n"

    def test_errors_do_not_reach_standard_output(self, folder):
        closed = ["sh", "-c", 'exec "$@" 2>&-', "-", sys.executable, "-m", "stochhh"]
        run = subprocess.run([*closed, "rnu"], stdout=subprocess.PIPE)
        assert (run.returncode, run.stdout) == (2, b"")

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
    def test_full_ones(self, folder):
        with open("/dev/full", "w") as full:
            run = subprocess.run([sys.executable, "-m", "stochhh", "example"], stdout=full, stderr=full)
        assert run.returncode == 1
