"""Counts in windows, spectrum, autocorrelation and first spikes: exact cases by hand and by brute force."""

import numpy as np
import pytest
from scipy import stats

import stochhh as sh
from stochhh import statistics as st
from stochhh.errors import InputError
from stochhh.statistics.spikes import spectrum


def trains(*trials, window=(0.0, 100.0)):
    trial = np.repeat(np.arange(len(trials)), [len(times) for times in trials])
    return sh.SpikeTrains(np.concatenate([*trials, []]), trial, len(trials), *window)


def poisson(seed, n_trials=30, mean=10.0, window=(20.0, 320.0)):
    rng = np.random.default_rng(seed)
    stop = window[1]
    return trains(*(np.sort(rng.uniform(0, stop, rng.poisson(stop / mean))) for _ in range(n_trials)), window=window)


# Fano factor


def test_the_fano_factor_counts_in_windows_side_by_side():
    spikes = poisson(1)
    counts = []
    for k in range(spikes.n_trials):
        times = spikes.of(k)
        counts += [np.sum((times >= a) & (times < a + 40.0)) for a in np.arange(20.0, 320.0 - 39.0, 40.0)]
    n = spikes.n_trials
    plain = np.var(counts, ddof=1) / np.mean(counts)
    assert len(counts) == 7 * n
    assert st.fano_curve(spikes, [40.0]).value == pytest.approx(plain, rel=0.01)  # and the jackknife's correction


def test_the_fano_factor_of_the_whole_window_is_fano_factor():
    spikes = poisson(2)
    unbiased = st.fano_curve(spikes, [100.0, 300.0])
    assert unbiased.value[1] == pytest.approx(st.fano_factor(spikes).value, rel=0.02)
    assert (unbiased.low[1], unbiased.high[1]) == pytest.approx(
        (st.fano_factor(spikes).low, st.fano_factor(spikes).high), rel=0.02
    )


def test_a_spike_at_the_very_end_is_counted():
    at_end, before = (st.fano_curve(trains([end], [], [50.0], [20.0, 30.0]), [50.0, 100.0]) for end in (100.0, 99.9))
    assert at_end.value == pytest.approx(before.value)


# Spectrum


def brute_power(times, f):
    return abs(sum(np.exp(-2j * np.pi * f * t / 1000) for t in times)) ** 2


def test_the_spectrum_is_the_mean_periodogram():
    spikes = poisson(3)
    base = 1000 / 300.0
    spectrum = st.spike_spectrum(spikes, np.array([0.5, 1.5, 3.5]) * base)
    trials = [spikes.of(k)[spikes.of(k) >= 20.0] for k in range(spikes.n_trials)]
    expected = [np.mean([brute_power(t, k * base) for t in trials for k in ks]) / 0.3 for ks in ([1], [2, 3])]
    assert spectrum.x == pytest.approx([base, 2.5 * base])
    assert spectrum.value == pytest.approx(expected, rel=1e-9)


def test_the_spectrum_of_a_periodic_train_is_zero_between_its_harmonics():
    times = np.arange(5.0, 1000.0, 10.0)
    spectrum = st.spike_spectrum(trains(times, times, window=(0.0, 1000.0)), [0.5, 50.5, 99.5, 100.5])
    assert spectrum.value[:2] == pytest.approx(0, abs=1e-9)
    assert spectrum.value[2] == pytest.approx(100**2)


def test_silent_trials_count_in_the_spectrum():
    full, base = poisson(4, n_trials=10), 1000 / 300.0
    half = sh.SpikeTrains(full.time, full.trial, 20, full.start, full.stop)
    edges = np.array([0.5, 4.5]) * base
    assert st.spike_spectrum(half, edges).value == pytest.approx(st.spike_spectrum(full, edges).value / 2)


def test_the_limits_at_zero_frequency_are_fano_and_cv():
    spikes = poisson(5)
    rate, fano, cv = (f(spikes).value for f in (st.rate, st.fano_factor, st.cv))
    assert st.spectrum_at_zero(spikes).value == pytest.approx(rate * fano)
    assert st.renewal_limit(spikes).value == pytest.approx(rate * cv**2)


# Autocorrelation


def test_the_autocorrelation_is_pairs_over_exposure():
    spikes, edges = poisson(6, n_trials=5), np.array([0.0, 3.0, 10.0, 250.0])
    pairs, exposure = np.zeros(3), np.zeros(3)
    for k in range(5):
        times = spikes.of(k)[spikes.of(k) >= 20.0]
        for t in times:
            for j in range(3):
                exposure[j] += max(0.0, min(320.0 - t, edges[j + 1]) - edges[j])
                pairs[j] += np.sum((times > t) & (times - t >= edges[j]) & (times - t < edges[j + 1]))
    assert st.autocorrelation(spikes, edges).value == pytest.approx(1000 * pairs / exposure)


# First spikes


