"""Deterministic neurons: parameters, state, vector field, rest, threshold."""

from .hodgkin_huxley import HodgkinHuxley
from .neuron import Neuron

__all__ = ["MODELS", "HodgkinHuxley", "Neuron"]

# The names by which an experiment file calls them.
MODELS = {"hodgkin-huxley": HodgkinHuxley}
