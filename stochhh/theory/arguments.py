"""What the functions of the theory take: a neuron model, and anything that describes an input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..inputs import SynapticInput
from ..models.contract import check_model

if TYPE_CHECKING:
    from ..annotations import Drive
    from ..models.neuron import Neuron

__all__ = ["checked"]


def checked(neuron: Neuron, drive: Drive) -> SynapticInput:
    """The SynapticInput that `drive` describes; InputError for another drive, or a neuron that is not a model."""
    check_model(neuron)
    return SynapticInput.of(drive)
