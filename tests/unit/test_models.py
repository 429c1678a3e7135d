"""The models by themselves: what they refuse, their currents, their rest, their smoothness.

Would catch: a value let through, a NaN at a removed singularity, a pair of fixed points passed over.
"""

from dataclasses import FrozenInstanceError, fields, replace
from math import inf, nan

import numpy as np
import pytest

import stochhh as sh
from stochhh.models import MODELS, MorrisLecar, Neuron, Passive, TraubMiles, WangBuzsaki, traub_miles, wang_buzsaki
from stochhh.models.rest import first_zero

STATES = {
    Passive: (-50.0,),
    MorrisLecar: (-20.0, 0.3),
    WangBuzsaki: (-45.0, 0.4, 0.3),
    TraubMiles: (-45.0, 0.2, 0.4, 0.3),
}
each_model = pytest.mark.parametrize("model", STATES, ids=lambda model: model.name)


def field(neuron, x):
    return np.array(neuron.vector_field(x, neuron.parameters()))


@each_model
def test_is_a_neuron_with_a_name_in_files(model):
    neuron, n = model(), len(STATES[model])
    assert isinstance(neuron, Neuron) and MODELS[neuron.name] is model
    assert len(neuron.variables) == len(neuron.ranges) == len(neuron.scales) == len(neuron.initial_state()) == n
    assert neuron.variables[0] == "V" and neuron.rearm < neuron.threshold
    assert all(low <= value <= high for value, (low, high) in zip(neuron.initial_state(), neuron.ranges, strict=True))


@each_model
def test_a_neuron_is_frozen_equal_by_value_and_hashable(model):
    neuron = model()
    with pytest.raises(FrozenInstanceError):
        neuron.C_m = 2.0
    assert replace(neuron, I_app=0) == neuron and hash(replace(neuron, I_app=0)) == hash(neuron)
    assert replace(neuron, I_app=4) != neuron
    assert model(**neuron.as_dict()) == neuron


CONDUCTANCES = {"g_Na", "g_Ca", "g_K", "g_L"}
NOT_NUMBERS = [nan, inf, -inf, True, "3", None, 1j, [3.0], 10**400]
STRANGE_STATES = ["resting", -65.0, None, (), (-65.0,) * 5]


def refused(model):
    """(key, value, how the message begins)"""
    keys = [f.name for f in fields(model) if f.name != "initial"]
    yield from ((key, value, key) for key in keys for value in NOT_NUMBERS)
    yield from ((key, value, key) for key in keys if key in {"C_m", "phi", "V2", "V4"} for value in (0, -1.0))
    yield from ((key, -1e-9, key) for key in keys if key in CONDUCTANCES)
    yield from ((key, value, key) for key in keys if key == "V_T" for value in (-500.1, 500.1))
    yield from [("threshold", 1000.1, "threshold"), ("rearm", -1000.0, "rearm"), ("rearm", 5.0, "rearm")]
    yield from (("initial", value, "initial") for value in STRANGE_STATES)
    yield "initial", (-1001.0, *STATES[model][1:]), "initial V"
    for i, name in enumerate(model.variables[1:], start=1):
        for value in (-0.01, 1.01, nan, "0.5"):
            yield "initial", (*STATES[model][:i], value, *STATES[model][i + 1 :]), f"initial {name}"


@pytest.mark.parametrize(("model", "key", "value", "named"), [(m, *case) for m in STATES for case in refused(m)])
def test_a_bad_value_is_refused_by_name(model, key, value, named):
    with pytest.raises(sh.InputError) as error:
        model(**{key: value})
    assert str(error.value).startswith(f"{named} = ")


@each_model
def test_a_misspelt_keyword_is_refused_by_name(model):
    with pytest.raises(TypeError, match="I_ap"):
        model(I_ap=3.0)
    with pytest.raises(TypeError, match="V5"):
        MorrisLecar.class_1(V5=3.0)


@each_model
def test_initial_is_given_or_rest(model):
    assert model(initial=list(STATES[model])).initial_state() == STATES[model]
    assert model(initial=np.array(STATES[model])).initial_state() == STATES[model]
    at_rest, rest = model(initial="rest", I_app=0.05).initial_state(), model(I_app=0.05).rest()
    assert at_rest == pytest.approx(rest, rel=1e-9, abs=0)


@each_model
def test_the_default_state_is_near_rest(model):
    """Where nothing happens: a fixed point to the digits that are written."""
    assert model().initial == pytest.approx(model().rest(), rel=1e-2, abs=5e-3)
    assert MorrisLecar.class_1().initial == pytest.approx(MorrisLecar.class_1().rest(), rel=1e-2)


