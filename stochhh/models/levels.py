"""Doubts about the levels that define a spike, before any run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from .contract import check_model
from .jacobians import jacobian
from .rest import resting_state

if TYPE_CHECKING:
    from .neuron import Neuron

__all__ = ["level_doubts"]


def level_doubts(neuron: Neuron) -> tuple[str, ...]:
    """Doubts about the levels of a neuron that is not armed at rest, a tuple of sentences; () if there are none.

        V_rest >= rearm,   all eigenvalues of the Jacobian there with negative real part

    Arguments:
        neuron: a model; there are no doubts about one with a reset or without `steady_state`.

    >>> from stochhh import HodgkinHuxley
    >>> level_doubts(HodgkinHuxley())
    ()
    """
    check_model(neuron)
    if hasattr(neuron, "reset") or not hasattr(neuron, "steady_state") or _falls_below(neuron, neuron.rearm):
        return ()
    try:
        rest = resting_state(neuron)
    except InputError:
        return ()
    if rest[0] < neuron.rearm or np.linalg.eigvals(np.nan_to_num(jacobian(neuron, rest))).real.max() >= 0:
        return ()
    return (
        f"The neuron rests at {rest[0]:.3g} mV, at or above rearm = {neuron.rearm:g} mV: no spike is counted until the "
        "input drives V below that level, and the statistics of the spikes are unreliable. The neuron may be in "
        "depolarisation block (lower I_app), or its potentials may follow another convention (check the reversal "
        f"potentials, or set rearm and threshold, {neuron.threshold:g} mV, above the resting potential).",
    )


def _falls_below(neuron, level):
    """Whether the steady current alone drives V up from the end of its range and down at a level: it rests between."""
    p, low = neuron.parameters(), neuron.ranges[0][0]
    below, at = (neuron.vector_field(neuron.steady_state(V), p)[0] for V in (low, level))
    return below > 0 > at
