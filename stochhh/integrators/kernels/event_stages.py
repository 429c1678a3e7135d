"""One step of the classical Runge-Kutta method in every lane, each with its jumps inside it, and whether it is taken.

The disagreement of the two midpoint slopes, h |k2 - k3|, costs nothing and bounds the step (Collatz 1960).
"""

from typing import NamedTuple

from ...elementary import inline, log2_estimate, select, two_to, wide_vectors
from .scalar import numbers

__all__ = ["SHORTEST_STEP", "Control", "stepping"]

# Where errors call for a step shorter than this (ms), the flow cannot be followed in reasonable time.
SHORTEST_STEP = 1e-5


class Control(NamedTuple):
    """What bounds a step."""

    longest: float  # ms
    roughest: tuple  # of the jumps of each variable inside, see `path.roughness`
    weights: tuple  # of each variable's disagreement of the midpoint slopes


def stepping(at, ops, of_lane, flow, held_at, moves, lanes):
    """Compile the four stages, (w, p), of which the third is told how to weigh errors, and judge(w, longest, stop).

    They lead to the new state of every lane, in rows `sum`, and to whether it is taken.

    flow(t, x, p, held) is the slope, held_at(w, lane, time) whether V is held at the reset.
    """
    load, store, axpy, moved, distance = ops.load, ops.store, ops.axpy, ops.moved, ops.distance
    L, inside = lanes, numbers(len(moves), lanes)

    # In loops over the lanes, one after the other: each lane's chain of dependent operations is long, and in short
    # loops the processor always has those of other lanes to go on with.
    @inline
    def first_stage(w, p):
        """k1, and the state half a step along it."""
        wide_vectors()
        for j in range(L):
            t, h, x = w[at.time * L + j], w[at.length * L + j], load(w, at.state, j)
            x1 = moved(x, inside(w, at.first, j))
            k = flow(t, x1, of_lane(w, j, p), held_at(w, j, t))
            w[at.v1 * L + j] = x1[0]
            store(w, at.sum, j, axpy(h * (1 / 6), k, x))
            store(w, at.stage, j, moved(axpy(0.5 * h, k, x), inside(w, at.middle, j)))

    @inline
    def second_stage(w, p):
        """k2, and the state half a step along it."""
        wide_vectors()
        for j in range(L):
            t, h, x2 = w[at.time * L + j], w[at.length * L + j], load(w, at.stage, j)
            k = flow(t + 0.5 * h, x2, of_lane(w, j, p), held_at(w, j, t))
            w[at.v2 * L + j] = x2[0]
            store(w, at.midpoint, j, k)
            store(w, at.sum, j, axpy(h * (1 / 3), k, load(w, at.sum, j)))
            store(w, at.stage, j, moved(axpy(0.5 * h, k, load(w, at.state, j)), inside(w, at.middle, j)))

    @inline
    def third_stage(w, p, weights):
        """k3, how far it is from k2, and the state a whole step along it."""
        wide_vectors()
        for j in range(L):
            t, h, x3 = w[at.time * L + j], w[at.length * L + j], load(w, at.stage, j)
            k = flow(t + 0.5 * h, x3, of_lane(w, j, p), held_at(w, j, t))
            w[at.v3 * L + j] = x3[0]
            w[at.error * L + j] = h * distance(k, load(w, at.midpoint, j), weights)
            store(w, at.sum, j, axpy(h * (1 / 3), k, load(w, at.sum, j)))
            store(w, at.stage, j, moved(axpy(h, k, load(w, at.state, j)), inside(w, at.last, j)))

    @inline
    def last_stage(w, p):
        """k4, and the new state."""
        wide_vectors()
        for j in range(L):
            t, h, x4 = w[at.time * L + j], w[at.length * L + j], load(w, at.stage, j)
            k = flow(t + h, x4, of_lane(w, j, p), held_at(w, j, t))
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

    return first_stage, second_stage, third_stage, last_stage, judge
