"""The fixed point of the neuron under the mean of its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from ..models.jacobians import jacobian
from ..models.rest import resting_state
from .arguments import checked

if TYPE_CHECKING:
    from ..annotations import Drive
    from ..models.neuron import Neuron

__all__ = ["fixed_point"]


def fixed_point(neuron: Neuron, drive: Drive) -> tuple[float, ...] | None:
    """The fixed point of the neuron under I_app and the mean of its input, stable or not; None if there is none.

        f(x) + kappa_1 e = 0,   e the unit vector of the variable that the input moves

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput; SynapticInput() for no input.

    Returns a tuple in the order of neuron.variables. Exact to rounding. For a model with `steady_state` it is the fixed
    point of lowest V, found from the current balance; for other models the one to which Powell's hybrid method
    converges from the initial state.

    >>> from stochhh import HodgkinHuxley, SynapticInput
    >>> round(fixed_point(HodgkinHuxley(I_app=0), SynapticInput())[0], 5)
    -64.99638
    """
    drive = checked(neuron, drive)
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
