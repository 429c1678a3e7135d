"""The law of the ISIs: histogram, kernel density, survival, hazard, logarithm, memory; exact cases by hand."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import trapezoid

import stochhh as sh
from stochhh import statistics as st
from stochhh.errors import InputError
from stochhh.statistics.spikes.survival import _at_risk, _product_limit

CURVES = (st.isi_histogram, st.isi_kernel_density, st.isi_survival, st.isi_hazard, st.serial_correlation)


def trains(*trials, window=(0.0, 1000.0)):
    trial = np.repeat(np.arange(len(trials)), [len(times) for times in trials])
    return sh.SpikeTrains(np.concatenate([*trials, []]), trial, len(trials), *window)


def poisson(seed, n_trials=20, mean=20.0, stop=1000.0):
    rng = np.random.default_rng(seed)
    return trains(*(np.sort(rng.uniform(0, stop, rng.poisson(stop / mean))) for _ in range(n_trials)))


# The histogram


def test_bins_hold_all_isis_at_places_that_do_not_depend_on_them():
    few, many = poisson(1, n_trials=2), poisson(2, n_trials=200)
    edges, both = st.isi_bins(many), st.isi_bins(few, many)
    per_decade = 1 / np.diff(np.log10(edges))
    np.testing.assert_allclose(per_decade, per_decade[0])
    np.testing.assert_allclose(np.log10(edges) * per_decade[0], np.round(np.log10(edges) * per_decade[0]), atol=1e-9)
    assert edges[0] < many.isi()[0].min() and edges[-1] > many.isi()[0].max()
    assert len(both) < len(edges)
    assert st.isi_bins(trains([], [1.0])) is None


def test_the_histogram_counts_the_isis_weighted_for_the_window():
    spikes = trains([0.0, 10.0, 110.0], [5.0, 15.0, 25.0, 126.0], window=(0.0, 200.0))
    edges = np.array([1.0, 10**0.5, 50.0, 500.0])
    density = st.isi_histogram(spikes, edges)
    short, long = 3 / (1 - 10 / 200), 1 / (1 - 100 / 200) + 1 / (1 - 101 / 200)
    share = density.value * np.diff(np.log10(edges))
    np.testing.assert_allclose(share, [0, short / (short + long), long / (short + long)])
    assert np.isnan(density.low[0]) and "1 of 3 points have no interval" in density.reason
    assert np.all(density.low[1:] <= density.value[1:]) and np.all(density.value[1:] <= density.high[1:])


def test_an_isi_outside_all_bins_counts_in_the_whole():
    spikes = trains([0.0, 10.0, 20.0, 120.0], [0.0, 10.0, 20.0, 120.0], window=(0.0, 1e9))
    assert st.isi_histogram(spikes, [5.0, 50.0]).value == pytest.approx(2 / 3)


def test_a_band_stays_within_what_a_density_can_be():
    edges = np.array([5.0, 20.0, 80.0])
    density = st.isi_histogram(trains(*4 * [[0.0, 10.0], [0.0, 40.0], [0.0, 10.0, 50.0]]), edges)
    for low, high in ((density.low, density.high), (density.joint_low, density.joint_high)):
        assert np.all(low >= 0) and np.all(high <= 1 / np.diff(np.log10(edges)))


def test_a_band_knows_that_the_isis_of_a_trial_depend_on_each_other():
    regular = [np.arange(1.0, 1000.0, 10.0 if k % 2 else 40.0) for k in range(10)]
    mixed = [np.cumsum(np.resize([10.0, 10.0, 10.0, 10.0, 40.0], 60)) for _ in range(10)]
    edges = np.array([5.0, 20.0, 80.0])
    a, b = st.isi_histogram(trains(*regular), edges), st.isi_histogram(trains(*(t[t < 1000] for t in mixed)), edges)
    assert np.all(a.high - a.low > 10 * (b.high - b.low))


# Kernel density


def test_the_kernel_density_of_two_isis_is_two_lognormal_bumps():
    spikes = trains([0.0, 10.0, 40.0], [0.0, 10.0, 40.0], window=(0.0, 1e9))
    x = np.array([5.0, 10.0, 20.0, 30.0])
    density = st.isi_kernel_density(spikes, x, bandwidth=0.2)
    bumps = (stats.lognorm.pdf(x, 0.2, scale=10) + stats.lognorm.pdf(x, 0.2, scale=30)) / 2
    assert density.value == pytest.approx(bumps, rel=2e-3)


@pytest.mark.parametrize(("spread", "width"), [(0.4, "sd"), (8.0, "quartiles")])
def test_the_bandwidth_is_silvermans(spread, width):
    """0.9 n^(-1/5) times the smaller of sd and (quartile range) / 1.34: with a far ISI the latter."""
    log = np.array([2.0, 2.1, 2.4, 2.5, 2.9, 2.5 + spread])
    expected = {"sd": log.std(), "quartiles": (np.quantile(log, 0.75) - np.quantile(log, 0.25)) / 1.34}
    assert min(expected, key=expected.get) == width
    spikes = trains(np.cumsum([0.0, *np.exp(log)]), window=(0.0, 1e9))
    b = 0.9 * expected[width] * 6**-0.2
    found = st.isi_kernel_density(spikes)
    assert found.value == pytest.approx(st.isi_kernel_density(spikes, found.x, bandwidth=b).value, rel=1e-9)
    assert np.log(found.x[[0, -1]]) == pytest.approx([log.min() - 2 * b, log.max() + 2 * b])


def test_equal_isis_have_a_density_of_some_width():
    found = st.isi_kernel_density(trains([0.0, 10.0, 20.0], [0.0, 10.0, 20.0], window=(0.0, 1e9)))
    assert np.log(found.x[[0, -1]] / 10) == pytest.approx([-2e-3, 2e-3])


def test_a_density_is_known_where_two_trials_have_an_isi_within_a_bandwidth():
    spikes = trains([0.0, 10.0], [0.0, 11.0], [0.0, 30.0], window=(0.0, 1e9))
    density = st.isi_kernel_density(spikes, [8.0, 9.5, 10.5, 12.0, 25.0, 30.0], bandwidth=0.2)
    assert np.isfinite(density.low).tolist() == [False, True, True, True, False, False]


def test_isis_of_nothing_count_in_the_whole():
    """Half the ISIs are 0: they have no place on a logarithmic axis, and the others are half of all."""
    spikes = trains([5.0, 5.0, 15.0, 15.0, 25.0], [1.0, 1.0, 11.0], window=(0.0, 1e6))
    density, histogram = st.isi_kernel_density(spikes), st.isi_histogram(spikes, [1.0, 100.0])
    assert trapezoid(density.value, density.x) == pytest.approx(0.5, rel=0.06)
    assert histogram.value[0] * 2 == pytest.approx(0.5, rel=1e-4)


def test_the_kernel_density_integrates_to_one_and_keeps_to_the_positive_half_line():
    density = st.isi_kernel_density(poisson(4, n_trials=40))
    assert np.all(density.x > 0) and trapezoid(density.value, density.x) == pytest.approx(1, abs=0.03)


# Survival and hazard


def product_limit(length, cut, x):
    """Kaplan and Meier's own words, one different time after the other."""
    survival, at = 1.0, []
    times = np.unique(length[~cut])
    for point in x:
        survival = 1.0
        for time in times[times <= point]:
            survival *= 1 - np.sum((length == time) & ~cut) / np.sum(length >= time)
        at.append(survival)
    return np.array(at)


