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
from ...spike_rule import arms, crosses, is_held
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


class Control(NamedTuple):
    """What bounds a step."""

    longest: float  # ms
    roughest: float  # of the jumps inside, see `path.roughness`
    weights: tuple  # of each variable's disagreement of the midpoint slopes


class Events(NamedTuple):
    """The events of every lane that were drawn and are not over: places `head` to `held` of a buffer.

    The buffer is filled again from the source, as long as that has any.
    """

    head: object  # shape (lanes,)
    held: object
    drawn: object  # how many were, from the beginning
    times: object  # ms, shape (lanes, places)
    jumps: object
    source: object  # an noise.merged.Source


@cache
def stepper(drift, n, target, lanes, draw, resets=False, sizes=0):
    """Compile `advance` for dx/dt = drift(t, x, p) in n variables, of which the events move number `target`.

    `resets` tells whether the model's spikes end in a reset.
    """
    at = rows(n, sizes)
    ops = tuple_arithmetic(n, lanes)
    load, store, choose, axpy = ops.load, ops.store, ops.choose, ops.axpy
    outside, distance, shifted, with_first = ops.outside, ops.distance, ops.shifted, ops.with_first
    field = compiled(drift)
    L, K, TARGET = lanes, LOOKAHEAD, target

    if resets:

        @inline
        def held_at(w, j, t):
            return is_held(t, w[at.held * L + j])

        @inline
        def flow(t, x, p, held):
            """The slope; of V none while it is held."""
            k = field(t, x, p)
            return with_first(select(held, 0.0, k[0]), k)

    else:

        @inline
        def held_at(w, j, t):
            return False

        @inline
        def flow(t, x, p, held):
            return field(t, x, p)

    # What follows is in loops over the lanes, one after the other: each lane's chain of dependent operations is long,
    # and in short loops the processor always has those of other lanes to go on with.
    @inline
    def plan(w, roughest):
        """How far to go, and the jumps inside."""
        wide_vectors()
        for j in range(L):
            t, proposal = w[at.time * L + j], w[at.step * L + j]
            held = held_at(w, j, t)
            if resets:  # no step beyond the end of a hold
                proposal = select(held & (w[at.held * L + j] - t < proposal), w[at.held * L + j] - t, proposal)
            furthest = w[(at.event + K - 1) * L + j] - t
            all_in = furthest <= proposal
            h = select(all_in, furthest, proposal)
            per_h = 1.0 / h
            path = paths.START
            taken = 0.0
            for k in range(K):
                gap = w[(at.event + k) * L + j] - t
                weight = w[(at.jump + k) * L + j]
                if resets:
                    weight = select(held, 0.0, weight)
                left = select(gap < h, (h - gap) * per_h, 0.0)
                path = with_jump(path, select(gap <= h, weight, 0.0), left)
                taken += select((gap < h) | ((gap == h) & (not held)), 1.0, 0.0)
            rough = roughness(path)
            # Too rough: to the first jump, and no further.
            alone = rough > roughest
            only = w[at.jump * L + j]
            l_1, m, l_4 = stage_values(path, rough)
            w[at.length * L + j] = select(alone, w[at.event * L + j] - t, h)
            after = select(all_in, w[(at.event + K - 1) * L + j], t + h)
            if resets:
                after = select(held & (w[at.held * L + j] < after), w[at.held * L + j], after)
            w[at.after * L + j] = select(alone, w[at.event * L + j], after)
            w[at.first * L + j] = select(alone, 0.0, l_1)
            w[at.middle * L + j] = select(alone, 0.0, m)
            w[at.last * L + j] = select(alone, 0.0, l_4)
            w[at.end * L + j] = select(alone, only, path.end)
            w[at.top * L + j] = select(alone, select(only > 0.0, only, 0.0), path.top)
            w[at.taken * L + j] = select(alone, 1.0, taken)

    @inline
    def first_stage(w, p):
        """k1, and the state half a step along it."""
        wide_vectors()
        for j in range(L):
            t, h, x = w[at.time * L + j], w[at.length * L + j], load(w, at.state, j)
            x1 = shifted(x, TARGET, w[at.first * L + j])
            k = flow(t, x1, p, held_at(w, j, t))
            w[at.v1 * L + j] = x1[0]
            store(w, at.sum, j, axpy(h * (1 / 6), k, x))
            store(w, at.stage, j, shifted(axpy(0.5 * h, k, x), TARGET, w[at.middle * L + j]))

    @inline
    def second_stage(w, p):
        """k2, and the state half a step along it."""
        wide_vectors()
        for j in range(L):
            t, h, x2 = w[at.time * L + j], w[at.length * L + j], load(w, at.stage, j)
            k = flow(t + 0.5 * h, x2, p, held_at(w, j, t))
            w[at.v2 * L + j] = x2[0]
            store(w, at.midpoint, j, k)
            store(w, at.sum, j, axpy(h * (1 / 3), k, load(w, at.sum, j)))
            store(w, at.stage, j, shifted(axpy(0.5 * h, k, load(w, at.state, j)), TARGET, w[at.middle * L + j]))

    @inline
    def third_stage(w, p, weights):
        """k3, how far it is from k2, and the state a whole step along it."""
        wide_vectors()
        for j in range(L):
            t, h, x3 = w[at.time * L + j], w[at.length * L + j], load(w, at.stage, j)
            k = flow(t + 0.5 * h, x3, p, held_at(w, j, t))
            w[at.v3 * L + j] = x3[0]
            w[at.error * L + j] = h * distance(k, load(w, at.midpoint, j), weights)
            store(w, at.sum, j, axpy(h * (1 / 3), k, load(w, at.sum, j)))
            store(w, at.stage, j, shifted(axpy(h, k, load(w, at.state, j)), TARGET, w[at.last * L + j]))

    @inline
    def last_stage(w, p):
        """k4, and the new state."""
        wide_vectors()
        for j in range(L):
            t, h, x4 = w[at.time * L + j], w[at.length * L + j], load(w, at.stage, j)
            k = flow(t + h, x4, p, held_at(w, j, t))
            w[at.v4 * L + j] = x4[0]
            store(w, at.sum, j, axpy(h * (1 / 6), k, load(w, at.sum, j)))

    @inline
    def judge(w, longest, stop):
        """Take the step or not, and propose the next; a lane that has come to `stop` stays as it is."""
        wide_vectors()
        for j in range(L):
            t, h, error, proposal = w[at.time * L + j], w[at.length * L + j], w[at.error * L + j], w[at.step * L + j]
            live = (t < stop) | ((t == stop) & (w[at.event * L + j] <= t))
            factor = 0.9 * two_to(log2_estimate(error + 1e-12) * (-1 / 3))
            # Never by more than these factors; after an estimate that is not even a number, by the lower one.
            factor = select(factor > 0.1, factor, 0.1)
            next_step = h * select(factor < 4.0, factor, 4.0)
            # A step cut short by an event says nothing against the step that was proposed.
            next_step = select((h < proposal) & (factor >= 1.0) & (next_step < proposal), proposal, next_step)
            next_step = select(next_step < longest, next_step, longest)
            lost = next_step < SHORTEST_STEP
            go = live & (error <= 1.5)
            w[at.step * L + j] = select(live, next_step, proposal)
            w[at.live * L + j] = select(live, 1.0, 0.0)
            w[at.taken * L + j] = select(go, w[at.taken * L + j], 0.0)
            w[at.moved * L + j] = select(go, 1.0, 0.0)
            w[at.wrong * L + j] = select(live & lost, 1.0, 0.0)
            w[at.begun * L + j] = t
            w[at.time * L + j] = select(go, w[at.after * L + j], t)

    @inline
    def add(w, j, power, weight, total):
        before = w[(at.powers + power) * L + j]
        w[(at.powers + power) * L + j] = select(
            weight > 0.0, fma(weight, total, before), before
        )  # total may be no number

    @inline
    def add_powers(w, j, weight, a, b, c, d):
        """Add the integrals over a time of six times `weight`, by the values of V - reference at the four stages."""
        a2, b2, c2, d2 = a * a, b * b, c * c, d * d
        add(w, j, 0, weight, a + 2.0 * (b + c) + d)
        add(w, j, 1, weight, a2 + 2.0 * (b2 + c2) + d2)
        add(w, j, 2, weight, a2 * a + 2.0 * (b2 * b + c2 * c) + d2 * d)
        add(w, j, 3, weight, a2 * a2 + 2.0 * (b2 * b2 + c2 * c2) + d2 * d2)

    @inline
    def arrive(w, rule, ranges):
        """Move to the new state, and watch the threshold; returns what the caller must look into."""
        wide_vectors()
        live_lanes, looks, failures = 0, 0, 0
        for j in range(L):
            go, armed = w[at.moved * L + j] > 0.5, w[at.armed * L + j]
            x, y = load(w, at.state, j), load(w, at.sum, j)
            z = choose(go, shifted(y, TARGET, w[at.end * L + j]), x)
            highest = select(x[0] > y[0], x[0], y[0])
            if TARGET == 0:
                highest = highest + w[at.top * L + j]
            look = go & crosses(armed > 0.5, highest, rule.reached)
            store(w, at.start, j, x)
            store(w, at.state, j, z)
            w[at.armed * L + j] = select(go & arms(z[0], rule) & (not look), 1.0, armed)
            w[at.look * L + j] = select(look, 1.0, 0.0)
            live = w[at.live * L + j] > 0.5
            bad = (w[at.wrong * L + j] > 0.5) | (live & outside(z, ranges))
            w[at.wrong * L + j] = select(bad, 1.0, 0.0)
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
            t, after = w[at.begun * L + j], w[at.time * L + j]
            apart = ((t < begin) & (after > begin)) | ((t < end) & (after > end))
            if resets:
                apart = apart | (w[at.look * L + j] > 0.5)
            weight = select((not apart) & (t >= begin) & (after <= end), (after - t) * (1 / 6), 0.0)
            add_powers(
                w, j, weight, w[at.v1 * L + j] - r, w[at.v2 * L + j] - r, w[at.v3 * L + j] - r, w[at.v4 * L + j] - r
            )
            w[at.separate * L + j] = select(apart, 1.0, 0.0)
            apart_lanes += np.int64(apart)
        return apart_lanes

    # A function of its own, so that LLVM meets these loops alone, and vectorises them.
    @apart
    def sweep(w, p, control, stop, rule, ranges, window):
        """One step of every lane; returns how many are not at their stop, may have spiked, went wrong, are apart."""
        wide_vectors()
        plan(w, control.roughest)
        first_stage(w, p)
        second_stage(w, p)
        third_stage(w, p, control.weights)
        last_stage(w, p)
        judge(w, control.longest, stop)
        live_lanes, looks, failures = arrive(w, rule, ranges)
        return live_lanes, looks, failures, integrate_powers(w, window)

    @inline
    def counts_from(w, j, begin):
        return select(w[at.time * L + j] >= begin, 1.0, 0.0)

    watch = watching(at, sizes, at.state, at.state, lanes, counts_from)

    again = retrace(at, ops, flow, held_at, add_powers, target, lanes, resets)
    record_spikes, record_traces, integrate_apart = again.record_spikes, again.record_traces, again.integrate_apart

    @apart
    def draw_more(j, events, stream):
        """Move what a lane has left to the beginning of its buffer, and fill the rest."""
        head, held, drawn, times, jumps, source = events
        left = held[j] - head[j]
        last = times[j, held[j] - 1] if drawn[j] > 0 else 0.0
        for i in range(left):
            times[j, i], jumps[j, i] = times[j, head[j] + i], jumps[j, head[j] + i]
        end = times.shape[1]
        trial = np.uint64(stream.trial + j)
        draw(times[j, left:end], jumps[j, left:end], drawn[j], last, trial, stream.k0, stream.k1, source)
        drawn[j] += end - left
        head[j], held[j] = 0, end

    @apart
    def next_events(w, events, stream):
        """Put the next events of every lane before it, after those that its last step took in."""
        head, held, times, jumps = events.head, events.held, events.times, events.jumps
        intensity = events.source.intensity
        for j in range(L):
            k = head[j] + np.int64(w[at.taken * L + j])
            w[at.taken * L + j] = 0.0
            head[j] = k
            if held[j] - k < K and intensity > 0.0:
                draw_more(j, events, stream)
                k = 0
            for i in range(K):
                w[(at.event + i) * L + j] = times[j, k + i]
                w[(at.jump + i) * L + j] = jumps[j, k + i]

    @kernel
    def advance(w, budget, stop, events, stream, p, control, rule, ranges, window, spikes, traces, looks, unseen):
        """Step every lane that is not at `stop` (ms), at most `budget` times or until a spike buffer is full.

        `unseen` counts the steps since the last look at the swings. Returns (status, lane that was wrong).
        """
        next_events(w, events, stream)
        for _ in range(budget):
            live_lanes, doubtful, wrong, aparts = sweep(w, p, control, stop, rule, ranges, window)
            if sizes > 0:
                unseen[0] += 1
                if unseen[0] == looks.pace or live_lanes == 0:
                    watch(w, looks.smallest, window.begin)
                    unseen[0] = 0
            if live_lanes == 0:
                return STATUS_DONE, 0
            full = doubtful > 0 and record_spikes(w, p, events, rule, ranges, spikes)
            if wrong > 0:
                for j in range(L):
                    if w[at.wrong * L + j] > 0.5:
                        return STATUS_WRONG, j
            if aparts > 0:
                integrate_apart(w, p, events, window)
            if traces.times.size > 1:
                record_traces(w, p, events, traces)
            next_events(w, events, stream)
            if full:
                return STATUS_MORE, 0
        return STATUS_MORE, 0

    return advance
