"""The house: importing is cheap, public names are there, the examples in docstrings run.

Would catch: `import stochhh` that takes a second, a name promised and not there.
"""

import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import stochhh

ROOT = Path(__file__).parents[2]
MODULES = sorted(module.name for module in pkgutil.walk_packages(stochhh.__path__, "stochhh."))
HEAVY = ["scipy.stats", "pandas", "xarray", "matplotlib", "numba", "scipy", "tqdm", "typer", "pydantic"]


def test_no_module_has_the_name_of_its_function():
    """`from . import X` would be the one or the other, by what was loaded before. The kernels' names are their own."""
    files = [path for path in (ROOT / "stochhh").rglob("*.py") if "kernels" not in path.relative_to(ROOT).parts]
    functions = {path: {n.name for n in ast.parse(path.read_text()).body if hasattr(n, "name")} for path in files}
    assert len(files) > 80 and [path for path, names in functions.items() if path.stem in names] == []


# What may take the text of an error as a whole; and who reads what tomllib and numba say, which have no data.
WHOLE = {
    "BadParameter", "InputError", "Interrupted", "LinearResponse", "SimulationError", "_quantity", "add_note",
    "escaped", "exit", "one_line", "say", "tell",
}  # fmt: skip
FOREIGN = {
    ("tables.py", "_parsed"),
    ("refusal.py", "_explained"),
    ("compiler.py", "_loaded"),
    ("model_files.py", "_told"),
}


def read_back(source, file=""):
    """Lines on which the text of an error is taken apart, kept, or handed to whom it is no mere text."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    caught = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)}

    def names_an_error(node):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
                return name in caught or name == "error"
        return False

    def is_its_text(node):
        of_str = isinstance(node, ast.Call) and ast.unparse(node.func) in ("str", "repr") and node.args
        inside = node.args[0] if of_str else node.value if isinstance(node, ast.FormattedValue) else None
        return inside is not None and names_an_error(inside)

    def is_read(node):
        child, node = node, parents[node]
        while isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.BoolOp | ast.IfExp | ast.Tuple | ast.keyword):
            child, node = node, parents[node]
        if isinstance(node, ast.Call) and child is not node.func:
            return getattr(node.func, "attr", getattr(node.func, "id", None)) not in WHOLE
        return not isinstance(node, ast.Return | ast.Yield)

    def is_foreign(node):
        while node in parents and not isinstance(node, ast.FunctionDef):
            node = parents[node]
        return (file, getattr(node, "name", None)) in FOREIGN

    return [node.lineno for node in parents if is_its_text(node) and is_read(node) and not is_foreign(node)]


def test_no_module_reads_an_error_back():
    """What a message says is in the data of the error: argument, value, where. See `errors`."""
    files = [path for path in (ROOT / "stochhh").rglob("*.py") if path.name != "errors.py"]
    found = {path.name: lines for path in files if (lines := read_back(path.read_text(), path.name))}
    assert len(files) > 100 and found == {}


@pytest.mark.parametrize(
    "fault",
    [
        "try:\n    f()\nexcept InputError as e:\n    raise type(e)(str(e).replace('a', 'b'))",
        "try:\n    f()\nexcept InputError as error:\n    said = str(error)\n    g(said.startswith('population'))",
        "try:\n    f()\nexcept InputError as error:\n    line = re.search('line ([0-9]+)', str(error))",
        "try:\n    f()\nexcept InputError as error:\n    known = 'rate' in str(error)",
        "def f(error):\n    return f'{error}'.partition(':')",
        "def f(error):\n    return f'{error}'[3:]",
        "def f(error):\n    return of_value(str(error['ctx']['error']))",
    ],
)
def test_an_error_that_is_read_back_is_seen(fault):
    assert read_back(fault)


def test_import_loads_nothing_heavy():
    """Nor does asking for the version, or for what names there are."""
    command = "import sys, stochhh; stochhh.__version__; dir(stochhh); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout.split()
    assert not set(HEAVY) & set(loaded)
    assert not [name for name in loaded if name.startswith("stochhh.")]


def test_every_public_name_is_there():
    for name in stochhh.__all__:
        assert getattr(stochhh, name) is not None, name
    assert len(set(stochhh.__all__)) == len(stochhh.__all__)
    assert set(dir(stochhh)) >= set(stochhh.__all__)
    wanted = "simulate compare HodgkinHuxley SynapticInput Population Jump Diffusion PerNeuron Recording InputError"
    assert set(wanted.split()) <= set(stochhh.__all__)


@pytest.mark.parametrize("package", [stochhh, importlib.import_module("stochhh.statistics")], ids=lambda p: p.__name__)
def test_editors_are_told_of_the_names_that_are_loaded_later(package):
    """The imports under TYPE_CHECKING bind the names of the lazy table, from the same modules, and the submodules."""
    guards = [node for node in ast.parse(Path(package.__file__).read_text()).body if isinstance(node, ast.If)]
    (block,) = [node for node in guards if ast.unparse(node.test) == "TYPE_CHECKING"]
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    told = {alias.asname: node.module for node in imports for alias in node.names}
    submodules = dict.fromkeys(getattr(package, "_SUBMODULES", ()))
    assert told == package._HOME | submodules
    assert set(dir(package)) == set(told) | {"__version__"} & set(package.__all__)
    assert all(not name.startswith("_") for name in set(dir(package)) - {"__version__"})


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert stochhh.__version__ == version("stochhh")


def test_what_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        stochhh.nothing_of_the_kind  # noqa: B018
    assert stochhh.simulation.simulate is stochhh.simulate


@pytest.mark.parametrize("name", MODULES)
def test_a_module_keeps_its_promises(name):
    """It says what it is, and every name in its __all__ exists, once."""
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} does not say what it is"
    names = getattr(module, "__all__", [])
    assert len(set(names)) == len(names)
    for public in names:
        assert hasattr(module, public), f"{name}.{public}"


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_there_are_examples():
    """The test above would pass on a package without any."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(examples) >= 2


def test_modules_have_names_of_their_own():
    """Where a module is called utils, nobody knows what is in it."""
    assert not {name.rsplit(".")[-1] for name in MODULES} & {"utils", "util", "helpers", "common", "misc", "manager"}
