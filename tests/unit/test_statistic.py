"""A statistic of one's own is known by its name wherever statistics are named."""

import re

import numpy as np
import pytest

import stochhh as sh
from stochhh.errors import InputError
from stochhh.experiment import Compare
from stochhh.plotting import estimates, forest
from stochhh.precision import Precision
from stochhh.statistics import (
    FISHER,
    LOG,
    LOGIT,
    NAMES,
    PLAIN,
    ROOT,
    Quantity,
    Statistic,
    TrialSums,
    by_trial,
    isi_distances,
    register,
    summary,
)
from stochhh.statistics.statistic import _REGISTRY, DISTANCES, known_names, named

RNG = np.random.default_rng(4)


def short(spikes):
    isi, trial = spikes.isi()
    columns = {"short": isi < 10, "count": None}
    return TrialSums({name: np.bincount(trial, of, spikes.n_trials) for name, of in columns.items()})


def share(s):
    return s.short / s.count


SHORT = Statistic(Quantity("short_isis", "1", LOGIT, "ISIs", 1), short, share, label="Share below 10 ms", margin=0.02)


def poisson(n=20):
    trial = np.repeat(np.arange(n), 60)
    return sh.SpikeTrains(np.sort(RNG.uniform(0, 900, (n, 60)), axis=1).ravel(), trial, n, 0, 900)


@pytest.fixture
def registered():
    yield register(SHORT)
    del _REGISTRY["short_isis"]


def test_it_is_estimated_like_any_other(registered):
    found = summary(poisson(), statistics=["rate", "short_isis"])
    assert list(found) == ["rate", "short_isis"]
    isi = poisson().isi()[0]
    assert found["short_isis"].low < np.mean(isi < 10) < found["short_isis"].high


def test_margins_titles_precision_and_experiments_know_its_name(registered):
    a, b = poisson(), poisson()
    comparison = sh.compare(a, b, statistics=["cv", "short_isis"], margins={"short_isis": "10%"})
    assert list(comparison.difference) == ["cv", "short_isis"] and "short_isis" in str(comparison)
    assert comparison.difference["short_isis"].margin == pytest.approx(0.1 * comparison.a["short_isis"].value)
    assert [text.get_text() for text in forest(comparison).get_yticklabels()] == ["CV", "Share below 10 ms"]
    assert estimates({"a": comparison.a["short_isis"]}).get_ylabel() == "Share below 10 ms"
    assert Precision({"short_isis": "1%"}).targets and Compare(statistics=["short_isis"], margins={"short_isis": 0.1})


def test_compare_takes_one_that_is_not_registered():
    comparison = sh.compare(poisson(), poisson(), statistics=[SHORT])
    assert comparison.difference["short_isis"].margin == 0.02
    assert [text.get_text() for text in forest(comparison).get_yticklabels()] == ["Share below 10 ms"]
    assert set(comparison.as_dict()["difference"]) == {"short_isis"}


@pytest.mark.parametrize(
    ("statistics", "said"),
    [
        (["nope"], "statistics name = 'nope' is not allowed: it must be a Statistic, or one of rate, isi_mean"),
        ([3], "statistics name = 3 is not"),
        ("rate", "statistics = 'rate' is not allowed: it must be a list"),
        (["cv", "cv"], "statistics name = 'cv' is not allowed: it must be given once"),
        ([], r"statistics = \[\] is not allowed: it must be a list of at least one name"),
    ],
)
def test_what_is_no_statistic_is_refused(statistics, said):
    with pytest.raises(InputError, match=said):
        summary(poisson(), statistics=statistics)


def test_names_are_given_once():
    with pytest.raises(
        InputError, match="name = 'cv' is not allowed: it must be a name that is not registered already"
    ):
        register(Statistic(Quantity("cv", "1", LOGIT, "ISIs", 1), short, share))
    with pytest.raises(InputError, match="must be a Statistic"):
        register(share)
    for settings, said in (({"margin": "5"}, "margins x = '5'"), ({"data": "traces"}, "data = 'traces'")):
        with pytest.raises(InputError, match=said):
            Statistic(Quantity("x", "1", LOGIT, "ISIs", 1), short, share, **settings)


