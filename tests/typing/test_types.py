"""Both type checkers accept the package and correct calls of it, and report each planted mistake on its own line.

Would catch: a public name that is loaded lazily and not told to checkers, a signature without types, one that refuses
what it should take, or takes anything.
"""

import inspect
import json
import re
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

import stochhh as sh

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def needs(checker):
    return pytest.mark.skipif(find_spec(checker) is None, reason=f"{checker} is not installed")


def checked(*command):
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True).stdout


def mypy(*files):
    """Number of errors by file name and line; without files of the package, as pyproject.toml has it."""
    said = checked("mypy", "--show-error-codes", *map(str, files))
    assert re.search(r"^(Success|Found)", said, re.MULTILINE), said
    return Counter(
        (Path(name).name, int(line)) for name, line in re.findall(r"^(.*?):(\d+): error:", said, re.MULTILINE)
    )


def pyright(*files):
    """The same, of the other checker."""
    said = json.loads(checked("pyright", "--outputjson", "--pythonpath", sys.executable, *map(str, files)))
    assert said["summary"]["filesAnalyzed"] > 0
    errors = [entry for entry in said["generalDiagnostics"] if entry["severity"] == "error"]
    return Counter((Path(entry["file"]).name, entry["range"]["start"]["line"] + 1) for entry in errors)


CHECKERS = [
    pytest.param(check, marks=[pytest.mark.slow, needs(check.__name__)], id=check.__name__) for check in (mypy, pyright)
]


@pytest.mark.parametrize("errors", CHECKERS)
def test_the_package_has_no_error(errors):
    assert errors() == {}


@pytest.mark.parametrize("errors", CHECKERS)
def test_correct_calls_have_no_error_and_each_mistake_has_one(errors):
    lines = (HERE / "mistakes.py").read_text().splitlines()
    marked = {("mistakes.py", number): 1 for number, line in enumerate(lines, 1) if "  # mistake: " in line}
    assert len(marked) >= 42
    assert errors(HERE / "correct.py", HERE / "mistakes.py") == marked


def public_functions():
    """Public functions, and the public methods of public classes, by name."""
    for module in (sh, sh.statistics, sh.theory, sh.plotting):
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value) and value.__module__.startswith("stochhh."):
                for key, method in vars(value).items():
                    function = getattr(method, "__func__", getattr(method, "fget", method))
                    if not key.startswith("_") and inspect.isfunction(function):
                        yield f"{name}.{key}", function
            elif inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value


INTERNAL = {  # what the library itself calls of public classes, and what the compiled kernels are made of
    "open", "vector_field", "membrane_rate", "linear_rates", "jumps", "gathered", "to_variables", "from_variables",
    "size", "held",
}  # fmt: skip


def test_every_public_signature_has_types():
    lacking, functions = {}, dict(public_functions())
    for name, function in functions.items():
        signature = inspect.signature(function)
        bare = [
            p.name for p in signature.parameters.values() if p.annotation is p.empty and p.name not in ("self", "cls")
        ]
        if name.rpartition(".")[2] not in INTERNAL and (bare or signature.return_annotation is signature.empty):
            lacking[name] = bare
    assert lacking == {} and len(functions) > 250


def test_words_in_types_are_those_that_the_package_knows():
    from stochhh import annotations
    from stochhh.inputs.weights import WEIGHT_DISTRIBUTIONS
    from stochhh.integrators.schemes import SCHEMES

    known = {"Scheme": SCHEMES, "WeightDistribution": WEIGHT_DISTRIBUTIONS, "BackendName": sh.BACKENDS}
    for name, words in known.items():
        assert set(getattr(annotations, name).__args__) == set(words)
