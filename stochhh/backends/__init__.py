"""The backends: each simulates the synaptic input in its own way and integrates the neuron between the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..integrators.schemes import Scheme
from ..integrators.task import BlockResult, Task
from .diffusion import Diffusion
from .jump import Jump
from .per_neuron import PerNeuron

if TYPE_CHECKING:
    from ..annotations import BackendName

__all__ = ["BACKENDS", "BlockResult", "Diffusion", "Jump", "PerNeuron", "Scheme", "Task"]

BACKENDS: dict[BackendName, type[PerNeuron] | type[Jump] | type[Diffusion]] = {
    backend.name: backend for backend in (PerNeuron, Jump, Diffusion)
}


def __dir__():
    return __all__
