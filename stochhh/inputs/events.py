"""The merged events of all populations: exponential gaps and marks, drawn in blocks of any size."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..elementary import cos_sin_turn, exp, inline, log, select, sqrt, wide_vectors
from ..machine_code import kernel
from ..random import EVENT, WEIGHT, key_of, two_uniforms
from .recording import Recording

__all__ = ["Source", "draw_events", "poisson_events", "source_of"]


class Source(NamedTuple):
    """A compound Poisson process as the kernels see it: a jump for each population, for common spikes one for each sum.

    Where populations have random weights, a jump is drawn from the law of its number.
    """

    intensity: float  # Lambda, 1/ms
    edges: np.ndarray  # cumulative probabilities of the jumps, the last one left out
    weights: np.ndarray  # mV; where they are drawn, the numbers of the jumps instead
    laws: np.ndarray | None = None  # a row for each jump; None if all are constant


@lru_cache(maxsize=4)
def source_of(drive):
    """The merged process of a drive; what never fires is left out. Raises InputError if it cannot be drawn."""
    drive.check_events()
    firing = [source for source in drive.sources if source.intensity > 0]
    if not firing:
        return Source(0.0, np.empty(0), np.empty(0))
    intensity = drive.intensity
    chances, laws = zip(*(source.jumps() for source in firing), strict=True)
    shares = [source.intensity / intensity * chance for source, chance in zip(firing, chances, strict=True)]
    edges, laws = np.ascontiguousarray(np.cumsum(np.concatenate(shares))[:-1]), np.concatenate(laws)
    if np.any(laws[:, 1:]):
        return Source(intensity, edges, np.arange(len(laws), dtype=float), laws)
    return Source(intensity, edges, np.ascontiguousarray(laws[:, 0]))


@inline
def _number_of(v, edges):
    """The number of edges at or below v."""
    low, high = 0, edges.size
    while low < high:
        middle = (low + high) >> 1
        if v >= edges[middle]:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _gaps_and_marks(gaps, marks, first, trial, k0, k1):
    """Standard exponential gaps and uniform marks: the part that LLVM vectorises."""
    wide_vectors()
    for i in range(gaps.size):
        u, v = two_uniforms(np.uint64(first + i), trial, EVENT, k0, k1)
        gaps[i], marks[i] = u, v
    for i in range(gaps.size):  # apart: short loops keep more of the processor busy
        gaps[i] = -log(gaps[i])


@kernel
def _weigh(jumps, edges, weights):
    """Put the jump that a mark falls to in the place of the mark."""
    wide_vectors()
    if edges.size == 0:
        jumps[:] = weights[0]
    elif edges.size == 1:
        edge, low, high = edges[0], weights[0], weights[1]
        for i in range(jumps.size):
            jumps[i] = select(jumps[i] >= edge, high, low)
    else:
        for i in range(jumps.size):
            jumps[i] = weights[_number_of(jumps[i], edges)]


@kernel
def _normal_and_exponential(z, e, first, trial, k0, k1):
    """A standard normal and a standard exponential number for each event, of which its weight will use one."""
    wide_vectors()
    for i in range(z.size):
        u, v = two_uniforms(np.uint64(first + i), trial, WEIGHT, k0, k1)
        e[i] = -log(u)
        z[i] = sqrt(2.0 * e[i]) * cos_sin_turn(v)[0]


@kernel
def _draw_weights(jumps, first, trial, k0, k1, laws):
    """Put a jump drawn from its law in the place of each jump's number."""
    if laws is not None:  # known by type, so that where it is None the rest is not even compiled
        z, e = np.empty(jumps.size), np.empty(jumps.size)
        _normal_and_exponential(z, e, first, trial, k0, k1)
        for i in range(jumps.size):
            k = np.int64(jumps[i])
            s = laws[k, 3]
            jumps[i] = (laws[k, 0] + laws[k, 1] * z[i] + laws[k, 2] * e[i]) * exp(s * z[i] - 0.5 * s * s)


@kernel
def draw_events(times, jumps, first, time, trial, k0, k1, source):
    """Fill `times` (ms) and `jumps` (mV) with events number `first` and on; the one before was at `time`.

    Event i of a trial rests on block i of its stream alone, and times are summed in order, so the events
    are the same whatever the length of the blocks. Exact: gaps are exponential, marks independent. A weight that
    is drawn anew for every event rests on block i of another stream.
    """
    _gaps_and_marks(times, jumps, first, trial, k0, k1)
    mean_gap = 1.0 / source.intensity
    for i in range(times.size):
        time += times[i] * mean_gap
        times[i] = time
    _weigh(jumps, source.edges, source.weights)
    _draw_weights(jumps, first, trial, k0, k1, source.laws)


def poisson_events(drive, *, duration, seed, trials, block=65536):
    """Draw the merged events of a drive up to `duration`, ms, for the given trial numbers, as a Recording.

    They are the events that the jump backend draws for the same seed and trials. Raises InputError where it would.
    """
    source, key = source_of(drive), key_of(seed)
    times, jumps = [], []
    for trial in trials:
        parts = []
        time, first = 0.0, 0
        while source.intensity > 0 and time <= duration:
            part = np.empty((2, block))
            draw_events(part[0], part[1], first, time, np.uint64(trial), *key, source)
            time, first = part[0, -1], first + block
            parts.append(part)
        t, x = np.concatenate(parts, axis=1) if parts else np.empty((2, 0))
        inside = t <= duration
        times.append(t[inside])
        jumps.append(x[inside])
    return Recording.from_lists(times, jumps)
