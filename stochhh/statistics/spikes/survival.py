"""How long the neuron stays silent after a spike: survival and hazard, with intervals cut by the window's end."""

import numpy as np

from ..cells import bin_of, rounding
from ..estimate import LOGIT, ROOT, Curve, Quantity, TrialSums, binned
from ..estimate.sums import GROUPS
from ..kinds import of_spikes
from ..places import points
from ..uncertainty import confidence, curve_by_trial

__all__ = ["isi_hazard", "isi_survival"]

_POINTS = 200
_BINS = 40
_PER_BIN = 8  # ISIs that end in a bin, at least
_NARROWEST = 1e-3  # of the median
_MOST = 2_000_000  # numbers by group of trials and cut interval, at most
_EITHER_WAY = 5  # trials with an ISI up to a point, and with one beyond, that its survival takes
_NONE = "there is no spike in the window"


@of_spikes
def isi_survival(spikes, x=None, level=0.95):
    """Probability that an interspike interval (ISI) lasts longer than x, by the product limit.

        S(x) = prod over ISIs y <= x of (1 - d(y) / r(y)),   d(y) ISIs that end at y, r(y) that last till y or longer

    Arguments:
        spikes: SpikeTrains.
        x: where, ms, from 0 up and increasing, shape (n_points,); None takes 200 points up to the longest ISI.
        level: confidence level of the intervals and of the simultaneous confidence band.

    Returns a Curve. Every spike in the window begins an interval; the one that the window's end cuts counts in r as
    long as it is seen, so long ISIs are not lost. The time before the first spike of a window is left out: it began
    nobody knows when. Beyond the longest of all, cut ones included, nothing is known. Consistent for a renewal train,
    where the cut is independent of the ISI that it cuts; with serially correlated ISIs right but for the dependence
    of the last ISI on those before. Exact at each x for any number of ISIs. Intervals by trial on the logit scale; a
    point has none unless five trials (all, if these are fewer) have an ISI up to it, and as many an interval that lasts
    longer. For where S is nearly 1 or 0 the sample that has such an ISI at all is one that has too many: with two
    trials the joint band of 100 points covered 73 to 87 % where 95 % is claimed. Measured with five, on Poisson, gamma
    and bursting trains and with a dead time: each point 95 to 96 %, the whole curve of 50 points 94 to 97 %, with 20
    and 50 trials of 50 spikes and 20 of 500 (`pytest -m slow -s tests/statistical/test_hard_curves.py -k survival`).
    Source: Kaplan and Meier, J. Am. Stat. Assoc. 53, 457 (1958); Gill, Z. Wahrscheinlichkeitstheorie 53, 97 (1980).
    """
    level = confidence(level)
    length, cut, trial = _intervals(spikes)
    if x is None:
        longest = length[~cut].max(initial=0.0)
        x = np.linspace(0, longest, _POINTS + 1)[1:] if longest > 0 else np.empty(0)
    x = _increasing("x", x)
    missing = {"level": level, "unit": "1", "x_name": "isi", "x_unit": "ms", "n": spikes.n_trials}
    if length.size == 0 or x.size == 0:
        return Curve.missing(
            "isi_survival", x, _NONE if length.size == 0 else "no positive interspike interval is complete", **missing
        )
    sums, support = _at_risk(length, cut, trial, x, spikes)
    longest = length.max() + rounding(spikes.stop)
    known = (x <= longest) | (length[~cut].max() >= length.max())  # then nothing lasts longer

    quantity = Quantity("isi_survival", "1", LOGIT, "spikes", 1, "nothing is known beyond the longest interval")
    return curve_by_trial(
        quantity, lambda s: np.where(known, _product_limit(s), np.nan), sums, x, level=level, x_name="isi",
        x_unit="ms", n_trials=spikes.n_trials, unbias=False, support=support,
        fewest=min(_EITHER_WAY, spikes.n_trials),
    )  # fmt: skip


