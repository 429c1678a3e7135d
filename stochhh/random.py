"""Counter-based streams: a number is a function of (seed, trial, purpose, index) and of nothing else.

    Philox4x32-10(counter = (index mod 2^32, index div 2^32, trial, purpose), key = seed) -> 4 words of 32 bits

So a trial knows nothing of its neighbours, of threads, or of how a run is cut into blocks.

Source: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC11), section 3.3.
"""

from functools import cache

import numpy as np

from .compiler import numba
from .elementary import (
    MANTISSA,
    ONE_BITS,
    ROUND,
    SQRT_HALF_BITS,
    TWO_TO_52_BITS,
    bits,
    fma,
    from_bits,
    inline,
    select,
    to_float,
    wide_vectors,
)
from .errors import integer

__all__ = [
    "COPY",
    "EVENT",
    "MAX_SEED",
    "MAX_TRIALS",
    "MOTHER",
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
STREAM_VERSION = 3

MAX_SEED = 2**64 - 1
MAX_TRIALS = 2**32

WORD = np.uint64(0xFFFFFFFF)
WORD_BITS = np.uint64(32)


# What a stream is for: two purposes never share a number, and a number once given is never reused.
EVENT = np.uint64(1)  # gap and mark of a merged event
NORMAL = np.uint64(2)  # increments of the diffusion
PRESYNAPTIC = np.uint64(3)  # gap and transmission of one presynaptic neuron's spike
WEIGHT = np.uint64(4)  # of a merged event, counted up from 0; of a presynaptic spike, counted down from 2^64 - 1
MOTHER = np.uint64(5)  # gap of a spike of the mother process of common spikes
COPY = np.uint64(6)  # copy and transmission of such a spike to and from one presynaptic neuron


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


# What follows takes a word w for the number u = (w + 1/2) 2^-32 in (0, 1). Its polynomials (minimax, of lowest degree)
# err by less than 1e-10, half of the step from one u to the next.
_TWO_TO_22_BITS = np.uint64(0x4150000000000000)
_HALF_EXPONENT = np.uint64(0x5FE6EB50C7B537A9)
_BIT_0, _BIT_1, _TO_SIGN = np.uint64(1), np.uint64(2), np.uint64(62)


@inline
def _radius(word):
    """sqrt(-2 ln u), by ln(2^k m) = k ln 2 + 2 artanh((m - 1) / (m + 1)), sqrt(1/2) <= m < sqrt(2)."""
    b = bits(from_bits(word | TWO_TO_52_BITS) - (2.0**52 - 0.5)) + (ONE_BITS - SQRT_HALF_BITS)
    k = from_bits((b >> np.uint64(52)) | TWO_TO_52_BITS) - (2.0**52 + 1023.0 + 32.0)
    m = from_bits((b & MANTISSA) + SQRT_HALF_BITS)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    y = fma(fma(z, 0.23617416468361854, 0.2853605212727848), z, 0.40000338917521494)
    y = fma(fma(y, z, 0.6666666575753212), z, 2.0)
    return _root(fma(k, -2.0 * 0.6931471805599453, (-2.0 * s) * y))


@inline
def _root(x):
    """sqrt(x) to 1e-11, for positive normal x: the processor's own would take most of the time of a normal number.

    From half the exponent, two steps of third order towards 1/sqrt(x): y <- y (1 + e/2 + 3/8 e^2), e = 1 - x y^2.
    """
    y = from_bits(_HALF_EXPONENT - (bits(x) >> _BIT_0))
    e = fma(-x * y, y, 1.0)
    y = fma(y, e * fma(e, 0.375, 0.5), y)
    root = x * y
    e = fma(-root, y, 1.0)
    return fma(root, e * fma(e, 0.375, 0.5), root)


@inline
def _direction(word):
    """(cos 2 pi u, sin 2 pi u), less the half step: u = w 2^-32."""
    v = from_bits(word | _TWO_TO_22_BITS)  # 2^22 + 4 u
    t = v + (ROUND - 2.0**22)
    r = v - (t - (ROUND - 2.0**22))  # of a quarter turn, |r| <= 1/2
    z = r * r
    s = fma(fma(z, 0.00015820674370773766, -0.004681266476822102), z, 0.07969258276002503)
    s = fma(fma(s, z, -0.6459640961485154), z, 1.5707963267881133) * r
    c = fma(fma(z, 0.0009036317033323827, -0.02086007131893305), z, 0.2536692039393227)
    c = fma(fma(c, z, -1.2337005406473758), z, 0.9999999999526005)
    quarter = bits(t)
    swap = (quarter & _BIT_0) != 0
    cosine = bits(select(swap, s, c)) ^ (((quarter + _BIT_0) & _BIT_1) << _TO_SIGN)
    sine = bits(select(swap, c, s)) ^ ((quarter & _BIT_1) << _TO_SIGN)
    return from_bits(cosine), from_bits(sine)


@inline
def four_normals(index, trial, purpose, k0, k1):
    """Four independent standard normal numbers, numbers 4*index to 4*index + 3 of their stream.

    Box-Muller from uniforms of 32 bits, so that |z| < 6.8; the mass beyond, 1e-11, is missing. To 1e-9.
    """
    a, b, c, d = philox(index & WORD, index >> WORD_BITS, trial, purpose, k0, k1)
    r, s = _radius(a), _radius(c)
    x, y = _direction(b)
    z, w = _direction(d)
    return r * x, s * z, r * y, s * w


@cache
def diffusion_normals(row, lanes):
    """Compile fill(w, group, trial, k0, k1): the normal numbers of steps 4*group to 4*group + 3 of each lane's trial.

    They go to rows `row` to `row + 3` of a workspace of `lanes` numbers a row; lane j holds trial `trial + j`.
    They are those of `four_normals`, in stages: short ones keep more lanes under way in the processor at a time.
    """
    A, B, L = row * lanes, (row + 2) * lanes, lanes

    @inline
    def fill(w, group, trial, k0, k1):
        wide_vectors()
        low, high = np.uint64(group) & WORD, np.uint64(group) >> WORD_BITS
        for j in range(L):
            a, b, c, d = philox(low, high, np.uint64(trial + j), NORMAL, k0, k1)
            w[A + j], w[A + L + j], w[B + j], w[B + L + j] = from_bits(a), from_bits(c), from_bits(b), from_bits(d)
        for j in range(2 * L):
            w[A + j] = _radius(bits(w[A + j]))
        for j in range(2 * L):
            r = w[A + j]
            x, y = _direction(bits(w[B + j]))
            w[A + j], w[B + j] = r * x, r * y

    return fill


@numba.njit(error_model="numpy", nogil=True)
def _fill_normals(z, trial, k0, k1):
    for i in range(0, z.size, 4):
        a, b, c, d = four_normals(np.uint64(i // 4), trial, NORMAL, k0, k1)
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
