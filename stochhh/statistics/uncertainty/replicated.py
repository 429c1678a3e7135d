"""An estimate with its replicates: the value, and its values with each trial left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...errors import InputError
from ..estimate import LOG, PLAIN, Curve, Estimate, Quantity, TrialSums
from .bootstrap import AT_LEAST
from .interval import Image, reach
from .joint import joint_tail
from .level import confidence, known_method

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from numpy.typing import NDArray

    from ...annotations import FloatArray, Method

__all__ = ["Replicated"]

_FEWEST = 2  # trials that must contribute to a point that has an interval
_BAND = 10  # trials that a simultaneous band requires
_ALIKE = (
    "At {} points of {} all trials agree up to rounding: an interval of zero width there does not reflect the "
    "variability between trials."
)


@dataclass(frozen=True)
class Replicated:
    """A value and its leave-one-trial-out values, a number or one for each point of a curve.

        theta = g(S),   S = sum_t S_t,   theta_(t) = g(S - S_t)

    Arguments:
        quantity: Quantity: name, unit, scale of the interval, and the name of its observations.
        value: theta, or, if its bias of order 1/n was removed, n theta - (n - 1) mean theta_(t); shape () or
            (n_points,).
        left_out: theta_(t), shape (n, ...), n the number of trials or of groups of trials; a tuple of such arrays, two
            for differences and ratios of independent estimates.
        n: number of trials.
        reason: why there is no interval, or no value; None if both exist.
        formula, sums: g and S_t, which the bootstrap needs; None if the estimate was computed from others.

    Created by `Replicated.of`, or from others by the methods below, which preserve the dependence within trials.

    >>> from stochhh.statistics.estimate import PLAIN, Quantity, TrialSums
    >>> count = Quantity("count", "1", PLAIN, "trials", 1)
    >>> a, b = ([3, 5, 4, 8], [4, 6, 5, 10])
    >>> mean = lambda s: s.x / s.count
    >>> a, b = (Replicated.of(count, mean, TrialSums({"x": x, "count": [1] * 4})) for x in (a, b))
    >>> print(b.minus(a).estimate())  # each trial of b has one or two more
    count = 1.25 [0.4544, 2.254] (95%)
    """

    quantity: Quantity
    value: np.ndarray
    left_out: tuple
    n: int
    reason: str | None = None
    formula: object = None
    sums: TrialSums | None = None

    @classmethod
    def of(
        cls,
        quantity: Quantity,
        formula: Callable[[TrialSums], Any],
        sums: TrialSums,
        *,
        unbias: bool = True,
        n_trials: int | None = None,
        every: bool = False,
        groups: int | None = None,
    ) -> Self:
        """The value of a smooth function of sums over trials, and its values without each trial.

        Arguments:
            quantity, formula, sums, unbias: as in `by_trial`.
            n_trials: number of trials, if `sums` are already those of groups; as in `curve_by_trial`.
            groups: largest number of groups of trials; None for no grouping.
            every: whether to keep the trials without observations, so that the trials of two estimates can be paired.

        Raises InputError for sums of another type.
        """
        if not isinstance(sums, TrialSums):
            raise InputError("sums", sums, "TrialSums", "give TrialSums({...})")
        sums = sums if every else sums.observed()
        n = len(sums) if n_trials is None else n_trials
        sums = sums if groups is None else sums.grouped(groups)
        total = sums.total()
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.asarray(formula(total), dtype=float)
            left_out = np.asarray(formula(sums.without_each()), dtype=float) if len(sums) > 1 else None
        reason = _lacking(quantity, sums, n, value, left_out)
        if left_out is None:
            return cls(quantity, value, (), n, reason)
        known = np.isfinite(value) & np.all(np.isfinite(left_out), axis=0)
        if unbias and reason is None:
            with np.errstate(invalid="ignore"):
                corrected = value - (len(left_out) - 1) * np.mean(left_out - value, axis=0)
                within = (quantity.scale.low < corrected) & (corrected < quantity.scale.high)
            value = np.where(known & within, corrected, value)
        return cls(quantity, value, (left_out,), n, reason, formula, sums)

    def map(self, function: Callable[[FloatArray], FloatArray], quantity: Quantity | None = None) -> Replicated:
        """Apply a function to the value and to its leave-one-out values.

        Arguments:
            function: smooth, of arrays.
            quantity: Quantity of the result; None keeps the present one.
        """
        images = tuple(function(left_out) for left_out in self.left_out)
        return replace(
            self, quantity=quantity or self.quantity, value=function(self.value), left_out=images, formula=None,
            sums=None,
        )  # fmt: skip

    def minus(self, other: Replicated, paired: bool = True) -> Replicated:
        """The difference between this estimate and another.

        Arguments:
            other: Replicated.
            paired: whether trial k of one is paired with trial k of the other, e.g. by the same input; otherwise the
                two are independent.

        Raises InputError for paired estimates with different numbers of trials.
        """
        return self._with(other, paired, np.subtract, self.quantity._replace(scale=PLAIN))

    def over(self, other: Replicated, paired: bool = True) -> Replicated:
        """The ratio of this estimate to another, both positive; `other`, `paired` and errors as in `minus`."""
        return self._with(other, paired, np.divide, self.quantity._replace(unit="1", scale=LOG))

    def _with(self, other, paired, function, quantity):
        reasons = dict.fromkeys(one.reason for one in (self, other) if one.reason is not None)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = function(self.value, other.value)
            if reasons:
                return Replicated(quantity, value, (), min(self.n, other.n), "; ".join(reasons))
            if not paired:
                left_out = (*(function(part, other.value) for part in self.left_out),
                            *(function(self.value, part) for part in other.left_out))  # fmt: skip
            else:
                _check_pairs(self, other)
                left_out = tuple(map(function, self.left_out, other.left_out))
        return Replicated(quantity, value, left_out, min(self.n, other.n))

    def estimate(
        self,
        level: float = 0.95,
        method: Method = "jackknife",
        *,
        resolution: float = 0.0,
        floor: Callable[[float], float] | None = None,
    ) -> Estimate:
        """The Estimate of a number, with its interval.

        Arguments:
            level, method, resolution, floor: as in `by_trial`.
        """
        level, method = confidence(level), known_method(method)
        quantity, value, n = self.quantity, float(self.value) if np.isfinite(self.value) else None, self.n
        labels = {"level": level, "unit": quantity.unit, "n": n}
        if self.reason is not None or value is None:
            return Estimate.missing(quantity.name, self.reason or quantity.undefined, value=value, **labels)
        if method == "bootstrap" and (self.sums is None or n < AT_LEAST):
            few = f"the bootstrap requires at least {AT_LEAST} trials with {quantity.of}; found: {n}"
            reason = (
                few
                if self.sums is not None
                else "the bootstrap requires an estimate that is computed from sums over each trial"
            )
            return Estimate.missing(quantity.name, reason, value=value, **labels)
        if all(_agree(part, value, resolution) for part in self.left_out):
            reason = f"all {n} trials agree up to rounding, so that their variability is unknown"
            return Estimate.missing(quantity.name, reason, value=value, **labels)
        image = Image.of(quantity.scale, value, self.left_out)
        least = floor(value) if floor is not None and image.placed else 0.0
        below, above, how = reach(self, image, level, method, least)
        if below is None:
            return Estimate.missing(quantity.name, how, value=value, **labels)
        low, high = map(float, image.ends(below, above))
        if not (np.isfinite(low) and np.isfinite(high)):
            reason = f"the {n} trials differ too much for an interval at this confidence level"
            return Estimate.missing(quantity.name, reason, value=value, **labels)
        bounds = quantity.scale.low, quantity.scale.high
        low, high = max(low - resolution, bounds[0]), min(high + resolution, bounds[1])
        if not image.placed:
            how += (
                f", truncated to [{bounds[0]:g}, {bounds[1]:g}]"
                if np.isfinite(bounds[1])
                else f", truncated at {bounds[0]:g}"
            )
        return Estimate(quantity.name, value, low, high, level, quantity.unit, n, how)

    def curve(
        self,
        x: FloatArray,
        level: float = 0.95,
        *,
        x_name: str,
        x_unit: str,
        support: NDArray[Any] | None = None,
        fewest: int = _FEWEST,
        floor: Any = None,
    ) -> Curve:
        """The Curve of values at x, with pointwise intervals and a simultaneous confidence band.

        Arguments:
            x, level, x_name, x_unit, support, fewest: as in `curve_by_trial`.
            floor: lower bound for the standard error of each point on the scale, shape (n_points,), or None.
        """
        level, x, quantity, n = confidence(level), np.asarray(x, dtype=float), self.quantity, self.n
        labels = {"level": level, "unit": quantity.unit, "x_name": x_name, "x_unit": x_unit, "n": n}
        value = np.broadcast_to(self.value, x.shape).astype(float)
        if self.reason is not None:
            return Curve.missing(quantity.name, x, self.reason, value=value, **labels)
        known = np.isfinite(value) & np.all([np.isfinite(part).all(axis=0) for part in self.left_out], axis=0)
        if support is not None:
            known &= np.asarray(support) >= fewest
        if not known.any():
            few = "" if np.isnan(value).all() else f", or fewer than {fewest} trials contribute to any point"
            return Curve.missing(quantity.name, x, quantity.undefined + few, value=value, **labels)
        ends = np.full((4, len(x)), np.nan)
        ends[:, known] = self._band(known, level, 0.0 if floor is None else floor[known])
        known &= np.all(np.isfinite(ends), axis=0)
        ends[:, ~known] = np.nan
        lacking = []
        if n < _BAND:
            ends[2:] = np.nan
            lacking.append(f"a simultaneous band requires at least {_BAND} trials; found: {n}")
        if not known.all():
            unknown = f"{np.sum(~known)} of {len(x)} points have no interval"
            few = f"fewer than {fewest} trials contribute to them, or these differ too much"
            lacking.append(f"{unknown}: {quantity.undefined}, {few}")
        groups = len(self.left_out[0])
        of = f"{n} trials" if groups == n else f"{groups} groups of {n} trials"
        how = f"leave-one-out jackknife over {of}, {quantity.scale.name} scale; band: largest studentised error"
        found = Curve(quantity.name, x, value, *ends, **labels, method=how, reason="; ".join(lacking) or None)
        flat = np.sum(ends[1, known] - ends[0, known] <= 1e-12 * np.abs(value[known]))
        return found.doubted(_ALIKE.format(flat, quantity.name) if 2 * flat > known.sum() else None)

    def _band(self, known, level, floor):
        """low, high, joint_low, joint_high of the known points."""
        parts = tuple(part[:, known] for part in self.left_out)
        image = Image.of(self.quantity.scale, self.value[known], parts)
        spread = image.spread._replace(error=np.maximum(image.spread.error, floor))
        tails = (1 - level) / 2, joint_tail(image.parts, level)
        return [end for tail in tails for end in image.ends(*spread.reach(tail))]


def _lacking(quantity, sums, n, value, left_out):
    """Why there is no interval, or no value; for a curve, as far as it concerns all points."""
    total, most = (sums.count.sum(), sums.count.max(initial=0)) if "count" in sums else (None, None)
    if total is not None and total < quantity.at_least:
        return f"it requires at least {quantity.at_least} {quantity.of}; found: {total:.0f}"
    if not np.isfinite(value).any():
        return _undefined(quantity, sums, value)
    low, high = quantity.scale.low, quantity.scale.high
    if value.ndim == 0 and not low <= value <= high:
        return f"it is outside [{low:g}, {high:g}], the range of the {quantity.scale.name} scale of its interval"
    if n == 1 or left_out is None:
        return f"a confidence interval requires at least two trials with {quantity.of}; found: 1"
    if total is not None and total - most < quantity.at_least:
        return (
            f"a confidence interval requires at least {quantity.at_least} {quantity.of} when any one trial is left out"
        )
    if value.ndim == 0 and not np.all(np.isfinite(left_out)):
        return f"when one of the trials is left out, {_undefined(quantity, sums, left_out)}"
    return None


def _undefined(quantity, sums, value):
    """Why there is no value, or not all of them: the sums, or the formula."""
    lacking = [name for name, column in sums.columns.items() if not np.all(np.isfinite(column))]
    if lacking:
        return f"not all sums are finite: {', '.join(lacking)}"
    own = quantity.undefined != Quantity._field_defaults["undefined"]
    return quantity.undefined if own or not np.isinf(value).any() else "it is infinite here"


def _agree(left_out, value, resolution):
    """Whether the values without each trial are equal to rounding: a spread of 0 is no measure of the error."""
    spread = float(np.ptp(left_out))
    return spread <= 1e-13 * abs(value) or (len(left_out) - 1) * spread <= 2 * resolution


def _check_pairs(a, b):
    """InputError unless the trials of both belong together."""
    if a.n != b.n or [part.shape for part in a.left_out] != [part.shape for part in b.left_out]:
        raise InputError(f"paired estimates must come from the same trials, but there are {a.n} and {b.n}")
