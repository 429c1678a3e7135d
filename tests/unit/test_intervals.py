"""Intervals where a jackknife alone would mislead: no spread, no derivative, heavy tails, short windows, a few trials.

Would catch: an interval of width 0, counts that take two values, a doubt that is not said, a rule that selects samples
by the statistic itself, an interval that spans thousands.
"""

import numpy as np
import pytest
from scipy import stats as laws

import stochhh as sh
from stochhh import statistics as st
from stochhh.precision import Precision
from stochhh.results import Moments
from stochhh.statistics.estimate import LOG, PLAIN, Quantity, TrialSums
from stochhh.statistics.membrane.moments import V_SKEWNESS
from stochhh.statistics.spikes.tail import l_moments, tail_index
from stochhh.statistics.uncertainty import Replicated
from stochhh.statistics.uncertainty.curvature import bend


def counted(counts, window=100.0):
    """Trains with these numbers of spikes."""
    trial = np.repeat(np.arange(len(counts)), counts)
    time = np.concatenate([(np.arange(c) + 0.5) * window / max(c, 1) for c in counts])
    return sh.SpikeTrains(time, trial, len(counts), 0.0, window)


def renewal(isi):
    """Trains of the ISIs, shape (n_trials, n), over a window that most of them fill."""
    time = np.cumsum(isi, axis=1)
    window = float(np.quantile(time[:, -1], 0.05))
    trial, k = np.nonzero(time < window)
    return sh.SpikeTrains(time[trial, k], trial, len(isi), 0.0, window)


# No spread between trials.


def test_first_spikes_that_coincide_have_no_interval():
    spikes = sh.SpikeTrains([10.0] * 12, range(12), 12, 0.0, 100.0)
    for estimate, value in ((st.latency(spikes), 10.0), (st.jitter(spikes), 0.0)):
        assert estimate.value == value and estimate.low is estimate.high is None
        assert "all 12 trials agree up to rounding" in estimate.reason


def test_rounding_is_no_jitter():
    spikes = sh.SpikeTrains(1234.5 + 1e-13 * np.arange(12), range(12), 12, 0.0, 2000.0)
    assert st.jitter(spikes).value < 1e-9 and st.jitter(spikes).low is None
    moved = sh.SpikeTrains(1234.5 + 1e-6 * np.arange(12), range(12), 12, 0.0, 2000.0)
    assert st.jitter(moved).value == pytest.approx(1e-6 * np.arange(12).std(ddof=1), rel=1e-5)
    assert st.jitter(moved).low > 0


def test_copies_of_one_trial_are_one_trial():
    """A spread of 0 that no floor may stand in for: copies tell nothing of the next trial."""
    once = np.cumsum(np.random.default_rng(1).exponential(10.0, 60))
    once = once[once < 500]
    spikes = sh.SpikeTrains(np.tile(once, 8), np.repeat(np.arange(8), once.size), 8, 0.0, 500.0)
    for name in (
        "isi_mean",
        "cv",
        "cv2",
        "lv",
        "lvr",
        "isi_skewness",
        "isi_kurtosis",
        "log_isi_mean",
        "log_isi_sd",
        "latency",
    ):
        estimate = getattr(st, name)(spikes)
        assert estimate.value is not None and estimate.low is None, name
    assert st.rate(spikes).low < st.rate(spikes).high


# A derivative that vanishes.


def test_the_second_order_of_a_variance_at_its_maximum():
    """p (1 - p) at p = 1/2: to first order no error, to second t^2 / (4 n) with n / (n - 1) trials' worth."""
    n, t = 40, 2.0
    sums = TrialSums({"x": np.arange(n) % 2.0, "count": np.ones(n)})

    def variance(s):
        return s.x / s.count * (1 - s.x / s.count)

    left_out = variance(sums.without_each())
    assert np.ptp(left_out) < 1e-15
    lowest, highest = bend(variance, sums, left_out, t)
    assert highest == 0.0 and lowest == pytest.approx(-(t**2) / 4 / (n - 1), rel=1e-9)


def test_of_a_linear_formula_there_is_no_second_order():
    x = np.random.default_rng(2).normal(3, 1, 30)
    sums = TrialSums({"x": x, "count": np.ones(30)}, n=30)

    def mean(s):
        return s.x / s.n

    lowest, highest = bend(mean, sums, (x.sum() - x) / 30, 2.0)
    assert highest == -lowest == pytest.approx(2 * x.std(ddof=1) / 30**0.5)
    estimate = Replicated.of(Quantity("m", "1", PLAIN, "x", 1), mean, sums, unbias=False).estimate()
    assert "second order" not in estimate.method


