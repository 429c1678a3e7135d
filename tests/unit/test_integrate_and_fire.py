"""The leaky integrate-and-fire neuron by itself, and the exact rates that theory knows.

Would catch: a wrong level or sign in the model, a rate in the wrong unit, a formula that loses its digits, a rate
where the formula does not hold.
"""

import json
from dataclasses import FrozenInstanceError, fields, replace
from math import inf, log, nan, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfcx

import stochhh as sh
from stochhh.models import MODELS, LeakyIntegrateAndFire, Neuron
from stochhh.theory import as_text, shot_noise_rate, siegert_rate, theory

# tau = 1 ms: potentials and rates are the dimensionless ones of the papers, in mV and per ms.
UNIT = LeakyIntegrateAndFire(C_m=1, g_L=1, E_L=0, initial=(0,), threshold=1, reset=0, refractory=0.1)


def exponential(rate, weight, name="exc"):
    """A population of `rate` spikes per ms, whose weights have the mean `weight`."""
    return sh.Population(name, 1, 1000.0 * rate, weight, 1.0, weight_distribution="exponential")


NOT_NUMBERS = (nan, inf, True, "3", None, [3.0])


class TestModel:
    def test_is_a_neuron_with_a_name_in_files(self):
        assert isinstance(UNIT, Neuron) and MODELS["leaky-integrate-and-fire"] is LeakyIntegrateAndFire
        assert sh.LeakyIntegrateAndFire is LeakyIntegrateAndFire
        assert LeakyIntegrateAndFire(**UNIT.as_dict()) == UNIT and hash(replace(UNIT)) == hash(UNIT)
        with pytest.raises(FrozenInstanceError):
            UNIT.reset = 0.5

    def test_defaults_are_those_of_brunel(self):
        neuron = LeakyIntegrateAndFire()
        assert (neuron.C_m / neuron.g_L, neuron.refractory) == (20.0, 2.0)
        assert (neuron.threshold - neuron.E_L, neuron.reset - neuron.E_L) == (20.0, 10.0)

    def test_levels(self):
        assert (UNIT.rearm, UNIT.scales) == (1.0, (1.0,))
        assert LeakyIntegrateAndFire(reset=-70.0).scales == (20.0,)

    def test_the_flow_is_that_of_the_passive_membrane(self):
        constants = {"C_m": 2.0, "g_L": 0.3, "E_L": -66.0, "I_app": 1.2}
        neuron, passive = LeakyIntegrateAndFire(**constants), sh.Passive(**constants)
        p = neuron.parameters()
        for V in (-90.0, -62.0, -51.0):
            assert neuron.vector_field((V,), p) == passive.vector_field((V,), passive.parameters())
            (a,), (b,) = neuron.linear_rates((V,), p)
            assert a - b * V == pytest.approx(neuron.vector_field((V,), p)[0], rel=1e-13)
            assert neuron.membrane_rate((V,), p) == b == 0.15
            assert neuron.currents(V) == passive.currents(V)
        assert neuron.rest() == passive.rest() == (-62.0,)

    def test_initial_is_given_or_rest_and_below_the_threshold(self):
        assert LeakyIntegrateAndFire(initial=[-55]).initial_state() == (-55.0,)
        assert LeakyIntegrateAndFire(initial="rest", I_app=0.5).initial_state() == (-60.0,)
        with pytest.raises(
            sh.InputError, match=r"^initial = \(-50.0,\) is not allowed: it must be below the threshold"
        ):
            LeakyIntegrateAndFire(initial=(-50.0,))
        above = LeakyIntegrateAndFire(initial="rest", I_app=1.0)
        with pytest.raises(
            sh.InputError, match=r"^initial = 'rest' is not allowed: it must be below .* rests at -50 mV"
        ):
            above.initial_state()
        with pytest.raises(sh.InputError, match="it must be below the threshold"):
            sh.simulate(above, sh.SynapticInput(), backend="per-neuron", duration=1.0, seed=1)

    REFUSED = (
        *((f.name, value) for f in fields(LeakyIntegrateAndFire) if f.name != "initial" for value in NOT_NUMBERS),
        *(("C_m", value) for value in (0, -1.0)),
        *(("g_L", -1e-9), ("refractory", -1e-9), ("threshold", 1001.0), ("reset", -1000.0)),
        *(("reset", -50.0), ("reset", -40.0), ("initial", -65.0), ("initial", (-65.0, 1.0)), ("initial", "start")),
    )

    @pytest.mark.parametrize(("key", "value"), REFUSED)
    def test_a_bad_value_is_refused_by_name(self, key, value):
        with pytest.raises(sh.InputError) as error:
            LeakyIntegrateAndFire(**{key: value})
        assert str(error.value).startswith(f"{key} = ")

    def test_a_second_level_is_unknown(self):
        with pytest.raises(TypeError, match="rearm"):
            LeakyIntegrateAndFire(rearm=-60.0)


# P and C of REFERENCES: mu = 0, a = 0.2; more digits computed in 30-digit arithmetic (mpmath) from the same formulas.
REFERENCE = {
    1.0: (0.02557634910166377, 0.0004951979928487954),
    3.0: (0.2104024252079313, 0.2441100372855916),
    5.6: (0.5662191871254498, 0.7240419192991342),
}


