"""Passive membrane, Morris-Lecar, Wang-Buzsaki, Traub-Miles against their papers' equations and known numbers.

P: published; C: computed by an independent program (float64), to the digits given. Would catch: a wrong constant, a
shifted rate, a lost power, an integrator that the model upsets.
"""

from dataclasses import fields, replace

import numpy as np
import pytest
import textbook
from scipy.optimize import root

import stochhh as sh
from stochhh.models import MODELS, MorrisLecar, Passive, TraubMiles, WangBuzsaki
from stochhh.theory import jacobian

STATES = {
    "passive": (-50.0,),
    "morris-lecar": (-20.0, 0.3),
    "wang-buzsaki": (-45.0, 0.4, 0.3),
    "traub-miles": (-45.0, 0.2, 0.4, 0.3),
}
NAMES = list(STATES)
GRID = np.linspace(-150.0, 100.0, 501)


def fast(neuron, x):
    return neuron.vector_field(x, neuron.parameters())


@pytest.mark.parametrize("name", NAMES)
def test_the_vector_field_is_the_papers(name):
    neuron = MODELS[name](I_app=1.5)
    for V in GRID:
        x = (V, *STATES[name][1:])
        assert fast(neuron, x) == pytest.approx(textbook.field(neuron, x), rel=1e-12, abs=1e-13)


def constants(model):
    return [f.name for f in fields(model) if f.name not in ("initial", "threshold", "rearm")]


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in NAMES for key in constants(MODELS[name])])
def test_every_constant_is_settable_and_effective(name, key):
    model, x = MODELS[name], STATES[name]
    neuron = model(**{key: 1.1 * getattr(model(), key) + (key == "I_app")})
    assert fast(neuron, x) != fast(model(), x)
    assert fast(neuron, x) == pytest.approx(textbook.field(neuron, x), rel=1e-12, abs=1e-13)


def test_the_sets_are_the_published_ones():
    """P: Rinzel and Ermentrout (1998); Wang and Buzsaki (1996); Ermentrout and Kopell (1998)."""
    hopf, snic = MorrisLecar(), MorrisLecar.class_1()
    shared = {"C_m": 20, "g_K": 8, "g_L": 2, "E_Ca": 120, "E_K": -84, "E_L": -60, "V1": -1.2, "V2": 18}
    assert hopf.as_dict().items() >= (shared | {"phi": 0.04, "g_Ca": 4.4, "V3": 2, "V4": 30}).items()
    assert snic.as_dict().items() >= (shared | {"phi": 0.067, "g_Ca": 4, "V3": 12, "V4": 17.4}).items()
    axon = {"C_m": 1, "g_Na": 35, "g_K": 9, "g_L": 0.1, "E_Na": 55, "E_K": -90, "E_L": -65, "phi": 5}
    assert WangBuzsaki().as_dict().items() >= axon.items()
    cell = {"C_m": 1, "g_Na": 100, "g_K": 80, "g_L": 0.1, "E_Na": 50, "E_K": -100, "E_L": -67, "V_T": -67}
    assert TraubMiles().as_dict().items() >= cell.items()


# (neuron at I_app, state at rest or None): C, but for P, Rinzel and Ermentrout: (-41.84, 0.002) at I_app = 30.
RESTING = [
    (Passive(I_app=1.5), (-50.0,)),
    (MorrisLecar(), (-60.855382, 0.014915)),
    (MorrisLecar(I_app=150), (-0.459844, 0.459094)),
    (MorrisLecar.class_1(I_app=30), (-41.845162, 0.002047)),
    (WangBuzsaki(), (-64.017565, 0.780792, 0.089078)),
    (WangBuzsaki(I_app=1), None),
    (TraubMiles(), (-66.591093, 0.016043, 0.995496, 0.040275)),
    (TraubMiles(I_app=1), None),
]


@pytest.mark.parametrize(("neuron", "known"), RESTING)
def test_rest(neuron, known):
    """To 1e-9 against scipy's root of the papers' equations; where known, to the digits known."""
    state = neuron.rest()
    found = root(lambda x: textbook.field(neuron, x), np.add(state, 1e-3), tol=1e-13)
    assert np.max(np.abs(state - found.x)) < 1e-9
    if known is not None:
        assert np.max(np.abs(np.subtract(state, known))) < 1e-6


def test_published_rest():
    assert MorrisLecar.class_1(I_app=30).rest() == pytest.approx((-41.84, 0.002), abs=0.01)


def growth(neuron):
    """The largest real part of an eigenvalue at the fixed point under I_app, 1/ms."""
    return np.linalg.eigvals(jacobian(neuron, neuron.rest())).real.max()


# C; P: 93.86 and 212, Rinzel and Ermentrout (1998).
@pytest.mark.parametrize(("point", "rising"), [(93.857618, True), (212.018816, False)])
def test_hopf_points_of_morris_lecar(point, rising):
    below, above = growth(MorrisLecar(I_app=point - 2e-6)), growth(MorrisLecar(I_app=point + 2e-6))
    assert (below < 0 < above) if rising else (below > 0 > above)


# (model, onset in uA/cm2, V there, V of what is left beyond it): C; P: 39.96, Rinzel and Ermentrout (1998); 0.16, Wang
# and Buzsaki (1996).
ONSETS = [
    (MorrisLecar.class_1(), 39.963153, -29.3898, 4.7037),
    (WangBuzsaki(), 0.16008633, -59.9658, -35.0845),
    (TraubMiles(), 0.11934571, -64.0118, -42.6185),
]


