"""Compare results: differences and ratios with confidence intervals, margins, verdicts; distances of distributions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from textwrap import shorten
from typing import TYPE_CHECKING, overload

from .errors import InputError
from .hypertext import table
from .messages import aligned, escaped
from .named import Named
from .spike_trains import SpikeTrains
from .statistics.compare.differences import Difference, difference, ratio
from .statistics.compare.distance import adjusted, isi_distances
from .statistics.compare.train_distance import PairedDistance, train_distances
from .statistics.compare.windows import (
    incomparable,
    same_lengths,
    same_windows,
    windows_apart,
    without_difference,
    without_distances,
)
from .statistics.overview import chosen, chosen_margins
from .statistics.uncertainty import confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, Literal

    from matplotlib.figure import Figure

    from .annotations import Spikes, Targets
    from .statistics.compare.distance import Distance
    from .statistics.estimate import Estimate
    from .statistics.statistic import Statistic

__all__ = ["Comparison", "Comparisons", "Difference", "compare"]

CORRECTIONS = (None, "bonferroni")


@dataclass(frozen=True, repr=False)
class Comparison:
    """The comparison of a result b with a reference a, statistic by statistic.

    Arguments:
        a, b: statistics of the reference and of the other result, NAME -> Estimate.
        labels: names of the two results, by default those of their backends.
        difference: NAME -> Difference of b and a.
        ratio: NAME -> Estimate of b / a.
        distance: "isi_ks", "isi_wasserstein", "isi_energy", "isi_anderson_darling" -> Distance; if the trials are
            paired also "victor_purpura", "van_rossum", "isi_distance", "spike_distance" -> PairedDistance.
        level: confidence level.
        correction: None if `level` is that of each interval; "bonferroni" if it is simultaneous for all of them.
        paired: whether differences and ratios are estimated from pairs of trials.
        statistics: NAME -> Statistic.
        doubts: doubts about either result, sentences that begin with its label.
    """

    a: dict[str, Estimate]
    b: dict[str, Estimate]
    labels: tuple[str, str]
    difference: dict[str, Difference]
    ratio: dict[str, Estimate]
    distance: dict[str, Distance | PairedDistance]
    level: float = 0.95
    correction: str | None = None
    paired: bool = False
    statistics: dict[str, Statistic] = field(default_factory=chosen)
    doubts: tuple[str, ...] = ()

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        for name in ("a", "b", "difference", "ratio", "distance"):
            object.__setattr__(self, name, Named(getattr(self, name)))

    def as_dict(self) -> dict[str, Any]:
        """The comparison as a dictionary for JSON, with the keys "difference", "distance" and "doubts"."""
        return {
            "difference": {
                name: entry.as_dict() | {"ratio": self.ratio[name].as_dict()} for name, entry in self.difference.items()
            },
            "distance": {name: entry.as_dict() for name, entry in self.distance.items()},
            "doubts": list(self.doubts),
        }

    def __str__(self) -> str:
        # doubts about the spikes stand below, once
        entries = [replace(entry, estimate=replace(entry.estimate, doubts=())) for entry in self.distance.values()]
        paired = [f"  {entry}" for entry in entries if isinstance(entry, PairedDistance)]
        unpaired = [f"  {entry}" for entry in entries if not isinstance(entry, PairedDistance)]
        of_isis = "Distances between the distributions of the interspike intervals (permutation p-values, over trials):"
        of_pairs = "Distances between paired spike trains, means over trials (permutation p-values, over pairings):"
        doubts = [f"Doubt: {doubt}" for doubt in self.doubts]
        parts = (aligned(self._rows()), [of_isis, *unpaired], [of_pairs, *paired] if paired else [], self._notes())
        return "\n\n".join(["\n".join(part) for part in parts if part] + [self.sentence(), *doubts])

    def __repr__(self) -> str:
        said = [f"{verdict}: {', '.join(names)}" for verdict, names in self._by_verdict().items() if names]
        if doubtful := self._doubtful():
            said.append(f"doubtful: {', '.join(doubtful)}")
        names = " and ".join(reversed(self._names))
        return "\n  ".join(shorten(line, 97, placeholder=" ...") for line in (f"<Comparison of {names}", *said)) + ">"

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        doubts = [f"Doubt: {doubt}" for doubt in self.doubts]
        return table(head, rows, notes=[*self._notes(), self.sentence(), *doubts])

    def plot(self) -> Figure:
        """Draw the differences with their margins and verdicts, as a matplotlib Figure."""
        from .plotting.forest_plot import forest

        figure: Any = forest(self).figure
        return figure

    @property
    def _names(self):
        """The labels as they are printed."""
        return tuple(map(escaped, self.labels))

    def sentence(self) -> str:
        """The verdicts in one sentence, with the number of trials that the undecided ones need."""
        by_verdict, doubtful = self._by_verdict(), self._doubtful()
        parts = [f"{verdict} in {', '.join(names)}" for verdict, names in by_verdict.items() if names]
        together = f" The confidence level of {self.level:.0%} is simultaneous (Bonferroni)." if self.correction else ""
        said = f"At these margins, {self._names[1]} and {self._names[0]} are {'; '.join(parts)}."
        doubts = f" Doubtful: {', '.join(doubtful)}." if doubtful else ""
        return said + together + doubts + self._to_settle(by_verdict["undecided"])

    def _by_verdict(self):
        """The names of the statistics, by verdict."""
        found = {"different": [], "equivalent": [], "undecided": []}
        for name, entry in self.difference.items():
            found[entry.verdict].append(name)
        return found

    def _doubtful(self):
        """The names of those whose interval is in doubt."""
        return [name for name, entry in self.difference.items() if entry.estimate.doubt is not None]

    def _to_settle(self, names):
        """What would settle the undecided statistics."""
        if not names:
            return ""
        needed = {name: self.difference[name].trials_to_settle for name in names}
        known = [f"{name} about {_rounded(n)}" for name, n in needed.items() if n is not None]
        said = f" Trials of each result needed for a verdict: {', '.join(known)}." if known else ""
        at_margin = [name for name in names if needed[name] is None and self.difference[name].estimate.low is not None]
        if at_margin:
            said += f" More trials would hardly decide {', '.join(at_margin)}: the difference lies at the margin."
        missing = [name for name in names if self.difference[name].estimate.low is None]
        return said + (f" Without an interval: {', '.join(missing)}." if missing else "")

    def _estimates(self):
        """Those of a, those of b, and those differences that have no interval although both have one."""
        of_both = [
            entry.estimate
            for name, entry in self.difference.items()
            if entry.estimate.low is None and self.a[name].low is not None and self.b[name].low is not None
        ]
        return self.a.values(), self.b.values(), of_both

    def _rows(self):
        """The table's cells, row by row, its head first."""
        first, second = self._names
        level = f"{100 * self.level:g} % intervals" + (", simultaneous" if self.correction else "")
        rows = [(level, first, second, f"{second} - {first}", f"{second} / {first}", "margin", "verdict")]
        for name, entry in self.difference.items():
            unit = "" if entry.estimate.unit == "1" else f" ({entry.estimate.unit})"
            margin = "none" if entry.margin is None else f"{entry.margin:.3g}"
            cells = map(_cell, (self.a[name], self.b[name], entry.estimate))
            part = "" if self.ratio[name].low is None else _cell(self.ratio[name], 3)
            rows.append((name + unit, *cells, part, margin, entry.verdict))
        return rows

    def _notes(self):
        """Why a number is missing, or doubtful, and what relative margins are."""
        of_results = zip((*self._names, f"{self._names[1]} - {self._names[0]}"), self._estimates(), strict=True)
        named = [(f"{label}, {e.name}", e) for label, estimates in of_results for e in estimates]
        # those of a whole result are said below, by themselves
        of_all = [doubt.removeprefix(f"{label}: ") for doubt in self.doubts for label in self.labels]
        missing = {name: e.reason for name, e in named}
        doubtful = {name: e.doubt_beyond(of_all) for name, e in named}
        lines = []
        for title, notes in (("Missing:", missing), ("Doubtful:", doubtful)):
            found = [f"  {name}: {note}" for name, note in notes.items() if note is not None]
            lines += [title, *found] if found else []
        relative = [name for name, entry in self.difference.items() if entry.relative is not None]
        if relative:
            lines.append(
                f"Margins in per cent ({', '.join(relative)}) are relative to an estimate: their verdicts are based on "
                f"the intervals of {self._names[1]} - (1 ± margin) {self._names[0]}, not on that of the difference."
            )
        return lines


