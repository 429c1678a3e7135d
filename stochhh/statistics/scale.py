"""Scales on which the sampling law of a quantity is nearly symmetric, and a quantity that names its scale."""

from math import inf
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

__all__ = ["ASINH", "FISHER", "LOG", "LOGIT", "PLAIN", "ROOT", "Quantity", "Scale"]


class Scale(NamedTuple):
    """A monotone function that makes the sampling law of a quantity nearly symmetric, its inverse, and its range.

    Arguments:
        name: in words.
        forward, inverse: the function and its inverse, of arrays.
        low, high: between which the quantity lies.
    """

    name: str
    forward: object
    inverse: object
    low: float = -inf
    high: float = inf


LOG = Scale("log", np.log, np.exp, low=0.0)  # positive quantities
ROOT = Scale("root", np.sqrt, lambda y: np.maximum(y, 0.0) ** 2, low=0.0)  # densities and counts: they may be 0
ASINH = Scale("asinh", np.arcsinh, np.sinh)  # signed ones whose spread grows with their size
FISHER = Scale("Fisher", np.arctanh, np.tanh, low=-1.0, high=1.0)  # correlations
LOGIT = Scale("logit", logit, expit, low=0.0, high=1.0)  # probabilities
PLAIN = Scale("plain", np.positive, np.positive)


class Quantity(NamedTuple):
    """What is estimated: its name, its unit, the scale of its interval, what it is counted in.

    Arguments:
        name, unit: in the words of the field; "1" for pure numbers.
        scale: one of this module's.
        of: what the observations are, in the plural.
        at_least: how many of them it takes.
        undefined: why it may have no value.
    """

    name: str
    unit: str
    scale: Scale
    of: str
    at_least: int
    undefined: str = "it is 0/0 here"
