"""The laws of the streams: uniform, normal, independent.

Would catch: a radius without its 2, a tail cut short, a cosine paired with its own sine, words used twice.
"""

import numpy as np
import pytest
from budget import Disagreement, check_law, check_mean, check_proportion
from scipy import stats

from stochhh.random import EVENT, PRESYNAPTIC, normals, uniforms

N = 400_000


@pytest.fixture(scope="module")
def z():
    """A long stream of standard normal numbers."""
    return normals(N, seed=8, trial=5)


@pytest.mark.parametrize("purpose", [EVENT, PRESYNAPTIC])
@pytest.mark.parametrize("half", [0, 1])
def test_uniforms_along_a_stream(purpose, half):
    check_law(uniforms(np.arange(N), 3, purpose, 17)[half], stats.uniform.cdf, sees=0.01)


@pytest.mark.parametrize("direction", ["trials", "seeds", "far indices"])
def test_uniforms_across_streams(direction):
    """The first number of many trials, of many seeds, and of indices that differ in their high word."""
    if direction == "trials":
        u = [uniforms([0], k, EVENT, 17)[0, 0] for k in range(5000)]
    elif direction == "seeds":
        u = [uniforms([0], 0, EVENT, k)[0, 0] for k in range(5000)]
    else:
        u = uniforms(np.arange(5000, dtype=np.uint64) << np.uint64(32), 0, PRESYNAPTIC, 17)[0]
    check_law(u, stats.uniform.cdf, sees=0.1)


def test_the_halves_of_a_pair_are_independent():
    """Of gap and mark: each of the four quadrants holds a quarter."""
    u, v = uniforms(np.arange(N), 0, EVENT, 3)
    for a in (u < 0.5, u >= 0.5):
        for b in (v < 0.5, v >= 0.5):
            check_proportion(np.count_nonzero(a & b), N, 0.25, sees=0.01)


def test_the_low_bits_are_uniform_too():
    """Bits 33 to 52 come from another word than the first 32."""
    u = uniforms(np.arange(N), 0, EVENT, 3)[0]
    check_law((u * 2.0**33) % 1.0, stats.uniform.cdf, sees=0.01)


def test_normals_are_normal(z):
    check_law(z, stats.norm.cdf, sees=0.01)


@pytest.mark.parametrize(("power", "moment", "sees"), [(1, 0.0, 0.02), (2, 1.0, 0.03), (3, 0.0, 0.07), (4, 3.0, 0.2)])
def test_moments_of_normals(z, power, moment, sees):
    check_mean(z**power, moment, sees=sees)


@pytest.mark.parametrize("place", range(4))
def test_each_of_the_four_has_unit_variance(z, place):
    check_mean(z[place::4] ** 2, 1.0, sees=0.05)


@pytest.mark.parametrize("level", [2.0, 3.0, 4.0])
def test_tails_of_normals(z, level):
    """Each side: a tail thinned by half would be seen, at 4 one three times too heavy."""
    expected = stats.norm.sf(level)
    for tail in (z > level, z < -level):
        check_proportion(np.count_nonzero(tail), z.size, expected, sees=expected * (3.0 if level == 4.0 else 0.5))


@pytest.mark.parametrize("lag", [1, 2, 3, 4, 5, 8])
def test_normals_are_independent_at_a_lag(z, lag):
    """Products and products of squares (cosine and sine share a radius). Pairs do not overlap."""
    x, y = z[:-lag], z[lag:]
    for residue in range(lag):
        keep = (np.arange(x.size) // lag) % 2 == 0
        keep &= np.arange(x.size) % lag == residue
        check_mean(x[keep] * y[keep], 0.0, sees=0.1)
        check_mean((x[keep] ** 2 - 1) * (y[keep] ** 2 - 1), 0.0, sees=0.3)


def test_trials_are_independent():
    x, y = (normals(N // 4, seed=8, trial=k) for k in (0, 1))
    check_mean(x * y, 0.0, sees=0.05)


FAULTS = {
    "variance 1.1": lambda z: check_mean((1.1**0.5 * z) ** 2, 1.0, sees=0.1),
    "mean 0.03": lambda z: check_mean(z + 0.03, 0.0, sees=0.03),
    "skewed": lambda z: check_mean((z + 0.05 * (z * z - 1)) ** 3, 0.0, sees=0.3),
    "uniform of the same variance": lambda z: check_law((stats.norm.cdf(z) - 0.5) * 12**0.5, stats.norm.cdf, sees=0.05),
    "tail cut at 3": lambda z: check_proportion(np.count_nonzero(np.abs(z.clip(-3, 3)) > 3), N, 2 * stats.norm.sf(3)),
    "a number used twice": lambda z: check_mean(np.repeat(z, 2)[:-1:2] * np.repeat(z, 2)[1::2], 0.0, sees=0.1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(z, fault):
    with pytest.raises(Disagreement):
        FAULTS[fault](z)
