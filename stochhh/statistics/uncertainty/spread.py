"""The standard error of an estimate from its leave-one-trial-out values."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri, stdtrit

__all__ = ["Spread"]


class Spread(NamedTuple):
    """The error of an estimate from leave-one-out values theta_(t) of shape (n, ...), along the first axis.

        se^2 = (n - 1)/n sum d_t^2,   d_t = mean theta_(.) - theta_(t),   nu = min(n - 1, 2n / (k - 1))

    Arguments:
        error: se.
        dof: nu, degrees of freedom, with k the kurtosis of the d_t.
        skewness: g / sqrt(n), with g the skewness of the d_t: that of the estimate.

    Source: Satterthwaite, Biometrics Bulletin 2, 110 (1946).
    """

    error: np.ndarray
    dof: np.ndarray
    skewness: np.ndarray

    @classmethod
    def of(cls, *parts):
        """The spread of leave-one-out values; of several independent sets, with one trial of one set left out."""
        spreads = [cls._of_one(left_out) for left_out in parts]
        if len(spreads) == 1:
            return spreads[0]
        squares = np.array([spread.error**2 for spread in spreads])
        total = squares.sum(axis=0)
        share = squares / np.where(total > 0, total, 1.0)
        dof = 1 / np.maximum(sum(w**2 / spread.dof for w, spread in zip(share, spreads, strict=True)), 1e-12)
        skewness = sum(w**1.5 * spread.skewness for w, spread in zip(share, spreads, strict=True))
        return cls(np.sqrt(total), dof, skewness)

    @classmethod
    def _of_one(cls, left_out):
        n = len(left_out)
        deviation = left_out.mean(axis=0) - left_out
        largest = np.abs(deviation).max(axis=0)
        part = deviation / np.where(largest > 0, largest, 1.0)
        total = np.sum(part**2, axis=0)
        known = np.where(total > 0, total, 1.0)
        kurtosis = n * np.sum(part**4, axis=0) / known**2
        dof = 2 * n / np.maximum(kurtosis - 1, 2 * n / (n - 1))
        return cls(largest * np.sqrt((n - 1) / n * total), dof, np.sum(part**3, axis=0) / known**1.5)

    def outwards(self, tail):
        """(l_-, l_+) of Johnson's correction, in standard errors, for a probability in each tail."""
        shift = self.skewness * (1 + 2 * ndtri(tail) ** 2) / 6
        return np.stack([np.maximum(-shift, 0.0), np.maximum(shift, 0.0)])

    def reach(self, tail):
        """(t + l_-, t + l_+) se: extent of the interval to either side, for a probability in each tail."""
        return (self.outwards(tail) - stdtrit(self.dof, tail)) * self.error