def intervals(spikes):
    length, cut = [], []
    for k in range(spikes.n_trials):
        times = spikes.of(k)
        length += [*np.diff(times), *(spikes.stop - times[-1:])]
        cut += [*np.zeros(max(times.size - 1, 0), dtype=bool), *np.ones(min(times.size, 1), dtype=bool)]
    return np.array(length), np.array(cut)


def test_survival_is_the_product_limit():
    rng = np.random.default_rng(5)
    spikes = trains(*(np.unique(rng.integers(0, 300, 8)).astype(float) for _ in range(30)), [], window=(0.0, 300.0))
    x = np.array([0.0, 1.0, 10.0, 33.0, 80.0, 150.0])
    assert st.isi_survival(spikes, x).value == pytest.approx(product_limit(*intervals(spikes), x))


def test_survival_is_exact_however_many_intervals_there_are():
    spikes = poisson(6, n_trials=60)
    length, cut = intervals(spikes)
    assert np.unique(length).size > 2500
    x = np.array([2.0, 20.0, 60.0])
    assert st.isi_survival(spikes, x).value == pytest.approx(product_limit(length, cut, x), rel=1e-12)


def test_survival_without_each_trial_is_the_product_limit_of_the_others():
    spikes = poisson(7, n_trials=8, stop=120.0)
    x, (length, cut) = np.array([1.0, 9.0, 25.0, 60.0, 110.0]), intervals(spikes)
    sums, support = _at_risk(length, cut, spikes.trial, x, spikes)
    for k, without in enumerate(_product_limit(sums.without_each())):
        others = spikes.trial != k
        assert without == pytest.approx(product_limit(length[others], cut[others], x), rel=1e-12), k
    ended, longest = np.full(8, np.inf), np.zeros(8)
    np.minimum.at(ended, spikes.trial[~cut], length[~cut])
    np.maximum.at(longest, spikes.trial, length)
    assert support.tolist() == [min(np.sum(ended <= at), np.sum(longest > at)) for at in x]


