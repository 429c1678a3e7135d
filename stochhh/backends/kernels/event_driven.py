"""The compiled loop of the jump process: Runge-Kutta steps over a block of lanes, each with its jumps inside it.

Every lane keeps its own time and its own step. A step ends where its time is up, or at the last event that is looked
ahead at, or, where the jumps inside would be too rough, at the first of them. The disagreement of the two midpoint
slopes, h |k2 - k3|, costs nothing and bounds the step (Collatz 1960).
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...elementary import apart, fma, inline, log2_estimate, select, two_to, wide_vectors
from ...machine_code import kernel
from . import path as paths
from .path import roughness, stage_values, with_jump
from .scalar import compiled, tuple_arithmetic

__all__ = ["LOOKAHEAD", "SHORTEST_STEP", "STATUS_DONE", "STATUS_MORE", "STATUS_WRONG", "Rows", "rows", "stepper"]

STATUS_DONE, STATUS_MORE, STATUS_WRONG = 0, 1, 2

# Where errors call for a step shorter than this (ms), the flow cannot be followed in reasonable time.
SHORTEST_STEP = 1e-5

LOOKAHEAD = 4  # events that one step can take in


class Rows(NamedTuple):
    """Where each quantity starts in the workspace, in rows of `lanes` numbers."""

    state: int
    start: int  # the state before the last step
    stage: int  # where the next slope is taken
    midpoint: int  # the first slope at half the step
    sum: int  # the state that the flow leads to
    event: int  # times of the next events, LOOKAHEAD rows
    jump: int  # what they do
    time: int  # ms
    begun: int  # time at which the last step began
    after: int  # time at which the step under way ends
    step: int  # proposal for the next step, ms
    length: int  # of the step under way, ms
    error: int  # disagreement of the midpoint slopes, over what is tolerated
    first: int  # what the jumps inside add to the target at the first stage
    middle: int  # at the second and the third
    last: int  # at the fourth
    end: int  # and at the end
    top: int  # the most that they add anywhere
    taken: int  # how many events the step takes in
    v1: int  # V at each stage
    v2: int
    v3: int
    v4: int
    armed: int  # 1.0 armed, 0.0 not
    held: int  # until when V is held at the reset, ms
    live: int  # 1.0 if the lane is not at its end
    moved: int  # 1.0 if the last step was taken
    look: int  # 1.0 if V may have crossed the threshold in it
    apart: int  # 1.0 if the integrals of V over it are to be taken apart from those of the other lanes
    wrong: int  # 1.0 once the state has left its range
    powers: int  # time integrals of (V - reference)^j, j = 1 to 4
    total: int


def rows(n):
    """The layout for n state variables."""
    singles = 5 * n + 2 * LOOKAHEAD
    return Rows(
        *(k * n for k in range(5)), 5 * n, 5 * n + LOOKAHEAD, *(singles + k for k in range(24)), singles + 27
    )


@cache
def stepper(vector_field, n, target, lanes, draw, resets=False):
    """Compile `advance` for a model of n variables whose variable number `target` is moved by the events.

    `resets` tells whether the model's spikes end in a reset.
    """
    at = rows(n)
    ops = tuple_arithmetic(n, lanes)
    load, store, choose, axpy = ops.load, ops.store, ops.choose, ops.axpy
    outside, distance, shifted, with_first = ops.outside, ops.distance, ops.shifted, ops.with_first
    field = compiled(vector_field)
    START, STAGE, MIDPOINT, SUM, EVENT, JUMP, TIME, BEGUN, AFTER, STEP, LENGTH, ERROR = (
        at.start, at.stage, at.midpoint, at.sum, at.event, at.jump, at.time, at.begun, at.after, at.step, at.length,
        at.error,
    )  # fmt: skip
    FIRST, MIDDLE, LAST, END, TOP, TAKEN, V1, V2, V3, V4, ARMED, HELD, LIVE, MOVED, LOOK, APART, WRONG, POWERS = (
        at.first, at.middle, at.last, at.end, at.top, at.taken, at.v1, at.v2, at.v3, at.v4, at.armed, at.held, at.live,
        at.moved, at.look, at.apart, at.wrong, at.powers,
    )  # fmt: skip
    L, K, TARGET = lanes, LOOKAHEAD, target

    if resets:

        @inline
        def is_held(w, j, t):
            return w[HELD * L + j] > t

        @inline
        def flow(x, p, held):
            """The slope; of V none while it is held."""
            k = field(x, p)
            return with_first(select(held, 0.0, k[0]), k)

    else:

        @inline
        def is_held(w, j, t):
            return False

        @inline
        def flow(x, p, held):
            return field(x, p)

    # What follows is in loops over the lanes, one after the other: each lane's chain of dependent operations is long,
    # and in short loops the processor always has those of other lanes to go on with.
    @inline
    def plan(w, roughest):
        """How far to go, and the jumps inside."""
        wide_vectors()
        for j in range(L):
            t, proposal = w[TIME * L + j], w[STEP * L + j]
            held = is_held(w, j, t)
            if resets:  # no step beyond the end of a hold
                proposal = select(held & (w[HELD * L + j] - t < proposal), w[HELD * L + j] - t, proposal)
            furthest = w[(EVENT + K - 1) * L + j] - t
            all_in = furthest <= proposal
            h = select(all_in, furthest, proposal)
            per_h = 1.0 / h
            path = paths.START
            taken = 0.0
            for k in range(K):
                gap = w[(EVENT + k) * L + j] - t
                weight = w[(JUMP + k) * L + j]
                if resets:
                    weight = select(held, 0.0, weight)
                left = select(gap < h, (h - gap) * per_h, 0.0)
                path = with_jump(path, select(gap <= h, weight, 0.0), left)
                taken += select((gap < h) | ((gap == h) & (not held)), 1.0, 0.0)
            rough = roughness(path)
            # Too rough: to the first jump, and no further.
            alone = rough > roughest
            only = w[JUMP * L + j]
            l_1, m, l_4 = stage_values(path, rough)
            w[LENGTH * L + j] = select(alone, w[EVENT * L + j] - t, h)
            after = select(all_in, w[(EVENT + K - 1) * L + j], t + h)
            if resets:
                after = select(held & (w[HELD * L + j] < after), w[HELD * L + j], after)
            w[AFTER * L + j] = select(alone, w[EVENT * L + j], after)
            w[FIRST * L + j] = select(alone, 0.0, l_1)
            w[MIDDLE * L + j] = select(alone, 0.0, m)
            w[LAST * L + j] = select(alone, 0.0, l_4)
            w[END * L + j] = select(alone, only, path.end)
            w[TOP * L + j] = select(alone, select(only > 0.0, only, 0.0), path.top)
            w[TAKEN * L + j] = select(alone, 1.0, taken)

    @inline
    def first_stage(w, p):
        """k1, and the state half a step along it."""
        wide_vectors()
        for j in range(L):
            h, x = w[LENGTH * L + j], load(w, 0, j)
            x1 = shifted(x, TARGET, w[FIRST * L + j])
            k = flow(x1, p, is_held(w, j, w[TIME * L + j]))
            w[V1 * L + j] = x1[0]
            store(w, SUM, j, axpy(h * (1 / 6), k, x))
            store(w, STAGE, j, shifted(axpy(0.5 * h, k, x), TARGET, w[MIDDLE * L + j]))

    @inline
    def second_stage(w, p):
        """k2, and the state half a step along it."""
        wide_vectors()
        for j in range(L):
            h, x2 = w[LENGTH * L + j], load(w, STAGE, j)
            k = flow(x2, p, is_held(w, j, w[TIME * L + j]))
            w[V2 * L + j] = x2[0]
            store(w, MIDPOINT, j, k)
            store(w, SUM, j, axpy(h * (1 / 3), k, load(w, SUM, j)))
            store(w, STAGE, j, shifted(axpy(0.5 * h, k, load(w, 0, j)), TARGET, w[MIDDLE * L + j]))

    @inline
    def third_stage(w, p, weights):
        """k3, how far it is from k2, and the state a whole step along it."""
        wide_vectors()
        for j in range(L):
            h, x3 = w[LENGTH * L + j], load(w, STAGE, j)
            k = flow(x3, p, is_held(w, j, w[TIME * L + j]))
            w[V3 * L + j] = x3[0]
            w[ERROR * L + j] = h * distance(k, load(w, MIDPOINT, j), weights)
            store(w, SUM, j, axpy(h * (1 / 3), k, load(w, SUM, j)))
            store(w, STAGE, j, shifted(axpy(h, k, load(w, 0, j)), TARGET, w[LAST * L + j]))

    @inline
    def last_stage(w, p):
        """k4, and the new state."""
        wide_vectors()
        for j in range(L):
            x4 = load(w, STAGE, j)
            k = flow(x4, p, is_held(w, j, w[TIME * L + j]))
            w[V4 * L + j] = x4[0]
            store(w, SUM, j, axpy(w[LENGTH * L + j] * (1 / 6), k, load(w, SUM, j)))

    @inline
    def judge(w, longest, end):
        """Take the step or not, and propose the next."""
        wide_vectors()
        for j in range(L):
            t, h, error, proposal = w[TIME * L + j], w[LENGTH * L + j], w[ERROR * L + j], w[STEP * L + j]
            live = (t < end) | ((t == end) & (w[EVENT * L + j] <= t))
            factor = 0.9 * two_to(log2_estimate(error + 1e-12) * (-1 / 3))
            # Never by more than these factors; after an estimate that is not even a number, by the lower one.
            factor = select(factor > 0.1, factor, 0.1)
            next_step = h * select(factor < 4.0, factor, 4.0)
            # A step cut short by an event says nothing against the step that was proposed.
            next_step = select((h < proposal) & (factor >= 1.0) & (next_step < proposal), proposal, next_step)
            next_step = select(next_step < longest, next_step, longest)
            lost = next_step < SHORTEST_STEP
            go = live & (error <= 1.5)
            w[STEP * L + j] = select(live, next_step, proposal)
            w[LIVE * L + j] = select(live, 1.0, 0.0)
            w[TAKEN * L + j] = select(go, w[TAKEN * L + j], 0.0)
            w[MOVED * L + j] = select(go, 1.0, 0.0)
            w[WRONG * L + j] = select(live & lost, 1.0, 0.0)
            w[BEGUN * L + j] = t
            w[TIME * L + j] = select(go, w[AFTER * L + j], t)

    @inline
    def add(w, j, power, weight, total):
        before = w[(POWERS + power) * L + j]
        w[(POWERS + power) * L + j] = select(weight > 0.0, fma(weight, total, before), before)  # total may be no number

    @inline
    def add_powers(w, j, weight, a, b, c, d):
        """Add the integrals over a time of six times `weight`, by the values of V - reference at the four stages."""
        a2, b2, c2, d2 = a * a, b * b, c * c, d * d
        add(w, j, 0, weight, a + 2.0 * (b + c) + d)
        add(w, j, 1, weight, a2 + 2.0 * (b2 + c2) + d2)
        add(w, j, 2, weight, a2 * a + 2.0 * (b2 * b + c2 * c) + d2 * d)
        add(w, j, 3, weight, a2 * a2 + 2.0 * (b2 * b2 + c2 * c2) + d2 * d2)

    @inline
    def arrive(w, spike):
        """Move to the new state, and watch the threshold; returns what the caller must look into."""
        wide_vectors()
        threshold, rearm, ranges = spike[0], spike[1], spike[2]
        live_lanes, looks, failures = 0, 0, 0
        for j in range(L):
            go, armed = w[MOVED * L + j] > 0.5, w[ARMED * L + j]
            x, y = load(w, 0, j), load(w, SUM, j)
            z = choose(go, shifted(y, TARGET, w[END * L + j]), x)
            highest = select(x[0] > y[0], x[0], y[0])
            if TARGET == 0:
                highest = highest + w[TOP * L + j]
            look = go & (highest >= threshold) & (armed > 0.5)
            store(w, START, j, x)
            store(w, 0, j, z)
            w[ARMED * L + j] = select(go & (z[0] < rearm) & (not look), 1.0, armed)
            w[LOOK * L + j] = select(look, 1.0, 0.0)
            live = w[LIVE * L + j] > 0.5
            bad = (w[WRONG * L + j] > 0.5) | (live & outside(z, ranges))
            w[WRONG * L + j] = select(bad, 1.0, 0.0)
            live_lanes += np.int64(live)
            looks += np.int64(look)
            failures += np.int64(bad)
        return live_lanes, looks, failures

    @inline
    def integrate_powers(w, window):
        """The time integrals of the powers of V, by the same Runge-Kutta step; returns how many are left out.

        Left out are steps across an end of the window, and those that a reset may end.
        """
        wide_vectors()
        r, begin, end = window
        apart_lanes = 0
        for j in range(L):
            t, after = w[BEGUN * L + j], w[TIME * L + j]
            apart = ((t < begin) & (after > begin)) | ((t < end) & (after > end))
            if resets:
                apart = apart | (w[LOOK * L + j] > 0.5)
            weight = select((not apart) & (t >= begin) & (after <= end), (after - t) * (1 / 6), 0.0)
            add_powers(w, j, weight, w[V1 * L + j] - r, w[V2 * L + j] - r, w[V3 * L + j] - r, w[V4 * L + j] - r)
            w[APART * L + j] = select(apart, 1.0, 0.0)
            apart_lanes += np.int64(apart)
        return apart_lanes

    # A function of its own, so that LLVM meets these loops alone, and vectorises them.
    @apart
    def sweep(w, p, control, spike, window):
        """One step of every lane; returns how many are not at their end, may have spiked, went wrong, are apart."""
        wide_vectors()
        longest, roughest, weights = control
        plan(w, roughest)
        first_stage(w, p)
        second_stage(w, p)
        third_stage(w, p, weights)
        last_stage(w, p)
        judge(w, longest, window[2])
        live_lanes, looks, failures = arrive(w, spike)
        return live_lanes, looks, failures, integrate_powers(w, window)

    # What follows goes through the step of one lane again, where there is reason to; not inlined, it compiles once.
    @apart
    def step_of(x, h, p, held):
        """One step of the flow alone: the new state, the slope at its start, and V at the four stages."""
        k1 = flow(x, p, held)
        x2 = axpy(0.5 * h, k1, x)
        k2 = flow(x2, p, held)
        x3 = axpy(0.5 * h, k2, x)
        k3 = flow(x3, p, held)
        x4 = axpy(h, k3, x)
        y = axpy(h / 6, k1, axpy(h / 3, k2, axpy(h / 3, k3, axpy(h / 6, flow(x4, p, held), x))))
        return y, k1, (x[0], x2[0], x3[0], x4[0])

    @inline
    def between(theta, x, f, y, g, h):
        """The cubic through (x, slope f) and (y, slope g), at the part theta of a step h."""
        u = 1.0 - theta
        return u * u * ((1.0 + 2.0 * theta) * x + theta * h * f) + theta * theta * ((1.0 + 2.0 * u) * y - u * h * g)

    @inline
    def crossing(x, f, y, g, h, threshold):
        """The part of the step at which the cubic crosses the threshold, by bisection to rounding."""
        low, high = 0.0, 1.0
        for _ in range(52):
            middle = 0.5 * (low + high)
            if between(middle, x, f, y, g, h) >= threshold:
                high = middle
            else:
                low = middle
        return high

    @apart
    def end_with_reset(w, j, x, time, taken, spike):
        """Let the step of a lane end in a spike."""
        store(w, 0, j, with_first(spike[3], x))
        w[TIME * L + j] = time
        w[HELD * L + j] = time + spike[4]
        w[TAKEN * L + j] = taken
        w[ARMED * L + j] = 1.0

    @apart
    def look_into(w, j, p, events, spike, spikes, counts):
        """Go through the last step of a lane again, from event to event, and record its spike if there was one."""
        threshold, rearm = spike[0], spike[1]
        head, _, _, times, jumps = events
        t, until, taken = w[BEGUN * L + j], w[TIME * L + j], np.int64(w[TAKEN * L + j])
        x, armed = load(w, START, j), True
        for i in range(taken + 1):
            stop = times[j, head[j] + i] if i < taken else until
            h = stop - t
            y, f, _ = step_of(x, h, p, False)
            if armed and y[0] >= threshold:
                g = step_of(y, 0.0, p, False)[1]
                part = h * crossing(x[0], f[0], y[0], g[0], h, threshold)
                spikes[j, counts[j]] = t + part
                counts[j] += 1
                armed = False
                if resets:
                    end_with_reset(w, j, step_of(x, part, p, False)[0], t + part, i, spike)
                    return
            x, t = y, stop
            if i < taken:
                x = shifted(x, TARGET, jumps[j, head[j] + i])
                if armed and x[0] >= threshold:
                    spikes[j, counts[j]] = t
                    counts[j] += 1
                    armed = False
                    if resets:
                        end_with_reset(w, j, x, t, i + 1, spike)
                        return
            if x[0] < rearm:
                armed = True
        w[ARMED * L + j] = 1.0 if armed else 0.0

    @apart
    def record_spikes(w, p, events, spike, spikes, counts):
        """Look into the lanes that may have spiked; returns whether a buffer is full."""
        full = False
        for j in range(L):
            if w[LOOK * L + j] > 0.5:
                look_into(w, j, p, events, spike, spikes, counts)
                full = full or counts[j] > spikes.shape[1] - 1 - LOOKAHEAD
                if resets:
                    w[WRONG * L + j] = 1.0 if outside(load(w, 0, j), spike[2]) else 0.0
        return full

    @inline
    def was_held(w, j):
        """Whether V was held in the last step; a lane that is looked into was not."""
        return is_held(w, j, w[BEGUN * L + j]) and w[LOOK * L + j] < 0.5

    @apart
    def integrate_apart(w, p, events, window):
        """The time integrals of the powers of V over the last step of some lanes, from event to event."""
        head, _, _, times, jumps = events
        r, begin, end = window
        for j in range(L):
            if w[APART * L + j] > 0.5:
                t, taken, x, held = w[BEGUN * L + j], np.int64(w[TAKEN * L + j]), load(w, START, j), was_held(w, j)
                for i in range(taken + 1):
                    stop = times[j, head[j] + i] if i < taken else w[TIME * L + j]
                    first, last = min(max(t, begin), stop), max(min(stop, end), t)
                    if last > first:
                        V = step_of(step_of(x, first - t, p, held)[0], last - first, p, held)[2]
                        add_powers(w, j, (last - first) / 6, V[0] - r, V[1] - r, V[2] - r, V[3] - r)
                    x, t = step_of(x, stop - t, p, held)[0], stop
                    if i < taken and not held:
                        x = shifted(x, TARGET, jumps[j, head[j] + i])

    @apart
    def record_traces(w, p, events, traces, sampled, next_sample):
        """Sample every lane at the times that its last step passed, going through it from event to event."""
        head, _, _, times, jumps = events
        for j in range(traces.shape[0]):
            k = next_sample[j]
            if w[MOVED * L + j] > 0.5 and k < sampled.size and sampled[k] <= w[TIME * L + j]:
                t, taken, x, held = w[BEGUN * L + j], np.int64(w[TAKEN * L + j]), load(w, START, j), was_held(w, j)
                for i in range(taken + 1):
                    stop = times[j, head[j] + i] if i < taken else w[TIME * L + j]
                    while k < sampled.size and sampled[k] <= stop:
                        y = step_of(x, sampled[k] - t, p, held)[0]
                        for v in range(n):
                            traces[j, v, k] = y[v]
                        k += 1
                    x, t = step_of(x, stop - t, p, held)[0], stop
                    if i < taken and not held:
                        x = shifted(x, TARGET, jumps[j, head[j] + i])
                next_sample[j] = k

    @apart
    def draw_more(j, events, stream):
        """Move what a lane has left to the beginning of its buffer, and fill the rest."""
        head, held, drawn, times, jumps = events
        trial, k0, k1, source = stream
        left = held[j] - head[j]
        last = times[j, held[j] - 1] if drawn[j] > 0 else 0.0
        for i in range(left):
            times[j, i], jumps[j, i] = times[j, head[j] + i], jumps[j, head[j] + i]
        end = times.shape[1]
        draw(times[j, left:end], jumps[j, left:end], drawn[j], last, np.uint64(trial + j), k0, k1, source)
        drawn[j] += end - left
        head[j], held[j] = 0, end

    @apart
    def next_events(w, events, stream):
        """Put the next events of every lane before it, after those that its last step took in."""
        head, held, _, times, jumps = events
        intensity = stream[3].intensity
        for j in range(L):
            k = head[j] + np.int64(w[TAKEN * L + j])
            w[TAKEN * L + j] = 0.0
            head[j] = k
            if held[j] - k < K and intensity > 0.0:
                draw_more(j, events, stream)
                k = 0
            for i in range(K):
                w[(EVENT + i) * L + j] = times[j, k + i]
                w[(JUMP + i) * L + j] = jumps[j, k + i]

    @kernel
    def advance(w, budget, events, stream, p, control, spike, window, spikes, counts, traces, sampled, next_sample):
        """Step every lane that is not at its end, at most `budget` times or until a spike buffer is full.

        Returns (status, lane that was wrong).
        """
        next_events(w, events, stream)
        for _ in range(budget):
            live_lanes, looks, wrong, aparts = sweep(w, p, control, spike, window)
            if live_lanes == 0:
                return STATUS_DONE, 0
            full = looks > 0 and record_spikes(w, p, events, spike, spikes, counts)
            if wrong > 0:
                for j in range(L):
                    if w[WRONG * L + j] > 0.5:
                        return STATUS_WRONG, j
            if aparts > 0:
                integrate_apart(w, p, events, window)
            if sampled.size > 1:
                record_traces(w, p, events, traces, sampled, next_sample)
            next_events(w, events, stream)
            if full:
                return STATUS_MORE, 0
        return STATUS_MORE, 0

    return advance