@pytest.mark.parametrize("ones", [5, 10, 13])
def test_counts_of_two_neighbouring_values(ones):
    n, k = 20, 7
    spikes = counted([k + 1] * ones + [k] * (n - ones))
    low, high = laws.binomtest(ones, n).proportion_ci(0.95, "exact")
    p = np.linspace(low, high, 2001)
    unseen, share = 1 - 0.025 ** (1 / n), ones / n
    third = unseen * (min(2 - share, 1 + share) ** 2 - 0.25)
    fano, zero = st.fano_factor(spikes), st.spectrum_at_zero(spikes)
    assert fano.low == pytest.approx(min((p * (1 - p) / (k + p)).min(), fano.value), rel=1e-3)
    assert fano.high == pytest.approx((p * (1 - p) / (k + p)).max() + third / (k + share), rel=1e-3)
    assert zero.low == pytest.approx(1e3 * (p * (1 - p)).min() / 100, rel=1e-3)
    assert zero.high == pytest.approx(1e3 * ((p * (1 - p)).max() + third) / 100, rel=1e-3)
    assert "two neighbouring values" in fano.method == zero.method


def test_a_jitter_of_two_values_has_a_width():
    """Half of the trials fire at 8, half at 18 ms: the derivative of their variance vanishes."""
    time = np.where(np.arange(30) % 2, 8.0, 18.0) + 1e-4 * np.arange(30)
    found = st.jitter(sh.SpikeTrains(time, range(30), 30, 0.0, 100.0))
    assert "second order" in found.method and found.low < 4.8 < 5.0 < found.high + 0.1


# A few trials.


def test_no_interval_spans_thousands():
    rng = np.random.default_rng(3)
    spans = []
    for _ in range(100):
        found = st.fano_factor(counted(rng.poisson(40, 5)))
        spans.append(found.high / found.value if found.value else 1.0)
    assert max(spans) < 100 and np.median(spans) > 4  # the exact upper end for normal counts is 8.3


# Tails.


def test_l_moments_of_known_laws():
    x = np.sort(laws.expon.ppf((np.arange(20_000) + 0.5) / 20_000))
    assert l_moments(x) == pytest.approx((1, 0.5, 1 / 3, 1 / 6), abs=2e-3)
    assert l_moments(np.array([1.0, 2.0, 3.0, 4.0, 9.0])) == pytest.approx((3.8, 1.8, 4 / 9, 4 / 9))
    assert l_moments(np.full(9, 2.5))[1:] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("index", [0.0, 0.25, 0.5])
def test_the_tail_index_of_a_generalised_pareto_law(index):
    x = laws.genpareto.ppf((np.arange(40_000) + 0.5) / 40_000, index)
    assert tail_index(x) == pytest.approx(index, abs=0.03)


def doubted(name, isi, repeats=16):
    """Part of the samples of 20 trials in which the statistic has an interval with a doubt."""
    return np.mean([getattr(st, name)(renewal(isi())).doubt is not None for _ in range(repeats)])


@pytest.mark.parametrize("name", ["cv", "isi_skewness", "isi_kurtosis", "renewal_limit"])
def test_heavy_tails_are_said_and_usual_ones_are_not(name):
    rng = np.random.default_rng(4)
    assert doubted(name, lambda: 10 * laws.fisk.rvs(3, size=(20, 60), random_state=rng)) > 0.7
    assert doubted(name, lambda: rng.exponential(10.0, (20, 60)) / rng.gamma(4, 0.25, (20, 1))) > 0.6
    assert doubted(name, lambda: rng.exponential(10.0, (20, 60))) < 0.2
    assert doubted(name, lambda: 6 + rng.exponential(4.0, (20, 60))) < 0.2
    assert doubted(name, lambda: rng.gamma(4, 2.5, (20, 60))) < 0.2


@pytest.mark.parametrize(("weight", "times"), [(0.0, 1.0), (0.3, 1.3), (1.0, 2.0), (7.0, 2.0)])
def test_the_upper_end_reaches_further_by_the_weight_of_the_tail(monkeypatch, weight, times):
    """On the scale of the interval: the logarithm of cv."""
    spikes = renewal(np.random.default_rng(6).gamma(4, 2.5, (20, 60)))
    monkeypatch.setattr("stochhh.statistics.spikes.tail._evidence", lambda *_: (0.0, ""))
    plain = st.cv(spikes)
    monkeypatch.setattr("stochhh.statistics.spikes.tail._evidence", lambda *_: (weight, "so it is"))
    found = st.cv(spikes)
    assert (found.value, found.low) == (plain.value, plain.low)
    assert np.log(found.high / found.value) == pytest.approx(times * np.log(plain.high / plain.value), rel=1e-12)
    assert (found.doubt is not None) == (weight > 1) and ("upwards" in found.method) == (weight > 0)


