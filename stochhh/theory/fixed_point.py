"""Where the neuron stays under the mean of its input, and the vector field's Jacobian there."""

from itertools import pairwise

import numpy as np

from ..errors import InputError
from ..models.rest import resting_state

__all__ = ["fixed_point", "jacobian"]

_STEP = 0.01  # longest step of the differences, as a part of a variable's span
_HALVINGS = 3


def fixed_point(neuron, drive):
    """The state at which the neuron stays under I_app and the mean of its input, stable or not; None if none.

        f(x) + kappa_1 e = 0,   e the unit vector of the variable that the input moves

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput; SynapticInput() for the undisturbed neuron.

    Returns a tuple in the order of neuron.variables. Exact to rounding. For a model that tells its steady state at a
    given V it is the fixed point of lowest V, found on the current balance; for another the one that Powell's hybrid
    method reaches from the initial state.

    >>> from stochhh import HodgkinHuxley, SynapticInput
    >>> round(fixed_point(HodgkinHuxley(I_app=0), SynapticInput())[0], 5)
    -64.99638
    """
    if hasattr(neuron, "steady_state") and drive.target == "V":
        try:
            return resting_state(neuron, drive.cumulant(1))
        except InputError:
            return None
    return _root(neuron, drive)


def _root(neuron, drive):
    from scipy.optimize import root

    p = neuron.parameters()
    drift = np.zeros(len(neuron.variables))
    drift[neuron.variables.index(drive.target)] = drive.cumulant(1)
    found = root(
        lambda x: np.array(neuron.vector_field(tuple(x), p)) + drift,
        neuron.initial_state(),
        jac=lambda x: jacobian(neuron, x),
        tol=1e-13,
    )
    inside = all(low <= value <= high for value, (low, high) in zip(found.x, neuron.ranges, strict=True))
    return tuple(map(float, found.x)) if found.success and inside else None


def jacobian(neuron, x):
    """The matrix J[i, j] = d f_i / d x_j of the neuron's vector field at state x, per ms.

        D(h) = (f(x + h) - f(x - h)) / 2h,    D <- (4^k D(h/2) - D(h)) / (4^k - 1),   k = 1, 2, 3

    Arguments:
        neuron: a model.
        x: a state, in the order of neuron.variables.

    Approximate: central differences extrapolated to order 8 in a step of a hundredth of the variable's span;
    for the default neuron the error is below 1e-12 of the largest entry in the column.

    Source: Richardson, Phil. Trans. R. Soc. A 210, 307 (1911).
    """
    return np.stack([_derivative(neuron, tuple(x), j) for j in range(len(neuron.variables))], axis=1)


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
