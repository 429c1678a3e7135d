"""Intervals, bands and p-values of small samples, computed in another way.

Would catch: a wrong tail, ends exchanged, degrees of freedom or a skewness left out, groups taken for trials, a family
of hypotheses cut in pieces, ties that do not count.
"""

import math

import numpy as np
import pytest
from scipy import stats

from stochhh import compare
from stochhh.spike_trains import SpikeTrains
from stochhh.statistics import isi_distances, train_distances
from stochhh.statistics.estimate import LOG, PLAIN, Quantity, TrialSums
from stochhh.statistics.uncertainty import Replicated, Spread, by_trial, curve_by_trial
from stochhh.statistics.uncertainty.bootstrap import bootstrap_t
from stochhh.statistics.uncertainty.joint import joint_tail

RNG = np.random.default_rng(11)
MEAN = Quantity("mean", "ms", PLAIN, "observations", 1)
# Mean 1; deviations nine times -1, once 9: their squares sum to 90, cubes to 720, fourth powers to 6570.
ONE_OF_TEN = np.array([0.0] * 9 + [10.0])


def mean(s):
    return s.x / s.count


def sums(x):
    return TrialSums({"x": x, "count": np.ones(len(x))})


def left_out(x):
    return (x.sum() - x) / (len(x) - 1)


def test_the_spread_of_a_mean_is_that_of_its_sample():
    spread = Spread.of(left_out(ONE_OF_TEN))
    assert spread.error == pytest.approx(math.sqrt(90 / (10 * 9)))
    assert spread.dof == pytest.approx(2 * 10 / (10 * 6570 / 90**2 - 1))  # 2.8: less than 9
    assert spread.skewness == pytest.approx(720 / 90**1.5)


def test_as_many_degrees_of_freedom_as_trials_but_one_at_most():
    """Deviations of one size have the least kurtosis, 1, and would have infinitely many."""
    assert Spread.of(left_out(np.array([1.0, 3.0, 1.0, 3.0]))).dof == pytest.approx(3.0)
    assert Spread.of(left_out(np.full(5, 2.0))) == (0.0, 4.0, 0.0)


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_interval_of_a_skewed_mean(level):
    """Student's t of Satterthwaite's degrees of freedom, and Johnson's shift of the end on the side of the tail."""
    t = stats.t.isf((1 - level) / 2, 20 / (65700 / 8100 - 1))
    shift = 720 / 90**1.5 * (1 + 2 * stats.norm.isf((1 - level) / 2) ** 2) / 6
    found = by_trial(MEAN, mean, sums(ONE_OF_TEN), level=level)
    assert (found.low, found.value, found.high) == pytest.approx((1 - t, 1.0, 1 + t + shift))
    turned = by_trial(MEAN, mean, sums(-ONE_OF_TEN), level=level)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


def test_on_another_scale_it_is_the_interval_of_the_image():
    """A geometric mean: leave-one-out values e^y with y those of a plain mean."""
    quantity = MEAN._replace(scale=LOG)
    found = by_trial(quantity, lambda s: np.exp(s.x / s.count), sums(ONE_OF_TEN / 10), level=0.95, unbias=False)
    plain = by_trial(MEAN, mean, sums(ONE_OF_TEN / 10), level=0.95, unbias=False)
    assert (found.low, found.high) == pytest.approx((math.exp(plain.low), math.exp(plain.high)))


def test_a_floor_counts_where_the_trials_show_less():
    z = stats.norm.isf(0.025)
    shift = 720 / 90**1.5 * (1 + 2 * z**2) / 6
    found = by_trial(MEAN, mean, sums(ONE_OF_TEN), level=0.95, floor=lambda value: 3.0 + value)
    assert (found.low, found.high) == pytest.approx((1 - 4 * z, 1 + 4 * (z + shift)))


def test_the_bias_of_a_square_is_removed():
    """E[mean^2] is too large by var / n; of 400 trials, in 200 groups of two, by that of the groups."""
    x = RNG.exponential(size=(400, 3))
    square = {"x_name": "lag", "x_unit": "ms", "level": 0.95}
    of = TrialSums({"x": x, "n": np.ones((400, 1))})
    found = curve_by_trial(MEAN, lambda s: (s.x / s.n) ** 2, of, range(3), **square)
    groups = of.grouped(200).x / 2
    assert found.value == pytest.approx(x.mean(axis=0) ** 2 - groups.var(axis=0, ddof=1) / 200, rel=1e-9)
    one = Replicated.of(MEAN, lambda s: mean(s) ** 2, sums(x[:, 0]))
    assert one.value == pytest.approx(x[:, 0].mean() ** 2 - x[:, 0].var(ddof=1) / 400, rel=1e-9)