def test_intervals_that_rounding_alone_tells_apart_end_together():
    """On a grid of 0.1 ms, ends of the window and ISIs alike; in whole numbers there is no rounding."""
    rng = np.random.default_rng(8)
    steps = [np.unique(rng.integers(0, 90, 9)) for _ in range(30)]
    x = np.arange(1, 60)
    whole = st.isi_survival(trains(*(k.astype(float) for k in steps), window=(0.0, 90.0)), x.astype(float))
    tenth = st.isi_survival(trains(*(0.1 * k for k in steps), window=(0.0, 9.0)), x / 10)
    for name in ("value", "low", "high", "joint_low", "joint_high"):
        np.testing.assert_allclose(getattr(tenth, name), getattr(whole, name), rtol=1e-9, equal_nan=True)


def test_a_cut_interval_is_not_lost():
    """Half the ISIs are 10 ms, half outlast the window: the plain law of those seen would say 0 at 20 ms."""
    spikes = trains(*([0.0, 10.0], [5.0]) * 10, window=(0.0, 100.0))
    assert st.isi_survival(spikes, [5.0, 20.0]).value == pytest.approx([1.0, 2 / 3])


def test_beyond_the_longest_interval_nothing_is_known():
    survival = st.isi_survival(trains([0.0, 10.0], [0.0, 12.0], window=(0.0, 50.0)), [5.0, 39.0, 41.0])
    assert np.isnan(survival.value).tolist() == [False, False, True]
    assert "undefined beyond the longest interval" in survival.reason


def test_the_hazard_is_ends_over_time_at_risk():
    spikes = trains([0.0, 10.0, 40.0], [0.0, 20.0], window=(0.0, 100.0))  # lengths 10, 30, 60 cut; 20, 80 cut
    hazard = st.isi_hazard(spikes, [0.0, 15.0, 25.0, 70.0])
    assert hazard.value == pytest.approx([1 / (10 + 4 * 15), 1 / (3 * 10 + 5), 1 / (5 + 35 + 45)])


def test_the_hazard_of_a_poisson_train_is_its_rate():
    hazard = st.isi_hazard(poisson(7, n_trials=400, mean=10.0), np.linspace(0, 30, 7))
    assert np.all((hazard.joint_low < 0.1) & (0.1 < hazard.joint_high))
    assert np.all(hazard.high - hazard.low < 0.012)


# Memory


def test_the_serial_correlation_of_alternating_isis_is_minus_one_and_one():
    times = np.cumsum(np.resize([10.0, 30.0], 40))
    alternating = [times - shift for shift in (0.0, 3.0, 7.0)]
    correlation = st.serial_correlation(trains(*alternating), [1, 2])
    assert correlation.value == pytest.approx([-1.0, 1.0])


def test_the_serial_correlation_is_numpys_where_the_window_hides_nothing():
    rng = np.random.default_rng(8)
    isi = 10 + np.cumsum(rng.uniform(-0.1, 0.1, 500))
    spikes = trains(np.cumsum(isi), window=(0.0, 1e9))
    expected = [np.corrcoef(isi[1:-k], isi[1 + k :])[0, 1] for k in (1, 2)]
    assert st.serial_correlation(spikes, [1, 2]).value == pytest.approx(expected, rel=1e-6)


# Moments, logarithm, local variation


