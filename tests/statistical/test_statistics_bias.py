"""Are the estimates right on average? The window, few trials, few ISIs; each with the fault that must be seen."""

import numpy as np
import pytest
from budget import Disagreement, check_mean
from trains import MEAN, gamma, groups, poisson

from stochhh import statistics as st


def values(statistic, process, rng, *, repeats, n_trials, per_window):
    """The estimate from each of many independent experiments."""
    spikes = process.trains(rng, repeats * n_trials, per_window)
    return np.array([statistic(group) for group in groups(spikes, n_trials)])


def of(statistic):
    return lambda spikes: statistic(spikes).value


def plain_mean(spikes):
    return spikes.isi()[0].mean()


def plain_cv(spikes):
    isi, _ = spikes.isi()
    return isi.std() / isi.mean()


def with_n(spikes):
    counts = spikes.counts()
    return counts.var() / counts.mean()


def both_ends_counted(spikes):
    return st.rate(spikes).value + 1000 / spikes.window


# statistic, its planted fault, process, truth, the relative effect to be seen, setting
CASES = {
    "isi_mean, window": (st.isi_mean, plain_mean, poisson(), MEAN, 0.03, (400, 20, 20)),
    "isi_mean, regular": (st.isi_mean, plain_mean, gamma(4), MEAN, 0.015, (500, 10, 20)),
    "cv, few ISIs": (st.cv, plain_cv, poisson(), 1.0, 0.018, (4000, 5, 20)),
    "fano_factor, few trials": (st.fano_factor, with_n, poisson(), 1.0, 0.15, (3000, 5, 10)),
    "rate, off by one": (st.rate, both_ends_counted, poisson(), 1000 / MEAN, 0.02, (400, 10, 40)),
}


@pytest.mark.parametrize("case", CASES)
def test_estimates_are_right_on_average(case):
    statistic, _, process, truth, sees, (repeats, n_trials, per_window) = CASES[case]
    rng = np.random.default_rng(1)
    sample = values(of(statistic), process, rng, repeats=repeats, n_trials=n_trials, per_window=per_window)
    check_mean(sample / truth, 1.0, sees=sees, what=case)


@pytest.mark.parametrize("case", CASES)
def test_planted_faults_are_seen(case):
    _, fault, process, truth, sees, (repeats, n_trials, per_window) = CASES[case]
    rng = np.random.default_rng(1)
    sample = values(fault, process, rng, repeats=repeats, n_trials=n_trials, per_window=per_window)
    with pytest.raises(Disagreement):
        check_mean(sample / truth, 1.0, sees=sees, what=case)


# The numbers of the docstrings: relative bias in per cent with 20 trials, of isi_mean, the plain mean, cv and lv.
LEFT = {
    (poisson, 5): (-5, -23, -8, 0),
    (poisson, 20): (0, -5, 0, 0),
    (poisson, 100): (0, -1, 0, 0),
    (4, 5): (0, -6, 0, 0),
    (4, 20): (0, -1, 0, 0),
    (4, 100): (0, 0, 0, 0),
    (0.5, 5): (-17, -40, -15, 0),
    (0.5, 20): (0, -10, 0, 0),
    (0.5, 100): (0, -2, 0, 0),
}


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "per_window"), LEFT, ids=lambda x: getattr(x, "__name__", x))
def test_what_the_window_leaves(kind, per_window):
    process = kind() if kind is poisson else gamma(kind)
    truth = process.truth(per_window)
    sizes = {"repeats": 2000, "n_trials": 20, "per_window": per_window}
    four = [(of(st.isi_mean), MEAN), (plain_mean, MEAN), (of(st.cv), truth["cv"]), (of(st.lv), truth["lv"])]
    for (statistic, right), stated in zip(four, LEFT[kind, per_window], strict=True):
        sample = 100 * (values(statistic, process, np.random.default_rng(3), **sizes) / right - 1)
        print(f"{process.name}, {per_window} spikes: {sample.mean():+.1f} +- {sample.std() / 2000**0.5:.1f} %")
        assert abs(sample.mean() - stated) < 1.0 + 5 * sample.std() / 2000**0.5