def test_the_default_ones_are_the_contract():
    assert NAMES == (
        "rate", "isi_mean", "cv", "cv2", "lv", "isi_skewness", "fano_factor", "V_mean", "V_variance", "V_skewness",
    )  # fmt: skip


TRAINS = sh.SpikeTrains([5, 30, 36, 80, 90.0, 12], [0, 0, 1, 1, 2, 4], n_trials=10, start=0, stop=100)


def counted(spikes):
    n = spikes.counts().astype(float)
    return TrialSums({"n": n, "trials": np.ones(spikes.n_trials), "time": spikes.durations / 1e3, "count": n * 0 + 1})


def per_time(s):
    return s.n / s.time


def mine(formula=per_time, sums=counted, scale=ROOT, name="mine", unit="Hz", at_least=1, **settings):
    return Statistic(Quantity(name, unit, scale, "spikes", at_least), sums, formula, **{"label": "mine"} | settings)


def of_mine(**settings):
    return summary(TRAINS, statistics=[mine(**settings)])["mine"]


def only(columns):
    return lambda spikes: TrialSums({"time": spikes.durations, "n": np.ones(10), "count": np.ones(10)} | columns)


def in_a_branch(s):
    return s.n / s.time if s.n > 0 else 0.0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sums": lambda s: TrialSums({"n": np.bincount(s.trial), "time": np.ones(5)})},
         "the sums n, time have 5 trials for 10; give a number for each trial of the data, .*minlength=spikes.n_tri"),
        ({"sums": lambda s: TrialSums({"n": np.ones(11), "time": np.ones(11)})}, "the sums n, time have 11 t.* for 10"),
        ({"sums": lambda s: TrialSums({"n": np.ones(3), "count": np.ones(10)})}, r"the sums .* \(3,\), count \(10,\)"),
        ({"sums": only({"n": np.ones((10, 2))})}, r"shape of the sum 'n' = \(10, 2\) .* \(10,\), one number"),
        ({"sums": only({"n": ["a"] * 10})}, r"sum 'n' = \['a', .*must be an array of numbers, one for each trial"),
        ({"sums": only({"n": [[1], [2, 3]] * 5})}, "sum 'n' = .*must be an array of numbers"),
        ({"sums": only({"n": 3.0})}, "sum 'n' = 3.0 .*must be an array of numbers"),
        ({"sums": only({"count": np.full(10, np.nan)})}, "sum 'count' = nan .*must be 0 or more in every trial"),
        ({"sums": only({"count": -np.ones(10)})}, "sum 'count' = -1.0 .*must be 0 or more in every trial"),
        ({"sums": only({"count": np.arange(10.0)})}, "sum 'time' = 100.0 .*must be 0 where count is 0, as in trial 0"),
        ({"sums": only({3: np.ones(10)})}, "name of a sum = 3 "),
        ({"sums": lambda s: TrialSums({})}, "columns = {} .*at least one"),
        ({"sums": lambda s: TrialSums({"n": np.ones(10)}, count=10)}, "name of a sum = 'count' "),
        ({"sums": lambda s: None}, "sums = None .*must be a TrialSums"),
        ({"sums": lambda s: s.nothing}, "sums fails: AttributeError: .*nothing"),
        ({"formula": lambda s: s.n / 1.4}, "the formula gives 4.28571, and 8.57143 if ev.*; .*divide by a sum"),
        ({"formula": lambda s: s.n / 10, "unbias": False}, "the formula gives 0.6, and 1.2 if every sum is doubled"),
        ({"formula": lambda s: s.n * s.n / s.time}, "the formula gives 36, and 72 if every sum is doubled"),
        ({"formula": lambda s: s.n / (s.trials - 1)}, "the formula gives .*; .*scale_free=False"),
        ({"formula": lambda s: np.where(s.n > 10, np.nan, s.n / s.trials * 10)}, "the formula gives 6, and nan"),
        ({"formula": lambda s: 3.0}, r"the formula returns the shape \(\) for sums of shape \(2, 1\).*from the sums"),
        ({"formula": lambda s: np.ones(3)}, r"the formula returns the shape \(3,\) for sums of shape \(\)"),
        ({"formula": in_a_branch}, "formula fails: ValueError: The truth value .*np.where in place of if"),
        ({"formula": lambda s: s.spikes}, "formula fails: AttributeError: there is no sum 'spikes': there are n"),
        ({"formula": lambda s: None}, "what the formula returns = None .*must be a number"),
        ({"formula": lambda s: "x"}, "what the formula returns = 'x' .*must be a number"),
        ({"formula": lambda s: [[1], [2, 3]]}, "what the formula returns = .*must be a number"),
        ({"formula": lambda s: 1j * s.n / s.time}, "what the formula returns = .*must be a number"),
    ],
)  # fmt: skip
def test_sums_and_a_formula_that_do_not_fit_are_refused_by_name(settings, said):
    for use in (lambda: of_mine(**settings), lambda: mine(**settings).replicated(TRAINS, every=True)):
        with pytest.raises(InputError, match=f"^statistic mine: {said}") as refused:
            use()
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"formula": 3}, "statistic mine: formula = 3 .*must be a function of the TrialSums$"),
        ({"formula": None}, "statistic mine: formula = None"),
        ({"sums": 3}, "statistic mine: sums = 3 .*must be a function of the data that returns TrialSums"),
        ({"doubt": "text"}, r"statistic mine: doubt = 'text' .*must be a function of \(data, estimate\), or None"),
        ({"estimator": 1}, "statistic mine: estimator = 1"),
        ({"label": 3}, "statistic mine: label = 3 .*must be a text"),
        ({"scale": "log"}, "statistic mine: scale = 'log' .*must be a Scale; give one of LOG"),
        ({"scale": None}, "statistic mine: scale = None"),
        ({"name": 3}, "name of the quantity = 3 .*must be a text"),
        ({"name": " "}, "name of the quantity = ' '"),
        ({"name": "a\nb"}, r"name of the quantity = 'a\\nb'"),
        ({"unit": None}, 'unit of the quantity = None .*must be a text that is not empty, "1" for a dimensionless'),
        *(({"at_least": value}, "statistic mine: at_least = .*must be a whole number of at least 1")
          for value in ("x", float("nan"), 0, -1, 1.5, True, None)),
    ],
)  # fmt: skip
def test_what_it_is_made_of_is_refused_by_name(settings, said):
    with pytest.raises(InputError, match=f"^{said}"):
        mine(**settings)


