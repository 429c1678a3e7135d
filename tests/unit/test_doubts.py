"""The kick that makes the neuron spike, and the warnings before a run."""

import pytest
from neurons import PASSIVE, cortex, question

from stochhh import HodgkinHuxley, Population, SynapticInput
from stochhh.theory import doubts, kick_threshold


def test_kick_threshold_of_a_passive_membrane_is_the_distance_to_the_threshold():
    assert kick_threshold(PASSIVE, SynapticInput()) == pytest.approx(58.0, abs=1e-4)


def test_depolarisation_lowers_the_kick_threshold():
    drive = SynapticInput(Population("exc", 100, 10.0, 1.0, 1.0))  # kappa_1 = 1 mV/ms
    resting, depolarised = (kick_threshold(HodgkinHuxley(I_app=0), d) for d in (SynapticInput(), drive))
    assert depolarised == pytest.approx(kick_threshold(HodgkinHuxley(I_app=1), SynapticInput()), abs=2e-4)
    assert depolarised < resting - 0.3


def test_the_question_is_plainly_doubtful():
    found = doubts(HodgkinHuxley(), question())
    assert len(found) == 3
    assert found[0].startswith("0.577 events in a membrane time constant of 1.15 ms (fewer than 10)")
    assert found[1].startswith("skewness of V about -1.86 (beyond 0.2, plainly doubtful beyond 0.5)")
    assert found[2].startswith("population 'inh': weight -4 mV is 78% of the 5.14 mV kick")


def test_the_cortex_is_mildly_doubtful():
    (found,) = doubts(HodgkinHuxley(), cortex())
    assert found.startswith("skewness of V about -0.263 (beyond 0.2)") and "more frequent" in found


def test_finer_synapses_raise_no_doubt():
    assert doubts(HodgkinHuxley(), question(finer=100)) == []


def test_positive_skewness_makes_diffusion_fire_too_rarely():
    drive = SynapticInput(Population("big", 20, 10.0, 1.2, 1.0), Population("fine", 2000, 10.0, 0.01, 1.0))
    (found,) = doubts(HodgkinHuxley(I_app=0), drive)
    assert "+" in found and "less frequent" in found


def test_a_large_weight_in_symmetric_input_is_seen():
    pair = [Population(name, 1000, 10.0, weight, 1.0) for name, weight in (("up", 2.0), ("down", -2.0))]
    found = doubts(HodgkinHuxley(), SynapticInput(*pair))
    assert [d.split(":")[0] for d in found] == ["population 'up'", "population 'down'"]


@pytest.mark.parametrize(
    "populations",
    [
        [],
        [Population("silent", 80, 0.0, 1.0, 0.5)],
        [Population("blocked", 80, 10.0, 4.0, 0.0)],
        [Population("weightless", 80, 10.0, 0.0, 0.5)],
    ],
    ids=["none", "rate 0", "p 0", "weight 0"],
)
def test_input_that_does_nothing_raises_no_doubt(populations):
    assert doubts(HodgkinHuxley(), SynapticInput(*populations)) == []


def test_populations_that_do_nothing_change_no_doubt():
    idle = Population("idle", 10**6, 100.0, 0.0, 1.0), Population("off", 10**6, 0.0, 30.0, 1.0)
    drive = question()
    assert doubts(HodgkinHuxley(), SynapticInput(*drive.populations, *idle)) == doubts(HodgkinHuxley(), drive)


def test_doubts_where_the_neuron_fires_by_itself_or_has_no_fixed_point():
    assert len(doubts(HodgkinHuxley(I_app=10), question())) == 2  # no kick threshold
    (found,) = doubts(HodgkinHuxley(g_Na=0, g_K=0, g_L=0), question())
    assert "no fixed point" in found
