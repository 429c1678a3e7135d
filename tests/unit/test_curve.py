"""A curve by trial: its points are those of `by_trial`, its band is wider, and what is missing has a reason."""

import numpy as np
import pytest

from stochhh import plotting
from stochhh.errors import InputError
from stochhh.statistics.estimate import FISHER, LOG, LOGIT, PLAIN, ROOT, Curve, Quantity, TrialSums, grouped
from stochhh.statistics.uncertainty import Spread, by_trial, curve_by_trial
from stochhh.statistics.uncertainty.bootstrap import bootstrap_t

RNG = np.random.default_rng(3)
AXIS = {"x_name": "lag", "x_unit": "ms"}


def ratio(s):
    return s.part / s.whole


def made(part, whole, scale=LOG, **settings):
    quantity = Quantity("share", "1", scale, "observations", 1, "nothing was observed")
    x = np.arange(part.shape[1], dtype=float)
    return curve_by_trial(quantity, ratio, TrialSums({"part": part, "whole": whole}), x, level=0.95, **AXIS, **settings)


@pytest.mark.parametrize("scale", [LOG, ROOT, LOGIT, PLAIN])
def test_each_point_is_that_of_by_trial(scale):
    part, whole = RNG.uniform(1, 2, (12, 4)), RNG.uniform(5, 9, (12, 1))
    curve = made(part, whole, scale)
    for i in range(4):
        quantity = Quantity("share", "1", scale, "observations", 1)
        sums = TrialSums({"part": part[:, i], "whole": whole[:, 0], "count": whole[:, 0]})
        point = by_trial(quantity, ratio, sums, level=0.95)
        assert (curve.value[i], curve.low[i], curve.high[i]) == pytest.approx((point.value, point.low, point.high))


def test_the_band_of_one_point_is_its_interval_and_that_of_many_is_wider():
    part, whole = RNG.uniform(1, 2, (40, 30)), np.ones((40, 1))
    one, many = made(part[:, :1], whole), made(part, whole)
    assert one.joint_high - one.joint_low == pytest.approx(one.high - one.low, rel=0.08)  # of 2000 draws
    assert np.all(many.joint_low < many.low) and np.all(many.joint_high > many.high)


def test_points_that_move_together_need_no_wider_band():
    part = np.repeat(RNG.uniform(1, 2, (40, 1)), 30, axis=1)
    curve = made(part, np.ones((40, 1)))
    assert curve.joint_high - curve.joint_low == pytest.approx(curve.high - curve.low, rel=0.08)


def test_one_trial_has_values_and_no_interval():
    curve = made(np.ones((1, 3)), np.full((1, 1), 4.0))
    assert np.all(curve.value == 0.25) and np.all(np.isnan(curve.low))
    assert "requires at least two trials" in curve.reason and "no interval" in str(curve)


def test_points_of_too_few_trials_have_no_interval_but_a_reason():
    part, whole = RNG.uniform(1, 2, (5, 3)), np.ones((5, 1))
    curve = made(part, whole, support=[5, 1, 2])
    assert np.isnan(curve.low).tolist() == [False, True, False]
    assert "1 of 3 points have no interval" in curve.reason


def test_a_joint_band_takes_ten_trials_and_each_point_by_itself_two():
    few, enough = (made(RNG.uniform(1, 2, (n, 3)), np.ones((n, 1))) for n in (9, 10))
    assert few.reason == "a simultaneous band requires at least 10 trials; found: 9" and few.reason in str(few)
    assert np.isnan([few.joint_low, few.joint_high]).all() and np.isfinite([few.low, few.high]).all()
    assert few.band() == (few.low, few.high) and enough.band() == (enough.joint_low, enough.joint_high)
    assert enough.reason is None and "by itself" not in str(enough)
    ax = plotting.curves({"jump": few, "diffusion": enough})
    assert ax.get_title(loc="left") == "pointwise intervals (9 trials)"


def test_undefined_points_are_said_to_be():
    whole = RNG.uniform(1, 2, (5, 3))
    whole[:, 1] = 0.0
    part = np.where(whole > 0, 1.0, 0.0)
    curve = made(part, whole)
    assert np.isnan(curve.value).tolist() == [False, True, False] and "nothing was observed" in curve.reason
    nowhere = made(part[:, 1:2], whole[:, 1:2])
    assert nowhere.reason == "nothing was observed"


