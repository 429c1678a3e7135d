"""Results that were observed in different windows: which of their statistics can be compared."""

from dataclasses import replace

import numpy as np

from ...trial_windows import DifferentWindowsError, is_common
from ..estimate import Estimate
from .differences import Difference
from .distance import Distance

__all__ = ["incomparable", "same_lengths", "same_windows", "windows_apart", "without_difference", "without_distances"]


def same_windows(a, b):
    """Whether two SpikeTrains have the same window, or the same ones trial by trial."""
    if is_common(a.windows) and is_common(b.windows):
        return bool(np.all(a.windows[0] == b.windows[0]))
    return np.array_equal(a.windows, b.windows)


def same_lengths(a, b):
    """Whether the windows of two SpikeTrains have the same length, or the same lengths in any order, up to rounding."""
    lengths = [np.sort(spikes.durations) for spikes in (a, b)]
    if all(np.ptp(of) == 0 for of in lengths):
        lengths = [of[:1] for of in lengths]
    rounding = 1e-12 * max(a.largest_time, b.largest_time)
    return lengths[0].shape == lengths[1].shape and bool(np.all(np.abs(lengths[0] - lengths[1]) <= rounding))


def windows_apart(a, b):
    """The windows of two SpikeTrains, in words."""
    return " and ".join(map(_shown, (a, b)))


def _shown(spikes):
    if is_common(spikes.windows):
        return f"[{spikes.start:g}, {spikes.stop:g}] ms"
    return f"{spikes.durations.min():g} to {spikes.durations.max():g} ms long"


def incomparable(statistics, a, b):
    """NAME -> why a statistic of spikes cannot be compared between SpikeTrains of different windows; of those alone.

    These are the statistics that refuse trials of both windows together, since they depend on the window, like the Fano
    factor on its length.
    """
    if same_windows(a, b):
        return {}
    together = replace(
        a,
        time=np.concatenate([a.time, b.time]),
        trial=np.concatenate([a.trial, b.trial + a.n_trials]),
        n_trials=a.n_trials + b.n_trials,
        windows=np.concatenate([a.windows, b.windows]),
        transient=(np.empty(0), np.empty(0, np.int64)),
    )
    reason = f"it depends on the window, and the windows differ, {windows_apart(a, b)}"
    return {name: reason for name, statistic in statistics.items() if _depends_on_windows(statistic, together)}


def _depends_on_windows(statistic, spikes):
    if statistic.data != "spikes":
        return False
    try:
        statistic.sums_of(spikes)
    except DifferentWindowsError:
        return True
    return False


def without_difference(a, b, margin, reason):
    """(Difference, Estimate of the ratio) of two Estimates that cannot be compared, with the reason."""
    known = {"level": a.level, "n": min(a.n, b.n)}
    missing = Estimate.missing(a.name, reason, unit=a.unit, **known)
    relative = margin.size if margin.relative else None
    undecided = Difference(missing, margin.at(a.value), "undecided", relative=relative)
    return undecided, Estimate.missing(a.name, reason, unit="1", **known)


def without_distances(distances, reason):
    """NAME -> Distance, the same ones without a value, with the reason."""
    found = {name: distance.estimate for name, distance in distances.items()}
    return {
        name: Distance(Estimate.missing(name, reason, level=e.level, unit=e.unit, n=e.n)) for name, e in found.items()
    }
