"""Sign of the error of the diffusion: whether white noise makes spikes too often or too rarely, where predictable."""

from math import sqrt

from ..inputs import SynapticInput
from .kick import rebound_threshold
from .response import linear_response
from .scales import jump_sizes

__all__ = ["error_sign", "too_rare_in_the_end"]

_EVENTS = 10.0  # in a membrane time constant, at least
_PART_OF_KICK = 0.25  # a jump against the kick on its side, at most
_TILT = 2.0  # jump * kick / variance, at most: beyond it cumulants of all orders matter
_RARE = 3.0  # kick / standard deviation, at least
_REBOUND = 1.5  # rebound threshold / kick, at least


def error_sign(neuron, drive, scales):
    """+1 if white noise makes spikes too often, -1 if too rarely, None if this theory makes no prediction.

        sign = -sign(kappa_3),   the leading order for small jumps, if they are small:

        Lambda tau >= 10,   |w| <= a quarter of the kick on its side,   |w| kick / Var V <= 2,
        kick >= 3 sd V,     |rebound kick| >= 1.5 kick

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput.
        scales: their InputScales.

    The product |w| kick / Var V measures the effect of the weights on the probability of the path to a spike: in exp(w
    kick / Var V) the third cumulant is the first correction only if the product is small. Var V is that of the linear
    response. None for models with a reset, where jumps overshoot the threshold, an effect of the same order. The limits
    were chosen from simulations of all models (see docs/mathematics/diffusion.md); this is not a theorem.
    """
    if scales.kick_threshold is None or not scales.passive_skewness or hasattr(neuron, "reset"):
        return None
    kick, rebound, variance = scales.kick_threshold, scales.rebound_threshold, linear_response(neuron, drive).V_variance
    if rebound is not None and -rebound < _REBOUND * kick:
        return None
    up, down = (max(sizes) for sizes in zip(*map(jump_sizes, drive.sources), strict=True))
    small = up <= _PART_OF_KICK * kick and (rebound is None or down <= -_PART_OF_KICK * rebound)
    tilts = max(up, down) * kick <= _TILT * variance
    if scales.events_per_time_constant < _EVENTS or not (small and tilts) or kick < _RARE * sqrt(variance):
        return None
    return -1 if scales.passive_skewness > 0 else 1


def too_rare_in_the_end(neuron, drive):
    """Whether spikes under white noise become exponentially too rare as the input rates decrease at these weights.

        rate of the events' spikes ~ Lambda^k,    of white noise's ~ exp(-c / Lambda),   Lambda -> 0

    with k the number of jumps in rapid succession that make a spike. True if the neuron rests without input and
    receives excitation, or has a rebound threshold and receives inhibition; k and c are not computed.

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput.

    Source: Freidlin and Wentzell, Random Perturbations of Dynamical Systems (2012), chapter 4, for the exponential.
    """
    rest = linear_response(neuron, SynapticInput())
    if not rest.stable or rest.state[0] >= neuron.threshold:
        return False
    up, down = (max(sizes, default=0.0) for sizes in zip(*map(jump_sizes, drive.sources), strict=True))
    return up > 0 or (down > 0 and rebound_threshold(neuron, SynapticInput()) is not None)
