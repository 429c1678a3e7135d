"""How far paired spike trains lie apart: trial k of one result and trial k of the other, under the same input, say."""

from dataclasses import dataclass, field

import numpy as np

from ...errors import InputError, real
from ...spike_trains import SpikeTrains
from ..estimate import LOG, Estimate, Quantity, TrialSums
from ..kinds import given
from ..uncertainty import by_trial, confidence
from .train_metrics import isi_and_spike_distance, padded, van_rossum_distance, victor_purpura_distance

__all__ = ["PairedDistance", "train_distances"]

_MATCHED = (8, 60)  # trials, at least and at most, that are matched anew: each with each
_WORK = 5e8  # pairs of spikes that this may take: some seconds
_DRAWS = 2000
_SEED = 0  # fixed: the same data give the same p-value
_UNITS = {"cost": "/ ms", "tau": "ms"}
_NAMES = ("victor_purpura", "van_rossum", "isi_distance", "spike_distance")


@dataclass(frozen=True)
class PairedDistance:
    """The mean distance of paired spike trains, with what unpaired ones would show.

    Arguments:
        estimate: Estimate of the mean distance of the trains of one trial.
        unpaired: mean distance of the trains of different trials; or None.
        p_value: probability that trains matched at random lie so close; large where the pairs have nothing in common;
            or None.
        parameters: "cost" (1/ms) or "tau" (ms), where the distance has one, and its value.
    """

    estimate: Estimate
    unpaired: float | None = None
    p_value: float | None = None
    parameters: dict = field(default_factory=dict)

    def as_dict(self):
        """The form of the JSON contract: that of the estimate, unpaired, p_value, and cost or tau."""
        return self.estimate.as_dict() | {"unpaired": self.unpaired, "p_value": self.p_value} | self.parameters

    def __str__(self):
        notes = [f"{name} = {value:.4g} {_UNITS[name]}" for name, value in self.parameters.items()]
        if self.p_value is not None:
            notes += [f"unpaired: {self.unpaired:.3g}, p = {self.p_value:.2g}"]
        return "; ".join([str(self.estimate), *notes])


def train_distances(a, b, *, cost=None, tau=None, level=0.95):
    """Four distances of spike trains that are paired, trial k of `a` with trial k of `b`: means over the pairs.

    `victor_purpura` and `van_rossum` count spikes: one more is a distance of 1. `isi_distance` and `spike_distance` lie
    between 0 and 1 and need no time scale. All are 0 for equal trains, and pure numbers; their formulas stand in
    `train_metrics`, whose functions give the distance of each pair. Not to be confused with `isi_distances`, of the
    laws of the interspike intervals, which needs no pairs.

    The interval is by trial on the log scale, see `by_trial`; with 20 pairs of Poisson trains, half of their spikes in
    common, it covered 94 to 96 %. The p-value is that of matching the trains anew, 2000 times, within at most 60 trials
    spread over all (fewer, down to 8, of more than 370 spikes): exact, up to 1/2001, if the trials are exchangeable and
    those of one pair independent. It takes 4 trials. Trains of independent runs lie as far apart as unpaired ones,
    however equal their laws, so `unpaired` is the scale that these distances are read on. The time goes like the
    square of the spikes of a trial, for victor_purpura: 10 000 pairs of 50 spikes take a second, 100 of 2000 seven.

    Arguments:
        a, b: SpikeTrains of one window, with as many trials.
        cost: q of victor_purpura, 1/ms: a spike counts as moved, not as lost and another found, up to 2/q. By default
            1/tau.
        tau: time constant of van_rossum, ms. By default half of 1/rate of `a`, half the window if it has no spike: so
            two spikes are one that moved if they lie within the mean interspike interval.
        level: confidence level.

    Returns NAME -> PairedDistance. Exact, but for rounding. Raises InputError for windows or numbers of trials that
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
