"""The merged events of all populations, each at its exact time: exponential gaps and marks, in blocks of any size."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..elementary import cos_sin_turn, exp, inline, log, select, sqrt, wide_vectors
from ..inputs.recording import Recording
from ..machine_code import kernel
from ..random import EVENT, WEIGHT, key_of, two_uniforms
from .events import Events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..inputs import SynapticInput

__all__ = ["MergedEvents", "MergedProcess", "draw_events", "merged_process", "poisson_events"]

_DRAWN = 256  # events that a lane draws at a time; it changes no result


class MergedProcess(NamedTuple):
    """A compound Poisson process in the form that the kernels need.

    Independent populations contribute one type of jump each, common spikes one type for each possible sum of weights.
    With random weights, each jump is drawn from the distribution of its type.

    Arguments:
        intensity: events per ms, Lambda.
        edges: cumulative probabilities of the m types of jump without the last, shape (m - 1,).
        weights: jump of each type, mV, shape (m,); with random weights the numbers of the types, 0 to m - 1.
        laws: Coefficients of each type, shape (m, 4); None if all weights are constant.
    """

    intensity: float
    edges: np.ndarray
    weights: np.ndarray
    laws: np.ndarray | None = None


@lru_cache(maxsize=4)
def merged_process(drive):
    """The merged process of an input, without populations that never fire.

    Arguments:
        drive: a SynapticInput.

    Raises InputError for an input whose events cannot be drawn, i.e. one with a negative correlation.
    """
    drive.check_events()
    firing = [source for source in drive.sources if source.intensity > 0]
    if not firing:
        return MergedProcess(0.0, np.empty(0), np.empty(0))
    intensity = drive.intensity
    chances, laws = zip(*(source.jumps() for source in firing), strict=True)
    shares = [source.intensity / intensity * chance for source, chance in zip(firing, chances, strict=True)]
    edges, laws = np.ascontiguousarray(np.cumsum(np.concatenate(shares))[:-1]), np.concatenate(laws)
    if np.any(laws[:, 1:]):
        return MergedProcess(intensity, edges, np.arange(len(laws), dtype=float), laws)
    return MergedProcess(intensity, edges, np.ascontiguousarray(laws[:, 0]))


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
def draw_events(times, marks, first, time, trial, k0, k1, source):
    """Draw the next events of a trial, exact: exponential intervals and independent jumps.

    Event i of a trial depends on block i of its random stream alone, and a random weight on block i of another stream.
    Times are summed in order, so that the events do not depend on how many are drawn at once.

    Arguments:
        times: array to be filled, shape (n,), ms.
        marks: a tuple of one such array, of jumps, mV.
        first: number of the first of these events.
        time: time of the event before, ms.
        trial: number of the trial.
        k0, k1: key of the seed.
        source: a MergedProcess of positive intensity.
    """
    (jumps,) = marks
    _gaps_and_marks(times, jumps, first, trial, k0, k1)
    mean_gap = 1.0 / source.intensity
    for i in range(times.size):
        time += times[i] * mean_gap
        times[i] = time
    _weigh(jumps, source.edges, source.weights)
    _draw_weights(jumps, first, trial, k0, k1, source.laws)


class MergedEvents:
    """The merged process of a drive as a realisation: lanes draw their events as they need them.

    Arguments:
        drive: a SynapticInput.

    Raises InputError for an input whose events cannot be drawn.
    """

    refill = staticmethod(draw_events)

    def __init__(self, drive):
        self.process = merged_process(drive)

    def events(self, task, ahead):
        """The Events of a block's lanes, of which the kernel looks ahead at so many: none is drawn yet."""
        lanes = task.lanes
        head, held, drawn = np.zeros((3, lanes), dtype=np.int64)
        held[task.n :] = ahead  # padding lanes draw nothing
        times, marks = np.full((lanes, _DRAWN), np.inf), np.zeros((1, lanes, _DRAWN))
        return Events(head, held, drawn, times, marks, self.process)


def poisson_events(
    drive: SynapticInput, *, duration: float, seed: int, trials: Iterable[int], block: int = 65536
) -> Recording:
    """Draw the merged events of an input as a Recording: those of the jump backend for the same seed and trials.

    Arguments:
        drive: a SynapticInput.
        duration: time up to which events are drawn, ms.
        seed: random seed.
        trials: numbers of the trials.
        block: number of events drawn at once; the events do not depend on it.

    Raises InputError for an input whose events cannot be drawn.
    """
    source, key = merged_process(drive), key_of(seed)
    times, jumps = [], []
    for trial in trials:
        parts = []
        time, first = 0.0, 0
        while source.intensity > 0 and time <= duration:
            part = np.empty((2, block))
            draw_events(part[0], (part[1],), first, time, np.uint64(trial), *key, source)
            time, first = part[0, -1], first + block
            parts.append(part)
        t, x = np.concatenate(parts, axis=1) if parts else np.empty((2, 0))
        inside = t <= duration
        times.append(t[inside])
        jumps.append(x[inside])
    return Recording.from_lists(times, jumps)
