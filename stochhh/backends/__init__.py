"""Realisations of the input process: what is driven, and how the neuron's flow is followed between."""

from .block import BlockResult, Task
from .diffusion import Diffusion
from .jump import Jump
from .per_neuron import PerNeuron

__all__ = ["BACKENDS", "BlockResult", "Diffusion", "Jump", "PerNeuron", "Task"]

BACKENDS = {backend.name: backend for backend in (PerNeuron, Jump, Diffusion)}
