"""Nothing above a backend knows its name: no module but the listed ones writes it, or imports the backend's class.

Would catch: a colour, a file name, a key of JSON or a default that holds for one pair of backends alone.
"""

import ast
import re
from pathlib import Path

import pytest

import stochhh as sh
from stochhh import BACKENDS

PACKAGE = Path(sh.__file__).parent
WORDS = "|".join(map(re.escape, BACKENDS))
CLASSES = {kind.__name__ for kind in BACKENDS.values()}
HOMES = ("backends/", "options.py", "annotations.py")  # what they are; help and completion; types
COLUMN = ("inputs/recording.py", "jump")  # a column of a file of events: by how much each moves V
FACE = "__init__.py"  # the public face names the classes


def written(source):
    """The literals of a source that are, or are made of, the name of a backend; in prose it is an ordinary word."""
    tree = ast.parse(source)
    prose = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            text = node.value.strip()
            if re.search(rf"(?<![a-z_])({WORDS})(?![a-z_])", text) and not re.search(r"\s", text):
                yield text


def imported(source):
    """Classes of backends that a source imports, also for type checkers alone."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from CLASSES & {alias.name for alias in node.names}


def sources():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(HOMES):
            yield name, path.read_text(encoding="utf-8")


def test_no_module_writes_the_name_of_a_backend():
    found = {(name, text) for name, source in sources() for text in written(source)}
    assert found == {COLUMN}


def test_no_module_imports_the_class_of_a_backend():
    assert {name for name, source in sources() if any(imported(source))} == {FACE}


@pytest.mark.parametrize(
    "fault",
    [
        'results["jump"] = 1',
        "colours = dict.fromkeys(('per-neuron',))",
        'def simulate(backend="diffusion"): ...',
        'path = directory / "jump.nc"',
        'pair = "jump,diffusion"',
        'if name == "per-neuron": ...',
    ],
)
def test_a_planted_name_is_seen(fault):
    assert list(written(fault))


@pytest.mark.parametrize(
    "right", ['"""jump"""', "x = 'the jump backend'", "x = 'jumps'", "jump = 1", "x = 'jumping'", "x = 'rate_jump'"]
)
def test_prose_is_not(right):
    assert not list(written(right))


def test_a_planted_import_is_seen():
    assert list(imported("if x:\n    from .backends import Jump")) == ["Jump"]
