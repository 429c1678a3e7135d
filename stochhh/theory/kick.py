"""The smallest displacements of V, upwards and downwards, that make the neuron spike: the scale for single weights."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from warnings import catch_warnings, simplefilter

import numpy as np

from .arguments import checked
from .response import linear_response

if TYPE_CHECKING:
    from ..annotations import Drive
    from ..models.neuron import Neuron

__all__ = ["LARGEST_KICK", "kick_threshold", "rebound_threshold"]

LARGEST_KICK = 100.0  # mV, downwards
_WINDOW = 100.0  # ms, in which a spike must come
_RESOLUTION = 1e-4  # mV
_COARSE = (1.0, 2.0, 4.0, 7.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, LARGEST_KICK)  # mV


def kick_threshold(neuron: Neuron, drive: Drive) -> float | None:
    """The smallest sudden displacement of V upwards (mV) from the operating point that makes the neuron spike.

        x(0) = x* + kick e_V,    dx/dt = f(x) + kappa_1 e

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations, of which only the mean matters;
            SynapticInput() for no input.

    Deterministic, by bisection: the threshold lies between the value and 0.0001 mV below. A spike is V reaching
    neuron.threshold within 100 ms. A kick to the threshold itself counts as a spike, so for a passive membrane it is
    the distance to the threshold. None if the operating point does not exist, is unstable or lies above the threshold.

    >>> from stochhh import HodgkinHuxley, SynapticInput
    >>> round(kick_threshold(HodgkinHuxley(I_app=0), SynapticInput()), 2)
    6.51
    """
    drive = checked(neuron, drive)
    state = _operating_point(neuron, drive)
    return None if state is None else _bisected(_flow(neuron, drive), state, 0.0, neuron.threshold - state[0])


def rebound_threshold(neuron: Neuron, drive: Drive) -> float | None:
    """The smallest sudden displacement of V downwards (mV, negative) that makes the neuron spike on the rebound.

        x(0) = x* + kick e_V,   kick < 0,    dx/dt = f(x) + kappa_1 e

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations, of which only the mean matters;
            SynapticInput() for no input.

    Deterministic: kicks of 1, 2, 4, 7, 10, 15, ... 100 mV, within the range of the model, and bisection below the first
    that makes a spike within 100 ms: the threshold lies between the value and 0.0001 mV above. None if none of these
    kicks makes a spike, and if `kick_threshold` is None. In a model with one variable V returns to the operating point
    without overshoot, so there is none.

    >>> from stochhh import HodgkinHuxley, SynapticInput
    >>> round(rebound_threshold(HodgkinHuxley(I_app=3), SynapticInput()), 2)
    -9.73
    """
    drive = checked(neuron, drive)
    state = _operating_point(neuron, drive)
    if state is None or len(state) == 1:
        return None
    return _first_rebound(_flow(neuron, drive), state, neuron.ranges[0][0])


def _operating_point(neuron, drive):
    """The stable state below the threshold to which kicks are applied; None if there is none."""
    response = linear_response(neuron, drive)
    return response.state if response.stable and response.state[0] < neuron.threshold else None


class _Flow(NamedTuple):
    """Everything that determines a deterministic path, except the initial state."""

    vector_field: object
    p: tuple
    drift: tuple
    threshold: float
    scales: tuple


def _flow(neuron, drive):
    drift = [0.0] * len(neuron.variables)
    drift[neuron.variables.index(drive.target)] = drive.cumulant(1)
    return _Flow(neuron.vector_field, neuron.parameters(), tuple(drift), neuron.threshold, tuple(neuron.scales))


def _first_rebound(flow, state, low):
    """The smallest kick downwards with a spike, not beyond `low`; None if there is none."""
    below = 0.0
    for size in _COARSE:
        if state[0] - size <= low:
            break
        if _spikes(flow, (state[0] - size, *state[1:])):
            return _bisected(flow, state, -below, -size)
        below = size
    return None


def _bisected(flow, state, without, kick):
    """The smallest kick with a spike, between one without and one with."""
    while abs(kick - without) > _RESOLUTION:
        middle = 0.5 * (without + kick)
        if _spikes(flow, (state[0] + middle, *state[1:])):
            kick = middle
        else:
            without = middle
    return kick


@lru_cache(maxsize=1024)
def _spikes(flow, state):
    """Whether V reaches the threshold from this state."""
    from scipy.integrate import LSODA

    f, p, drift, threshold, scales = flow
    with suppress(OverflowError), catch_warnings():  # so large a kick that the slope overflows or no step succeeds
        simplefilter("ignore")
        path = LSODA(
            lambda t, x: [a + b for a, b in zip(f(tuple(x.tolist()), p), drift, strict=True)],
            0.0, state, _WINDOW, rtol=1e-8, atol=1e-8 * np.array(scales),
        )  # fmt: skip
        while path.status == "running" and path.y[0] < threshold:
            path.step()
        return bool(path.y[0] >= threshold)
    return False
