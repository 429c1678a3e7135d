"""A doubt about a number stands beside it wherever the number goes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from stochhh import HodgkinHuxley, InputError, Population, SpikeTrains, SynapticInput, compare, simulate
from stochhh import statistics as st
from stochhh.statistics import LOG, Curve, Estimate, Quantity, Statistic, TrialSums
from stochhh.statistics.compare.differences import difference, ratio
from stochhh.statistics.margin import Margin

DOUBT = "One trial carries most of it; run more."
FOUND = Estimate("rate", 2.0, 1.0, 3.0, 0.95, "Hz", 20, "made up")


def test_an_estimate_says_it():
    assert DOUBT in str(FOUND.doubted(DOUBT)) and FOUND.doubted(DOUBT).as_dict()["doubt"] == DOUBT
    assert "doubt" not in FOUND.as_dict() and FOUND.doubted(None) == FOUND
    assert FOUND.doubted("First.").doubted("Second.").doubt == "First. Second."


def test_what_is_missing_is_not_doubtful():
    missing = Estimate.missing("cv", "none", level=0.95, unit="1", n=0)
    assert missing.doubted(DOUBT) == missing


def test_a_value_without_an_interval_is_doubtful_too():
    bare = FOUND.without_interval("too few")
    assert bare.doubted(DOUBT).doubt == DOUBT and DOUBT in str(bare.doubted(DOUBT))


@pytest.mark.parametrize("margin", [Margin(0.5, False), Margin(0.1, True)])
def test_differences_and_ratios_keep_it(margin):
    doubted = FOUND.doubted(DOUBT)
    for a, b in ((doubted, FOUND), (FOUND, doubted), (doubted, doubted)):
        assert difference(a, b, margin).estimate.doubt == ratio(a, b).doubt == DOUBT
    assert difference(FOUND, FOUND, margin).estimate.doubt is None


def test_a_comparison_prints_it():
    def estimator(statistic, spikes, level, method):
        return statistic.by_trial(spikes, level, method).doubted(DOUBT)

    def sums(spikes):
        return TrialSums({"n": spikes.counts(), "count": np.ones(spikes.n_trials)})

    counted = Statistic(Quantity("n", "1", LOG, "trials", 1), sums, lambda s: s.n / s.count, estimator=estimator)
    a, b = (SpikeTrains([1, 2, 5, 6, 7], [0, 0, 1, 1, last], 3, 0, 10) for last in (1, 2))
    comparison = compare(a, b, statistics=[counted], labels=["a", "b"])
    assert f"Doubtful:\n  a, n: {DOUBT}\n  b, n: {DOUBT}" in str(comparison)
    assert json.loads(json.dumps(comparison.as_dict()))["difference"]["n"]["doubt"] == DOUBT


def test_a_curve_says_it():
    x = np.arange(3.0)
    curve = Curve("fano_curve", x, x, x - 1, x + 1, x - 2, x + 2, 0.95, "1", "window", "ms", 20, "made up")
    assert DOUBT in str(curve.doubted(DOUBT)) and curve.doubted(DOUBT).doubted("More.").doubt == f"{DOUBT} More."
    bare = replace(curve, low=x * np.nan)
    assert bare.doubted(DOUBT).doubt == DOUBT and DOUBT in str(bare.doubted(DOUBT))
    none = replace(bare, value=x * np.nan)
    assert none.doubted(DOUBT) is none


def test_doubts_about_the_spikes_go_with_every_number_made_of_them():
    """Levels that miss 128 swings a second: whoever takes the spikes out of the result must be told."""
    neuron, nothing = HodgkinHuxley(I_app=65), SynapticInput()
    run = simulate(neuron, nothing, backend="jump", duration=300, transient=100, n_trials=2, seed=1)
    (doubt,) = run.doubts
    assert "count 0 spikes a second" in doubt and run.spikes.doubts == (doubt,)
    assert st.rate(run.spikes).doubt == st.summary(run)["rate"].doubt == doubt
    joined = run.joined(run)
    assert len(joined.doubts) == 1 and joined.spikes.doubts == joined.doubts
    silent = replace(run.spikes, doubts=())
    comparison = compare(run.spikes, silent, labels=["a", "b"], statistics=["rate"])
    assert comparison.doubts == (f"a: {doubt}",) and "Doubtful: rate." in comparison.sentence()
    assert str(comparison).count(doubt) == 1


def test_a_difference_without_an_interval_says_why():
    spikes = SpikeTrains([1, 2, 5, 6, 7], [0, 0, 1, 1, 2], 3, 0, 10)
    said = str(compare(spikes, spikes, labels=["a", "b"], statistics=["rate"], paired=True))
    assert "b - a, rate: all 3 trials agree up to rounding" in said


def test_labels_that_are_no_list_are_refused():
    spikes = SpikeTrains([1, 2, 5, 6, 7], [0, 0, 1, 1, 2], 3, 0, 10)
    for labels in (5, "ab"):
        with pytest.raises(InputError, match=r"labels = .* is not allowed: it must be a list of 2"):
            compare(spikes, spikes, labels=labels)


def test_no_number_of_trials_is_asked_to_settle_a_doubt_about_the_levels():
    """A rest above the re-arm level is doubtful before the run; the rate's own interval decides when to stop."""
    drive = SynapticInput(Population("exc", n=100, rate=50.0, weight=1.0, p=1.0))
    neuron = HodgkinHuxley(E_Na=115, E_K=-12, E_L=10.6)
    run = simulate(neuron, drive, backend="jump", duration=60, seed=1, until={"rate": 1e4}, progress=False)
    assert run.doubts and run.provenance["until"]["looks"] == [20] and run.provenance["until"]["reached"]


def test_a_label_with_a_colon_does_not_repeat_a_doubt():
    spikes = SpikeTrains([1, 2, 5, 6, 7], [0, 0, 1, 1, 2], 3, 0, 10, doubts=(DOUBT,))
    assert str(compare(spikes, spikes, labels=["a: 1", "b: 2"], statistics=["rate"])).count(DOUBT) == 2
