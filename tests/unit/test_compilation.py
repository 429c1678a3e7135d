"""The kernels of the second backend are compiled by another process, from the first compilation on."""

import subprocess
import sys
from pathlib import Path

import numba
import pytest

from stochhh import Experiment, compilation
from stochhh.compilation import compiled_beside as beside

EXPERIMENT = Experiment.from_dict(
    {
        "neuron": {"model": "passive"},
        "population": [{"name": "exc", "n": 10, "rate": 5.0, "weight": 0.1, "p": 1.0}],
        "simulation": {"duration": 10.0, "seed": 1},
    }
)


@pytest.fixture
def started(monkeypatch):
    """The commands of the processes that are started; each is a Python that waits for ever."""
    commands, popen = [], subprocess.Popen

    def start(command, **options):
        commands.append(command)
        process = popen([sys.executable, "-c", "import time; time.sleep(1000)"], **options)
        commands.append(process)
        return process

    monkeypatch.setattr(compilation.subprocess, "Popen", start)
    return commands


def compile_something():
    numba.njit(lambda x: x + 1)(1)  # not kept on the disk


def test_nothing_starts_where_nothing_is_compiled(started):
    with beside(EXPERIMENT, "diffusion") as wait:
        wait()
    assert started == []


def test_one_process_starts_at_the_first_compilation_and_ends_with_the_block(started):
    with beside(EXPERIMENT, "diffusion", workers=3):
        compile_something()
        compile_something()
        command, process = started
        assert process.poll() is None
    assert command[-2:] == ["diffusion", "3"]
    assert process.poll() is not None


def test_a_machine_that_starts_no_process_compiles_as_before(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr(compilation.subprocess, "Popen", refuse)
    with beside(EXPERIMENT, "diffusion") as wait:
        compile_something()
        wait()


def test_a_process_that_dies_before_it_reads_is_no_error(monkeypatch):
    popen = subprocess.Popen
    monkeypatch.setattr(
        compilation.subprocess, "Popen", lambda _, **options: popen([sys.executable, "-c", ""], **options)
    )
    with beside(EXPERIMENT, "diffusion") as wait:
        compile_something()
        wait()


PARENT = """
import sys
from numba.core import event
from stochhh import Experiment
from stochhh.compilation import compiled_beside

class Compiled(event.Listener):
    names = []
    def on_start(self, event):
        self.names.append(event.data["dispatcher"].py_func.__module__)
    def on_end(self, event):
        pass

event.register("numba:compile", Compiled())
experiment = Experiment.load(sys.argv[1], allow_code=True)
with compiled_beside(experiment, "diffusion") as wait:
    experiment.simulate("jump", progress=False)
    assert Compiled.names, "the jump kernels were there already"
    wait()
    Compiled.names.clear()
    experiment.simulate("diffusion", progress=False)
    print(Compiled.names)
"""


MINE = """
import stochhh
class Mine(stochhh.models.Passive):
    name = "mine"
"""


@pytest.mark.slow
@pytest.mark.parametrize("model", ["passive", "mine.py:Mine"])
def test_after_the_wait_nothing_is_left_to_compile(tmp_path, monkeypatch, model):
    file = tmp_path / "passive.toml"
    file.write_text(EXPERIMENT.to_toml().replace('"passive"', f'"{model}"'), encoding="utf-8")
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    monkeypatch.setenv("STOCHHH_CACHE_DIR", str(tmp_path / "kernels"))
    monkeypatch.chdir(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", PARENT, file], capture_output=True, text=True, timeout=600)
    assert done.stdout.strip() == "[]", done.stderr
