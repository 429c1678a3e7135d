"""The arrival of every lane at the end of its step: events land, levels and ranges are watched, V is integrated."""

from typing import NamedTuple

import numpy as np

from ...elementary import fma, inline, select, wide_vectors
from ...spike_rule import arms, crosses
from .scalar import numbers

__all__ = ["Arrival", "arriving"]


class Arrival(NamedTuple):
    """Compiled functions on the end of a step."""

    arrive: object  # (w, p, rule, ranges) -> numbers of lanes that are live, may have spiked, went wrong
    integrate_powers: object  # (w, window) -> number of lanes left out
    add_powers: object  # (w, lane, weight, V - reference at four stages)


def arriving(at, ops, lands, of_lane, held_at, moves, additive, lanes, resets):
    """Compile them; `lands` is a Landing."""
    load, store, choose, outside = ops.load, ops.store, ops.choose, ops.outside
    land, land_held, waiting = lands.land, lands.land_held, lands.waiting
    L, powers, moves_V = lanes, numbers(4, lanes), 0 in moves

    if additive:

        @inline
        def landed(w, j, y, p):
            """The state at the end of the step; the jumps inside have been added up."""
            return land(y, waiting(w, at.end, j), p)

        @inline
        def highest(w, j, x, y, z):
            """The highest V that the step may have come to."""
            V = select(x[0] > y[0], x[0], y[0])
            return V + w[at.top * L + j] if moves_V else V

    else:

        @inline
        def landed(w, j, y, p):
            after = land_held(y, waiting(w, at.end, j), p, held_at(w, j, w[at.begun * L + j]))
            return choose(w[at.taken * L + j] > 0.5, after, y)

        @inline
        def highest(w, j, x, y, z):
            V = select(x[0] > y[0], x[0], y[0])
            return select(V > z[0], V, z[0])

    @inline
    def arrive(w, p, rule, ranges):
        """Move to the new state, and watch the threshold; returns what the caller must look into."""
        wide_vectors()
        live_lanes, looks, failures = 0, 0, 0
        for j in range(L):
            go, armed = w[at.moved * L + j] > 0.5, w[at.armed * L + j]
            x, y = load(w, at.state, j), load(w, at.sum, j)
            z = choose(go, landed(w, j, y, of_lane(w, j, p)), x)
            look = go & crosses(armed > 0.5, highest(w, j, x, y, z), rule.reached)
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
    def add_powers(w, j, weight, a, b, c, d):
        """Add the integrals over a time of six times `weight`, by the values of V - reference at the four stages."""
        a2, b2, c2, d2 = a * a, b * b, c * c, d * d
        one, two, three, four = powers(w, at.powers, j)
        added = weight > 0.0  # a stage may be no number where it is not
        w[at.powers * L + j] = select(added, fma(weight, a + 2.0 * (b + c) + d, one), one)
        w[(at.powers + 1) * L + j] = select(added, fma(weight, a2 + 2.0 * (b2 + c2) + d2, two), two)
        cubes = a2 * a + 2.0 * (b2 * b + c2 * c) + d2 * d
        w[(at.powers + 2) * L + j] = select(added, fma(weight, cubes, three), three)
        fourths = a2 * a2 + 2.0 * (b2 * b2 + c2 * c2) + d2 * d2
        w[(at.powers + 3) * L + j] = select(added, fma(weight, fourths, four), four)

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

    return Arrival(arrive, integrate_powers, add_powers)
