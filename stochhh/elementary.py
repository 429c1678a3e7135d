"""Arithmetic that LLVM turns into vector instructions: fma, exp, log, tanh, sin and cos, without branches.

The functions of a mathematical library are calls, and a loop with a call in it is not vectorised. These
are polynomials and bit operations, inlined. Multiply-adds are written out as `fma`, and no fast-math flag
is set, so a lane's result does not depend on the width of the loop around it.

Sources: exp after Cody and Waite (range reduction) with the minimax polynomial of degree 11; log and the
sine and cosine kernels with the coefficients of fdlibm (Sun Microsystems, 1993: e_log.c, k_sin.c, k_cos.c).
"""

from .compiler import numba  # before all else of numba, which reads the environment as it is loaded

# isort: split
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = [
    "EXP_RANGE",
    "MANTISSA",
    "ONE_BITS",
    "ROUND",
    "SQRT_HALF_BITS",
    "TWO_TO_52_BITS",
    "apart",
    "bits",
    "cos_sin_turn",
    "cosh",
    "exp",
    "fma",
    "from_bits",
    "inline",
    "log",
    "log2_estimate",
    "select",
    "sqrt",
    "tanh",
    "to_float",
    "trailing_zeros",
    "two_to",
    "wide_vectors",
]

# Division by zero is IEEE's, not Python's exception: a branch would stop the vectoriser. Compiled functions alone call
# these, and so no entry from Python is made.
_OPTIONS = {"error_model": "numpy", "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
inline = numba.njit(forceinline=True, **_OPTIONS)
apart = numba.njit(**_OPTIONS)

# Arguments for which exp below is right: outside, its exponent field overflows.
EXP_RANGE = (-708.0, 709.0)


@intrinsic
def fma(typingctx, a, b, c):
    """a*b + c, rounded once."""

    def codegen(context, builder, signature, args):
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), codegen


@intrinsic
def sqrt(typingctx, x):
    """The square root as the processor's instruction; NaN for negative x."""

    def codegen(context, builder, signature, args):
        instruction = builder.module.declare_intrinsic("llvm.sqrt", [ir.DoubleType()])
        return builder.call(instruction, args)

    return types.float64(types.float64), codegen


@intrinsic
def trailing_zeros(typingctx, word):
    """The number of zero bits below the lowest one of an unsigned 64-bit number, not 0."""

    def codegen(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), codegen


@intrinsic
def bits(typingctx, x):
    """The 64 bits of a float64."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(64))

    return types.uint64(types.float64), codegen


@intrinsic
def from_bits(typingctx, b):
    """The float64 with these 64 bits."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.uint64), codegen


@intrinsic
def select(typingctx, condition, a, b):
    """`a if condition else b`, both sides computed."""

    def codegen(context, builder, signature, args):
        return builder.select(*args)

    return types.float64(types.boolean, types.float64, types.float64), codegen


WIDEST = 512


@intrinsic
def wide_vectors(typingctx):
    """Let LLVM use vectors of up to WIDEST bits in the function that calls this, and in no other.

    On x86 it prefers 256 bits even where the processor has 512; these loops are worth the wider ones, and their stack
    must then be aligned. Other processors, such as ARM with 128 bits, have one width, and nothing to be told.
    """

    def codegen(context, builder, signature, args):
        if builder.module.triple.startswith("x86_64"):
            # llvmlite lists the attributes that it knows; LLVM knows more.
            set.add(builder.function.attributes, f'"prefer-vector-width"="{WIDEST}"')
            set.add(builder.function.attributes, '"stackrealign"')
        return context.get_dummy_value()

    return types.void(), codegen


# Adding and subtracting 1.5 * 2^52 rounds to an integer, and leaves it in the low bits.
ROUND = 6755399441055744.0
_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471805599453, 2.319046813846299e-17
_MANTISSA_BITS = np.uint64(52)


@inline
def _reduced(x):
    """(r, k in the exponent's bits) with x = k ln 2 + r, |r| <= ln(2)/2."""
    t = fma(x, _LOG2_E, ROUND)
    k = t - ROUND
    r = fma(k, -_LN2_LOW, fma(k, -_LN2_HIGH, x))
    return r, bits(t) << _MANTISSA_BITS


@inline
def _times(y, exponent):
    """y 2^k, both normal: an addition of whole numbers, which leaves the multipliers to others."""
    return from_bits(bits(y) + exponent)


@inline
def _from_second(r, r2):
    """(e^r - 1 - r) / r^2, by pairs of terms: half of the depth of Horner's scheme, for one operation more."""
    y23 = fma(r, 0.16666666666661953, 0.5)
    y45 = fma(r, 0.008333333336530009, 0.04166666666661993)
    y67 = fma(r, 0.00019841262670022074, 0.0013888888920530872)
    y89 = fma(r, 2.7563858707307397e-06, 2.480151631847952e-05)
    yab = fma(r, 2.297641554233245e-08, 2.7622239132771574e-07)
    return fma(fma(fma(fma(yab, r2, y89), r2, y67), r2, y45), r2, y23)


