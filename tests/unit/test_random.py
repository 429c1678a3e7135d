"""The generator against its published vectors, and the streams cut from it.

Would catch: a wrong constant or round count, streams of two trials, seeds or purposes that share numbers, a compiled
stream that differs from numpy's, a uniform number of exactly 0 or 1.
"""

import numpy as np
import pytest
from numba import njit

from stochhh import random
from stochhh.errors import InputError
from stochhh.random import EVENT, MAX_SEED, NORMAL, PRESYNAPTIC, key_of, normals, open_uniform, philox, uniforms

# Random123 1.14, tests/kat_vectors, philox4x32 10: counter, key, answer.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text):
    return [np.uint64(int(word, 16)) for word in text.split()]


@njit
def compiled(c0, c1, c2, c3, k0, k1):
    return philox(c0, c1, c2, c3, k0, k1)


@njit
def compiled_uniforms(indices, trial, purpose, k0, k1):
    pairs = np.empty((2, indices.size))
    for i in range(indices.size):
        pairs[0, i], pairs[1, i] = random.two_uniforms(indices[i], trial, purpose, k0, k1)
    return pairs


@njit
def four(indices, trial, purpose, k0, k1):
    z = np.empty((indices.size, 4))
    for i in range(indices.size):
        z[i, 0], z[i, 1], z[i, 2], z[i, 3] = random.four_normals(indices[i], trial, purpose, k0, k1)
    return z


@njit
def compiled_open_uniform(word):
    return open_uniform(word)


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED, ids=["zeros", "ones", "pi"])
@pytest.mark.parametrize("version", [compiled, philox.py_func], ids=["compiled", "numpy"])
def test_published_vectors(version, counter, key, answer):
    assert list(map(int, version(*words(counter), *words(key)))) == list(map(int, words(answer)))


def test_numpy_on_arrays():
    """All three vectors at once, as `uniforms` calls it."""
    inputs = [words(counter) + words(key) for counter, key, _ in PUBLISHED]
    columns = [np.array(column, dtype=np.uint64) for column in zip(*inputs, strict=True)]
    found = np.array(philox.py_func(*columns)).T
    assert found.tolist() == [list(map(int, words(answer))) for _, _, answer in PUBLISHED]


def test_a_flipped_bit_changes_half_of_the_answer():
    """Each of the 192 input bits matters; none by a simple pattern. Bounds: 10 standard deviations of 128 coins."""
    base = np.array(compiled(*words(PUBLISHED[2][0]), *words(PUBLISHED[2][1])))
    for word in range(6):
        for bit in range(32):
            arguments = words(PUBLISHED[2][0]) + words(PUBLISHED[2][1])
            arguments[word] ^= np.uint64(1 << bit)
            changed = sum(int(x).bit_count() for x in base ^ np.array(compiled(*arguments)))
            assert abs(changed - 64) < 10 * 32**0.5, (word, bit)


INDICES = np.array([0, 1, 2, 2**20 + 3, 2**32 - 1, 2**32, 2**40 + 17, 2**63], dtype=np.uint64)


@pytest.mark.parametrize("seed", [0, 1, 2**32, 2**40 + 9, MAX_SEED])
@pytest.mark.parametrize("trial", [0, 7, 2**32 - 1])
def test_uniforms_are_the_same_compiled_and_in_numpy(seed, trial):
    assert np.array_equal(
        compiled_uniforms(INDICES, np.uint64(trial), PRESYNAPTIC, *key_of(seed)),
        uniforms(INDICES, trial, PRESYNAPTIC, seed),
    )


def test_uniforms_are_never_0_or_1():
    """The extreme words, and by formula: the smallest is 2^-53, the largest 1 - 2^-53."""
    assert compiled_open_uniform(np.uint64(0)) == 2.0**-33
    assert compiled_open_uniform(np.uint64(0xFFFFFFFF)) == 1.0 - 2.0**-33 < 1.0
    assert compiled_open_uniform(np.uint64(0x80000000)) > 0.5 > compiled_open_uniform(np.uint64(0x7FFFFFFF))
    u = uniforms(np.arange(200_000), 0, EVENT, 5)
    assert 0.0 < u.min() and u.max() < 1.0
    # 52 bits and a half: every number is an odd multiple of 2^-53.
    assert np.all((u * 2.0**53) % 2 == 1)


