"""Moments of the membrane potential, and of any state variable, from sums by trial: no trace is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..estimate import ASINH, LOG, PLAIN, Quantity, TrialSums
from ..statistic import Statistic
from .shape import doubt, floor, kurtosis, mean, skewness, variance

if TYPE_CHECKING:
    from ...annotations import Method
    from ...results import Moments, Result
    from ..estimate import Estimate
    from .record import Membrane

__all__ = [
    "V_KURTOSIS",
    "V_MEAN",
    "V_SKEWNESS",
    "V_VARIANCE",
    "V_kurtosis",
    "V_mean",
    "V_skewness",
    "V_variance",
    "membrane_kurtosis",
    "membrane_mean",
    "membrane_skewness",
    "membrane_variance",
    "unit_of",
]

_ROUNDING = 1e-11  # of the mean square about the reference: what summing 10^6 steps may lose


def V_mean(moments: Moments | Result, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Mean membrane potential (mV), over time and trials, spikes included.

        V_mean = < V >

    Arguments:
        moments: Moments.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    Unbiased in the stationary state. The interval is Student's t over the trial means: exact if these are normal.
    """
    return V_MEAN.estimate(moments, level, method)


def V_variance(moments: Moments | Result, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Variance of the membrane potential (mV2) about the grand mean over time and trials.

        V_variance = < V^2 > - < V >^2 + s^2 / n_trials,   s^2 the variance of the trial means

    Arguments:
        moments: Moments.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    The last term makes up, exactly, for the error of the grand mean (it is what the jackknife gives; with one
    trial it is left out). The interval is by trial on the log scale.
    """
    return V_VARIANCE.estimate(moments, level, method)


def V_skewness(moments: Moments | Result, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Skewness of the membrane potential: third standardised moment about the grand mean.

        V_skewness = < (V - V_mean)^3 > / < (V - V_mean)^2 >^1.5

    Arguments:
        moments: Moments.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    The bias of order 1/n_trials is removed by the jackknife; the interval is by trial on the asinh scale. Undefined for
    a constant potential.
    """
    return V_SKEWNESS.estimate(moments, level, method)


def V_kurtosis(moments: Moments | Result, level: float = 0.95, method: Method = "jackknife") -> Estimate:
    """Excess kurtosis of the membrane potential: fourth standardised moment about the grand mean, less 3.

        V_kurtosis = < (V - V_mean)^4 > / < (V - V_mean)^2 >^2 - 3

    Arguments:
        moments: Moments.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    0 for a Gaussian. Bias and interval as in `V_skewness`; for the coverage see `membrane_kurtosis`.
    """
    return V_KURTOSIS.estimate(moments, level, method)


def membrane_mean(
    membrane: Membrane | Result,
    variable: str = "V",
    subthreshold: bool = False,
    level: float = 0.95,
    method: Method = "jackknife",
) -> Estimate:
    """Mean of a state variable (mV for V) over the samples of all trials, or over the subthreshold ones alone.

    Arguments:
        membrane: Membrane.
        variable: name of a variable that was sampled.
        subthreshold: whether to exclude the samples around spikes, by the rule of the membrane's Sampling.
        level: confidence level.
        method: of the interval, "jackknife" or "bootstrap", see `by_trial`.

    All samples have equal weight, so the weight of a trial is its number of subthreshold samples; the resulting bias of
    order 1/n_trials is removed by the jackknife. As an average over samples it is unbiased at any sampling interval in
    the stationary state. Name: V_mean, or V_mean_subthreshold.
    """
    return _of_variable("mean", variable, subthreshold).estimate(membrane, level, method)


def membrane_variance(
    membrane: Membrane | Result,
    variable: str = "V",
    subthreshold: bool = False,
    level: float = 0.95,
    method: Method = "jackknife",
) -> Estimate:
    """Variance of a state variable (mV2 for V) about its grand mean, over all samples or the subthreshold ones alone.

    Arguments:
        membrane, variable, subthreshold, level, method: as in `membrane_mean`.

    Bias and interval as in `V_variance`. The subthreshold variance excludes the spikes as well as the tail that leads
    to them: samples within `before` ms before a spike are not used.
    """
    return _of_variable("variance", variable, subthreshold).estimate(membrane, level, method)


def membrane_skewness(
    membrane: Membrane | Result,
    variable: str = "V",
    subthreshold: bool = False,
    level: float = 0.95,
    method: Method = "jackknife",
) -> Estimate:
    """Skewness of a state variable, over all samples or the subthreshold ones alone.

    Arguments:
        membrane, variable, subthreshold, level, method: as in `membrane_mean`.

    Bias and interval as in `V_skewness`.
    """
    return _of_variable("skewness", variable, subthreshold).estimate(membrane, level, method)


def membrane_kurtosis(
    membrane: Membrane | Result,
    variable: str = "V",
    subthreshold: bool = False,
    level: float = 0.95,
    method: Method = "jackknife",
) -> Estimate:
    """Excess kurtosis of a state variable, over all samples or the subthreshold ones alone.

    Arguments:
        membrane, variable, subthreshold, level, method: as in `membrane_mean`.

    Bias and interval as in `V_kurtosis`. Variance, skewness and kurtosis depend on rare excursions: their intervals are
    no narrower than those of independent gamma distributed values, see `shape.floor`. Measured coverage at a nominal
    level of 95 %, with 5 to 50 trials of 2 to 100 correlation times: 91 to 97 % for the variance, 94 to 99 % for the
    skewness and 92 to 100 % for the kurtosis, on Ornstein-Uhlenbeck and shot noise and on gamma and lognormal
    potentials (exponentials of Ornstein-Uhlenbeck processes up to sigma 0.5) of 20 or more correlation times in total,
    without a doubt; with sigma 0.8 89 to 96 %. There is a `doubt` if the skewness exceeds 3, or may exceed it and the
    trials are equivalent to fewer than 150 independent samples, and for the kurtosis if they are equivalent to fewer
    than 50. With sigma 1 there is a doubt about the variance and the skewness in 76 to 95 % of the samples of 5 or 20
    trials of 2 or 20 correlation times, and 2 to 13 and 3 to 20 % miss the true value without a doubt.
    `pytest -m slow -s tests/statistical/test_doubtful_coverage.py -k potentials` repeats this.
    """
    return _of_variable("kurtosis", variable, subthreshold).estimate(membrane, level, method)


def unit_of(variable, power=1):
    """Unit of a power of a state variable: mV for V, none for the others."""
    return "1" if variable != "V" or power == 0 else "mV" if power == 1 else f"mV{power}"


def _of_moments(moments):
    count = np.ones(len(moments.powers))
    return _central(moments.reference, count, moments.powers)


def _of_membrane(membrane, variable, subthreshold):
    of = membrane[variable]
    sums = of.subthreshold if subthreshold else of.every
    return _central(of.reference, sums.count, sums.powers)


def _central(reference, count, powers):
    """TrialSums of the powers of y = x - centre, the centre near the grand mean of x: y, yy, yyy, yyyy; count."""
    first, second, third, fourth = powers.T
    total = max(count.sum(), 1.0)
    c = first.sum() / total
    columns = {
        "y": first - c * count,
        "yy": second - 2 * c * first + c**2 * count,
        "yyy": third - 3 * c * second + 3 * c**2 * first - c**3 * count,
        "yyyy": fourth - 4 * c * third + 6 * c**2 * second - 4 * c**3 * first + c**4 * count,
        "count": count,
    }
    rounding = _ROUNDING * second.sum() / total  # its effect on the variance
    return TrialSums(columns, centre=reference + c, rounding=rounding)


def _statistic(kind, variable, sums, of, data, suffix="", unbias=True):
    """The Statistic of this kind, "mean", "variance", "skewness" or "kurtosis", of a state variable."""
    power, scale, formula, label, margin = _KINDS[kind]
    undefined = f"{variable} is constant up to rounding"
    quantity = Quantity(f"{variable}_{kind}{suffix}", unit_of(variable, power), scale, of, 1, undefined)
    symbol = f"${variable}$" + (" below threshold" if suffix else "")
    title = label.format(symbol) + _UNITS.get(quantity.unit, "")
    margin = margin if variable == "V" or isinstance(margin, str) or power == 0 else "5%"
    return Statistic(
        quantity, sums, formula, label=title, margin=margin, data=data, unbias=unbias, floor=floor(kind),
        doubt=doubt(kind, variable, sums),
    )  # fmt: skip


_KINDS = {  # power of the unit, scale of the interval, formula, title, default margin
    "mean": (1, PLAIN, mean, "Mean of {}", 0.5),
    "variance": (2, LOG, variance, "Variance of {}", "5%"),
    "skewness": (0, ASINH, skewness, "Skewness of {}", 0.2),
    "kurtosis": (0, ASINH, kurtosis, "Kurtosis of {}", 1.0),
}
_UNITS = {"mV": " (mV)", "mV2": " (mV²)"}


def _with_rounding(sums):
    """The sums, with by how much rounding may move a variance."""
    return sums.also(resolution=sums.rounding)


def _of_V(kind):
    sums = _of_moments if kind != "variance" else lambda moments: _with_rounding(_of_moments(moments))
    return _statistic(kind, "V", sums, "time averages of V", "moments", unbias=kind != "mean")


def _of_variable(kind, variable, subthreshold):
    def sums(membrane):
        found = _of_membrane(membrane, variable, subthreshold)
        return _with_rounding(found) if kind == "variance" else found

    of, suffix = ("subthreshold samples", "_subthreshold") if subthreshold else ("samples", "")
    return _statistic(kind, variable, sums, of, "membrane", suffix)


V_MEAN, V_VARIANCE, V_SKEWNESS, V_KURTOSIS = map(_of_V, _KINDS)
