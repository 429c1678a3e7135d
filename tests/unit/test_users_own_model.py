"""A neuron of the user's own, written here, in all three backends; and every model's loop as packed instructions.

Would catch: an interface that asks for more than its text says, a model that falls back to one lane at a time.
"""

import math
import platform
from typing import NamedTuple

import numpy as np
import pytest
from assembly import counted, sweep
from scipy.integrate import solve_ivp

import stochhh as sh
from stochhh.models import HodgkinHuxley, MorrisLecar, TraubMiles, WangBuzsaki


class FitzHughNagumo:
    """FitzHugh (1961) and Nagumo et al. (1962), with a threshold that is smooth: any name of numpy or math will do."""

    class Constants(NamedTuple):
        I_app: float

    name = "fitzhugh-nagumo"
    variables = ("V", "w")
    ranges = ((-10.0, 10.0), (-10.0, 10.0))
    scales = (4.0, 2.0)
    threshold, rearm = 1.0, 0.0

    def parameters(self):
        return self.Constants(0.5)

    def initial_state(self):
        return -1.0, -0.5

    def as_dict(self):
        return {"I_app": 0.5}

    @staticmethod
    def vector_field(x, p):
        V, w = x
        return V - V**3 / 3 - w + p.I_app, 0.08 * (V + 0.7 * np.tanh(5.0) - 0.8 * w * math.exp(0.0))

    @staticmethod
    def membrane_rate(x, p):
        return x[0] ** 2 - 1.0


class EveryName(FitzHughNagumo):
    """All that a model may call."""

    @staticmethod
    def vector_field(x, p):
        V, w = x
        a = math.exp(-V) + np.expm1(w) + math.sin(V) + np.cos(w) + np.where(V > 0.0, w, 1.0) + np.clip(V, -1.0, 1.0)
        b = math.log(1.0 + V * V) + np.sqrt(1.0 + w * w) + math.tanh(V) + np.cosh(w) + abs(V) + min(V, w) + max(V, 0.0)
        return V - V**3 / 3 - w + p.I_app + 1e-9 * a, 0.08 * (V + 0.7 - 0.8 * w) + 1e-9 * b


class OneLaneAtATime(FitzHughNagumo):
    """Planted fault: a call into the mathematical library, for which there is no stand-in."""

    @staticmethod
    def vector_field(x, p):
        V, w = x
        return V - V**3 / 3 - w + p.I_app, 0.08 * (V + 0.7 - 0.8 * math.erf(w))


LANES = 24  # no other test has them, so that the loops of this one are compiled here


@pytest.fixture(scope="module", autouse=True)
def cold(tmp_path_factory):
    """No kernel comes from the disk: its code could not be inspected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOCHHH_CACHE_DIR", str(tmp_path_factory.mktemp("kernels")))
        yield


@pytest.fixture(scope="module")
def exact():
    def slope(t, x):
        return x[0] - x[0] ** 3 / 3 - x[1] + 0.5, 0.08 * (x[0] + 0.7 * math.tanh(5.0) - 0.8 * x[1])

    def at_threshold(t, x):
        return x[0] - 1.0

    at_threshold.direction = 1
    path = solve_ivp(slope, (0, 200), (-1.0, -0.5), method="DOP853", rtol=1e-11, atol=1e-12, events=at_threshold)
    assert path.t_events[0].size >= 4
    return path.t_events[0]


@pytest.mark.parametrize(
    ("backend", "error"),
    [
        (sh.Jump(tolerance=1e-6, lanes=LANES), 1e-6),
        (sh.PerNeuron(dt=0.02), 1e-3),
        (sh.Diffusion(dt=0.001, lanes=LANES), 0.01),
    ],
    ids=["jump", "per-neuron", "diffusion"],
)
def test_a_users_model_runs_in_every_backend(exact, backend, error):
    times = sh.simulate(FitzHughNagumo(), sh.SynapticInput(), backend=backend, duration=200.0, seed=1).spikes.time
    assert times.size == exact.size
    assert np.max(np.abs(times - exact)) < error


def packed_and_scalar(neuron, backend):
    """Numbers of arithmetic instructions on whole vectors and on single numbers, and the calls."""
    found, calls = counted(sweep(neuron, backend, LANES))
    return found[256] + found[512], found[64], calls


slow = pytest.mark.slow
x86 = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads the assembly of x86")
LOOPS = [
    (FitzHughNagumo(), "jump"),
    (FitzHughNagumo(), "diffusion"),
    pytest.param(EveryName(), "diffusion", marks=slow),
    *(
        pytest.param(neuron, backend, marks=slow)
        # Without the passive membrane: its step is so short that LLVM leaves a narrow loop scalar, that of its jumps
        # everywhere and that of its diffusion on some processors.
        for neuron in (MorrisLecar(), WangBuzsaki(), TraubMiles(), HodgkinHuxley())
        for backend in ("jump", "diffusion")
    ),
]


@x86
@pytest.mark.parametrize(("neuron", "backend"), LOOPS)
def test_the_loop_over_lanes_is_vectorised(neuron, backend):
    packed, scalar, calls = packed_and_scalar(neuron, backend)
    assert packed >= 50 and not calls
    assert scalar < 0.1 * packed  # what is the same in all lanes, before the loop


@x86
@slow
def test_that_test_sees_a_library_call():
    packed, scalar, calls = packed_and_scalar(OneLaneAtATime(), "jump")
    assert calls and scalar > 0.1 * packed
