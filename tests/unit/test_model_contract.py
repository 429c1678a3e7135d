"""A model of the user's own that cannot be: one line, an InputError, that names what is wrong and what to do.

Would catch: a traceback of the compiler or of the run, a model that is simulated although its functions do not fit
together, a fault of a backend laid at the door of the model.
"""

import math
import re
from typing import NamedTuple

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

import stochhh as sh
from stochhh.backends.refusal import refusing
from stochhh.integrators.kernels.scalar import compiled
from stochhh.models import MODELS
from stochhh.models.contract import check_model


class Constants(NamedTuple):
    I_app: float


class Leaky:
    """A model in which all is well; each test spoils one thing."""

    name = "leaky"
    variables = ("V", "w")
    ranges = ((-200.0, 200.0), (-10.0, 10.0))
    scales = (100.0, 1.0)
    threshold, rearm = 0.0, -30.0

    def parameters(self):
        return Constants(0.5)

    def initial_state(self):
        return -60.0, 0.5

    def as_dict(self):
        return {}

    @staticmethod
    def vector_field(x, p):
        V, w = x
        return p.I_app - 0.1 * (V + 60.0), -w

    @staticmethod
    def membrane_rate(x, p):
        return 0.1


def spoilt(**members):
    static = ("vector_field", "membrane_rate", "linear_rates")
    return type("Mine", (Leaky,), {k: staticmethod(v) if k in static else v for k, v in members.items()})()


def without(member):
    return type("Mine", (), {k: v for k, v in vars(Leaky).items() if k not in (member, "__dict__", "__weakref__")})()


def of_an_instance(self, x, p):
    return 0.0, 0.0


def of_three(x, p, q):
    return 0.0, 0.0


def of_a_keyword(x, p, *, scale=2.0):
    return scale, 0.0


def of_arrays(x, p):
    return -0.1 * x


def of_nothing_by_nothing(x, p):
    return (x[0] + 60.0) * math.inf, 0.0


def mistyped(x, p):
    return p.I_ap, 0.0


def undefined(x, p):
    return no_such_name, 0.0  # noqa: F821


