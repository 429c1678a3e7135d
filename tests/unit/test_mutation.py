"""The planter of faults finds the fault that no test sees, and only that."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MUTATION = Path(__file__).resolve().parents[1] / "mutation"
MODULE = "def larger(x, y):\n    return x if x > y else y\n"
TESTS = """
from tiny import larger

def test_larger():
    assert larger(2, 1) == 2 == larger(1, 2)
"""


def mutate(root, *arguments):
    command = [sys.executable, MUTATION / "mutate.py", "--root", root, "--map", root / "map.json", "--warm", "pytest"]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run([*command, *arguments], capture_output=True, text=True, env=environment)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tiny.py").write_text(MODULE)
    (tmp_path / "tests" / "test_tiny.py").write_text(TESTS)
    assert mutate(tmp_path, "--record", "tests").returncode == 0
    return tmp_path


def test_the_fault_that_survives_is_told(root):
    """At a tie either of two equal numbers is the larger: no test can tell > from >=."""
    done = mutate(root, "--each", "--least", "0.9", "tiny.py")
    survived = [part for part in done.stdout.split("\n") if part.startswith("SURVIVED")]
    assert len(survived) == 1 and "+    return x if (x >= y) else y" in done.stdout, done.stdout + done.stderr
    assert done.stdout.count("killed by tests/test_tiny.py::test_larger") == 2
    assert "2 of 3 killed" in done.stdout and done.returncode == 1
