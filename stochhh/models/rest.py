"""Where a neuron rests: the lowest zero of its steady current."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from ..rounding import rounded

if TYPE_CHECKING:
    from typing import Any

__all__ = ["first_zero", "resting_state", "state_at_start"]


def state_at_start(neuron: Any) -> tuple[float, ...]:
    """The neuron's `initial` state, or, if that is "rest", its resting state to 1e-9 (see `rounding`)."""
    if neuron.initial == "rest":
        return tuple(rounded(value) for value in neuron.rest())
    return tuple(neuron.initial)


def resting_state(neuron: Any, drift: float = 0.0) -> tuple[float, ...]:
    """The fixed point under I_app, the one of lowest V where there are several; found to rounding.

        f_V(V, gates at rest at V) + drift = 0

    Arguments:
        neuron: a model with `steady_state`.
        drift: what moves V besides, such as the mean of an input, mV/ms.

    It need not be stable. Raises InputError if there is none in the range of the model.
    """
    p, (low, high) = neuron.parameters(), neuron.ranges[0]
    V = first_zero(lambda V: neuron.vector_field(neuron.steady_state(V), p)[0] + drift, low, high)
    if V is None:
        remedy = f'lower |I_app|, raise g_L, or give {", ".join(neuron.variables)} as initial instead of "rest"'
        raise InputError(f"the neuron has no resting potential between {low:g} and {high:g} mV", remedy=remedy)
    return neuron.steady_state(V)


def first_zero(f, low, high, step=0.5):
    """The lowest zero of f in [low, high], found on a grid of `step` and refined to rounding; None if none.

    A pair of zeros closer together than `step`, as near a fold, is found by the turning point between them.
    """
    from scipy.optimize import brentq

    grid = np.arange(low, high + step, step)
    before, left = 0.0, f(grid[0])
    for a, b in pairwise(grid):
        right = f(b)
        if left == 0 and right != 0:  # where f vanishes all along, no place is a zero of its own
            return float(a)
        if left * right < 0:
            return brentq(f, a, b, xtol=1e-13, rtol=1e-15)
        if before * left > 0 and abs(left) <= min(abs(before), abs(right)) < max(abs(before), abs(right)):
            turn = _turning_point(f, a - step, b)
            if f(turn) * left <= 0:
                return brentq(f, a - step, turn, xtol=1e-13, rtol=1e-15)
        before, left = left, right
    return None


def _turning_point(f, low, high):
    """Where |f| is least between two places."""
    from scipy.optimize import minimize_scalar

    sign = np.sign(f(low))
    return minimize_scalar(lambda V: sign * f(V), bounds=(low, high), method="bounded", options={"xatol": 1e-10}).x
