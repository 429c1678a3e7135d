"""Verdicts, ratios and permutation tests on pairs of known truth: planted to be equivalent, different, undecided.

A verdict errs if it says "equivalent" of a difference at or beyond the margin, or "different" of one within it: each at
most half of what the level leaves, 2.5 % at 95 %.
"""

from functools import cache

import numpy as np
import pytest
from budget import Disagreement, check_law, check_proportion_between
from scipy import stats
from scipy.integrate import trapezoid
from trains import correlated, dead_time, gamma, groups, poisson

from stochhh import statistics as st
from stochhh.comparison import compare
from stochhh.spike_trains import SpikeTrains
from stochhh.statistics.compare.differences import difference, ratio
from stochhh.statistics.compare.distance import isi_distances
from stochhh.statistics.margin import Margin
from stochhh.statistics.spikes.counts import RATE

REPEATS = 200


def pairs(first, second, rng, *, repeats=REPEATS, n_trials=20, per_window=50):
    return zip(
        *(groups(process.trains(rng, repeats * n_trials, per_window), n_trials) for process in (first, second)),
        strict=True,
    )


def faster(spikes, factor):
    """The same trains with all times shortened, in the same window: what then comes after it is cut off."""
    time = spikes.start + (spikes.time - spikes.start) / factor
    inside = time <= spikes.start + spikes.window / factor
    return SpikeTrains(time[inside], spikes.trial[inside], spikes.n_trials, spikes.start, spikes.stop)


def verdicts(first, second, rng, name, margins, **size):
    statistic = getattr(st, name)
    margin = Margin.of(margins[name], name)
    judged = (difference(statistic(a), statistic(b), margin) for a, b in pairs(first, second, rng, **size))
    found = [entry.verdict for entry in judged]
    return {verdict: found.count(verdict) for verdict in ("equivalent", "different", "undecided")}


def test_equal_laws_with_enough_trials_are_equivalent():
    count = verdicts(gamma(4), gamma(4), np.random.default_rng(41), "cv", {"cv": 0.05}, repeats=60, n_trials=80)
    check_proportion_between(count["equivalent"], 60, 0.95, 1.0, sees=0.24, what="equivalent")


def test_plainly_different_laws_are_different():
    count = verdicts(poisson(), gamma(4), np.random.default_rng(42), "cv", {"cv": 0.05}, repeats=60)
    assert count["different"] == 60


def test_too_few_trials_leave_it_undecided():
    count = verdicts(poisson(), poisson(), np.random.default_rng(43), "cv", {"cv": 0.02}, repeats=60, n_trials=5)
    check_proportion_between(count["undecided"], 60, 0.9, 1.0, sees=0.32, what="undecided")


@cache
def at_the_margin():
    """CV 1 and 0.5, margin 0.5."""
    return verdicts(poisson(), gamma(4), np.random.default_rng(44), "cv", {"cv": 0.5}, repeats=1000)


def test_a_difference_at_the_margin_is_rarely_called_equivalent_or_different():
    count = at_the_margin()
    check_proportion_between(count["equivalent"], 1000, 0.0, 0.035, sees=0.04, what="equivalent")
    check_proportion_between(count["different"], 1000, 0.0, 0.035, sees=0.04, what="different")


def test_taking_no_significance_for_equality_is_seen():
    """Fault: "undecided" said to be "equivalent"."""
    count = at_the_margin()
    equal = count["equivalent"] + count["undecided"]
    with pytest.raises(Disagreement):
        check_proportion_between(equal, 1000, 0.0, 0.035, sees=0.04, what="equivalent")


REPEATED = 12_000


def normal(value, error):
    """The Estimate of a normal mean whose standard error is known."""
    return st.Estimate("rate", value, value - 1.96 * error, value + 1.96 * error, 0.95, "Hz", 20, "made up")


@cache
def called_equivalent(q, ratio, relative):
    """How often b = (1 + q) a is called equivalent to a at a margin of q, or of what q is of the estimate of a.

    `ratio` is that of the standard errors, b to a.
    """
    rng, errors = np.random.default_rng(49), (0.03, 0.03 * ratio)
    drawn = ((normal(x, errors[0]), normal(y, errors[1])) for x, y in rng.normal((1.0, 1.0 + q), errors, (REPEATED, 2)))
    margins = ((a, b, Margin(q, True) if relative else Margin(q * a.value, False)) for a, b in drawn)
    return sum(difference(a, b, margin).verdict == "equivalent" for a, b, margin in margins)


# (q, ratio of the standard errors): equal ones, and equal relative ones.
PERCENT = [(0.35, 1.0), (0.7, 1.0), (1.0, 1.0), (1.0, 2.0)]


@pytest.mark.parametrize(("q", "ratio"), PERCENT)
def test_a_margin_in_percent_keeps_the_error_of_a_verdict(q, ratio):
    found = called_equivalent(q, ratio, relative=True)
    check_proportion_between(found, REPEATED, 0.02, 0.025, sees=0.015, what=f"equivalent at a margin of {q:.0%}")