@pytest.mark.parametrize(("neuron", "onset", "V", "beyond"), ONSETS)
def test_firing_of_class_1_begins_where_rest_vanishes(neuron, onset, V, beyond):
    """In a saddle-node: a part in 10^7 below it the two fixed points are still told apart, and the lower one found."""
    below, above = (replace(neuron, I_app=onset * (1 + part)) for part in (-1e-7, 1e-7))
    assert below.rest()[0] == pytest.approx(V, abs=0.05) and below.rest()[0] < V
    assert above.rest()[0] == pytest.approx(beyond, abs=1e-3)
    assert growth(below) < 0 < growth(above)


def spikes(neuron, duration, tolerance=1e-7, lanes=None):
    """Its spike times without input, ms, in the jump backend."""
    backend = sh.Jump(tolerance=tolerance, lanes=lanes)
    run = sh.simulate(neuron, sh.SynapticInput(), backend=backend, duration=duration, seed=0, progress=False)
    return run.spikes.time


# (neuron, duration in ms, period at its end in ms): C.
OTHERS = [
    (MorrisLecar(I_app=100), 500.0, 85.290641),
    (MorrisLecar(I_app=200, initial=(-5.0, 0.0)), 500.0, 65.619196),
    (MorrisLecar.class_1(I_app=60), 400.0, 58.496537),
    (TraubMiles(I_app=0.5), 300.0, 36.310972),
    (TraubMiles(I_app=1.5), 300.0, 18.179230),
]
FIRING = [
    (WangBuzsaki(I_app=0.5), 300.0, 31.039368),
    (WangBuzsaki(I_app=1), 300.0, 16.750002),
    (WangBuzsaki(I_app=20), 200.0, 2.456602),
    *(pytest.param(*case, marks=pytest.mark.slow) for case in OTHERS),
]


@pytest.mark.parametrize(("neuron", "duration", "period"), FIRING)
def test_spike_times_are_those_of_the_papers_equations(neuron, duration, period):
    exact, found = textbook.spikes(neuron, duration), spikes(neuron, duration)
    assert found.size == exact.size >= 4
    assert np.max(np.abs(found - exact)) < 1e-7
    assert np.diff(found)[-1] == pytest.approx(period, abs=1e-4)
    coarse = spikes(neuron, duration, tolerance=1e-3)
    assert np.sqrt(np.mean((coarse - exact) ** 2)) < 1e-3  # what the default promises, for these models too


@pytest.mark.parametrize(
    "fault", [{"g_K": 9.0 * 1.0001}, {"E_Na": 55.001}, {"phi": 5.0001}, {"I_app": 1.00001}], ids=str
)
def test_a_planted_fault_is_seen(fault):
    neuron = WangBuzsaki(I_app=1)
    exact, wrong = textbook.spikes(neuron, 300.0), spikes(replace(neuron, **fault), 300.0)
    assert wrong.size != exact.size or np.max(np.abs(wrong - exact)) > 1e-4


def test_crossing_of_the_passive_membrane():
    """T: V = E_L + I_app/g_L (1 - exp(-t/tau)) reaches the threshold at -tau log(1 - (threshold - E_L) g_L/I_app)."""
    neuron = Passive(I_app=8.0)
    assert spikes(neuron, 100.0, lanes=64) == pytest.approx([-10.0 * np.log(1 - 65.0 / 80.0)], abs=1e-8)


def test_wang_buzsaki_fires_as_published():
    """P: from 0.16 uA/cm2 on, and at about 400 Hz under 20 uA/cm2 (Wang and Buzsaki 1996)."""
    assert spikes(WangBuzsaki(I_app=0.155), 2000.0).size == 0
    assert spikes(WangBuzsaki(I_app=0.165), 2000.0).size > 1
    assert 1000 / np.diff(spikes(WangBuzsaki(I_app=20), 200.0))[-1] == pytest.approx(400, rel=0.03)


@pytest.mark.parametrize(
    ("neuron", "onset"),
    [(WangBuzsaki(), 0.16008633), pytest.param(TraubMiles(), 0.11934571, marks=pytest.mark.slow)],
)
def test_frequency_grows_as_the_square_root_beyond_a_saddle_node(neuron, onset):
    """T: f ~ sqrt(I - onset), so four times the distance is twice the frequency, but for a term linear in it."""
    near, far = (np.diff(spikes(replace(neuron, I_app=onset + d), 5000.0))[-1] for d in (0.0005, 0.002))
    assert near / far == pytest.approx(2.0, abs=0.04)


@pytest.mark.slow
def test_morris_lecar_of_class_2_has_two_answers():
    """Below its Hopf point at 93.86 it rests or fires, as it starts, and never slowly. C: at 88 rest alone; 9.73 Hz."""
    assert spikes(MorrisLecar(I_app=90, initial="rest"), 1000.0).size == 0
    at_88, at_90 = (spikes(MorrisLecar(I_app=I_app, initial=(-5.0, 0.0)), 2000.0) for I_app in (88, 90))
    assert at_88.size == 1  # the one that the start gives
    assert np.diff(at_90)[-1] == pytest.approx(102.72717, abs=1e-3)
