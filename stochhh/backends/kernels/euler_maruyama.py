"""The compiled loop of the diffusion: Euler-Maruyama over a block of lanes, one trial a lane.

    V <- V + dt (f_V(x) + mean) + noise * sqrt(dt) * z,    x_i <- x_i + dt f_i(x)  for the other variables
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit

from ...elementary import fma, select
from .scalar import compiled, tuple_arithmetic

__all__ = ["GROUP", "STATUS_DONE", "STATUS_FULL", "STATUS_UNSTABLE", "Rows", "rows", "stepper"]

# Steps that share one block of four normals; the moments of V are sampled once a group.
GROUP = 4

STATUS_DONE, STATUS_FULL, STATUS_UNSTABLE = 0, 1, 2

NEVER = -1e300


class Rows(NamedTuple):
    """Where each quantity starts in the workspace, in rows of `lanes` numbers."""

    state: int
    armed: int  # 1.0 armed, 0.0 not
    before: int  # V before the step where it crossed, NEVER elsewhere
    wrong: int  # 1.0 once V has left its range
    powers: int  # sums of (V - reference)^j, j = 1 to 4
    normals: int  # GROUP rows
    total: int


def rows(n):
    """The layout for n state variables."""
    return Rows(0, n, n + 1, n + 2, n + 3, n + 7, n + 7 + GROUP)


@cache
def stepper(vector_field, stiffness, n, target, lanes, four_normals):
    """Compile `advance` for a model of n variables whose variable number `target` receives the noise."""
    at = rows(n)
    load, store, _, axpy, outside, _ = tuple_arithmetic(n, lanes)
    field, stiff = compiled(vector_field), compiled(stiffness)
    ARMED, BEFORE, WRONG, POWERS, NORMALS = at.armed, at.before, at.wrong, at.powers, at.normals
    purpose, L = np.uint64(2), lanes

    @njit(error_model="numpy", nogil=True)
    def advance(
            w, group, stop, active, trial, k0, k1, p, step, spike, window, spikes, counts, traces, trace_every
        ):  # fmt: skip
        """Advance all lanes from `group` to `stop`, or until the spike buffer may overflow, or a state is wrong.

        Only the first `active` lanes hold trials. Returns (status, group reached, lane that was wrong).
        """
        mean, noise, dt = step
        threshold, rearm, ranges = spike
        reference, first_sample, last_sample = window
        low, high = ranges[0]
        room = spikes.shape[1] - GROUP
        while group < stop:
            for j in range(L):
                a, b, c, d = four_normals(np.uint64(group), np.uint64(trial + j), purpose, k0, k1)
                w[NORMALS * L + j] = a
                w[(NORMALS + 1) * L + j] = b
                w[(NORMALS + 2) * L + j] = c
                w[(NORMALS + 3) * L + j] = d
            for s in range(GROUP):
                crossings = 0
                for j in range(L):
                    x = load(w, 0, j)
                    store(w, 0, j, axpy(dt, field(x, p), x))
                    V = fma(noise, w[(NORMALS + s) * L + j], fma(dt, mean, w[target * L + j]))
                    w[target * L + j] = V
                    V = w[j]
                    armed = w[ARMED * L + j]
                    up = (V >= threshold) & (armed > 0.5)
                    w[BEFORE * L + j] = select(up, x[0], NEVER)
                    w[ARMED * L + j] = select(V < rearm, 1.0, select(up, 0.0, armed))
                    w[WRONG * L + j] = select((V >= low) & (V <= high), w[WRONG * L + j], 1.0)
                    crossings += np.int64(up)
                i = GROUP * group + s
                if crossings > 0:
                    for j in range(L):
                        V0 = w[BEFORE * L + j]
                        if V0 > NEVER:
                            spikes[j, counts[j]] = (i + (threshold - V0) / (w[j] - V0)) * dt
                            counts[j] += 1
                if trace_every > 0 and (i + 1) % trace_every == 0:
                    k = (i + 1) // trace_every
                    if k < traces.shape[2]:
                        for j in range(active):
                            for v in range(n):
                                traces[j, v, k] = w[v * L + j]
            wrong = 0
            full = 0
            sampled = select((group >= first_sample) & (group < last_sample), 1.0, 0.0)
            for j in range(L):
                x = load(w, 0, j)
                bad = outside(x, ranges) | (dt * stiff(x, p) > 2.0) | (w[WRONG * L + j] > 0.5)
                w[WRONG * L + j] = select(bad, 1.0, 0.0)
                wrong += np.int64(bad)
                y = x[0] - reference
                y2 = y * y
                w[POWERS * L + j] = fma(sampled, y, w[POWERS * L + j])
                w[(POWERS + 1) * L + j] = fma(sampled, y2, w[(POWERS + 1) * L + j])
                w[(POWERS + 2) * L + j] = fma(sampled, y2 * y, w[(POWERS + 2) * L + j])
                w[(POWERS + 3) * L + j] = fma(sampled, y2 * y2, w[(POWERS + 3) * L + j])
            group += 1
            if wrong > 0:
                for j in range(active):
                    if w[WRONG * L + j] > 0.5:
                        return STATUS_UNSTABLE, group, j
            for j in range(L):
                full += np.int64(counts[j] > room)
            if full > 0:
                return STATUS_FULL, group, 0
        return STATUS_DONE, group, 0

    return advance
