"""The extent of an interval by trial on the scale of the quantity, with a lower and an upper bound."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri, stdtrit

from ..estimate import PLAIN
from .bootstrap import bootstrap_t
from .curvature import bend
from .spread import Spread

__all__ = ["Image", "reach"]

_WIDEST = 5.0  # times the extent on the plain scale: beyond, a log or asinh scale is not meaningful
_FLAT = 1.2  # times the reach of the first order: from there on the second order counts
_BENT = 5  # trials from which on the second order is used


class Image(NamedTuple):
    """Value and leave-one-out values on the scale; untransformed where the scale is undefined for one of them."""

    scale: object
    value: np.ndarray
    parts: tuple
    placed: np.ndarray

    @classmethod
    def of(cls, scale, value, parts):
        """The image of the given values, each point separately."""
        with np.errstate(divide="ignore", invalid="ignore"):
            image, images = scale.forward(value), [scale.forward(part) for part in parts]
        placed = np.isfinite(image) & np.all([np.isfinite(part).all(axis=0) for part in images], axis=0)
        images = tuple(np.where(placed, on, off) for on, off in zip(images, parts, strict=True))
        return cls(scale, value, images, placed)

    @property
    def spread(self):
        """Spread on the scale."""
        return Spread.of(*self.parts)

    def ends(self, below, above):
        """(low, high), `below` and `above` away on the scale, in the quantity's own unit and range."""
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            centre = np.where(self.placed, self.scale.forward(self.value), self.value)
            ends = (centre - below, centre + above)
            low, high = (np.where(self.placed, self.scale.inverse(np.where(self.placed, end, 0)), end) for end in ends)
        low, high = (np.clip(end, self.scale.low, self.scale.high) for end in (low, high))
        return np.minimum(low, self.value), np.maximum(high, self.value)  # exp(log(x)) may miss x by a rounding error


def reach(estimator, image, level, method, least):
    """(below, above, method in words): extent of the interval of a number on the scale; or (None, None, reason).

        below = max(min(b, h(theta) - h(theta - 5 b_plain)), (z + l_-) least, b_2),   above likewise

    Arguments:
        estimator: Replicated.
        image: its Image on the scale of the interval.
        level, method: as in `by_trial`.
        least: the least standard error on the scale.

    b is the extent by the jackknife or the bootstrap; b_plain that on the plain scale: if leaving out one of a few
    trials brings the log of a variance near minus infinity, the log scale alone would give an extremely wide interval.
    b_2 is that of `bend`, used if it is larger by a fifth, i.e. where the derivative nearly vanishes.
    """
    spread, tail = image.spread, (1 - level) / 2
    name = estimator.quantity.scale.name if image.placed else PLAIN.name
    if method == "bootstrap" and spread.error > 0:
        forward = estimator.quantity.scale.forward if image.placed else PLAIN.forward
        quantiles = bootstrap_t(forward, estimator.formula, estimator.sums, level)
        if quantiles is None:
            return None, None, "the bootstrap fails: the statistic is undefined in too many resamples of the trials"
        ends = spread.error * np.array([quantiles[1], -quantiles[0]])
        how = f"bootstrap-t over trials, {name} scale, 2000 resamples"
    else:
        ends = spread.reach(tail)
        how = f"leave-one-trial-out jackknife, {name} scale, t with {spread.dof:.3g} degrees of freedom, skewness"
    if image.placed:
        ends = np.minimum(ends, _furthest(estimator, image, tail))
    floor = (spread.outwards(tail) - ndtri(tail)) * least
    if np.any(floor > ends):
        how += "; no narrower than for independent values of a gamma distribution"
    ends = np.maximum(ends, floor)
    bent = _second_order(estimator, image, tail)
    flat = bent > _FLAT * ends
    if np.any(flat):
        how += "; second order, since the derivative nearly vanishes"
    return *np.where(flat, bent, ends), how


def _furthest(estimator, image, tail):
    """(below, above) on the scale of the points five times as far away as the ends on the plain scale."""
    below, above = _WIDEST * Spread.of(*estimator.left_out).reach(tail)
    scale, value = image.scale, float(image.value)
    low, high = max(value - below, scale.low), min(value + above, scale.high)
    with np.errstate(divide="ignore"):
        return np.abs(scale.forward(np.array([low, high])) - scale.forward(value))


def _second_order(estimator, image, tail):
    """(below, above) on the scale of what `bend` gives, by the slope of the scale or itself, whichever is less.

    0 where there are no sums, too few trials, or several numbers under one name.
    """
    sums = estimator.sums
    if sums is None or len(sums) < _BENT or any(column.ndim > 1 for column in sums.columns.values()):
        return np.zeros(2)
    left_out, value = estimator.left_out[0], float(image.value)
    lowest, highest = bend(estimator.formula, estimator.sums, left_out, -stdtrit(len(left_out) - 1, tail))
    step = 1e-5 * max(abs(value), 1e-3)
    scale = image.scale if image.placed else PLAIN
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.ptp(scale.forward(np.array([value - step, value + step]))) / (2 * step)
        ends = scale.forward(np.array([max(value + lowest, scale.low), min(value + highest, scale.high)]))
        return np.fmin(slope * np.array([-lowest, highest]), np.abs(ends - scale.forward(value)))
