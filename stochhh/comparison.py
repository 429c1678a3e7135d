"""Compare two results: differences with intervals, margins and verdicts, and the distance of their ISI laws."""

import math
from dataclasses import dataclass

from .errors import InputError, real
from .statistics import NAMES, Estimate, isi_distances, summary

__all__ = ["Comparison", "Difference", "compare"]

_PART = 0.05  # of the reference value: the margin of a quantity that has a scale of its own


def _default_margin(reference):
    """The largest difference from the reference that does not matter unless the user says otherwise."""
    match reference.name:
        case "V_mean":
            return 0.5  # mV
        case "isi_skewness" | "V_skewness":
            return 0.2
        case _:
            return None if reference.value is None else _PART * abs(reference.value)


@dataclass(frozen=True)
class Difference:
    """The difference of one statistic, set against a margin.

    Arguments:
        estimate: Estimate of b minus a.
        margin: the largest difference that does not matter, in the unit of the estimate; None if it is 5 % of a
            value that cannot be had.
        verdict: "equivalent" if the interval lies within [-margin, margin], "different" if it lies wholly
            outside, "undecided" otherwise.
    """

    estimate: Estimate
    margin: float | None
    verdict: str

    def as_dict(self):
        """The form of the JSON contract: that of the estimate, and margin and verdict."""
        return self.estimate.as_dict() | {"margin": self.margin, "verdict": self.verdict}


@dataclass(frozen=True)
class Comparison:
    """Two results side by side.

    Arguments:
        a, b: statistics of the reference and of the other, NAME -> Estimate.
        labels: names of their backends.
        difference: NAME -> Difference, b minus a.
        distance: "isi_ks" and "isi_wasserstein" -> Estimate.
    """

    a: dict
    b: dict
    labels: tuple[str, str]
    difference: dict
    distance: dict

    def as_dict(self):
        """The parts "difference" and "distance" of the JSON contract."""
        return {
            "difference": {name: entry.as_dict() for name, entry in self.difference.items()},
            "distance": {name: entry.as_dict() for name, entry in self.distance.items()},
        }

    def __str__(self):
        distances = [f"  {estimate}" for estimate in self.distance.values()]
        parts = (self._table(), ["Distance of the laws of the interspike intervals:", *distances], self._notes())
        return "\n\n".join(["\n".join(part) for part in parts if part] + [self.sentence()])

    def sentence(self):
        """The verdicts in plain words."""
        by_verdict = {"different": [], "equivalent": [], "undecided": []}
        for name, entry in self.difference.items():
            by_verdict[entry.verdict].append(name)
        parts = [f"{verdict} in {', '.join(names)}" for verdict, names in by_verdict.items() if names]
        more = " More trials, or longer ones, narrow the intervals." if by_verdict["undecided"] else ""
        return f"At these margins, {self.labels[1]} and {self.labels[0]} are {'; '.join(parts)}.{more}"

    def _table(self):
        """One line for each statistic, in columns."""
        first, second = self.labels
        level = f"{100 * self.a['rate'].level:g} % intervals"
        rows = [(level, first, second, f"{second} - {first}", "margin", "verdict")]
        for name, entry in self.difference.items():
            unit = "" if entry.estimate.unit == "1" else f" ({entry.estimate.unit})"
            margin = "none" if entry.margin is None else f"{entry.margin:.3g}"
            cells = map(_cell, (self.a[name], self.b[name], entry.estimate))
            rows.append((name + unit, *cells, margin, entry.verdict))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]

    def _notes(self):
        """Why a number is missing."""
        notes = []
        for label, estimates in zip(self.labels, (self.a, self.b), strict=True):
            notes += [f"  {label}, {e.name}: {e.reason}" for e in estimates.values() if e.reason is not None]
        return ["Missing:", *notes] if notes else []


def compare(a, b, *, margins=None, level=0.95):
    """Compare two independent results, statistic by statistic.

        difference = b - a,   verdict: its interval against [-margin, margin]

    The interval of a difference is made of those of a and b (MOVER): with [l, u] around each value,
    low = b - a - sqrt((b - l_b)^2 + (u_a - a)^2), high = b - a + sqrt((u_b - b)^2 + (a - l_a)^2).
    So it keeps their asymmetry, and holds where one of them is silent.

    Arguments:
        a: the Result taken as the reference, usually of the jump backend.
        b: the other Result, usually of the diffusion; both with the same window.
        margins: NAME -> margin in the unit of the statistic; names left out keep the default: 5 % of the value
            of a for rate, isi_mean, cv, cv2, lv, fano_factor and V_variance, 0.5 mV for V_mean, 0.2 for skewnesses.
        level: confidence level of every interval by itself.

    Raises InputError for windows that differ (what a window hides would differ too), for margins with an unknown
    name or a value that is no number from 0 up, and for a level outside (0, 0.9999].
    Source: Zou and Donner, Stat. Med. 27, 1693 (2008); Schuirmann, J. Pharmacokin. Biopharm. 15, 657 (1987).
    """
    margins = _checked(margins)
    windows = [(result.spikes.start, result.spikes.stop) for result in (a, b)]
    if windows[0] != windows[1]:
        raise InputError(
            "the two results have the windows [{:g}, {:g}] and [{:g}, {:g}] ms: they must be the same; "
            "simulate both with one duration and one transient".format(*windows[0], *windows[1])
        )
    first, second = summary(a, level), summary(b, level)
    return Comparison(
        a=first,
        b=second,
        labels=(a.backend, b.backend),
        difference={name: _difference(first[name], second[name], margins) for name in NAMES},
        distance=isi_distances(a.spikes, b.spikes, level),
    )


def _checked(margins):
    for name, margin in (margins or {}).items():
        if name not in NAMES:
            raise InputError(f"margins has the unknown name {name!r}: it must be one of {', '.join(NAMES)}")
        real(f"margins[{name!r}]", margin, at_least=0.0)
    return margins or {}


def _difference(a, b, margins):
    margin = float(margins[a.name]) if a.name in margins else _default_margin(a)
    estimate = _minus(b, a)
    return Difference(estimate, margin, _verdict(estimate, margin))


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


def _verdict(difference, margin):
    if margin is None or difference.low is None:
        return "undecided"
    if -margin <= difference.low and difference.high <= margin:
        return "equivalent"
    return "different" if difference.low > margin or difference.high < -margin else "undecided"


def _cell(estimate):
    if estimate.value is None:
        return "none"
    if estimate.low is None:
        return f"{estimate.value:.4g}"
    return f"{estimate.value:.4g} [{estimate.low:.4g}, {estimate.high:.4g}]"