def test_a_window_that_is_barely_long_enough_is_said():
    """7 spikes a window of a train with a dead time of 0.6 mean ISIs: given for its regularity; 14 leave no doubt."""
    rng = np.random.default_rng(7)

    def of(per_window):
        isi = 6 + rng.exponential(4.0, (20, 200))
        time = np.cumsum(isi, axis=1) - 500  # some time after the first spike
        trial = np.repeat(np.arange(20), 200).reshape(time.shape)
        seen = (time > 0) & (time < 10 * per_window)
        return st.cv(sh.SpikeTrains(time[seen], trial[seen], 20, 0.0, 10.0 * per_window))

    barely, well = of(7), of(14)
    assert barely.low is not None and "been less regular: the window of 70 ms is too short" in barely.doubt
    assert well.low is not None and well.doubt is None


def test_a_sum_may_be_several_numbers():
    """A number made of a curve by trial, such as an integral of a squared autocorrelation."""
    rng = np.random.default_rng(12)
    curves = 1 + 0.1 * rng.normal(size=(20, 50))
    sums = st.TrialSums({"curve": curves, "count": np.ones(20)})
    found = st.by_trial(st.Quantity("x", "1", st.PLAIN, "curves", 2), lambda s: s.curve.sum(axis=-1) / s.count, sums)
    alone = st.TrialSums({"x": curves.sum(axis=1), "count": np.ones(20)})
    same = st.by_trial(st.Quantity("x", "1", st.PLAIN, "curves", 2), lambda s: s.x / s.count, alone)
    assert (found.value, found.low, found.high) == pytest.approx((same.value, same.low, same.high), rel=1e-12)


def test_a_law_that_ends_abruptly_has_no_heavy_tail():
    """A clock that skips: 2 % of the intervals are twice as long, and none is longer."""
    rng = np.random.default_rng(8)

    def skipping():
        return np.where(rng.random((20, 60)) < 0.03, 30.0, 15.0) + 0.3 * rng.normal(size=(20, 60))

    assert doubted("cv", skipping) == doubted("isi_mean", skipping) == 0


def test_uneven_counts_are_said_and_usual_ones_are_not():
    rng = np.random.default_rng(9)

    def share(counts, name):
        doubts = []
        for _ in range(20):
            n = counts(20)
            trial = np.repeat(np.arange(20), n)
            spikes = sh.SpikeTrains(np.full(trial.size, 0.5) + np.arange(trial.size) * 1e-6, trial, 20, 0.0, 1.0)
            doubts.append(getattr(st, name)(spikes).doubt is not None)
        return np.mean(doubts)

    for name in ("fano_factor", "spectrum_at_zero"):
        assert share(lambda n: rng.poisson(50 * rng.lognormal(0, 0.8, n)), name) > 0.8
        assert share(lambda n: rng.negative_binomial(1, 1 / 3, n), name) > 0.3
        assert share(lambda n: rng.poisson(50, n), name) == share(lambda n: rng.poisson(2, n), name) == 0
        assert share(lambda n: rng.poisson(0.3, n) + (np.arange(n) < 2), name) < 0.3


def test_trials_that_all_agree_have_curves_with_a_doubt():
    time = np.arange(5.0, 1000.0, 10.0)
    spikes = sh.SpikeTrains(np.tile(time, 20), np.repeat(np.arange(20), time.size), 20, 0.0, 1000.0)
    for curve in (st.fano_curve(spikes), st.spike_spectrum(spikes), st.isi_kernel_density(spikes)):
        assert "all trials agree up to rounding" in curve.doubt
    rng = np.random.default_rng(10)
    usual = renewal(6 + rng.exponential(4.0, (20, 60)))
    for name in ("isi_survival", "fano_curve", "spike_spectrum", "isi_histogram", "autocorrelation"):
        assert getattr(st, name)(usual).doubt is None
    first = sh.SpikeTrains(np.tile([10.0, 20.0], 6), np.repeat(np.arange(6), 2), 6, 0.0, 100.0)
    median = st.latency_median(first)
    assert median.value == 10 and median.low is None and "6 of 6 have the same" in median.reason


def test_few_independent_samples_leave_open_a_heavy_tail():
    """exp of a standard normal, 10 samples in all: a skewness of 6 that none of them shows; Gaussian ones do not."""
    rng = np.random.default_rng(11)

    def doubts(of, name):
        return np.mean([getattr(st, name)(moments(of(rng.normal(size=(5, 2))))).doubt is not None for _ in range(40)])

    for name in ("V_variance", "V_skewness"):
        assert doubts(np.exp, name) > 0.3 and doubts(lambda x: x, name) < 0.3


def test_a_doubt_is_a_sentence_and_goes_with_the_numbers():
    rng = np.random.default_rng(5)
    spikes = renewal(10 * laws.fisk.rvs(2.5, size=(20, 80), random_state=rng))
    found = st.cv(spikes)
    assert found.low < found.value < found.high
    assert found.doubt.startswith("The interval of cv may be too narrow") and found.doubt.endswith(".")
    assert found.as_dict()["doubt"] == found.doubt in str(found)
    assert Precision({"cv": 1e9}).excess({"cv": found}) == {"cv": np.inf}  # not reached while it is doubtful
    assert st.cv2(spikes).doubt is st.rate(spikes).doubt is None