@dataclass(frozen=True, repr=False)
class Comparisons:
    """The comparisons of several results with one reference.

    Arguments:
        pairs: a Comparison for each result after the first, a tuple in their order.
    """

    pairs: tuple[Comparison, ...]

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, key: int | str) -> Comparison:
        """The Comparison of one result with the reference.

        Arguments:
            key: its number, from 0, or the label of the result.
        """
        if isinstance(key, str):
            return Named({pair.labels[1]: pair for pair in self.pairs})[key]
        return self.pairs[key]

    def as_dict(self) -> dict[str, Any]:
        """The comparisons as a dictionary for JSON, by the labels of the results."""
        return {pair.labels[1]: pair.as_dict() for pair in self.pairs}

    def __str__(self) -> str:
        return "\n\n\n".join(map(str, self.pairs))

    def _repr_html_(self) -> str:
        return "".join(pair._repr_html_() for pair in self.pairs)

    def __repr__(self) -> str:
        others = ", ".join(pair._names[1] for pair in self.pairs)
        return shorten(f"<Comparisons of {others} with {self.pairs[0]._names[0]}", 97, placeholder=" ...") + ">"


@overload
def compare(
    a: Spikes,
    b: Spikes,
    /,
    *,
    margins: Targets | None = ...,
    level: float = ...,
    correction: Literal["bonferroni"] | None = ...,
    labels: Sequence[str] | None = ...,
    paired: bool = ...,
    statistics: Iterable[str | Statistic] | None = ...,
) -> Comparison: ...
@overload
def compare(
    a: Spikes,
    b: Spikes,
    c: Spikes,
    /,
    *more: Spikes,
    margins: Targets | None = ...,
    level: float = ...,
    correction: Literal["bonferroni"] | None = ...,
    labels: Sequence[str] | None = ...,
    paired: bool = ...,
    statistics: Iterable[str | Statistic] | None = ...,
) -> Comparisons: ...
def compare(
    a: Spikes,
    b: Spikes,
    *more: Spikes,
    margins: Targets | None = None,
    level: float = 0.95,
    correction: Literal["bonferroni"] | None = None,
    labels: Sequence[str] | None = None,
    paired: bool = False,
    statistics: Iterable[str | Statistic] | None = None,
) -> Comparison | Comparisons:
    """Compare results with a reference, statistic by statistic, by equivalence tests.

        difference = b - a
        "equivalent": its interval lies within [-margin, margin];   "different": it lies outside;   else "undecided"

    The interval of a difference, and of the ratio b / a, is constructed from those of a and b (MOVER, see
    `statistics.compare.difference`); it preserves their asymmetry and is valid for independent results, also if one of
    them has no spikes. If trial k of all results has the same input, use `paired`. A relative margin q is applied to
    the estimate of a: the verdict is based on the intervals of b - (1 + q) a and b - (1 - q) a. The p-values of the
    distances are those of permutation tests for independent trials, and conservative if trials are paired.

    Error probabilities, up to the error of the coverage of the intervals: of "equivalent", if the true difference
    reaches the margin, at most (1 - level) / 2; of "different", if it does not, at most (1 - level) / 2 if the interval
    is shorter than the margin, and at most 1 - level in any case.

    Arguments:
        a: the reference, a Result, usually of the jump backend, or SpikeTrains.
        b, more: the other results. Where their window is not that of a, which is a doubt, statistics that depend on the
            window, such as the Fano factor, and distances are missing, with the reason, unless it has the same length.
        margins: NAME -> margin in the unit of the statistic, or relative to the value of a, such as "10%". Default: 5 %
            for rate, isi_mean, cv, cv2, lv and V_variance, 75 % for fano_factor, 0.5 mV for V_mean, 0.2 for skewnesses.
        level: confidence level, from 0.5 to 0.9999.
        correction: None, `level` is that of each interval; "bonferroni", it is the simultaneous level of the intervals
            and verdicts of all statistics and all results. The p-values of the distances are always adjusted for
            multiple testing (Holm), over all results.
        labels: names of the results, in their order; by default those of their backends, numbered if they coincide.
        paired: whether trial k of all results belongs together, for example through the same input. Differences and
            ratios are then estimated from pairs of trials, and distances between paired spike trains are added, see
            `statistics.train_distances`, with the time scale of a.
        statistics: names of registered statistics, or Statistics; by default those of `statistics.NAMES`.

    Returns a Comparison, or Comparisons for more than two results.

    Raises InputError for a margin with an unknown name or a negative value, for a level outside [0.5, 0.9999], for an
    unknown correction, and for paired results with different windows or numbers of trials.

    Sources: Schuirmann, J. Pharmacokin. Biopharm. 15, 657 (1987) (equivalence by an interval); Zou and Donner, Stat.
    Med. 27, 1693 (2008) (MOVER); Holm, Scand. J. Stat. 6, 65 (1979).
    """
    asked, level = chosen(statistics), confidence(level)
    limits = chosen_margins(margins, asked)
    checked_correction(correction)
    if not isinstance(paired, bool):
        raise InputError("paired", paired, "True or False")
    results = [_Named(result, i) for i, result in enumerate((a, b, *more))]
    names = _labels(results, labels)
    each = level if correction is None else 1 - (1 - level) / (len(asked) * (len(results) - 1))
    known = [{name: of.of(result, each) for name, of in asked.items()} for result in results]
    distances: list[dict[str, Any]] = [_distances(results[0].spikes, result.spikes, level) for result in results[1:]]
    if more:  # all p-values make one family
        together = adjusted({(i, name): d for i, found in enumerate(distances) for name, d in found.items()})
        distances = [{name: together[i, name] for name in found} for i, found in enumerate(distances)]
    pairing = [None] * len(results[1:])
    if paired:
        for found, result in zip(distances, results[1:], strict=True):
            found |= train_distances(results[0].spikes, result.spikes, level=level)
        pairing = [_replicates(asked, results[0], result) for result in results[1:]]
    pairs = tuple(
        Comparison(
            known[0], other, (names[0], label),
            *_judged(asked, known[0], other, limits, pair, incomparable(asked, results[0].spikes, result.spikes)),
            distance, level, correction, paired, asked,
            _doubts(names[0], results[0]) + _doubts(label, result) + _doubts_of_windows(label, result, results[0]),
        )
        for other, label, distance, pair, result in zip(
            known[1:], names[1:], distances, pairing, results[1:], strict=True
        )
    )  # fmt: skip
    return Comparisons(pairs) if more else pairs[0]


