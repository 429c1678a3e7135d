"""Uncertainty by trial: leave one trial out, then Student's t on a scale that suits the quantity."""

from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from ..errors import real
from .estimate import Estimate

__all__ = ["ASINH", "LOG", "PLAIN", "Quantity", "by_trial", "confidence"]


class Scale(NamedTuple):
    """A monotone function that makes the sampling law of a quantity nearly symmetric, and its inverse."""

    name: str
    forward: np.ufunc
    inverse: np.ufunc


LOG = Scale("log", np.log, np.exp)  # positive quantities
ASINH = Scale("asinh", np.arcsinh, np.sinh)  # signed ones whose spread grows with their size
PLAIN = Scale("plain", np.positive, np.positive)


class Quantity(NamedTuple):
    """What is estimated: its name, its unit, the scale of its interval, what it is counted in."""

    name: str
    unit: str
    scale: Scale
    of: str
    at_least: int
    undefined: str = "it is 0/0 here"


def confidence(level):
    """Return the confidence level as a float, or raise InputError if it is not one."""
    return real("level", level, above=0.0, at_most=0.9999)


def by_trial(quantity, statistic, sums, *, level, resolution=0.0, unbias=True):
    """Estimate a smooth function of sums over trials, with its interval by trial.

        theta = g(S),   S = sum_t S_t,   theta_(t) = g(S - S_t),   theta_J = n theta - (n - 1) mean theta_(t)
        interval: h(theta_J) +- t(nu) se,   se^2 = (n - 1)/n sum_t d_t^2,   d_t = h(theta_(t)) - mean h(theta_(.))

    h is the log for positive quantities, asinh for signed ones whose spread grows with their size. nu = min(n - 1,
    2n / (k - 1)), with k the kurtosis of the d_t, are Satterthwaite's degrees of freedom of se^2: where a few
    trials carry the spread, n - 1 would promise too much. Where a theta_(t) is 0 and has no log, the plain scale
    is taken and cut at 0, and `method` says so.

    Arguments:
        quantity: name, unit and scale; what the trials are counted in (`of`), how many of these it takes, and why
            g may be undefined.
        statistic: g, from an array of shape (..., n_sums) to (...); NaN where it is undefined.
        sums: S_t, shape (n_trials, n_sums); the last column counts the observations of the trial. Trials without
            one tell nothing about g and do not count in n.
        level: confidence level.
        resolution: by how much rounding of the data may move theta; the interval is widened by it.
        unbias: whether to take theta_J; if not, theta, for a g that has no bias to remove.

    Exact for the mean of normal trials; else the coverage is off by order 1/n. theta_J is free of the bias of order
    1/n; where it is not positive but must be, theta stands. Measured where 95 % is claimed, with 50 to 100 spikes a
    trial, over Poisson, gamma, rate-varying and serially correlated trains: rate, isi_mean, cv2 and lv 94 to 96 %
    with 20 trials and 94 to 99 % with 2, 3, 5 and 10; cv 94 to 95 % with 20, 92 to 96 % with fewer; fano_factor 95 to
    96 % with 20, 93 to 100 % with fewer. `pytest -m slow -s tests/statistical/test_coverage.py` repeats this.

    Raises InputError for a level outside (0, 0.9999].
    Source: Miller, Biometrika 61, 1 (1974); Satterthwaite, Biometrics Bulletin 2, 110 (1946).
    """
    level = confidence(level)
    sums = sums[sums[:, -1] > 0]
    n, total = len(sums), sums.sum(axis=0)
    missing = partial(Estimate.missing, quantity.name, level=level, unit=quantity.unit, n=n)
    if total[-1] < quantity.at_least:
        return missing(f"it takes {quantity.at_least} or more {quantity.of}; found: {total[-1]:.0f}")
    with np.errstate(divide="ignore", invalid="ignore"):
        value, left_out = float(statistic(total)), statistic(total - sums)
    if not np.isfinite(value):
        return missing(quantity.undefined)
    if n == 1:
        return missing(f"an interval by trial takes two trials with {quantity.of}; found: 1", value=value)
    if total[-1] - sums[:, -1].max() < quantity.at_least:
        reason = f"an interval by trial takes {quantity.at_least} or more {quantity.of} without any one trial"
        return missing(reason, value=value)
    if not np.all(np.isfinite(left_out)):
        return missing(f"without one of the trials {quantity.undefined}", value=value)
    if unbias:
        corrected = value - (n - 1) * float(np.mean(left_out - value))
        value = corrected if corrected > 0 or quantity.scale is not LOG else value
    return _with_interval(missing, quantity, value, left_out, level, resolution)


def _with_interval(missing, quantity, value, left_out, level, resolution):
    """The estimate with its interval from the leave-one-out values."""
    positive = quantity.scale is LOG
    scale = quantity.scale if not positive or (value > 0 and left_out.min() > 0) else PLAIN
    cut = ", cut at 0" if positive and scale is PLAIN else ""
    half, dof = _half_width(scale.forward(left_out), level)
    with np.errstate(over="ignore"):
        low, high = scale.inverse(scale.forward(value) + np.array([-half, half]))
    if not (np.isfinite(low) and np.isfinite(high)):
        return missing(f"{len(left_out)} trials differ too much for an interval at this level", value=value)
    # exp(log(x)) may miss x by a rounding error
    low, high = min(float(low), value) - resolution, max(float(high), value) + resolution
    low = max(low, 0.0) if positive else low
    method = f"leave-one-trial-out jackknife, {scale.name} scale{cut}, t with {dof:.3g} degrees of freedom"
    return Estimate(quantity.name, value, low, high, level, quantity.unit, len(left_out), method)


def _half_width(left_out, level):
    """(t se, degrees of freedom) of the jackknife."""
    n = len(left_out)
    deviation = left_out - left_out.mean()
    largest = np.abs(deviation).max()
    if largest == 0.0:
        return 0.0, n - 1
    square = (deviation / largest) ** 2
    kurtosis = n * np.sum(square**2) / np.sum(square) ** 2
    dof = 2 * n / max(kurtosis - 1, 2 * n / (n - 1))
    error = largest * np.sqrt((n - 1) / n * np.sum(square))
    return stdtrit(dof, (1 + level) / 2) * error, dof
