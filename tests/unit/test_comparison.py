"""Differences, margins and verdicts, computed by hand."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from stochhh import statistics as st
from stochhh.comparison import Comparison, Difference, compare
from stochhh.errors import InputError
from stochhh.results import Moments, Result
from stochhh.spike_trains import SpikeTrains
from stochhh.statistics import NAMES, Estimate
from stochhh.statistics.compare.differences import difference, ratio
from stochhh.statistics.margin import Margin

WINDOW = (100.0, 1100.0)
OF_VALUE = ["rate", "isi_mean", "cv", "cv2", "lv", "fano_factor", "V_variance"]


def result(isi, backend, n_trials=30, offset=0.0, seed=1, window=WINDOW):
    """A Result with ISIs drawn by isi(rng, size)."""
    rng = np.random.default_rng(seed)
    time = np.cumsum(isi(rng, (n_trials, 400)), axis=1)
    seen = time <= window[1]
    means = offset + rng.normal(0, 0.1, n_trials)
    powers = np.stack([means, means**2 + 25, means**3 + 75 * means + 40, np.full(n_trials, 2000.0)], axis=1)
    spikes = SpikeTrains(time[seen], np.nonzero(seen)[0], n_trials, *window)
    return Result(spikes, Moments(-60.0, powers), provenance={"backend": backend})


def exponential(mean):
    return lambda rng, size: 3 + rng.exponential(mean - 3, size)


def periodic(period):
    return lambda rng, size: np.full(size, period)


def silent(backend="jump", n_trials=30, window=WINDOW):
    spikes = SpikeTrains([], [], n_trials, *window)
    return Result(spikes, Moments(-60.0, np.zeros((n_trials, 4))), provenance={"backend": backend})


JUMP = result(exponential(20.0), "jump")
DIFFUSION = result(exponential(14.0), "diffusion", offset=0.3, seed=2)


def test_differences_follow_from_the_two_intervals():
    comparison = compare(JUMP, DIFFUSION)
    assert list(comparison.difference) == list(comparison.a) == list(comparison.b) == list(NAMES)
    assert comparison.labels == ("jump", "diffusion")
    for name, entry in comparison.difference.items():
        a, b, d = comparison.a[name], comparison.b[name], entry.estimate
        assert d.value == b.value - a.value
        assert d.low == pytest.approx(d.value - math.hypot(b.value - b.low, a.high - a.value))
        assert d.high == pytest.approx(d.value + math.hypot(b.high - b.value, a.value - a.low))
        assert (d.name, d.unit, d.level) == (name, a.unit, 0.95)


def test_default_margins():
    comparison = compare(JUMP, DIFFUSION)
    margin = {name: entry.margin for name, entry in comparison.difference.items()}
    for name in OF_VALUE:
        part = 0.75 if name == "fano_factor" else 0.05
        assert margin[name] == pytest.approx(part * comparison.a[name].value)
        assert comparison.difference[name].relative == part
    assert (margin["V_mean"], margin["isi_skewness"], margin["V_skewness"]) == (0.5, 0.2, 0.2)


def test_verdicts_of_a_plain_case():
    verdicts = {name: entry.verdict for name, entry in compare(JUMP, DIFFUSION).difference.items()}
    assert verdicts["rate"] == verdicts["isi_mean"] == "different"
    assert verdicts["V_mean"] == verdicts["V_variance"] == "equivalent"
    assert verdicts["fano_factor"] == "undecided"


# The interval of V_mean in every position to a margin of 1 around a difference of `offset`.
@pytest.mark.parametrize(
    ("offset", "spread", "verdict"),
    [
        (0.0, 0.1, "equivalent"),
        (0.5, 0.1, "equivalent"),
        (-0.5, 0.1, "equivalent"),
        (1.0, 0.1, "undecided"),
        (-1.0, 0.1, "undecided"),
        (2.0, 0.1, "different"),
        (-2.0, 0.1, "different"),
        (0.0, 5.0, "undecided"),
        (2.0, 5.0, "undecided"),
    ],
)
def test_the_verdict_rule(offset, spread, verdict):
    def of(shift):
        deviation = spread * np.array([-1.0, 1, -1, 1])
        powers = np.stack([shift + deviation, np.full(4, 50.0), np.zeros(4), np.zeros(4)], axis=1)
        spikes = SpikeTrains([], [], 4, *WINDOW)
        return Result(spikes, Moments(0.0, powers), provenance={"backend": "jump"})

    entry = compare(of(0.0), of(offset), margins={"V_mean": 1.0}).difference["V_mean"]
    assert entry.estimate.value == pytest.approx(offset)
    assert entry.margin == 1.0
    low, high = entry.estimate.low, entry.estimate.high
    inside, outside = -1 <= low and high <= 1, low > 1 or high < -1
    assert verdict == ("equivalent" if inside else "different" if outside else "undecided") == entry.verdict


def test_margins_can_be_set_one_by_one():
    tight = compare(JUMP, DIFFUSION, margins={"V_mean": 0.01, "rate": 1000}).difference
    assert (tight["V_mean"].margin, tight["V_mean"].verdict) == (0.01, "different")
    assert (tight["rate"].margin, tight["rate"].verdict) == (1000.0, "equivalent")
    assert tight["V_skewness"].margin == 0.2


@pytest.mark.parametrize(
    ("margins", "named"),
    [
        (5, "margins = 5 is not allowed: it must be a dictionary"),
        ({"firing": 1.0}, "'firing'"),
        ({"rate": -1.0}, "rate"),
        ({"rate": math.nan}, "rate"),
        ({"cv": math.inf}, "cv"),
        ({"V_mean": "0.5"}, "V_mean"),
        ({"cv2": True}, "cv2"),
        ({"lv": None}, "lv"),
    ],
)
def test_wrong_margins_are_refused_by_name(margins, named):
    with pytest.raises(InputError, match="margins") as caught:
        compare(JUMP, DIFFUSION, margins=margins)
    assert named in str(caught.value)


@pytest.mark.parametrize("window", [(100.0, 1000.0), (200.0, 1100.0)])
def test_results_of_different_windows(window):
    """What is a rate or an average is compared; what depends on the window is missing, with the reason."""
    other = result(exponential(20.0), "diffusion", window=window)
    found, same = compare(JUMP, other), compare(JUMP, DIFFUSION)
    windows = rf"\[100, 1100\] ms and \[{window[0]:g}, {window[1]:g}\] ms"
    fano = found.difference["fano_factor"]
    assert re.fullmatch(rf"it depends on the window, and the windows differ, {windows}", fano.estimate.reason)
    assert (fano.verdict, fano.estimate.value, found.ratio["fano_factor"].value) == ("undecided", None, None)
    assert (
        fano.relative == same.difference["fano_factor"].relative
        and fano.margin == same.difference["fano_factor"].margin
    )
    for name in ("rate", "cv", "isi_mean", "cv2", "lv"):
        a, b = getattr(st, name)(JUMP.spikes), getattr(st, name)(other.spikes)
        assert found.difference[name].estimate.value == b.value - a.value
        assert found.difference[name].estimate.low is not None and found.ratio[name].low is not None
    assert all(re.fullmatch(rf"the windows differ, {windows}", d.estimate.reason) for d in found.distance.values())
    assert [d.p_value for d in found.distance.values()] == [None] * 4
    assert any(re.match(rf"diffusion: The windows differ, {windows}: .* stationary", doubt) for doubt in found.doubts)
    assert "it depends on the window" in str(found) and not any("windows differ" in doubt for doubt in same.doubts)


def test_windows_of_one_length_elsewhere_hide_the_same_intervals():
    other = result(exponential(20.0), "diffusion", window=(200.0, 1200.0))
    found = compare(JUMP, other)
    assert found.difference["fano_factor"].estimate.low is not None
    assert all(d.p_value is not None for d in found.distance.values())
    assert any("The windows differ" in doubt for doubt in found.doubts)


def test_paired_results_of_different_windows_are_refused():
    with pytest.raises(InputError, match=r"different windows, \[100, 1100\] and .* give trains of the same window"):
        compare(JUMP, result(exponential(20.0), "diffusion", window=(200.0, 1100.0)), paired=True)


def test_of_several_results_only_one_has_another_window():
    both = compare(JUMP, DIFFUSION, result(exponential(20.0), "diffusion", window=(200.0, 1100.0)))
    assert [pair.difference["fano_factor"].estimate.value is None for pair in both] == [False, True]
    assert [pair.distance["isi_ks"].p_adjusted is None for pair in both] == [False, True]


def test_trains_with_windows_of_their_own():
    """The same in both: all that `summary` gives is compared; other ones: what does not depend on them."""
    rng, stops = np.random.default_rng(5), np.linspace(500.0, 1500.0, 12)
    a, b, c = (
        SpikeTrains.from_lists([np.sort(rng.uniform(0, stop, 40)) for stop in ends], stop=ends)
        for ends in (stops, stops, 2 * stops)
    )
    same = compare(a, b, statistics=["rate", "cv", "fano_factor"])
    assert same.difference["rate"].estimate.low is not None and same.distance["isi_ks"].p_value is not None
    assert "without a common length" in same.difference["fano_factor"].estimate.reason and same.doubts == ()
    other = compare(a, c, statistics=["rate", "cv", "fano_factor"])
    assert other.difference["cv"].estimate.low is not None and other.distance["isi_ks"].estimate.value is None
    assert "500 to 1500 ms long and 1000 to 3000 ms long" in other.difference["fano_factor"].estimate.reason


def test_a_level_that_is_none_is_refused():
    with pytest.raises(InputError, match="level"):
        compare(JUMP, DIFFUSION, level=1.0)


def test_unequal_numbers_of_trials_are_no_obstacle():
    comparison = compare(JUMP, result(exponential(20.0), "diffusion", n_trials=7))
    assert comparison.difference["rate"].estimate.n == 7


def test_both_silent():
    comparison = compare(silent(), silent("diffusion", n_trials=10))
    rate = comparison.difference["rate"]
    limit = -1000 * math.log(0.025) / np.array([30, 10]) / 1000.0
    assert (rate.estimate.low, rate.estimate.value, rate.estimate.high) == pytest.approx((-limit[0], 0.0, limit[1]))
    assert (rate.margin, rate.verdict) == (0.0, "undecided")
    assert compare(silent(), silent(), margins={"rate": 0.2}).difference["rate"].verdict == "equivalent"


def test_silent_against_firing():
    for a, b, sign in ((silent(), DIFFUSION, 1), (JUMP, silent("diffusion"), -1)):
        comparison = compare(a, b)
        assert comparison.difference["rate"].verdict == "different"
        assert sign * comparison.difference["rate"].estimate.low > 0
        cv = comparison.difference["cv"]
        assert cv.estimate.value is cv.estimate.low is cv.estimate.high is None
        assert "found: 0" in cv.estimate.reason
        assert cv.verdict == "undecided"
        assert comparison.distance["isi_ks"].estimate.value is None
    assert compare(silent(), DIFFUSION).difference["cv"].margin is None


def test_one_trial_leaves_values_without_verdicts():
    comparison = compare(JUMP, result(exponential(14.0), "diffusion", n_trials=1))
    rate = comparison.difference["rate"]
    assert rate.estimate.value > 0 and rate.estimate.low is None
    assert "two trials" in rate.estimate.reason
    assert rate.verdict == "undecided"


def test_periodic_trains_of_different_backends():
    comparison = compare(result(periodic(14.6), "jump"), result(periodic(14.6 + 1e-5), "diffusion"))
    for name in ("rate", "isi_mean"):
        assert comparison.difference[name].verdict == "equivalent"
    assert comparison.difference["isi_mean"].estimate.value == pytest.approx(1e-5, rel=1e-6)
    assert comparison.distance["isi_wasserstein"].estimate.value == pytest.approx(1e-5, rel=1e-6)


def test_a_result_against_itself_never_differs():
    for entry in compare(JUMP, JUMP).difference.values():
        assert entry.verdict != "different"
        assert entry.estimate.low < 0 < entry.estimate.high


@pytest.mark.parametrize("other", [DIFFUSION, silent("diffusion")], ids=["firing", "silent"])
def test_the_json_contract(other):
    made = json.loads(json.dumps(compare(JUMP, other).as_dict(), allow_nan=False))
    assert set(made) == {"difference", "distance", "doubts"}
    assert list(made["difference"]) == list(NAMES)
    for entry in made["difference"].values():
        keys = {"value", "low", "high", "level", "unit", "margin", "verdict", "ratio"}
        assert set(entry) - {"reason", "trials_to_settle"} == keys
        assert ("trials_to_settle" in entry) == (entry["verdict"] == "undecided")
        assert ("reason" in entry) == (entry["low"] is None)
    assert list(made["distance"]) == ["isi_ks", "isi_wasserstein", "isi_energy", "isi_anderson_darling"]
    for entry in made["distance"].values():
        assert {"value", "low", "high", "level", "unit", "p_value", "p_adjusted", "null_95"} == set(entry) - {"reason"}


def test_the_table():
    text = str(compare(JUMP, silent("diffusion"), level=0.9))
    lines = text.splitlines()
    assert lines[0].split() == "90 % intervals jump diffusion diffusion - jump diffusion / jump margin verdict".split()  # noqa: SIM905
    for line, name in zip(lines[1:], NAMES, strict=False):
        assert line.startswith(name)
        assert line.split()[-1] in ("equivalent", "different", "undecided")
    column = lines[0].index("verdict")
    assert all(line[column - 1] == " " != line[column] for line in lines[1 : len(NAMES) + 1])
    assert "diffusion, cv: it requires at least 2 interspike intervals; found: 0" in text
    assert lines[-1].startswith("At these margins, diffusion and jump are different in rate")


@pytest.mark.parametrize("labels", [("jump", "diffusion"), ("a label of many words " * 4, "another " * 10)])
def test_the_repr_is_a_few_short_lines(labels):
    comparison = compare(JUMP, DIFFUSION, labels=labels)
    for thing in (comparison, compare(JUMP, DIFFUSION, JUMP)):
        lines = repr(thing).splitlines()
        assert len(lines) <= 5 and max(map(len, lines)) <= 100
    verdicts = {entry.verdict for entry in comparison.difference.values()}
    assert all(f"  {verdict}: " in repr(comparison) for verdict in verdicts) and "rate" in repr(comparison)


def test_the_sentence():
    def entry(name, verdict):
        return Difference(Estimate(name, 0.0, -1.0, 1.0, 0.95, "1", 5, "none"), 0.1, verdict)

    verdicts = {"rate": "different", "cv": "equivalent", "lv": "equivalent", "cv2": "undecided"}
    difference = {name: entry(name, verdict) for name, verdict in verdicts.items()}
    difference["cv2"] = replace(difference["cv2"], trials_to_settle=300)
    difference["V_mean"] = entry("V_mean", "undecided")
    assert Comparison({}, {}, ("jump", "diffusion"), difference, {}, {}).sentence() == (
        "At these margins, diffusion and jump are different in rate; equivalent in cv, lv; undecided in cv2, V_mean. "
        "Trials of each result needed for a verdict: cv2 about 300. More trials would hardly decide V_mean: the "
        "difference lies at the margin."
    )


# Ratios, margins in percent, corrections, several results, results from elsewhere


def made(value, low, high, n=20, name="rate"):
    return Estimate(name, value, low, high, 0.95, "Hz", n, "made up")


def test_the_ratio_is_that_of_the_values_with_the_intervals_of_their_logarithms():
    found = ratio(made(10.0, 8.0, 12.5), made(20.0, 16.0, 25.0))
    half = math.hypot(math.log(1.25), math.log(1.25))
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2 * math.exp(-half), 2 * math.exp(half)))


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (made(0.0, 0.0, 1.0), made(1.0, 0.5, 2.0), "not positive"),
        (made(1.0, 0.5, 2.0), made(0.0, 0.0, 1.0), "contains 0"),
        (
            made(-60.0, -61.0, -59.0, name="V_mean"),
            made(-60.0, -61.0, -59.0, name="V_mean"),
            "a quantity that cannot be negative",
        ),
        (Estimate.missing("cv", "no spike", level=0.95, unit="1", n=0), made(1.0, 0.5, 2.0, name="cv"), "no spike"),
    ],
)
def test_a_ratio_that_says_nothing_is_missing(a, b, words):
    assert words in ratio(a, b, signed=a.name == "V_mean").reason


def test_a_margin_in_percent_is_that_part_of_the_reference():
    comparison = compare(JUMP, DIFFUSION, margins={"rate": "40%", "cv": "2.5 %"})
    assert comparison.difference["rate"].margin == pytest.approx(0.4 * comparison.a["rate"].value)
    assert comparison.difference["cv"].margin == pytest.approx(0.025 * comparison.a["cv"].value)


@pytest.mark.parametrize("margin", ["5", "x%", "-1%", "5%%", ""])
def test_a_margin_that_is_no_percentage_is_refused(margin):
    with pytest.raises(InputError, match=r"margins rate = .* percentage"):
        compare(JUMP, DIFFUSION, margins={"rate": margin})


def test_the_number_of_trials_that_would_settle_it():
    """Half width 1 at 20 trials, difference 0: within a margin of 0.5 it takes 4 times as many, times 2 for two."""
    a, b = made(10.0, 9.0, 11.0), made(10.0, 9.0, 11.0)
    assert difference(a, b, Margin.of(0.5, "rate")).trials_to_settle == pytest.approx(20 * 2 * 4, abs=1)
    assert difference(a, b, Margin.of(3.0, "rate")).trials_to_settle is None  # settled
    b = made(11.5, 10.5, 12.5)
    assert difference(a, b, Margin.of(0.5, "rate")).trials_to_settle == pytest.approx(20 * 2, abs=1)
    assert difference(a, b, Margin.of(1.5, "rate")).trials_to_settle is None  # at the margin


def test_bonferroni_widens_every_interval_by_the_number_of_statistics():
    plain, together = compare(JUMP, DIFFUSION), compare(JUMP, DIFFUSION, correction="bonferroni")
    strict = compare(JUMP, DIFFUSION, level=1 - 0.05 / len(NAMES))
    for name in ("rate", "cv", "lv"):
        assert together.difference[name].estimate.low < plain.difference[name].estimate.low
        assert together.difference[name].estimate.low == pytest.approx(strict.difference[name].estimate.low)
    assert "simultaneous" in str(together) and "(Bonferroni)" in together.sentence()
    with pytest.raises(InputError, match="correction = 'fdr'"):
        compare(JUMP, DIFFUSION, correction="fdr")


def test_several_results_are_set_beside_the_first():
    many = compare(JUMP, DIFFUSION, JUMP, silent("diffusion"))
    assert [pair.labels for pair in many] == [
        ("jump (1)", "diffusion (1)"), ("jump (1)", "jump (2)"), ("jump (1)", "diffusion (2)")
    ]  # fmt: skip
    assert many["diffusion (1)"].difference["rate"] == compare(JUMP, DIFFUSION).difference["rate"]
    assert set(many.as_dict()) == {"diffusion (1)", "jump (2)", "diffusion (2)"} and len(many) == 3
    p = [d.p_value for pair in many for d in pair.distance.values() if d.p_value is not None]
    assert many[0].distance["isi_ks"].p_adjusted == pytest.approx(
        min(1.0, max(many[0].distance["isi_ks"].p_value, min(p)) * len(p)), rel=1
    )
    assert str(many).count("At these margins") == 3


def test_bonferroni_over_several_results_counts_them_all():
    two, three = (compare(JUMP, *others, correction="bonferroni") for others in ([DIFFUSION], [DIFFUSION, DIFFUSION]))
    assert three[0].difference["rate"].estimate.low < two.difference["rate"].estimate.low


def test_spike_trains_from_elsewhere_are_compared():
    comparison = compare(JUMP, DIFFUSION.spikes, labels=["stochhh", "NEST"])
    assert comparison.difference["rate"] == compare(JUMP, DIFFUSION).difference["rate"]
    assert comparison.difference["V_mean"].verdict == "undecided"
    assert "moments of V were not recorded" in comparison.difference["V_mean"].estimate.reason
    assert comparison.sentence().startswith("At these margins, NEST and stochhh are")


@pytest.mark.parametrize("labels", [["a"], ["a", "a"], ["", "b"], ["a", " "]])
def test_labels_must_be_different_and_enough(labels):
    with pytest.raises(InputError, match="labels"):
        compare(JUMP, DIFFUSION, labels=labels)


@pytest.mark.parametrize(
    "wrong", [{"paired": "yes"}, {"paired": 1}, {"level": 0.05}, {"level": 1e-9}, {"margins": {"rate": "५%"}}]
)
def test_what_would_be_taken_for_something_else_is_refused(wrong):
    """An error level for a confidence level, a text for True, digits that other programs do not read."""
    with pytest.raises(InputError, match=f"^{next(iter(wrong))}.* is not allowed"):
        compare(JUMP, DIFFUSION, **wrong)


def test_what_is_no_result_is_refused():
    with pytest.raises(InputError, match=r"result 2 = \[1.0, 2.0\] is not allowed: it must be a Result"):
        compare(JUMP, [1.0, 2.0])