def _distances(a, b, level):
    """The distances of the interspike intervals; windows of different lengths hide different ones, so none then."""
    distances = isi_distances(a, b, level)
    if same_lengths(a, b):
        return distances
    return without_distances(distances, f"the windows differ, {windows_apart(a, b)}")


def _judged(statistics, a, b, margins, pairs, apart) -> tuple[dict[str, Difference], dict[str, Estimate]]:
    """(NAME -> Difference, NAME -> Estimate of the ratio) of two results; missing, with the reason, for those apart."""
    differences, ratios = {}, {}
    for name, statistic in statistics.items():
        if name in apart:
            differences[name], ratios[name] = without_difference(a[name], b[name], margins[name], apart[name])
            continue
        pair = None if pairs is None else pairs[name]
        differences[name] = difference(a[name], b[name], margins[name], pair)
        ratios[name] = ratio(a[name], b[name], statistic.signed, pair)
    return differences, ratios


def _replicates(statistics, a, b):
    """NAME -> (Replicated of a, of b), of all trials; None where one of them has no leave-one-out values."""
    found = {}
    for name, statistic in statistics.items():
        data = [getattr(result, statistic.data) for result in (a, b)]
        pair = None if None in data else tuple(statistic.replicated(of, every=True) for of in data)
        found[name] = pair if pair is not None and all(one.reason is None for one in pair) else None
    return found


