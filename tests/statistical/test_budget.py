"""The judge itself: it must acquit the right, convict the wrong, and refuse to judge what it cannot see.

Would catch: a one-sided check that passes at minus infinity, a p-value that is always 1.
"""

import budget
import numpy as np
import pytest
from budget import Disagreement
from scipy import stats

RIGHT = {
    "mean": lambda g: budget.check_mean(g.normal(3.0, 1.0, 50), 3.0),
    "equal means": lambda g: budget.check_equal_means(g.normal(3.0, 1.0, 50), g.normal(3.0, 2.0, 80)),
    "poisson": lambda g: budget.check_poisson(g.poisson(1000.0), 1000.0),
    "dispersion": lambda g: budget.check_poisson_dispersion(g.poisson(10.0, 300)),
    "proportion": lambda g: budget.check_proportion(g.binomial(1000, 0.2), 1000, 0.2),
    "law": lambda g: budget.check_law(g.random(1000), stats.uniform.cdf),
    "equal laws": lambda g: budget.check_equal_laws(g.random(500), g.random(700)),
}
WRONG = {
    "mean above": lambda g: budget.check_mean(g.normal(5.0, 1.0, 50), 3.0),
    "mean below": lambda g: budget.check_mean(g.normal(1.0, 1.0, 50), 3.0),
    "equal means above": lambda g: budget.check_equal_means(g.normal(5.0, 1.0, 50), g.normal(3.0, 2.0, 80)),
    "equal means below": lambda g: budget.check_equal_means(g.normal(1.0, 1.0, 50), g.normal(3.0, 2.0, 80)),
    "too many": lambda g: budget.check_poisson(1400, 1000.0),
    "too few": lambda g: budget.check_poisson(600, 1000.0),
    "none at all": lambda g: budget.check_poisson(0, 1000.0),
    "over-dispersed": lambda g: budget.check_poisson_dispersion(2 * g.poisson(10.0, 300)),
    "under-dispersed": lambda g: budget.check_poisson_dispersion(g.integers(9, 12, 300)),
    "proportion above": lambda g: budget.check_proportion(300, 1000, 0.2),
    "proportion below": lambda g: budget.check_proportion(100, 1000, 0.2),
    "law": lambda g: budget.check_law(g.random(1000) ** 2, stats.uniform.cdf),
    "laws": lambda g: budget.check_equal_laws(g.random(500), g.random(700) ** 2),
}


@pytest.mark.parametrize("case", RIGHT)
def test_the_right_is_acquitted(case):
    for seed in range(20):
        assert RIGHT[case](np.random.default_rng(seed)) > 0


@pytest.mark.parametrize("case", WRONG)
def test_the_wrong_is_convicted(case):
    for seed in range(5):
        with pytest.raises(Disagreement):
            WRONG[case](np.random.default_rng(seed))


def convicted(count, n, low, high):
    """Whether a check of these fails."""
    try:
        budget.check_proportion_between(count, n, low, high)
    except Disagreement:
        return True
    return False


@pytest.mark.parametrize("n", [60, 300])
@pytest.mark.parametrize(("low", "high"), [(0.93, 0.97), (0.92, 1.0), (0.0, 0.05)])
def test_a_coverage_is_convicted_as_often_as_is_said(n, low, high):
    """Over all counts, by their probabilities: within the range, and where an effect is said to be seen."""
    counts = np.arange(n + 1)
    guilty = np.array([convicted(k, n, low, high) for k in counts])
    for right in {low, (low + high) / 2, high}:
        assert guilty @ stats.binom.pmf(counts, n, right) < budget.COVERAGE_ERROR
    smallest = budget.check_proportion_between(round(n * (low + high) / 2), n, low, high)
    wrong = low - smallest if low else high + smallest
    assert guilty @ stats.binom.pmf(counts, n, wrong) == pytest.approx(1 - budget.COVERAGE_MISS, abs=1e-9)


def test_the_slow_set_sees_90_per_cent_where_93_are_promised():
    assert 0.93 - budget.check_proportion_between(2538, 2700, 0.93, 0.97, sees=0.03) >= 0.9
    with pytest.raises(AssertionError, match="more data"):
        budget.check_proportion_between(282, 300, 0.93, 0.97, sees=0.03)
    for count in (0.895 * 2700, 0.995 * 2700):
        with pytest.raises(Disagreement):
            budget.check_proportion_between(count, 2700, 0.93, 0.97)


def test_a_blind_check_is_refused():
    """16 trials of standard deviation 1 cannot see a tenth."""
    with pytest.raises(AssertionError, match="more data"):
        budget.check_mean(np.random.default_rng(0).normal(3.0, 1.0, 16), 3.0, sees=0.1)


def test_the_smallest_effect_is_seen():
    """An effect of 1.3 times the stated size is convicted, every time in 200."""
    for seed in range(200):
        sample = np.random.default_rng(seed).normal(0.0, 1.0, 60)
        smallest = budget.check_mean(sample, 0.0)
        with pytest.raises(Disagreement):
            budget.check_mean(sample + 1.3 * smallest, 0.0)
