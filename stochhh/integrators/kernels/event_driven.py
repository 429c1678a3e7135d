"""The compiled loop of the jump process: Runge-Kutta steps over a block of lanes, each with its jumps inside it.

Every lane keeps its own time and its own step.
"""

from functools import cache

from ...elementary import apart, inline, select, wide_vectors
from ...machine_code import kernel
from ...spike_rule import is_held
from .event_arrival import arriving
from .event_landing import landing
from .event_plan import planning
from .event_rows import rows
from .event_stages import stepping
from .event_supply import supplying
from .parameters import parameters_of
from .retrace import retracing
from .scalar import compiled, tuple_arithmetic
from .swings import watching

__all__ = ["STATUS_DONE", "STATUS_MORE", "STATUS_WRONG", "stepper"]

STATUS_DONE, STATUS_MORE, STATUS_WRONG = 0, 1, 2


@cache
def stepper(drift, n, moves, marks, jump, lanes, draw, resets=False, sizes=0, own=0):
    """Compile `advance` for dx/dt = drift(t, x, p) in n variables, of which events move those with the numbers `moves`.

    A mark has so many numbers, which are added; or `jump`(x, mark, p) is the state after an event, and `moves` is
    empty. draw is described in `event_supply`. `resets` tells whether the model's
    spikes end in a reset, `own` how many parameters each lane has of its own.
    """
    at = rows(n, len(moves), marks, sizes, own)
    ops = tuple_arithmetic(n, lanes, moves)
    L, field = lanes, compiled(drift)

    lands = landing(n, moves, marks, jump, lanes, resets)
    flow, held_at = flowing(at, field, ops.with_first, lanes, resets)
    of_lane = parameters_of(at, own, lanes)
    plan = planning(at, held_at, moves, marks, lanes, resets)
    first_stage, second_stage, third_stage, last_stage, judge = stepping(at, ops, of_lane, flow, held_at, moves, lanes)
    arrive, integrate_powers, add_powers = arriving(
        at, ops, lands, of_lane, held_at, moves, jump is None, lanes, resets
    )
    record_spikes, look_back = retracing(at, ops, lands, of_lane, flow, held_at, add_powers, lanes, resets)
    next_events = supplying(at, draw, marks, lanes)

    @inline
    def counts_from(w, j, begin):
        return select(w[at.time * L + j] >= begin, 1.0, 0.0)

    watch = watching(at, sizes, at.state, at.state, lanes, counts_from)

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
        live_lanes, looks, failures = arrive(w, p, rule, ranges)
        return live_lanes, looks, failures, integrate_powers(w, window)

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
            if aparts > 0 or traces.times.size > 1:
                look_back(w, p, events, window, traces)
            next_events(w, events, stream)
            if full:
                return STATUS_MORE, 0
        return STATUS_MORE, 0

    return advance


def flowing(at, field, with_first, lanes, resets):
    """Compile flow(t, x, p, held), the slope, of V none while it is held, and held_at(w, lane, time)."""
    L = lanes

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

    return flow, held_at
