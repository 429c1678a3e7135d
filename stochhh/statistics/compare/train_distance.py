"""Distances between paired spike trains: trial k of one result and trial k of the other, e.g. under the same input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ...errors import InputError, real
from ...spike_trains import SpikeTrains
from ..estimate import LOG, Estimate, Quantity, TrialSums
from ..kinds import given
from ..uncertainty import by_trial, confidence
from .train_metrics import isi_and_spike_distance, padded, van_rossum_distance, victor_purpura_distance

if TYPE_CHECKING:
    from typing import Any

    from ...annotations import Spikes

__all__ = ["PairedDistance", "train_distances"]

_MATCHED = (8, 60)  # trials, at least and at most, that are paired at random, each with each
_WORK = 5e8  # pairs of spikes that this may take: some seconds
_DRAWS = 2000
_SEED = 0  # fixed: the same data give the same p-value
_UNITS = {"cost": "/ ms", "tau": "ms"}
_NAMES = ("victor_purpura", "van_rossum", "isi_distance", "spike_distance")


@dataclass(frozen=True, repr=False)
class PairedDistance:
    """The mean distance between paired spike trains, with that between unpaired ones for reference.

    Arguments:
        estimate: Estimate of the mean distance between the trains of the same trial.
        unpaired: mean distance between trains of different trials; or None.
        p_value: probability that randomly paired trains are at least as close; large if the pairs have nothing in
            common; or None.
        parameters: "cost" (1/ms) or "tau" (ms), where the distance has one, and its value.
    """

    estimate: Estimate
    unpaired: float | None = None
    p_value: float | None = None
    parameters: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The form of the JSON contract: that of the estimate, unpaired, p_value, and cost or tau."""
        return self.estimate.as_dict() | {"unpaired": self.unpaired, "p_value": self.p_value} | self.parameters

    def __str__(self) -> str:
        notes = [f"{name} = {value:.4g} {_UNITS[name]}" for name, value in self.parameters.items()]
        if self.p_value is not None:
            notes += [f"unpaired: {self.unpaired:.3g}, p = {self.p_value:.2g}"]
        return "; ".join([str(self.estimate), *notes])

    def __repr__(self) -> str:
        return f"<{self}>"


def train_distances(
    a: Spikes, b: Spikes, *, cost: float | None = None, tau: float | None = None, level: float = 0.95
) -> dict[str, PairedDistance]:
    """Four distances between paired spike trains, trial k of `a` with trial k of `b`: means over the pairs.

    `victor_purpura` and `van_rossum` are in units of spikes: one additional spike is a distance of 1. `isi_distance`
    and `spike_distance` lie between 0 and 1 and need no time scale. All are dimensionless, and 0 for equal trains;
    their formulas are given in `train_metrics`, whose functions compute the distance of each pair. Not to be confused
    with `isi_distances` between the distributions of the interspike intervals, which need no pairs.

    The interval is by trial on the log scale, see `by_trial`; with 20 pairs of Poisson trains that share half of their
    spikes, it covered 94 to 96 %. The p-value is that of a permutation test: the trains are paired at random 2000
    times, within at most 60 trials spread over all of them (fewer, down to 8, if they have more than 370 spikes). It is
    exact, up to 1/2001, if the trials are exchangeable and the two trains of a pair are independent. It requires at
    least 4 trials. Trains of independent runs are as far apart as unpaired ones even if their distributions are equal,
    so `unpaired` is the reference for these distances. For victor_purpura the computing time grows as the square of the
    number of spikes in a trial: 10 000 pairs of 50 spikes take one second, 100 pairs of 2000 spikes seven.

    Arguments:
        a, b: SpikeTrains of one window, with as many trials.
        cost: q of victor_purpura, 1/ms: a spike counts as shifted, not as one deleted and one inserted, up to a shift
            of 2/q. By default 1/tau.
        tau: time constant of van_rossum, ms. By default half of 1/rate of `a`, or half the window if `a` has no spike:
            two spikes then count as one shifted spike if they are less than the mean interspike interval apart.
        level: confidence level.

    Returns NAME -> PairedDistance. Exact up to rounding. Raises InputError for windows or numbers of trials that
    differ, for a cost or a tau that is not positive, and for a level outside (0, 0.9999].
    Source: Victor and Purpura, J. Neurophysiol. 76, 1310 (1996); van Rossum, Neural Comput. 13, 751 (2001);
    Kreuz et al., J. Neurophysiol. 109, 1457 (2013); Lehmann and Romano, Testing Statistical Hypotheses (2005), section
    15.2 (permutations).
    """
    level = confidence(level)
    a, b = (given(SpikeTrains, spikes) for spikes in (a, b))
    if (a.start, a.stop) != (b.start, b.stop):
        windows = f"[{a.start:g}, {a.stop:g}] and [{b.start:g}, {b.stop:g}] ms"
        raise InputError(f"the trains have different windows, {windows}", remedy="give trains of the same window")
    if a.n_trials != b.n_trials:
        fault = f"paired trains need the same number of trials, and there are {a.n_trials} and {b.n_trials}"
        raise InputError(fault, remedy="give as many trials of each")
    spikes = a.counts().sum()
    scale = float(a.n_trials * a.window / spikes) if spikes else a.window
    tau = scale / 2 if tau is None else real("tau", tau, above=0.0, unit="ms")
    cost = 1 / tau if cost is None else real("cost", cost, above=0.0, unit="1/ms")
    doubts = (*a.doubts, *b.doubts)
    a, b = padded(a), padded(b)
    of_pairs = _distances(a, b, cost, tau)
    unpaired, p = _matched_anew(a, b, cost, tau)
    columns = zip(of_pairs.T, unpaired, p, ({"cost": cost}, {"tau": tau}, {}, {}), strict=True)
    return {
        name: PairedDistance(_mean(name, distance, level).doubted(*doubts), *known)
        for name, (distance, *known) in zip(_NAMES, columns, strict=True)
    }


def _distances(a, b, cost, tau):
    """All distances of all pairs, shape (n_pairs, 4)."""
    found = victor_purpura_distance(a, b, cost), van_rossum_distance(a, b, tau), isi_and_spike_distance(a, b)
    return np.column_stack(found)


def _mean(name, distance, level):
    """Estimate of the mean over pairs."""
    sums = TrialSums({"distance": distance, "count": np.ones(len(distance))})
    quantity = Quantity(name, "1", LOG, "pairs of trials", 1)
    return by_trial(quantity, lambda s: s.distance / s.count, sums, level=level, unbias=False)


def _matched_anew(a, b, cost, tau):
    """(mean distance of trains of different trials, p-values), each of length 4."""
    n, spikes = len(a.count), a.time.shape[1] * b.time.shape[1]
    m = int(min(n, np.clip((_WORK / max(spikes, 1)) ** 0.5, *_MATCHED)))
    if m < 4:
        return [None] * 4, [None] * 4
    trial = np.linspace(0, n - 1, m).round().astype(int)
    first, second = np.repeat(trial, m), np.tile(trial, m)
    matrix = _distances(a.of(first), b.of(second), cost, tau).reshape(m, m, 4)
    paired = np.einsum("iik->k", matrix)
    rng = np.random.default_rng(_SEED)
    match = np.argsort(rng.random((_DRAWS, m)), axis=1)
    null = matrix[np.arange(m), match].sum(axis=1)
    p = (1 + np.sum(null <= paired * (1 + 1e-12), axis=0)) / (1 + _DRAWS)
    return ((matrix.sum(axis=(0, 1)) - paired) / (m * (m - 1))).tolist(), p.tolist()
