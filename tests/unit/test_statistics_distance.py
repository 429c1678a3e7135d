"""The distances of two ISI laws against other ways to compute them."""

import numpy as np
import pytest
from scipy import stats

from stochhh.spike_trains import SpikeTrains
from stochhh.statistics import isi_distances
from stochhh.statistics.compare.distance import _reach, holm


def renewal(isi, window):
    """SpikeTrains with the given ISIs, shape (n_trials, n), cut at the window."""
    time = np.cumsum(isi, axis=1)
    trial, _ = np.nonzero(time <= window)
    return SpikeTrains(time[time <= window], trial, len(isi), 0.0, window)


def two(n_trials=8, window=100.0):
    rng = np.random.default_rng(4)
    return renewal(rng.exponential(8, (n_trials, 60)), window), renewal(rng.gamma(4, 2.5, (n_trials, 60)), window)


def test_values_against_scipy_and_brute_force():
    a, b = two()
    x, y = a.isi()[0], b.isi()[0]
    v, w = 1 / (1 - x / a.window), 1 / (1 - y / b.window)
    grid = np.concatenate([x, y])
    f = (v * (x <= grid[:, None])).sum(axis=1) / v.sum()
    g = (w * (y <= grid[:, None])).sum(axis=1) / w.sum()
    distances = {name: distance.estimate for name, distance in isi_distances(a, b).items()}
    assert distances["isi_ks"].value == pytest.approx(np.abs(f - g).max(), rel=1e-12)
    assert distances["isi_wasserstein"].value == pytest.approx(stats.wasserstein_distance(x, y, v, w), rel=1e-10)
    assert [d.unit for d in distances.values()] == ["1", "ms", "ms^0.5", "1"]
    assert distances["isi_energy"].value == pytest.approx(stats.energy_distance(x, y, v, w), rel=0.01)  # grid
    order = np.argsort(grid)
    step, H = (f - g)[order] ** 2, ((f + g) / 2)[order]
    inner = (H > 0) & (H < 1 - 1e-9)
    weight = np.diff(H, prepend=0.0)[inner] / (H * (1 - H))[inner]
    assert distances["isi_anderson_darling"].value == pytest.approx(np.sum(step[inner] * weight) ** 0.5, rel=0.02)


def test_distances_are_symmetric_and_repeatable():
    a, b = two()
    there, again, back = isi_distances(a, b), isi_distances(a, b), isi_distances(b, a)
    for name in there:
        assert there[name] == again[name]
        assert back[name].estimate.value == pytest.approx(there[name].estimate.value, rel=1e-12)
        assert back[name].estimate.high == pytest.approx(there[name].estimate.high, rel=0.1)  # other draws


def test_a_result_lies_at_no_distance_from_itself():
    a, _ = two()
    for distance in isi_distances(a, a).values():
        assert distance.estimate.value == pytest.approx(0.0, abs=1e-12)
        assert distance.estimate.low == 0.0 < distance.estimate.high
        assert distance.p_value == 1.0


def test_periodic_trains():
    a, b = (renewal(np.full((3, 200), period), 1000.0) for period in (10.0, 10.5))
    far = isi_distances(a, b)
    assert far["isi_ks"].estimate.value == pytest.approx(1.0)
    assert far["isi_ks"].estimate.high == pytest.approx(1.0)
    assert far["isi_wasserstein"].estimate.value == pytest.approx(0.5)
    # The same period, at another phase, differs in rounding alone: not a step of the law.
    shifted = SpikeTrains(b.time / 3 + 0.1, b.trial, 3, 0.0, 1000.0)
    near = isi_distances(SpikeTrains(b.time / 3, b.trial, 3, 0.0, 1000.0), shifted)
    assert near["isi_ks"].estimate.value < 1e-9
    assert near["isi_wasserstein"].estimate.value < 1e-9