# Short windows.


@pytest.mark.parametrize("name", ["cv", "lv", "cv2", "lvr", "isi_skewness", "log_isi_sd"])
def test_2_to_4_spikes_a_trial_are_too_few_whatever_they_look_like(name):
    """Dead time of 0.8 mean ISIs: the samples that look regular are those in which the long ISIs are missing."""
    rng = np.random.default_rng(6)
    for spikes_a_trial in (2.5, 4.0):
        for _ in range(40):
            time = np.cumsum(8 + rng.exponential(2.0, (20, 20)), axis=1) - 30 - 10 * rng.random((20, 1))
            trial, k = np.nonzero((time >= 0) & (time < 10 * spikes_a_trial))
            found = getattr(st, name)(sh.SpikeTrains(time[trial, k], trial, 20, 0.0, 10 * spikes_a_trial))
            assert found.low is None and found.reason


def test_a_regular_train_takes_fewer_spikes_than_an_irregular_one():
    rng = np.random.default_rng(7)
    for isi, given in ((lambda: rng.gamma(100, 0.1, (40, 20)), True), (lambda: rng.exponential(10.0, (40, 40)), False)):
        time = np.cumsum(isi(), axis=1) - 30 - 10 * rng.random((40, 1))
        trial, k = np.nonzero((time >= 0) & (time < 80))
        assert (st.cv(sh.SpikeTrains(time[trial, k], trial, 40, 0.0, 80.0)).low is not None) == given


# The potential.


def moments(V):
    return Moments(0.0, np.stack([(V**k).mean(axis=1) for k in (1, 2, 3, 4)], axis=1))


def test_the_floor_of_a_skewness_is_that_of_independent_values_of_a_gamma_law():
    V = np.random.default_rng(8).gamma(4.0, 1.0, (30, 100))
    g, n = 1.1, V.var() / (V.mean(axis=1).std(ddof=1) ** 2 / 30)  # as many as the error of the mean speaks of
    error = ((6 + 9 * g**2 + 1.875 * g**4) / (1 + g**2) / (2 * n)) ** 0.5
    assert V_SKEWNESS.floor(V_SKEWNESS.sums(moments(V)))(g) == pytest.approx(error, rel=1e-9)
    slow = np.random.default_rng(11).gamma(4.0, 1.0, (6, 5)).repeat(20, axis=1)  # few samples: the floor is the wider
    assert "gamma distribution" in st.V_skewness(moments(slow)).method


def test_rare_spikes_on_a_quiet_potential_have_no_floor():
    """Two values: the spread between trials knows all of it."""
    rng = np.random.default_rng(9)
    V = rng.normal(0, 1, (40, 1000)) + 60.0 * (rng.random((40, 1000)) < 0.02)
    assert "gamma" not in st.V_skewness(moments(V)).method and st.V_skewness(moments(V)).doubt is None


def test_a_heavy_tail_of_the_potential_and_a_few_samples_are_said():
    rng = np.random.default_rng(10)
    assert "heavy tail of V" in st.V_kurtosis(moments(np.exp(1.2 * rng.normal(size=(30, 400))))).doubt
    few = rng.normal(size=(20, 1)) + 0.3 * rng.normal(size=(20, 9))
    assert "independent samples" in st.V_kurtosis(moments(few)).doubt
    assert st.V_kurtosis(moments(rng.normal(size=(30, 400)))).doubt is None


def test_a_log_scale_reaches_no_further_than_five_times_the_plain_one():
    sums = TrialSums({"x": [1.0, 1.0, 1.0, 9.0], "count": [1.0] * 4})
    estimate = Replicated.of(Quantity("m", "1", LOG, "x", 1), lambda s: s.x / s.count, sums, unbias=False)
    plain = Replicated.of(Quantity("m", "1", PLAIN, "x", 1), lambda s: s.x / s.count, sums, unbias=False)
    found, other = estimate.estimate(), plain.estimate()
    assert found.high <= found.value + 5 * (other.high - other.value) * (1 + 1e-12)


def test_the_tail_index_over_the_last_tenth_counts_with_an_addition():
    """A tenth of long values far above all others: the index over the 90 % quantile decides, plus 0.1."""
    long = 200 + 100 * laws.expon.ppf((np.arange(100) + 0.5) / 100)
    x = np.concatenate([np.linspace(10, 11, 900), long])
    mean, half, _, _ = l_moments(x[-100:] - x[-101])
    assert tail_index(x) == pytest.approx(2 - mean / half + 0.1, rel=1e-12)
