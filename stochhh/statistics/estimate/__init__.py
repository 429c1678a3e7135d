"""What an estimate is: value and interval, curve and band, their scale, and the sums that they are made of."""

from .curve import Curve
from .estimate import Estimate
from .quantity import Quantity
from .scale import ASINH, FISHER, LOG, LOGIT, PLAIN, ROOT, Scale
from .sums import TrialSums, binned, grouped

__all__ = [
    "ASINH",
    "FISHER",
    "LOG",
    "LOGIT",
    "PLAIN",
    "ROOT",
    "Curve",
    "Estimate",
    "Quantity",
    "Scale",
    "TrialSums",
    "binned",
    "grouped",
]
