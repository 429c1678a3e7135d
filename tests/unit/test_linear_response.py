"""The moments of V below threshold, against the theorem for a passive membrane, Lyapunov's equation and quadrature."""

import importlib
from dataclasses import replace

import numpy as np
import pytest
from neurons import PASSIVE, SKEWED, cortex, passive_theorem, question
from scipy.integrate import simpson, trapezoid
from scipy.linalg import expm, solve_continuous_lyapunov

import stochhh as sh
from stochhh import HodgkinHuxley, Population, SynapticInput
from stochhh.errors import InputError
from stochhh.theory import autocovariance, fixed_point, jacobian, kick_threshold, linear_response, power_spectrum

# The function hides the module of its name from attribute access.
linear_response_module = importlib.import_module("stochhh.theory.response")


def check_passive(neuron=PASSIVE, drive=SKEWED):
    response = linear_response(neuron, drive)
    found = (response.V_mean, response.V_variance, response.V_skewness)
    assert found == pytest.approx(passive_theorem(neuron, drive), rel=1e-8)


@pytest.mark.parametrize("tau_over", [{}, {"C_m": 1.0, "g_L": 0.3}, {"g_L": 2.0}, {"phi": 0.2}])
def test_passive_membrane_is_exact(tau_over):
    check_passive(replace(PASSIVE, **tau_over))


def planted(factor):
    true = linear_response_module.response_integral
    return lambda J, i, j, power: true(J, i, j, power) * factor(power)


@pytest.mark.parametrize(
    "factor",
    [lambda j: 2.0 if j == 2 else 1.0, lambda j: j, lambda j: 1.0 if j == 2 else 2 / 3, lambda j: 1 + 1e-7],
    ids=["no half in the variance", "1 for 1/j", "third power divided by 2", "a ten-millionth part"],
)
def test_planted_fault_in_campbells_sum_is_caught(monkeypatch, factor):
    monkeypatch.setattr(linear_response_module, "response_integral", planted(factor))
    with pytest.raises(AssertionError):
        check_passive()


@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_response_integral_of_a_passive_membrane(power):
    J = jacobian(PASSIVE, fixed_point(PASSIVE, SKEWED))
    assert linear_response_module.response_integral(J, 0, 0, power) == pytest.approx(6.0 / power, rel=1e-9)


@pytest.mark.parametrize("I_app", [0.0, 5.0])
def test_response_integral_equals_quadrature_and_lyapunov(I_app):
    neuron = HodgkinHuxley(I_app=I_app)
    J = jacobian(neuron, neuron.rest())
    lyapunov = solve_continuous_lyapunov(J, -np.diag([1.0, 0, 0, 0]))[0, 0]
    assert linear_response_module.response_integral(J, 0, 0, 2) == pytest.approx(lyapunov, rel=1e-10)
    step, columns = expm(J * 0.01), [np.eye(4)[0]]
    for _ in range(20_000):
        columns.append(step @ columns[-1])
    cube = simpson(np.array(columns)[:, 0] ** 3, dx=0.01)
    assert linear_response_module.response_integral(J, 0, 0, 3) == pytest.approx(cube, rel=1e-7)


def test_response_integral_of_a_defective_matrix():
    J = np.array([[-0.5, 1.0], [0.0, -0.5]])  # exp(J t)[0, 1] = t exp(-t/2)
    assert linear_response_module.response_integral(J, 0, 1, 2) == pytest.approx(2.0, rel=1e-13)
    assert linear_response_module.response_integral(J, 0, 1, 3) == pytest.approx(6 / 1.5**4, rel=1e-13)


def test_symmetric_input_leaves_no_skewness():
    drive = SynapticInput(Population("exc", 10, 10.0, 0.3, 0.5), Population("inh", 10, 10.0, -0.3, 0.5))
    response = linear_response(HodgkinHuxley(), drive)
    assert response.V_skewness == 0.0 and response.V_variance > 0


def test_skewness_has_the_sign_of_the_larger_weights():
    assert linear_response(HodgkinHuxley(), question()).V_skewness < -0.1
    assert linear_response(PASSIVE, SKEWED).V_skewness > 0.1


@pytest.mark.parametrize(
    ("neuron", "reason"),
    [(HodgkinHuxley(I_app=10.0), "unstable"), (HodgkinHuxley(g_Na=0, g_K=0, g_L=0), "no fixed point")],
)
def test_no_moments_without_a_stable_fixed_point(neuron, reason):
    response = linear_response(neuron, cortex())
    assert (response.V_mean, response.V_variance, response.V_skewness) == (None, None, None)
    assert not response.stable and reason in response.reason
    assert kick_threshold(neuron, cortex()) is None