@pytest.mark.parametrize(("ratio", "expected"), [(1.0, 0.1076), (2.0, 0.0606)])
def test_a_margin_in_percent_that_is_taken_for_certain_is_seen(ratio, expected):
    """Fault: the margin is a part of an estimate, and is taken for a number that is known; by how much, as derived."""
    found = called_equivalent(1.0, ratio, relative=False)
    assert expected == pytest.approx(stats.norm.cdf(-1.96 * np.sqrt((1 + ratio**2) / (4 + ratio**2))), abs=5e-5)
    check_proportion_between(found, REPEATED, expected, expected, sees=0.02, what="equivalent at a margin of 100 %")
    with pytest.raises(Disagreement):
        check_proportion_between(found, REPEATED, 0.02, 0.025, sees=0.015, what="equivalent at a margin of 100 %")


def test_equal_fano_factors_of_a_default_run_are_equivalent():
    """100 trials of each settle the default margin in four of five cases; 5 % would take 3000."""
    count = verdicts(poisson(), poisson(), np.random.default_rng(50), "fano_factor", {"fano_factor": "75%"},
                     repeats=200, n_trials=100, per_window=20)  # fmt: skip
    check_proportion_between(count["equivalent"], 200, 0.72, 0.95, sees=0.2, what="equivalent")


@pytest.mark.parametrize("kept", [True, pytest.param(False, id="pairs mixed up")])
def test_intervals_of_paired_differences_hold(kept):
    """b is a with a tenth of its spikes lost; the fault takes the trials of b in another order, and pairing is lost."""
    rng, held, narrower, repeats, margin = np.random.default_rng(51), 0, 0, 400, Margin(0.05, True)
    for a in groups(poisson().trains(rng, repeats * 20, 50), 20):
        stays = rng.random(a.time.size) < 0.9
        place = np.arange(20) if kept else rng.permutation(20)
        trial = place[a.trial[stays]]
        order = np.lexsort((a.time[stays], trial))
        b = SpikeTrains(a.time[stays][order], trial[order], 20, a.start, a.stop)
        pair = tuple(RATE.replicated(spikes, every=True) for spikes in (a, b))
        paired, alone = (difference(st.rate(a), st.rate(b), margin, of).estimate for of in (pair, None))
        held += paired.low <= -10.0 <= paired.high
        narrower += paired.high - paired.low < 0.6 * (alone.high - alone.low)
    check_proportion_between(held, repeats, 0.92, 1.0, sees=0.09, what="paired difference of the rate")
    assert (narrower > 0.9 * repeats) == kept


@pytest.mark.slow
def test_the_number_of_trials_that_was_said_settles_it():
    """Poisson against gamma at a margin half the difference: with 1.5 times what the first look says, most settle."""
    rng, settled, asked = np.random.default_rng(46), 0, 0
    for a, b in pairs(poisson(), gamma(0.9), rng, repeats=200, n_trials=20):
        first = difference(st.cv(a), st.cv(b), Margin.of(0.15, "cv"))  # the CVs are 1 and 1.054
        if first.trials_to_settle is None or not 20 < first.trials_to_settle < 400:
            continue
        n = int(1.5 * first.trials_to_settle)
        more = (next(groups(process.trains(rng, n, 50), n)) for process in (poisson(), gamma(0.9)))
        asked += 1
        settled += difference(*map(st.cv, more), Margin.of(0.15, "cv")).verdict != "undecided"
    assert asked >= 60
    check_proportion_between(settled, asked, 0.6, 1.0, sees=0.65, what="settled")


def test_intervals_of_ratios_hold():
    rng, held = np.random.default_rng(47), dict.fromkeys(("rate", "cv", "isi_mean"), 0)
    truth = {"rate": 1.0, "cv": 0.5, "isi_mean": 1.0}
    for a, b in pairs(poisson(), gamma(4), rng):
        for name in held:
            found = ratio(*(getattr(st, name)(spikes) for spikes in (a, b)))
            held[name] += found.low <= truth[name] <= found.high
    for name, count in held.items():
        check_proportion_between(count, REPEATS, 0.92, 0.985, sees=0.14, what=f"ratio of {name}")


@pytest.mark.slow
def test_bonferroni_keeps_all_intervals_together():
    """Equal correlated laws: the chance that any of six statistics is called different is 5 % at most."""
    rng, wrong, plain = np.random.default_rng(48), 0, 0
    names, margins = (
        ("rate", "isi_mean", "cv", "cv2", "lv"),
        dict.fromkeys(("rate", "isi_mean", "cv", "cv2", "lv"), 0.0),
    )
    for a, b in pairs(correlated(), correlated(), rng):
        for correction in (None, "bonferroni"):
            found = compare(a, b, margins=margins, correction=correction).difference
            any_wrong = any(found[name].verdict == "different" for name in names)
            wrong += any_wrong and correction is not None
            plain += any_wrong and correction is None
    check_proportion_between(wrong, REPEATS, 0.0, 0.05, sees=0.12, what="family-wise error")
    assert plain > wrong


