"""The compiled loop of the jump process: Runge-Kutta steps over a block of lanes, each with its jumps inside it.

Every lane keeps its own time and its own step. A step ends where its time is up, or at the last event that is looked
ahead at, or, where the jumps inside would be too rough, at the first of them. The disagreement of the two midpoint
slopes, h |k2 - k3|, costs nothing and bounds the step (Collatz 1960).
"""

from functools import cache

import numpy as np

from ...elementary import apart, fma, inline, log2_estimate, select, two_to, wide_vectors
from ...machine_code import kernel
from . import path as paths
from .event_rows import LOOKAHEAD, rows
from .path import roughness, stage_values, with_jump
from .retrace import retrace
from .scalar import compiled, tuple_arithmetic
from .swings import watching

__all__ = ["LOOKAHEAD", "SHORTEST_STEP", "STATUS_DONE", "STATUS_MORE", "STATUS_WRONG", "rows", "stepper"]

STATUS_DONE, STATUS_MORE, STATUS_WRONG = 0, 1, 2

# Where errors call for a step shorter than this (ms), the flow cannot be followed in reasonable time.
SHORTEST_STEP = 1e-5


@cache
def stepper(vector_field, n, target, lanes, draw, resets=False, sizes=0):
    """Compile `advance` for a model of n variables whose variable number `target` is moved by the events.

    `resets` tells whether the model's spikes end in a reset.
    """
    at = rows(n, sizes)
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
    def judge(w, longest, stop):
        """Take the step or not, and propose the next; a lane that has come to `stop` stays as it is."""
        wide_vectors()
        for j in range(L):
            t, h, error, proposal = w[TIME * L + j], w[LENGTH * L + j], w[ERROR * L + j], w[STEP * L + j]
            live = (t < stop) | ((t == stop) & (w[EVENT * L + j] <= t))
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
        threshold, rearm, ranges = spike[5], spike[1], spike[2]
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
        r, begin, end, _ = window
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
        """One step of every lane; returns how many are not at their stop, may have spiked, went wrong, are apart."""
        wide_vectors()
        longest, roughest, weights = control
        plan(w, roughest)
        first_stage(w, p)
        second_stage(w, p)
        third_stage(w, p, weights)
        last_stage(w, p)
        judge(w, longest, window[3])
        live_lanes, looks, failures = arrive(w, spike)
        return live_lanes, looks, failures, integrate_powers(w, window)

    @inline
    def counts_from(w, j, begin):
        return select(w[TIME * L + j] >= begin, 1.0, 0.0)

    watch = watching(at.swings, sizes, at.state, at.state, lanes, counts_from)

    again = retrace(at, ops, flow, is_held, add_powers, target, lanes, resets)
    record_spikes, record_traces, integrate_apart = again.record_spikes, again.record_traces, again.integrate_apart

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
    def advance(
        w, budget, events, stream, p, control, spike, window, spikes, counts, traces, sampled, next_sample, watched
    ):
        """Step every lane that is not at its stop, at most `budget` times or until a spike buffer is full.

        `window` is the reference of V, the window's begin and end, and where to stop, at the end or before (ms).
        Returns (status, lane that was wrong).
        """
        smallest, pace, steps = watched
        next_events(w, events, stream)
        for _ in range(budget):
            live_lanes, looks, wrong, aparts = sweep(w, p, control, spike, window)
            if sizes > 0:
                steps[0] += 1
                if steps[0] == pace or live_lanes == 0:
                    watch(w, smallest, window[1])
                    steps[0] = 0
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
