"""The jumps inside a step, as numbers: their integrals by hand, and what the stage values must match.

Would catch: a weight entered with the wrong part of the step, the order of the jumps mistaken, a condition of the
Runge-Kutta step not met, the square root of a negative number, the root's sign turned, a rule that a path run backwards
in time does not turn round.
"""

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from numba import njit

from stochhh.integrators.kernels import path as paths

N_PATHS, SEED = 400, 5


@njit
def of_jumps(weights, left):
    """The path, its roughness and its stage values (l_1, m, l_4)."""
    path = paths.START
    for i in range(weights.size):
        path = paths.with_jump(path, weights[i], left[i])
    rough = paths.roughness(path)
    return path, rough, paths.stage_values(path, rough)


def step_paths(largest=12):
    """(times in the step, weights) of random step paths, from none to `largest` jumps, some of them at its ends."""
    rng = np.random.default_rng(SEED)
    for k in range(N_PATHS):
        n = rng.integers(largest + 1)
        times, weights = np.sort(rng.random(n)), rng.normal(0.0, 1.0, n) * 10.0 ** rng.integers(-3, 3)
        if n and k % 7 == 0:
            times[0] = 0.0
        if n and k % 5 == 0:
            times[-1] = 1.0
        yield times, weights


@cache
def paths_by_hand():
    """(times, weights, their integrals) of the random paths."""
    return [(times, weights, by_hand(times, weights)) for times, weights in step_paths()]


def by_hand(times, weights):
    """a, d, c, e, the end and the largest value: exact sums over the pieces on which L is constant."""
    edges = [Fraction(0), *map(Fraction, times), Fraction(1)]
    levels = np.concatenate([[0], np.cumsum([Fraction(w) for w in weights])]).tolist()

    def integral(power, antiderivative):
        pieces = zip(levels, edges[:-1], edges[1:], strict=True)
        return float(sum(L**power * (antiderivative(t) - antiderivative(s)) for L, s, t in pieces))

    return (
        integral(1, lambda s: s),
        integral(1, lambda s: s**2 - s),
        integral(2, lambda s: s),
        integral(1, lambda s: 2 * s**3 - 3 * s**2 + s),
        float(levels[-1]),
        float(max(levels)),
    )


def size_of(weights):
    """By what the rounding of a path's integrals is measured."""
    return float(np.sum(np.abs(weights))) or 1.0


def furthest(found):
    """The largest difference, over the size of the path to the power of L in each integral."""
    worst = 0.0
    for times, weights, expected in paths_by_hand():
        size = size_of(weights)
        scale = np.array([size, size, size**2, size, size, size])
        path = found(weights, 1.0 - times)
        worst = max(worst, np.max(np.abs(np.array(path) - expected) / scale))
    return worst


def test_the_integrals_are_those_by_hand():
    assert furthest(lambda weights, left: of_jumps(weights, left)[0]) < 1e-14


@pytest.mark.parametrize(
    "fault",
    [
        lambda weights, left: of_jumps(weights, 1.0 - left),
        lambda weights, left: of_jumps(weights[::-1].copy(), left),
        lambda weights, left: of_jumps(weights, left * (1 - 1e-9)),
        lambda weights, left: of_jumps(weights[:-1], left[:-1]),
    ],
    ids=["time over for time left", "weights in the wrong order", "left by 1e-9 too short", "the last jump lost"],
)
def test_a_planted_fault_in_the_integrals_is_seen(fault):
    assert furthest(lambda weights, left: fault(weights, left)[0]) > 1e-11


def test_a_jump_of_zero_changes_nothing():
    """The kernel adds one for every event beyond the step."""
    times, weights = np.array([0.2, 0.7]), np.array([1.0, -4.0])
    padded = of_jumps(np.append(weights, [0.0, 0.0]), np.append(1.0 - times, [0.0, 0.0]))
    assert padded == of_jumps(weights, 1.0 - times)


def conditions(path, stages):
    """What each of the three conditions is off by, over the size of what it matches."""
    a, d, c, *_ = path
    l_1, m, l_4 = stages
    return (l_1 + 4 * m + l_4) / 6 - a, (l_1**2 + 4 * m**2 + l_4**2) / 6 - c, (2 * m + l_4) / 6 - (a + d) / 2


def mismatch(stages_of):
    """The largest mismatch of any condition over many paths, over the size of the path."""
    worst = 0.0
    for times, weights in step_paths():
        path, rough, _ = of_jumps(weights, 1.0 - times)
        off, size = conditions(path, stages_of(path, rough)), size_of(weights)
        worst = max(worst, np.max(np.abs(off) / np.array([size, size**2, size])))
    return worst


