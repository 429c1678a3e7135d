"""How far two spike trains lie apart, for many pairs at once: one train of each pair in `a`, the other in `b`."""

from typing import NamedTuple

import numpy as np

__all__ = ["Padded", "isi_and_spike_distance", "padded", "van_rossum_distance", "victor_purpura_distance"]

_BLOCK = 100_000  # spike slots at a time: they stay in the cache


class Padded(NamedTuple):
    """Trains of equal length in memory.

    Arguments:
        time: spike times, ms, shape (n_trains, most), ascending; behind the last spike inf.
        count: number of spikes of each train, shape (n_trains,).
        start, stop: the window, ms.
    """

    time: np.ndarray
    count: np.ndarray
    start: float
    stop: float

    def of(self, trains):
        """The trains of these numbers."""
        return self._replace(time=self.time[trains], count=self.count[trains])


def padded(spikes):
    """The trains of SpikeTrains inside their window, as Padded."""
    time, trial = spikes.time, spikes.trial
    count = spikes.counts()
    table = np.full((spikes.n_trials, count.max()), np.inf)
    table[trial, np.arange(time.size) - np.repeat(np.cumsum(count) - count, count)] = time
    return Padded(table, count, spikes.start, spikes.stop)


def _in_blocks(distance):
    """The same function, called for so few pairs at a time that they stay in the cache."""

    def whole(a, b, *parameters):
        n = max(1, _BLOCK // (1 + a.time.shape[1] + b.time.shape[1]))
        blocks = [slice(first, first + n) for first in range(0, len(a.count), n)]
        return np.concatenate([distance(a.of(block), b.of(block), *parameters) for block in blocks])

    whole.__doc__, whole.__name__ = distance.__doc__, distance.__name__
    return whole


@_in_blocks
def victor_purpura_distance(a, b, cost):
    """The least that it costs to turn one train into the other, shape (n_pairs,): pure numbers.

        G_ij = min(G_(i-1)j + 1, G_i(j-1) + 1, G_(i-1)(j-1) + q |a_i - b_j|),   G_i0 = i,   G_0j = j

    A spike added or taken away costs 1, one moved by dt costs q dt.

    Arguments:
        a, b: Padded, the trains k of both being a pair.
        cost: q, 1/ms.

    Exact. A metric. Source: Victor and Purpura, J. Neurophysiol. 76, 1310 (1996).
    """
    step = np.arange(b.time.shape[1] + 1.0)
    G = np.tile(step, (len(a.count), 1))
    found = b.count.astype(float)  # of the trains a without a spike
    # behind the last spike anything will do: nothing that is read depends on it
    there, here = (np.where(np.isfinite(train.time), train.time, 0.0) for train in (a, b))
    for i in range(1, there.shape[1] + 1):
        row = np.full_like(G, i)
        np.minimum(G[:, 1:] + 1.0, G[:, :-1] + cost * np.abs(there[:, i - 1, None] - here), out=row[:, 1:])
        G = np.minimum.accumulate(row - step, axis=1) + step  # the least of row_k + (j - k), k <= j
        last = a.count == i
        found[last] = G[last, b.count[last]]
    return found


@_in_blocks
def van_rossum_distance(a, b, tau):
    """The distance of the trains as sums of exponentials, shape (n_pairs,): pure numbers.

        d^2 = (2/tau) integral_0^inf (f_a - f_b)^2 dt,   f(t) = sum over spikes t_k <= t of exp(-(t - t_k)/tau)

    A spike more is a distance of 1, and two spikes dt apart one of sqrt(2 (1 - exp(-dt/tau))): sqrt(2) times what
    van Rossum defines, as in Elephant.

    Arguments:
        a, b: Padded, the trains k of both being a pair.
        tau: ms.

    Exact: the exponentials run on beyond the window. A metric. Source: van Rossum, Neural Comput. 13, 751 (2001).
    """
    time, sign = _merged(a, b)
    with np.errstate(invalid="ignore"):  # inf - inf behind the last spike
        gap = np.where(sign == 0, 0.0, np.diff(time, axis=1, append=np.inf))
    decay, lost = np.exp(-gap / tau), -np.expm1(-2 * gap / tau)
    height, square = np.zeros(len(time)), np.zeros(len(time))
    for k in range(time.shape[1]):
        height += sign[:, k]
        square += height**2 * lost[:, k]
        height *= decay[:, k]
    return np.sqrt(square)


@_in_blocks
def isi_and_spike_distance(a, b):
    """ISI-distance and SPIKE-distance, shape (n_pairs, 2): pure numbers from 0 to 1.

        ISI-distance = (1/T) integral |x_a - x_b| / max(x_a, x_b) dt
        SPIKE-distance = (1/T) integral (S_a x_b + S_b x_a) / (2 m^2) dt,   m = (x_a + x_b) / 2
        S_a = (d_p (t_f - t) + d_f (t - t_p)) / x_a

    x(t) is the interspike interval from t_p to t_f that t lies in; d_p and d_f are the distances of these two spikes
    to the nearest one of the other train. The edges are PySpike's: before the first spike, and behind the last, x is
    the time to the edge or the next interval of the train, whichever is longer, and d that of the spike; a spike may
    lie nearest to the auxiliary one that ends such an interval; an empty train has a spike at each edge, and so has a
    lone one at the start. Spikes of one train at one time count once.

    Arguments:
        a, b: Padded, the trains k of both being a pair.

    Exact. Source: Kreuz, Chicharro, Houghton, Andrzejak and Mormann, J. Neurophysiol. 109, 1457 (2013);
    Mulansky and Kreuz, SoftwareX 5, 183 (2016) (PySpike).
    """
    a, b = _edged(a), _edged(b)
    time, sign = _merged(a, b)
    time = np.insert(np.minimum(time, a.stop), 0, a.start, axis=1)
    length = np.diff(time, axis=1, append=a.stop)
    passed = [np.insert(np.cumsum(sign == s, axis=1), 0, 0, axis=1) for s in (1, -1)]
    middle = time + length / 2  # S is linear between two spikes: its mean is that of the middle
    x, S_a = _within(a, _nearest(a, b, sign == 1, passed[1]), passed[0], middle)
    y, S_b = _within(b, _nearest(b, a, sign == -1, passed[0]), passed[1], middle)
    with np.errstate(invalid="ignore"):  # 0/0 where a spike on the edge leaves an interval without length
        profiles = np.abs(x - y) / np.maximum(x, y), 2 * (S_a * y + S_b * x) / (x + y) ** 2
    parts = [np.sum(length * profile, axis=1, where=length > 0) for profile in profiles]
    return np.stack(parts, axis=1) / (a.stop - a.start)


def _merged(a, b):
    """(time, sign) of the spikes of both trains in order, shape (n_pairs, most): sign 1 for a, -1 for b, 0 behind."""
    time = np.concatenate([a.time, b.time], axis=1)
    order = np.argsort(time, axis=1, kind="stable")
    time = np.take_along_axis(time, order, axis=1)
    return time, np.where(np.isfinite(time), np.where(order < a.time.shape[1], 1, -1), 0)


def _edged(trains):
    """The trains without spikes that occur twice, and with one at each edge if there is none, or one at the start."""
    start, stop = trains.start, trains.stop
    time = np.pad(trains.time, ((0, 0), (0, 2)), constant_values=np.inf)
    with np.errstate(invalid="ignore"):
        twice = np.diff(time, axis=1) == 0
    if twice.any():
        time[:, 1:][twice] = np.inf
        time.sort(axis=1)
    bare = ((time <= start) | np.isinf(time)).all(axis=1)
    time[bare, :2] = start, stop
    return Padded(time, np.isfinite(time).sum(axis=1), start, stop)


def _knots(trains):
    """The spikes with the auxiliary ones that end the first and the last interval, shape (n_trains, most + 2)."""
    time, count = trains.time, trains.count
    rows, several = np.arange(len(count)), count > 1
    first, last = time[:, 0], time[rows, count - 1]
    second, before = time[:, 1], time[rows, count - 2]
    knots = np.pad(time, ((0, 0), (1, 1)), constant_values=np.inf)
    knots[:, 0] = np.where(several, np.minimum(trains.start, 2 * first - second), trains.start)
    knots[rows, count + 1] = np.where(several, np.maximum(trains.stop, 2 * last - before), trains.stop)
    return knots


def _nearest(train, other, mine, passed):
    """Distance of each knot of `train` to the nearest of `other`, those of the edges being their neighbours'.

    Arguments:
        mine: which of the merged spikes are those of `train`, shape (n_pairs, most).
        passed: how many of `other` lie before each interval of the merged spikes, shape (n_pairs, most + 1).
    """
    knots, pair, index = _knots(other), np.nonzero(mine)[0], passed[:, 1:][mine]
    spike = np.isfinite(train.time)
    time = train.time[spike]
    distance = np.zeros((len(spike), spike.shape[1] + 2))
    distance[:, 1:-1][spike] = np.minimum(time - knots[pair, index], knots[pair, index + 1] - time)
    distance[:, 0] = distance[:, 1]
    rows = np.arange(len(train.count))
    distance[rows, train.count + 1] = distance[rows, train.count]
    return distance


def _within(train, distance, passed, time):
    """(x, S): the interspike interval that each time lies in, and S there, both of shape (n_pairs, most + 1)."""
    knots = _knots(train)
    before, after = (np.take_along_axis(knots, passed + k, axis=1) for k in (0, 1))
    d_before, d_after = (np.take_along_axis(distance, passed + k, axis=1) for k in (0, 1))
    x = after - before
    with np.errstate(invalid="ignore", divide="ignore"):
        return x, (d_before * (after - time) + d_after * (time - before)) / x
