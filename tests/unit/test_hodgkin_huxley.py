"""The neuron: constants, rates, currents, rest, and every value that it refuses."""

from dataclasses import FrozenInstanceError, asdict, replace
from math import exp, inf, nan

import numpy as np
import pytest

from stochhh import HodgkinHuxley, InputError
from stochhh.models import MODELS, Neuron
from stochhh.models.hodgkin_huxley import relaxation
from stochhh.rounding import rounded

# The constants of the original question.
CONSTANTS = {
    "C_m": 1.0, "g_Na": 120.0, "g_K": 36.0, "g_L": 0.3, "E_Na": 50.0, "E_K": -77.0, "E_L": -54.387, "I_app": 3.0,
    "phi": 1.0, "initial": (-65.0, 0.05, 0.6, 0.32), "threshold": 0.0, "rearm": -30.0,
}  # fmt: skip
STATE = (-50.0, 0.2, 0.4, 0.45)
GRID = np.concatenate((np.linspace(-150, 100, 2501), [-40 + 1e-9, -40 - 1e-7, -55 + 1e-12, np.nextafter(-55, 0)]))


def textbook_rates(V):
    """The rates as printed in 1952, shifted; x / (1 - exp(-x)) by expm1, which loses no digits near 0."""

    def linoid(x):
        return 1.0 if x == 0 else -x / np.expm1(-x)

    return (
        linoid((V + 40) / 10), 4 * exp(-(V + 65) / 18),
        0.07 * exp(-(V + 65) / 20), 1 / (1 + exp(-(V + 35) / 10)),
        0.1 * linoid((V + 55) / 10), 0.125 * exp(-(V + 65) / 80),
    )  # fmt: skip


def textbook_field(x, neuron):
    """The four equations, written out."""
    V, m, h, n = x
    a_m, b_m, a_h, b_h, a_n, b_n = textbook_rates(V)
    ionic = (
        neuron.g_Na * m**3 * h * (V - neuron.E_Na)
        + neuron.g_K * n**4 * (V - neuron.E_K)
        + neuron.g_L * (V - neuron.E_L)
    )
    gates = (a_m * (1 - m) - b_m * m, a_h * (1 - h) - b_h * h, a_n * (1 - n) - b_n * n)
    return ((neuron.I_app - ionic) / neuron.C_m, *(neuron.phi * gate for gate in gates))


def test_defaults_are_the_constants_of_the_question():
    assert asdict(HodgkinHuxley()) == CONSTANTS
    assert HodgkinHuxley().as_dict() == CONSTANTS


def test_is_a_neuron_and_has_a_name_in_files():
    neuron = HodgkinHuxley()
    assert isinstance(neuron, Neuron)
    assert MODELS[neuron.name] is HodgkinHuxley
    assert len(neuron.variables) == len(neuron.ranges) == len(neuron.scales) == len(neuron.initial_state()) == 4


@pytest.mark.parametrize("key", ["C_m", "g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L", "I_app", "phi"])
def test_every_constant_is_settable_and_effective(key):
    neuron = HodgkinHuxley(**{key: CONSTANTS[key] * 1.1})
    before = HodgkinHuxley.vector_field(STATE, HodgkinHuxley().parameters())
    after = HodgkinHuxley.vector_field(STATE, neuron.parameters())
    assert after != before
    assert after == pytest.approx(textbook_field(STATE, neuron), rel=1e-12, abs=0)


def test_rates_equal_the_textbook_formulas():
    found = np.array([relaxation(V, 2.0) for V in GRID])
    expected = 2.0 * np.array([(a_m, a_m + b_m, a_h, a_h + b_h, a_n, a_n + b_n) for a_m, b_m, a_h, b_h, a_n, b_n in
                               map(textbook_rates, GRID)])  # fmt: skip
    assert np.all(np.isfinite(found))
    assert np.max(np.abs(found / expected - 1)) < 1e-12


@pytest.mark.parametrize(("V", "rate", "limit"), [(-40.0, 0, 1.0), (-55.0, 4, 0.1)])
def test_removable_singularities_are_removed_without_a_shift(V, rate, limit):
    assert relaxation(V, 1.0)[rate] == pytest.approx(limit, rel=1e-14, abs=0)
    # x / (1 - exp(-x)) = 1 + x/2 + x^2/12: the slope is 0.05 a mV, the same on both sides
    for h in (1e-2, 1e-4, -1e-4, -1e-2):
        slope = (relaxation(V + h, 1.0)[rate] / limit - 1) / h
        assert slope == pytest.approx(0.05 + h / 1200, abs=1e-9)


@pytest.mark.parametrize(("centre", "rate"), [(-40.0, 0), (-55.0, 4)])
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_no_step_where_the_series_takes_over(centre, rate, side):
    inside, outside = centre + side * (1 - 1e-13), centre + side * (1 + 1e-13)
    # 1 - e^-x at |x| = 0.1, where e^-x is the 72nd power of an exponential: 72 * 2e-16 / 0.1 of rounding.
    assert relaxation(inside, 1.0)[rate] == pytest.approx(relaxation(outside, 1.0)[rate], rel=1.5e-13, abs=0)


def test_vector_field_equals_the_equations():
    neuron = HodgkinHuxley(I_app=7.5)
    for V in np.linspace(-100, 60, 33):
        x = (V, 0.3, 0.2, 0.6)
        assert neuron.vector_field(x, neuron.parameters()) == pytest.approx(textbook_field(x, neuron), rel=1e-12, abs=0)