NAMES = ("isi_ks", "isi_wasserstein", "isi_energy", "isi_anderson_darling")


def test_p_values_of_equal_laws_are_uniform():
    """Whatever the dependence within a trial: serially correlated ISIs."""
    rng = np.random.default_rng(49)
    found = [isi_distances(a, b) for a, b in pairs(correlated(), correlated(), rng, repeats=150, per_window=20)]
    for name in NAMES:
        p = np.array([distances[name].p_value for distances in found])
        jittered = p - rng.random(p.size) / 2001  # it takes 2001 values
        check_law(jittered, lambda x: np.clip(x, 0, 1), sees=0.4, what=f"p-values of {name}")


@pytest.mark.slow
def test_p_values_by_isi_instead_of_trial_are_seen():
    """Fault: ISIs of a trial taken for independent, with rates that differ between trials."""
    rng, p = np.random.default_rng(50), []
    for _ in range(150):
        rates = rng.gamma(4, 0.25, 40)
        isi = rng.exponential(1 / rates[:, None], (40, 20)).reshape(2, -1)
        halves = [
            SpikeTrains(np.repeat(0.0, 2 * len(x)) + np.tile([0.0, 1.0], len(x)) * np.repeat(x, 2),
                        np.repeat(np.arange(len(x)), 2), len(x), 0.0, 1e6)
            for x in isi
        ]  # fmt: skip
        p.append(isi_distances(*halves)["isi_ks"].p_value)
    with pytest.raises(Disagreement):
        check_law(np.array(p), lambda x: np.clip(x, 0, 1), sees=0.4, what="p-values")


def test_different_laws_are_told_apart():
    """Gamma of CV 1 and 0.87: 20 trials of 50 spikes are enough for all four."""
    rng, repeats = np.random.default_rng(51), 40
    found = [isi_distances(a, b) for a, b in pairs(poisson(), gamma(1.6), rng, repeats=repeats)]
    for name in NAMES:
        told = sum(distances[name].p_value < 0.05 for distances in found)
        check_proportion_between(told, repeats, 0.9, 1.0, sees=0.4, what=f"power of {name}")


def test_ten_thousand_trials_keep_the_level_of_a_permutation_in_groups():
    rng = np.random.default_rng(52)
    a, b = next(pairs(poisson(), poisson(), rng, repeats=1, n_trials=10_000, per_window=5))
    found = st.isi_distances(a, b)
    assert all(distance.p_value > 1e-3 for distance in found.values())
    far = st.isi_distances(a, faster(b, 1.1))
    assert all(distance.p_value == pytest.approx(1 / 2001) for distance in far.values())


def true_distances(first, second):
    """NAME -> distance of two laws given by their distribution functions."""
    x = np.linspace(0, 400, 400_001)
    F, G = first(x), second(x)
    H, apart = (F + G) / 2, F - G
    between = (H > 0) & (H < 1)
    weight = np.gradient(H)[between] / (H * (1 - H))[between]
    return {
        "isi_ks": np.abs(apart).max(),
        "isi_wasserstein": trapezoid(np.abs(apart), x),
        "isi_energy": (2 * trapezoid(apart**2, x)) ** 0.5,
        "isi_anderson_darling": np.sum(apart[between] ** 2 * weight) ** 0.5,
    }


LAWS = {
    "CV 0.5": (gamma(4), stats.gamma(4, scale=2.5)),
    "CV 0.7": (gamma(2), stats.gamma(2, scale=5)),
    "dead time": (dead_time(0.3), stats.expon(3, 7)),
    "CV 0.95": (gamma(1.1), stats.gamma(1.1, scale=10 / 1.1)),
    "Poisson": (poisson(), stats.expon(0, 10)),
}


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
def test_the_intervals_of_distances_hold(law, monkeypatch):
    """From a Poisson train: plainly apart, near, and equal."""
    monkeypatch.setattr("stochhh.statistics.compare.distance._permuted", lambda steps, grid: None)
    process, of_isi = LAWS[law]
    truth, rng, repeats = true_distances(stats.expon(0, 10).cdf, of_isi.cdf), np.random.default_rng(53), 300
    held = dict.fromkeys(NAMES, 0)
    for a, b in pairs(poisson(), process, rng, repeats=repeats):
        found = isi_distances(a, b)
        for name in NAMES:
            held[name] += found[name].estimate.low <= truth[name] <= found[name].estimate.high
    for name, count in held.items():
        print(f"{name:<21} Poisson and {law:<10} {count / repeats:.3f}")
        check_proportion_between(count, repeats, 0.93, 1.0, sees=0.11, what=f"{name} of {law}")
