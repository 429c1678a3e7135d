"""What drives a neuron: populations, their cumulants, their events; recordings of such events."""

from .population import Population
from .recording import Recording
from .synaptic_input import SynapticInput

__all__ = ["Population", "Recording", "SynapticInput"]
