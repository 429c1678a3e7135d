"""The function x / (1 - exp(-x)), in which most opening rates are written."""

__all__ = ["linoid"]


def linoid(x, rest):
    """Numerator and denominator of x / (1 - exp(-x)), given rest = 1 - exp(-x).

    Near x = 0, where that is 0/0, its Taylor series (to x^7: 1e-14 at |x| = 0.1) over one.
    """
    y = x * x
    if y < 0.01:
        return 1.0 + 0.5 * x + y * (1 / 12 - y * (1 / 720 - y * (1 / 30240))), 1.0
    return x, rest