@njit
def shipped(path, rough):
    return paths.stage_values(path, rough)


def test_the_stages_match_the_path():
    assert mismatch(shipped) < 1e-14


@pytest.mark.parametrize(
    "fault",
    [
        lambda path, rough: shipped(path, 0.0),
        lambda path, rough: shipped(path, 1.001 * rough),
        lambda path, rough: shipped(path, rough)[::-1],
        lambda path, rough: (path.a, path.a, path.a),
    ],
    ids=["no second moment", "roughness * 1.001", "first and last stage exchanged", "the mean alone"],
)
def test_a_planted_fault_in_the_stages_is_seen(fault):
    assert mismatch(fault) > 1e-6


def test_the_root_is_of_no_negative_number():
    """What a straight line leaves of L is a variance; where it is 0, rounding may make it negative, and it is cut."""
    for times, weights in step_paths():
        path, rough, stages = of_jumps(weights, 1.0 - times)
        left = 0.5 * (path.c - path.a**2 - 3 * path.d**2)
        assert left > -1e-14 * size_of(weights) ** 2 and rough >= 0.0 and np.all(np.isfinite(stages))
    # A jump at the very beginning leaves a constant: rounding alone.
    for weight in np.random.default_rng(SEED).normal(0.0, 1.0, 1000):
        path, rough, stages = of_jumps(np.array([weight]), np.array([1.0]))
        assert 0.0 <= rough < 1e-15 and np.allclose(stages, weight, rtol=1e-7)


def test_the_root_takes_the_sign_of_the_curvature():
    """A path that is high at both ends of the step, and one that is high between them."""
    valley = of_jumps(np.array([1.0, -1.0, 1.0]), np.array([1.0, 0.7, 0.3]))
    hill = of_jumps(np.array([1.0, -1.0]), np.array([0.7, 0.3]))
    for (path, _, (l_1, m, l_4)), middle_is_higher in ((valley, False), (hill, True)):
        assert (m > path.a) is middle_is_higher and (l_1 < path.a) is middle_is_higher
        assert (l_4 < path.a) is middle_is_higher


def third_moment(stages_of, n=4000):
    """What the stages make of int L^3, in the mean over the place of a single jump of 1; it is 1/2."""
    total = 0.0
    for left in (np.arange(n) + 0.5) / n:
        path, rough, _ = of_jumps(np.array([1.0]), np.array([left]))
        l_1, m, l_4 = stages_of(path, rough)
        total += (l_1**3 + 4 * m**3 + l_4**3) / 6
    return total / n


def test_the_third_moment_is_right_in_the_mean():
    """Though no condition asks for it: that is what the sign of the root is for."""
    assert abs(third_moment(shipped) - 0.5) < 1e-6
    one_sign = third_moment(lambda path, rough: shipped(path._replace(e=-1.0), rough))
    no_root = third_moment(lambda path, rough: shipped(path, 0.0))
    assert abs(one_sign - 0.5) > 0.1 and abs(no_root - 0.5) > 0.09


def third_moments_missed(stages_of):
    """What the stages miss of the third moment of L about its mean: in a path, and in the same path run backwards."""
    for times, weights in step_paths():
        found = []
        for events, jumps in ((times, weights), (1.0 - times[::-1], weights[::-1].copy())):
            path, rough, _ = of_jumps(jumps, 1.0 - events)
            mid = np.array(stages_of(path, rough)) - path.a
            levels = np.concatenate([[0.0], np.cumsum(jumps)]) - path.a
            exact = np.sum(levels**3 * np.diff(np.concatenate([[0.0], events, [1.0]])))
            found.append((exact - np.array([1.0, 4.0, 1.0]) / 6 @ mid**3) / size_of(weights) ** 3)
        yield found


def test_a_path_run_backwards_errs_by_the_opposite():
    """So the error of the third moment is 0 in the mean, whatever the law of the weights."""
    forwards, backwards = np.array(list(third_moments_missed(shipped))).T
    assert np.max(np.abs(forwards + backwards)) < 1e-9 and np.max(np.abs(forwards)) > 1e-3
    one_sign = np.array(list(third_moments_missed(lambda path, rough: shipped(path._replace(e=-1.0), rough)))).T
    assert np.max(np.abs(one_sign[0] + one_sign[1])) > 1e-3
