"""How far the laws of the interspike intervals (ISIs) of two results lie apart."""

import numpy as np

from .estimate import Estimate
from .jackknife import confidence
from .window import time_resolution, window_weight

__all__ = ["isi_distances"]

_GRID = 256  # quantiles of the pooled ISIs, at which the sampling error is followed
_DRAWS = 2000
_GROUPS = 100  # of trials, at most: more would make the error no better known
_SEED = 0  # fixed: the same data give the same interval
_UNITS = {"isi_ks": "1", "isi_wasserstein": "ms"}


def isi_distances(a, b, level=0.95):
    """Kolmogorov-Smirnov and Wasserstein-1 distance (ms) of the ISI laws of two sets of spike trains.

        isi_ks = max_x |F_a(x) - F_b(x)|,   isi_wasserstein = integral |F_a(x) - F_b(x)| dx
        F(x) = sum of w over ISIs <= x / sum of w,   w = T / (T - ISI)

    The value is computed from all ISIs, weighted for the finite window as in isi_mean. It is never negative, so
    it is biased upwards where the laws agree. The interval is [D - q, D + q], cut at 0 (and at 1 for isi_ks),
    where q bounds the distance |D - D_true| <= ||error of F_a - F_b|| in `level` of the cases, since both distances
    are norms. So it holds at D_true = 0 too, and is conservative elsewhere; a low end above 0 says that the laws
    differ. q comes from 2000 Gaussian draws of that error, with its covariance between trials (Student's scale
    for few trials, 100 groups of trials if there are more), at 256 quantiles of the pooled ISIs; levels above 0.999
    are beyond them. Measured with 20 trials of 50 spikes: equal laws were called different in 2 to 4 %, and the
    interval held the distance of a Poisson from a gamma train in more than 99 %.

    Arguments:
        a, b: SpikeTrains.
        level: confidence level.

    Returns {"isi_ks": Estimate, "isi_wasserstein": Estimate}.
    Raises InputError for a level outside (0, 0.9999].
    Source: Kosorok, Introduction to Empirical Processes (2008), chapter 10 (multiplier bootstrap).
    """
    level = confidence(level)
    laws = [_law(spikes) for spikes in (a, b)]
    n = min(len(np.unique(trial)) for _, trial, _ in laws)
    if n == 0:
        reason = "one of the two has no interspike interval in the window"
        return {k: Estimate.missing(k, reason, level=level, unit=u, n=n) for k, u in _UNITS.items()}
    resolution = max(time_resolution(a), time_resolution(b))
    values, grid = _values(laws, resolution)
    if n == 1:
        reason = "one of the two has interspike intervals in one trial only, and an interval by trial takes two"
        return {
            k: Estimate.missing(k, reason, level=level, unit=u, n=n, value=v)
            for (k, u), v in zip(_UNITS.items(), values, strict=True)
        }
    radii = _radii(laws, grid, level)
    return {
        k: _estimate(k, u, value, radius, level, n, resolution)
        for (k, u), value, radius in zip(_UNITS.items(), values, radii, strict=True)
    }


def _law(spikes):
    """(isi, trial, weight) of the pooled ISIs, weights summing to 1."""
    isi, trial = spikes.isi()
    weight = window_weight(isi, spikes.window)
    return isi, trial, weight / max(weight.sum(), 1.0)


def _values(laws, resolution):
    """((KS, Wasserstein), grid): the two distances, and quantiles of the pooled ISIs."""
    isi = np.concatenate([laws[0][0], laws[1][0]])
    order = np.argsort(isi)
    isi = isi[order]
    gap = np.diff(isi)
    difference = np.abs(np.cumsum(np.concatenate([laws[0][2], -laws[1][2]])[order]))
    # ISIs that differ by rounding alone are one step of F
    apart = gap > resolution
    ks = min(float(np.max(difference[:-1], where=apart, initial=0.0)), 1.0)
    wasserstein = float(np.sum(difference[:-1] * gap))
    grid = isi[np.linspace(0, len(isi) - 1, _GRID).round().astype(int)]
    return (ks, wasserstein), grid


def _radii(laws, grid, level):
    """The quantiles of the two norms of the error of F_a - F_b on the grid."""
    rng = np.random.default_rng(_SEED)
    error = sum(_error_draws(law, grid, rng) for law in laws)  # the sign of a symmetric law is free
    size = np.abs(error)
    norms = size.max(axis=1), (size[:, 1:] + size[:, :-1]) @ np.diff(grid) / 2
    return [float(np.quantile(norm, level)) for norm in norms]


def _error_draws(law, grid, rng):
    """Draws of the sampling error of F on the grid, shape (_DRAWS, _GRID)."""
    isi, trial, weight = law
    _, trial = np.unique(trial, return_inverse=True)
    n = min(trial[-1] + 1, _GROUPS)
    cell = trial % n * _GRID + np.minimum(np.searchsorted(grid, isi), _GRID - 1)
    steps = np.bincount(cell, weight, minlength=n * _GRID).reshape(n, _GRID)
    share = np.cumsum(steps, axis=1)  # of each group of trials in F
    influence = share - share.sum(axis=0) * share[:, -1:]
    normal = rng.standard_normal((_DRAWS, n)) * np.sqrt(n / (n - 1))
    student = np.sqrt((n - 1) / rng.chisquare(n - 1, (_DRAWS, 1)))
    # einsum, not @: the threads of a BLAS make this hundredfold slower on a busy machine
    return np.einsum("dn,ng->dg", normal * student, influence)


def _estimate(name, unit, value, radius, level, n, resolution):
    """The distance with its interval."""
    if unit == "ms":
        radius += resolution
    highest = 1.0 if name == "isi_ks" else np.inf
    low, high = max(value - radius, 0.0), min(value + radius, highest)
    method = (
        f"value +- {radius:.3g}, the norm of the error by trial, cut to the possible range; conservative; "
        f"equal laws stay below {radius:.3g}"
    )
    return Estimate(name, value, low, high, level, unit, n, method)