def test_the_moments_of_long_trains_are_scipys():
    rng = np.random.default_rng(9)
    isi = rng.gamma(2.0, 5.0, 4000)
    spikes = trains(np.cumsum(isi), window=(0.0, 1e12))
    seen = isi[1:]
    assert st.isi_kurtosis(spikes).value == pytest.approx(stats.kurtosis(seen), rel=1e-6)
    assert st.log_isi_mean(spikes).value == pytest.approx(np.log(seen).mean(), rel=1e-6)
    assert st.log_isi_sd(spikes).value == pytest.approx(np.log(seen).std(), rel=1e-6)


def test_lvr_is_lv_made_up_for_the_refractory_time():
    rng = np.random.default_rng(10)
    isi = rng.gamma(2.0, 5.0, 400)
    spikes = trains(np.cumsum(isi), window=(0.0, 1e12))
    a, b = isi[1:-1], isi[2:]
    formula = np.mean(3 * (1 - 4 * a * b / (a + b) ** 2) * (1 + 4 * 5.0 / (a + b)))
    assert st.lvr(spikes).value == pytest.approx(formula, rel=1e-6)
    assert st.lvr(spikes, refractoriness=0.0).value == pytest.approx(st.lv(spikes).value)


# Trials with no or one spike, a periodic train, and what is refused


@pytest.mark.parametrize("curve", CURVES)
def test_no_spike_and_one_spike_have_a_reason(curve):
    for spikes in (trains([], []), trains([5.0], [])):
        found = curve(spikes)
        assert found.reason and not np.isfinite(found.low).any()


@pytest.mark.parametrize("curve", CURVES)
def test_one_trial_has_no_interval_but_a_reason(curve):
    found = curve(trains(np.cumsum(np.linspace(5, 20, 30))))
    assert np.isfinite(found.value).any() and not np.isfinite(found.low).any() and "two trials" in found.reason


def test_a_periodic_train_lasts_one_period():
    times = np.arange(5.0, 1000.0, 10.0)
    survival = st.isi_survival(trains(times, times - 2.5), [9.9, 10.1])
    assert survival.value == pytest.approx([1.0, 0.0], abs=1e-9)
    correlation = st.serial_correlation(trains(times, times - 2.5))
    assert np.isnan(correlation.value).all() and "all are equal" in correlation.reason


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: st.isi_histogram(s, [0.0, 10.0]), "edges"),
        (lambda s: st.isi_kernel_density(s, [-1.0]), r"x = .* is not allowed"),
        (lambda s: st.isi_kernel_density(s, bandwidth=0.0), "bandwidth"),
        (lambda s: st.isi_survival(s, [3.0, 2.0]), r"x = .* is not allowed"),
        (lambda s: st.isi_hazard(s, [-1.0, 2.0]), "edges"),
        (lambda s: st.serial_correlation(s, [0]), "lags"),
        (lambda s: st.serial_correlation(s, [1.5]), "lags"),
        (lambda s: st.lvr(s, refractoriness=-1), "refractoriness"),
        (lambda s: st.cv(s, method="magic"), "method"),
        (lambda s: st.isi_survival(s, level=2), "level"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(call, words):
    with pytest.raises(InputError, match=words):
        call(poisson(1))


def clocks_with_a_skip():
    """Twenty clocks of fifty ticks of 10 ms, up to 0.1 ms, with one of 20 ms each: no two of those are neighbours."""
    rng = np.random.default_rng(9)
    isi = 10 + rng.uniform(-0.1, 0.1, (20, 50))
    isi[np.arange(20), rng.integers(5, 45, 20)] += 10
    return trains(*np.cumsum(isi, axis=1), window=(0.0, 521.0))


def test_events_that_did_not_happen_might_have():
    """Two skips in a row are to be expected once in fifty times fifty ticks: their absence proves no correlation."""
    found = st.serial_correlation(clocks_with_a_skip())
    assert np.all(found.value < 0) and np.all(found.high > 0) and np.all(found.joint_high > 0)
    assert found.high[0] - found.value[0] > 1.96 / np.sqrt(20 * 49)  # of so many independent pairs


def test_the_interval_of_a_lag_does_not_hang_on_the_others_that_are_asked_for():
    spikes = poisson(10)
    first, third, both = (st.serial_correlation(spikes, lags) for lags in ([1], [3], [1, 3]))
    for name in ("value", "low", "high"):
        assert getattr(both, name).tolist() == [*getattr(first, name), *getattr(third, name)]
    all_lags = st.serial_correlation(spikes)
    assert (all_lags.low[[0, 2]].tolist(), all_lags.high[[0, 2]].tolist()) == (both.low.tolist(), both.high.tolist())
