"""The deterministic neuron against numbers computed by an independent program (float64, small steps).

Sources of the published ones among them: rest, Ermentrout's notes; repetitive firing at E_L = -55, Tuckwell,
Jost and Gutkin, Phys. Rev. E 80, 031907 (2009), 6.44 uA/cm2.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

import stochhh as sh
from stochhh.theory import jacobian, kick_threshold, linear_response


@dataclass(frozen=True)
class Reference:
    """What is known of the neuron with one E_L: currents in uA/cm2, kick and V in mV, periods in ms."""

    E_L: float
    rest: tuple
    hopf: tuple
    one_spike: float
    repetitive: float
    kick: float
    period_at_10: float
    period_at_7: float


TABLE = [
    Reference(-54.387, (-64.99638, 0.0529551, 0.5959941, 0.3177324), (9.775438, 154.52243),
              2.240334, 6.2603, 6.5051, 14.63621, 17.1447),
    Reference(-54.4, (-64.99972, 0.0529342, 0.5961110, 0.3176812), (9.779338, 154.52633),
              2.240946, 6.2642, 6.5074, 14.63832, 17.1506),
    Reference(-55.0, (-65.15601, 0.0519668, 0.6015660, 0.3152889), (9.959338, 154.70633),
              2.269556, 6.4442, 6.6149, 14.73765, 17.4471),
]  # fmt: skip
each_neuron = pytest.mark.parametrize("known", TABLE, ids=lambda known: f"E_L={known.E_L}")


def neuron_of(known, I_app=0.0, kick=0.0):
    """The neuron at I_app, started from its rest at I_app = 0 with V moved by a kick."""
    V, *gates = sh.HodgkinHuxley(E_L=known.E_L, I_app=0).rest()
    return sh.HodgkinHuxley(E_L=known.E_L, I_app=I_app, initial=(V + kick, *gates))


def spikes(neuron, duration):
    """Its spike times without input, ms."""
    backend = sh.Jump(tolerance=1e-6)
    result = sh.simulate(neuron, sh.SynapticInput(), backend=backend, duration=duration, seed=0, progress=False)
    return result.spikes.time


def spikes_once(neuron):
    return spikes(neuron, 600.0).size > 0


def spikes_on(neuron):
    """Whether it still fires at the end of 3 s."""
    return bool(np.any(spikes(neuron, 3000.0) > 2900))


def period(neuron):
    return np.diff(spikes(neuron, 1000.0))[-1]


def growth(neuron):
    """The largest real part of an eigenvalue at the fixed point under I_app, 1/ms."""
    return np.linalg.eigvals(jacobian(neuron, neuron.rest())).real.max()


@each_neuron
def test_rest(known):
    V, *gates = neuron_of(known).rest()
    assert known.rest[0] == pytest.approx(V, abs=1e-5)
    assert list(known.rest[1:]) == pytest.approx(gates, abs=1e-7)


@each_neuron
@pytest.mark.parametrize("which", [0, 1])
def test_hopf_points(known, which):
    # the fixed point is stable on one side and unstable on the other, one unit of the last digit away
    point, digit = known.hopf[which], (1e-6, 1e-5)[which]
    outside, inside = point + digit * (-1, 1)[which], point + digit * (1, -1)[which]
    assert growth(neuron_of(known, outside)) < 0 < growth(neuron_of(known, inside))


@each_neuron
def test_step_current_for_one_spike(known):
    assert not spikes_once(neuron_of(known, known.one_spike * (1 - 1e-5)))
    assert spikes_once(neuron_of(known, known.one_spike * (1 + 1e-5)))


@each_neuron
def test_onset_of_repetitive_firing(known):
    assert not spikes_on(neuron_of(known, known.repetitive * (1 - 1e-4)))
    assert spikes_on(neuron_of(known, known.repetitive * (1 + 1e-4)))


@each_neuron
def test_kick_for_a_spike(known):
    assert not spikes_once(neuron_of(known, kick=known.kick - 2e-4))
    assert spikes_once(neuron_of(known, kick=known.kick + 2e-4))
    assert kick_threshold(neuron_of(known), sh.SynapticInput()) == pytest.approx(known.kick, abs=2e-4)


@each_neuron
def test_period(known):
    assert period(neuron_of(known, 10.0)) == pytest.approx(known.period_at_10, rel=1e-6)
    assert period(neuron_of(known, 7.0)) == pytest.approx(known.period_at_7, rel=5e-6)


@pytest.mark.parametrize(("I_app", "expected"), [(0.0, 1.200817), (2.0, 1.325204)])
def test_small_noise_variance_over_kappa_2(I_app, expected):
    drive = sh.SynapticInput(sh.Population("a", 10, 10.0, 0.1, 0.5), sh.Population("b", 10, 10.0, -0.1, 0.5))
    neuron = sh.HodgkinHuxley(I_app=I_app, E_L=-54.4)
    assert linear_response(neuron, drive).V_variance / drive.cumulant(2) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "known",
    [TABLE[0], *(pytest.param(known, marks=pytest.mark.slow) for known in TABLE[1:])],
    ids=lambda known: f"E_L={known.E_L}",
)
def test_the_table_tells_its_neurons_apart(known):
    """Planted fault: the neighbouring E_L does not pass for this one, in any row."""
    other = replace(known, E_L=known.E_L - 0.013)
    for row in (test_rest, test_step_current_for_one_spike, test_onset_of_repetitive_firing, test_kick_for_a_spike,
                test_period, lambda k: test_hopf_points(k, 0), lambda k: test_hopf_points(k, 1)):  # fmt: skip
        with pytest.raises(AssertionError):
            row(other)
