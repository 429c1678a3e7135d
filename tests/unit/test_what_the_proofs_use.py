"""What the proofs in docs/mathematics presuppose of the Hodgkin-Huxley neuron, held against the program itself.

Would catch: a rate function that grows faster than the rates let a gate follow (statement 5.4), gates that noise in V
cannot move independently of each other, or a V that far excursions do not bring back (statement 3.4).
"""

from math import comb

import numpy as np
import pytest

from stochhh import HodgkinHuxley, SynapticInput, TraubMiles, theory

SQUID = HodgkinHuxley()
LARGEST = 0.07  # C of statement 5.4, per mV
POTENTIALS = np.arange(-300.0, 200.0, 0.25)


def rates(V, neuron=SQUID):
    """(opening, closing) rates of m, h, n at V, 1/ms, shape (3, 2)."""
    slopes = [neuron.vector_field((V, y, y, y), neuron.parameters())[1:] for y in (0.0, 1.0)]
    return np.column_stack([slopes[0], np.negative(slopes[1])])


def derivatives_over_rates(neuron, order, step=0.5):
    """|k-th derivative| of each rate over the sum of its gate's two, shape (potentials, 3, 2): central differences."""
    grid = [np.array([rates(V + (j - order / 2) * step, neuron) for V in POTENTIALS]) for j in range(order + 1)]
    difference = sum((-1) ** (order - j) * comb(order, j) * values for j, values in enumerate(grid))
    total = np.array([rates(V, neuron).sum(axis=1) for V in POTENTIALS])
    return np.abs(difference) / step**order / total[:, :, None]


@pytest.mark.parametrize(
    "neuron, first, higher", [(SQUID, (0.069, LARGEST), 0.005), (TraubMiles(), (0.15, 0.16), 0.03)]
)
def test_derivatives_of_the_rates_are_bounded_by_the_rates(neuron, first, higher):
    largest = [np.max(derivatives_over_rates(neuron, order)) for order in (1, 2, 3, 4)]
    assert first[0] < largest[0] < first[1]
    assert max(largest[1:]) < higher


def gates_along(potentials, duration=0.05):
    """m, h, n at the end of each piece of a path of V that is constant in pieces: exact."""
    y, found = np.array([0.05, 0.6, 0.32]), []
    for V in potentials:
        opening, closing = rates(V).T
        steady, kept = opening / (opening + closing), np.exp(-(opening + closing) * duration)
        y = steady + (y - steady) * kept
        found.append(y)
    return np.array(found)


def test_gates_move_by_less_than_the_constant_times_the_potential():
    """However fast the rates are: up to 1e5 per ms here."""
    rng, size = np.random.default_rng(1), 1e-3
    path = rng.uniform(-250.0, 100.0, 20_000)
    moved = gates_along(path + rng.uniform(-size, size, path.size)) - gates_along(path)
    assert np.max(np.abs(moved)) < LARGEST * size
    assert max(rates(V).sum(axis=1).max() for V in path) > 1e5
    steadily = gates_along(np.full(2000, -40.0) + size) - gates_along(np.full(2000, -40.0))
    assert np.max(np.abs(steadily)) > 0.02 * size  # the bound is no mere matter of size


@pytest.fixture
def at_rest():
    """(Jacobian at rest, relaxation rates of the gates there)."""
    neuron = HodgkinHuxley(I_app=3.0)
    x = theory.fixed_point(neuron, SynapticInput())
    return theory.jacobian(neuron, x), rates(x[0]).sum(axis=1)


def reached(jacobian):
    """Kalman's matrix (e, J e, J^2 e, J^3 e)."""
    e = np.eye(4)[0]
    return np.column_stack([np.linalg.matrix_power(jacobian, k) @ e for k in range(4)])


def test_noise_in_V_reaches_every_gate(at_rest):
    """The determinant is the product that the page gives, and not 0."""
    J, (d_m, d_h, d_n) = at_rest
    spread = (d_h - d_m) * (d_n - d_m) * (d_n - d_h)
    assert (d_m, d_h, d_n) == pytest.approx((3.81, 0.121, 0.188), rel=0.005)
    assert np.linalg.det(reached(J)) == pytest.approx(-np.prod(J[1:, 0]) * spread, rel=1e-6)
    assert np.linalg.det(reached(J)) == pytest.approx(3.4e-7, rel=0.01)


def test_two_gates_of_one_rate_would_not_be_reached_apart(at_rest):
    J, _ = at_rest
    J[3, 3] = J[2, 2]
    assert abs(np.linalg.det(reached(J))) < 1e-15


def above_the_bound(neuron, kappa_1=0.5, kappa_2=2.0, gamma_L=0.3, largest=156.3):
    """The largest of 2 V (f_V + kappa_1) + kappa_2 + gamma_L V^2 - K over states near and far, with the page's K."""
    rng, M = np.random.default_rng(2), 77.0 + 3.0 / 0.3
    K = (largest * M + kappa_1) ** 2 / gamma_L + kappa_2
    potentials = rng.choice([-1.0, 1.0], 4000) * 10.0 ** rng.uniform(0.0, 5.0, 4000)
    gates = rng.choice([0.0, 0.5, 1.0], (4000, 3))
    p = neuron.parameters()
    slopes = [neuron.vector_field((V, *y), p)[0] for V, y in zip(potentials, gates, strict=True)]
    return np.max(2 * potentials * (np.array(slopes) + kappa_1) + kappa_2 + gamma_L * potentials**2 - K)


def test_the_square_of_V_is_a_lyapunov_function():
    assert above_the_bound(HodgkinHuxley(I_app=3.0)) <= 0.0
    assert above_the_bound(HodgkinHuxley(I_app=3.0, g_L=0.0)) > 0.0  # without a leak nothing holds V
