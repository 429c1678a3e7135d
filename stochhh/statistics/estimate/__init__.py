"""Estimates with intervals, curves with bands, their scales, and the sums from which they are computed."""

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