PLAIN = [
    (Leaky, "it must be an instance, not a class; give Leaky(...)"),
    (3, "neuron = 3 is not allowed: it must be a neuron model; give one such as HodgkinHuxley()"),
    *((without(member), f"model Mine: {member} is missing; add ") for member in
      ("name", "ranges", "scales", "threshold", "rearm", "parameters", "initial_state", "membrane_rate", "as_dict")),
    (spoilt(variables=["V", "w"]), "model Mine: variables = ['V', 'w'] is not allowed: it must be a tuple"),
    (spoilt(variables=("v", "w")), 'the first is "V"'),
    (spoilt(ranges=((-200.0, 200.0),)), "a pair (low, high) for each of V, w"),
    (spoilt(ranges=((200.0, -200.0), (0.0, 1.0))), "model Mine: ranges: upper end of V = -200.0 is not allowed"),
    (spoilt(scales=(100.0, 0.0)), "model Mine: scales: w = 0.0 is not allowed"),
    (spoilt(rearm=10.0), "model Mine: rearm = 10.0 is not allowed: it must be below the threshold, 0 mV"),
    *((spoilt(**{level: value}), f"model Mine: {level} = {value} is not allowed: it must be a finite number")
      for level in ("threshold", "rearm") for value in (math.nan, math.inf, None)),
    *((spoilt(reset=-50.0, refractory=value), f"model Mine: refractory = {value} is not allowed")
      for value in (-2.5, math.nan, math.inf, None, True)),
    (spoilt(refractory=2.0), "model Mine: refractory without reset; add the level"),
    (spoilt(reset=0.0), "model Mine: reset = 0.0 is not allowed: it must be below the threshold, 0 mV"),
    (spoilt(reset=math.nan), "model Mine: reset = nan is not allowed: it must be a finite number"),
    (spoilt(reset=None), "model Mine: reset = None is not allowed"),
    (spoilt(reset=-50.0, rearm=0.5), "model Mine: rearm = 0.5 is not allowed: it must be at most the threshold, 0 mV"),
    (spoilt(reset=-50.0, rearm=math.nan), "model Mine: rearm = nan is not allowed: it must be a finite number"),
    *((spoilt(name=value), "is not allowed: it must be a text that is not") for value in (5, "", " ", None, "a\0")),
    *((spoilt(name=name), f"name = {name!r} is not allowed: it must be another name than that of a model of the lib")
      for name in MODELS),
    (spoilt(as_dict=lambda self: [1]), "model Mine: as_dict() = [1] is not allowed: it must be a dictionary from"),
    (spoilt(as_dict=lambda self: {3: 1}), "model Mine: as_dict() = {3: 1} is not allowed"),
    *((spoilt(as_dict=lambda self, value=value: {"g": 1.0, "which": value}), "model Mine: as_dict() which = ")
      for value in (np.ones(3), {1}, 1j, Leaky, np.int64(3))),
    (spoilt(as_dict=lambda self: 1 / 0), "model Mine: as_dict() fails (test_model_contract.py, line"),
    (spoilt(parameters=lambda self: 1 / 0), "model Mine: parameters() fails (test_model_contract.py, line"),
    (spoilt(initial_state=lambda self: self.no), "AttributeError: 'Mine' object has no attribute 'no'; correct it, or"),
    (spoilt(as_dict=3), "model Mine: as_dict() fails: TypeError: 'int' object is not callable"),
    (spoilt(threshold="0"), "model Mine: threshold = '0' is not allowed"),
    (spoilt(parameters=lambda self: {"I_app": 0.5}), "= {'I_app': 0.5} is not allowed: it must be a named tuple"),
    (spoilt(parameters=lambda self: Constants(None)), "model Mine: parameters(): I_app = None"),
    (spoilt(initial_state=lambda self: [-60.0, 0.5]), "[-60.0, 0.5] is not allowed: it must be a tuple of 2"),
    (spoilt(initial_state=lambda self: (-60.0,)), "(-60.0,) is not allowed: it must be a tuple of 2 numbers, V, w"),
    (spoilt(initial_state=lambda self: (-600.0, 0.5)), "model Mine: initial_state(): V = -600.0"),
    (type("Mine", (Leaky,), {"vector_field": of_an_instance})(), "put @staticmethod above it and remove self"),
    (spoilt(vector_field=of_three), "number of arguments of vector_field = 3 is not allowed: it must be 2, (x, p)"),
    (spoilt(vector_field=of_a_keyword), "number of arguments of vector_field = 3 is not allowed: it must be 2, (x, p)"),
    (spoilt(vector_field=lambda x, p: [0.0, 0.0]), "[0.0, 0.0] is not allowed: it must be a tuple of 2 numbers, dV/dt"),
    (spoilt(vector_field=lambda x, p: np.array([0.0, 0.0])), "array([0., 0.]) is not allowed: it must be a tuple of 2"),
    (spoilt(vector_field=lambda x, p: (0.0,)), "vector_field = (0.0,) is not allowed: it must be a tuple of 2 numbers"),
    (spoilt(vector_field=lambda x, p: (0.0, "0")), "model Mine: vector_field: dw/dt = '0'"),
    (spoilt(vector_field=of_nothing_by_nothing), "model Mine: vector_field: dV/dt = nan"),
    (spoilt(vector_field=of_arrays), "TypeError: can't multiply sequence by non-int of type 'float'; it receives x"),
    (spoilt(vector_field=mistyped), "test_model_contract.py, line"),
    (spoilt(vector_field=undefined), "fails at V = -60, w = 0.5"),
    (spoilt(membrane_rate=lambda x, p: (0.1,)), "model Mine: membrane_rate = (0.1,) is not allowed"),
    (spoilt(linear_rates=lambda x, p: ((0.0, 0.0), (0.1,))), "b of V, b of w"),
    (spoilt(linear_rates=lambda x, p: (0.0, 0.1, 0.2)), "it must be two tuples, (a, b) of dx_i/dt = a_i - b_i x_i"),
]  # fmt: skip


def refused(neuron, backend):
    with pytest.raises(sh.InputError) as caught:
        sh.simulate(neuron, sh.SynapticInput(), backend=backend, duration=1.0, seed=1)
    message = str(caught.value)
    assert "\n" not in message and "numba" not in message
    return message


@pytest.mark.parametrize(("neuron", "said"), PLAIN, ids=lambda value: value[:40] if isinstance(value, str) else "")
def test_what_plain_python_shows(neuron, said):
    assert said in refused(neuron, "per-neuron")


TABLE = [1.0, 2.0]


def of_a_table(x, p):
    return TABLE[0] * x[0], 0.0


def of_a_dictionary():
    settings = {"leak": 0.1}

    def vector_field(x, p):
        return -settings["leak"] * x[0], 0.0

    return vector_field


def of_two_minds(x, p):
    if x[0] > 0.0:
        return [0.0, 0.0]
    return 0.0, 0.0


def factorial(y):
    return 1.0 if y < 1.0 else y * factorial(y - 1.0)


def of_itself(x, p):
    return factorial(x[0]), 0.0


def of_a_logarithm_to_a_base(x, p):
    return math.log(x[0] * x[0], 2.0), 0.0


def importing(x, p):
    import random  # noqa: F401

    return 0.0, 0.0


def importing_a_part(x, p):
    import numpy.random as r  # noqa: F401

    return 0.0, 0.0


def setting_a_global(x, p):
    global LAST
    LAST = x[0]
    return 0.0, 0.0


def foreign(x, p):
    return np.heaviside(x[0], 0.5), 0.0


def through_another(x, p):
    return foreign(x, p)


