"""The one way in which a statistical test decides: two-sided, with a declared error probability.

Every check states the smallest effect that it can see: one that it would miss with a probability of `MISS`.
Given `sees`, the effect that the test is meant to see, it fails if the sample is too small for that, so no test passes
by being blind. A planted fault must raise Disagreement. Seeds are not chosen and nothing is tried twice.
"""

import numpy as np
from scipy import stats

# The probability with which a right program fails one check. A few hundred checks: one false alarm in 1000 suites.
ERROR = 1e-6
MISS = 1e-3
# The same of the checks that a coverage lies in a range, see `check_proportion_between`.
COVERAGE_ERROR = 1e-4
COVERAGE_MISS = 0.05


class Disagreement(AssertionError):
    """The data speak against the claim, at the declared error probability."""


def _judge(p_value, effect, smallest, sees, what):
    assert sees is None or smallest <= sees, (
        f"{what}: the smallest effect that can be seen is {smallest:.3g}, and {sees:.3g} is to be seen: more data"
    )
    if p_value < ERROR:
        raise Disagreement(f"{what}: off by {effect:.4g}, p = {p_value:.2g}; smallest effect seen: {smallest:.3g}")
    return smallest


def check_mean(sample, expected, *, sees=None, what="mean"):
    """One number for each independent trial against the expected mean: Student's t. `sees` in the sample's unit."""
    sample = np.asarray(sample, dtype=float)
    n = sample.size
    assert n >= 16, f"{what}: {n} trials are too few for a normal mean"
    difference, error = sample.mean() - expected, sample.std(ddof=1) / n**0.5
    if error == 0:
        if difference:
            raise Disagreement(f"{what}: every trial gave {sample[0]:g}, not {expected:g}")
        return 0.0
    quantile = stats.t.isf(ERROR / 2, n - 1) + stats.t.isf(MISS, n - 1)
    return _judge(2 * stats.t.sf(abs(difference) / error, n - 1), difference, quantile * error, sees, what)


def check_equal_means(a, b, *, sees=None, what="difference of means"):
    """Two independent samples, one number a trial: Welch's t."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    assert min(a.size, b.size) >= 16, f"{what}: too few trials for a normal mean"
    test = stats.ttest_ind(a, b, equal_var=False)
    error = (a.var(ddof=1) / a.size + b.var(ddof=1) / b.size) ** 0.5
    quantile = stats.t.isf(ERROR / 2, test.df) + stats.t.isf(MISS, test.df)
    return _judge(test.pvalue, a.mean() - b.mean(), quantile * error, sees, what)


def check_poisson(count, expected, *, sees=None, what="count"):
    """A count against a Poisson law of known mean: exact. `sees` as a part of the mean."""
    p = min(1.0, 2 * min(stats.poisson.cdf(count, expected), stats.poisson.sf(count - 1, expected)))
    smallest = (stats.norm.isf(ERROR / 2) + stats.norm.isf(MISS)) / expected**0.5
    return _judge(p, count / expected - 1, smallest, sees, what)


def check_poisson_dispersion(counts, *, sees=None, what="dispersion"):
    """Many counts of one Poisson law: their index of dispersion is chi-squared. `sees` as a part of the variance."""
    counts = np.asarray(counts, dtype=float)
    free = counts.size - 1
    statistic = np.sum((counts - counts.mean()) ** 2) / counts.mean()
    p = min(1.0, 2 * min(stats.chi2.cdf(statistic, free), stats.chi2.sf(statistic, free)))
    smallest = (stats.norm.isf(ERROR / 2) + stats.norm.isf(MISS)) * (2 / free) ** 0.5
    return _judge(p, statistic / free - 1, smallest, sees, what)


def check_proportion(successes, n, expected, *, sees=None, what="proportion"):
    """Successes of n independent tries against a known probability: exact binomial. `sees` as a probability."""
    p = stats.binomtest(int(successes), int(n), expected).pvalue
    smallest = (stats.norm.isf(ERROR / 2) + stats.norm.isf(MISS)) * (expected * (1 - expected) / n) ** 0.5
    return _judge(p, successes / n - expected, smallest, sees, what)


def check_law(sample, cdf, *, sees=None, what="law"):
    """Independent numbers against a continuous distribution function: Kolmogorov. `sees` as a distance of the two."""
    sample = np.asarray(sample, dtype=float)
    test = stats.kstest(sample, cdf)
    smallest = (stats.kstwobign.isf(ERROR) + stats.norm.isf(MISS) / 2) / sample.size**0.5
    return _judge(test.pvalue, test.statistic, smallest, sees, what)


def check_equal_laws(a, b, *, sees=None, what="laws"):
    """Two independent samples of independent numbers: Smirnov."""
    test = stats.ks_2samp(a, b)
    smallest = (stats.kstwobign.isf(ERROR) + stats.norm.isf(MISS) / 2) * (1 / len(a) + 1 / len(b)) ** 0.5
    return _judge(test.pvalue, test.statistic, smallest, sees, what)


def check_proportion_between(successes, n, low, high, *, sees=None, what="proportion"):
    """Successes of n independent tries against a probability said to lie in [low, high], as coverages are: exact.

    Such claims are ranges, and few probabilities lie at an end of theirs. So the error is COVERAGE_ERROR, where the
    probability does lie at the end, and an effect is seen unless it is missed with COVERAGE_MISS. About a thousand
    checks of the slow set, and two hundred by default, keep together an error of 0.1, were all at their ends.

    `sees` as a probability, the distance below `low`; beyond `high` where low is 0. From 0.93 it takes 2500 tries to
    see 0.90, 380 to see 0.85, and 170 to see 0.80.
    """
    successes, n = int(successes), int(n)
    below, above = 2 * stats.binom.cdf(successes, n, low), 2 * stats.binom.sf(successes - 1, n, high)
    smallest = _seen_above(n, high) if low == 0 else _seen_below(n, low)
    assert sees is None or smallest <= sees, (
        f"{what}: the smallest effect that can be seen is {smallest:.3g}, and {sees:.3g} is to be seen: more data"
    )
    off = successes / n - min(max(successes / n, low), high)
    if min(below, above) < COVERAGE_ERROR:
        raise Disagreement(
            f"{what}: {successes / n:.4g} of {n}, off by {off:.4g}; smallest effect seen: {smallest:.3g}"
        )
    return smallest


def _seen_below(n, low):
    """How far below `low` a probability lies that is convicted unless with COVERAGE_MISS; `low` if none is."""
    k = int(stats.binom.ppf(COVERAGE_ERROR / 2, n, low)) - 1  # the most successes that convict it
    return low if k < 0 else low - stats.beta.ppf(COVERAGE_MISS, k + 1, n - k)


def _seen_above(n, high):
    return _seen_below(n, 1 - high)