def test_streams_never_share_a_number():
    """Purposes, trials, seeds and indices that would collide if a counter word were dropped or two were added."""
    keys = [
        (seed, trial, purpose, index)
        for seed in (0, 1, 2, 2**32, 2**32 + 1, 2**33)
        for trial in (0, 1, 2, 2**31, 2**32 - 1)
        for purpose in (EVENT, NORMAL, PRESYNAPTIC)
        for index in (0, 1, 2, 2**32, 2**32 + 1, 2**33)
    ]
    seen = {tuple(uniforms([index], trial, purpose, seed)[:, 0]) for seed, trial, purpose, index in keys}
    assert len(seen) == len(keys)


def test_purposes_differ():
    assert len({int(EVENT), int(NORMAL), int(PRESYNAPTIC)}) == 3


def test_normals_are_those_of_their_formula():
    """Box-Muller in plain numpy from the same words, to the error that is claimed."""
    n, seed, trial = 4000, 12, 3
    index = np.arange(n // 4, dtype=np.uint64)
    ones = np.ones_like(index)
    a, b, c, d = philox.py_func(index, np.uint64(0) * ones, np.uint64(trial) * ones, NORMAL * ones, *key_of(seed))
    radius = [np.sqrt(-2 * np.log((word + 0.5) * 2.0**-32)) for word in (a, c)]
    angle = [2 * np.pi * (word * 2.0**-32) for word in (b, d)]
    expected = np.stack([f(angle[k]) * radius[k] for f in (np.cos, np.sin) for k in (0, 1)], axis=1).ravel()
    assert np.allclose(normals(n, seed, trial), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("lanes", [8, 24])
def test_the_normals_of_a_block_are_those_of_its_trials(lanes):
    fill, seed = random.diffusion_normals(1, lanes), 7
    block = np.zeros((6, lanes))
    njit(lambda w, group, trial, k0, k1: fill(w, group, trial, k0, k1))(block.ravel(), 2, 5, *key_of(seed))
    assert np.array_equal(block[1:5].T, [normals(12, seed, 5 + j)[8:] for j in range(lanes)])
    assert not block[[0, 5]].any()


def test_the_radius_and_the_direction_at_the_ends_of_their_range():
    """The first, the last and the middle words, and those beside the quarter turns."""
    ends = np.array([0, 1, 2**30 - 1, 2**30, 2**31 - 1, 2**31, 3 * 2**30, 2**32 - 2, 2**32 - 1], dtype=np.uint64)
    radius = [njit(lambda word: random._radius(word))(word) for word in ends]
    assert radius == pytest.approx(np.sqrt(-2 * np.log((ends + 0.5) * 2.0**-32)), rel=1e-10, abs=0)
    turns = np.array([njit(lambda word: random._direction(word))(word) for word in ends])
    angle = 2 * np.pi * (ends * 2.0**-32)
    assert np.allclose(turns, np.stack([np.cos(angle), np.sin(angle)], axis=1), rtol=0, atol=1e-10)


def test_normals_begin_with_fewer_and_pad_nothing():
    long = normals(1000, 4, 2)
    for n in (0, 1, 2, 3, 4, 5, 999):
        assert np.array_equal(normals(n, 4, 2), long[:n])
        assert normals(n, 4, 2).shape == (n,)


def test_normals_are_finite_at_the_corners():
    """Words of all zeros and all ones: the largest |z| is sqrt(2 ln 2^33) = 6.76, and no log of 0."""
    assert np.isfinite(four(np.arange(100_000, dtype=np.uint64), np.uint64(0), NORMAL, *key_of(0))).all()
    smallest = float(compiled_open_uniform(np.uint64(0)))
    assert np.sqrt(-2 * np.log(smallest)) == pytest.approx(6.7637, abs=1e-4)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, "1", None, True, np.nan])
def test_a_wrong_seed_is_refused(seed):
    with pytest.raises(InputError, match="seed"):
        key_of(seed)


@pytest.mark.parametrize(("seed", "key"), [(0, (0, 0)), (2**32, (0, 1)), (MAX_SEED, (2**32 - 1, 2**32 - 1))])
def test_the_key_of_a_seed(seed, key):
    assert key_of(seed) == key
    assert key_of(np.uint64(seed)) == key
