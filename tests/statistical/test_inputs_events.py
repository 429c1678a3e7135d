"""The law of the events: Poisson counts, uniform order statistics, exponential gaps, independent marks.

Would catch: a gap counted from the wrong event, a boundary effect at the start or end, p applied twice, a mark that
depends on its gap, a presynaptic neuron drawn once for all.
"""

from functools import cache

import numpy as np
import pytest
from budget import (
    Disagreement,
    check_equal_laws,
    check_law,
    check_mean,
    check_poisson,
    check_poisson_dispersion,
    check_proportion,
)
from scipy import stats

import stochhh as sh
from stochhh.noise.merged import poisson_events
from stochhh.noise.presynaptic import presynaptic_events

DRIVE = sh.SynapticInput(
    sh.Population("exc", n=40, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=5.0, weight=-4.0, p=0.7),
    sh.Population("slow", n=10, rate=2.0, weight=2.0, p=1.0),
)  # 0.2 + 0.07 + 0.02 per ms
DURATION, TRIALS = 400.0, 300
DRAWS = {"merged": poisson_events, "presynaptic": presynaptic_events}


@cache
def drawn(name):
    return DRAWS[name](DRIVE, duration=DURATION, seed=20, trials=range(TRIALS))


@pytest.fixture(params=DRAWS)
def events(request):
    return drawn(request.param)


def counts(events, weight=None):
    """Number of events (of one population) in each trial."""
    trial = events.trial if weight is None else events.trial[events.jump == weight]
    return np.bincount(trial, minlength=TRIALS)


def early_gaps(events, n=60):
    """The first n gaps of every trial, the one from time 0 included: independent, and cut by no window."""
    return np.concatenate([np.diff(events.of(k)[0][:n], prepend=0.0) for k in range(TRIALS)])


def check_counts(events):
    for population in DRIVE.populations:
        count = counts(events, population.weight)
        check_poisson(count.sum(), population.intensity * DURATION * TRIALS, sees=0.25, what=population.name)
        check_poisson_dispersion(count, sees=1.0, what=population.name)
    check_poisson(events.time.size, DRIVE.intensity * DURATION * TRIALS, sees=0.06)
    check_poisson_dispersion(counts(events), sees=1.0)


def check_times(events):
    check_law(events.time / DURATION, stats.uniform.cdf, sees=0.05)


def check_gaps(events):
    """All gaps, and the first of each trial alone, which begins at time 0 and not at an event."""
    check_law(early_gaps(events) * DRIVE.intensity, stats.expon.cdf, sees=0.05)
    check_law(early_gaps(events, n=1) * DRIVE.intensity, stats.expon.cdf, sees=0.3)


def check_marks(events):
    """Shares, and independence of the mark before (pairs that do not overlap) and of the gap before."""
    shares = dict(zip((p.weight for p in DRIVE.populations), DRIVE.probabilities, strict=True))
    jumps = [events.of(k)[1][:60] for k in range(TRIALS)]
    marks, n = np.concatenate(jumps), sum(map(len, jumps))
    for weight, share in shares.items():
        check_proportion(np.count_nonzero(marks == weight), n, share, sees=0.05)
    pairs = np.concatenate([x[: x.size // 2 * 2].reshape(-1, 2) for x in jumps])
    for weight, share in shares.items():
        both = np.count_nonzero((pairs == weight).all(axis=1))
        check_proportion(both, len(pairs), share**2, sees=0.06)
    gaps = early_gaps(events) * DRIVE.intensity
    check_law(gaps[marks == -4.0], stats.expon.cdf, sees=0.1)


@pytest.mark.parametrize("check", [check_counts, check_times, check_gaps, check_marks])
def test_the_law_of_the_events(events, check):
    check(events)


def test_both_draws_have_one_law():
    """Of the whole jump process: the sum of all jumps in a trial, and the time of its tenth event."""
    merged, each = map(drawn, DRAWS)
    sums = [np.bincount(e.trial, weights=e.jump, minlength=TRIALS) for e in (merged, each)]
    # Weights are whole numbers; a spread of their size makes the sums continuous for the test of laws.
    spread = np.random.default_rng(0).random((2, TRIALS))
    check_equal_laws(sums[0] + spread[0], sums[1] + spread[1], sees=0.7)
    check_equal_laws(*([e.of(k)[0][9] for k in range(TRIALS)] for e in (merged, each)), sees=0.7)


@pytest.mark.parametrize("draw", DRAWS)
def test_cumulants_are_those_of_the_sum_of_jumps(draw):
    """The j-th cumulant of the sum over a time T is kappa_j T: mean, variance and the third."""
    events = drawn(draw)
    pieces = 40
    piece = np.minimum((events.time / DURATION * pieces).astype(int), pieces - 1) + pieces * events.trial
    sums = np.bincount(piece, weights=events.jump, minlength=pieces * TRIALS)
    T = DURATION / pieces
    # To be seen: a tenth of a standard deviation of the sum, 15 % of its variance, 60 % of its third cumulant.
    k2, k3 = DRIVE.cumulant(2) * T, DRIVE.cumulant(3) * T
    seen = {1: 0.1 * k2**0.5, 2: 0.15 * k2, 3: 0.6 * abs(k3)}
    for j, sees in seen.items():
        centred = sums - DRIVE.cumulant(1) * T if j > 1 else sums
        check_mean(centred**j, DRIVE.cumulant(j) * T, sees=sees)


def lost_population(events):
    return sh.Recording(*(column[events.jump != 2.0] for column in (events.trial, events.time, events.jump)), TRIALS)


def p_twice(events):
    keep = np.random.default_rng(0).random(len(events)) < 0.5
    return sh.Recording(*(column[keep] for column in (events.trial, events.time, events.jump)), TRIALS)


def first_event_lost(events):
    keep = np.flatnonzero(np.diff(events.trial, prepend=-1) == 0)
    return sh.Recording(*(column[keep] for column in (events.trial, events.time, events.jump)), TRIALS)


def on_a_grid(events):
    return sh.Recording(events.trial, np.ceil(events.time / 2.0) * 2.0, events.jump, TRIALS)


def crowded_at_the_start(events):
    return sh.Recording(events.trial, events.time**1.2 / DURATION**0.2, events.jump, TRIALS)


def marks_that_stick(events):
    jump = events.jump.copy()
    jump[1::2] = jump[::2][: jump[1::2].size]
    return sh.Recording(events.trial, events.time, jump, TRIALS)


def one_draw_for_all(events):
    one = events.of(0)
    return sh.Recording.from_lists([one[0]] * TRIALS, [one[1]] * TRIALS)


FAULTS = [
    (lost_population, check_counts),
    (p_twice, check_counts),
    (one_draw_for_all, check_counts),
    (first_event_lost, check_gaps),
    (on_a_grid, check_gaps),
    (crowded_at_the_start, check_times),
    (marks_that_stick, check_marks),
]


@pytest.mark.parametrize(("fault", "check"), FAULTS, ids=lambda f: f.__name__)
def test_a_planted_fault_is_seen(events, fault, check):
    with pytest.raises(Disagreement):
        check(fault(events))
