"""What a mathematical library computed, to as many digits as it is worth, before it enters a kernel.

The last bits of eigenvalues, roots, logarithms and powers are those of one library on one processor, and a kernel that
starts from other bits gives other spikes. Rounded to fewer digits than a library gets right, they are the same on every
machine, unless one happens to lie within the library's error of a boundary between two: a chance of (relative error)
times 2^digits, below 1e-6 in all uses.
"""

from math import frexp, isfinite, ldexp

__all__ = ["rounded"]


def rounded(x, digits=30):
    """The nearest number to x of so many binary digits: by default to 1e-9 of x, by 13 to 1e-4.

    >>> rounded(0.1), rounded(0.1, 13), rounded(-3.0, 2)
    (0.09999999997671694, 0.100006103515625, -3.0)
    """
    if not isfinite(x):
        return x
    mantissa, exponent = frexp(x)
    return ldexp(round(ldexp(mantissa, digits)), exponent - digits)
