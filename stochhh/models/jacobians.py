"""The Jacobian of a model's vector field, and the fastest rate in it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from ..rounding import rounded
from .contract import check_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..annotations import FloatArray
    from .neuron import Neuron

__all__ = ["fastest_rate", "jacobian"]

_STEP = 0.01  # longest step of the differences, as a part of a variable's span
_HALVINGS = 3
_DIGITS = 13  # binary, of a fastest rate: two equal eigenvalues are found to 1e-8 alone


def jacobian(neuron: Neuron, x: Sequence[float] | FloatArray) -> FloatArray:
    """The matrix J[i, j] = d f_i / d x_j of the neuron's vector field at state x, per ms.

        D(h) = (f(x + h) - f(x - h)) / 2h,    D <- (4^k D(h/2) - D(h)) / (4^k - 1),   k = 1, 2, 3

    Arguments:
        neuron: a model.
        x: a state, in the order of neuron.variables.

    Approximate: central differences extrapolated to order 8 in a step of a hundredth of the variable's span;
    for the default neuron the error is below 1e-12 of the largest entry in the column.

    Source: Richardson, Phil. Trans. R. Soc. A 210, 307 (1911).
    """
    check_kind(neuron)
    try:
        x = tuple(map(float, x))
    except (TypeError, ValueError) as error:
        raise InputError("x", x, f"a state, one number for each of {', '.join(neuron.variables)}") from error
    if len(x) != len(neuron.variables):
        raise InputError("length of x", len(x), f"{len(neuron.variables)}, for {', '.join(neuron.variables)}")
    return np.stack([_derivative(neuron, x, j) for j in range(len(neuron.variables))], axis=1)


def _derivative(neuron, x, j):
    """The column d f / d x_j."""
    p = neuron.parameters()

    def difference(h):
        low, high = x[j] - h, x[j] + h
        ahead, behind = (neuron.vector_field((*x[:j], value, *x[j + 1 :]), p) for value in (high, low))
        return (np.array(ahead) - np.array(behind)) / (high - low)

    column = [difference(_STEP * neuron.scales[j] / 2**k) for k in range(_HALVINGS + 1)]
    for k in range(1, _HALVINGS + 1):
        column = [(4**k * fine - coarse) / (4**k - 1) for coarse, fine in pairwise(column)]
    return column[0]


def fastest_rate(neuron, x):
    """The largest |eigenvalue| of the Jacobian at state x, 1/ms, to 1e-4 of it; 0 where it is not a number."""
    rates = np.abs(np.linalg.eigvals(np.nan_to_num(jacobian(neuron, x))))
    return rounded(float(rates.max()), _DIGITS)
