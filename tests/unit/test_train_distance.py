"""Distances of paired trains: exact cases, the axioms of a metric, and the definitions written out slowly.

Would catch: pairs that are mixed up, an edge left out, a distance that is not symmetric, a spike too many in the sum,
a null that keeps the pairs together.
"""

import json
import math
from itertools import pairwise

import numpy as np
import pytest

from stochhh import compare
from stochhh.errors import InputError
from stochhh.spike_trains import SpikeTrains
from stochhh.statistics import train_distances
from stochhh.statistics.compare.train_metrics import (
    isi_and_spike_distance,
    padded,
    van_rossum_distance,
    victor_purpura_distance,
)

NAMES = ["victor_purpura", "van_rossum", "isi_distance", "spike_distance"]
WINDOW = (100.0, 200.0)
COST, TAU = 0.2, 7.0


def trains(*of_trials, window=WINDOW):
    time = np.concatenate([np.asarray(t, float) for t in of_trials])
    return SpikeTrains(time, np.repeat(np.arange(len(of_trials)), [len(t) for t in of_trials]), len(of_trials), *window)


def some(seed, n=40, mean=6):
    """Trains with 0 to about 15 spikes, on a grid of 5 ms every other time, so that some coincide."""
    rng = np.random.default_rng(seed)
    times = [np.sort(rng.uniform(*WINDOW, rng.poisson(mean * (k % 3) / 2))) for k in range(n)]
    return trains(*[np.unique(5 * np.round(t / 5)) if k % 2 else t for k, t in enumerate(times)])


def distances(a, b):
    """All four of each pair, shape (n_pairs, 4)."""
    a, b = padded(a), padded(b)
    found = victor_purpura_distance(a, b, COST), van_rossum_distance(a, b, TAU), isi_and_spike_distance(a, b)
    return np.column_stack(found)


def test_equal_trains_lie_at_no_distance():
    assert np.all(distances(some(1), some(1)) == 0.0)


def test_no_spike_against_some():
    shift = 2 * math.exp(-3 / TAU) + 2 * math.exp(-9 / TAU) + 2 * math.exp(-6 / TAU)
    there, back = (distances(trains(*pair), trains(*pair[::-1])) for pair in (([], [110, 113, 119]), ([], [150])))
    assert there[:, 0].tolist() == [3, 3] and back[:, 0].tolist() == [1, 1]
    assert there[:, 1] == pytest.approx([(3 + shift) ** 0.5] * 2, rel=1e-14)
    assert back[:, 1].tolist() == [1, 1]


@pytest.mark.parametrize("shift", [0.0, 0.5, 3.0, 9.0, 10.0, 11.0, 60.0])
def test_one_spike_moved(shift):
    vp, vr, isi, spike = distances(trains([120.0]), trains([120.0 + shift]))[0]
    assert vp == pytest.approx(min(2.0, COST * shift), rel=1e-14)
    assert vr == pytest.approx((2 * (1 - math.exp(-shift / TAU))) ** 0.5, rel=1e-13)
    # ISIs: before the spikes 20 and 20 + shift, between them 80 and 20 + shift, behind them 80 and 80 - shift
    early, between, late = 1 - 20 / (20 + shift), abs(60 - shift) / max(80, 20 + shift), 1 - (80 - shift) / 80
    assert isi == pytest.approx((20 * early + shift * between + (80 - shift) * late) / 100, rel=1e-13, abs=1e-15)
    assert spike >= 0


def test_a_spike_more_costs_one():
    a = some(3)
    time, trial = np.append(a.time, 157.3), np.append(a.trial, 4)
    order = np.lexsort((time, trial))
    more = SpikeTrains(time[order], trial[order], a.n_trials, *WINDOW)
    expected = np.zeros(a.n_trials)
    expected[4] = 1.0
    assert distances(a, more)[:, 0] == pytest.approx(expected, abs=1e-13)
    assert distances(a, more)[:, 1] == pytest.approx(expected, abs=1e-13)


def test_limits_of_the_parameters():
    """A move for nothing counts the spikes, one that costs all loses and finds them; so does tau, long and short."""
    a, b = padded(some(4)), padded(some(5))
    both = [len(np.intersect1d(x[np.isfinite(x)], y[np.isfinite(y)])) for x, y in zip(a.time, b.time, strict=True)]
    alone = a.count + b.count - 2 * np.array(both)
    assert victor_purpura_distance(a, b, 1e-12) == pytest.approx(np.abs(a.count - b.count), abs=1e-8)
    assert victor_purpura_distance(a, b, 1e9) == pytest.approx(alone)
    assert van_rossum_distance(a, b, 1e12) == pytest.approx(np.abs(a.count - b.count), abs=1e-4)
    assert van_rossum_distance(a, b, 1e-9) == pytest.approx(alone**0.5)


