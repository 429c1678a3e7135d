"""The compiled loop of the diffusion: Euler-Maruyama over a block of lanes, one trial a lane.

    V <- V + dt (f_V(x) + mean) + noise * z,    x_i <- x_i + dt f_i(x)  for the other variables
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...elementary import fma, inline, select, wide_vectors
from ...machine_code import kernel
from .scalar import compiled, tuple_arithmetic

__all__ = ["GROUP", "STATUS_DONE", "STATUS_FULL", "STATUS_UNSTABLE", "Rows", "rows", "stepper"]

# Steps that share one block of four normals; the moments of V are sampled once a group.
GROUP = 4

STATUS_DONE, STATUS_FULL, STATUS_UNSTABLE = 0, 1, 2


class Rows(NamedTuple):
    """Where each quantity starts in the workspace, in rows of `lanes` numbers."""

    path: int  # GROUP + 1 states: before a group of steps, and after each of them
    armed: int  # 1.0 armed, 0.0 not: after the group
    was_armed: int  # the same before it
    crossed: int  # 1.0 if V crossed the threshold in the group
    wrong: int  # 1.0 if the state left its range, or the step its stability
    powers: int  # sums of (V - reference)^j, j = 1 to 4
    total: int


def rows(n):
    """The layout for n state variables."""
    path = (GROUP + 1) * n
    return Rows(0, path, path + 1, path + 2, path + 3, path + 4, path + 8)


@cache
def stepper(vector_field, stiffness, n, target, lanes, normals):
    """Compile `advance` for a model of n variables whose variable number `target` receives the noise.

    normals(index, trial, k0, k1) gives four standard normal numbers.
    """
    at = rows(n)
    load, store, _, axpy, outside, _, shifted = tuple_arithmetic(n, lanes)
    field, stiff = compiled(vector_field), compiled(stiffness)
    ARMED, WAS_ARMED, CROSSED, WRONG, POWERS = at.armed, at.was_armed, at.crossed, at.wrong, at.powers
    L, END = lanes, GROUP * n

    @inline
    def euler_maruyama(x, z, p, step):
        mean, noise, dt = step
        return shifted(axpy(dt, field(x, p), x), target, fma(noise, z, dt * mean))

    @inline
    def watch(V, armed, crossed, wrong, spike):
        """Arm, count and check V after a step."""
        threshold, rearm, ranges = spike
        up = (V >= threshold) & (armed > 0.5)
        armed = select(V < rearm, 1.0, select(up, 0.0, armed))
        inside = (V >= ranges[0][0]) & (V <= ranges[0][1])
        return armed, select(up, 1.0, crossed), select(inside, wrong, 1.0)

    # A function of its own, so that LLVM meets this loop alone, and vectorises it.
    @kernel
    def sweep(w, group, sampled, trial, k0, k1, p, step, spike, reference):
        """GROUP steps of every lane; returns how many lanes crossed the threshold, and how many went wrong."""
        wide_vectors()
        crossings, failures = 0, 0
        for j in range(L):
            x = load(w, END, j)
            armed = w[ARMED * L + j]
            a, b, c, d = normals(np.uint64(group), np.uint64(trial + j), k0, k1)
            x1 = euler_maruyama(x, a, p, step)
            armed1, crossed, wrong = watch(x1[0], armed, 0.0, 0.0, spike)
            x2 = euler_maruyama(x1, b, p, step)
            armed2, crossed, wrong = watch(x2[0], armed1, crossed, wrong, spike)
            x3 = euler_maruyama(x2, c, p, step)
            armed3, crossed, wrong = watch(x3[0], armed2, crossed, wrong, spike)
            x4 = euler_maruyama(x3, d, p, step)
            armed4, crossed, wrong = watch(x4[0], armed3, crossed, wrong, spike)
            store(w, 0, j, x)
            store(w, n, j, x1)
            store(w, 2 * n, j, x2)
            store(w, 3 * n, j, x3)
            store(w, END, j, x4)
            w[WAS_ARMED * L + j] = armed
            w[ARMED * L + j] = armed4
            w[CROSSED * L + j] = crossed
            bad = outside(x4, spike[2]) | (step[2] * stiff(x4, p) > 2.0) | (wrong > 0.5)
            w[WRONG * L + j] = select(bad, 1.0, 0.0)
            y = x4[0] - reference
            y2 = y * y
            w[POWERS * L + j] = fma(sampled, y, w[POWERS * L + j])
            w[(POWERS + 1) * L + j] = fma(sampled, y2, w[(POWERS + 1) * L + j])
            w[(POWERS + 2) * L + j] = fma(sampled, y2 * y, w[(POWERS + 2) * L + j])
            w[(POWERS + 3) * L + j] = fma(sampled, y2 * y2, w[(POWERS + 3) * L + j])
            crossings += np.int64(crossed > 0.5)
            failures += np.int64(bad)
        return crossings, failures

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
    def advance(w, group, stop, active, stream, p, step, spike, window, spikes, counts, traces, every):
        """Advance all lanes from `group` to `stop`, or until a spike buffer may overflow, or a state is wrong.

        Only the first `active` lanes hold trials. Returns (status, group reached, lane that was wrong).
        """
        trial, k0, k1 = stream
        reference, first_sample, last_sample = window
        while group < stop:
            sampled = 1.0 if first_sample <= group < last_sample else 0.0
            crossings, failures = sweep(w, group, sampled, trial, k0, k1, p, step, spike, reference)
            full = crossings > 0 and record_spikes(w, group, step[2], spike, spikes, counts)
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