def test_an_offset_of_one_law_is_its_wasserstein_distance():
    rng = np.random.default_rng(0)
    isi = rng.exponential(5, (40, 100)) + 3
    a, b = renewal(isi, 1e7), renewal(isi + 2.0, 1e7)  # a long window: all weights are 1
    estimate = isi_distances(a, b)["isi_wasserstein"].estimate
    assert estimate.value == pytest.approx(2.0, rel=1e-3)
    assert estimate.low < 2.0 < estimate.high


def test_missing_distances_say_why():
    a, _ = two()
    silent = SpikeTrains([], [], 8, 0.0, 100.0)
    for distance in isi_distances(a, silent).values():
        estimate = distance.estimate
        assert distance.p_value is None
        assert estimate.value is None and "no interspike interval" in estimate.reason
    single = SpikeTrains([10.0, 20.0, 25.0], [0, 0, 0], 1, 0.0, 100.0)
    for distance in isi_distances(a, single).values():
        estimate = distance.estimate
        assert estimate.value > 0 and estimate.low is None and "only one trial" in estimate.reason


def test_two_trials_give_an_honest_non_answer():
    estimate = isi_distances(*two(n_trials=2))["isi_ks"].estimate
    assert (estimate.low, estimate.high) == (0.0, 1.0)


def test_ten_thousand_trials():
    rng = np.random.default_rng(1)
    many = renewal(rng.exponential(10, (10_000, 60)), 400.0)
    distances = isi_distances(many, many)
    assert distances["isi_ks"].estimate.high < 0.01


def test_the_smallest_p_value_is_that_of_no_permutation_so_far_apart():
    rng = np.random.default_rng(2)
    a, b = renewal(rng.exponential(8, (30, 60)), 100.0), renewal(rng.gamma(9, 1.5, (30, 60)), 100.0)
    for distance in isi_distances(a, b).values():
        assert distance.p_value == pytest.approx(1 / 2001)
        assert distance.p_adjusted == pytest.approx(4 / 2001)
        assert distance.null_95 < distance.estimate.value


def test_fewer_than_four_trials_have_no_permutation_test():
    assert isi_distances(*two(n_trials=3))["isi_ks"].p_value is None


def test_holm_is_the_textbooks():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])


def test_a_largest_difference_attained_twice_may_be_too_large_by_the_larger_error():
    """D = 0.5 at two x, with independent errors of 0.01: max(e_1, e_2) is 0.0224 in 97.5 %, each 0.0196."""
    rng = np.random.default_rng(3)
    apart, errors = np.array([0.0, 0.5, -0.5, 0.1]), 0.01 * rng.standard_normal((200_000, 4))
    largest = np.abs(errors).max(axis=1)
    far, near = (np.abs(apart + times * errors).max(axis=1) for times in (4.0, 1e-3))
    below, above, _ = _reach(0.5, 0.5, largest, far, near, 0.95)
    assert below == pytest.approx(0.01 * stats.norm.ppf(0.975**0.5), rel=0.01)
    assert above < below  # of the two derivatives, the one by which the distance falls
    once = np.array([0.0, 0.5, -0.3, 0.1])
    far, near = (np.abs(once + times * errors).max(axis=1) for times in (4.0, 1e-3))
    for reach in _reach(0.5, 0.5, largest, far, near, 0.95)[:2]:
        assert reach == pytest.approx(0.01 * stats.norm.ppf(0.975), rel=0.02)


def test_distributions_that_are_close_have_the_norm_of_the_error():
    norms = np.linspace(0.0, 0.2, 2001)
    assert _reach(0.379, 0.379, norms, norms, norms, 0.95)[:2] == pytest.approx((0.19, 0.19))
    far, near = np.full(2001, 0.381 + 4 * 0.02), np.full(2001, 0.381 + 1e-3 * 0.01)
    assert _reach(0.381, 0.381, norms, far, near, 0.95)[:2] == pytest.approx((0.02, 0.01))
    assert _reach(0.386, 0.381, norms, far, near, 0.95)[:2] == pytest.approx((0.025, 0.01))  # off the grid