def checked_correction(correction):
    """Raise InputError unless the correction for multiple comparisons is None or "bonferroni"."""
    if correction not in CORRECTIONS:
        raise InputError("correction", correction, "'bonferroni', or omitted")


class _Named:
    """What a comparison needs of a result, or of spikes from elsewhere."""

    def __init__(self, result, i):
        if isinstance(result, SpikeTrains):
            self.spikes, self.moments, self.membrane = result, None, None
            self.label, self.doubts = "abcdefghijklmnopqrstuvwxyz"[i % 26], result.doubts
        elif isinstance(getattr(result, "spikes", None), SpikeTrains):
            self.spikes, self.moments, self.membrane = result.spikes, result.moments, result.membrane
            self.label, self.doubts = result.backend, result.doubts
        else:
            allowed = "a Result, or SpikeTrains, which from_csv, from_neo, from_brian2 and from_nest return"
            raise InputError(f"result {i + 1}", result, allowed)


def _doubts_of_windows(label, result, reference):
    a, b = reference.spikes, result.spikes
    if same_windows(a, b):
        return ()
    return (
        f"{label}: The windows differ, {windows_apart(a, b)}: differences are those of the neurons only if both are "
        "stationary.",
    )


def _labels(results, labels):
    if labels is not None:
        if isinstance(labels, str) or not hasattr(labels, "__iter__"):
            raise InputError("labels", labels, f"a list of {len(results)} different names")
        labels = [unicodedata.normalize("NFC", str(label)) for label in labels]
        if len(labels) != len(results) or len(dict.fromkeys(labels)) != len(labels) or not all(map(str.strip, labels)):
            raise InputError("labels", labels, f"{len(results)} different names")
        return labels
    names = [result.label for result in results]
    return [f"{name} ({names[: i + 1].count(name)})" if names.count(name) > 1 else name for i, name in enumerate(names)]


def _doubts(label, result):
    return tuple(f"{label}: {doubt}" for doubt in result.doubts)


def _rounded(n):
    """A number rounded to two digits, as text."""
    return str(n if n < 100 else round(n, 2 - len(str(n))))


def _cell(estimate, digits=4):
    if estimate.value is None:
        return "none"
    if estimate.low is None:
        return f"{estimate.value:.{digits}g}"
    return f"{estimate.value:.{digits}g} [{estimate.low:.{digits}g}, {estimate.high:.{digits}g}]"