ALLOWED = "a model may call clip, cos, cosh, exp, expm1, log, sin, sqrt, tanh, where of numpy or math, abs, min, max"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (foreign, f"it uses np.heaviside; {ALLOWED}"),
        (through_another, f"it uses np.heaviside; {ALLOWED}"),
        (of_a_table, "it uses TABLE, a list; use numbers, tuples or parameters()"),
        (of_a_dictionary(), "it uses settings, a dict; use numbers, tuples or parameters()"),
        (of_two_minds, "Can't unify return type"),
        (importing, "it imports random in importing (test_model_contract.py, line "),
        (importing_a_part, "it imports numpy.random in importing_a_part (test_model_contract.py, line "),
        (setting_a_global, "it sets the global LAST in setting_a_global (test_model_contract.py, line "),
        (of_itself, "one of its functions calls itself"),
        (of_a_logarithm_to_a_base, ALLOWED),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_cannot_be_compiled_is_named(field, said):
    neuron = spoilt(vector_field=field)
    with pytest.raises(sh.InputError) as caught, refusing(neuron):
        compiled_field = compiled(field)
        njit(lambda x, p: compiled_field(x, p))(neuron.initial_state(), neuron.parameters())
    message = str(caught.value)
    assert message.startswith("the model 'leaky' cannot be compiled: ") and said in message and "\n" not in message


@pytest.mark.parametrize("backend", ["jump", pytest.param("diffusion", marks=pytest.mark.slow)])
def test_a_run_that_cannot_be_compiled(backend):
    assert "it uses np.heaviside" in refused(spoilt(vector_field=foreign), backend)


BEYOND = -59.0  # mV, where the input leads


def raising(x, p):
    if x[0] > BEYOND:
        raise ValueError(x[0])
    return 0.5 - 0.1 * (x[0] + 60.0), -x[1]


def asserting(x, p):
    assert x[0] < BEYOND
    return 0.5 - 0.1 * (x[0] + 60.0), -x[1]


def through_one_that_raises(x, p):
    return raising(x, p)


def failed(neuron, backend):
    drive = sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5)
    with pytest.raises(sh.InputError) as caught:
        sh.simulate(neuron, drive, backend=backend, duration=50.0, seed=1)
    return caught.value


@pytest.mark.parametrize("backend", ["diffusion", "jump", "per-neuron"])
@pytest.mark.parametrize("field", [raising, asserting, through_one_that_raises])
def test_a_model_that_fails_during_the_run(field, backend):
    error, name = failed(spoilt(vector_field=field), backend), field.__name__
    name = "raising" if field is through_one_that_raises else name
    place = r" \(test_model_contract.py, line \d+\)"
    # A kept kernel that was compiled from a copy of this file elsewhere leaves the place out.
    place = place if backend == "per-neuron" else f"({place})?"
    assert re.match(rf"the model 'leaky' fails in {name}{place}: ", str(error))
    kind = AssertionError if field is asserting else ValueError
    assert isinstance(error.__cause__, kind) and kind.__name__ in str(error) and "\n" not in str(error)
    assert error.argument == "model" and error.value == "leaky"


COPY = """
def vector_field(x, p):
    if x[0] > -59.0:
        raise ValueError(x[0])
    return 0.25 - 0.1 * (x[0] + 60.0), -x[1]
"""


def test_a_model_whose_kernels_were_compiled_from_another_file(tmp_path):
    """The kernel holds the place in that one: no place is said, rather than a wrong one."""
    for name in ("first.py", "second.py"):
        scope = {}
        (tmp_path / name).write_text(COPY)
        exec(compile(COPY, tmp_path / name, "exec"), scope)
        message = str(failed(spoilt(vector_field=scope["vector_field"]), "diffusion"))
        assert message.startswith("the model 'leaky' fails in vector_field")
        assert not {"first.py", "second.py"} - {name} & set(re.findall(r"\w+\.py", message))


def test_what_a_backend_of_ones_own_raises_is_not_laid_at_the_models_door():
    class Broken:
        name = "broken"

        def open(self, task):
            return {}["block"]

    with pytest.raises(KeyError):
        sh.simulate(Leaky(), sh.SynapticInput(), backend=Broken(), duration=1.0, seed=1)


def test_an_error_of_the_librarys_own_is_not_laid_at_the_users_door(monkeypatch):
    with pytest.raises(TypingError), refusing(sh.HodgkinHuxley()):
        raise TypingError("ours")


@pytest.mark.parametrize("model", [Leaky, *MODELS.values()], ids=lambda model: model.name)
def test_a_model_in_which_all_is_well(model):
    check_model(model())


def test_a_reset_and_its_levels_in_which_all_is_well():
    """The rearm level of a neuron with a reset may be the threshold; a class derived from a model may keep its name."""
    for members in ({}, {"refractory": 0}, {"refractory": 2.5}, {"rearm": 0.0, "refractory": 2.5}):
        check_model(spoilt(reset=-50.0, **members))
    check_model(type("Mine", (sh.HodgkinHuxley,), {})())
    check_model(spoilt(as_dict=lambda self: {"a": [1, "x", None, {"b": (2.0, True)}], "np": np.float64(1.0)}))
