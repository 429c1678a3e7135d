"""Against Elephant on the same trains: equal, or different by what is written out here. `pip install .[peers]`

Elephant weighs all intervals alike; here they make up for what the window hides of them, T / (T - x). Elephant divides
a variance of counts by n, here it is n - 1.
"""

import warnings

import numpy as np
import pytest
from peer import peer

from stochhh import statistics as st
from stochhh.spike_trains import SpikeTrains
from stochhh.statistics.compare.train_metrics import padded, van_rossum_distance, victor_purpura_distance

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
WINDOW = 2000.0


@pytest.fixture(scope="module")
def elephant():
    peer("elephant")
    return peer("elephant.statistics")


@pytest.fixture(scope="module")
def distance():
    return peer("elephant.spike_train_dissimilarity")


@pytest.fixture(scope="module")
def pq():
    return peer("quantities")


def gamma(n_trials, seed, stretch=1.0):
    """Gamma trains with a mean interval of 20 ms over 2 s, in a window that is `stretch` times as long."""
    rng = np.random.default_rng(seed)
    time = np.cumsum(rng.gamma(2, 10, (n_trials, 200)), axis=1)
    trial, k = np.nonzero(time <= WINDOW)
    return SpikeTrains(time[trial, k], trial, n_trials, 0.0, stretch * WINDOW)


def alone(spikes, k):
    """Trial k as a result of its own: no bias of order 1/n to be removed."""
    return SpikeTrains(spikes.of(k), np.zeros(spikes.of(k).size, int), 1, spikes.start, spikes.stop)


def weight(length):
    return WINDOW / (WINDOW - length)


def test_rate_and_intervals(elephant, pq):
    spikes = gamma(7, 1)
    trains = spikes.to_neo()
    rates = [float(elephant.mean_firing_rate(train).rescale(pq.Hz)) for train in trains]
    assert st.rate(spikes).value == pytest.approx(np.mean(rates), rel=1e-14)
    found, trial = spikes.isi()
    for k, train in enumerate(trains):
        assert np.array_equal(elephant.isi(train).rescale(pq.ms).magnitude, found[trial == k])


@pytest.mark.parametrize("name", ["cv2", "lv", "lvr"])
def test_local_variability(elephant, pq, name):
    """Pair by pair the same; their mean takes the weights, which are all 1 in a long window."""
    ours, theirs = getattr(st, name), getattr(elephant, name)
    one = alone(gamma(1, 2), 0)
    isi = one.isi()[0] * pq.ms
    pairs = np.stack([isi.magnitude[:-1], isi.magnitude[1:]], axis=1)
    each = [theirs(pair * pq.ms) for pair in pairs]
    assert ours(one).value == pytest.approx(np.average(each, weights=weight(pairs.sum(axis=1))), rel=1e-12)
    assert ours(alone(gamma(1, 2, stretch=1e9), 0)).value == pytest.approx(theirs(isi), rel=1e-9)
    assert ours(one).value != pytest.approx(theirs(isi), rel=1e-6)


def test_mean_and_cv(elephant, pq):
    one, long = alone(gamma(1, 3), 0), alone(gamma(1, 3, stretch=1e9), 0)
    isi = elephant.isi(one.to_neo()[0]).rescale(pq.ms).magnitude
    mean = np.average(isi, weights=weight(isi))
    spread = np.average((isi - mean) ** 2, weights=weight(isi))
    assert st.isi_mean(one).value == pytest.approx(mean, rel=1e-13)
    assert st.cv(one).value == pytest.approx(spread**0.5 / mean, rel=1e-12)
    assert st.isi_mean(long).value == pytest.approx(isi.mean(), rel=1e-9)
    assert st.cv(long).value == pytest.approx(elephant.cv(isi), rel=1e-8)  # SciPy's variation, by its name there


def test_fano_factor(elephant):
    """Elephant's is too small by (n - 1)/n: 0.8 times ours with 5 trials."""
    for n in (2, 5, 50):
        spikes = gamma(n, 4)
        assert st.fano_factor(spikes).value * (n - 1) / n == pytest.approx(
            elephant.fanofactor(spikes.to_neo()), rel=1e-13
        )


def on_a_grid(seed, n=400):
    """One trial whose spikes lie in the middle of bins of 1 ms."""
    bins = np.sort(np.random.default_rng(seed).choice(int(WINDOW), n, replace=False))
    return SpikeTrains(bins + 0.5, np.zeros(n, int), 1, 0.0, WINDOW)


def test_autocorrelation(elephant, pq):
    """Elephant counts pairs; over the time that the window lasts after the spikes that is ours."""
    correlation, conversion = peer("elephant.spike_train_correlation"), peer("elephant.conversion")
    spikes = on_a_grid(5)
    binned = conversion.BinnedSpikeTrain(spikes.to_neo(), bin_size=1 * pq.ms)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        counts, _ = correlation.cross_correlation_histogram(binned, binned, window=[-60, 60])
    edges = np.arange(0.5, 61.5)
    left = WINDOW - spikes.time[:, None]
    exposure = np.sum(np.clip(left, edges[:-1], edges[1:]) - edges[:-1], axis=0)
    ours = st.autocorrelation(spikes, edges)
    assert ours.value == pytest.approx(1000 * counts.magnitude[61:, 0] / exposure, rel=1e-12)


def test_spectrum(elephant, pq):
    """Of spikes on a grid, over one segment without a window; Elephant's is one-sided, and twice ours."""
    spectral = peer("elephant.spectral")
    spikes = on_a_grid(6)
    rate = np.bincount(spikes.time.astype(int), minlength=int(WINDOW)) * 1000.0  # Hz
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frequency, power = spectral.welch_psd(rate[None], fs=1000.0, len_segment=len(rate), overlap=0, window="boxcar")
    k = np.arange(1, 200)
    ours = st.spike_spectrum(spikes, edges=(np.append(k, 200) - 0.5) * 1000 / WINDOW)
    assert ours.x == pytest.approx(np.asarray(frequency)[k])
    assert 2 * ours.value == pytest.approx(np.asarray(power)[0, k], rel=1e-9)


def test_victor_purpura(distance, pq):
    a, b = gamma(6, 7), gamma(6, 8)
    for cost in (0.001, 0.05, 1.0):
        theirs = distance.victor_purpura_distance(a.to_neo() + b.to_neo(), cost / pq.ms)
        ours = victor_purpura_distance(padded(a), padded(b), cost)
        assert ours == pytest.approx(np.diag(theirs[:6, 6:]), rel=1e-12)


def test_van_rossum(distance, pq):
    """With Elephant's norm: a spike more is a distance of 1."""
    a, b = gamma(6, 9), gamma(6, 10)
    for tau in (1.0, 20.0, 300.0):
        theirs = distance.van_rossum_distance(a.to_neo() + b.to_neo(), tau * pq.ms)
        ours = van_rossum_distance(padded(a), padded(b), tau)
        assert ours == pytest.approx(np.diag(theirs[:6, 6:]), rel=1e-10)
