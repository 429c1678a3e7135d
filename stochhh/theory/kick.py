"""How large a kick makes the neuron spike: the scale against which a single synapse is small or large."""

import numpy as np

from .linear_response import linear_response

__all__ = ["kick_threshold"]

_WINDOW = 100.0  # ms, in which a spike must come
_RESOLUTION = 1e-4  # mV


def kick_threshold(neuron, drive):
    """The smallest sudden displacement of V (mV) from the operating point that makes the neuron spike.

        x(0) = x* + kick e_V,    dx/dt = f(x) + kappa_1 e

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, of which the mean alone acts; SynapticInput() for the undisturbed neuron.

    Deterministic, by bisection to 0.0001 mV; a spike is V reaching neuron.threshold within 100 ms. A kick to the
    threshold itself counts, so a passive membrane has the distance to it. None where the operating point is
    missing, unstable or above the threshold.

    >>> from stochhh import HodgkinHuxley, SynapticInput
    >>> round(kick_threshold(HodgkinHuxley(I_app=0), SynapticInput()), 2)
    6.51
    """
    response = linear_response(neuron, drive)
    if not response.stable or response.state[0] >= neuron.threshold:
        return None
    low, high = 0.0, neuron.threshold - response.state[0]
    while high - low > _RESOLUTION:
        kick = 0.5 * (low + high)
        if _spikes(neuron, drive, (response.state[0] + kick, *response.state[1:])):
            high = kick
        else:
            low = kick
    return high


def _spikes(neuron, drive, state):
    """Whether V reaches the threshold from this state."""
    from scipy.integrate import solve_ivp

    p = neuron.parameters()
    drift = np.zeros(len(state))
    drift[neuron.variables.index(drive.target)] = drive.cumulant(1)

    def at_threshold(t, x):
        return x[0] - neuron.threshold

    at_threshold.terminal = True
    path = solve_ivp(
        lambda t, x: np.array(neuron.vector_field(tuple(x.tolist()), p)) + drift,
        (0.0, _WINDOW), state, method="LSODA", events=at_threshold, rtol=1e-8, atol=1e-8 * np.array(neuron.scales),
    )  # fmt: skip
    return path.status == 1
