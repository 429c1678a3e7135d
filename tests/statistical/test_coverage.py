"""Do the intervals hold what they promise? Coverage on processes of known truth, and planted faults that must fail.

The default run sees a coverage of 83 % where 93 % or more is promised; `-m slow -s` sees 90 %, measures it to half a
per cent and prints the numbers that the docstrings state.
"""

from dataclasses import replace

import numpy as np
import pytest
from budget import Disagreement, check_proportion_between
from scipy.special import ndtri, stdtrit
from trains import (
    bursting,
    correlated,
    dead_time,
    evenly_varying_poisson,
    gamma,
    groups,
    inverse_gaussian,
    lognormal,
    poisson,
    varying_poisson,
)

from stochhh import statistics as st
from stochhh.comparison import compare
from stochhh.results import Moments, Result
from stochhh.spike_trains import SpikeTrains
from stochhh.statistics.spikes.isi import ISI_KURTOSIS

STATISTICS = ("rate", "isi_mean", "cv", "cv2", "lv", "isi_skewness", "fano_factor")
PROMISED = (0.93, 0.97)
SHORT_OF = {  # where less is promised, or more, with the reason in the docstring
    "isi_skewness": {"varying": (0.92, 1.0), "correlated": (0.89, 1.0), "default": (0.94, 1.0)},
    "cv": {"default": (0.93, 1.0)},
    "fano_factor": {"default": (0.93, 0.995)},
}
MORE_THAN_PROMISED = ("cv", "isi_skewness", "fano_factor")
PROCESSES = {
    "poisson": poisson(),
    "regular": gamma(4),
    "bursty": gamma(0.5),
    "varying": varying_poisson(),
    "correlated": correlated(),
}


MOMENTS = ("rate", "isi_mean", "cv", "isi_skewness", "isi_kurtosis")
MORE = {  # processes of which the law of the ISI is known; and the least coverage of cv, skewness and kurtosis
    "poisson": (gamma(1), (0.94, 0.94, 0.94)),
    "dead time": (dead_time(), (0.93, 0.94, 0.94)),
    "nearly periodic": (gamma(400), (0.93, 0.93, 0.93)),
    "inverse gaussian": (inverse_gaussian(), (0.92, 0.93, 0.94)),
    "varying evenly": (evenly_varying_poisson(), (0.92, 0.91, 0.92)),
    "bursting": (bursting(), (0.94, 0.94, 0.94)),
    "lognormal, 0.5": (lognormal(0.5), (0.93, 0.90, 0.92)),
    "lognormal, 1": (lognormal(1.0), (0.82, 0.62, 0.62)),  # as the docstrings say
}


def promised(name, process):
    """The range in which the coverage from 20 trials is said to lie."""
    bounds = SHORT_OF.get(name, {})
    return bounds.get(process, bounds.get("default", PROMISED))


def experiments(process, rng, *, repeats, n_trials, per_window):
    """Independent experiments of n_trials each."""
    for first in range(0, repeats, 200):
        block = min(200, repeats - first)
        yield from groups(process.trains(rng, block * n_trials, per_window), n_trials)


def covers(estimate, truth):
    return estimate.low is not None and estimate.low <= truth <= estimate.high


def hits(process, rng, names=STATISTICS, *, repeats, n_trials=20, per_window=50, change=lambda name, e, spikes: e):
    """NAME -> how often its interval held the truth, for the names whose truth is known."""
    truth = process.truth(per_window)
    count = dict.fromkeys((name for name in names if name in truth), 0)
    for spikes in experiments(process, rng, repeats=repeats, n_trials=n_trials, per_window=per_window):
        for name in count:
            count[name] += covers(change(name, getattr(st, name)(spikes), spikes), truth[name])
    return count


@pytest.mark.parametrize(
    "process",
    ["poisson", "varying", "correlated", *(pytest.param(one, marks=pytest.mark.slow) for one in ("regular", "bursty"))],
)
def test_intervals_from_20_trials_hold(process):
    repeats = 300
    for name, count in hits(PROCESSES[process], np.random.default_rng(1), repeats=repeats).items():
        low, high = promised(name, process)
        check_proportion_between(count, repeats, low, high, sees=0.12, what=f"{name} of {process}")


