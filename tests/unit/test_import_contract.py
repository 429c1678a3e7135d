"""Imports point downward: every module has one layer of the table in `layers`, and keeps to it.

Would catch: a module without a layer, an import from above in any layer, inside a function too, a kernel that knows the
neuron, backends that import each other, an exception that nothing needs any more.
"""

import shutil
from pathlib import Path
from types import SimpleNamespace

import imports
import layers
import pytest
from imports import LATER, NOW, TYPE, faults, imports_in

ROOT = Path(__file__).parents[2]
MODULES = imports.package(ROOT)
NAMES = [f"{depth} {line}" for depth, line in enumerate(layers.LAYERS)]


def with_line(name, line, modules=MODULES):
    """The modules, with a line added to one of them."""
    source, is_package = modules[name]
    return {**modules, name: (f"{source}\n{line}\n", is_package)}


def lazily(line):
    return f"def _planted():\n    {line}"


def for_types(line):
    return f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {line}"


def module_of(depth, at=0):
    """A module of a layer."""
    entries = [entry for line in layers.LAYERS for entry in line.split()]
    entry = layers.LAYERS[depth].split()[at]
    return next(name for name in sorted(MODULES, reverse=True) if imports.entry_of(name, entries) == entry)


def import_of(name):
    return "import stochhh" if name == "stochhh" else f"import stochhh.{name}"


def contract(**changed):
    return SimpleNamespace(**{**{name: getattr(layers, name) for name in layers.__all__}, **changed})


def test_the_package_keeps_the_contract():
    assert len(MODULES) > 100 and faults(MODULES) == []


@pytest.mark.parametrize("depth", range(len(NAMES)), ids=NAMES)
@pytest.mark.parametrize("plant", [str, lazily], ids=["at once", "in a function"])
def test_an_import_from_above_is_refused_in_every_layer(depth, plant):
    """From the layer next above, and from the topmost; at the top, from beside."""
    low = module_of(depth)
    for high in {module_of(depth - 1), module_of(0)} if depth else {module_of(0, at=1)}:
        said = faults(with_line(low, plant(import_of(high))))
        assert any(line.startswith(f"{low}, line") and "does not point downward" in line for line in said), said


def test_an_import_from_above_is_refused_in_every_module():
    """Of the command line: only what lies above it may."""
    allowed = {name for name in MODULES if not faults(with_line(name, "from stochhh import cli"))}
    assert allowed == {"stochhh", "__main__", "annotations", "cli"}


@pytest.mark.parametrize("depth", range(1, len(NAMES)), ids=NAMES[1:])
def test_types_may_come_from_above(depth):
    assert faults(with_line(module_of(depth), for_types(import_of(module_of(0))))) == []


@pytest.mark.parametrize("line", [k for k, line in enumerate(layers.LAYERS) if len(line.split()) > 1])
def test_an_import_from_beside_is_refused(line):
    assert faults(with_line(module_of(line), import_of(module_of(line, at=1))))


@pytest.mark.parametrize(
    "name",
    ["models.neuron", "inputs.population", "system", "random", "files", "results", "statistics.kinds", "options"],
)
def test_a_kernel_knows_the_elementary_layers_alone(name):
    for kernel in (name for name in MODULES if name.startswith("integrators.kernels.")):
        assert faults(with_line(kernel, import_of(name))) and faults(with_line(kernel, lazily(import_of(name))))
    assert faults(with_line("integrators.kernels.grid", import_of("elementary"))) == []


PARTS = {
    "models": "models.passive",
    "inputs": "inputs.recording",
    "statistics": "statistics.spikes.counts",
    "integrators": "integrators.schemes",
    "noise": "noise.merged",
    "backends": "backends.jump",
    "theory": "theory.kick",
}
KNOWN = {  # which lie below
    *[("theory", "models"), ("theory", "inputs"), ("noise", "inputs"), ("integrators", "inputs")],
    *[("backends", "inputs"), ("backends", "noise"), ("backends", "integrators")],
}