def test_where_the_scale_has_no_place_the_interval_is_cut_to_the_range():
    part = np.zeros((6, 1))
    part[0] = 1.0  # without this trial nothing is left
    curve = made(part, np.ones((6, 1)), LOG)
    assert curve.low[0] == 0.0 and curve.high[0] > curve.value[0]
    certain = made(np.ones((6, 1)), np.ones((6, 1)), LOGIT)
    assert (certain.value[0], certain.low[0], certain.high[0]) == (1.0, 1.0, 1.0)


def test_the_ends_stay_on_the_scale():
    part = RNG.choice([0.0, 1.0], (12, 50), p=[0.2, 0.8])
    for scale in (LOGIT, FISHER, ROOT):
        curve = made(part, np.ones((12, 1)), scale)
        assert np.nanmin(curve.joint_low) >= scale.low and np.nanmax(curve.joint_high) <= scale.high


def test_many_trials_are_grouped_without_losing_any():
    sums = RNG.uniform(size=(1037, 2))
    assert len(grouped(sums, 200)) == 200
    assert grouped(sums, 200).sum(axis=0) == pytest.approx(sums.sum(axis=0))
    whole, part = np.ones((1037, 1)), RNG.uniform(1, 2, (1037, 3))
    curve = made(part, whole, PLAIN)
    assert curve.value == pytest.approx(part.mean(axis=0), rel=1e-4)  # groups differ by one trial
    assert curve.high - curve.low == pytest.approx(2 * 1.96 * part.std(axis=0) / 1037**0.5, rel=0.15)
    assert "200 groups of 1037 trials" in curve.method


def test_a_table_of_the_points():
    table = made(RNG.uniform(1, 2, (10, 3)), np.ones((10, 1)), support=[5, 1, 2]).to_dataframe()
    assert list(table) == ["lag", "value", "low", "high", "joint_low", "joint_high", "reason"] and len(table) == 3
    assert (table.reason != "").tolist() == [False, True, False] == table.low.isna().tolist()


def test_the_bootstrap_quantiles_of_a_normal_mean_are_students():
    sample = TrialSums({"part": RNG.standard_normal(60), "whole": np.ones(60)})
    low, high = bootstrap_t(np.positive, ratio, sample, 0.95)
    assert (low, high) == pytest.approx((-2.0, 2.0), abs=0.35)


def test_the_error_of_a_mean_is_the_textbooks():
    sample = RNG.standard_normal(30)
    error = Spread.of((sample.sum() - sample) / 29).error
    assert error == pytest.approx(sample.std(ddof=1) / 30**0.5)


def test_an_unknown_method_is_refused_by_name():
    quantity = Quantity("x", "1", PLAIN, "observations", 1)
    with pytest.raises(InputError, match="method = 'magic' is not allowed: it must be one of jackknife, bootstrap"):
        by_trial(quantity, lambda s: s.count, TrialSums({"count": np.ones(3)}), level=0.95, method="magic")


def test_the_bootstrap_of_few_trials_is_refused_with_the_reason():
    quantity = Quantity("x", "1", PLAIN, "observations", 1)
    sums = TrialSums({"x": RNG.uniform(size=5), "count": np.ones(5)})
    estimate = by_trial(quantity, lambda s: s.x / s.count, sums, level=0.95, method="bootstrap")
    assert (
        estimate.low is None
        and estimate.reason == "the bootstrap requires at least 20 trials with observations; found: 5"
    )


@pytest.mark.parametrize("n_points", [5, 40])
def test_a_curve_is_drawn_with_its_band_and_labels(n_points):
    x = np.linspace(1, 100, n_points)
    curve = Curve("fano_curve", x, x, x - 1, x + 1, x - 2, x + 2, 0.95, "1", "window", "ms", 20, "made up")
    ax = plotting.curve(curve, backend="jump", label="jump", theory=np.ones(n_points))
    assert ax.get_xlabel() == "Counting window (ms)" and ax.get_ylabel() == "Fano factor of the count"
    assert ax.get_ylim()[0] == 0 and ax.get_ylim()[1] >= 102
    unknown = Curve("my_thing", x, x, x, x, x, x, 0.95, "mV", "time", "ms", 20, "made up")
    assert plotting.curve(unknown).get_ylabel() == "My thing (mV)"