@pytest.mark.parametrize("n_trials", [2, 3, 5])
def test_intervals_from_a_few_trials_hold(n_trials):
    repeats, names = 400, ("rate", "isi_mean", "cv", "lv", "fano_factor")
    for name, count in hits(poisson(), np.random.default_rng(2), names, repeats=repeats, n_trials=n_trials).items():
        check_proportion_between(count, repeats, 0.92, 1.0, sees=0.09, what=f"{name} from {n_trials} trials")


@pytest.mark.parametrize("expected", [0.2, 1.0, 3.0, 10.0])
def test_the_rate_of_a_nearly_silent_neuron(expected):
    """`expected` spikes in 20 trials together."""
    rng, repeats = np.random.default_rng(3), 2000
    count = 0
    for _ in range(repeats):
        trial = np.sort(rng.integers(0, 20, rng.poisson(expected)))
        time = np.sort(rng.uniform(0, 1, trial.size) + 2 * trial) % 2
        count += covers(st.rate(SpikeTrains(100 * time, trial, 20, 0.0, 100.0)), expected / 2)
    check_proportion_between(count, repeats, 0.95, 1.0, sees=0.035, what="rate")


# Planted faults.


def normal_quantile(name, estimate, spikes):
    """Fault: 1.96 in place of Student's t."""
    shrink = ndtri(0.975) / stdtrit(estimate.n - 1, 0.975)
    low, high = (estimate.value * (end / estimate.value) ** shrink for end in (estimate.low, estimate.high))
    return replace(estimate, low=low, high=high)


def isis_as_independent(name, estimate, spikes):
    """Fault: the ISI as the unit of resampling."""
    isi, _ = spikes.isi()
    half = 1.96 * isi.std(ddof=1) / len(isi) ** 0.5
    return replace(estimate, low=estimate.value - half, high=estimate.value + half)


def window_ignored(name, estimate, spikes):
    """Fault: the plain mean of the ISIs seen."""
    shift = spikes.isi()[0].mean() - estimate.value
    return replace(estimate, low=estimate.low + shift, high=estimate.high + shift)


def variance_too_large(name, estimate, spikes):
    """Fault: a variance times 1.5, so a CV times 1.22."""
    return replace(estimate, low=1.5**0.5 * estimate.low, high=1.5**0.5 * estimate.high)


def one_spike_lost(name, estimate, spikes):
    """Fault: every trial counts one spike too few."""
    lost = 1000 / spikes.window
    return replace(estimate, low=estimate.low - lost, high=estimate.high - lost)


FAULTS = [
    ("rate", normal_quantile, "poisson", {"n_trials": 2}),
    ("isi_mean", isis_as_independent, "varying", {"per_window": 100}),
    ("isi_mean", window_ignored, "poisson", {"per_window": 20, "n_trials": 60}),
    ("cv", variance_too_large, "poisson", {}),
    ("rate", one_spike_lost, "regular", {"n_trials": 60}),
]


@pytest.mark.parametrize(("name", "fault", "process", "setting"), FAULTS, ids=[fault[1].__name__ for fault in FAULTS])
def test_planted_faults_are_seen(name, fault, process, setting):
    repeats = 300
    rng = np.random.default_rng(4)
    count = hits(PROCESSES[process], rng, [name], repeats=repeats, change=fault, **setting)[name]
    with pytest.raises(Disagreement):
        check_proportion_between(count, repeats, *PROMISED, sees=0.11, what=name)


# The potential: an Ornstein-Uhlenbeck process of 50 correlation times a trial, negative, and one that is skewed.


