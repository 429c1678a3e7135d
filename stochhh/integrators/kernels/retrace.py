"""Through the last step of a single lane again, from event to event, where there is reason to.

The loops over the lanes take a step as a whole. Where V may have crossed the threshold, where the integrals of V end
inside the step, and where traces are sampled, the same step is gone through here, lane by lane.
"""

from typing import NamedTuple

import numpy as np

from ...elementary import apart, inline
from ...spike_rule import arms, crosses, held_until
from .arguments import record
from .event_rows import LOOKAHEAD

__all__ = ["Retrace", "Traces", "retracing"]


class Traces(NamedTuple):
    """Room for samples of the state, and how far they are."""

    values: object  # shape (trials, variables, places)
    times: object  # of the places, ms
    next: object  # place of the next sample, shape (trials,)


class Retrace(NamedTuple):
    """Compiled functions on the last step of every lane for which there is reason."""

    record_spikes: object  # (w, p, events, rule, ranges, spikes) -> whether a buffer is full
    look_back: object  # (w, p, events, window, traces)


def retracing(at, ops, lands, of_lane, flow, held_at, add_powers, lanes, resets):
    """Compile them; `lands` is a Landing.

    flow(t, x, p, held) is the slope, held_at(w, lane, time) whether V is held at the reset.
    """
    load, store, axpy = ops.load, ops.store, ops.axpy
    outside, with_first, mark_of = ops.outside, ops.with_first, lands.mark_of
    land, land_held = lands.land, lands.land_held
    L, n = lanes, at.start - at.state

    # Not inlined, it compiles once.
    @apart
    def step_of(t, x, h, p, held):
        """One step of the flow alone: the new state, the slope at its start, and V at the four stages."""
        k1 = flow(t, x, p, held)
        x2 = axpy(0.5 * h, k1, x)
        k2 = flow(t + 0.5 * h, x2, p, held)
        x3 = axpy(0.5 * h, k2, x)
        k3 = flow(t + 0.5 * h, x3, p, held)
        x4 = axpy(h, k3, x)
        y = axpy(h / 6, k1, axpy(h / 3, k2, axpy(h / 3, k3, axpy(h / 6, flow(t + h, x4, p, held), x))))
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
    def end_with_reset(w, j, x, time, taken, rule):
        """Let the step of a lane end in a spike."""
        store(w, at.state, j, with_first(rule.reset, x))
        w[at.time * L + j] = time
        w[at.held * L + j] = held_until(time, rule)
        w[at.taken * L + j] = taken
        w[at.armed * L + j] = 1.0

    @apart
    def look_into(w, j, p, events, rule, spikes):
        """Go through the last step of a lane again, from event to event, and record its spike if there was one."""
        threshold, times, marks, head = rule.threshold, events.times, events.marks, events.head
        t, until, taken = w[at.begun * L + j], w[at.time * L + j], np.int64(w[at.taken * L + j])
        x, armed = load(w, at.start, j), True
        for i in range(taken + 1):
            stop = times[j, head[j] + i] if i < taken else until
            h = stop - t
            y, f, _ = step_of(t, x, h, p, False)
            if crosses(armed, y[0], threshold):
                g = step_of(stop, y, 0.0, p, False)[1]
                part = h * crossing(x[0], f[0], y[0], g[0], h, threshold)
                record(spikes, j, t + part)
                armed = False
                if resets:
                    end_with_reset(w, j, step_of(t, x, part, p, False)[0], t + part, i, rule)
                    return
            x, t = y, stop
            if i < taken:
                x = land(x, mark_of(marks, j, head[j] + i), p)
                if crosses(armed, x[0], rule.reached):
                    record(spikes, j, t)
                    armed = False
                    if resets:
                        end_with_reset(w, j, x, t, i + 1, rule)
                        return
            if arms(x[0], rule):
                armed = True
        w[at.armed * L + j] = 1.0 if armed else 0.0

    @apart
    def record_spikes(w, p, events, rule, ranges, spikes):
        """Look into the lanes that may have spiked; returns whether a buffer is full."""
        full = False
        for j in range(L):
            if w[at.look * L + j] > 0.5:
                look_into(w, j, of_lane(w, j, p), events, rule, spikes)
                full = full or spikes.counts[j] > spikes.times.shape[1] - 1 - LOOKAHEAD
                if resets:
                    w[at.wrong * L + j] = 1.0 if outside(load(w, at.state, j), ranges) else 0.0
        return full

    @inline
    def was_held(w, j):
        """Whether V was held in the last step; a lane that is looked into was not."""
        return held_at(w, j, w[at.begun * L + j]) and w[at.look * L + j] < 0.5

    @apart
    def look_back(w, p, events, window, traces):
        """Integrate and sample the last step of the lanes that ask for it, from event to event."""
        head, times, marks, samples = events.head, events.times, events.marks, traces.times
        r, begin, end = window
        for j in range(L):
            k = traces.next[j] if j < traces.next.size else samples.size
            separate = w[at.separate * L + j] > 0.5
            due = w[at.moved * L + j] > 0.5 and k < samples.size and samples[k] <= w[at.time * L + j]
            if separate or due:
                t, taken = w[at.begun * L + j], np.int64(w[at.taken * L + j])
                x, held, own = load(w, at.start, j), was_held(w, j), of_lane(w, j, p)
                for i in range(taken + 1):
                    stop = times[j, head[j] + i] if i < taken else w[at.time * L + j]
                    first, last = min(max(t, begin), stop), max(min(stop, end), t)
                    if separate and last > first:
                        y = step_of(t, x, first - t, own, held)[0]
                        V = step_of(first, y, last - first, own, held)[2]
                        add_powers(w, j, (last - first) / 6, V[0] - r, V[1] - r, V[2] - r, V[3] - r)
                    while due and k < samples.size and samples[k] <= stop:
                        y = step_of(t, x, samples[k] - t, own, held)[0]
                        for v in range(n):
                            traces.values[j, v, k] = y[v]
                        k += 1
                    x, t = step_of(t, x, stop - t, own, held)[0], stop
                    if i < taken:
                        x = land_held(x, mark_of(marks, j, head[j] + i), own, held)
                if due:
                    traces.next[j] = k

    return Retrace(record_spikes, look_back)
