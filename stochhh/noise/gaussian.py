"""White noise of the same mean and variance as the events of an input: its Gaussian twin."""

from functools import cache
from math import sqrt

from ..elementary import inline
from ..random import diffusion_normals

__all__ = ["WhiteNoise"]

_APART = 2**48  # groups of steps from the numbers of one variable to those of the next


@cache
def _normals(row, lanes, channels):
    """Compile fill(w, group, trial, k0, k1): independent normal numbers for each variable that the input moves."""
    last = diffusion_normals(row + 4 * (channels - 1), lanes)
    if channels == 1:
        return last
    others, shift = _normals(row, lanes, channels - 1), _APART * (channels - 1)

    @inline
    def fill(w, group, trial, k0, k1):
        others(w, group, trial, k0, k1)
        last(w, group + shift, trial, k0, k1)

    return fill


class WhiteNoise:
    """Increments of the mean and the variance of what the events of a source do, normally distributed.

        dL = kappa_1 dt + sqrt(kappa_2 dt) z,           z standard normal, of an additive source
        dL = mean(x) dt + size(x) sqrt(dt) z,           of another, by its twin: in the sense of Ito

    Arguments:
        source: the Source of a System.
    """

    values = staticmethod(_normals)

    def __init__(self, source):
        self.source = source

    def increments(self, dt):
        """(means per ms, standard deviations in a step of dt ms), one for each variable that the source moves.

        Where the source has a twin, that is multiplied by them.
        """
        if self.source.twin is not None:
            n = len(self.source.moves)
            return (1.0,) * n, (sqrt(dt),) * n
        drive = self.source.input
        return (drive.cumulant(1),), (sqrt(drive.cumulant(2) * dt),)
