"""A first run says that it compiles; a second finds its kernels, and loads nothing that it does not need.

Would catch: a kernel compiled again in every process, a library imported for nothing, a message in the way of JSON.
No wall times: they are the machine's. README and `analysis/benchmarks` have them.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import numba
import pytest
from loaded import loaded_by

import stochhh as sh
from stochhh import examples
from stochhh.experiment import Experiment

# A command line, then on standard error what was imported and how many functions were compiled.
RUN = """
import sys
from numba.core import event
compiled = []
class Listener(event.Listener):
    def on_start(self, event): compiled.append(event)
    def on_end(self, event): pass
event.register("numba:compile", Listener())
from stochhh.cli import main
status = main()
print("compiled", len(compiled), file=sys.stderr)
print("imported", *sys.modules, file=sys.stderr)
sys.exit(status)
"""

# What a run without files, figures and an own resting state does without, and what only a compiler needs.
NEEDLESS = {
    "scipy.stats", "scipy.linalg", "scipy.optimize", "scipy.integrate", "pandas", "xarray", "h5py", "h5netcdf",
    "matplotlib", "tqdm", "rich", "numba.np.linalg", "numba.typed.typeddict", "numba.cpython.unicode",
}  # fmt: skip


@pytest.fixture
def run(tmp_path):
    """Run the example in a process of its own: (JSON, lines on standard error, functions compiled, modules)."""
    examples.write("question", tmp_path)

    def run(backend, **environment):
        command = [sys.executable, "-c", RUN, "run", "question.toml", "--backend", backend, "--duration", "300"]
        ended = subprocess.run(
            [*command, "--trials", "1", "--json"], capture_output=True, text=True, check=True, cwd=tmp_path,
            env={**os.environ, **environment},
        )  # fmt: skip
        *said, compiled, imported = ended.stderr.splitlines()
        return json.loads(ended.stdout), said, int(compiled.split()[1]), set(imported.split()[1:])

    return run


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
def test_a_second_process_compiles_nothing_and_loads_nothing_needless(run, backend, tmp_path):
    experiment = Experiment.load(tmp_path / "question.toml")
    experiment.with_simulation(duration=300.0, n_trials=1).simulate(backend)  # its kernels are kept
    _, said, compiled, imported = run(backend)
    assert said == [] and compiled == 0
    assert not (NEEDLESS - loaded_by("typer", "scipy.special")) & imported


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jump", "diffusion"])
def test_a_first_run_says_that_it_compiles(run, backend, tmp_path):
    first, (line,), compiled, imported = run(backend, STOCHHH_CACHE_DIR=str(tmp_path / "kernels"))
    assert line.startswith(f"stochhh: compiling the {backend} kernels") and compiled > 10
    assert NEEDLESS & imported, "the test above is blind"
    second, said, compiled, _ = run(backend, STOCHHH_CACHE_DIR=str(tmp_path / "kernels"))
    assert said == [] and compiled == 0
    assert second["statistics"] == first["statistics"]


@pytest.mark.slow
def test_where_nothing_can_be_kept_every_process_compiles_and_says_so(run, tmp_path):
    (tmp_path / "file").write_text("")
    for _ in range(2):
        _, (line, why), compiled, _ = run("diffusion", STOCHHH_CACHE_DIR=str(tmp_path / "file"))
        assert line.startswith("stochhh: compiling the diffusion kernels") and compiled > 10
        assert "file cannot be written" in why and "kernels are not kept there" in why


def test_silence_is_to_be_had(capsys):
    """With a backend that compiles something each time."""

    @dataclass(frozen=True)
    class Compiling(sh.PerNeuron):
        name = "compiling"

        def open(self, task):
            numba.njit(lambda x: x)(1.0)
            return super().open(task)

    def said(**options):
        sh.simulate(sh.Passive(), sh.SynapticInput(), backend=Compiling(), duration=1.0, seed=1, **options)
        return capsys.readouterr()

    assert said(progress=False) == ("", "")
    output, error = said()
    assert output == "" and re.fullmatch(r"stochhh: compiling the compiling kernels [^\n]+\n", error)
