"""The backends: each simulates the synaptic input in its own way and integrates the neuron between the events."""

from ..integrators.recorder import Recorder
from ..integrators.schemes import Scheme
from ..integrators.steps import Steps
from ..integrators.task import BlockResult, Task
from .backend import Backend, Block
from .cost import Work
from .diffusion import Diffusion
from .jump import Jump
from .per_neuron import PerNeuron
from .registry import BACKENDS, register

__all__ = [
    "BACKENDS",
    "Backend",
    "Block",
    "BlockResult",
    "Diffusion",
    "Jump",
    "PerNeuron",
    "Recorder",
    "Scheme",
    "Steps",
    "Task",
    "Work",
    "register",
]


def __dir__():
    return __all__