def test_settings_of_class_1_can_be_changed():
    neuron = MorrisLecar.class_1(phi=0.23, I_app=37.0)
    assert (neuron.phi, neuron.I_app, neuron.V3) == (0.23, 37.0, 12.0)


@each_model
def test_rest_of_a_membrane_without_one_is_refused(model):
    closed = {f.name: 0.0 for f in fields(model) if f.name in CONDUCTANCES}
    with pytest.raises(sh.InputError, match="no resting potential between -1000 and 1000 mV"):
        model(**closed, I_app=1.0).rest()
    assert model(**(closed | {"g_L": 0.5})).rest()[0] == pytest.approx(model().E_L, abs=1e-12)


def test_of_two_zeros_closer_than_the_grid_the_lower_is_found():
    for gap in (0.3, 1e-3, 1e-6):
        for place in (0.0, 0.1, 0.25, 0.4):
            found = first_zero(lambda V: (V - place) * (V - place - gap) * (V - 40.0), -10.0, 50.0)  # noqa: B023
            assert found == pytest.approx(place, abs=1e-9)
    assert first_zero(lambda V: (V - 0.1) ** 2 + 1e-9, -10.0, 50.0) is None


@each_model
def test_currents_balance_the_vector_field(model):
    neuron, x = model(I_app=1.5), STATES[model]
    currents = neuron.currents(*x)
    assert {name[2:] for name in currents} == {f.name[2:] for f in fields(model) if f.name in CONDUCTANCES}
    balance = (1.5 - sum(currents.values())) / neuron.C_m
    assert balance == pytest.approx(field(neuron, x)[0], rel=1e-13, abs=0)
    for name, values in neuron.currents(*(np.full((2, 3), value) for value in x)).items():
        assert values == pytest.approx(np.full((2, 3), currents[name]), rel=1e-15)


@each_model
def test_the_membrane_rate_is_the_total_conductance_and_no_step_is_more_unstable(model):
    for V in np.linspace(-119.7, 45.1, 34):
        neuron, x = model(C_m=2.0), (V, *STATES[model][1:])
        total = sum(I / (V - getattr(neuron, name.replace("I", "E", 1))) for name, I in neuron.currents(*x).items())
        rate = neuron.membrane_rate(x, neuron.parameters())
        assert rate == pytest.approx(total / 2.0, rel=1e-12)
        up, down = (field(neuron, (V + h, *x[1:]))[0] for h in (1e-4, -1e-4))
        assert -(up - down) / 2e-4 <= rate + 1e-6


def rate_of(number, rates):
    return lambda V: rates(V)[number]


# (rate against V or u, where it is 0/0, its value there, its relative slope there per mV)
SINGULAR = [
    pytest.param(rate_of(3, wang_buzsaki.rates), -34.0, 0.1, 1 / 20, id="Wang-Buzsaki alpha_n"),
    pytest.param(rate_of(0, traub_miles.rates), 13.0, 1.28, 1 / 8, id="Traub-Miles alpha_m"),
    pytest.param(rate_of(1, traub_miles.rates), 40.0, 1.4, -1 / 10, id="Traub-Miles beta_m"),
    pytest.param(rate_of(4, traub_miles.rates), 15.0, 0.16, 1 / 10, id="Traub-Miles alpha_n"),
]


@pytest.mark.parametrize(("rate", "place", "limit", "slope"), SINGULAR)
def test_removable_singularities_are_removed_without_a_shift(rate, place, limit, slope):
    assert rate(place) == pytest.approx(limit, rel=1e-14, abs=0)
    for h in (1e-2, 1e-4, -1e-4, -1e-2):  # x / (1 - exp(-x)) = 1 + x/2 + x^2/12, and x = 2 slope h
        assert (rate(place + h) / limit - 1) / h == pytest.approx(slope + slope**2 * h / 3, abs=1e-9)


def test_m_of_wang_buzsaki_is_smooth_where_its_rate_is_0_over_0():
    m = rate_of(0, wang_buzsaki.rates)
    assert m(-35.0) == pytest.approx(1 / (1 + 4 * np.exp(-25 / 18)), rel=1e-14)
    for V in (-35.0, -36.0, -34.0):  # the place itself, and where the series takes over
        left, right = m(np.nextafter(V, -100)), m(np.nextafter(V, 0))
        assert left == pytest.approx(right, rel=5e-14) == pytest.approx(m(V), rel=5e-14)


@each_model
def test_finite_all_over_its_range(model):
    neuron = model()
    low, high = neuron.ranges[0]
    for V in np.linspace(low, high, 2001):
        with np.errstate(all="raise"):
            assert np.all(np.isfinite(field(neuron, (V, *STATES[model][1:]))))
