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
    time: int  # ms
    begun: int  # time at which the last step began
    step: int  # proposal for the next step, ms
    event: int  # time of the next event
    jump: int  # what it does to V
    armed: int  # 1.0 armed, 0.0 not
    landed: int  # 1.0 if the last step ended at its event
    crossed: int  # 1.0: on the flow; 2.0: by the jump; 0.0: not
    moved: int  # 1.0 if the last step was taken
    wrong: int  # 1.0 once the state has left its range
    powers: int  # time integrals of (V - reference)^j, j = 1 to 4
    total: int


def rows(n):
    """The layout for n state variables."""
    return Rows(0, n, *(2 * n + k for k in range(11)), 2 * n + 14)


@cache
def stepper(vector_field, n, target, lanes, draw):
    """Compile `advance` for a model of n variables whose variable number `target` is moved by the events."""
    at = rows(n)
    load, store, choose, axpy, outside, distance, shifted = tuple_arithmetic(n, lanes)
    field = compiled(vector_field)
    TIME, BEGUN, STEP, EVENT, JUMP = at.time, at.begun, at.step, at.event, at.jump
    ARMED, LANDED, CROSSED, MOVED, WRONG, POWERS, START = (
        at.armed, at.landed, at.crossed, at.moved, at.wrong, at.powers, at.start
    )
    L = lanes

    @inline
    def runge_kutta(x, h, p):
        """One step of the flow: the new state, the stages, the first slope, and the two that should agree."""
        k1 = field(x, p)
        x2 = axpy(0.5 * h, k1, x)
        k2 = field(x2, p)
        x3 = axpy(0.5 * h, k2, x)
        k3 = field(x3, p)
        x4 = axpy(h, k3, x)
        k4 = field(x4, p)
        y = axpy(h / 6, k1, axpy(h / 3, k2, axpy(h / 3, k3, axpy(h / 6, k4, x))))
        return y, x2, x3, x4, k1, k2, k3

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

    # A function of its own, so that LLVM meets this loop alone, and vectorises it.
    @kernel
    def sweep(w, p, control, spike, window):
        """One step of every lane; returns how many are not at their end, crossed the threshold, went wrong."""
        wide_vectors()
        tolerance, longest, weights = control
        threshold, rearm, ranges = spike
        reference, begin, end = window
        live_lanes, crossings, wrong = 0, 0, 0
        for j in range(L):
            t = w[TIME * L + j]
            proposal = w[STEP * L + j]
            x = load(w, 0, j)
            gap = w[EVENT * L + j] - t
            lands = gap <= proposal
            h = select(lands, gap, proposal)
            y, x2, x3, x4, _, k2, k3 = runge_kutta(x, h, p)

            error = h * distance(k2, k3, weights) / tolerance
            factor = 0.9 * two_to(log2_estimate(error + 1e-12) * (-1 / 3))
            factor = select(factor < 4.0, factor, 4.0)
            accepted = error <= 1.5
            live = (t < end) | ((t == end) & (gap <= 0.0))
            go = accepted & live
            next_step = h * factor
            # A step cut short by an event says nothing against the step that was proposed.
            next_step = select(lands & (factor >= 1.0) & (next_step < proposal), proposal, next_step)
            next_step = select(next_step < longest, next_step, longest)
            w[STEP * L + j] = select(live, next_step, proposal)

            armed = w[ARMED * L + j]
            on_flow = go & (y[0] >= threshold) & (armed > 0.5)
            armed = select(go & (y[0] < rearm), 1.0, select(on_flow, 0.0, armed))
            hit = go & lands
            store(w, START, j, x)
            z = shifted(choose(go, y, x), target, select(hit, w[JUMP * L + j], 0.0))
            store(w, 0, j, z)
            by_jump = hit & (z[0] >= threshold) & (armed > 0.5)
            armed = select(go & (z[0] < rearm), 1.0, select(by_jump, 0.0, armed))
            w[ARMED * L + j] = armed
            w[CROSSED * L + j] = select(on_flow, 1.0, select(by_jump, 2.0, 0.0))
            w[LANDED * L + j] = select(hit, 1.0, 0.0)
            w[MOVED * L + j] = select(go, 1.0, 0.0)
            lost = (error != error) | (next_step < SHORTEST_STEP)
            bad = live & (lost | outside(z, ranges))
            w[WRONG * L + j] = select(bad, 1.0, 0.0)

            after = select(lands, w[EVENT * L + j], t + h)
            w[BEGUN * L + j] = t
            w[TIME * L + j] = select(go, after, t)
            # The powers of V are integrated by the same Runge-Kutta step.
            first = select(t > begin, t, begin)
            last = select(after < end, after, end)
            weight = select(go & (last > first), (last - first) * (1 / 6), 0.0)
            a, b, c, d = x[0] - reference, x2[0] - reference, x3[0] - reference, x4[0] - reference
            a2, b2, c2, d2 = a * a, b * b, c * c, d * d
            w[POWERS * L + j] += weight * (a + 2.0 * (b + c) + d)
            w[(POWERS + 1) * L + j] += weight * (a2 + 2.0 * (b2 + c2) + d2)
            w[(POWERS + 2) * L + j] += weight * (a2 * a + 2.0 * (b2 * b + c2 * c) + d2 * d)
            w[(POWERS + 3) * L + j] += weight * (a2 * a2 + 2.0 * (b2 * b2 + c2 * c2) + d2 * d2)
            live_lanes += np.int64(live)
            crossings += np.int64(on_flow | by_jump)
            wrong += np.int64(bad)
        return live_lanes, crossings, wrong

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
                    y, _, _, _, f, _, _ = runge_kutta(x, t1 - t0, p)
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
                            y, _, _, _, f, _, _ = runge_kutta(x, h, p)
                            at_time = t + h * crossing(x[0], f[0], y[0], field(y, p)[0], h, threshold)
                        spikes[j, counts[j]] = at_time
                        counts[j] += 1
                        full = full or counts[j] > room
            next_events(w, events, stream)
            if full:
                return STATUS_MORE, 0
        return STATUS_MORE, 0

    return advance
