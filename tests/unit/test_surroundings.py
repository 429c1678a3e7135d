"""Paths that lead nowhere, and an environment in which nothing can be compiled: one line, and exit 2.

Would catch: a traceback or "unexpected ..." for a loop of links, a name that no file can have, a variable that numba
does not understand, a terminal without the letters of a name, a system that does not tell its memory.
"""

import io
import os
import subprocess
import sys

import pytest

import stochhh as sh
from stochhh import files
from stochhh.cli import main
from stochhh.directories import filling, make_directory
from stochhh.errors import InputError

RUN = ("run", "question.toml", "--backend", "jump", "--trials", "1", "--duration", "300")
COMMANDS = {  # each with the place PATH of one path
    "theory FILE": ("theory", "PATH"),
    "run FILE": ("run", "PATH", "--backend", "jump"),
    "compare FILE": ("compare", "PATH"),
    "trace FILE": ("trace", "PATH", "--backend", "jump", "--out", "new"),
    "--events": (*RUN, "--events", "PATH"),
    "--spikes": (*RUN, "--spikes", "PATH"),
    "--save-events": (*RUN, "--save-events", "PATH"),
    "run --out": (*RUN, "--out", "PATH"),
    "run --out --force": (*RUN, "--out", "PATH", "--force"),
    "compare --out": ("compare", "question.toml", "--out", "PATH"),
    "trace --out": ("trace", "question.toml", "--backend", "jump", "--out", "PATH"),
}
PLACES = ["loop", "loop/a", "question.toml/a", "d" * 5000, "d/" * 2500 + "a", "line\nbreak\x1b[2J" + "x" * 300]


@pytest.fixture
def folder(folder):
    """The working directory, with an experiment and two links that are each other."""
    (folder / "loop").symlink_to("back")
    (folder / "back").symlink_to("loop")
    return folder


@pytest.mark.parametrize("place", PLACES, ids=range(len(PLACES)))
@pytest.mark.parametrize("command", COMMANDS)
def test_a_path_that_leads_nowhere(folder, capsys, command, place):
    before = sorted(folder.iterdir())
    status = main([place if word == "PATH" else word for word in COMMANDS[command]])
    output, error = capsys.readouterr()
    assert status == 2 and output == "", error
    assert error.startswith("stochhh: ") and error.count("\n") == 1 and len(error) < 1000
    assert error.rstrip("\n").isprintable() and "unexpected" not in error
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("name", ["a\0b", "", None, 3, b"", ["a"], "\0"])
@pytest.mark.parametrize(
    "use",
    [
        files.writable,
        make_directory,
        sh.Result.load,
        sh.Experiment.load,
        sh.Recording.from_csv,
        lambda path: files.write_json(path, {}),
        lambda path: filling(path).__enter__(),
        lambda path: sh.SpikeTrains.from_csv(path, stop=1.0),
    ],
)
def test_what_no_file_can_be_called(use, name):
    with pytest.raises(InputError, match=r"path = .* is not allowed"):
        use(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [("NUMBA_DISABLE_JIT", "1"), ("NUMBA_NUM_THREADS", "0"), ("NUMBA_NUM_THREADS", "many")],
)
def test_an_environment_that_numba_cannot_work_in(folder, name, value):
    command = [sys.executable, "-m", "stochhh", "run", "question.toml", "--backend", "jump"]
    run = subprocess.run(command, env={**os.environ, name: value}, capture_output=True, text=True)
    assert run.returncode == 2 and run.stdout == ""
    assert run.stderr.startswith("stochhh: ") and run.stderr.count("\n") == 1
    assert name in run.stderr and "unset" in run.stderr


def test_a_terminal_without_the_letters(folder, monkeypatch):
    """Escapes take their place, in tables and in errors."""
    text = (folder / "question.toml").read_text().replace('"exc"', '"excité"').replace("hodgkin-huxley", "passive")
    (folder / "question.toml").write_text(text, encoding="utf-8")
    for words, status, said in [
        (("theory", "question.toml"), 0, b"excit\\xe9"),
        (("theory", "é"), 2, b"\\xe9: this file does not"),
    ]:
        written = io.BytesIO()
        for stream in ("stdout", "stderr"):
            monkeypatch.setattr(sys, stream, io.TextIOWrapper(written, "ascii", write_through=True))
        assert main(words) == status and said in written.getvalue()


@pytest.mark.parametrize("missing", [AttributeError, ValueError, OSError])
def test_a_system_that_does_not_tell_its_memory(folder, monkeypatch, capsys, missing):
    """Half of 8 GiB is then what a run and its events may take."""

    def refuse(*_):
        raise missing

    monkeypatch.setattr(os, "sysconf", refuse)
    assert main([*RUN, "--save-events", "events.csv"]) == 0
    assert len((folder / "events.csv").read_text().splitlines()) > 50
    assert main([*RUN[:3], "jump", "--trials", "1000000", "--save-events", "events.csv"]) == 2
    assert "half of the memory, 4 GiB" in capsys.readouterr().err
    assert main([*RUN[:3], "jump", "--trials", "1000000"]) == 2
    assert "the limit of 4 GiB" in capsys.readouterr().err