def test_a_quantity_is_checked_everywhere():
    with pytest.raises(InputError, match="quantity = 'x' is not allowed: it must be a Quantity"):
        Statistic("x", counted, per_time)
    with pytest.raises(InputError, match="statistic x: at_least = 'x'"):
        by_trial(Quantity("x", "1", PLAIN, "spikes", "x"), per_time, counted(TRAINS))
    with pytest.raises(InputError, match="it must be a Quantity"):
        by_trial("x", per_time, counted(TRAINS))


def test_sums_that_fit_and_a_formula_that_is_a_ratio_are_taken():
    rate = sh.statistics.rate(TRAINS)
    found = of_mine(scale=LOG, unbias=False)
    assert (found.value, found.n) == (pytest.approx(rate.value), 10)
    assert (found.low, found.high) == pytest.approx((rate.low, rate.high))
    unbiased = of_mine(formula=lambda s: s.n / (s.trials - 1), scale_free=False)
    assert unbiased.value is not None and unbiased.reason is None


@pytest.mark.parametrize("name", known_names())
def test_every_statistic_of_the_library_is_scale_free_or_says_that_it_is_not(name):
    statistic = named(name)
    if statistic.data == "spikes":
        data = poisson()
        data = sh.SpikeTrains(data.time[7:], data.trial[7:], 20, 0, 900)  # of counts that differ
    else:
        V = RNG.normal(3.0, 1.0, (20, 50)) ** 3
        data = sh.Moments(-60.0, np.array([(V**k).mean(axis=1) for k in (1, 2, 3, 4)]).T)
    sums = statistic.sums_of(data).total()
    once, twice = statistic.formula(sums), statistic.formula(sums.each(lambda column: 2 * column))
    assert bool(once == twice) is statistic.scale_free and statistic.scale_free is (name != "fano_factor")