@pytest.mark.parametrize("who", PARTS)
@pytest.mark.parametrize("whom", PARTS)
def test_the_parts_do_not_know_one_another(who, whom):
    if who != whom:
        said = faults(with_line(PARTS[who], lazily(f"from stochhh.{whom} import something")))
        assert bool(said) == ((who, whom) not in KNOWN), said


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("backends.jump", "from .diffusion import Diffusion", "that of a stranger"),
        ("backends.diffusion", "from . import per_neuron", "that of a stranger"),
        ("inputs.population", "from ..simulation import simulate", "does not point downward"),
        ("failures", "from . import cli", "does not point downward"),
        ("theory.validity", "import matplotlib.pyplot", "is for plotting.* alone"),
        ("results", "from .plotting import spike_train_figure", "does not point downward"),  # an exception when lazy
        ("models.rest", "from ..integrators.kernels import scalar", "that of a stranger"),
        ("models.neuron", "from .parameters import check\nfrom . import rest, passive", ""),
        ("models.rest", "from . import passive", "a circle: models."),
        ("tables", lazily("importlib.import_module('stochhh.cli')"), "the import of what a name says"),
    ],
)
def test_other_planted_imports(name, line, said):
    found = faults(with_line(name, line))
    assert any(said in line for line in found) if said else not found


@pytest.mark.parametrize("name", ["new", "new.part", "statistics.new", "statistics.new.part"])
def test_a_module_without_a_layer_is_refused(tmp_path, name):
    """In a copy of the package, as it lies on the disk."""
    shutil.copytree(ROOT / "stochhh", tmp_path / "stochhh", ignore=shutil.ignore_patterns("__pycache__"))
    assert faults(imports.package(tmp_path)) == []
    path = tmp_path.joinpath("stochhh", *name.split(".")).with_suffix(".py")
    path.parent.mkdir(exist_ok=True)
    path.write_text('"""New."""\n')
    assert faults(imports.package(tmp_path)) == [f"{name} has no layer"]


def test_whoever_imports_a_module_imports_its_package():
    """If that does anything; a module of the package itself is loaded by it."""
    modules = {"low": ("from .part.lower import x", False), "top": ("", False), "part.lower": ("", False)}
    modules |= {"part.upper": ("from .lower import x", False), "part": ("from .upper import y", True)}
    empty = contract(LAYERS=["top", "part.*", "low", "part.lower"], STRANGERS={}, BY_NAME={}, EXCEPTIONS={})
    assert faults(modules, empty) == ["low, line 1: the import of part when it is loaded does not point downward"]
    assert faults({**modules, "part": ("", True)}, empty) == []


def test_a_new_module_of_a_package_is_held_to_the_layer_of_the_package():
    new = {**MODULES, "theory.new": ("from ..models import Passive\n", False)}
    assert faults(new) == [] and faults(with_line("theory.new", "from ..simulation import simulate", new))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"LAYERS": [*layers.LAYERS, "units"]}, "units has two layers"),
        ({"LAYERS": [*layers.LAYERS, "gone"]}, "no module is gone"),
        ({"EXCEPTIONS": layers.EXCEPTIONS | {("errors", "results"): "types"}}, "('errors', 'results') is an exception"),
        ({"EXCEPTIONS": layers.EXCEPTIONS | {("cli", "experiment"): "downward"}}, "('cli', 'experiment') is an except"),
        ({"BY_NAME": layers.BY_NAME | {"theory": "nothing"}}, "theory is an exception for no import"),
        ({"EXCEPTIONS": {}}, "results, line"),
        ({"BY_NAME": {}}, "the import of what a name says"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(changed, said):
    assert any(said in line for line in faults(MODULES, contract(**changed)))


def test_every_exception_has_a_reason():
    assert all(len(why) > 5 for why in (*layers.EXCEPTIONS.values(), *layers.BY_NAME.values()))


def test_imports_are_read():
    """Each way to write one, with what it means and when it happens."""
    source = """
import stochhh, numpy.linalg as la
from stochhh import a, version
from . import a
from .b import c, d
from ..a import *
if TYPE_CHECKING:
    from ..a import Type
    def f():
        from .b import Type
else:
    import stochhh.a
if not TYPE_CHECKING:
    import stochhh.p.b
class K:
    import json
    def method(self, x=__import__("json")):
        try:
            from . import b
        except ImportError:
            import pandas
"""
    known = frozenset({"stochhh", "a", "p", "p.a", "p.b", "p.b.c"})
    read = [(target, when) for target, when, _ in imports_in("p.x", source, False, known)]
    assert read == [
        *[("stochhh", NOW), ("numpy", NOW), ("a", NOW), ("stochhh", NOW), ("p.a", NOW), ("p.b.c", NOW), ("p.b", NOW)],
        *[("a", NOW), ("a", TYPE), ("p.b", TYPE), ("a", NOW), ("p.b", NOW), ("json", NOW), (imports.BY_NAME, LATER)],
        *[("p.b", LATER), ("pandas", LATER)],
    ]
    package = imports_in("p", "from . import a\nfrom .b.c import x", True, known)
    assert [target for target, _, _ in package] == ["p.a", "p.b.c"]
