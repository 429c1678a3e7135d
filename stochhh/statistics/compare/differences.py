"""Comparison of two estimates: difference, ratio, margin, verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..estimate import Estimate

if TYPE_CHECKING:
    from typing import Any

__all__ = ["Difference", "difference", "ratio"]

_TOO_MANY = 1e4  # times the present number of trials: beyond, no number is given


@dataclass(frozen=True, repr=False)
class Difference:
    """The difference of one statistic between two results, and its equivalence test (TOST) against a margin.

    Arguments:
        estimate: Estimate of b minus a.
        margin: the largest difference that does not matter, in the unit of the estimate. A relative margin is given as
            that fraction of the estimate of a; None if that is undefined.
        verdict: "equivalent" if the difference lies within the margin with confidence, "different" if it lies outside
            with confidence, "undecided" otherwise; see `difference`.
        trials_to_settle: approximate number of trials of each result that would decide an undecided verdict if the true
            difference were the estimated one; None if the verdict is not undecided, if the difference lies at the
            margin, so that no moderate number would do, or if it has no interval.
        relative: the margin as a fraction of a, 0.05 for 5 %; None for a margin in the unit of the estimate. With a
            relative margin the verdict cannot be read off the interval of the estimate, since the margin is an estimate
            too.
    """

    estimate: Estimate
    margin: float | None
    verdict: str
    trials_to_settle: int | None = None
    relative: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """The form of the JSON contract: that of the estimate, margin, verdict, and trials_to_settle if undecided."""
        said = self.estimate.as_dict() | {"margin": self.margin, "verdict": self.verdict}
        return said | ({"trials_to_settle": self.trials_to_settle} if self.verdict == "undecided" else {})

    def __str__(self) -> str:
        margin = "none" if self.margin is None else f"{self.margin:.3g}"
        return f"{self.estimate}; margin {margin}, {self.verdict}"

    def __repr__(self) -> str:
        return f"<{self}>"


def difference(a, b, margin, pair=None):
    """The Difference b - a of two Estimates of one statistic.

        low = b - a - sqrt((b - l_b)^2 + (u_a - a)^2),   high = b - a + sqrt((u_b - b)^2 + (a - l_a)^2)

    with [l, u] the interval around each value (MOVER), for independent data: it preserves their asymmetry, and remains
    valid if one of the results has no spikes. With a margin m the verdict is based on two intervals, those of b - a - m
    and of b - a + m: "equivalent" if the first lies below 0 and the second above, "different" if both lie on the same
    side of 0. A relative margin q is q |a|, itself an estimate, so the two intervals are then those of b - (1 + q) a
    and b - (1 - q) a (exchanged if a < 0).

    Arguments:
        a, b: Estimates, a the reference.
        margin: Margin.
        pair: (Replicated of a, of b) if trial k of a is paired with trial k of b; the intervals are then those of the
            paired differences.

    The number of trials needed for a verdict is n f, where sqrt(f) is the half width over the distance from 0 of the
    decisive estimate, since widths decrease as 1/sqrt(n).
    Source: Zou and Donner, Stat. Med. 27, 1693 (2008); Schuirmann, J. Pharmacokin. Biopharm. 15, 657 (1987).
    """

    def less(part):
        return _independent(a, b, part) if pair is None else _paired(a, b, part, pair)

    estimate, size = _with_doubts(less(1.0), a, b), margin.at(a.value)
    relative = margin.size if margin.relative else None
    if size is None or estimate.low is None:
        return Difference(estimate, size, "undecided", relative=relative)
    if margin.relative:
        beyond, within = less(1 + margin.size), less(1 - margin.size)
        beyond, within = (beyond, within) if a.value >= 0 else (within, beyond)
    else:
        beyond, within = _shifted(estimate, -size), _shifted(estimate, size)
    if beyond.low is None or within.low is None:
        return Difference(estimate, size, "undecided", relative=relative)
    verdict = _verdict(beyond, within)
    settling = _settling(beyond, within) if verdict == "undecided" else None
    return Difference(estimate, size, verdict, settling, relative)


def ratio(a, b, signed=False, pair=None):
    """Estimate of b / a of two Estimates of one positive statistic; for independent data by MOVER on the log scale.

        log low = log(b/a) - sqrt(log(b / l_b)^2 + log(u_a / a)^2),   log high likewise

    Arguments:
        a, b: Estimates, a the reference.
        signed: whether the statistic may be negative, such as V_mean and skewnesses, whose ratios are not meaningful.
        pair: as in `difference`.

    Missing, with the reason, if a value is not positive, if an interval contains 0, or if the statistic is signed.
    Source: Li, Tang and Wong, Stat. Med. 29, 1865 (2010), on the log scale.
    """
    known = {"level": a.level, "unit": "1", "n": min(a.n, b.n)}
    if signed:
        return Estimate.missing(a.name, "a ratio is meaningful only for a quantity that cannot be negative", **known)
    reasons = dict.fromkeys(e.reason for e in (a, b) if e.reason is not None)
    if a.value is None or b.value is None:
        return Estimate.missing(a.name, "; ".join(reasons), **known)
    if not a.value > 0:
        return Estimate.missing(a.name, "the reference is not positive", **known)
    value = b.value / a.value
    if reasons:
        return Estimate.missing(a.name, "; ".join(reasons), value=value, **known)
    if not (a.low > 0 and b.low > 0):
        return Estimate.missing(a.name, "the interval of one of the two contains 0", value=value, **known)
    if pair is not None:
        found = pair[1].over(pair[0]).estimate(a.level)
        ends = (None if end is None else end * value / found.value for end in (found.low, found.high))
        return _with_doubts(replace(found, value=value, low=next(ends), high=next(ends)), a, b)
    down = math.hypot(math.log(b.value / b.low), math.log(a.high / a.value))
    up = math.hypot(math.log(b.high / b.value), math.log(a.value / a.low))
    ends = value * math.exp(-down), value * math.exp(up)
    found = Estimate(a.name, value, *ends, method="MOVER from the two intervals, log scale", **known)
    return _with_doubts(found, a, b)


def _independent(a, b, part):
    """Estimate of b - part a for independent a and b, by the method of variance estimates recovery (MOVER)."""
    known = {"level": a.level, "unit": a.unit, "n": min(a.n, b.n)}
    value = None if a.value is None or b.value is None else b.value - part * a.value
    missing = _missing(a, b, value, known)
    if missing is not None:
        return missing
    a_low, a_high = sorted((part * a.low, part * a.high))
    low = value - math.hypot(b.value - b.low, a_high - part * a.value)
    high = value + math.hypot(b.high - b.value, part * a.value - a_low)
    return Estimate(a.name, value, low, high, method="MOVER from the two intervals", **known)


def _paired(a, b, part, pair):
    """Estimate of b - part a from the differences of paired trials."""
    known = {"level": a.level, "unit": a.unit, "n": min(a.n, b.n)}
    missing = _missing(a, b, None if a.value is None or b.value is None else b.value - part * a.value, known)
    if missing is not None:
        return missing
    of_a, of_b = pair
    found = of_b.minus(of_a.map(lambda value: part * value)).estimate(a.level)
    # trials without observations still belong to a pair, and slightly change the bias correction
    return found if found.low is None else _shifted(found, b.value - part * a.value - found.value)


def _missing(a, b, value, known):
    """The difference without an interval where one of the two has none; None where both have one."""
    reasons = dict.fromkeys(e.reason for e in (a, b) if e.reason is not None)
    return Estimate.missing(a.name, "; ".join(reasons), value=value, **known) if reasons else None


def _with_doubts(estimate, a, b):
    """The estimate, with the doubts about the two that it was computed from."""
    return estimate.doubted(*a.doubts, *b.doubts)


def _shifted(estimate, by):
    """The estimate, and its interval, moved by a known amount."""
    return replace(estimate, value=estimate.value + by, low=estimate.low + by, high=estimate.high + by)


def _verdict(beyond, within):
    """The verdict from the intervals of the difference less the margin, and of the difference and the margin."""
    if beyond.high <= 0 <= within.low:
        return "equivalent"
    one_side = min(beyond.low, within.low) > 0 or max(beyond.high, within.high) < 0
    return "different" if one_side else "undecided"


def _settling(beyond, within):
    """Approximate number of trials that would decide the verdict, or None."""
    factors = []
    for side in (beyond, within):
        reach = side.high - side.value if side.value < 0 else side.value - side.low
        if reach > 0:
            factors.append((reach / abs(side.value)) ** 2 if side.value else math.inf)
    factor = max(factors, default=math.inf)
    return math.ceil(beyond.n * factor) if factor < _TOO_MANY else None
