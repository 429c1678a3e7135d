"""The studentised bootstrap over trials: the distribution of the jackknife's t, estimated from the data."""

import numpy as np

__all__ = ["AT_LEAST", "bootstrap_t"]

AT_LEAST = 20  # trials; with fewer, the resamples repeat too few of them
_DRAWS = 2000
_GROUPS = 100  # of trials, at most: more would not make the quantiles more precise
_CHUNK = 100  # resamples at a time
_SEED = 0  # fixed: the same data give the same interval


def bootstrap_t(forward, formula, sums, level):
    """Quantiles, lower and upper, of t = [h(theta*) - h(theta)] / se* over resamples of the trials; None if they fail.

        theta* = g(sum_t m_t S_t),   m multinomial,   se*^2 its jackknife variance, trial t counted m_t times

    The interval is then h(theta) - t_upper se to h(theta) - t_lower se. It is second-order accurate,
    that with Student's t first-order accurate.

    Arguments:
        forward: h.
        formula, sums, level: as in `by_trial`.

    2000 resamples of at most 100 groups of trials. Source: Efron and Tibshirani, An Introduction to the Bootstrap
    (1993), section 12.5; Hall, Ann. Stat. 16, 927 (1988).
    """
    rng, sums = np.random.default_rng(_SEED), sums.grouped(_GROUPS)
    n, centre = len(sums), forward(formula(sums.total()))
    t = np.empty(_DRAWS)
    with np.errstate(divide="ignore", invalid="ignore"):
        for first in range(0, _DRAWS, _CHUNK):
            times = rng.multinomial(n, np.full(n, 1 / n), size=_CHUNK)
            total = sums.each(lambda column, times=times: np.einsum("bt,t->b", times, column))
            less_one = sums.each(lambda column, times=times: np.einsum("bt,t->b", times, column)[:, None] - column)
            left_out = forward(formula(less_one))  # shape (_CHUNK, n)
            mean = np.einsum("bt,bt->b", times, np.where(times > 0, left_out, 0.0)) / n
            square = np.where(times > 0, left_out - mean[:, None], 0.0) ** 2
            error = np.sqrt((n - 1) / n * np.einsum("bt,bt->b", times, square))
            t[first : first + _CHUNK] = (forward(formula(total)) - centre) / error
    if np.mean(np.isfinite(t)) < 0.999:
        return None
    return np.quantile(t[np.isfinite(t)], [(1 - level) / 2, (1 + level) / 2])