@pytest.mark.parametrize(
    ("scale", "formula", "value", "said"),
    [
        (LOGIT, per_time, 6.0, r"it is outside \[0, 1\], the range of the logit scale"),
        (LOG, lambda s: -per_time(s), -6.0, r"it is outside \[0, inf\], the range of the log scale"),
        (ROOT, lambda s: -per_time(s), -6.0, r"it is outside \[0, inf\], the range of the root scale"),
        (FISHER, lambda s: -per_time(s), -6.0, r"it is outside \[-1, 1\], the range of the Fisher scale"),
        (PLAIN, lambda s: per_time(s) * np.inf, None, "it is infinite here"),
        (PLAIN, lambda s: -per_time(s) / 0.0, None, "it is infinite here"),
        (PLAIN, lambda s: (s.n - s.n) / (s.n - s.n), None, "it is 0/0 here"),
    ],
)
def test_why_there_is_no_interval(scale, formula, value, said):
    found = of_mine(scale=scale, formula=formula)
    assert found.value == (value if value is None else pytest.approx(value))
    assert (found.low, found.high) == (None, None)
    assert re.match(said, found.reason)
    other = sh.compare(TRAINS, TRAINS, statistics=[mine(scale=scale, formula=formula)]).difference["mine"]
    assert other.verdict == "undecided" and other.estimate.low is None


def test_a_sum_that_is_not_finite_is_the_reason():
    time = np.where(np.arange(10) == 4, np.nan, 0.1)
    assert of_mine(sums=only({"time": time})).reason == "not all sums are finite: time"


def test_an_interval_never_excludes_its_value():
    """Shares of 1 in all trials but a few, on the scale that ends there."""
    found = of_mine(sums=only({"n": np.where(np.arange(10) < 8, 1.0, 0.9), "time": np.ones(10)}), scale=LOGIT)
    assert found.low <= found.value <= found.high


def test_the_name_of_another_statistic_or_of_a_distance_is_refused():
    a = poisson()
    for name in ("rate", "V_kurtosis"):
        with pytest.raises(
            InputError, match=f"statistics name = '{name}' .* not registered already, .*another name, or reg"
        ):
            summary(a, statistics=[mine(name=name)])
        with pytest.raises(InputError, match=f"statistics name = '{name}'"):
            sh.compare(a, a, statistics=[mine(name=name)])
    assert set(isi_distances(a, a)) == set(DISTANCES)
    for name in DISTANCES:
        for use in (register, lambda of: register(of, replace=True), lambda of: summary(a, statistics=[of])):
            with pytest.raises(InputError, match=f"name = '{name}' .*another name than those of distances, isi_ks"):
                use(mine(name=name))
        assert named(name) is None


def test_a_registered_one_is_taken_as_it_is(registered):
    assert list(summary(poisson(), statistics=[registered, "rate"])) == ["short_isis", "rate"]
    with pytest.raises(InputError, match="statistics name = 'short_isis'"):
        summary(poisson(), statistics=[mine(name="short_isis")])