def test_the_bootstrap_is_that_of_resampled_trials():
    """The same resamples, each with the textbook's t of its own."""
    x = stats.expon.isf((np.arange(25) + 0.5) / 25)
    times = np.random.default_rng(0).multinomial(25, np.full(25, 1 / 25), size=2000)
    samples = [np.repeat(x, k) for k in times]
    t = [(sample.mean() - x.mean()) / (sample.std(ddof=1) / 5) for sample in samples]
    low, high = np.quantile(t, [0.025, 0.975])
    assert bootstrap_t(np.positive, mean, sums(x), 0.95) == pytest.approx((low, high), rel=1e-9)
    found = by_trial(MEAN, mean, sums(x), level=0.95, method="bootstrap")
    error = x.std(ddof=1) / 5
    assert (found.low, found.high) == pytest.approx((x.mean() - high * error, x.mean() - low * error))
    assert found.high - x.mean() > 1.2 * (x.mean() - found.low)  # the tail of an exponential law is on the right


def test_the_tail_of_a_joint_band():
    """Of one point its own; of m independent ones (1 - level^(1/m)) / 2; of points that go together that of one."""
    normal = RNG.standard_normal((300, 20))
    for parts, points in ((normal[:, :1], 1), (normal, 20), (np.repeat(normal[:, :1], 20, axis=1), 1)):
        for level in (0.5, 0.95, 0.999):
            expected = -math.expm1(math.log(level) / points) / 2
            assert joint_tail((parts,), level) == pytest.approx(expected, rel=0.3), (points, level)
    assert joint_tail((np.ones((5, 3)),), 0.9) == pytest.approx(0.05)  # nothing moves


def renewal(isi, n_trials, window=600.0):
    time = np.cumsum(isi, axis=1)
    seen = time <= window
    return SpikeTrains(time[seen], np.nonzero(seen)[0], n_trials, 0.0, window)


def test_all_p_values_of_several_results_are_one_family():
    """Holm's rule over all eight: the k-th smallest times 8 - k + 1, never below one before it."""
    trains = [renewal(RNG.gamma(shape, 20 / shape, (12, 60)), 12) for shape in (1.0, 1.2, 1.4)]
    pairs = compare(*trains)
    found = [distance for pair in pairs for distance in pair.distance.values()]
    found.sort(key=lambda distance: distance.p_value)
    assert len(found) == 8 and len({distance.p_value for distance in found}) > 3
    least = 0.0
    for k, distance in enumerate(found):
        least = max(least, min(1.0, (8 - k) * distance.p_value))
        assert distance.p_adjusted == pytest.approx(least)


def odd_ones():
    """Eight trials of ISIs of 10 ms on either side, but for four of `a`, of 20 ms; no weight differs from 1."""
    isi = np.full((8, 5), 10.0)
    other = isi.copy()
    other[:4] = 20.0
    return renewal(other, 8, 1e9), renewal(isi, 8, 1e9)


def test_what_equal_laws_show_in_95_per_cent():
    """Four odd trials of 16, k of them on one side: |2k - 4|/8 apart; all on one side in 990 of 12870 ways, 7.7 %."""
    found = isi_distances(*odd_ones())
    assert (found["isi_ks"].estimate.value, found["isi_ks"].null_95) == pytest.approx((0.5, 0.5))
    for distance in found.values():
        assert distance.p_value == pytest.approx(990 / 12870, abs=4 * math.sqrt(0.077 / 2000))


def test_trains_that_are_all_equal_have_nothing_in_common_by_pair():
    """Every matching lies as close as the paired one: p = 1."""
    same = SpikeTrains(np.tile([10.0, 25.0, 60.0], 5), np.repeat(range(5), 3), 5, 0.0, 100.0)
    for distance in train_distances(same, same).values():
        assert (distance.estimate.value, distance.unpaired, distance.p_value) == (0.0, 0.0, 1.0)


def test_the_p_value_of_matched_trains_is_the_share_of_matchings():
    """One spike each, at places of their own: of the 24 matchings of four trials the paired one alone is closest."""
    a = SpikeTrains([10.0, 30.0, 50.0, 70.0], range(4), 4, 0.0, 100.0)
    b = SpikeTrains([11.0, 31.0, 51.0, 71.0], range(4), 4, 0.0, 100.0)
    found = train_distances(a, b, tau=5.0)["van_rossum"]
    assert found.p_value == pytest.approx(1 / 24, abs=4 * math.sqrt(1 / 24 / 2000))
    apart = [abs(x - y) for x in a.time for y in b.time if abs(x - y) > 1]
    assert found.unpaired == pytest.approx(np.mean([math.sqrt(2 * (1 - math.exp(-s / 5))) for s in apart]))
