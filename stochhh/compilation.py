"""The kernels of a second backend, compiled by another process while this one compiles those of the first.

numba compiles under a lock, so threads would take turns.
"""

import subprocess
import sys
import tomllib
from contextlib import contextmanager, suppress

from .experiment import Experiment
from .machine_code import at_first_compilation

__all__ = ["compiled_beside"]

_CHILD = "from stochhh.compilation import compile_here; compile_here()"


@contextmanager
def compiled_beside(experiment, backend, workers=None):
    """From the first compilation inside the block on, compile the kernels of `backend` beside it.

    Yields a function that waits until they are on the disk. Where the other process fails, or nothing can be kept,
    they are compiled when they are needed, as without it.
    """
    child = []

    def start():
        command = [sys.executable, "-P", "-c", _CHILD, backend, str(workers or "")]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with suppress(OSError):
            child.append(subprocess.Popen(command, stdin=subprocess.PIPE, text=True, encoding="utf-8", **quiet))
            with child[0].stdin as file:
                file.write(experiment.to_toml())

    def wait():
        for process in child:
            process.wait()

    try:
        with at_first_compilation(start):
            yield wait
    finally:
        for process in child:
            process.kill()
            process.wait()


def compile_here():
    """What the other process does: the experiment comes on standard input."""
    sys.stdin.reconfigure(encoding="utf-8")
    backend, workers = sys.argv[1:]
    experiment = Experiment.from_dict(tomllib.loads(sys.stdin.read()), allow_code=True)  # as it is here already
    experiment.compile_kernels(backend, workers=int(workers) if workers else None)
