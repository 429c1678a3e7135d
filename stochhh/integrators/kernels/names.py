"""What a model's function may call, and what stands in for it in a kernel.

A call into a mathematical library would stop the vectoriser: its loop would go one lane at a time.
"""

import math

import numpy as np

from ...elementary import EXP_RANGE, ROUND, cos_sin_turn, cosh, fma, inline, log, select, sqrt, tanh
from ...elementary import exp as unbounded

__all__ = ["AS_IT_IS", "STAND_INS", "stand_in"]

_PER_TURN = 0.15915494309189535
_TURN_HIGH, _TURN_LOW = 6.283185307179586, 2.4492935982947064e-16


@inline
def exp(x):
    """e^x to 5e-16 relative in EXP_RANGE; outside, that of its nearer end, instead of infinity or 0."""
    return unbounded(select(x < EXP_RANGE[0], EXP_RANGE[0], select(x > EXP_RANGE[1], EXP_RANGE[1], x)))


@inline
def expm1(x):
    """e^x - 1 to 4e-15 relative, for x up to 709."""
    return tanh(0.5 * x) * (exp(x) + 1.0)


@inline
def _within_half_a_turn(x):
    """x less whole turns, -pi to pi."""
    k = fma(x, _PER_TURN, ROUND) - ROUND
    return fma(k, -_TURN_LOW, fma(k, -_TURN_HIGH, x))


@inline
def sin(x):
    """The sine to 1e-15, for |x| < 1e9."""
    r = _within_half_a_turn(x)
    _, s = cos_sin_turn(abs(r) * _PER_TURN)
    return select(r < 0.0, -s, s)


@inline
def cos(x):
    """The cosine to 1e-15, for |x| < 1e9."""
    c, _ = cos_sin_turn(abs(_within_half_a_turn(x)) * _PER_TURN)
    return c


@inline
def where(condition, a, b):
    """a if the condition holds, else b."""
    return select(condition, a, b)


@inline
def clip(x, low, high):
    """x, or the bound that it is beyond."""
    return select(x < low, low, select(x > high, high, x))


_BY_NAME = {
    "clip": clip, "cos": cos, "cosh": cosh, "exp": exp, "expm1": expm1, "log": log, "sin": sin, "sqrt": sqrt,
    "tanh": tanh, "where": where,
}  # fmt: skip

# By numpy's or math's function.
STAND_INS = {
    getattr(library, name): stand_in
    for name, stand_in in _BY_NAME.items()
    for library in (math, np)
    if hasattr(library, name)
}


def stand_in(value, exp_in_range):
    """What stands in for a value that a model's function names: the value itself where nothing must.

    A function that keeps the arguments of exp within EXP_RANGE, all over the `ranges` of its model, is spared the
    bounds, which cost some 3 % of a step.
    """
    try:
        found = STAND_INS.get(value, value)
    except TypeError:  # unhashable
        return value
    return unbounded if found is exp and exp_in_range else found


# What the compiler turns into instructions by itself.
AS_IT_IS = {abs, min, max, float, np.abs, math.fabs, np.fabs, np.minimum, np.maximum, np.floor, math.floor}