def test_first_spikes_are_the_first_after_the_clock_starts():
    spikes = trains([5.0, 30.0, 60.0], [70.0], [], [10.0], window=(10.0, 100.0))
    assert st.first_spikes(spikes).tolist() == [20.0, 60.0, np.inf, 0.0]
    assert st.first_spikes(spikes, since=40.0).tolist() == [20.0, 30.0, np.inf, np.inf]


def test_latency_and_jitter_are_mean_and_deviation():
    spikes = trains(*([x] for x in (12.0, 15.0, 30.0, 18.0)))
    assert st.latency(spikes).value == pytest.approx(np.mean([12, 15, 30, 18]))
    assert st.jitter(spikes).value == pytest.approx(np.std([12, 15, 30, 18], ddof=1))
    assert st.response_probability(spikes).value == 1.0


def test_a_silent_trial_takes_the_mean_but_not_the_median():
    spikes = trains(*([x] for x in np.arange(10.0, 60.0, 2.0)), [])
    for statistic in (st.latency, st.jitter):
        assert statistic(spikes).value is None and "1 of 26 trials have no spike" in statistic(spikes).reason
    median = st.latency_median(spikes)
    assert median.value == 35.0 and median.low < 35.0 < median.high


def test_the_interval_of_the_median_is_the_textbooks():
    """n = 20: from the 6th to the 15th, with a probability of 0.9586 (David and Nagaraja, section 7.1)."""
    found = st.latency_median(trains(*([float(x)] for x in range(1, 21))))
    assert (found.value, found.low, found.high) == (10.5, 6.0, 15.0)
    assert 1 - 2 * stats.binom.cdf(5, 20, 0.5) == pytest.approx(0.9586, abs=1e-4)


def test_too_few_trials_have_no_interval_of_the_median():
    assert "too few" in st.latency_median(trains([1.0], [2.0], [3.0])).reason
    assert "half of the 3 trials" in st.latency_median(trains([1.0], [], [])).reason


def test_the_response_probability_is_clopper_pearsons():
    found = st.response_probability(trains(*[[1.0]] * 7, *[[]] * 3))
    expected = stats.binomtest(7, 10).proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    none = st.response_probability(trains([], []))
    assert (none.value, none.low) == (0.0, 0.0)


# Rate, analytic


def test_the_analytic_interval_of_the_rate_is_garwoods():
    spikes = trains([1.0, 2.0, 3.0], [4.0])
    low, high = stats.chi2.ppf(0.025, 8) / 2, stats.chi2.ppf(0.975, 10) / 2
    found = st.rate(spikes, method="analytic")
    assert (found.low, found.high) == pytest.approx((1000 * low / 200, 1000 * high / 200))


# No spike, one spike, and what is refused


@pytest.mark.parametrize("chunk", [1, 700, 10**6])
def test_the_spectrum_is_the_sum_over_spikes_however_it_is_cut(monkeypatch, chunk):
    monkeypatch.setattr(spectrum, "_CHUNK", chunk)
    spikes = poisson(3, n_trials=7)
    k = np.array([1, 2, 5, 31, 32, 97, 1000])
    phase = spikes.since_start() / spikes.window
    wanted = [np.abs(np.exp(-2j * np.pi * np.outer(k, phase[spikes.trial == i])).sum(axis=1)) ** 2 for i in range(7)]
    np.testing.assert_allclose(spectrum._power(phase, spikes.trial, 7, k), wanted, rtol=1e-9, atol=1e-9)


def test_equal_trials_have_equal_spectra_to_the_last_bit():
    spikes = trains(*[np.linspace(1.0, 99.0, 60)] * 9)
    phase = spikes.since_start() / spikes.window
    of_trial = spectrum._power(phase, spikes.trial, 9, np.arange(1, 400))  # 60 spikes, but pieces hold 250
    assert np.all(of_trial == of_trial[0])


@pytest.mark.parametrize("curve", [st.fano_curve, st.spike_spectrum, st.autocorrelation])
def test_no_spike_has_a_reason(curve):
    assert "there is no spike" in curve(trains([], [])).reason
    curve(trains([5.0], []))  # one spike alone has a value or a reason, and no warning


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: st.fano_curve(s, [0.0]), "windows"),
        (lambda s: st.fano_curve(s, [400.0]), "300 ms"),
        (lambda s: st.spike_spectrum(s, [0.1, 0.2]), "contains none"),
        (lambda s: st.spike_spectrum(s, [3.0]), "edges"),
        (lambda s: st.autocorrelation(s, [0.0, 400.0]), "edges"),
        (lambda s: st.first_spikes(s, 5.0), "since = 5.0"),
        (lambda s: st.latency(s, method="magic"), "method"),
        (lambda s: st.fano_factor(s, method="analytic"), "method"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(call, words):
    with pytest.raises(InputError, match=words):
        call(poisson(1))
