"""A curve: a statistic against time, lag or frequency, with its intervals point by point and its band as a whole."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from .bootstrap import grouped
from .jackknife import Spread, confidence
from .scale import PLAIN

__all__ = ["Curve", "binned", "curve_by_trial"]

_GROUPS = 200  # of trials, at most: more would not sharpen the intervals, and fill the memory
_DRAWS = 2000
_TOLD = 0.99  # the highest level that the draws tell well
_SEED = 0  # fixed: the same data give the same band
_FEWEST = 2  # trials that must speak of a point before it has an interval
_BAND = 10  # trials that a joint band takes


@dataclass(frozen=True)
class Curve:
    """A statistic as a function of something, each point with its interval, and all of them with a joint band.

    Arguments:
        name: what was estimated ("fano_factor", "power_spectrum").
        x: where, shape (n_points,); in bins, their middles.
        value: the estimates, shape (n_points,); NaN where there is none, and `reason` says why.
        low, high: ends of the interval of each point by itself, shape (n_points,); NaN where there is none.
        joint_low, joint_high: the band that holds the whole curve, all its points together, with probability `level`;
            NaN where there is none, as of fewer than 10 trials.
        level: confidence level of both.
        unit: of value and intervals; "1" for pure numbers.
        x_name, x_unit: what x is.
        n: number of trials that it rests on.
        method: how the intervals were made, in a few words.
        reason: why points, intervals or the joint band are missing; None where nothing is.
    """

    name: str
    x: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    joint_low: np.ndarray
    joint_high: np.ndarray
    level: float
    unit: str
    x_name: str
    x_unit: str
    n: int
    method: str
    reason: str | None = None

    @classmethod
    def missing(cls, name, x, reason, *, level, unit, x_name, x_unit, n, value=None):
        """A curve that cannot be had, or only without intervals, with the reason."""
        none = np.full(len(x), np.nan)
        value = none if value is None else value
        return cls(name, x, value, none, none, none, none, level, unit, x_name, x_unit, n, "none", reason)

    def band(self, joint=True):
        """(low, high): the joint band, or, where it is not wanted or there is none, the interval of each point."""
        return (self.joint_low, self.joint_high) if joint and self.has_band() else (self.low, self.high)

    def has_band(self):
        """Whether there is a joint band."""
        return bool(np.isfinite(self.joint_low).any())

    def without_interval(self, reason):
        """The same values, their intervals given up for a reason."""
        ends = dict.fromkeys(("low", "high", "joint_low", "joint_high"), np.full(len(self.x), np.nan))
        return replace(self, **ends, method="none", reason=reason)

    def to_dataframe(self):
        """The points as a pandas.DataFrame: x, by its name, value, low, high, joint_low, joint_high, reason."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in ("value", "low", "high", "joint_low", "joint_high")}
        known = np.all(np.isfinite(list(columns.values())), axis=0)
        return pd.DataFrame({self.x_name: self.x} | columns | {"reason": np.where(known, "", self.reason or "")})

    def __str__(self):
        unit, x_unit = (f" ({unit})" if unit != "1" else "" for unit in (self.unit, self.x_unit))
        head = f"{self.name}{unit} against {self.x_name}{x_unit}: {len(self.x)} points, {self.n} trials"
        if np.all(np.isnan(self.low)):
            return f"{head}; no interval: {self.reason}"
        shown = np.unique(np.linspace(0, len(self.x) - 1, 5).round().astype(int))
        points = [f"  {self.x[i]:.4g}: {self.value[i]:.4g} [{self.low[i]:.4g}, {self.high[i]:.4g}]" for i in shown]
        alone = [] if self.has_band() else [f"  each point by itself: {self.reason}"]
        return "\n".join([f"{head} ({self.level:.0%})", *points, *alone])


def binned(trial, cell, n_trials, n_cells, weight=None):
    """Sums of weights by group of trials and cell, shape (min(n_trials, 200), n_cells), as `curve_by_trial` takes them.

    Arguments:
        trial: trial of each observation, shape (n,).
        cell: its cell, shape (n,).
        n_trials, n_cells: how many there are.
        weight: of each observation, shape (n,); 1 if None.
    """
    n = min(n_trials, _GROUPS)
    return np.bincount(trial % n * n_cells + cell, weight, minlength=n * n_cells).reshape(n, n_cells).astype(float)


