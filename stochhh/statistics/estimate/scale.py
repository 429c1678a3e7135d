"""Scales on which the sampling distribution of a quantity is nearly symmetric."""

from math import inf
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

__all__ = ["ASINH", "FISHER", "LOG", "LOGIT", "PLAIN", "ROOT", "Scale"]


class Scale(NamedTuple):
    """A monotone function that makes a quantity's sampling distribution nearly symmetric, its inverse, and its range.

    Arguments:
        name: name of the scale.
        forward, inverse: the function and its inverse, of arrays.
        low, high: range of the quantity.
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
