"""Counter-based streams: a number is a function of (seed, trial, purpose, index) and of nothing else.

    Philox4x32-10(counter = (index mod 2^32, index div 2^32, trial, purpose), key = seed) -> 4 words of 32 bits

So a trial knows nothing of its neighbours, of threads, or of how a run is cut into blocks.

Source: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC11), section 3.3.
"""

import numpy as np
from numba import njit

from .elementary import cos_sin_turn, inline, log, sqrt, to_float
from .errors import integer

__all__ = [
    "EVENT",
    "MAX_SEED",
    "MAX_TRIALS",
    "NORMAL",
    "PRESYNAPTIC",
    "STREAM_VERSION",
    "WEIGHT",
    "WORD",
    "diffusion_normals",
    "four_normals",
    "key_of",
    "normals",
    "open_uniform",
    "philox",
    "two_uniforms",
    "uniforms",
]

# Raised whenever the same (seed, trial) would give other numbers; recorded with every result.
STREAM_VERSION = 1

MAX_SEED = 2**64 - 1
MAX_TRIALS = 2**32

WORD = np.uint64(0xFFFFFFFF)
WORD_BITS = np.uint64(32)


# What a stream is for: two purposes never share a number, and a number once given is never reused.
EVENT = np.uint64(1)  # gap and mark of a merged event
NORMAL = np.uint64(2)  # increments of the diffusion
PRESYNAPTIC = np.uint64(3)  # gap and transmission of one presynaptic neuron's spike
WEIGHT = np.uint64(4)  # of a merged event, counted up from 0; of a presynaptic spike, counted down from 2^64 - 1


def key_of(seed):
    """The two key words of a seed: a whole number from 0 to 2^64 - 1."""
    seed = integer("seed", seed, at_least=0, at_most=MAX_SEED)
    return np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32)


_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)


@inline
def philox(c0, c1, c2, c3, k0, k1):
    """Philox4x32-10: four counter words and two key words to four random words, each 32 bits in uint64.

    The same source runs on numpy arrays: `philox.py_func`.
    """
    for _ in range(10):
        low = _MULTIPLIER_0 * c0
        high = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (high >> WORD_BITS) ^ c1 ^ k0, high & WORD, (low >> WORD_BITS) ^ c3 ^ k1, low & WORD
        k0 = (k0 + _WEYL_0) & WORD
        k1 = (k1 + _WEYL_1) & WORD
    return c0, c1, c2, c3


@inline
def open_uniform(word):
    """A number in (0, 1) from a word of 32 bits: (word + 1/2) 2^-32."""
    return (to_float(word) + 0.5) * 2.0**-32


@inline
def two_uniforms(index, trial, purpose, k0, k1):
    """Two independent numbers in (0, 1), each of 52 bits, symmetric about 1/2."""
    a, b, c, d = philox(index & WORD, index >> WORD_BITS, trial, purpose, k0, k1)
    u = (to_float((a << np.uint64(20)) | (b >> np.uint64(12))) + 0.5) * 2.0**-52
    v = (to_float((c << np.uint64(20)) | (d >> np.uint64(12))) + 0.5) * 2.0**-52
    return u, v


@inline
def four_normals(index, trial, purpose, k0, k1):
    """Four independent standard normal numbers, numbers 4*index to 4*index + 3 of their stream.

    Box-Muller from uniforms of 32 bits, so that |z| < 6.8; the mass beyond, 1e-11, is missing.
    """
    a, b, c, d = philox(index & WORD, index >> WORD_BITS, trial, purpose, k0, k1)
    r = sqrt(-2.0 * log(open_uniform(a)))
    s = sqrt(-2.0 * log(open_uniform(c)))
    x, y = cos_sin_turn(to_float(b) * 2.0**-32)
    z, w = cos_sin_turn(to_float(d) * 2.0**-32)
    return r * x, r * y, s * z, s * w


@inline
def diffusion_normals(group, trial, k0, k1):
    """The normal numbers of steps 4*group to 4*group + 3 of a trial of the diffusion."""
    return four_normals(group, trial, NORMAL, k0, k1)


@njit(error_model="numpy", nogil=True)
def _fill_normals(z, trial, k0, k1):
    for i in range(0, z.size, 4):
        a, b, c, d = diffusion_normals(np.uint64(i // 4), trial, k0, k1)
        z[i], z[i + 1], z[i + 2], z[i + 3] = a, b, c, d


def normals(n, seed, trial=0):
    """The first n standard normal numbers that drive a trial of the diffusion, shape (n,)."""
    z = np.empty(4 * -(-n // 4))
    _fill_normals(z, np.uint64(trial), *key_of(seed))
    return z[:n]


def uniforms(index, trial, purpose, seed):
    """`two_uniforms` of numpy, for an array of indices: shape (2, len(index))."""
    index = np.asarray(index, dtype=np.uint64)
    k0, k1 = key_of(seed)
    ones = np.ones_like(index)
    a, b, c, d = philox.py_func(index & WORD, index >> WORD_BITS, ones * np.uint64(trial), ones * purpose, k0, k1)
    whole = np.stack([(a << np.uint64(20)) | (b >> np.uint64(12)), (c << np.uint64(20)) | (d >> np.uint64(12))])
    return (whole + 0.5) * 2.0**-52
