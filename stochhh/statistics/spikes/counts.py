"""Statistics of the number of spikes in the window: firing rate and Fano factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri, gammaincinv, stdtrit

from ...units import hertz
from ..estimate import LOG, Estimate, Quantity, TrialSums
from ..statistic import Statistic
from ..uncertainty import METHODS, confidence, known_method, proportion

if TYPE_CHECKING:
    from typing import Literal

    from ...annotations import Method, Spikes

__all__ = [
    "FANO_FACTOR",
    "RATE",
    "count_sums",
    "counts_in_window",
    "fano_factor",
    "rate",
    "rate_sums",
    "ratio",
    "uneven_counts",
    "variance_of_few_values",
]

_UNEVEN = 0.4  # by which rates may differ, as a part of their mean
_SAME = 1e-12  # part of a rate by which it differs between trials by rounding
_COUNT_SD = 0.5  # the largest standard deviation of a count that takes two neighbouring values


def rate(spikes: Spikes, level: float = 0.95, method: Method | Literal["analytic"] = "jackknife") -> Estimate:
    """Firing rate (Hz): spikes in the window, over all trials, per observed time.

        rate = sum_t c_t / sum_t T_t   over the trials t, T_t the length of the window

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`, or "analytic": Garwood's interval, exact
            for a Poisson process, and invalid for other trains.

    Unbiased for every stationary train. The interval is by trial on the log scale, see `by_trial`. In three cases the
    log jackknife is not applicable; `method` reports which:

    - no spike at all: Garwood's exact upper limit for a Poisson process (3.7 spikes in total at 95 %);
    - spikes in one trial only: Garwood's exact interval, with that trial as one Poisson event;
    - equal counts per time in all trials: each count is assigned a standard deviation of 1/2, the largest for two
      neighbouring values, and the interval extends by at least one count per trial to either side, since the unknown
      phase of a periodic train may account for as much.

    With a mean of 0.2 to 10 Poisson spikes in 20 trials in total, the measured coverage was 97 to 99 %.

    Source: Garwood, Biometrika 28, 437 (1936).

    >>> from stochhh.spike_trains import SpikeTrains
    >>> print(rate(SpikeTrains([], [], n_trials=10, start=0, stop=1000)))
    rate = 0 Hz [0, 0.3689] (95%)
    """
    return RATE.estimate(spikes, level, method)


def _rate(statistic, spikes, level, method):
    """The rate, with the cases in which the log jackknife is not applicable."""
    level, method = confidence(level), known_method(method, (*METHODS, "analytic"))
    counts = spikes.counts()
    n, total, most, time = len(counts), counts.sum(), counts.max(), _total_time(spikes)
    value, rates = float(hertz(total / time)), counts / spikes.durations

    def limits(low, high, how):
        low, high = (float(hertz(x / time)) for x in (low, high))
        return Estimate("rate", value, low, high, level, "Hz", n, how)

    if method == "analytic":
        return limits(*_events(total, level), "Garwood's exact interval for a Poisson process")
    if total == 0:
        return limits(0, _events(0, level)[1], "no spike: exact upper limit for a Poisson process")
    if n > 1 and most == total:
        low, high = _events(1, level)
        return limits(total * low, total * high, "spikes in only one trial: that trial is taken as one Poisson event")
    if n > 1 and np.ptp(rates) <= _SAME * rates.max():
        exponent = stdtrit(n - 1, (1 + level) / 2) * _COUNT_SD / (total / n * np.sqrt(n))
        if exponent > 700:
            reason = f"{n} trials are too few for an interval at this confidence level"
            return Estimate.missing("rate", reason, level=level, unit="Hz", n=n, value=value)
        factor = np.exp(exponent)
        low, high = min(total / factor, total - n), max(total * factor, total + n)
        return limits(
            low, high, "equal counts in all trials: a standard deviation of half a count, and an unknown phase"
        )
    return statistic.by_trial(spikes, level, method)


def fano_factor(spikes: Spikes, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Fano factor of the spike count in the whole window.

        fano_factor = s^2 / c,   s^2 = sum_t (c_t - c)^2 / (n - 1),   c = mean count

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    The windows of all trials must have the same length. The variance is unbiased, and the ratio too on Poisson trains,
    with any number of trials (on 5 of them it is 1 on average, where n in place of n - 1 gives 0.8); otherwise its bias
    is of order 1/n and not removed (-4 % with 5 trials whose rates vary by 30 %). The interval is by trial on the log
    scale, see `by_trial`. Two cases have a special interval; `method` reports which:

    - counts with two neighbouring values k and k + 1, such as those of a periodic train: all p (1 - p) / (k + p) with p
      in the exact binomial interval for the proportion of k + 1 (its derivative vanishes at p = 1/2, where an interval
      by trial would have zero width), with the upper end increased by the possible contribution of a third value that
      was not observed in the given number of trials, (d^2 - 1/4) (1 - ((1 - level) / 2)^(1/n)) / c, with d its distance
      from the mean;
    - other counts of which all but one are equal (with two trials: always), or all: [0, u], u the upper limit of a
      normal variance with a standard deviation of 1/2 added to each count for its rounding.

    The distance of each end is limited to five times that on the plain scale (see `by_trial`): with 5 trials of Poisson
    counts the upper end is at 10 times the true value on average, and the exact one for normal counts at 8. Measured
    coverage at a nominal level of 95 %, with 5, 20 and 50 trials: 95 to 98 % on Poisson and gamma counts, 98 to 100 %
    on those of periodic trains with random phase and of Poisson trains with a long dead time. If a few trials have most
    of the spikes the coverage is lower, and there is a doubt, see `uneven_counts`: 89 % with 20 trials of negative
    binomial counts of mean 2 and Fano factor 3, 77 to 90 % with Poisson trains of lognormal rates of CV 70 and 100 %.
    `pytest -m slow -s tests/statistical/test_doubtful_coverage.py -k counts` repeats this.
    Source: Clopper and Pearson, Biometrika 26, 404 (1934).
    """
    return FANO_FACTOR.estimate(spikes, level, method)


def _fano(statistic, spikes, level, method):
    """The Fano factor, with the cases in which the log jackknife is not applicable."""
    level, method = confidence(level), known_method(method)
    counts, _ = counts_in_window(spikes)
    found = variance_of_few_values(counts, level, lambda variance, mean: variance / mean) if counts.any() else None
    if found is None:
        return statistic.by_trial(spikes, level, method)
    return Estimate("fano_factor", *found[:3], level, "1", len(counts), found[3])


def variance_of_few_values(counts, level, of):
    """(value, low, high, method) of a variance of counts with too few different values for a jackknife; else None.

    Arguments:
        counts: shape (n_trials,).
        level: confidence level.
        of: the estimated function of (variance, mean), for arrays.
    """
    n, least = len(counts), counts.min()
    if n < 2:
        return None
    value, mean, share = float(of(counts.var(ddof=1), counts.mean())), counts.mean(), np.mean(counts > least)
    if np.ptp(counts) == 1:
        p = np.linspace(*proportion(round(share * n), n, level), 201)
        possible = of(p * (1 - p), least + p)
        unseen = 1 - ((1 - level) / 2) ** (1 / n)
        nearest = min(2 - share, 1 + share if least else np.inf)
        high = np.max(possible) + of(unseen * (nearest**2 - 0.25), mean)
        how = "counts of two neighbouring values: exact interval of their proportion, and an unseen third value"
        return value, float(min(np.min(possible), value)), float(max(high, value)), how
    if np.bincount(counts).max() >= n - 1:
        squares = (n - 1) * counts.var(ddof=1) + n * _COUNT_SD**2
        high = float(of(squares / chdtri(n - 1, (1 + level) / 2), mean))
        return value, 0.0, high, "counts equal in all trials but one: upper limit of the variance of normal counts"
    return None


def uneven_counts(spikes, name):
    """Why the interval of a variance of counts may be too narrow, as a sentence; or None.

        part^2 = s^2 / c^2 - 1 / c > 0.16,   and larger than in 99 % of Poisson trains: s^2 / c > chi2 / (n - 1)

    Arguments:
        spikes: SpikeTrains.
        name: name of the statistic in the sentence.

    The error of a variance depends on the fourth moment of the counts, and thus on the rare trials with the most
    spikes.
    """
    counts, n = spikes.counts(), spikes.n_trials
    if n < 2 or not counts.any():
        return None
    mean, variance = counts.mean(), counts.var(ddof=1)
    part = np.sqrt(max(variance / mean**2 - 1 / mean, 0.0))
    if part < _UNEVEN or (n - 1) * variance / mean < chdtri(n - 1, 0.01):
        return None
    return (
        f"The interval of {name} may be too narrow: the counts of the trials differ by {part:.0%} more than those of a "
        "Poisson train, and their variance depends on the rare trials with the most spikes; analyse trials of similar "
        "rates separately."
    )


def ratio(s):
    """Variance over mean of n counts, from the sums n, counts, squares."""
    # n sum c^2 - (sum c)^2 is a whole number: exactly 0 for equal counts
    return (s.n * s.squares - s.counts**2) / ((s.n - 1) * s.counts)


def counts_in_window(spikes):
    """(counts, window): spikes of each trial in windows of one length, ms; InputError where the lengths differ."""
    return spikes.counts(), spikes.window


def count_sums(spikes):
    """TrialSums of the spike counts in windows of one length: counts, squares, n."""
    counts, window = counts_in_window(spikes)
    ones = np.ones(spikes.n_trials)
    return TrialSums({"counts": counts, "squares": counts**2, "n": ones, "count": ones}, window=window)


def rate_sums(spikes):
    """TrialSums of the spike counts and of the observed time, n, in units of the longest `window`."""
    longest = spikes.durations.max()
    columns = {"counts": spikes.counts(), "n": spikes.durations / longest, "count": np.ones(spikes.n_trials)}
    return TrialSums(columns, window=longest)


def _total_time(spikes):
    """Observed time of all trials, ms."""
    longest = spikes.durations.max()
    return float((spikes.durations / longest).sum() * longest)  # without rounding for a common window


def _events(k, level):
    """Exact interval for the mean of a Poisson distribution from one count k (Garwood)."""
    low = gammaincinv(k, (1 - level) / 2) if k else 0.0
    return low, gammaincinv(k + 1, (1 + level) / 2)


RATE = Statistic(
    Quantity("rate", "Hz", LOG, "spike counts", 1), rate_sums, lambda s: hertz(s.counts / (s.n * s.window)),
    label="Rate (Hz)", unbias=False, estimator=_rate,
)  # fmt: skip
FANO_FACTOR = Statistic(
    Quantity("fano_factor", "1", LOG, "spike counts", 2, "there is no spike"), count_sums, ratio,
    label="Fano factor", margin="75%", unbias=False, estimator=_fano, scale_free=False,
    doubt=lambda spikes, estimate: uneven_counts(spikes, estimate.name),
)  # fmt: skip
