"""Two estimates set against each other: difference, ratio, margin, verdict."""

import math
from dataclasses import dataclass

from ..errors import InputError, real
from .estimate import Estimate
from .summary import NAMES

__all__ = ["Difference", "checked_margins", "difference", "ratio"]

_PART = 0.05  # of the reference value: the margin of a quantity that has a scale of its own
_SIGNED = ("V_mean", "isi_skewness", "V_skewness")  # a ratio of these says nothing
_TOO_MANY = 1e4  # times the trials there are: no number near these settles it


@dataclass(frozen=True)
class Difference:
    """The difference of one statistic, set against a margin.

    Arguments:
        estimate: Estimate of b minus a.
        margin: the largest difference that does not matter, in the unit of the estimate; None if it is a part of a
            value that cannot be had.
        verdict: "equivalent" if the interval lies within [-margin, margin], "different" if it lies wholly
            outside, "undecided" otherwise.
        trials_to_settle: about how many trials of each would settle an undecided verdict, were the difference what
            it is estimated to be; None where it is settled, or where none near these would: where the difference
            lies at the margin, or has no interval.
    """

    estimate: Estimate
    margin: float | None
    verdict: str
    trials_to_settle: int | None = None

    def as_dict(self):
        """The form of the JSON contract: that of the estimate, margin, verdict, and trials_to_settle if undecided."""
        said = self.estimate.as_dict() | {"margin": self.margin, "verdict": self.verdict}
        return said | ({"trials_to_settle": self.trials_to_settle} if self.verdict == "undecided" else {})


def difference(a, b, margins):
    """The Difference b - a of two Estimates of one statistic, from independent data.

        low = b - a - sqrt((b - l_b)^2 + (u_a - a)^2),   high = b - a + sqrt((u_b - b)^2 + (a - l_a)^2)

    with [l, u] around each value (MOVER): it keeps their asymmetry, and holds where one of them is silent.

    Arguments:
        a, b: Estimates, a the reference.
        margins: NAME -> margin, as `checked_margins` returns them.

    The number of trials that would settle it is n f, with f the square of the half width over the room that the
    difference leaves to the margin, since widths fall like 1/sqrt(n).
    Source: Zou and Donner, Stat. Med. 27, 1693 (2008); Schuirmann, J. Pharmacokin. Biopharm. 15, 657 (1987).
    """
    margin, estimate = _margin(a, margins), _minus(b, a)
    verdict = _verdict(estimate, margin)
    return Difference(estimate, margin, verdict, _settling(estimate, margin) if verdict == "undecided" else None)


def ratio(a, b):
    """Estimate of b / a of two Estimates of one positive statistic, from independent data: MOVER on the log scale.

        log low = log(b/a) - sqrt(log(b / l_b)^2 + log(u_a / a)^2),   log high alike

    Missing, with the reason, where a value is not above 0, where an interval reaches 0, and for statistics that have
    no zero of their own: V_mean and skewnesses.
    Source: Li, Tang and Wong, Stat. Med. 29, 1865 (2010), on the log scale.
    """
    known = {"level": a.level, "unit": "1", "n": min(a.n, b.n)}
    if a.name in _SIGNED:
        return Estimate.missing(a.name, "a ratio takes a quantity with a zero of its own", **known)
    reasons = dict.fromkeys(e.reason for e in (a, b) if e.reason is not None)
    if a.value is None or b.value is None:
        return Estimate.missing(a.name, "; ".join(reasons), **known)
    if not a.value > 0:
        return Estimate.missing(a.name, "the reference is not above 0", **known)
    value = b.value / a.value
    if reasons:
        return Estimate.missing(a.name, "; ".join(reasons), value=value, **known)
    if not (a.low > 0 and b.low > 0):
        return Estimate.missing(a.name, "one of the two may be 0", value=value, **known)
    down = math.hypot(math.log(b.value / b.low), math.log(a.high / a.value))
    up = math.hypot(math.log(b.high / b.value), math.log(a.value / a.low))
    ends = value * math.exp(-down), value * math.exp(up)
    return Estimate(a.name, value, *ends, method="MOVER from the two intervals, log scale", **known)


def checked_margins(margins):
    """NAME -> margin as a number, or as a part of the reference value, ("part", x); InputError, by name, for others.

    Arguments:
        margins: NAME -> a number from 0 up, in the unit of the statistic, or a text such as "10%" of the reference's
            value; None for no margins but the default ones.
    """
    if margins is not None and not isinstance(margins, dict):
        raise InputError(f'margins = {margins!r} is not allowed: give a margin by name, such as {{"cv": "10%"}}')
    checked = {}
    for name, margin in (margins or {}).items():
        if name not in NAMES:
            raise InputError(f"margins has the unknown name {name!r}: it must be one of {', '.join(NAMES)}")
        if isinstance(margin, str):
            checked[name] = ("part", _percent(name, margin))
        else:
            checked[name] = real(f"margins {name}", margin, at_least=0.0)
    return checked


def _percent(name, text):
    number, sign, rest = text.strip().partition("%")
    try:
        if sign and not rest:
            return real("margin", float(number), at_least=0.0) / 100
    except (ValueError, InputError):
        pass
    raise InputError(
        f"margins {name} = {text!r} is not allowed: it must be a finite number at least 0, in the unit of the "
        'statistic, or a percentage of the reference, as "10%"'
    )


def _margin(reference, margins):
    match margins.get(reference.name):
        case ("part", part):
            return None if reference.value is None else part * abs(reference.value)
        case None:
            return _default_margin(reference)
        case margin:
            return float(margin)


def _default_margin(reference):
    """The largest difference from the reference that does not matter unless the user says otherwise."""
    match reference.name:
        case "V_mean":
            return 0.5  # mV
        case "isi_skewness" | "V_skewness":
            return 0.2
        case _:
            return None if reference.value is None else _PART * abs(reference.value)


def _minus(b, a):
    """Estimate of b - a for independent a and b, by the method of variance estimates recovery (MOVER)."""
    known = {"level": a.level, "unit": a.unit, "n": min(a.n, b.n)}
    reasons = dict.fromkeys(e.reason for e in (a, b) if e.reason is not None)
    value = None if a.value is None or b.value is None else b.value - a.value
    if reasons:
        return Estimate.missing(a.name, "; ".join(reasons), value=value, **known)
    low = value - math.hypot(b.value - b.low, a.high - a.value)
    high = value + math.hypot(b.high - b.value, a.value - a.low)
    return Estimate(a.name, value, low, high, method="MOVER from the two intervals", **known)


def _verdict(estimate, margin):
    if margin is None or estimate.low is None:
        return "undecided"
    if -margin <= estimate.low and estimate.high <= margin:
        return "equivalent"
    return "different" if estimate.low > margin or estimate.high < -margin else "undecided"


def _settling(estimate, margin):
    """About how many trials would settle it, or None."""
    if margin is None or estimate.low is None:
        return None
    below, above = estimate.value - estimate.low, estimate.high - estimate.value
    outside = abs(estimate.value) - margin
    if outside > 0:
        needed = [((below if estimate.value > 0 else above) / outside) ** 2]
    elif outside < 0:
        needed = [(above / (margin - estimate.value)) ** 2, (below / (margin + estimate.value)) ** 2]
    else:
        return None
    factor = max(needed)
    return math.ceil(estimate.n * factor) if factor < _TOO_MANY else None