def curve_by_trial(
    quantity, statistic, sums, x, *, level, x_name, x_unit, n_trials=None, unbias=True, support=None, fewest=_FEWEST
):
    """Estimate a curve from sums over trials, with intervals by trial, point by point and jointly.

        theta(x) = g(S(x)),   S = sum_t S_t;   intervals as in `by_trial`
        joint: h(theta_J) +- t(nu(x), p) se(x),   p that of max over x of |sum_t g_t d_t(x)| / |d(x)|, g_t normal

    Arguments:
        quantity: name, unit and scale; what the trials are counted in, and why g may be undefined.
        statistic: g, a function of one array for each of `sums`, shapes (..., n_points) or (..., 1), to
            (..., n_points); NaN where it is undefined.
        sums: the columns of S_t: arrays of shape (n_trials, n_points), or (n_trials, 1) for what all points share.
        x: where, shape (n_points,).
        level: confidence level.
        x_name, x_unit: what x is.
        n_trials: number of trials, where `sums` are those of groups already, see `binned`.
        unbias: whether to remove the bias of order 1/n by the jackknife.
        support: number of trials that speak of each point, shape (n_points,); a point with fewer than `fewest` has no
            interval, nor has one of which the trials differ too much for the level. By default all do.
        fewest: that number of trials, 2 or more.

    More than 200 trials are taken as 200 groups. The interval of a point is exact to order 1/n, as in `by_trial`. The
    joint level is found from 2000 draws with the covariance between trials (above 0.99 from the number of independent
    points that these are worth at 0.99), and turned into a Student quantile of each point's own degrees of freedom; it
    is promised for the points given, not between them. Measured where 95 % is claimed, for the eight curves of spike
    trains with 5 to 100 points: 94 to 97 % each point and 90 to 98 % the whole curve from 10 trials; with 2, 3 and 5
    trials each point 88 to 97 %, the whole curve 7 to 79, 39 to 92 and 81 to 96 %, so a joint band takes 10 trials.
    `pytest -m slow -s tests/statistical/test_more_coverage.py -k "each_curve or fewer"` repeats this.

    Source: Kosorok, Introduction to Empirical Processes (2008), chapter 10 (multiplier bootstrap); Montiel Olea and
    Plagborg-Moller, J. Appl. Econometrics 34, 1 (2019), algorithm 1 (sup-t band).
    """
    level, x, n = confidence(level), np.asarray(x, dtype=float), n_trials or len(sums[0])
    labels = {"level": level, "unit": quantity.unit, "x_name": x_name, "x_unit": x_unit, "n": n}
    columns = [grouped(np.asarray(column, dtype=float), _GROUPS) for column in sums]
    totals = [column.sum(axis=0) for column in columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.broadcast_to(statistic(*totals), x.shape).astype(float)
        if n == 1:
            reason = f"an interval by trial takes two trials with {quantity.of}; found: 1"
            return Curve.missing(quantity.name, x, reason, value=value, **labels)
        left_out = statistic(*(total - column for total, column in zip(totals, columns, strict=True)))
    groups = len(left_out)
    known = np.isfinite(value) & np.all(np.isfinite(left_out), axis=0)
    if support is not None:
        known &= np.asarray(support) >= fewest
    if not known.any():
        few = "" if np.isnan(value).all() else f", or fewer than {fewest} trials speak of any point"
        reason = quantity.undefined + few
        return Curve.missing(quantity.name, x, reason, value=value, **labels)
    if unbias:
        corrected = value - (groups - 1) * np.mean(left_out - value, axis=0)
        value = np.where(known & (quantity.scale.low < corrected) & (corrected < quantity.scale.high), corrected, value)
    ends = np.full((4, len(x)), np.nan)
    ends[:, known] = _ends(quantity.scale, value[known], left_out[:, known], level)
    known &= np.all(np.isfinite(ends), axis=0)
    ends[:, ~known] = np.nan
    lacking = []
    if n < _BAND:
        ends[2:] = np.nan
        lacking.append(f"a joint band takes {_BAND} trials; found: {n}")
    if not known.all():
        unknown = f"{np.sum(~known)} of {len(x)} points have no interval"
        few = f"fewer than {fewest} trials speak of them, or these differ too much"
        lacking.append(f"{unknown}: {quantity.undefined}, {few}")
    of = f"{n} trials" if groups == n else f"{groups} groups of {n} trials"
    method = f"leave-one-out jackknife over {of}, {quantity.scale.name} scale; joint band: largest studentised error"
    return Curve(quantity.name, x, value, *ends, **labels, method=method, reason="; ".join(lacking) or None)


def _ends(scale, value, left_out, level):
    """low, high, joint_low, joint_high; where the scale has no place for a number, on the plain one, cut."""
    with np.errstate(divide="ignore", invalid="ignore"):
        image, images = scale.forward(value), scale.forward(left_out)
    placed = np.isfinite(image) & np.all(np.isfinite(images), axis=0)
    image, images = np.where(placed, image, value), np.where(placed, images, left_out)
    spread = Spread.of(images)
    alone = (1 - level) / 2
    ends = []
    for tail in (alone, _joint_tail(images, spread.error, level)):
        below, above = spread.reach(tail)
        for end in (image - below, image + above):
            with np.errstate(over="ignore"):
                back = np.where(placed, scale.inverse(np.where(placed, end, 0.0)), PLAIN.inverse(end))
            ends.append(np.clip(back, scale.low, scale.high))
    return (
        np.minimum(ends[0], value),
        np.maximum(ends[1], value),
        np.minimum(ends[2], value),
        np.maximum(ends[3], value),
    )


def _joint_tail(images, error, level):
    """The probability in one tail of each point at which all points together keep the level."""
    moving = error > 0
    if not moving.any():
        return (1 - level) / 2
    deviation = (images - images.mean(axis=0))[:, moving]
    deviation /= np.sqrt(np.sum(deviation**2, axis=0))
    normal = np.random.default_rng(_SEED).standard_normal((_DRAWS, len(images)))
    # einsum, not @: the threads of a BLAS make this hundredfold slower on a busy machine
    largest = np.abs(np.einsum("dn,nx->dx", normal, deviation)).max(axis=1)
    # as many points as if they were independent: one or more, and beyond what the draws tell as many as within
    told = min(level, _TOLD)
    points = max(np.log(told) / np.log1p(-2 * ndtr(-np.quantile(largest, told))), 1.0)
    return float(-np.expm1(np.log(level) / points)) / 2
