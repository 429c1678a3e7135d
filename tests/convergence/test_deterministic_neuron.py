"""Without input every backend follows the same flow: how fast its spike times approach the exact ones."""

from math import log2

import numpy as np
import pytest

from stochhh import Diffusion, HodgkinHuxley, Jump, PerNeuron, SynapticInput, simulate


def spikes(backend):
    """Spike times of the repetitively firing neuron, ms; 14 in 200 ms."""
    neuron = HodgkinHuxley(I_app=10.0)
    return simulate(neuron, SynapticInput(), backend=backend, duration=200.0, seed=0, progress=False).spikes.time


@pytest.fixture(scope="module")
def exact():
    times = spikes(Jump(tolerance=1e-8))
    assert times.size == 14
    return times


def order(coarse, middle, fine):
    """The order of convergence from three steps, each half the one before."""
    return log2(abs(coarse - middle) / abs(middle - fine))


def check_first_order(first_spike):
    assert order(*(first_spike(dt) for dt in (0.02, 0.01, 0.005))) == pytest.approx(1.0, abs=0.05)


def first_spike_of_diffusion(dt):
    return spikes(Diffusion(dt=dt))[0]


def test_euler_has_order_1_in_dt():
    check_first_order(first_spike_of_diffusion)


@pytest.mark.parametrize("slip", [lambda dt: 0.1 * dt**0.5, lambda dt: 20 * dt**2], ids=["order 1/2", "order 2"])
def test_planted_error_of_another_order_is_caught(slip):
    with pytest.raises(AssertionError):
        check_first_order(lambda dt: first_spike_of_diffusion(dt) + slip(dt))


def test_euler_converges_to_the_exact_flow(exact):
    # error = a dt + b dt^2: what is left after one extrapolation is of order dt^2
    coarse, fine = spikes(Diffusion(dt=0.01)), spikes(Diffusion(dt=0.005))
    assert np.max(np.abs(2 * fine - coarse - exact)) < 10 * 0.01**2


@pytest.mark.parametrize("tolerance", [1e-2, 1e-3, 1e-4, 1e-5])
def test_jump_keeps_its_tolerance(exact, tolerance):
    error = spikes(Jump(tolerance=tolerance)) - exact
    assert np.sqrt(np.mean(error**2)) < tolerance


def check_second_order_bound(times, exact, dt):
    # linear interpolation errs by at most h^2 |V''| / 8 |V'|, which is below h^2 near 0 mV
    assert np.max(np.abs(times - exact)) < dt**2


@pytest.mark.parametrize("dt", [0.08, 0.02])
def test_per_neuron_errs_by_less_than_its_interpolation(exact, dt):
    check_second_order_bound(spikes(PerNeuron(dt=dt)), exact, dt)


def test_planted_spike_at_the_end_of_its_step_is_caught(exact):
    late = np.ceil(spikes(PerNeuron(dt=0.02)) / 0.02) * 0.02
    with pytest.raises(AssertionError):
        check_second_order_bound(late, exact, 0.02)
