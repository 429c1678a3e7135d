"""Where the neuron stays under the mean input, and the Jacobian there."""

from math import exp

import numpy as np
import pytest
from neurons import FitzHugh
from scipy.linalg import solve_continuous_lyapunov

from stochhh import HodgkinHuxley, Population, SynapticInput
from stochhh.models.hodgkin_huxley import relaxation
from stochhh.theory import fixed_point, jacobian, linear_response


def hodgkin_huxley_jacobian(neuron, x):
    """By hand: the slopes of the rates from their logarithmic derivatives."""
    V, m, h, n = x
    a_m, of_m, a_h, of_h, a_n, of_n = relaxation(V, 1.0)
    b_m, b_h, b_n = of_m - a_m, of_h - a_h, of_n - a_n

    def linoid_slope(V0):
        z = (V - V0) / 10
        return (1 - (1 + z) * exp(-z)) / (1 - exp(-z)) ** 2 / 10

    da_m, db_m = linoid_slope(-40), -b_m / 18
    da_h, db_h = -a_h / 20, b_h * (1 - b_h) / 10
    da_n, db_n = 0.1 * linoid_slope(-55), -b_n / 80
    g_Na, g_K, g_L = neuron.g_Na, neuron.g_K, neuron.g_L
    phi = neuron.phi
    return np.array([
        [-(g_Na * m**3 * h + g_K * n**4 + g_L), -3 * g_Na * m**2 * h * (V - 50), -g_Na * m**3 * (V - 50),
         -4 * g_K * n**3 * (V + 77)],
        [phi * (da_m - (da_m + db_m) * m), -phi * (a_m + b_m), 0, 0],
        [phi * (da_h - (da_h + db_h) * h), 0, -phi * (a_h + b_h), 0],
        [phi * (da_n - (da_n + db_n) * n), 0, 0, -phi * (a_n + b_n)],
    ]) / np.array([[neuron.C_m], [1], [1], [1]])  # fmt: skip


@pytest.mark.parametrize(
    "x", [(-65.0, 0.05, 0.6, 0.32), (-39.0, 0.4, 0.3, 0.5), (-57.3, 0.0, 1.0, 0.0), (40.0, 0.9, 0.1, 0.7)]
)
def test_jacobian_equals_the_derivatives_by_hand(x):
    neuron = HodgkinHuxley(C_m=2.0, phi=1.7)
    expected = hodgkin_huxley_jacobian(neuron, x)
    assert np.max(np.abs(jacobian(neuron, x) - expected) / np.abs(expected).max(axis=0)) < 1e-11


def test_fixed_point_takes_the_mean_input_in():
    drive = SynapticInput(Population("exc", 100, 10.0, 0.5, 1.0))  # kappa_1 = 0.5 mV/ms
    assert fixed_point(HodgkinHuxley(C_m=2.0, I_app=1.0), drive) == HodgkinHuxley(C_m=2.0, I_app=2.0).rest()


def test_fixed_point_of_another_model():
    drive = SynapticInput(Population("exc", 100, 1.0, 0.5, 1.0))  # kappa_1 = 0.05 mV/ms
    V, w = fixed_point(FitzHugh(), drive)
    assert (V - V**3 / 3 - w + 0.05, V + 0.7 - 0.8 * w) == pytest.approx((0, 0), abs=1e-13)
    J = np.array([[1 - V**2, -1], [0.08, -0.064]])
    assert jacobian(FitzHugh(), (V, w)) == pytest.approx(J, rel=1e-10)
    variance = solve_continuous_lyapunov(J, -np.diag([drive.cumulant(2), 0]))[0, 0]
    assert linear_response(FitzHugh(), drive).V_variance == pytest.approx(variance, rel=1e-9)
