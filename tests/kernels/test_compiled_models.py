"""Plain scalar Python and the machine code made of it: one meaning, for every model of the library and any user's.

Would catch: a function swapped for another one on the way, a polynomial out of its range, a stale constant.
"""

import math
from math import exp, tanh

import numpy as np
import pytest
from numba import njit

from stochhh import machine_code
from stochhh.integrators.kernels.scalar import compiled
from stochhh.models import MODELS

FINE = [-40.0, -55.0, -30.0, -35.0, np.nextafter(-40.0, 0), np.nextafter(-55.0, -100), 0.0, 50.0, -90.0]
SCALE = 2.5


def states(neuron):
    """Random states over the physiological range, and some at the removable singularities."""
    draw = np.random.default_rng(3)
    V = np.concatenate([draw.uniform(-100.0, 60.0, 300), FINE])
    gates = draw.uniform(0.0, 1.0, (V.size, len(neuron.variables) - 1))
    return [tuple(row) for row in np.column_stack([V, gates])]


@pytest.mark.parametrize("name", MODELS)
def test_a_compiled_field_is_the_plain_one(name):
    """To rounding of the terms: the field is a difference of currents, so its size is measured by the largest."""
    neuron = MODELS[name]()
    field, p = compiled(type(neuron).vector_field), neuron.parameters()

    @njit(error_model="numpy")
    def call(x, p):
        return field(x, p)

    for x in states(neuron):
        plain, fast = np.array(type(neuron).vector_field(x, p)), np.array(call(x, p))
        assert np.all(np.isfinite(plain))
        assert np.all(np.abs(plain - fast) < 1e-12 * (1e4 + np.abs(plain))), x


@pytest.mark.parametrize("name", ["hodgkin-huxley", "passive", "traub-miles"])
def test_the_membrane_rate_is_the_slope_of_the_field(name):
    """-d(dV/dt)/dV, plain and compiled; an explicit step is judged by it.

    Models with a gate that follows V at once leave the gate's own slope out, and are not asked.
    """
    neuron = MODELS[name]()
    p, rate_of_V = neuron.parameters(), compiled(type(neuron).membrane_rate)

    @njit(error_model="numpy")
    def call(x, p):
        return rate_of_V(x, p)

    for V, *gates in states(neuron)[:100]:
        up, down = (type(neuron).vector_field((V + d, *gates), p)[0] for d in (1e-4, -1e-4))
        expected = type(neuron).membrane_rate((V, *gates), p)
        assert expected == pytest.approx(call((V, *gates), p), rel=1e-9)
        assert expected == pytest.approx(-(up - down) / 2e-4, rel=1e-4, abs=1e-4)


def gain(x):
    return SCALE * tanh(x / 10.0)


def by_name(x):
    return exp(x) + gain(x)


def by_module(x):
    return math.exp(x) + SCALE * np.tanh(x / 10.0)


def in_closure(scale):
    def curve(x):
        return exp(x) + scale * math.tanh(x / 10.0)

    return curve


def with_default(x, scale=2.5):
    if x > 100.0:
        return math.log(x) * math.sqrt(x) * math.cosh(1.0)
    return exp(x) + scale * tanh(x / 10.0)


@pytest.mark.parametrize("function", [by_name, by_module, in_closure(2.5), with_default], ids=lambda f: f.__name__)
def test_ways_to_write_a_model(function):
    """Names, modules, closures, defaults and functions of one's own: all come to the same numbers."""
    inner = compiled(function)

    @njit(error_model="numpy")
    def call(x):
        return inner(x)

    for x in (-20.0, -1.0, 0.0, 0.5, 3.0):
        assert call(x) == pytest.approx(by_name(x), rel=1e-14)
    assert call(200.0) == pytest.approx(function(200.0), rel=1e-14)


def test_a_changed_constant_is_another_kernel(monkeypatch):
    """Wherever it stands: in a global, a closure, a default, a module."""

    def named(function):
        inner = compiled(function)

        def loop(x):
            return inner(x)

        return machine_code.fingerprint(loop)

    assert named(in_closure(2.5)) == named(in_closure(2.5)) != named(in_closure(2.0))
    before = named(by_module)
    assert before == named(by_module)
    monkeypatch.setitem(globals(), "SCALE", 2.0)
    assert named(by_module) != before
