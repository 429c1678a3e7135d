"""Against PySpike: ISI-distance and SPIKE-distance of the same pairs, equal to rounding. `pip install .[peers]`"""

import numpy as np
import pytest
from peer import peer

from stochhh.spike_trains import SpikeTrains
from stochhh.statistics.compare.train_metrics import isi_and_spike_distance, padded

WINDOW = (100.0, 200.0)


@pytest.fixture(scope="module")
def pyspike():
    return peer("pyspike")


def some(rng, n, mean, grid):
    """Trains of Poisson processes; on a grid of 5 ms spikes coincide, also with the edges of the window."""
    times = [rng.uniform(*WINDOW, rng.poisson(mean)) for _ in range(n)]
    times = [np.unique(5 * np.round(t / 5)) if grid else np.sort(t) for t in times]
    return SpikeTrains(np.concatenate(times), np.repeat(np.arange(n), [t.size for t in times]), n, *WINDOW)


@pytest.mark.parametrize("grid", [False, True])
@pytest.mark.parametrize("mean", [0.7, 2, 8, 40])
def test_every_pair(pyspike, mean, grid):
    """Trains without a spike, with one, with one on an edge, and with many."""
    rng = np.random.default_rng(1)
    a, b = some(rng, 300, mean, grid), some(rng, 300, 1.5 * mean, grid)
    ours = isi_and_spike_distance(padded(a), padded(b))
    pairs = [[pyspike.SpikeTrain(s.of(k), WINDOW) for s in (a, b)] for k in range(300)]
    theirs = [[pyspike.isi_distance(*pair), pyspike.spike_distance(*pair)] for pair in pairs]
    assert ours == pytest.approx(np.array(theirs), rel=1e-12, abs=1e-14)


def test_a_spike_that_occurs_twice_counts_once(pyspike):
    twice, other = [110.0, 130.0, 130.0, 170.0], [120.0, 120.0, 120.0]
    a, b = (SpikeTrains(t, np.zeros(len(t), int), 1, *WINDOW) for t in (twice, other))
    pair = [pyspike.SpikeTrain(t, WINDOW) for t in (twice, other)]
    theirs = [pyspike.isi_distance(*pair), pyspike.spike_distance(*pair)]
    assert isi_and_spike_distance(padded(a), padded(b))[0] == pytest.approx(theirs, rel=1e-12)
