"""Bands and distances on what is hard for them: rare events, very many intervals, a largest difference attained twice.

`pytest -m slow -s tests/statistical/test_hard_curves.py` prints what was measured.
"""

import numpy as np
import pytest
from budget import Disagreement, check_proportion_between
from more_trains import hawkes, of_isi, skips, switching
from scipy import stats
from test_comparison_power import NAMES, true_distances
from trains import bursting, dead_time, gamma, groups

from stochhh import statistics as st
from stochhh.statistics.compare.distance import isi_distances

WINDOW = 500.0  # ms
RENEWAL = [skips(10, 0.3, 0.03), skips(25, 0.5, 0.06), skips(10, 0.01, 0.005), skips(8, 0.2, 0.1)]
MEMORY = [switching(20, 180, 100, 100), switching(50, 300, 150, 38), switching(5, 150, 40, 120), hawkes(0.6, 10.0)]


def held(process, truth, n_trials, repeats, seed, curve=st.serial_correlation, size=WINDOW):
    """(part of points, number of whole curves) that intervals and bands held, and number of curves that had some."""
    alone, joint, given = 0.0, 0, 0
    for first in range(0, repeats, 200):
        n = min(200, repeats - first)
        trains = process.trains(np.random.default_rng([seed, first]), n * n_trials, size)
        for spikes in groups(trains, n_trials):
            found = curve(spikes)
            known = np.isfinite(found.joint_low)
            if not known.any():
                continue
            given += 1
            alone += np.mean(((found.low <= truth) & (truth <= found.high))[known])
            joint += bool(np.all(((found.joint_low <= truth) & (truth <= found.joint_high))[known]))
    return alone, joint, given


def report(name, n_trials, alone, joint, given, most):
    """Prints, and checks that intervals and bands hold; the points of a curve count as one of them."""
    print(f"{name:<42} {n_trials} trials  each point {alone / given:.3f}, whole curve {joint / given:.3f} of {given}")
    check_proportion_between(joint, given, 0.93, most, sees=0.03, what=f"band of {name}")
    check_proportion_between(round(alone), given, 0.93, most, sees=0.03, what=f"points of {name}")


# Serial correlation


def test_rare_events_that_a_sample_lacks_are_reckoned_with():
    alone, joint, given = held(RENEWAL[0], 0.0, 20, 80, 201)
    assert given == 80
    check_proportion_between(joint, 80, 0.93, 1.0, sees=0.25, what="band")
    check_proportion_between(round(alone), 80, 0.93, 1.0, sees=0.25, what="points")


def test_the_spread_between_trials_alone_is_seen(monkeypatch):
    """Fault: no least error."""
    monkeypatch.setattr("stochhh.statistics.spikes.serial._least_error", lambda _, n_pairs, first: 0.0 * n_pairs)
    _, joint, _ = held(RENEWAL[0], 0.0, 20, 80, 201)
    with pytest.raises(Disagreement):
        check_proportion_between(joint, 80, 0.93, 1.0, sees=0.25, what="band")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("process", "n_trials"),
    [*zip(RENEWAL + MEMORY, 4 * (20, 50), strict=True)],
    ids=lambda value: getattr(value, "name", None),
)
def test_coverage_of_serial_correlations(process, n_trials):
    truth, repeats = np.zeros(5), 2800
    if process in MEMORY:
        truth = st.serial_correlation(process.trains(np.random.default_rng(202), 400, 30_000.0)).value
    report(process.name, n_trials, *held(process, truth, n_trials, repeats, 203), most=1.0)


# Survival of many intervals


def hyperexponential(x, short=0.8, ratio=15.0):
    small = 10 / (short + (1 - short) * ratio)
    return short * np.exp(-x / small) + (1 - short) * np.exp(-x / small / ratio)


SURVIVAL = {
    "Poisson": (gamma(1), stats.expon(0, 10).sf, 60.0),
    "gamma": (gamma(4), stats.gamma(4, scale=2.5).sf, 25.0),
    "dead time": (dead_time(0.4), stats.expon(4, 6).sf, 35.0),
    "bursts": (bursting(), hyperexponential, 150.0),
}


def of_survival(name, n_trials, per_window, repeats, seed, shifted=0.0):
    process, sf, longest = SURVIVAL[name]
    x = np.linspace(0, longest, 51)[1:]

    def curve(spikes):
        return st.isi_survival(spikes, x + shifted)

    return held(process, sf(x), n_trials, repeats, seed, curve, per_window)


def test_ten_thousand_intervals_keep_the_survival_exact():
    alone, joint, given = of_survival("Poisson", 20, 500, 60, 204)
    assert given == 60
    check_proportion_between(joint, 60, 0.93, 1.0, sees=0.3, what="band")
    check_proportion_between(round(alone), 60, 0.93, 0.985, sees=0.3, what="points")


def test_a_survival_read_at_the_end_of_a_cell_is_seen():
    """Fault: S at 0.15 ms beyond the point that was asked for."""
    _, joint, _ = of_survival("Poisson", 20, 500, 60, 204, shifted=0.15)
    with pytest.raises(Disagreement):
        check_proportion_between(joint, 60, 0.93, 1.0, sees=0.3, what="band")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "n_trials", "per_window"),
    [("Poisson", 20, 500), ("bursts", 20, 300), ("gamma", 20, 50), ("bursts", 20, 50), ("dead time", 50, 50)],
)
def test_coverage_of_survival(name, n_trials, per_window):
    repeats = 2800
    report(name, n_trials, *of_survival(name, n_trials, per_window, repeats, 205), most=0.985)


# Distances


def normal(sd):
    return of_isi(f"normal, sd {sd}", lambda rng, *size: 10 + sd * rng.standard_normal(size)), stats.norm(10, sd)


def even(half):
    return of_isi(f"even, +- {half}", lambda rng, *size: rng.uniform(10 - half, 10 + half, size)), stats.uniform(
        10 - half, 2 * half
    )


TWICE = {"normal": (normal(1), normal(2)), "even": (even(3), even(7)), "even and normal": (even(6), normal(1.5))}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n_trials"), [("normal", 20), ("even", 50), ("even and normal", 20), ("normal", 50)])
def test_distances_whose_largest_difference_is_attained_twice(name, n_trials, monkeypatch):
    monkeypatch.setattr("stochhh.statistics.compare.distance._permuted", lambda steps, grid: None)
    monkeypatch.setattr("stochhh.statistics.compare.distance._DRAWS", 500)
    (a, of_a), (b, of_b) = TWICE[name]
    truth, repeats, count = true_distances(of_a.cdf, of_b.cdf), 14 * 200, dict.fromkeys(NAMES, 0)
    for block in range(14):
        rng = np.random.default_rng([206, block])
        for pair in zip(*(groups(p.trains(rng, 200 * n_trials, WINDOW), n_trials) for p in (a, b)), strict=True):
            for of, distance in isi_distances(*pair).items():
                count[of] += distance.estimate.low <= truth[of] <= distance.estimate.high
    for of, n in count.items():
        print(f"{name:<16} {n_trials} trials  {of:<21} {n / repeats:.3f}")
        check_proportion_between(n, repeats, 0.93, 1.0, sees=0.03, what=of)
