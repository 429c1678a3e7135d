"""The compiled loop of the diffusion: steps of one length over a block of lanes, one trial a lane.

The scheme of a step is given; the loop draws the normal numbers, watches the threshold and the range, and samples.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...elementary import apart, fma, inline, select, sqrt, wide_vectors
from ...machine_code import kernel
from .scalar import compiled, tuple_arithmetic
from .swings import rows_of, watching

__all__ = ["NORMALS", "STATUS_DONE", "STATUS_FULL", "STATUS_UNSTABLE", "Rows", "rows", "stepper", "steps_of"]

# Normal numbers are drawn in fours; the steps that share them are a group, and V is sampled once a group.
NORMALS = 4

STATUS_DONE, STATUS_FULL, STATUS_UNSTABLE = 0, 1, 2


class Rows(NamedTuple):
    """Where each quantity starts in the workspace, in rows of `lanes` numbers."""

    path: int  # the state before a group, and after each of its steps
    normals: int  # NORMALS rows
    armed: int  # 1.0 armed, 0.0 not
    look: int  # 1.0 if V may have crossed the threshold in the group
    wrong: int  # 1.0 if the state left its range, or the step its stability
    powers: int  # sums of (V - reference)^j, j = 1 to 4
    since: int  # for a model with a reset: since when V is free, ms
    spiked: int  # and when it reached the threshold in each step of the group, -1.0 where not
    crest: int  # highest V since the swings of V were last looked at
    swings: int  # see `swings`
    total: int


def steps_of(scheme):
    """Steps in a group."""
    return NORMALS // scheme.normals


def rows(n, scheme, sizes):
    """The layout for n state variables, and swings of as many sizes."""
    after = (steps_of(scheme) + 1) * n
    single = after + NORMALS
    crest = single + 8 + steps_of(scheme)
    end = crest + 1 + rows_of(sizes)
    return Rows(0, after, *(single + k for k in range(4)), single + 7, single + 8, crest, crest + 1, end)


@cache
def stepper(scheme, flow, membrane_rate, n, target, lanes, normals, resets=False, sizes=0):
    """Compile `advance` for a model of n variables whose variable number `target` receives the noise.

    `flow` is the model's vector field, or its linear rates for a scheme that needs them; normals(row, lanes) makes
    fill(w, group, trial, k0, k1), which draws the standard normal numbers of a group; `resets` tells whether the
    model's spikes end in a reset.
    """
    at = rows(n, scheme, sizes)
    fill = normals(at.normals, lanes)
    ops = tuple_arithmetic(n, lanes)
    load, store, outside, with_first = ops.load, ops.store, ops.outside, ops.with_first
    rate_of_V, step_once, explicit = compiled(membrane_rate), scheme.build(flow, n, target, lanes), scheme.explicit
    Z, ARMED, LOOK, WRONG, POWERS = at.normals, at.armed, at.look, at.wrong, at.powers
    SINCE, SPIKED, CREST = at.since, at.spiked, at.crest
    L, K, GROUP = lanes, scheme.normals, steps_of(scheme)
    END = GROUP * n

    @inline
    def begin(w, group, trial, k0, k1):
        """Draw the normal numbers of a group, and put every lane at its start."""
        wide_vectors()
        fill(w, group, trial, k0, k1)
        for j in range(L):
            store(w, 0, j, load(w, END, j))

    @inline
    def move_all(w, s, group, p, drive, spike):
        """Step number s of the group."""
        wide_vectors()
        for j in range(L):
            z, zeta = w[(Z + s * K) * L + j], w[(Z + s * K + K - 1) * L + j]
            store(w, (s + 1) * n, j, step_once(load(w, s * n, j), z, zeta, p, drive))

    @inline
    def move_free(w, s, group, p, drive, spike):
        """Step number s of the group, of V from the time at which it is free; a spike ends in a reset."""
        wide_vectors()
        threshold, reset, refractory = spike[0], spike[3], spike[4]
        mean, noise, dt = drive
        until = (GROUP * group + s + 1) * dt
        for j in range(L):
            z, zeta, x = w[(Z + s * K) * L + j], w[(Z + s * K + K - 1) * L + j], load(w, s * n, j)
            since = w[SINCE * L + j]
            free = select(until > since, until - since, 0.0)
            V = step_once(x, z, zeta, p, (mean, noise * sqrt(free * (1.0 / dt)), free))[0]
            up = V >= threshold
            at_time = since + free * ((threshold - x[0]) / (V - x[0]))
            w[(SPIKED + s) * L + j] = select(up, at_time, -1.0)
            w[SINCE * L + j] = select(up, at_time + refractory, select(until > since, until, since))
            store(w, (s + 1) * n, j, with_first(select(up, reset, V), step_once(x, z, zeta, p, drive)))

    move = move_free if resets else move_all

    @inline
    def extremes(w, j):
        """Lowest and highest V after the steps of a group; both NaN if the last is."""
        low = high = w[n * L + j]
        for s in range(2, GROUP + 1):
            V = w[s * n * L + j]
            low, high = select(low < V, low, V), select(high > V, high, V)
        return low, high

    @inline
    def finish(w, sampled, p, dt, spike, reference):
        """Arm, sample V and check the state; returns how many lanes to look into, and how many went wrong."""
        wide_vectors()
        threshold, rearm, ranges = spike[0], spike[1], spike[2]
        looks, failures = 0, 0
        for j in range(L):
            x, armed = load(w, END, j), w[ARMED * L + j]
            low, high = extremes(w, j)
            if sizes > 0:
                w[CREST * L + j] = select(high > w[CREST * L + j], high, w[CREST * L + j])
            falls = low < rearm
            look = (high >= threshold) & ((armed > 0.5) | falls)
            if resets:
                for s in range(GROUP):
                    look = look | (w[(SPIKED + s) * L + j] >= 0.0)
            w[LOOK * L + j] = select(look, 1.0, 0.0)
            w[ARMED * L + j] = select(falls & (not look), 1.0, armed)
            bad = not ((low >= ranges[0][0]) & (high <= ranges[0][1]))
            if explicit:
                bad = bad | outside(x, ranges) | (dt * rate_of_V(x, p) > 2.0)
            w[WRONG * L + j] = select(bad, 1.0, 0.0)
            y = x[0] - reference
            y2 = y * y
            w[POWERS * L + j] = fma(sampled, y, w[POWERS * L + j])
            w[(POWERS + 1) * L + j] = fma(sampled, y2, w[(POWERS + 1) * L + j])
            w[(POWERS + 2) * L + j] = fma(sampled, y2 * y, w[(POWERS + 2) * L + j])
            w[(POWERS + 3) * L + j] = fma(sampled, y2 * y2, w[(POWERS + 3) * L + j])
            looks += np.int64(look)
            failures += np.int64(bad)
        return looks, failures

    # A function of its own, so that LLVM meets these loops alone, and vectorises them.
    @apart
    def sweep(w, group, sampled, trial, k0, k1, p, drive, spike, reference):
        wide_vectors()
        begin(w, group, trial, k0, k1)
        for s in range(GROUP):
            move(w, s, group, p, drive, spike)
        return finish(w, sampled, p, drive[2], spike, reference)

    @apart
    def record_spikes(w, group, dt, spike, spikes, counts):
        """Interpolate the crossings of the lanes that may have one; returns whether the buffer may overflow."""
        threshold, rearm = spike[0], spike[1]
        full = False
        for j in range(L):
            if w[LOOK * L + j] > 0.5:
                armed = w[ARMED * L + j] > 0.5
                for s in range(GROUP):
                    V0 = w[s * n * L + j]
                    V1 = w[(s + 1) * n * L + j]
                    if resets:
                        if w[(SPIKED + s) * L + j] >= 0.0:
                            spikes[j, counts[j]] = w[(SPIKED + s) * L + j]
                            counts[j] += 1
                    elif armed and V1 >= threshold:
                        spikes[j, counts[j]] = (GROUP * group + s + (threshold - V0) / (V1 - V0)) * dt
                        counts[j] += 1
                        armed = False
                    if V1 < rearm:
                        armed = True
                w[ARMED * L + j] = 1.0 if armed else 0.0
                full = full or counts[j] > spikes.shape[1] - GROUP
        return full

    @inline
    def counts(w, j, sampled):
        return sampled

    watch = watching(at.swings, sizes, CREST, END, lanes, counts)

    @apart
    def record_traces(w, group, traces, every, first):
        """Sample every lane at the multiples of `every` steps inside the group; place 0 is the `first` multiple's."""
        for s in range(1, GROUP + 1):
            i = GROUP * group + s
            k = i // every - first
            if i % every == 0 and 0 <= k < traces.shape[2]:
                for j in range(traces.shape[0]):
                    for v in range(n):
                        traces[j, v, k] = w[(s * n + v) * L + j]

    @kernel
    def advance(w, group, stop, active, stream, p, drive, spike, window, spikes, counts, traces, sampling, watched):
        """Advance all lanes from `group` to `stop`, or until a spike buffer may overflow, or a state is wrong.

        Only the first `active` lanes hold trials. Returns (status, group reached, lane that was wrong).
        """
        trial, k0, k1 = stream
        reference, first_sample, last_sample = window
        every, first = sampling
        size, pace = watched
        while group < stop:
            sampled = 1.0 if first_sample <= group < last_sample else 0.0
            looks, failures = sweep(w, group, sampled, trial, k0, k1, p, drive, spike, reference)
            full = looks > 0 and record_spikes(w, group, drive[2], spike, spikes, counts)
            if every > 0:
                record_traces(w, group, traces, every, first)
            group += 1
            if sizes > 0 and group % pace == 0:
                watch(w, size, sampled)
            if failures > 0:
                for j in range(active):
                    if w[WRONG * L + j] > 0.5:
                        return STATUS_UNSTABLE, group, j
            if full:
                return STATUS_FULL, group, 0
        return STATUS_DONE, group, 0

    return advance