def test_symmetry_and_the_triangle():
    a, b, c = (some(seed, n=200) for seed in (6, 7, 8))
    ab, bc, ac = distances(a, b), distances(b, c), distances(a, c)
    assert distances(b, a) == pytest.approx(ab, rel=1e-12)
    assert np.all(ac[:, :2] <= ab[:, :2] + bc[:, :2] + 1e-12)
    assert np.all((ab[:, 2:] >= 0) & (ab[:, 2:] <= 1))


def test_it_matters_neither_where_the_window_lies_nor_in_what_unit():
    a, b = some(9), some(10)
    moved = [
        padded(SpikeTrains(3 * (s.time - 100) + 4096, s.trial, s.n_trials, 4096.0, 4396.0)) for s in (a, b)
    ]  # fmt: skip
    found = (
        victor_purpura_distance(*moved, COST / 3), van_rossum_distance(*moved, 3 * TAU), isi_and_spike_distance(*moved),
    )  # fmt: skip
    assert np.column_stack(found) == pytest.approx(distances(a, b), rel=1e-10, abs=1e-12)


def test_a_spike_that_occurs_twice_is_one_to_intervals_and_two_to_counts():
    a, b = trains([110, 110, 150, 180, 180], []), trains([110, 150, 180], [120, 120])
    twice, none = distances(a, b)
    assert twice == pytest.approx([2.0, (2 + 2 * math.exp(-70 / TAU)) ** 0.5, 0.0, 0.0], abs=1e-12)
    assert none[[0, 1]] == pytest.approx([2.0, 2.0])
    assert none[[2, 3]] == pytest.approx(distances(trains([]), trains([120]))[0, [2, 3]])


def test_spikes_before_the_window_do_not_count():
    late = trains([5.0, 110.0, 150.0], [120.0])
    assert np.all(distances(late, trains([110.0, 150.0], [60.0, 120.0])) == 0.0)


def slow(x, y, start, stop):
    """The four distances of two trains by their definitions."""
    G = np.add.outer(np.arange(len(x) + 1.0), np.arange(len(y) + 1.0))
    for i in range(len(x)):
        for j in range(len(y)):
            G[i + 1, j + 1] = min(G[i, j + 1] + 1, G[i + 1, j] + 1, G[i, j] + COST * abs(x[i] - y[j]))
    inner = [np.sum(np.exp(-np.abs(np.subtract.outer(s, t)) / TAU)) for s, t in ((x, x), (y, y), (x, y))]
    x, y = (np.array([start, stop]) if len(t) == 0 else t for t in (x, y))
    knots = [edges(x, start, stop), edges(y, start, stop)]
    times = np.unique(np.concatenate([[start, stop], x, y]))
    isi = spike = 0.0
    for left, right in pairwise(times):
        middle = (left + right) / 2
        (u, s), (v, r) = (within(knots[k], knots[1 - k], middle) for k in (0, 1))
        isi += (right - left) * abs(u - v) / max(u, v)
        spike += (right - left) * (s * v + r * u) / (2 * ((u + v) / 2) ** 2)
    lengths = stop - start
    return G[-1, -1], max(inner[0] + inner[1] - 2 * inner[2], 0.0) ** 0.5, isi / lengths, spike / lengths


def edges(t, start, stop):
    """The spikes with an auxiliary one on either side."""
    if len(t) == 1:
        return np.array([start, t[0], stop])
    return np.array([min(start, 2 * t[0] - t[1]), *t, max(stop, 2 * t[-1] - t[-2])])


def within(mine, other, time):
    """(ISI, S) at a time between two knots."""
    k = np.searchsorted(mine, time) - 1
    nearest = [np.min(np.abs(other - mine[i])) for i in (max(k, 1), min(k + 1, len(mine) - 2))]
    x = mine[k + 1] - mine[k]
    return x, (nearest[0] * (mine[k + 1] - time) + nearest[1] * (time - mine[k])) / x


def test_against_the_definitions():
    a, b = some(11, n=60), some(12, n=60)
    expected = [slow(a.of(k), b.of(k), *WINDOW) for k in range(60)]
    assert distances(a, b) == pytest.approx(np.array(expected), rel=1e-6, abs=1e-12)  # rounding under the root
    assert distances(a, b)[:, [0, 2, 3]] == pytest.approx(np.array(expected)[:, [0, 2, 3]], rel=1e-12, abs=1e-13)


