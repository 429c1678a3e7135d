"""How long a neuron that fires by itself remembers its phase, and what that does to counts, as the guide says.

All trials start from one state. A phase that diffuses has the vector strength exp(-2 pi^2 CV^2 r t) after a time t, r
the rate: independent intervals add the variance (2 pi CV)^2 to the phase, r times per unit of time.
"""

from functools import cache

import numpy as np
import pytest
from budget import Disagreement, check_equal_means, check_mean

import stochhh as sh
from stochhh.statistics import cv, isi_mean

WEAK = sh.Experiment.example("repetitive").drive
TRIALS = 200


@cache
def spikes(current, seed=1, transient=0.0, duration=5_200.0):
    run = {"duration": duration, "transient": transient, "n_trials": TRIALS, "seed": seed, "progress": False}
    return sh.simulate(sh.HodgkinHuxley(I_app=current), WEAK, backend="jump", **run).spikes


def alignment(current, time):
    """The cosine of each trial's phase at a time, ms, against the mean direction: its mean is the vector strength."""
    trains = spikes(current)
    phases = []
    for k in range(TRIALS):
        train = trains.of(k)
        after = np.searchsorted(train, time)
        phases.append(2 * np.pi * (time - train[after - 1]) / (train[after] - train[after - 1]))
    mean = np.angle(np.exp(1j * np.array(phases)).mean())
    return np.cos(np.array(phases) - mean)


def predicted(current, time, per_interval=1.0):
    period, irregularity = isi_mean(spikes(current)).value, cv(spikes(current)).value
    return np.exp(-2 * np.pi**2 * irregularity**2 * per_interval * time / period)


@pytest.mark.parametrize(
    ("current", "time", "sees"),
    [(10.0, 200.0, 0.03), (10.0, 1_000.0, 0.12), (10.0, 5_000.0, 0.36),
     (20.0, 200.0, 0.01), (20.0, 1_000.0, 0.04), (20.0, 5_000.0, 0.15)],
)  # fmt: skip
def test_the_phase_is_remembered_as_long_as_the_cv_says(current, time, sees):
    check_mean(alignment(current, time), predicted(current, time), sees=sees)


def test_a_memory_half_as_long_is_seen():
    """Fault: the phase diffuses twice as fast."""
    with pytest.raises(Disagreement):
        check_mean(alignment(10.0, 1_000.0), predicted(10.0, 1_000.0, per_interval=2.0))


def counts_about_their_mean(start, seed):
    """Squared deviations of the counts in windows of a second that start at these times, ms, one for each trial."""
    trains = spikes(10.0, seed)
    inside = (trains.time >= start[trains.trial]) & (trains.time < start[trains.trial] + 1_000.0)
    counts = np.bincount(trains.trial[inside], minlength=TRIALS)
    return (counts - counts.mean()) ** 2


def test_windows_that_start_anywhere_have_the_stationary_count():
    """Those that start at one time do not, which is the fault that must be seen."""
    late = spikes(10.0, seed=2, transient=16_000.0, duration=17_000.0).counts()
    stationary = (late - late.mean()) ** 2
    period = isi_mean(spikes(10.0)).value
    anywhere = 200.0 + np.random.default_rng(3).uniform(0.0, period, TRIALS)
    check_equal_means(counts_about_their_mean(anywhere, 1), stationary, sees=0.15)
    with pytest.raises(Disagreement):
        check_equal_means(counts_about_their_mean(np.full(TRIALS, 200.0), 1), stationary)
