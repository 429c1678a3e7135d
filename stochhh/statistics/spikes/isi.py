"""The distribution of the interspike intervals (ISIs): mean, coefficient of variation, skewness, kurtosis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...units import hertz
from ..estimate import ASINH, LOG, Quantity
from ..statistic import Statistic
from ..uncertainty import Replicated, kurtosis_error, skewness_error
from .isi_powers import kurtosis, mean, powers, skewness, variance
from .tail import allowing_for_tail, heavy_tail
from .window import Censoring, time_resolution

if TYPE_CHECKING:
    from ...annotations import Method, Spikes
    from ..estimate import Estimate

__all__ = [
    "CV",
    "ISI_KURTOSIS",
    "ISI_MEAN",
    "ISI_SKEWNESS",
    "cv",
    "isi_kurtosis",
    "isi_mean",
    "isi_skewness",
    "squared_cv_floor",
]

_OF = "interspike intervals"
_FOR_KURTOSIS = 300


def isi_mean(spikes: Spikes, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Mean interspike interval (ms), corrected for the finite window.

        isi_mean = sum w(x) x / sum w(x)   over the ISIs x of all trials,   w(x) = T / (T - x)

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    It is the mean over spikes, which is 1/rate in every stationary train; if all ISIs are equal up to rounding its
    interval is that of 1/rate. ISIs longer than the window T are never observed; for windows of different lengths see
    `window_weight`. Remaining bias with 20 trials (that of the plain mean in brackets): 5 spikes per window: Poisson -5
    % (-23), gamma with CV 0.5: 0 (-6), with CV 1.4: -17 (-40); 20 spikes: 0 (-5), 0 (-1), 0 (-10); 100 spikes: 0 (-1),
    0 (0), 0 (-2). There is no bias for a periodic train. If ISIs longer than the window are likely (see `Censoring`),
    the interval is extended to include that of 1/rate, which is not affected. Coverage and intervals: see `by_trial`.

    Source of the weights: Horvitz and Thompson, J. Am. Stat. Assoc. 47, 663 (1952).

    >>> from stochhh.spike_trains import SpikeTrains
    >>> train = SpikeTrains([10, 20, 30, 15, 25], [0, 0, 0, 1, 1], n_trials=2, start=0, stop=40)
    >>> mean = isi_mean(train)
    >>> print(f"{mean.value:.4g} ms [{mean.low:.4g}, {mean.high:.4g}]")
    10 ms [1.217, 210.3]
    """
    return ISI_MEAN.estimate(spikes, level, method)


def _mean(statistic, spikes, level, method):
    """The mean ISI, with the interval of 1/rate, which loses no ISI, if its own is missing or too narrow."""
    mean, censoring = statistic.by_trial(spikes, level, method), Censoring.of(spikes, level)
    hides = None if censoring is None else censoring.reason(tail=1)
    isi, _ = spikes.isi()
    equal = mean.low is None and mean.n > 1 and np.ptp(isi) <= 2 * time_resolution(spikes)
    if not equal and (mean.low is None or hides is None):
        return mean
    frequency = censoring.frequency
    if not frequency.low or not frequency.high:
        return mean.without_interval(hides) if hides else mean
    low, high = float(hertz(1 / frequency.high)), float(hertz(1 / frequency.low))
    how = f"{mean.method}; with the interval of 1/rate"
    if equal:
        mean, how = replace(mean, low=mean.value, high=mean.value, reason=None), f"that of 1/rate, since {mean.reason}"
    mean = replace(mean, low=min(mean.low, low), high=max(mean.high, high), method=how)
    return (
        mean
        if hides is None
        else mean.doubted(f"The value may be too small, which its interval takes into account, since {hides}.")
    )


