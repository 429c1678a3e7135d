"""All that theory says, as a dictionary and as text, and the examples in its docstrings."""

import doctest
import importlib
import json

import pytest
from neurons import FitzHugh, cortex, question

from stochhh import HodgkinHuxley, LeakyIntegrateAndFire, Passive, Population, SynapticInput
from stochhh.theory import as_text, doubts, linear_response, theory

MODULES = ("bifurcation_points", "limit_cycles", "equilibrium", "kick", "response", "summary", "validity")


def test_theory_of_the_cortex():
    found = theory(HodgkinHuxley(), cortex())
    assert found["intensity"] == {"value": 25.0, "unit": "1/ms"}
    assert found["populations"]["inh"]["intensity"] == {"value": 5.0, "unit": "1/ms"}
    assert found["populations"]["inh"]["probability"] == {"value": 0.2, "unit": "1"}
    kappas = [found["cumulants"][j]["value"] for j in "1234"]
    assert kappas == pytest.approx([0, 1, -0.3, 0.13], abs=1e-12)
    assert [found["cumulants"][j]["unit"] for j in "1234"] == ["mV/ms", "mV2/ms", "mV3/ms", "mV4/ms"]
    rest = HodgkinHuxley().rest()
    assert [found["rest"][name]["value"] for name in ("V", "m", "h", "n")] == list(rest)
    assert found["V_mean"] == {"value": pytest.approx(rest[0]), "unit": "mV"}
    assert found["V_variance"] == {"value": linear_response(HodgkinHuxley(), cortex()).V_variance, "unit": "mV2"}
    assert found["stable"] is True and len(found["eigenvalues"]) == 4
    assert found["doubts"] == doubts(HodgkinHuxley(), cortex())


def test_theory_tells_rest_from_operating_point():
    drive = SynapticInput(Population("exc", 100, 10.0, 1.0, 1.0))  # kappa_1 = 1 mV/ms
    found = theory(HodgkinHuxley(I_app=0), drive)
    for key, I_app in (("rest", 0.0), ("operating_point", 1.0)):
        state = tuple(found[key][name]["value"] for name in ("V", "m", "h", "n"))
        assert state == HodgkinHuxley(I_app=I_app).rest()
    assert [found["rest"][name]["unit"] for name in ("V", "m", "h", "n")] == ["mV", "1", "1", "1"]


@pytest.mark.parametrize(
    ("neuron", "drive"),
    [
        (HodgkinHuxley(), question()),
        (HodgkinHuxley(), SynapticInput()),
        (HodgkinHuxley(I_app=10), cortex()),
        (HodgkinHuxley(g_Na=0, g_K=0, g_L=0), cortex()),
        (FitzHugh(), question(finer=100)),
    ],
    ids=["question", "no input", "unstable", "no fixed point", "another model"],
)
def test_theory_is_ready_for_json_and_for_the_eye(neuron, drive):
    found = theory(neuron, drive)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    for name in ("V_mean", "V_variance", "V_skewness", "kick_threshold"):
        assert (found[name]["value"] is None) == bool(found[name].get("reason"))
    text = as_text(found)
    assert max(map(len, (line for line in text.splitlines() if not line.startswith("  - ")))) <= 120
    for label in ("intensity", "kappa_4", "Rest", "Operating point", "V_variance", *found["doubts"]):
        assert label in text
    assert "None" not in text and "nan" not in text


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(f"stochhh.theory.{name}")).failed == 0


@pytest.mark.parametrize(("I_app", "regime"), [(0.0, "silent"), (1.1, "it fires repetitively")])
def test_a_neuron_without_bifurcations_has_a_regime_too(I_app, regime):
    """C_m = 1, g_L = 0.05: it fires by itself above I_app = 0.05 (-50 + 70) = 1."""
    found = theory(LeakyIntegrateAndFire(I_app=I_app), SynapticInput())
    assert found["bifurcations"]["regime"].startswith(regime)
    assert (found["rate_diffusion"]["value"] > 0) == (I_app > 1)


def test_the_limit_of_the_spectrum_at_frequency_0():
    """kappa_2 tau^2 of a passive membrane; none where there is no linear response."""
    drive = cortex()
    found = theory(Passive(g_L=0.2), drive)["V_power_at_zero"]
    assert found == {"value": pytest.approx(drive.cumulant(2) * 5.0**2 / 1000), "unit": "mV2/Hz"}
    assert theory(HodgkinHuxley(I_app=10), drive)["V_power_at_zero"]["value"] is None
