"""A statistic of one's own is known by its name wherever statistics are named."""

import numpy as np
import pytest

import stochhh as sh
from stochhh.errors import InputError
from stochhh.experiment import Compare
from stochhh.plotting import estimates, forest
from stochhh.precision import Precision
from stochhh.statistics import LOGIT, NAMES, Quantity, Statistic, TrialSums, register, summary
from stochhh.statistics.statistic import _REGISTRY

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