def potentials(rng, n_trials, skewed):
    """Moments of V of a stationary process, and the truth."""
    steps, keep = 400, np.exp(-50 / 400)
    normal = rng.standard_normal((steps, n_trials))
    for k in range(1, steps):
        normal[k] = keep * normal[k - 1] + (1 - keep**2) ** 0.5 * normal[k]
    sigma = 0.3
    y = np.exp(sigma * normal) if skewed else normal
    powers = np.stack([(y**k).mean(axis=0) for k in (1, 2, 3, 4)], axis=1)
    if not skewed:
        return powers, {"V_mean": -65.0, "V_variance": 1.0, "V_skewness": 0.0}
    p = np.exp(sigma**2)
    return powers, {"V_mean": -65 + p**0.5, "V_variance": p * (p - 1), "V_skewness": (p + 2) * (p - 1) ** 0.5}


def hits_of_potential(rng, repeats, n_trials, skewed, change=lambda moments: moments):
    powers, truth = potentials(rng, repeats * n_trials, skewed)
    count = dict.fromkeys(truth, 0)
    for of_group in powers.reshape(repeats, n_trials, 4):
        moments = change(Moments(-65.0, of_group))
        for name in count:
            count[name] += covers(getattr(st, name)(moments), truth[name])
    return count


@pytest.mark.parametrize(
    ("skewed", "n_trials"),
    [(False, 2), (True, 20), *(pytest.param(*one, marks=pytest.mark.slow) for one in ((False, 20), (True, 2)))],
)
def test_intervals_of_the_potential_hold(skewed, n_trials):
    repeats = 1000
    for name, count in hits_of_potential(np.random.default_rng(5), repeats, n_trials, skewed).items():
        check_proportion_between(count, repeats, 0.92, 0.97, sees=0.055, what=name)


def test_a_variance_times_1_5_is_seen():
    def fault(moments):
        of_mean = moments.powers[:, :1] ** np.arange(1, 5)
        return Moments(-65.0, of_mean + 1.5 * (moments.powers - of_mean))

    count = hits_of_potential(np.random.default_rng(6), 1000, 20, False, fault)
    with pytest.raises(Disagreement):
        check_proportion_between(count["V_variance"], 1000, 0.92, 0.97, sees=0.055, what="V_variance")


# Differences and distances.


def of_backend(spikes, name):
    return Result(spikes, None, provenance={"backend": name})


@pytest.mark.slow
def test_intervals_of_differences_hold():
    rng, repeats = np.random.default_rng(7), 150
    a, b = (experiments(p, rng, repeats=repeats, n_trials=20, per_window=50) for p in (poisson(), gamma(4)))
    first, second = poisson().truth(50), gamma(4).truth(50)
    names = ("rate", "isi_mean", "cv", "cv2", "lv")
    count, distance = dict.fromkeys(names, 0), dict.fromkeys(("isi_ks", "isi_wasserstein"), 0)
    truth = {"isi_ks": 0.253669, "isi_wasserstein": 3.56179}  # of the exponential and the gamma law
    for x, y in zip(a, b, strict=True):
        comparison = compare(of_backend(x, "jump"), of_backend(y, "diffusion"))
        for name in names:
            count[name] += covers(comparison.difference[name].estimate, second[name] - first[name])
        for name in distance:
            distance[name] += covers(comparison.distance[name].estimate, truth[name])
    for name in names:
        high = 1.0 if name == "cv" else 0.98
        check_proportion_between(count[name], repeats, 0.93, high, sees=0.15, what=f"difference of {name}")
    for name in distance:
        check_proportion_between(distance[name], repeats, 0.95, 1.0, sees=0.14, what=name)


@pytest.mark.slow
def test_equal_laws_are_rarely_called_different():
    rng, repeats = np.random.default_rng(8), 150
    a, b = (experiments(correlated(), rng, repeats=repeats, n_trials=20, per_window=50) for _ in range(2))
    called = dict.fromkeys(("isi_ks", "isi_wasserstein"), 0)
    for x, y in zip(a, b, strict=True):
        distances = st.isi_distances(x, y)
        for name in called:
            called[name] += distances[name].estimate.low > 0
    for name in called:
        check_proportion_between(called[name], repeats, 0.0, 0.05, sees=0.2, what=name)


# The numbers of the docstrings.