def _at_risk(length, cut, trial, x, spikes):
    """(sums, support): what the product limit at x is made of; trials with an ISI up to x and with a longer one."""
    slack, ends = rounding(spikes.stop), np.unique(length[cut])
    ends = ends[np.append(np.diff(ends) > slack, True)]  # what rounding alone tells apart is one
    n_groups = int(np.clip(_MOST // max(ends.size, 1), 20, GROUPS))

    def beyond(edges):
        """Intervals that last longer than each edge."""
        cell = np.searchsorted(edges + slack, length)
        last_through = binned(trial, cell, spikes.n_trials, len(edges) + 1, groups=n_groups)
        return np.cumsum(last_through[:, ::-1], axis=1)[:, ::-1][:, 1:]

    leaving = binned(trial[cut], np.searchsorted(ends, length[cut]), spikes.n_trials, len(ends), groups=n_groups)
    all_of = binned(trial, np.zeros_like(trial), spikes.n_trials, 1, groups=n_groups)
    columns = {"begun": all_of, "beyond": beyond(x), "leaving": leaving, "staying": beyond(ends)}
    shortest, longest = np.full(spikes.n_trials, np.inf), np.zeros(spikes.n_trials)
    np.minimum.at(shortest, trial[~cut], length[~cut])
    np.maximum.at(longest, trial, length)
    reached = np.searchsorted(np.sort(shortest), x + slack, side="right")
    passed = spikes.n_trials - np.searchsorted(np.sort(longest), x + slack, side="right")
    of_x = np.searchsorted(ends, x + slack, side="right")  # cut intervals that end up to x
    return TrialSums(columns, of_x=of_x), np.minimum(reached, passed)


def _product_limit(s):
    """S(x) from the cut intervals: between two of them the product limit is a plain ratio of numbers at risk.

    S(x) = r(x+) / r(0) * prod over cut intervals u <= x of r(u) / (r(u) - c(u)),   c(u) that are cut at u
    """
    at_risk = s.staying + s.leaving
    factor = np.log(np.maximum(at_risk, 1) / np.maximum(s.staying, 1)) * (s.staying > 0)
    gained, cut = (
        np.insert(np.cumsum(column, axis=-1), 0, 0.0, axis=-1)[..., s.of_x] for column in (factor, s.leaving)
    )
    # where the longest of all are cut, they stay at risk for ever
    left = np.where(s.staying > 0, 0.0, s.leaving).max(axis=-1, keepdims=True, initial=0.0)
    some_ended = s.begun > s.beyond + cut  # else it is 1, without a rounding error
    return np.where(some_ended, np.maximum(s.beyond, left) / s.begun * np.exp(gained), 1.0)


@of_spikes
def isi_hazard(spikes, edges=None, level=0.95):
    """Rate at which the neuron spikes (1/ms) a given time after its last spike.

        h_j = d_j / E_j,   d_j ISIs that end in bin j, E_j the time that all intervals spend in it, cut ones too

    Arguments:
        spikes: SpikeTrains.
        edges: edges of the bins, ms, from 0 up and increasing; None takes bins that equal numbers of ISIs end in, at
            least eight if there are as many, 40 at most, and none narrower than a thousandth of the median.
        level: confidence level of the intervals and of the simultaneous confidence band.

    Returns a Curve at the middles of the bins. For a renewal train the hazard says all; a constant one is Poisson's.
    Exact for the mean of the hazard over the bin, weighted with the time spent there; an interval that the window
    cuts counts as long as it is seen. Intervals by trial on the root scale.
    Source: Cox and Isham, Point Processes (1980), section 2.2; occurrence/exposure: Aalen, Ann. Stat. 6, 701 (1978).
    """
    level = confidence(level)
    length, cut, trial = _intervals(spikes)
    if edges is None:
        edges = _bins(length[~cut])
    edges = _increasing("edges", edges)
    if edges.size < 2:
        reason = (
            _NONE if length.size == 0 else "fewer than two different interspike intervals are complete in the window"
        )
        labels = {"level": level, "unit": "1/ms", "x_name": "isi", "x_unit": "ms", "n": spikes.n_trials}
        return Curve.missing("isi_hazard", np.empty(0), reason, **labels)
    n_bins, width = len(edges) - 1, np.diff(edges)
    cell, slack = bin_of(length, edges, spikes.stop), rounding(spikes.stop)
    cell = np.where(np.abs(length - edges[-1]) <= slack, n_bins - 1, cell)  # the last bin is closed
    inside = (cell >= 0) & (cell < n_bins)
    ended = inside & ~cut
    deaths = binned(trial[ended], cell[ended], spikes.n_trials, n_bins)
    part = np.maximum(length[inside] - edges[cell[inside]], 0.0)
    exposure = binned(trial[inside], cell[inside], spikes.n_trials, n_bins, part)
    through = binned(trial, np.clip(cell + 1, 0, n_bins + 1), spikes.n_trials, n_bins + 2)
    beyond = np.cumsum(through[:, ::-1], axis=1)[:, ::-1][:, 2:]  # intervals that last through each bin
    quantity = Quantity("isi_hazard", "1/ms", ROOT, "spikes", 1, "no interspike interval is so long")
    return curve_by_trial(
        quantity, lambda s: s.ended / s.time, TrialSums({"ended": deaths, "time": exposure + beyond * width}),
        (edges[1:] + edges[:-1]) / 2, level=level, x_name="isi", x_unit="ms", n_trials=spikes.n_trials, unbias=False,
        support=np.sum(deaths > 0, axis=0),
    )  # fmt: skip


def _bins(ended):
    """Edges between which equal numbers of ISIs end, ms."""
    if ended.size == 0:
        return ended
    edges = np.quantile(ended, np.linspace(0, 1, int(np.clip(ended.size // _PER_BIN, 1, _BINS)) + 1))
    kept = [edges[0]]
    for edge in edges[1:]:
        if edge - kept[-1] > _NARROWEST * edges[len(edges) // 2]:
            kept.append(edge)
    return np.array([*kept[:-1], edges[-1]]) if len(kept) > 1 else edges[:1]


def _intervals(spikes):
    """(length, cut, trial) of the interval after each spike of the window; the last of a trial is cut by its end."""
    time, trial = spikes.time, spikes.trial
    last = np.append(trial[1:] != trial[:-1], True)[: time.size]
    following = np.append(time[1:], spikes.stop)[: time.size]
    return np.where(last, spikes.stop, following) - time, last, trial


def _increasing(name, x):
    return points(name, x, "an increasing sequence of times from 0 (ms)", at_least=0, fewest=0)
