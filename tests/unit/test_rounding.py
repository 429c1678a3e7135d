"""What a library computed enters a kernel to as many digits as it is worth, and so as the same bits everywhere.

Would catch: spikes that hang on the last bits of LAPACK or of a mathematical library, as those of the jump backend
once did, by 1e-11 ms from one processor to another.
"""

import importlib
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize

import stochhh as sh
from stochhh.inputs.common_spikes import CommonSpikes
from stochhh.models import hodgkin_huxley, traub_miles, wang_buzsaki
from stochhh.noise.merged import merged_process
from stochhh.rounding import rounded

DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5, weight_distribution="lognormal", weight_sd=0.4),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
NEURON = sh.HodgkinHuxley(I_app=8.0, initial="rest")
BACKENDS = sh.Jump(), sh.Diffusion(), sh.Diffusion(dt=0.02, scheme="sra1")


def test_to_so_many_digits():
    for x in (0.1, -3.7, 1e300, -5e-324, math.pi, 2.0**40 + 1, 0.99999999999):
        for digits in (2, 13, 30):
            found = Fraction(rounded(x, digits))
            assert abs(found - Fraction(x)) <= abs(Fraction(x)) / 2**digits
            assert Fraction(abs(found)).numerator.bit_length() <= digits or found.denominator == 1
    assert [rounded(x) for x in (0.0, math.inf, -math.inf)] == [0.0, math.inf, -math.inf] and math.isnan(
        rounded(math.nan)
    )


def spikes(backend):
    merged_process.cache_clear()
    found = sh.simulate(
        NEURON, DRIVE, backend=backend, duration=200.0, transient=10.0, seed=3, n_trials=4, progress=False
    )
    assert len(found.spikes.time) > 10
    return found.spikes.time.tolist()


def off(function, by):
    """A library's function whose results end in other bits, each one other than the next."""

    def other(*arguments, **settings):
        x = np.asarray(function(*arguments, **settings))
        return (x * (1 + by * (-1.0) ** np.arange(x.size).reshape(x.shape)))[()]

    return other


LIBRARY = [
    (np.linalg, "eigvals"),
    (np, "cbrt"),
    (optimize, "brentq"),
    (importlib.import_module("stochhh.inputs.weights"), "log1p"),
]


def plant(monkeypatch, by):
    for module, name in LIBRARY:
        monkeypatch.setattr(module, name, off(getattr(module, name), by))


@pytest.mark.parametrize("by", [2.0**-52, -(2.0**-52), 1e-14, -1e-13])
def test_last_bits_of_a_library_move_no_spike(monkeypatch, by):
    expected = list(map(spikes, BACKENDS))
    plant(monkeypatch, by)
    assert list(map(spikes, BACKENDS)) == expected


@pytest.mark.parametrize(("module", "name"), LIBRARY)
def test_without_rounding_they_do(monkeypatch, module, name):
    for place in ("models.jacobians", "models.rest", "integrators.event_driven", "inputs.weights"):
        monkeypatch.setattr(importlib.import_module(f"stochhh.{place}"), "rounded", lambda x, digits=0: x)
    backend = sh.Jump()
    expected = spikes(backend)
    monkeypatch.setattr(module, name, off(getattr(module, name), 1e-13))
    assert spikes(backend) != expected


def test_how_probable_a_boundary_is():
    """Numbers off by 1e-14 that a rounding to 1e-9 tells apart: at random, one in 1e5 or fewer."""
    x = np.random.default_rng(0).uniform(0.1, 10.0, 100_000)
    assert sum(rounded(a) != rounded(a * (1 + 1e-14)) for a in x.tolist()) <= 10  # 0.5 to 1.1 expected
    assert sum(rounded(a) != rounded(a * (1 + 1e-6)) for a in x.tolist()) == x.size  # and a difference that counts


def nearest(factor, power):
    """factor e^power, correctly rounded."""
    return float(Decimal(factor) * (Decimal(Fraction(power).numerator) / Fraction(power).denominator).exp())


def test_constants_are_right_to_the_last_bit():
    """They are not left to a library's exp, of which the last bit is its own."""
    hh, tm, wb = hodgkin_huxley, traub_miles, wang_buzsaki
    assert (hh._E10, hh._E25, hh._E30) == tuple(nearest("1", x) for x in ("1", "5/2", "3"))
    assert (tm._E3, tm._E8, tm._E13_4) == tuple(nearest("1", x) for x in ("3", "8", "13/4"))
    assert (tm._ALPHA_H, tm._BETA_N) == (nearest("0.128", "17/18"), nearest("0.5", "1/4"))
    assert (wb._E28, wb._E34, wb._E35) == tuple(nearest("1", x) for x in ("-14/5", "-17/5", "-7/2"))
    assert (wb._ALPHA_H, wb._BETA_N) == (nearest("0.07", "-29/10"), nearest("0.125", "-11/20"))


@pytest.mark.parametrize(
    ("n", "c"), [(0, 0.3), (1, 0.3), (7, 1e-9), (4000, 1e-7), (4000, 0.01), (123457, 0.5), (5, 1.0)]
)
def test_the_chance_that_a_common_spike_arrives(n, c):
    """1 - (1 - q)^n of fractions, to rounding, however small."""
    population = sh.Population("a", n=n, rate=1.0, weight=0.1, p=0.75, correlation=c)
    exact = 1 - (1 - Decimal(c) * Decimal("0.75")) ** n
    assert CommonSpikes((population,))._reach == pytest.approx(float(exact), rel=5e-15, abs=0)
