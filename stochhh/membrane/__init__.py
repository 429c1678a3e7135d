"""What is kept of the membrane in place of its trace: sums by trial, gathered while a run goes on."""

from .record import Membrane, Variable
from .sampling import Sampling
from .sums import Gatherer, Sums

__all__ = ["Gatherer", "Membrane", "Sampling", "Sums", "Variable"]
