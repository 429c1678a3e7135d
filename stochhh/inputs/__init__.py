"""The synaptic input: presynaptic populations, their cumulants and events, and recordings of such events."""

from .population import Population
from .recording import Recording
from .synaptic_input import SynapticInput

__all__ = ["Population", "Recording", "SynapticInput"]


def __dir__():
    return __all__