def test_means_over_the_pairs():
    a, b = some(13), some(14)
    found, each = train_distances(a, b, cost=COST, tau=TAU), distances(a, b)
    assert list(found) == NAMES
    for name, column in zip(NAMES, each.T, strict=True):
        estimate = found[name].estimate
        assert estimate.value == pytest.approx(column.mean(), rel=1e-12)
        assert estimate.low < estimate.value < estimate.high and (estimate.n, estimate.unit) == (40, "1")
    assert (found["victor_purpura"].parameters, found["van_rossum"].parameters) == ({"cost": COST}, {"tau": TAU})
    assert str(found["van_rossum"]).count("tau = 7 ms; unpaired: ") == 1


def test_unpaired_trains_by_hand():
    a, b = some(15, n=5), some(16, n=5)
    others = [distances(a, shifted(b, k)).sum(axis=0) for k in range(1, 5)]
    found = train_distances(a, b, cost=COST, tau=TAU)
    assert [entry.unpaired for entry in found.values()] == pytest.approx(np.sum(others, axis=0) / 20, rel=1e-12)


def shifted(spikes, k):
    """Trial i takes the train of trial i + k."""
    n = spikes.n_trials
    return trains(*[spikes.of((i + k) % n) for i in range(n)])


def test_pairs_are_known_from_strangers():
    rng = np.random.default_rng(17)
    a = trains(*[np.sort(rng.uniform(*WINDOW, 9)) for _ in range(80)])
    near = trains(*[np.clip(np.sort(a.of(k) + rng.normal(0, 1, 9)), *WINDOW) for k in range(80)])
    for pair, strangers in zip(*(train_distances(a, b).values() for b in (near, shifted(near, 1))), strict=True):
        assert pair.p_value == 1 / 2001 and pair.estimate.high < 0.7 * pair.unpaired
        assert strangers.unpaired == pytest.approx(pair.unpaired, rel=0.05)
        assert strangers.estimate.value == pytest.approx(pair.unpaired, rel=0.1)


def test_the_time_scale_is_the_references():
    a, b = trains([110, 120], [130, 140]), trains([110], [120])  # 4 spikes in 200 ms
    found = train_distances(a, b)
    assert found["van_rossum"].parameters == {"tau": 25.0} and found["victor_purpura"].parameters == {"cost": 0.04}
    silent = train_distances(trains([], []), trains([], []))
    assert silent["van_rossum"].parameters == {"tau": 50.0}
    assert [entry.estimate.value for entry in silent.values()] == [0.0] * 4
    assert silent["van_rossum"].p_value is None


def test_refusals():
    a = some(19)
    for other, options, said in (
        (some(20, n=39), {}, "there are 40 and 39"),
        (SpikeTrains(a.time, a.trial, 40, 50.0, 200.0), {}, "different windows"),
        (a, {"tau": 0}, r"tau = 0 is not allowed: .* \(ms\)"),
        (a, {"cost": -1.0}, r"cost = -1.0 is not allowed: .* \(1/ms\)"),
        (a, {"level": 1.0}, "level = 1.0"),
    ):
        with pytest.raises(InputError, match=said):
            train_distances(a, other, **options)


def test_compare_takes_pairs():
    a, b, c = some(21), some(22), some(23)
    plain, paired = compare(a, b), compare(a, b, paired=True)
    assert list(paired.distance) == list(plain.distance) + NAMES
    assert paired.paired and not plain.paired
    assert all(
        d.estimate.value == pytest.approx(plain.difference[k].estimate.value, rel=1e-6)
        for k, d in paired.difference.items()
        if d.estimate.value is not None
    )
    assert paired.distance["isi_ks"] == plain.distance["isi_ks"]
    assert "Distances between paired spike trains" in str(paired) and "paired" not in str(plain)
    said = json.loads(json.dumps(paired.as_dict(), allow_nan=False))["distance"]["van_rossum"]
    assert set(said) == {"value", "low", "high", "level", "unit", "unpaired", "p_value", "tau"}
    three = compare(a, b, c, paired=True, labels=["a", "b", "c"])
    assert three["b"].distance["van_rossum"] == paired.distance["van_rossum"]
    assert three["c"].distance["van_rossum"].parameters == paired.distance["van_rossum"].parameters
    with pytest.raises(InputError, match="as many trials"):
        compare(a, some(22, n=39), paired=True)
