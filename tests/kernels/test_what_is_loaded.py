"""What is compiled is what is loaded at present, not what a file says by now nor what a function once was.

Would catch: a constant edited in the file of a model after its import, or set anew in a running session, that the
compiled backends take and the per-neuron backend does not, or the other way round.
"""

import functools
import importlib
import linecache
import math
import sys
from collections import namedtuple
from types import ModuleType

import numpy as np
import pytest
from numba import njit

import stochhh as sh
from stochhh.fingerprints import fingerprint, present
from stochhh.integrators.kernels.multiply_adds import fused
from stochhh.integrators.kernels.scalar import compiled


def value(function, x=2.0):
    """What the compiled function gives; it must be what the plain one gives."""
    inner = compiled(function)
    result = njit(error_model="numpy")(lambda x: inner(x))(x)
    assert result == pytest.approx(function(x), rel=1e-15)
    return result


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module to the disk, and import it the first time."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # of two versions written in one second one would be stale
    imported = {}

    def write(text, name="edited_model"):
        (tmp_path / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        if name not in imported:
            imported[name] = importlib.import_module(name)
        return imported[name]

    yield write
    for name in imported:
        del sys.modules[name]


SOURCE = "import math\n\n\ndef field(x, more=1.0):\n    y = 0.08 * x + more\n    return math.sin(y)\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [("0.08", "0.12"), ("0.08", "8"), ("sin", "cos"), ("* x", "- x"), ("+ more", "+ x"), ("def field", "def other"),
     ("x, more=1.0", "x, more, less=1.0"), ("    return math", "    y += 1\n    return math")],
)  # fmt: skip
def test_a_function_edited_after_it_was_loaded_is_refused(module, old, new):
    made = module(SOURCE)
    module(SOURCE.replace(old, new))
    with pytest.raises(sh.InputError) as refused:
        compiled(made.field)
    said = str(refused.value)
    assert "edited_model.py, line 4: the source of field has changed since it was loaded; " in said
    assert said.endswith("restart Python, or reload the module and create the neuron again")
    assert "'field'" not in said and "\n" not in said


def test_a_function_that_it_calls_in_another_file_is_refused_too(module):
    module("def scaled(x):\n    return 0.08 * x + 1.0\n", "edited_helper")
    made = module("import edited_helper\n\n\ndef field(x):\n    return edited_helper.scaled(x) + 2.0 * x\n")
    module("def scaled(x):\n    return 0.12 * x + 1.0\n", "edited_helper")
    with pytest.raises(sh.InputError, match=r"edited_helper\.py, line 1: the source of scaled has changed"):
        compiled(made.field)
    importlib.reload(sys.modules["edited_helper"])
    assert value(made.field) == 0.12 * 2.0 + 1.0 + 4.0


@pytest.mark.parametrize(
    "edited",
    [
        "# why\n" + SOURCE.replace("    y", "    # how\n    y"),
        SOURCE + "\n\ndef other(x):\n    return 2.0 * x + 1.0\n",
        SOURCE.replace("more=1.0", "more=3.0"),  # a default is no part of the function's code: the loaded one holds
        "import math\n\nclass Model:\n" + "\n".join(f"    {line}" for line in SOURCE.splitlines()[1:]),
        "this is no Python",
        "",
    ],
    ids=["comment", "another function", "default", "moved", "no Python", "empty"],
)
def test_any_other_edit_leaves_what_is_loaded(module, edited):
    made = module(SOURCE)
    expected = math.sin(0.08 * 2.0 + 1.0)
    module(edited)
    assert value(made.field) == pytest.approx(expected, rel=1e-15)


def test_two_functions_that_change_places(module):
    """Found by what they are, not by where they stand."""
    one, two = "def one(x):\n    return 2.0 * x + 1.0\n", "def two(x):\n    return 3.0 * x + 1.0\n"
    made = module(one + two)
    module(two + one)
    for function, factor in ((made.one, 2.0), (made.two, 3.0)):
        assert fused(function) is not function and factor in fused(function).__code__.co_consts
    module(two.replace("two", "one") + one.replace("one", "two"))
    with pytest.raises(sh.InputError, match="the source of one "):
        fused(made.one)


def test_a_name_of_a_module_is_fused_like_any_other(module):
    """Python compiles `math.sin` in another way where `math` is imported at the top of the file."""
    made = module(SOURCE)
    assert fused(made.field) is not made.field
    assert "_stochhh_multiply_add" in fused(made.field).__code__.co_names


def test_a_function_without_a_file():
    """From a notebook, whose cells are kept as text; from exec; a lambda."""
    source = "def field(x):\n    return 0.08 * x + 1.0\n"
    scope = {}
    exec(compile(source, "<ipython-input-1>", "exec"), scope)
    assert fused(scope["field"]) is scope["field"] and value(scope["field"]) == 1.16
    linecache.cache["<ipython-input-1>"] = (len(source), None, source.splitlines(keepends=True), "<ipython-input-1>")
    assert fused(scope["field"]) is not scope["field"] and value(scope["field"]) == 1.16
    del linecache.cache["<ipython-input-1>"]
    assert value(lambda x: 0.12 * x + 1.0) == 1.24
    assert value(lambda x: 0.08 * x + 1.0) == 1.16


def test_the_wrapper_is_compiled_and_not_what_it_wraps():
    def tripled(function):
        @functools.wraps(function)
        def inner(x):
            return 3.0 * function(x)

        return inner

    @tripled
    def field(x):
        return 2.0 * x

    assert value(field) == 12.0