def cv(spikes: Spikes, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Coefficient of variation of the interspike intervals.

        cv = sqrt(sum w (x - m)^2 / sum w) / m,   m = sum w x / sum w,   w(x) = T / (T - x)

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Corrected for the finite window as in isi_mean, and for the bias of small samples by the jackknife over trials; with
    one trial the latter is not possible, and for n Poisson ISIs the value is too small by 1.1/n to 1.5/n. Remaining
    bias with 20 trials: 5 spikes per window: Poisson -8 %, gamma with CV 0.5: 0, with CV 1.4: -15; 20 and 100 spikes:
    0, 0, 0. If too many long ISIs are lost at the ends of the window (see `Censoring`; a Poisson train requires 14
    spikes per trial) no interval is given. The interval is by trial on the log scale, and no narrower than that of N
    independent ISIs with this CV and a skewness g, with the kurtosis 16/9 g^2 of narrow lognormal distributions, se^2 =
    (1/2 + 4/9 g^2 + cv^2 - g cv) / N, or that of a gamma distribution, since 20 trials underestimate the variability. A
    sample that lacks the rare long ISIs appears regular: the upper end is therefore extended according to the
    uncertainty of the tail, by a factor of up to two, and if that is not sufficient there is a `doubt` (see
    `allowing_for_tail`). There is also a doubt if the trials have an interval only because they happen to be more
    regular than others might be. Measured coverage at a nominal level of 95 %, with 20 and 50 trials of 50 spikes: 95
    to 99 % on Poisson, gamma, dead-time and inverse Gaussian trains (CV 0.7), and with rates that vary by 15 %, with a
    doubt in hardly any sample except those of inverse Gaussian trains (23 and 10 %). On log-logistic ISIs of shape 3,
    on gamma distributed rates of CV 30 and 50 % and on lognormal ISIs of sigma 0.5, 0.8 and 1, whose tails no sample of
    this size can represent, the coverage is 93 to 99 %, and at most 6 % of the samples miss the true value without a
    doubt; with 400 ISIs in total up to 12 % do (`pytest -m slow -s tests/statistical/test_doubtful_coverage.py`). If
    the tail is shorter than that of a gamma distribution the interval is conservative: 99 % on ISIs uniform between 5
    and 15 ms.
    """
    return CV.estimate(spikes, level, method)


def isi_skewness(spikes: Spikes, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Skewness of the interspike intervals.

        isi_skewness = [sum w (x - m)^3 / sum w] / [sum w (x - m)^2 / sum w]^1.5,   m, w as in cv

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Corrected as in cv, and without an interval under the same conditions. A third moment depends on ISIs so rare that
    they occur in few trials, and the variability between trials underestimates their effect too (by itself it gave a
    coverage of 88 % on Poisson trains). The interval, by trial on the asinh scale, is therefore no narrower than that
    of N independent ISIs of a gamma distribution with this skewness g, for which the squared error of g is (6 + 9 g^2 +
    1.875 g^4) / N. Measured coverage with 20 trials of 50 spikes at a nominal level of 95 %: 97 to 99 % on Poisson,
    gamma, dead-time and inverse Gaussian trains, 94 to 97 % with rates that vary uniformly by 50 % (CV 29 %) and on
    lognormal ISIs (sigma 0.5). Heavier tails are allowed for, and reported, as in `cv`: with sigma 0.8 and 1 and gamma
    distributed rates of CV 50 % the coverage is 84 to 95 %, and at most 7 % miss the true value without a doubt.

    """
    return ISI_SKEWNESS.estimate(spikes, level, method)


def isi_kurtosis(spikes: Spikes, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Excess kurtosis of the interspike intervals: 0 for a normal distribution, 6 for a Poisson train.

        isi_kurtosis = [sum w (x - m)^4 / sum w] / [sum w (x - m)^2 / sum w]^2 - 3,   m, w as in cv

    Arguments:
        spikes: SpikeTrains.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Corrected as in cv, and without an interval under the same conditions. A fourth moment depends on the few longest
    ISIs even more than the third: as for isi_skewness the interval, by trial on the asinh scale, is no narrower than
    that of N independent ISIs of a gamma distribution with this kurtosis k (or 0), with the squared error (24 + 168 k +
    334 k^2 / 3 + 14 k^3) / N. Measured coverage with 20 trials of 20 and 50 spikes at a nominal level of 95 %: 99 % on
    Poisson, gamma, dead-time and inverse Gaussian trains, 96 to 97 % with rates that vary uniformly by 50 % and on
    lognormal ISIs (sigma 0.5). Heavier tails are allowed for, and reported, as in `cv`: 80 to 95 %, with at most 6 %
    that miss the true value without a doubt. With fewer than 300 ISIs in total the interval might be much too narrow
    (83 % on gamma trains with CV 0.5), and none is given. Tests: see `cv`.

    """
    return ISI_KURTOSIS.estimate(spikes, level, method)


def _with_resolution(resolution):
    """`powers` with the resolution, the effect of rounding on the statistic, as a function of their constants."""

    def sums(spikes):
        s = powers(spikes)
        return s.also(resolution=resolution(s))

    return sums


def squared_cv_floor(s):
    """The `floor` of `by_trial` for CV^2 on the log scale: twice that of `cv`."""
    return lambda value: 2 * _cv_floor(s)(None)


def _cv_floor(s):
    """The `floor` of `by_trial` for the CV: the error of N independent ISIs of skewness g and kurtosis 16/9 g^2."""

    def least(_):
        c, g = float(CV.formula(s.total())), float(Replicated.of(ISI_SKEWNESS.quantity, skewness, s).value)
        gamma = (1 + c**2) / 2
        square = max(0.5 + 4 / 9 * g**2 + c**2 - g * c, gamma) if np.isfinite(g) else gamma
        return np.sqrt(square / s.count.sum())

    return least


def _least_error(square):
    """The `floor` of `by_trial`, of TrialSums: the error of N independent ISIs of a gamma distribution.

    Arguments:
        square: function of the value that returns N times its squared error, on the plain or asinh scale.
    """
    return lambda s: lambda value: np.sqrt(square(value) / s.count.sum())


def _of_order(order, fewest=0):
    """The `estimator` of a moment of this order: by trial, and `allowing_for_tail`; none from fewer ISIs."""

    def estimator(statistic, spikes, level, method):
        estimate = statistic.by_trial(spikes, level, method)
        if estimate.low is None:
            return estimate
        censoring = Censoring.of(spikes, level)
        hides = censoring.reason(tail=1) or _too_few(len(spikes.isi()[0]), fewest)
        if hides is not None:
            return estimate.without_interval(hides)
        estimate = allowing_for_tail(estimate, spikes, order, statistic.quantity.scale)
        barely = censoring.reason(tail=1, spare=_SPARE)
        return estimate if barely is None else estimate.doubted(_SELECTED.format(estimate.name, barely))

    return estimator


def _too_few(n, fewest):
    """Why there is no interval of a fourth moment, or None."""
    return f"a fourth moment requires at least {fewest} interspike intervals; found: {n}" if n < fewest else None


_SPARE = 1.2  # a train that happens to be this much more regular than it is would get its interval for that alone
_SELECTED = "The value of {} may be too small, since none would be given had these trials been less regular: {}."
_EQUAL = "all interspike intervals are equal up to rounding"
ISI_MEAN = Statistic(
    Quantity("isi_mean", "ms", LOG, _OF, 1), _with_resolution(lambda s: s.rounding), mean, label="Mean ISI (ms)",
    doubt=lambda spikes, estimate: heavy_tail(spikes, estimate.name, 1), estimator=_mean,
)  # fmt: skip
CV = Statistic(
    Quantity("cv", "1", LOG, _OF, 2, "all interspike intervals are 0"),
    _with_resolution(lambda s: s.rounding / s.centre if s.centre > 0 else 0.0),
    lambda s: np.sqrt(variance(s)) / mean(s), label="CV",
    floor=_cv_floor, estimator=_of_order(2),
)  # fmt: skip
ISI_SKEWNESS = Statistic(
    Quantity("isi_skewness", "1", ASINH, _OF, 3, _EQUAL), powers, skewness, label="ISI skewness", margin=0.2,
    floor=_least_error(skewness_error), estimator=_of_order(3),
)  # fmt: skip
ISI_KURTOSIS = Statistic(
    Quantity("isi_kurtosis", "1", ASINH, _OF, 4, _EQUAL), powers, kurtosis, label="ISI kurtosis", margin=1.0,
    floor=_least_error(kurtosis_error), estimator=_of_order(4, _FOR_KURTOSIS),
)  # fmt: skip
