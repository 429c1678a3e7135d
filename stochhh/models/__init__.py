"""Deterministic neurons: parameters, state, vector field, rest, threshold."""

from .hodgkin_huxley import HodgkinHuxley
from .leaky_integrate_and_fire import LeakyIntegrateAndFire
from .morris_lecar import MorrisLecar
from .neuron import Neuron
from .passive import Passive
from .traub_miles import TraubMiles
from .wang_buzsaki import WangBuzsaki

__all__ = [
    "MODELS",
    "HodgkinHuxley",
    "LeakyIntegrateAndFire",
    "MorrisLecar",
    "Neuron",
    "Passive",
    "TraubMiles",
    "WangBuzsaki",
]

# The names by which an experiment file calls them.
MODELS = {
    model.name: model for model in (HodgkinHuxley, Passive, LeakyIntegrateAndFire, MorrisLecar, WangBuzsaki, TraubMiles)
}


def __dir__():
    return __all__
