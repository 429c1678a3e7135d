"""The compiled loop of the diffusion: steps of one length over a block of lanes, one trial a lane.

The scheme of a step is given; the loop draws the normal numbers, watches the threshold and the range, and samples.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...elementary import apart, fma, inline, select, sqrt, wide_vectors
from ...machine_code import kernel
from ...spike_rule import arms, crosses, held_until
from .arguments import Increment, record
from .scalar import compiled, states, tuple_arithmetic
from .swings import ROWS_OF_A_SIZE, watching
from .workspace import laid_out

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
    floor: int  # of the smallest swing of V, see `swings`
    rising: int  # 1.0 if that was last pushed up, 0.0 if down
    turn: int  # the last turning point
    swings: int  # of each size: floor, count, sum of troughs
    total: int


def steps_of(scheme):
    """Steps in a group."""
    return NORMALS // scheme.values


def rows(n, scheme, sizes):
    """The layout for n state variables, and swings of as many sizes."""
    steps = steps_of(scheme)
    return laid_out(Rows, path=(steps + 1) * n, normals=NORMALS, powers=4, spiked=steps, swings=ROWS_OF_A_SIZE * sizes)


@inline
def part_before(V_0, V_1, level):
    """The part of a step from V_0 to V_1 that is over when the level is reached, on a straight line."""
    return (level - V_0) / (V_1 - V_0)


class Drive(NamedTuple):
    """What the input adds in a step."""

    mean: float  # mV/ms
    size: float  # standard deviation, mV
    dt: float  # length of the step, ms


class Traces(NamedTuple):
    """Room for samples of the state."""

    values: object  # shape (trials, variables, places)
    every: int  # steps between two samples, 0 if there are none
    first: int  # number of the sample that belongs into place 0


@cache
def stepper(scheme, drift, membrane_rate, n, target, lanes, normals, resets=False, sizes=0):
    """Compile `advance` for a model of n variables whose variable number `target` receives the noise.

    `drift` is f(t, x, p), or (a, b)(t, x, p) for a scheme that needs linear rates; normals(row, lanes) makes
    fill(w, group, trial, k0, k1), which draws the standard normal numbers of a group; `resets` tells whether the
    model's spikes end in a reset.
    """
    at = rows(n, scheme, sizes)
    fill = normals(at.normals, lanes)
    ops = tuple_arithmetic(n, lanes)
    load, store, outside, with_first = ops.load, ops.store, ops.outside, ops.with_first
    rate_of_V, explicit = compiled(membrane_rate), scheme.explicit
    L, K, GROUP = lanes, scheme.values, steps_of(scheme)
    END = GROUP * n  # row of the state after a group

    step_once = compiled(scheme.build(compiled(drift), states(n, target)))

    @inline
    def begin(w, group, stream):
        """Draw the normal numbers of a group, and put every lane at its start."""
        wide_vectors()
        fill(w, group, stream.trial, stream.k0, stream.k1)
        for j in range(L):
            store(w, 0, j, load(w, END, j))

    @inline
    def increment_of(w, s, j, mean, size):
        """What a lane's input adds in step number s of the group."""
        return Increment(mean, size, w[(at.normals + s * K) * L + j], w[(at.normals + s * K + K - 1) * L + j])

    @inline
    def move_all(w, s, group, p, drive, rule):
        """Step number s of the group."""
        wide_vectors()
        t = (GROUP * group + s) * drive.dt
        for j in range(L):
            increment = increment_of(w, s, j, drive.mean, drive.size)
            store(w, (s + 1) * n, j, step_once(t, load(w, s * n, j), increment, p, drive.dt))

    @inline
    def move_free(w, s, group, p, drive, rule):
        """Step number s of the group, of V from the time at which it is free; a spike ends in a reset."""
        wide_vectors()
        dt, threshold = drive.dt, rule.threshold
        t, until = (GROUP * group + s) * dt, (GROUP * group + s + 1) * dt
        for j in range(L):
            since, x = w[at.since * L + j], load(w, s * n, j)
            free = select(until > since, until - since, 0.0)
            part = increment_of(w, s, j, drive.mean, drive.size * sqrt(free * (1.0 / dt)))
            V = step_once(since, x, part, p, free)[0]
            up = crosses(True, V, threshold)
            spike = since + free * part_before(x[0], V, threshold)
            w[(at.spiked + s) * L + j] = select(up, spike, -1.0)
            w[at.since * L + j] = select(up, held_until(spike, rule), select(until > since, until, since))
            whole = increment_of(w, s, j, drive.mean, drive.size)
            store(w, (s + 1) * n, j, with_first(select(up, rule.reset, V), step_once(t, x, whole, p, dt)))

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
    def finish(w, sampled, p, dt, rule, ranges, reference):
        """Arm, sample V and check the state; returns how many lanes to look into, and how many went wrong."""
        wide_vectors()
        looks, failures = 0, 0
        for j in range(L):
            x, armed = load(w, END, j), w[at.armed * L + j]
            low, high = extremes(w, j)
            if sizes > 0:
                w[at.crest * L + j] = select(high > w[at.crest * L + j], high, w[at.crest * L + j])
            falls = arms(low, rule)
            look = crosses((armed > 0.5) | falls, high, rule.threshold)
            if resets:
                for s in range(GROUP):
                    look = look | (w[(at.spiked + s) * L + j] >= 0.0)
            w[at.look * L + j] = select(look, 1.0, 0.0)
            w[at.armed * L + j] = select(falls & (not look), 1.0, armed)
            bad = not ((low >= ranges[0][0]) & (high <= ranges[0][1]))
            if explicit:
                bad = bad | outside(x, ranges) | (dt * rate_of_V(x, p) > 2.0)
            w[at.wrong * L + j] = select(bad, 1.0, 0.0)
            y = x[0] - reference
            y2 = y * y
            w[at.powers * L + j] = fma(sampled, y, w[at.powers * L + j])
            w[(at.powers + 1) * L + j] = fma(sampled, y2, w[(at.powers + 1) * L + j])
            w[(at.powers + 2) * L + j] = fma(sampled, y2 * y, w[(at.powers + 2) * L + j])
            w[(at.powers + 3) * L + j] = fma(sampled, y2 * y2, w[(at.powers + 3) * L + j])
            looks += np.int64(look)
            failures += np.int64(bad)
        return looks, failures

    # A function of its own, so that LLVM meets these loops alone, and vectorises them.
    @apart
    def sweep(w, group, sampled, stream, p, drive, rule, ranges, reference):
        wide_vectors()
        begin(w, group, stream)
        for s in range(GROUP):
            move(w, s, group, p, drive, rule)
        return finish(w, sampled, p, drive.dt, rule, ranges, reference)

    @apart
    def record_spikes(w, group, dt, rule, spikes):
        """Interpolate the crossings of the lanes that may have one; returns whether the buffer may overflow."""
        threshold, full = rule.threshold, False
        for j in range(L):
            if w[at.look * L + j] > 0.5:
                armed = w[at.armed * L + j] > 0.5
                for s in range(GROUP):
                    V0 = w[s * n * L + j]
                    V1 = w[(s + 1) * n * L + j]
                    if resets:
                        if w[(at.spiked + s) * L + j] >= 0.0:
                            record(spikes, j, w[(at.spiked + s) * L + j])
                    elif crosses(armed, V1, threshold):
                        record(spikes, j, (GROUP * group + s + part_before(V0, V1, threshold)) * dt)
                        armed = False
                    if arms(V1, rule):
                        armed = True
                w[at.armed * L + j] = 1.0 if armed else 0.0
                full = full or spikes.counts[j] > spikes.times.shape[1] - GROUP
        return full

    @inline
    def counts(w, j, sampled):
        return sampled

    watch = watching(at, sizes, at.crest, END, lanes, counts)

    @apart
    def record_traces(w, group, traces):
        """Sample every lane at the multiples of `every` steps inside the group."""
        for s in range(1, GROUP + 1):
            i = GROUP * group + s
            k = i // traces.every - traces.first
            if i % traces.every == 0 and 0 <= k < traces.values.shape[2]:
                for j in range(traces.values.shape[0]):
                    for v in range(n):
                        traces.values[j, v, k] = w[(s * n + v) * L + j]

    @kernel
    def advance(w, group, stop, active, stream, p, drive, rule, ranges, window, spikes, traces, looks):
        """Advance all lanes from `group` to `stop`, or until a spike buffer may overflow, or a state is wrong.

        Only the first `active` lanes hold trials. Returns (status, group reached, lane that was wrong).
        """
        while group < stop:
            sampled = 1.0 if window.begin <= group < window.end else 0.0
            doubtful, failures = sweep(w, group, sampled, stream, p, drive, rule, ranges, window.reference)
            full = doubtful > 0 and record_spikes(w, group, drive.dt, rule, spikes)
            if traces.every > 0:
                record_traces(w, group, traces)
            group += 1
            if sizes > 0 and group % looks.pace == 0:
                watch(w, looks.smallest, sampled)
            if failures > 0:
                for j in range(active):
                    if w[at.wrong * L + j] > 0.5:
                        return STATUS_UNSTABLE, group, j
            if full:
                return STATUS_FULL, group, 0
        return STATUS_DONE, group, 0

    return advance