def from_the_paper(neuron, rate, weight, inhibition=()):
    """The shot-noise rate by the formula as it is printed, per ms; for rate >= 1, tau = 1."""
    mu = neuron.E_L + neuron.I_app

    def integrand(c):
        part = np.prod([(1 - w * c) ** r for r, w in inhibition])
        high, low = np.exp(c * (neuron.threshold - mu)), np.exp(c * (neuron.reset - mu))
        return part * ((1 - weight * c) ** (rate - 1) * high - (1 - weight * c) ** rate * low) / c

    value, _ = quad(integrand, 0, 1 / weight, epsabs=0, epsrel=1e-12, limit=500)
    return 1 / (neuron.refractory + value)


def siegert_plainly(neuron, drive):
    """Siegert's formula as it is printed, per ms; tau = 1."""
    mean, spread = neuron.E_L + neuron.I_app + drive.cumulant(1), sqrt(drive.cumulant(2))
    low, high = (neuron.reset - mean) / spread, (neuron.threshold - mean) / spread
    value, _ = quad(lambda y: erfcx(-y), low, high, epsabs=0, epsrel=1e-12)
    return 1 / (neuron.refractory + sqrt(pi) * value)


class TestRates:
    @pytest.mark.parametrize("rate", REFERENCE)
    def test_the_reference_numbers(self, rate):
        drive = sh.SynapticInput(exponential(rate, 0.2))
        shot, siegert = REFERENCE[rate]
        assert shot_noise_rate(UNIT, drive) == pytest.approx(1000 * shot, rel=1e-12)
        assert siegert_rate(UNIT, drive) == pytest.approx(1000 * siegert, rel=1e-12)

    NEURONS = (UNIT, replace(UNIT, reset=0.9), replace(UNIT, I_app=0.7, reset=-2.0), replace(UNIT, refractory=0.0))
    INHIBITION = ((), ((2.0, -0.3),), ((0.5, -1.0), (7.0, -0.05)))

    @pytest.mark.parametrize("neuron", NEURONS)
    @pytest.mark.parametrize("inhibition", INHIBITION)
    def test_the_formulas_as_they_are_printed(self, neuron, inhibition):
        for rate, weight in ((1.0, 0.5), (4.2, 0.1), (30.0, 0.05), (2.0, 3.0)):
            others = (exponential(r, w, f"inh {i}") for i, (r, w) in enumerate(inhibition))
            drive = sh.SynapticInput(exponential(rate, weight), *others)
            expected = from_the_paper(neuron, rate, weight, inhibition)
            assert shot_noise_rate(neuron, drive) == pytest.approx(1000 * expected, rel=1e-8)
            assert siegert_rate(neuron, drive) == pytest.approx(1000 * siegert_plainly(neuron, drive), rel=1e-8)

    def test_units(self):
        """The same neuron in ten times the time and five times the voltage, above an E_L of -70 mV."""
        neuron = LeakyIntegrateAndFire(C_m=2, g_L=0.2, E_L=-72, I_app=0.4, threshold=-65, reset=-70, refractory=1)
        drive = sh.SynapticInput(exponential(0.56, 1.0))
        assert shot_noise_rate(neuron, drive) == pytest.approx(100 * REFERENCE[5.6][0], rel=1e-11)
        assert siegert_rate(neuron, drive) == pytest.approx(100 * REFERENCE[5.6][1], rel=1e-11)

    def test_the_two_meet_where_weights_are_small(self):
        """At kappa_1 = 0.6 and kappa_2 = 0.24 they differ by a part that falls like the weight: the overshoot."""
        difference = []
        for weight in (0.01, 0.005, 0.0025):
            both, surplus = 0.06 / weight**2, 0.3 / weight
            drive = sh.SynapticInput(exponential(both + surplus, weight), exponential(both - surplus, -weight, "inh"))
            assert [drive.cumulant(j) for j in (1, 2)] == pytest.approx([0.6, 0.24])
            difference.append(shot_noise_rate(UNIT, drive) / siegert_rate(UNIT, drive) - 1)
        assert -0.03 < difference[0] < 0
        assert difference[0] / difference[1] == pytest.approx(2, abs=0.1)
        assert difference[1] / difference[2] == pytest.approx(2, abs=0.1)

    def test_populations_of_one_weight_are_one(self):
        split = sh.SynapticInput(exponential(2.0, 0.2, "a"), exponential(3.6, 0.2, "b"))
        assert shot_noise_rate(UNIT, split) == pytest.approx(1000 * REFERENCE[5.6][0], rel=1e-12)

    def test_populations_that_do_nothing_change_nothing(self):
        idle = [sh.Population("off", 5, 0.0, 0.3, 1.0), sh.Population("weightless", 5, 10.0, 0.0, 1.0)]
        drive = sh.SynapticInput(exponential(3.0, 0.2), *idle)
        assert shot_noise_rate(UNIT, drive) == pytest.approx(1000 * REFERENCE[3.0][0], rel=1e-12)

    def test_without_excitation_it_is_silent(self):
        for drive in (sh.SynapticInput(), sh.SynapticInput(exponential(3.0, -0.2))):
            assert shot_noise_rate(UNIT, drive) == 0.0
        assert siegert_rate(UNIT, sh.SynapticInput()) == 0.0

    def test_without_noise_it_is_the_deterministic_rate(self):
        neuron = replace(UNIT, I_app=1.5)
        assert siegert_rate(neuron, sh.SynapticInput()) == pytest.approx(1000 / (0.1 + log(3)), rel=1e-14)
        faint = sh.SynapticInput(sh.Population("faint", 1, 1000.0, 0.0, 1.0, "normal", 1e-4))
        assert siegert_rate(neuron, faint) == pytest.approx(1000 / (0.1 + log(3)), rel=1e-7)
        assert siegert_rate(replace(UNIT, I_app=1.0), sh.SynapticInput()) == 0.0

    def test_every_input_has_a_rate(self):
        """From one event in an hour to a million per ms, from 1e-3 to 1e3 of the distance to the threshold."""
        for rate in np.geomspace(1e-7, 1e6, 14):
            for weight in np.geomspace(1e-3, 1e3, 7):
                for others in ((), (exponential(rate, -weight, "inh"),), (exponential(1.0, -50.0, "inh"),)):
                    drive = sh.SynapticInput(exponential(rate, weight), *others)
                    assert 0 <= shot_noise_rate(UNIT, drive) <= min(10000, 1000 * rate) * (1 + 1e-9)
                    assert 0 <= siegert_rate(UNIT, drive) <= 10000

    def test_rare_large_jumps_fire_one_by_one(self):
        """r << 1: each jump beyond the threshold is a spike, of probability e^(-1/a)."""
        for rate in (1e-9, 1e-4):
            found = shot_noise_rate(UNIT, sh.SynapticInput(exponential(rate, 0.5))) / 1000
            assert found == pytest.approx(rate * np.exp(-2.0), rel=3 * rate)

    CONSTANT = sh.Population("exc", 1, 1.0, 0.2, 1.0)
    REFUSED = (
        (shot_noise_rate, UNIT, [CONSTANT], "population 'exc': weight_distribution = 'constant' is not allowed"),
        (shot_noise_rate, UNIT, [exponential(1, 0.2), exponential(1, 0.3, "b")], "population 'b': weight = 0.3 is not"),
        (
            shot_noise_rate,
            replace(UNIT, I_app=1.01),
            [exponential(1, 0.2)],
            "I_app = 1.01 is not .* and not at 1.01 mV",
        ),
        (shot_noise_rate, replace(UNIT, g_L=0), [exponential(1, 0.2)], "g_L = 0.0 is not allowed"),
        (siegert_rate, replace(UNIT, g_L=0), [exponential(1, 0.2)], "g_L = 0.0 is not allowed"),
        (shot_noise_rate, sh.Passive(), [exponential(1, 0.2)], "is not allowed: it must be a Leaky"),
        (siegert_rate, sh.HodgkinHuxley(), [exponential(1, 0.2)], "is not allowed: it must be a Leaky"),
    )

    @pytest.mark.parametrize(("rate", "neuron", "populations", "said"), REFUSED)
    def test_where_the_formula_does_not_hold_it_says_so(self, rate, neuron, populations, said):
        with pytest.raises(sh.InputError, match=said):
            rate(neuron, sh.SynapticInput(*populations))