def test_the_mean_input_alone_can_destabilise():
    drive = SynapticInput(Population("exc", 1000, 10.0, 1.0, 1.0))  # kappa_1 = 10 mV/ms
    assert linear_response(HodgkinHuxley(I_app=0), SynapticInput()).stable
    assert not linear_response(HodgkinHuxley(I_app=0), drive).stable


def test_no_input_has_variance_zero_and_no_skewness():
    response = linear_response(HodgkinHuxley(), SynapticInput())
    assert response.stable and response.V_variance == 0.0
    assert response.V_skewness is None and "fluctuate" in response.reason


# Kurtosis, autocovariance, spectrum


def spiky(weight=0.5):
    return sh.SynapticInput(sh.Population("exc", n=100, rate=20.0, weight=weight, p=1.0))


def test_the_kurtosis_of_a_passive_membrane_is_campbells():
    """The j-th cumulant of V is kappa_j tau / j."""
    tau, drive = 5.0, spiky()
    response = linear_response(sh.Passive(g_L=1 / tau), drive)
    expected = (drive.cumulant(4) * tau / 4) / (drive.cumulant(2) * tau / 2) ** 2
    assert response.V_kurtosis == pytest.approx(expected, rel=1e-9)


def test_autocovariance_and_spectrum_of_a_passive_membrane():
    tau, drive = 5.0, spiky()
    neuron, variance = sh.Passive(g_L=1 / tau), drive.cumulant(2) * tau / 2
    lag, f = np.array([-3.0, 0.0, 1.0, 20.0]), np.array([0.0, 10.0, 100.0])
    np.testing.assert_allclose(autocovariance(neuron, drive, lag), variance * np.exp(-abs(lag) / tau), rtol=1e-9)
    lorentzian = 2 * variance * tau / 1000 / (1 + (2 * np.pi * f * tau / 1000) ** 2)
    np.testing.assert_allclose(power_spectrum(neuron, drive, f), lorentzian, rtol=1e-9)


@pytest.mark.parametrize("variable", ["V", "n"])
def test_the_spectrum_integrates_to_the_variance_and_is_the_transform_of_the_autocovariance(variable):
    neuron, drive = sh.HodgkinHuxley(I_app=2.0), spiky(0.05)
    f = 10 * np.sinh(np.linspace(0, 9, 4001))  # close at the resonance, to 40 kHz
    S, C0 = power_spectrum(neuron, drive, f, variable), autocovariance(neuron, drive, 0.0, variable)
    assert 2 * trapezoid(S, f) == pytest.approx(C0, rel=2e-3)
    s = np.linspace(0, 150, 601)
    C = autocovariance(neuron, drive, s, variable)
    for at in (0.0, 50.0, 90.0):
        transform = 2 * simpson(C * np.cos(2 * np.pi * at * s / 1000), x=s) / 1000
        assert power_spectrum(neuron, drive, at, variable) == pytest.approx(transform, rel=2e-3)


@pytest.mark.parametrize(("I_app", "ratio"), [(0.0, 1.200817), (2.0, 1.325204)])
def test_the_autocovariance_at_lag_0_is_the_reference_of_an_independent_program(I_app, ratio):
    drive = spiky(0.05)
    neuron = sh.HodgkinHuxley(I_app=I_app - drive.cumulant(1), E_L=-54.4)
    assert autocovariance(neuron, drive, 0.0) / drive.cumulant(2) == pytest.approx(ratio, rel=1e-6)


def test_a_transposed_jacobian_is_caught(monkeypatch):
    neuron, drive = sh.HodgkinHuxley(), spiky(0.05)
    right = power_spectrum(neuron, drive, 50.0, "n")
    monkeypatch.setattr(linear_response_module, "jacobian", lambda *at: jacobian(*at).T)
    assert power_spectrum(neuron, drive, 50.0, "n") != pytest.approx(right, rel=0.1)


def test_what_has_no_linear_response_is_refused_by_name():
    with pytest.raises(InputError, match="variable = 'q'"):
        autocovariance(sh.HodgkinHuxley(), spiky(), 0.0, "q")
    with pytest.raises(InputError, match="unstable; lower I_app"):
        power_spectrum(sh.HodgkinHuxley(I_app=20.0), spiky(0.01), 1.0)


def test_an_operating_point_above_the_threshold_of_a_neuron_with_reset_has_no_linear_response():
    response = linear_response(sh.LeakyIntegrateAndFire(I_app=5.0), spiky())
    assert not response.stable and response.V_mean is None and "above the threshold" in response.reason