@inline
def exp(x):
    """e^x to 5e-16 relative, for x in EXP_RANGE; meaningless outside."""
    r, exponent = _reduced(x)
    r2 = r * r
    return _times(fma(_from_second(r, r2), r2, r + 1.0), exponent)


@inline
def cosh(x):
    """The hyperbolic cosine to 1e-15 relative, for |x| <= 709; infinite beyond."""
    a = abs(x)
    e = exp(select(a > EXP_RANGE[1], EXP_RANGE[1], a))
    return select(a > EXP_RANGE[1], np.inf, fma(0.5, e, 0.5 / e))


_SIGN = np.uint64(1 << 63)
_FLAT = -40.0  # e^-40 is lost beside 1


@inline
def tanh(x):
    """The hyperbolic tangent to 1e-15 relative, for every x.

    |tanh x| = |y / (2 + y)|,   y = e^(-2|x|) - 1 = 2^k (e^r - 1) + (2^k - 1), which keeps its digits near 0
    """
    u = -2.0 * abs(x)
    r, exponent = _reduced(select(u < _FLAT, _FLAT, u))
    r2, power = r * r, _times(1.0, exponent)
    y = fma(_from_second(r, r2), r2, r)  # e^r - 1
    y = fma(y, power, power - 1.0)
    return from_bits(bits(abs(y / (2.0 + y))) | (bits(x) & _SIGN))


SQRT_HALF_BITS = np.uint64(0x3FE6A09E00000000)
ONE_BITS = np.uint64(0x3FF0000000000000)
MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)


@inline
def log(x):
    """The natural logarithm to about one unit in the last place, for positive normal x."""
    b = bits(x) + (ONE_BITS - SQRT_HALF_BITS)
    k = to_float(b >> _MANTISSA_BITS) - 1023.0
    f = from_bits((b & MANTISSA) + SQRT_HALF_BITS) - 1.0  # x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2)
    s = f / (2.0 + f)
    z = s * s
    y = fma(z, 0.14798198605116586, 0.1531383769920937)
    y = fma(y, z, 0.1818357216161805)
    y = fma(y, z, 0.22222198432149784)
    y = fma(y, z, 0.2857142874366239)
    y = fma(y, z, 0.3999999999940942)
    y = fma(y, z, 0.6666666666666735)
    half = 0.5 * f * f
    tail = fma(s, fma(y, z, half), k * 1.9082149292705877e-10)
    return fma(k, 0.6931471803691238, f - (half - tail))


_TWO_TO_52 = 4503599627370496.0
TWO_TO_52_BITS = np.uint64(0x4330000000000000)


@inline
def to_float(i):
    """A whole number below 2^52, held in uint64, as float64 (plain vector units have no such conversion)."""
    return from_bits(i | TWO_TO_52_BITS) - _TWO_TO_52


_ONE, _TWO, _SIGN_SHIFT = np.uint64(1), np.uint64(2), np.uint64(62)


@inline
def cos_sin_turn(u):
    """(cos 2 pi u, sin 2 pi u) to about one unit in the last place, for 0 <= u <= 1."""
    t = fma(u, 4.0, ROUND)
    quarter = bits(t)
    r = fma(u, 4.0, ROUND - t) * 1.5707963267948966  # |r| <= pi/4
    z = r * r
    s = fma(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08)
    s = fma(s, z, 2.75573137070700676789e-06)
    s = fma(s, z, -1.98412698298579493134e-04)
    s = fma(s, z, 8.33333333332248946124e-03)
    s = fma(s, z, -1.66666666666666324348e-01)
    s = fma(s * z, r, r)
    c = fma(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09)
    c = fma(c, z, -2.75573143513906633035e-07)
    c = fma(c, z, 2.48015872894767294178e-05)
    c = fma(c, z, -1.38888888888741095749e-03)
    c = fma(c, z, 4.16666666666666019037e-02)
    c = fma(c * z, z, fma(z, -0.5, 1.0))
    swap = (quarter & _ONE) != 0
    cosine = bits(select(swap, s, c)) ^ (((quarter + _ONE) & _TWO) << _SIGN_SHIFT)
    sine = bits(select(swap, c, s)) ^ ((quarter & _TWO) << _SIGN_SHIFT)
    return from_bits(cosine), from_bits(sine)


@inline
def two_to(y):
    """2^y for |y| < 1000, within 1 %: for step sizes, where a rough power will do."""
    t = fma(y, 1.0, ROUND)
    r = y - (t - ROUND)
    return _times(fma(r, fma(r, 0.2402265, 0.6931472), 1.0), bits(t) << _MANTISSA_BITS)


@inline
def log2_estimate(x):
    """log2(x) within 0.09 for positive normal x: the exponent bits, with a linear mantissa."""
    return to_float(bits(x) >> np.uint64(12)) * 2.0**-40 - 1023.0
