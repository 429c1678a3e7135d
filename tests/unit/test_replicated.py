"""An estimate that remembers its trials: pairs, ratios and functions of estimates know what trials have in common."""

import numpy as np
import pytest

from stochhh.errors import InputError
from stochhh.statistics import LOG, PLAIN, Quantity, Replicated, TrialSums
from stochhh.statistics.uncertainty import Spread

RNG = np.random.default_rng(8)
QUANTITY = Quantity("mean", "ms", PLAIN, "observations", 1)


def mean(s):
    return s.x / s.count


def made(x, quantity=QUANTITY, **settings):
    return Replicated.of(quantity, mean, TrialSums({"x": x, "count": np.ones(len(x))}), **settings)


def half_width(estimate):
    return (estimate.high - estimate.low) / 2


def test_a_paired_difference_is_that_of_the_differences():
    x = RNG.normal(5, 3, 30)
    y = x + RNG.normal(1, 0.1, 30)
    paired = made(y).minus(made(x)).estimate()
    alone = made(y - x).estimate()
    assert (paired.value, paired.low, paired.high) == pytest.approx((alone.value, alone.low, alone.high))
    assert half_width(paired) < 0.1 * half_width(made(y).minus(made(x), paired=False).estimate())


def test_the_error_of_independent_estimates_adds_in_squares():
    """And so does what is known of it: degrees of freedom after Welch, the third cumulant."""
    x, y = RNG.gamma(2, 1, 25), RNG.gamma(1, 3, 40)
    of_x, of_y = (Spread.of(*made(sample).left_out) for sample in (x, y))
    both = Spread.of(*made(y).minus(made(x), paired=False).left_out)
    assert both.error == pytest.approx(np.hypot(of_x.error, of_y.error))
    squares = of_x.error**2, of_y.error**2
    assert both.dof == pytest.approx(sum(squares) ** 2 / (squares[0] ** 2 / of_x.dof + squares[1] ** 2 / of_y.dof))
    third = of_y.skewness * of_y.error**3 - of_x.skewness * of_x.error**3  # the minus turns x about
    assert both.skewness == pytest.approx(third / both.error**3)


def test_a_ratio_of_pairs_that_go_together_is_narrow():
    x = RNG.uniform(1, 9, 20)
    found = made(3 * x + RNG.normal(0, 1e-6, 20)).over(made(x)).estimate()
    assert (found.value, found.unit) == (pytest.approx(3.0), "1")
    assert half_width(found) < 1e-6 < half_width(made(3 * x).over(made(x), paired=False).estimate())


def test_pairs_that_agree_do_not_tell_of_the_next_one():
    x = RNG.uniform(1, 9, 20)
    found = made(3 * x).over(made(x)).estimate()
    assert found.value == pytest.approx(3.0) and found.low is None and "all 20 trials agree" in found.reason


def test_a_function_of_an_estimate_is_that_of_its_replicates():
    x = RNG.uniform(1, 2, 15)
    squared = made(x, unbias=False).map(np.square, QUANTITY._replace(unit="ms2", scale=LOG))
    direct = Replicated.of(
        QUANTITY._replace(unit="ms2", scale=LOG), lambda s: mean(s) ** 2, TrialSums({"x": x, "count": np.ones(15)}),
        unbias=False,
    )  # fmt: skip
    found, expected = squared.estimate(), direct.estimate()
    assert (found.value, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))
    assert found.unit == "ms2"


def test_curves_subtract_point_by_point():
    x = RNG.normal(0, 1, (30, 4))
    pair = [
        Replicated.of(QUANTITY, lambda s: s.x / s.n, TrialSums({"x": y, "n": np.ones((30, 1))})) for y in (x, x + 2)
    ]
    curve = pair[1].minus(pair[0]).curve(range(4), x_name="lag", x_unit="ms")
    assert curve.value == pytest.approx(np.full(4, 2.0)) and curve.high - curve.low == pytest.approx(
        np.zeros(4), abs=1e-9
    )


def test_different_trials_are_no_pairs():
    with pytest.raises(InputError, match="must come from the same trials, but there are 5 and 6"):
        made(np.ones(5)).minus(made(np.ones(6)))
    assert made(np.ones(5)).minus(made(np.ones(6)), paired=False).estimate().value == 0


def test_why_one_of_them_has_no_interval_is_why_the_difference_has_none():
    difference = made(np.ones(5)).minus(made(np.ones(1)), paired=False).estimate()
    assert difference.value == 0 and "requires at least two trials" in difference.reason


def test_the_bootstrap_takes_sums():
    difference = made(RNG.uniform(size=30)).minus(made(RNG.uniform(size=30))).estimate(method="bootstrap")
    assert difference.low is None and "sums over each trial" in difference.reason


@pytest.mark.parametrize(
    ("columns", "constants", "said"),
    [
        ({"total": [1.0]}, {}, "'total' is not allowed"),
        ({"_x": [1.0]}, {}, "'_x' is not allowed"),
        ({"x": [1.0]}, {"x": 2.0}, "'x' is not allowed"),
        ({"x": [1.0], "y": [1.0, 2.0]}, {}, r"shapes x \(1,\), y \(2,\)"),
    ],
)
def test_sums_that_are_none(columns, constants, said):
    with pytest.raises(InputError, match=said):
        TrialSums(columns, **constants)


def test_a_sum_that_is_not_there_is_told():
    with pytest.raises(AttributeError, match="no sum 'y': there are x, centre"):
        TrialSums({"x": [1.0]}, centre=2.0).y  # noqa: B018
