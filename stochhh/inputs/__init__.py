"""What drives a neuron: populations, their cumulants, their events; recordings of such events."""

from .population import Population, SynapticInput
from .recording import Recording

__all__ = ["Population", "Recording", "SynapticInput"]