def multiply_add(a, b):
    return a - b


def test_a_function_with_the_name_of_ours():
    """Planted: the user's function means something else."""

    def field(x):
        return multiply_add(x, 1.0) + 2.0 * x

    assert value(field) == 5.0


SCALE = 0.5
TABLE = np.array([1.0, 2.0])
PAIR = namedtuple("PAIR", "a b")(1.0, (2.0, 3.0))
tools = ModuleType("tools")
tools.shifted = lambda x: x + 1.0


def gain(x, *more):
    return SCALE * x


def of_a_default(x, scale=0.5):
    return scale * x


def by_global(x):
    return SCALE * x + 1.0


def by_callee(x):
    return gain(x) + 1.0


def by_default(x):
    return of_a_default(x) + 1.0


def by_array(x):
    return TABLE[1] * x


def by_tuple(x):
    return PAIR.b[0] * x


def by_module(x):
    return tools.shifted(x) * 2.0


def cell():
    scale = 0.5

    def field(x):
        return scale * x

    def change():
        nonlocal scale
        scale = 0.75

    return field, change


IN_CLOSURE, CHANGE_CLOSURE = cell()
HERE = sys.modules[__name__]


@pytest.mark.parametrize(
    ("function", "change"),
    [
        (by_global, lambda patch: patch.setattr(HERE, "SCALE", 0.25)),
        (by_callee, lambda patch: patch.setattr(HERE, "SCALE", 0.25)),
        (by_callee, lambda patch: patch.setattr(HERE, "gain", lambda x: 4.0 * x)),
        (by_callee, lambda patch: patch.setattr(gain, "__code__", (lambda x: x - 9.0).__code__)),
        (by_default, lambda patch: patch.setattr(of_a_default, "__defaults__", (0.25,))),
        (of_a_default, lambda patch: patch.setattr(of_a_default, "__defaults__", (0.25,))),
        (by_array, lambda patch: TABLE.__setitem__(1, 5.0)),
        (by_tuple, lambda patch: patch.setattr(HERE, "PAIR", PAIR._replace(b=(7.0, 3.0)))),
        (by_module, lambda patch: patch.setattr(tools, "shifted", lambda x: x + 2.0)),
        (IN_CLOSURE, lambda patch: CHANGE_CLOSURE()),
        (by_global, lambda patch: patch.setattr(by_global, "__code__", (lambda x: x - 9.0).__code__)),
    ],
)
def test_what_is_changed_in_a_running_session_is_compiled_anew(function, change, monkeypatch):
    before = present(function)
    first = value(function)
    assert present(function) is before is function and compiled(function) is compiled(function)
    with monkeypatch.context() as patch:
        change(patch)
        assert value(function) != first
        assert present(function) is present(function) is not before
    if function not in (IN_CLOSURE, by_array):  # which are not set back
        assert value(function) == first and present(function) is before


class Leaky:
    name, variables, ranges, scales = "leaky", ("V",), ((-200.0, 200.0),), (20.0,)
    threshold, rearm, reset, refractory = -50.0, -50.0, -60.0, 2.0

    def parameters(self):
        return namedtuple("Leak", "E")(-40.0)

    def initial_state(self):
        return (-60.0,)

    def as_dict(self):
        return {}

    @staticmethod
    def vector_field(x, p):
        return (SCALE * 0.1 * (p.E - x[0]),)

    @staticmethod
    def membrane_rate(x, p):
        return SCALE * 0.1


@pytest.mark.parametrize("backend", [sh.Jump(), sh.Diffusion(), sh.Diffusion(scheme="heun")], ids=str)
def test_every_backend_asks_for_the_present_functions(backend, monkeypatch):
    """At the start of a run, once for all blocks."""
    from stochhh.integrators.task import Task

    def kernel():
        return backend.open(Task(Leaky(), sh.SynapticInput(), 1, 0, 1, 10.0, 0.0)).kernel

    before = kernel()
    assert kernel() is before
    with monkeypatch.context() as patch:
        patch.setattr(HERE, "SCALE", 0.25)
        changed = kernel()
        assert changed is not before and kernel() is changed
    assert kernel() is before


@pytest.mark.slow
def test_a_constant_set_anew_is_simulated_alike_in_all_backends(monkeypatch):
    """Without input the period is exact: refractory + log((E - reset) / (E - threshold)) / (0.1 SCALE)."""
    for scale in (0.5, 0.25, 0.5):
        monkeypatch.setattr(HERE, "SCALE", scale)
        exact = 2.0 + math.log(2.0) / (0.1 * scale)
        for backend, error in ((sh.Jump(tolerance=1e-5), 1e-3), (sh.PerNeuron(), 1e-6), (sh.Diffusion(), 0.05)):
            run = sh.simulate(Leaky(), sh.SynapticInput(), backend=backend, duration=200.0, seed=1)
            assert np.diff(run.spikes.time) == pytest.approx(exact, abs=error)


def test_a_module_of_the_users_with_the_name_of_a_standard_one(tmp_path):
    """Its content is in no version."""
    module = ModuleType("statistics")
    module.__file__ = str(tmp_path / "statistics.py")
    module.gain = lambda x: 2.0 * x

    def field(x):
        return module.gain(x)

    before = fingerprint(field)
    module.gain = lambda x: 3.0 * x
    assert before != fingerprint(field) is not None