@pytest.mark.slow
@pytest.mark.parametrize("per_window", [50, 100])
@pytest.mark.parametrize("process", PROCESSES)
def test_coverage_from_20_trials(process, per_window):
    repeats = 2700
    for name, count in hits(
        PROCESSES[process], np.random.default_rng(11), repeats=repeats, per_window=per_window
    ).items():
        print(f"{process:<10} 20 trials of {per_window:3} spikes  {name:<13} {count / repeats:.3f}")
        low, high = promised(name, process)
        check_proportion_between(
            count, repeats, low, high, sees=0.03 if low >= 0.93 else 0.04, what=f"{name} of {process}"
        )


@pytest.mark.slow
@pytest.mark.parametrize("n_trials", [2, 3, 5, 10])
@pytest.mark.parametrize("process", ["poisson", "regular", "varying", "correlated"])
def test_coverage_from_fewer_trials(process, n_trials):
    repeats = 2700
    for name, count in hits(PROCESSES[process], np.random.default_rng(12), repeats=repeats, n_trials=n_trials).items():
        print(f"{process:<10} {n_trials:2} trials of 50 spikes  {name:<13} {count / repeats:.3f}")
        low = 0.85 if name == "isi_skewness" else 0.91
        check_proportion_between(count, repeats, low, 1.0, sees=0.04, what=f"{name} of {process}")


@pytest.mark.slow
@pytest.mark.parametrize("process", [*PROCESSES.values(), correlated(0.6, 0.7)], ids=lambda process: process.name)
def test_coverage_with_20_spikes_a_trial(process):
    """Where the docstrings say that cv and isi_skewness fall short."""
    repeats = 2700
    for name, count in hits(process, np.random.default_rng(13), repeats=repeats, per_window=20).items():
        print(f"{process.name}, 20 trials of 20 spikes  {name:<13} {count / repeats:.3f}")
        low = {"isi_skewness": 0.78, "cv": 0.89}.get(name, 0.93)
        high = 1.0 if name in MORE_THAN_PROMISED else 0.98
        check_proportion_between(count, repeats, low, high, sees=0.05, what=f"{name} of {process.name}")


@pytest.mark.slow
@pytest.mark.parametrize("per_window", [20, 50])
@pytest.mark.parametrize("process", MORE)
def test_coverage_of_the_moments_on_more_processes(process, per_window):
    """What cv, isi_skewness and isi_kurtosis say of themselves, tails that no sample shows included."""
    (trains, least), repeats, rng = MORE[process], 800, np.random.default_rng(14)
    truth, promise = trains.truth(per_window), dict(zip(MOMENTS, (0.93, 0.93, *least), strict=True))
    held, given = dict.fromkeys(MOMENTS, 0), dict.fromkeys(MOMENTS, 0)
    for spikes in experiments(trains, rng, repeats=repeats, n_trials=20, per_window=per_window):
        for name in MOMENTS:
            estimate = getattr(st, name)(spikes)
            given[name] += estimate.low is not None
            held[name] += covers(estimate, truth[name])
    for name, n in given.items():
        part = held[name] / max(n, 1)
        print(f"{process:<17} 20 trials of {per_window} spikes  {name:<13} {part:.3f} of {n / repeats:.0%} given")
        if per_window == 50:
            check_proportion_between(held[name], n, promise[name], 1.0, sees=0.12, what=f"{name} of {process}")


@pytest.mark.slow
def test_intervals_without_the_gamma_floor_are_seen(monkeypatch):
    """Fault: the spread between 20 trials alone, which misses the rare long ISIs that a kurtosis hangs on."""
    monkeypatch.setattr("stochhh.statistics.spikes.isi.ISI_KURTOSIS", replace(ISI_KURTOSIS, floor=None))
    count = hits(dead_time(), np.random.default_rng(15), ["isi_kurtosis"], repeats=1000)["isi_kurtosis"]
    with pytest.raises(Disagreement):
        check_proportion_between(count, 1000, 0.94, 1.0, sees=0.05, what="isi_kurtosis")
