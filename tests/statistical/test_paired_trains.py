"""Distances of paired trains on Poisson trains: the exact mean, the level of the p-value, and the coverage."""

import numpy as np
import pytest
from budget import Disagreement, check_mean, check_proportion, check_proportion_between
from trains import groups, poisson

from stochhh.spike_trains import SpikeTrains
from stochhh.statistics import train_distances
from stochhh.statistics.compare.train_metrics import padded, van_rossum_distance

NAMES = ("victor_purpura", "van_rossum", "isi_distance", "spike_distance")


def pairs(rng, n, spikes=20, common=0.0):
    """(a, b): trains of Poisson processes that have a part `common` of their spikes in common."""
    parts = [poisson().trains(rng, n, spikes) for _ in range(3)]
    thinned = [thin(rng, part, keep) for part, keep in zip(parts, (common, 1 - common, 1 - common), strict=True)]
    return merged(thinned[0], thinned[1]), merged(thinned[0], thinned[2])


def thin(rng, spikes, keep):
    kept = rng.random(spikes.time.size) < keep
    return SpikeTrains(spikes.time[kept], spikes.trial[kept], spikes.n_trials, spikes.start, spikes.stop)


def merged(a, b):
    time, trial = np.concatenate([a.time, b.time]), np.concatenate([a.trial, b.trial])
    order = np.lexsort((time, trial))
    return SpikeTrains(time[order], trial[order], a.n_trials, a.start, a.stop)


def test_van_rossum_of_independent_poisson_trains():
    """<d^2> = 2 r T, the tails included, by Campbell's theorem; a tenth too much is seen."""
    rng = np.random.default_rng(31)
    a, b = pairs(rng, 8000)
    lost = padded(thin(rng, a, 0.8)), padded(thin(rng, b, 0.8))
    for tau in (1.0, 10.0, 100.0):
        check_mean(van_rossum_distance(padded(a), padded(b), tau) ** 2 / 40, 1.0, sees=0.1, what="d^2 over 2 r T")
        with pytest.raises(Disagreement):
            check_mean(van_rossum_distance(*lost, tau) ** 2 / 40, 1.0, what="a fifth of the spikes lost")


def p_values(rng, repeats, common):
    a, b = pairs(rng, 20 * repeats, common=common)
    found = [train_distances(x, y) for x, y in zip(groups(a, 20), groups(b, 20), strict=True)]
    return np.array([[entry[name].p_value for name in NAMES] for entry in found])


@pytest.mark.slow
def test_the_p_value_keeps_its_level():
    p = p_values(np.random.default_rng(32), 400, common=0.0)
    for name, column in zip(NAMES, p.T, strict=True):
        print(f"{name}: {np.mean(column <= 0.05):.3f} below 0.05")
        check_proportion(np.sum(column <= 0.05), len(column), 0.05, sees=0.12, what=f"{name}, 5 % level")
    planted = p_values(np.random.default_rng(33), 100, common=0.2)
    for column in planted.T:
        with pytest.raises(Disagreement):
            check_proportion(np.sum(column <= 0.05), len(column), 0.05, what="a fifth of the spikes in common")


@pytest.mark.slow
def test_coverage_of_the_mean_distance():
    """20 pairs; the truth from 40 000, which is known fifty times better than each interval."""
    options = {"cost": 0.2, "tau": 5.0}
    rng, repeats = np.random.default_rng(34), 500
    truth = train_distances(*pairs(rng, 40_000, common=0.5), **options)
    a, b = pairs(rng, 20 * repeats, common=0.5)
    found = [train_distances(x, y, **options) for x, y in zip(groups(a, 20), groups(b, 20), strict=True)]
    for name in NAMES:
        true = truth[name].estimate.value
        estimates = [entry[name].estimate for entry in found]
        held = sum(e.low <= true <= e.high for e in estimates)
        print(f"{name}: covered {held / repeats:.3f}")
        check_proportion_between(held, repeats, 0.93, 0.97, sees=0.08, what=f"coverage of {name}")
        halved = sum(abs(e.value - true) <= (e.high - e.low) / 4 for e in estimates)
        with pytest.raises(Disagreement):
            check_proportion_between(halved, repeats, 0.93, 0.97, what="intervals of half the width")
