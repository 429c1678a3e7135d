"""The compiled loop of the jump process: Runge-Kutta from event to event over a block of lanes.

Every lane keeps its own time and its own step. Between events the classical Runge-Kutta step of order 4;
the disagreement of its two midpoint slopes, h |k2 - k3|, costs nothing and bounds the step (Collatz 1960).
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...elementary import inline, log2_estimate, select, two_to, wide_vectors
from ...machine_code import kernel
from .scalar import compiled, tuple_arithmetic

__all__ = ["SHORTEST_STEP", "STATUS_DONE", "STATUS_MORE", "STATUS_WRONG", "Rows", "rows", "stepper"]

STATUS_DONE, STATUS_MORE, STATUS_WRONG = 0, 1, 2

# Where errors call for a step shorter than this (ms), the flow cannot be followed in reasonable time.
SHORTEST_STEP = 1e-5


class Rows(NamedTuple):
    """Where each quantity starts in the workspace, in rows of `lanes` numbers."""

    state: int
    start: int  # the state before the last step
    stage: int  # where the next slope is taken
    midpoint: int  # the first slope at half the step
    sum: int  # the state that the step leads to
    time: int  # ms
    begun: int  # time at which the last step began
    step: int  # proposal for the next step, ms
    length: int  # of the step under way, ms
    error: int  # disagreement of the midpoint slopes, over what is tolerated
    event: int  # time of the next event
    jump: int  # what it does to V
    v2: int  # V at the second stage
    v3: int  # V at the third
    armed: int  # 1.0 armed, 0.0 not
    live: int  # 1.0 if the lane is not at its end
    moved: int  # 1.0 if the last step was taken
    landed: int  # 1.0 if it ended at its event
    crossed: int  # 1.0: on the flow; 2.0: by the jump; 0.0: not
    wrong: int  # 1.0 once the state has left its range
    powers: int  # time integrals of (V - reference)^j, j = 1 to 4
    total: int


def rows(n):
    """The layout for n state variables."""
    return Rows(0, n, 2 * n, 3 * n, 4 * n, *(5 * n + k for k in range(16)), 5 * n + 19)


@cache
def stepper(vector_field, n, target, lanes, draw):
    """Compile `advance` for a model of n variables whose variable number `target` is moved by the events."""
    at = rows(n)
    ops = tuple_arithmetic(n, lanes)
    load, store, choose, axpy = ops.load, ops.store, ops.choose, ops.axpy
    outside, distance, shifted = ops.outside, ops.distance, ops.shifted
    field = compiled(vector_field)
    START, STAGE, MIDPOINT, SUM = at.start, at.stage, at.midpoint, at.sum
    TIME, BEGUN, STEP, LENGTH, ERROR, EVENT, JUMP = (
        at.time, at.begun, at.step, at.length, at.error, at.event, at.jump
    )  # fmt: skip
    V2, V3, ARMED, LIVE, MOVED, LANDED, CROSSED, WRONG, POWERS = (
        at.v2, at.v3, at.armed, at.live, at.moved, at.landed, at.crossed, at.wrong, at.powers
    )  # fmt: skip
    L = lanes

    @inline
    def end_of_step(x, h, p):
        """One Runge-Kutta step of the flow: the new state, and the slope at its start."""
        k1 = field(x, p)
        k2 = field(axpy(0.5 * h, k1, x), p)
        k3 = field(axpy(0.5 * h, k2, x), p)
        k4 = field(axpy(h, k3, x), p)
        return axpy(h / 6, k1, axpy(h / 3, k2, axpy(h / 3, k3, axpy(h / 6, k4, x)))), k1

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

    # The stages of a step are loops over the lanes, one after the other: each lane's chain of dependent operations
    # is long, and so the processor always has those of other lanes to go on with.
    @inline
    def first_stage(w, p):
        """How far to go, k1, and the state half a step along it."""
        for j in range(L):
            gap = w[EVENT * L + j] - w[TIME * L + j]
            proposal = w[STEP * L + j]
            h = select(gap <= proposal, gap, proposal)
            w[LENGTH * L + j] = h
            x = load(w, 0, j)
            k = field(x, p)
            store(w, SUM, j, axpy(h * (1 / 6), k, x))
            store(w, STAGE, j, axpy(0.5 * h, k, x))

    @inline
    def second_stage(w, p):
        """k2, and the state half a step along it."""
        for j in range(L):
            h = w[LENGTH * L + j]
            x2 = load(w, STAGE, j)
            k = field(x2, p)
            w[V2 * L + j] = x2[0]
            store(w, MIDPOINT, j, k)
            store(w, SUM, j, axpy(h * (1 / 3), k, load(w, SUM, j)))
            store(w, STAGE, j, axpy(0.5 * h, k, load(w, 0, j)))

    @inline
    def third_stage(w, p, weights):
        """k3, how far it is from k2, and the state a whole step along it."""
        for j in range(L):
            h = w[LENGTH * L + j]
            x3 = load(w, STAGE, j)
            k = field(x3, p)
            w[V3 * L + j] = x3[0]
            w[ERROR * L + j] = h * distance(k, load(w, MIDPOINT, j), weights)
            store(w, SUM, j, axpy(h * (1 / 3), k, load(w, SUM, j)))
            store(w, STAGE, j, axpy(h, k, load(w, 0, j)))

    @inline
    def last_stage(w, p):
        """k4, and the new state."""
        for j in range(L):
            x4 = load(w, STAGE, j)
            store(w, SUM, j, axpy(w[LENGTH * L + j] * (1 / 6), field(x4, p), load(w, SUM, j)))

    @inline
    def judge(w, longest, end):
        """Take the step or not, and propose the next."""
        for j in range(L):
            t, h, error, proposal = w[TIME * L + j], w[LENGTH * L + j], w[ERROR * L + j], w[STEP * L + j]
            gap = w[EVENT * L + j] - t
            lands = gap <= proposal
            live = (t < end) | ((t == end) & (gap <= 0.0))
            factor = 0.9 * two_to(log2_estimate(error + 1e-12) * (-1 / 3))
            # Never by more than these factors; after an estimate that is not even a number, by the lower one.
            factor = select(factor > 0.1, factor, 0.1)
            next_step = h * select(factor < 4.0, factor, 4.0)
            # A step cut short by an event says nothing against the step that was proposed.
            next_step = select(lands & (factor >= 1.0) & (next_step < proposal), proposal, next_step)
            next_step = select(next_step < longest, next_step, longest)
            lost = next_step < SHORTEST_STEP
            go = live & (error <= 1.5)
            w[STEP * L + j] = select(live, next_step, proposal)
            w[LIVE * L + j] = select(live, 1.0, 0.0)
            w[LANDED * L + j] = select(go & lands, 1.0, 0.0)
            w[MOVED * L + j] = select(go, 1.0, 0.0)
            w[WRONG * L + j] = select(live & lost, 1.0, 0.0)
            w[BEGUN * L + j] = t
            w[TIME * L + j] = select(go, select(lands, w[EVENT * L + j], t + h), t)

    @inline
    def integrate_powers(w, window):
        """The time integrals of the powers of V, by the same Runge-Kutta step."""
        reference, begin, end = window
        for j in range(L):
            t, after = w[BEGUN * L + j], w[TIME * L + j]
            first = select(t > begin, t, begin)
            last = select(after < end, after, end)
            weight = select((w[MOVED * L + j] > 0.5) & (last > first), (last - first) * (1 / 6), 0.0)
            a, b = w[j] - reference, w[V2 * L + j] - reference
            c, d = w[V3 * L + j] - reference, w[STAGE * L + j] - reference
            a2, b2, c2, d2 = a * a, b * b, c * c, d * d
            w[POWERS * L + j] += weight * (a + 2.0 * (b + c) + d)
            w[(POWERS + 1) * L + j] += weight * (a2 + 2.0 * (b2 + c2) + d2)
            w[(POWERS + 2) * L + j] += weight * (a2 * a + 2.0 * (b2 * b + c2 * c) + d2 * d)
            w[(POWERS + 3) * L + j] += weight * (a2 * a2 + 2.0 * (b2 * b2 + c2 * c2) + d2 * d2)

    @inline
    def arrive(w, spike):
        """Move to the new state, let the event act, watch the threshold; returns what the caller must look into."""
        threshold, rearm, ranges = spike
        live_lanes, crossings, failures = 0, 0, 0
        for j in range(L):
            go, hit = w[MOVED * L + j] > 0.5, w[LANDED * L + j] > 0.5
            x, y, armed = load(w, 0, j), load(w, SUM, j), w[ARMED * L + j]
            on_flow = go & (y[0] >= threshold) & (armed > 0.5)
            armed = select(go & (y[0] < rearm), 1.0, select(on_flow, 0.0, armed))
            z = shifted(choose(go, y, x), target, select(hit, w[JUMP * L + j], 0.0))
            by_jump = hit & (z[0] >= threshold) & (armed > 0.5)
            store(w, START, j, x)
            store(w, 0, j, z)
            w[ARMED * L + j] = select(go & (z[0] < rearm), 1.0, select(by_jump, 0.0, armed))
            w[CROSSED * L + j] = select(on_flow, 1.0, select(by_jump, 2.0, 0.0))
            live = w[LIVE * L + j] > 0.5
            bad = (w[WRONG * L + j] > 0.5) | (live & outside(z, ranges))
            w[WRONG * L + j] = select(bad, 1.0, 0.0)
            live_lanes += np.int64(live)
            crossings += np.int64(on_flow | by_jump)
            failures += np.int64(bad)
        return live_lanes, crossings, failures

    # A function of its own, so that LLVM meets these loops alone, and vectorises them.
    @kernel
    def sweep(w, p, control, spike, window):
        """One step of every lane; returns how many are not at their end, crossed the threshold, went wrong."""
        wide_vectors()
        longest, weights = control
        first_stage(w, p)
        second_stage(w, p)
        third_stage(w, p, weights)
        last_stage(w, p)
        judge(w, longest, window[2])
        integrate_powers(w, window)
        return arrive(w, spike)

    @kernel
    def next_events(w, events, stream):
        """Put the next event of every lane that landed on one before it; draw more where a buffer is used up."""
        head, held, drawn, times, jumps = events
        used_up = 0
        for j in range(L):
            k = head[j] + np.int64(w[LANDED * L + j])
            head[j] = k
            w[LANDED * L + j] = 0.0
            used_up += np.int64(k == held[j])
            w[EVENT * L + j] = times[j, k]
            w[JUMP * L + j] = jumps[j, k]
        if used_up > 0:
            trial, k0, k1, source = stream
            block = times.shape[1] - 1  # the last place holds the end of all events
            for j in range(L):
                if source.intensity > 0.0 and head[j] == held[j]:
                    last = times[j, block - 1] if drawn[j] > 0 else 0.0
                    draw(times[j, :block], jumps[j, :block], drawn[j], last, np.uint64(trial + j), k0, k1, source)
                    drawn[j] += block
                    held[j] = block
                    head[j] = 0
                    w[EVENT * L + j] = times[j, 0]
                    w[JUMP * L + j] = jumps[j, 0]

    @kernel
    def record_traces(w, p, traces, sampled, next_sample):
        """Sample every lane at the times that its last step passed."""
        for j in range(traces.shape[0]):
            if w[MOVED * L + j] > 0.5:
                t0 = w[BEGUN * L + j]
                t1 = w[TIME * L + j]
                k = next_sample[j]
                if k < sampled.size and sampled[k] <= t1:
                    x = load(w, START, j)
                    y, f = end_of_step(x, t1 - t0, p)
                    g = field(y, p)
                    while k < sampled.size and sampled[k] <= t1:
                        theta = (sampled[k] - t0) / (t1 - t0)
                        for v in range(n):
                            traces[j, v, k] = between(theta, x[v], f[v], y[v], g[v], t1 - t0)
                        k += 1
                    next_sample[j] = k

    @kernel
    def advance(w, budget, events, stream, p, control, spike, window, spikes, counts, traces, sampled, next_sample):
        """Step every lane that is not at its end, at most `budget` times or until a spike buffer is full.

        Returns (status, lane that was wrong).
        """
        threshold = spike[0]
        room = spikes.shape[1] - 1
        next_events(w, events, stream)
        for _ in range(budget):
            live_lanes, crossings, wrong = sweep(w, p, control, spike, window)
            if live_lanes == 0:
                return STATUS_DONE, 0
            if wrong > 0:
                for j in range(L):
                    if w[WRONG * L + j] > 0.5:
                        return STATUS_WRONG, j
            if sampled.size > 1:
                record_traces(w, p, traces, sampled, next_sample)
            full = False
            if crossings > 0:
                for j in range(L):
                    if w[CROSSED * L + j] > 0.5:
                        if w[CROSSED * L + j] > 1.5:
                            at_time = w[TIME * L + j]
                        else:
                            x = load(w, START, j)
                            t = w[BEGUN * L + j]
                            h = w[TIME * L + j] - t
                            y, f = end_of_step(x, h, p)
                            at_time = t + h * crossing(x[0], f[0], y[0], field(y, p)[0], h, threshold)
                        spikes[j, counts[j]] = at_time
                        counts[j] += 1
                        full = full or counts[j] > room
            next_events(w, events, stream)
            if full:
                return STATUS_MORE, 0
        return STATUS_MORE, 0

    return advance