class TestTheory:
    def test_both_rates_are_told(self):
        found = theory(UNIT, sh.SynapticInput(exponential(3.0, 0.2)))
        assert found["rate_jump"] == {"value": pytest.approx(210.40242520), "unit": "Hz"}
        assert found["rate_diffusion"] == {"value": pytest.approx(244.11003728), "unit": "Hz"}
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        lines = ("Firing rate, exact", "  rate_jump                210.402 Hz", "  rate_diffusion           244.11 Hz")
        assert "\n".join(lines) in as_text(found)

    def test_a_rate_that_is_not_known_has_a_reason(self):
        found = theory(UNIT, sh.SynapticInput(sh.Population("exc", 1, 3000.0, 0.2, 1.0)))
        assert found["rate_jump"]["value"] is None and "exponential" in found["rate_jump"]["reason"]
        assert found["rate_diffusion"]["value"] > 0
        assert "rate_jump                none: population 'exc'" in as_text(found)

    def test_no_other_neuron_has_them(self):
        found = theory(sh.HodgkinHuxley(), sh.SynapticInput(exponential(3.0, 0.2)))
        assert not {"rate_jump", "rate_diffusion"} & set(found) and "exact" not in as_text(found)

    def test_its_membrane_is_passive(self):
        """Mean, variance and the kick are those of the membrane below the threshold."""
        found = theory(UNIT, sh.SynapticInput(exponential(3.0, 0.2)))
        assert found["V_mean"]["value"] == pytest.approx(0.6)
        assert found["V_variance"]["value"] == pytest.approx(3 * 2 * 0.04 / 2)
        assert found["kick_threshold"]["value"] == pytest.approx(0.4, abs=1e-3)
