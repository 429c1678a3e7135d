"""What can be said of the levels of a spike before any run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from .jacobians import jacobian
from .rest import resting_state

if TYPE_CHECKING:
    from .neuron import Neuron

__all__ = ["level_doubts"]


def level_doubts(neuron: Neuron) -> tuple[str, ...]:
    """Sentences about levels between which the resting V can never arm the neuron; () where nothing is wrong.

        V_rest >= rearm,   all eigenvalues of the Jacobian there of negative real part

    Arguments:
        neuron: a model; one whose spikes end in a reset, or that gives no `steady_state`, leaves nothing to say.

    >>> from stochhh import HodgkinHuxley
    >>> level_doubts(HodgkinHuxley())
    ()
    """
    if hasattr(neuron, "reset") or not hasattr(neuron, "steady_state") or _falls_below(neuron, neuron.rearm):
        return ()
    try:
        rest = resting_state(neuron)
    except InputError:
        return ()
    if rest[0] < neuron.rearm or np.linalg.eigvals(np.nan_to_num(jacobian(neuron, rest))).real.max() >= 0:
        return ()
    return (
        f"The neuron rests at {rest[0]:.3g} mV, not below rearm = {neuron.rearm:g} mV: it is not armed at rest, so no "
        "spike is counted, and no statistic of the spikes is right, unless the input drives V below that level. "
        f"Set rearm and threshold ({neuron.threshold:g} mV) above the resting potential, or check the reversal "
        "potentials.",
    )


def _falls_below(neuron, level):
    """Whether the steady current alone drives V up from the end of its range and down at a level: it rests between."""
    p, low = neuron.parameters(), neuron.ranges[0][0]
    below, at = (neuron.vector_field(neuron.steady_state(V), p)[0] for V in (low, level))
    return below > 0 > at