def test_phi_multiplies_the_gates_alone():
    slow, fast = (HodgkinHuxley(phi=phi) for phi in (1.0, 3.0))
    a, b = (np.array(neuron.vector_field(STATE, neuron.parameters())) for neuron in (slow, fast))
    assert b == pytest.approx(a * [1, 3, 3, 3], rel=1e-14, abs=0)


def test_currents_balance_the_vector_field():
    neuron = HodgkinHuxley()
    currents = neuron.currents(*STATE)
    assert currents["I_Na"] == pytest.approx(120 * 0.2**3 * 0.4 * (-50 - 50), rel=1e-14, abs=0)
    assert currents["I_K"] == pytest.approx(36 * 0.45**4 * (-50 + 77), rel=1e-14, abs=0)
    assert currents["I_L"] == pytest.approx(0.3 * (-50 + 54.387), rel=1e-14, abs=0)
    assert 3.0 - sum(currents.values()) == pytest.approx(
        neuron.vector_field(STATE, neuron.parameters())[0], rel=1e-13, abs=0
    )


def test_currents_of_arrays():
    V, m, h, n = (np.full(3, value) for value in STATE)
    for name, values in HodgkinHuxley().currents(V, m, h, n).items():
        assert values == pytest.approx(np.full(3, HodgkinHuxley().currents(*STATE)[name]))


def test_the_membrane_rate_is_minus_the_slope_of_the_current():
    neuron = HodgkinHuxley(C_m=2.0)
    p = neuron.parameters()
    # dV/dt is linear in V at fixed gates, so a difference over any distance is exact
    up, down = (neuron.vector_field((STATE[0] + h, *STATE[1:]), p)[0] for h in (10.0, -10.0))
    assert neuron.membrane_rate(STATE, p) == pytest.approx(-(up - down) / 20, rel=1e-13, abs=0)


@pytest.mark.parametrize("I_app", [-20.0, 0.0, 3.0, 9.0, 160.0])
def test_rest_is_a_fixed_point(I_app):
    neuron = HodgkinHuxley(I_app=I_app)
    assert textbook_field(neuron.rest(), neuron) == pytest.approx((0, 0, 0, 0), abs=1e-11)


def test_initial_is_given_or_rest():
    assert HodgkinHuxley().initial_state() == (-65.0, 0.05, 0.6, 0.32)
    assert HodgkinHuxley(initial=[-70, 0, 1, 0.5]).initial_state() == (-70.0, 0.0, 1.0, 0.5)
    assert HodgkinHuxley(initial=np.array(STATE)).initial_state() == STATE
    resting = HodgkinHuxley(I_app=5.0).rest()
    at_rest = HodgkinHuxley(initial="rest", I_app=5.0).initial_state()
    assert at_rest == tuple(map(rounded, resting)) == pytest.approx(resting, rel=1e-9, abs=0)


def test_rest_of_a_membrane_without_one_is_refused():
    with pytest.raises(InputError, match="no resting potential"):
        HodgkinHuxley(g_Na=0, g_K=0, g_L=0).rest()


def test_zero_conductances_are_allowed():
    neuron = HodgkinHuxley(g_Na=0, g_K=0, I_app=0)
    assert neuron.rest()[0] == pytest.approx(neuron.E_L, abs=1e-12)


def test_a_neuron_is_frozen_equal_by_value_and_hashable():
    neuron = HodgkinHuxley()
    with pytest.raises(FrozenInstanceError):
        neuron.C_m = 2.0
    assert replace(neuron, I_app=3) == neuron and hash(replace(neuron, I_app=3)) == hash(neuron)
    assert replace(neuron, I_app=4) != neuron


NOT_NUMBERS = [nan, inf, -inf, True, "3", None, 1j, [3.0], 10**400]
REFUSED = [
    *[(key, value, key) for key in CONSTANTS if key != "initial" for value in NOT_NUMBERS],
    *[(key, value, key) for key in ("C_m", "phi") for value in (0, -1.0)],
    *[(key, -1e-9, key) for key in ("g_Na", "g_K", "g_L")],
    ("threshold", 1000.1, "threshold"), ("rearm", -1000.0, "rearm"), ("rearm", 0.0, "rearm"), ("rearm", 5.0, "rearm"),
    ("threshold", -30.0, "rearm"),
    *[("initial", value, "initial") for value in ("resting", -65.0, None, (-65.0, 0.05, 0.6), (1, 2, 3, 4, 5))],
    ("initial", (-1001.0, 0, 0, 0), "initial V"),
    ("initial", (-65.0, -0.01, 0.6, 0.32), "initial m"), ("initial", (-65.0, 0.05, 1.01, 0.32), "initial h"),
    ("initial", (-65.0, 0.05, 0.6, nan), "initial n"), ("initial", ("-65", 0, 0, 0), "initial V"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "named"), REFUSED)
def test_a_bad_value_is_refused_by_name(key, value, named):
    with pytest.raises(InputError) as error:
        HodgkinHuxley(**{key: value})
    assert str(error.value).startswith(f"{named} = ")


def test_a_misspelt_keyword_is_refused_by_name():
    with pytest.raises(TypeError, match="I_ap"):
        HodgkinHuxley(I_ap=3.0)
