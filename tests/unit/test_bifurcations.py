"""Bifurcations and cycles against an independent program and the literature (see the reference table of the tests)."""

import numpy as np
import pytest

import stochhh as sh
from stochhh.theory import bifurcations, limit_cycle


@pytest.mark.parametrize(
    ("E_L", "first", "second", "fold"),
    [
        (-54.387, 9.775438, 154.52243, 6.26032),
        pytest.param(-54.4, 9.779338, 154.52633, 6.26422, marks=pytest.mark.slow),
        pytest.param(-55.0, 9.959338, 154.70633, 6.44422, marks=pytest.mark.slow),
    ],
)
def test_hodgkin_huxley(E_L, first, second, fold):
    found = bifurcations(sh.HodgkinHuxley(E_L=E_L))
    assert [point.I_app for point in found.hopf] == pytest.approx([first, second], abs=6e-6)
    assert found.cycle_fold == pytest.approx(fold, abs=1e-5)
    assert found.saddle_node == ()


def test_the_applied_current_does_not_matter():
    a, b = (sh.HodgkinHuxley(I_app=I) for I in (0.0, 12.0))
    assert [p.I_app for p in bifurcations(a).hopf] == pytest.approx([p.I_app for p in bifurcations(b).hopf])


def test_the_frequency_of_a_hopf_point_is_that_of_the_small_oscillation():
    """Just below the first Hopf point a small kick rings at that frequency."""
    point = bifurcations(sh.HodgkinHuxley()).hopf[0]
    neuron = sh.HodgkinHuxley(I_app=point.I_app - 0.01)
    values = np.linalg.eigvals(sh.theory.jacobian(neuron, neuron.rest()))
    assert abs(values.imag).max() / (2 * np.pi) * 1000 == pytest.approx(point.frequency, rel=1e-3)


def test_morris_lecar_has_the_textbooks_points():
    """Ermentrout and Terman, Mathematical Foundations of Neuroscience (2010), fig. 3.3."""
    found = bifurcations(sh.MorrisLecar())
    assert [point.I_app for point in found.hopf] == pytest.approx([94, 212], abs=0.5)
    assert found.cycle_fold == pytest.approx(88.3, abs=0.05)


def test_where_rest_ends_in_a_saddle_node_there_is_no_fold_of_cycles():
    """Wang and Buzsaki (1996): the rheobase is 0.16 uA/cm2, where firing begins at frequency 0."""
    found = bifurcations(sh.WangBuzsaki())
    assert found.saddle_node[0].I_app == pytest.approx(0.16, abs=0.001)
    assert found.cycle_fold is None and "saddle-node" in found.reason


@pytest.mark.parametrize("neuron", [sh.Passive(), sh.LeakyIntegrateAndFire()])
def test_a_membrane_without_action_potential_says_so(neuron):
    found = bifurcations(neuron)
    assert found.hopf == found.saddle_node == () and "no limit cycle" in found.reason


@pytest.mark.parametrize(("I_app", "period"), [(10.0, 14.63621), (7.0, 17.1447)])
def test_the_period_of_repetitive_firing(I_app, period):
    state, found = limit_cycle(sh.HodgkinHuxley(I_app=I_app))
    assert found == pytest.approx(period, abs=6e-5)
    assert state[0] == -15.0


def test_a_silent_neuron_has_no_cycle():
    assert limit_cycle(sh.HodgkinHuxley(I_app=3.0)) is None


def test_the_regimes():
    points = (sh.theory.Bifurcation(9.8, -60.0, 93.0), sh.theory.Bifurcation(154.5, -43.0, 169.0))
    found = sh.theory.Bifurcations(points, (), 6.3)
    said = [found.regime(I).split(":")[0] for I in (3.0, 7.0, 12.0, 160.0)]
    assert said == ["silent", "bistable", "beyond rest", "blocked"]
    assert sh.theory.Bifurcations((), (), None).regime(1.0) is None


@pytest.mark.parametrize("neuron", [sh.WangBuzsaki(), sh.TraubMiles(), sh.MorrisLecar.class_1()])
def test_rest_ends_at_the_fold_of_its_own_branch(neuron):
    """Other folds and Hopf points, of lower current, are those of the branches beyond."""
    found = bifurcations(neuron)
    fold = found.saddle_node[0]
    assert min(point.I_app for point in found.saddle_node) < fold.I_app
    assert found.regime(fold.I_app - 0.01).startswith("silent")
    assert found.regime(fold.I_app + 0.01).startswith("beyond rest")
