"""Brownian paths that all step sizes share: what the tests of an order put in place of the library's normal numbers."""

from functools import cache

import numpy as np
import pytest
from numba import njit
from scipy import stats

import stochhh as sh
import stochhh.backends.diffusion
from stochhh.elementary import sqrt
from stochhh.integrators.schemes import SCHEMES
from stochhh.noise.gaussian import WhiteNoise
from stochhh.random import NORMAL, four_normals

__all__ = ["FIRST_ALONE", "NOT_ITS_ROOT", "NO_SECOND", "SUMMED", "TOO_WIDE", "ends", "interval", "simulated"]

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
ROOT_3 = 3.0**0.5

# What is done to the numbers of a step: summed as they must be, or with a planted fault.
SUMMED, FIRST_ALONE, NOT_ITS_ROOT, NO_SECOND, TOO_WIDE = range(5)


@njit(forceinline=True, error_model="numpy")
def of_a_step(step, trial, k0, factor, fault):
    """(z, zeta) of one step that is `factor` finest steps of length 1 long.

    z is the increment W, scaled to variance 1; zeta the part of I_10, the time integral of W from the step's start,
    that is independent of it: I_10 = factor^(3/2) / 2 (z + zeta / sqrt(3)), for the finest steps as for the long one.
    """
    W, I_10, length = 0.0, 0.0, np.float64(factor)
    for i in range(factor):
        z, zeta, _, _ = four_normals(np.uint64(step * factor + i), trial, NORMAL, k0, np.uint64(0))
        if fault == FIRST_ALONE:  # another path at every step size
            return z, zeta
        I_10 += W + 0.5 * (z + zeta / ROOT_3)
        W += z
    if fault == NOT_ITS_ROOT:
        return W / length, 0.0
    z = W / sqrt(length)
    zeta = ROOT_3 * (2.0 * I_10 / (length * sqrt(length)) - z)
    if fault == NO_SECOND:
        return z, 0.0
    if fault == TOO_WIDE:  # by a part of the order of the step
        return (1.0 + 0.002 * length) * z, zeta
    return z, zeta


@cache
def shared_path(normals):
    """What takes the place of the library's normal numbers, for a scheme that uses one or two of them a step.

    The seed's high word holds the factor and a planted fault.
    """

    @njit(forceinline=True, error_model="numpy")
    def numbers(group, trial, k0, k1):
        factor, fault = np.int64(k1) & 255, np.int64(k1) >> 8
        steps = 4 // normals
        first = steps * np.int64(group)
        a, b = of_a_step(first, trial, k0, factor, fault)
        c, d = of_a_step(first + 1, trial, k0, factor, fault)
        if normals == 2:
            return a, b, c, d
        e, _ = of_a_step(first + 2, trial, k0, factor, fault)
        f, _ = of_a_step(first + 3, trial, k0, factor, fault)
        return a, c, e, f

    @cache
    def of_a_block(row, lanes, channels):
        @njit(forceinline=True, error_model="numpy")
        def fill(w, group, trial, k0, k1):
            for j in range(lanes):
                drawn = numbers(group, np.uint64(trial + j), k0, k1)
                for i in range(4):
                    w[(row + i) * lanes + j] = drawn[i]

        return fill

    return of_a_block


def simulated(neuron, drive, scheme, factor, fault=SUMMED, *, finest, **settings):
    """A Result by steps of `factor` times `finest` ms; `settings` go to `simulate`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "values", staticmethod(shared_path(SCHEMES[scheme].values)))
        backend = sh.Diffusion(dt=factor * finest, scheme=scheme)
        return sh.simulate(neuron, drive, backend=backend, seed=77 + ((factor + (fault << 8)) << 32), **settings)


def ends(scheme, factor, fault=SUMMED, *, finest, duration, paths):
    """V (mV) at the end of every path, shape (paths,)."""
    run = simulated(
        NEURON, DRIVE, scheme, factor, fault, finest=finest, duration=duration, n_trials=paths, trace_interval=duration
    )
    return run.traces["V"][:, -1]


def interval(sample, error=1e-6):
    """The mean of independent estimates, and what chance may add to it: Student's t."""
    sample = np.asarray(sample)
    return sample.mean(), stats.t.isf(error / 2, sample.size - 1) * sample.std(ddof=1) / sample.size**0.5
