"""Do the intervals and bands of the membrane's statistics hold what they promise? And planted faults that must fail.

Ornstein-Uhlenbeck and shot noise, sampled exactly, 20 trials of 100 correlation times. `-m slow -s` prints what was
measured, which the docstrings state.
"""

from collections import Counter
from dataclasses import replace
from functools import cached_property

import numpy as np
import pytest
from budget import Disagreement, check_proportion_between
from potentials import DT, POTENTIALS, groups

from stochhh import statistics as st

SCALARS = ("mean", "variance", "skewness", "kurtosis")
CURVES = ("membrane_density", "autocovariance", "power_spectrum")
PROMISED = (0.93, 0.97)
FLOORED = ("variance", "skewness", "kurtosis")  # no narrower than those of a gamma law: they may hold more often


class Truth:
    """What the curves of a potential are to hold."""

    def __init__(self, potential):
        self.potential = potential
        self.scalars = potential.truth()

    @cached_property
    def density(self):
        edges = np.arange(-75.0, -45.0, 0.5)
        return dict(zip((edges[:-1] + 0.25).tolist(), self.potential.share(edges) / 0.5, strict=True))

    def of(self, curve):
        if curve.name == "membrane_density":
            return np.array([self.density[x] for x in curve.x.tolist()])
        return getattr(self.potential, curve.name)(curve.x)


TRUTHS = {name: Truth(potential) for name, potential in POTENTIALS.items()}


def hits(name, repeats, seed, n_trials=20, window=500.0, names=SCALARS + CURVES, change=lambda found: found):
    """NAME -> how often the interval, or the band, held the truth; "NAME alone" for the points of a curve."""
    truth, rng, count = TRUTHS[name], np.random.default_rng(seed), Counter()
    for first in range(0, repeats, 50):
        some = min(50, repeats - first)
        for record in groups(truth.potential.record(rng, some * n_trials, window), n_trials):
            for of in names:
                if of in SCALARS:
                    found = change(getattr(st, f"membrane_{of}")(record))
                    count[of] += found.low is not None and found.low <= truth.scalars[of] <= found.high
                else:
                    found = change(getattr(st, of)(record))
                    has, expected = np.isfinite(found.low), truth.of(found)
                    if n_trials >= 10:
                        held = (found.joint_low <= expected) & (expected <= found.joint_high)
                        count[of] += bool(np.all(held[has]))
                    count[f"{of} alone"] += np.mean(((found.low <= expected) & (expected <= found.high))[has])
    return {key: round(value) for key, value in count.items()}


def most(of, high):
    """The most that a coverage may be."""
    return 1.0 if of in FLOORED else high


@pytest.mark.parametrize("name", POTENTIALS)
def test_intervals_and_bands_hold(name):
    repeats = 60
    for of, count in hits(name, repeats, 41).items():
        check_proportion_between(count, repeats, 0.92, 0.975, sees=0.28, what=f"{of} of {name}")


@pytest.mark.slow
@pytest.mark.parametrize("n_trials", [20, 50, 250])
@pytest.mark.parametrize("name", POTENTIALS)
def test_coverage_from_20_trials(name, n_trials):
    repeats = {20: 2000, 50: 600, 250: 200}[n_trials]
    for of, count in hits(name, repeats, 42, n_trials).items():
        print(f"{name:<18} {n_trials:3} trials of 100 tau  {of:<24} {count / repeats:.3f}")
        low, high = PROMISED
        sees = 0.14 if n_trials == 250 else 0.08
        check_proportion_between(count, repeats, low, most(of, high), sees=sees, what=f"{of} of {name}")


@pytest.mark.slow
@pytest.mark.parametrize("n_trials", [2, 3, 5, 10])
@pytest.mark.parametrize("name", POTENTIALS)
def test_coverage_from_fewer_trials(name, n_trials):
    repeats = 600
    for of, count in hits(name, repeats, 43, n_trials).items():
        print(f"{name:<18} {n_trials:3} trials of 100 tau  {of:<24} {count / repeats:.3f}")
        check_proportion_between(
            count, repeats, 0.89 if of == "kurtosis" else 0.92, most(of, 0.985), sees=0.085, what=of
        )


@pytest.mark.slow
@pytest.mark.parametrize("window", [100.0, 2000.0])
@pytest.mark.parametrize("name", POTENTIALS)
def test_coverage_of_short_and_long_trials(name, window):
    repeats = 600
    for of, count in hits(name, repeats, 44, window=window).items():
        print(f"{name:<18}  20 trials of {window / 5:.0f} tau  {of:<24} {count / repeats:.3f}")
        least = 0.86 if of == "kurtosis" and window == 100.0 else 0.92
        check_proportion_between(count, repeats, least, most(of, 0.985), sees=0.09, what=f"{of} of {name}")


# Planted faults


def one_sided(found):
    """Fault: a spectrum of positive frequencies alone."""
    return replace(found, joint_low=2 * found.joint_low, joint_high=2 * found.joint_high)


def lag_off_by_one(found):
    """Fault: each value a sampling interval too early."""
    return replace(found, x=found.x + DT)


def bin_off_by_half(found):
    """Fault: the left edge for the middle of a bin."""
    moved = {end: np.append(getattr(found, end)[1:], np.nan) for end in ("low", "joint_low", "joint_high")}
    return replace(found, **moved)


FAULTS = {"power_spectrum": one_sided, "autocovariance": lag_off_by_one, "membrane_density": bin_off_by_half}


@pytest.mark.parametrize(("of", "fault"), FAULTS.items())
def test_a_planted_fault_is_seen(of, fault):
    count = hits("ornstein-uhlenbeck", 40, 45, names=(of,), change=fault)
    with pytest.raises(Disagreement):
        check_proportion_between(count[of], 40, 0.92, 0.975, sees=0.34, what=of)


def test_a_mean_that_stays_is_seen():
    """Fault: products about the initial value, not about the mean."""
    held, truth = 0, TRUTHS["ornstein-uhlenbeck"]
    for record in groups(truth.potential.record(np.random.default_rng(46), 40 * 20, 500.0), 20):
        V = record["V"]
        raw = V.every._replace(ends=0 * V.every.ends, powers=0 * V.every.powers)
        found = st.autocovariance(replace(record, variables={"V": replace(V, every=raw)}))
        expected = truth.of(found)
        held += bool(np.all((found.joint_low <= expected) & (expected <= found.joint_high)))
    with pytest.raises(Disagreement):
        check_proportion_between(held, 40, 0.92, 0.975, sees=0.34, what="autocovariance")
