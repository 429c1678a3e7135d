"""The simultaneous band of a curve: the pointwise tail probability for which all points together have the level."""

from functools import lru_cache

import numpy as np
from scipy.special import ndtr

__all__ = ["joint_tail"]

_DRAWS = 2000
_TOLD = 0.99  # the highest level that the draws determine well
_SEED = 0  # fixed: the same data give the same band


def joint_tail(parts, level):
    """The pointwise probability in one tail for which all points together have the level.

        P( max over x of |sum_t g_t d_t(x)| / |d(x)| <= z ) = level,   g_t independent normals

    Arguments:
        parts: leave-one-out values on the scale of the interval, shape (n, n_points); several sets if independent.
        level: confidence level of the whole curve.

    From 2000 draws with the covariance between trials; above 0.99 from the equivalent number of independent points at
    0.99.
    Source: Kosorok, Introduction to Empirical Processes (2008), chapter 10 (multiplier bootstrap); Montiel Olea and
    Plagborg-Moller, J. Appl. Econometrics 34, 1 (2019), algorithm 1 (sup-t band).
    """
    weighted = ((part - part.mean(axis=0)) * np.sqrt((len(part) - 1) / len(part)) for part in parts)
    deviation = np.concatenate(list(weighted))
    moving = np.any(deviation != 0, axis=0)
    if not moving.any():
        return (1 - level) / 2
    deviation = deviation[:, moving]
    deviation /= np.abs(deviation).max(axis=0)
    deviation /= np.sqrt(np.sum(deviation**2, axis=0))
    normal = _normals(len(deviation))
    # einsum, not @: the threads of a BLAS make this hundredfold slower on a busy machine
    largest = np.abs(np.einsum("dn,nx->dx", normal, deviation)).max(axis=1)
    # equivalent number of independent points, at least one; beyond the levels of the draws that at the highest of them
    told = min(level, _TOLD)
    points = max(np.log(told) / np.log1p(-2 * ndtr(-np.quantile(largest, told))), 1.0)
    return float(-np.expm1(np.log(level) / points)) / 2


@lru_cache(1)
def _normals(n):
    return np.random.default_rng(_SEED).standard_normal((_DRAWS, n))
