"""The compiled loop of the diffusion: steps of one length over a block of lanes, one trial a lane.

The scheme of a step is given; the loop draws the normal numbers, watches the threshold and the range, and samples.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...elementary import fma, inline, select, wide_vectors
from ...machine_code import kernel
from .scalar import compiled, tuple_arithmetic

__all__ = ["NORMALS", "STATUS_DONE", "STATUS_FULL", "STATUS_UNSTABLE", "Rows", "rows", "stepper", "steps_of"]

# Normal numbers are drawn in fours; the steps that share them are a group, and V is sampled once a group.
NORMALS = 4

STATUS_DONE, STATUS_FULL, STATUS_UNSTABLE = 0, 1, 2


class Rows(NamedTuple):
    """Where each quantity starts in the workspace, in rows of `lanes` numbers."""

    path: int  # the state before a group, and after each of its steps
    normals: int  # NORMALS rows
    armed: int  # 1.0 armed, 0.0 not: after the group
    was_armed: int  # the same before it
    crossed: int  # 1.0 if V crossed the threshold in the group
    wrong: int  # 1.0 if the state left its range, or the step its stability
    powers: int  # sums of (V - reference)^j, j = 1 to 4
    total: int


def steps_of(scheme):
    """Steps in a group."""
    return NORMALS // scheme.normals


def rows(n, scheme):
    """The layout for n state variables."""
    after = (steps_of(scheme) + 1) * n
    return Rows(0, after, *(after + NORMALS + k for k in range(5)), after + NORMALS + 8)


@cache
def stepper(scheme, flow, stiffness, n, target, lanes, normals):
    """Compile `advance` for a model of n variables whose variable number `target` receives the noise.

    `flow` is the model's vector field, or its linear rates for a scheme that needs them. normals(index, trial, k0, k1)
    gives four standard normal numbers.
    """
    at = rows(n, scheme)
    ops = tuple_arithmetic(n, lanes)
    load, store, outside = ops.load, ops.store, ops.outside
    stiff, step_once, explicit = compiled(stiffness), scheme.build(flow, n, target, lanes), scheme.explicit
    Z, ARMED, WAS_ARMED, CROSSED, WRONG, POWERS = (
        at.normals, at.armed, at.was_armed, at.crossed, at.wrong, at.powers
    )  # fmt: skip
    L, K, GROUP = lanes, scheme.normals, steps_of(scheme)
    END = GROUP * n

    @inline
    def begin(w, group, trial, k0, k1):
        """Draw the normal numbers of a group, and put every lane at its start."""
        for j in range(L):
            a, b, c, d = normals(np.uint64(group), np.uint64(trial + j), k0, k1)
            w[Z * L + j] = a
            w[(Z + 1) * L + j] = b
            w[(Z + 2) * L + j] = c
            w[(Z + 3) * L + j] = d
            store(w, 0, j, load(w, END, j))
            w[WAS_ARMED * L + j] = w[ARMED * L + j]
            w[CROSSED * L + j] = 0.0
            w[WRONG * L + j] = 0.0

    @inline
    def move(w, s, p, drive, spike):
        """Step number s of the group: arm, count and check V."""
        threshold, rearm, ranges = spike
        low, high = ranges[0]
        for j in range(L):
            z, zeta = w[(Z + s * K) * L + j], w[(Z + s * K + K - 1) * L + j]
            x = step_once(load(w, s * n, j), z, zeta, p, drive)
            store(w, (s + 1) * n, j, x)
            V, armed = x[0], w[ARMED * L + j]
            up = (V >= threshold) & (armed > 0.5)
            w[ARMED * L + j] = select(V < rearm, 1.0, select(up, 0.0, armed))
            w[CROSSED * L + j] = select(up, 1.0, w[CROSSED * L + j])
            w[WRONG * L + j] = select((V >= low) & (V <= high), w[WRONG * L + j], 1.0)

    @inline
    def finish(w, sampled, p, dt, ranges, reference):
        """Sample V and check the state; returns how many lanes crossed the threshold, and how many went wrong."""
        crossings, failures = 0, 0
        for j in range(L):
            x = load(w, END, j)
            bad = w[WRONG * L + j] > 0.5
            if explicit:
                bad = bad | outside(x, ranges) | (dt * stiff(x, p) > 2.0)
            w[WRONG * L + j] = select(bad, 1.0, 0.0)
            y = x[0] - reference
            y2 = y * y
            w[POWERS * L + j] = fma(sampled, y, w[POWERS * L + j])
            w[(POWERS + 1) * L + j] = fma(sampled, y2, w[(POWERS + 1) * L + j])
            w[(POWERS + 2) * L + j] = fma(sampled, y2 * y, w[(POWERS + 2) * L + j])
            w[(POWERS + 3) * L + j] = fma(sampled, y2 * y2, w[(POWERS + 3) * L + j])
            crossings += np.int64(w[CROSSED * L + j] > 0.5)
            failures += np.int64(bad)
        return crossings, failures

    # A function of its own, so that LLVM meets these loops alone, and vectorises them.
    @kernel
    def sweep(w, group, sampled, trial, k0, k1, p, drive, spike, reference):
        wide_vectors()
        begin(w, group, trial, k0, k1)
        for s in range(GROUP):
            move(w, s, p, drive, spike)
        return finish(w, sampled, p, drive[2], spike[2], reference)

    @kernel
    def record_spikes(w, group, dt, spike, spikes, counts):
        """Interpolate the crossings of the lanes that had one; returns whether the buffer may overflow."""
        threshold, rearm, _ = spike
        full = False
        for j in range(L):
            if w[CROSSED * L + j] > 0.5:
                armed = w[WAS_ARMED * L + j] > 0.5
                for s in range(GROUP):
                    V0 = w[s * n * L + j]
                    V1 = w[(s + 1) * n * L + j]
                    if armed and V1 >= threshold:
                        spikes[j, counts[j]] = (GROUP * group + s + (threshold - V0) / (V1 - V0)) * dt
                        counts[j] += 1
                        armed = False
                    if V1 < rearm:
                        armed = True
                full = full or counts[j] > spikes.shape[1] - GROUP
        return full

    @kernel
    def record_traces(w, group, traces, every):
        """Sample every lane at the multiples of `every` steps inside the group."""
        for s in range(1, GROUP + 1):
            i = GROUP * group + s
            if i % every == 0 and i // every < traces.shape[2]:
                for j in range(traces.shape[0]):
                    for v in range(n):
                        traces[j, v, i // every] = w[(s * n + v) * L + j]

    @kernel
    def advance(w, group, stop, active, stream, p, drive, spike, window, spikes, counts, traces, every):
        """Advance all lanes from `group` to `stop`, or until a spike buffer may overflow, or a state is wrong.

        Only the first `active` lanes hold trials. Returns (status, group reached, lane that was wrong).
        """
        trial, k0, k1 = stream
        reference, first_sample, last_sample = window
        while group < stop:
            sampled = 1.0 if first_sample <= group < last_sample else 0.0
            crossings, failures = sweep(w, group, sampled, trial, k0, k1, p, drive, spike, reference)
            full = crossings > 0 and record_spikes(w, group, drive[2], spike, spikes, counts)
            if every > 0:
                record_traces(w, group, traces, every)
            group += 1
            if failures > 0:
                for j in range(active):
                    if w[WRONG * L + j] > 0.5:
                        return STATUS_UNSTABLE, group, j
            if full:
                return STATUS_FULL, group, 0
        return STATUS_DONE, group, 0

    return advance
