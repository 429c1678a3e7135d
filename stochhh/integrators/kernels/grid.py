"""The compiled loop of the grid: steps of one length over a block of lanes, one trial a lane.

The scheme of a step is given, and what fills in the random values; the loop watches the threshold and the range, and
samples.
"""

from functools import cache

from ...elementary import apart, inline, wide_vectors
from ...machine_code import kernel
from .grid_rows import rows, steps_of
from .grid_steps import moving
from .grid_watch import finishing, recording_spikes, recording_traces
from .parameters import parameters_of
from .scalar import compiled, states, tuple_arithmetic
from .swings import watching

__all__ = ["STATUS_DONE", "STATUS_FULL", "STATUS_UNSTABLE", "stepper"]

STATUS_DONE, STATUS_FULL, STATUS_UNSTABLE = 0, 1, 2


@cache
def stepper(scheme, drift, membrane_rate, n, moves, lanes, values, twin=None, resets=False, sizes=0, own=0):
    """Compile `advance` for an equation of n variables, of which the input moves those with the numbers `moves`.

    `drift` is f(t, x, p), or (a, b)(t, x, p) for a scheme that needs linear rates; values(row, lanes, channels) makes
    fill(w, group, trial, k0, k1), which draws the random values of a group; `twin` is that of the source, None where
    increments do not depend on the state; `resets` tells whether the model's spikes end in a reset, `own` how many
    parameters each lane has of its own.
    """
    channels = len(moves)
    at = rows(n, channels, scheme, sizes, own)
    ops = tuple_arithmetic(n, lanes, moves)
    load, store = ops.load, ops.store
    L, GROUP = lanes, steps_of(scheme)
    END = GROUP * n  # row of the state after a group

    fill = values(at.values, lanes, channels)
    step_once = compiled(scheme.build(compiled(drift), states(n, moves)))
    of_lane = parameters_of(at, own, lanes)
    move = moving(at, ops, of_lane, step_once, scheme, lanes, channels, twin, resets)
    finish = finishing(at, ops, of_lane, n, compiled(membrane_rate), scheme, lanes, resets, sizes)
    record_spikes = recording_spikes(at, n, scheme, lanes, resets)
    record_traces = recording_traces(n, scheme, lanes)

    @inline
    def counts(w, j, sampled):
        return sampled

    watch = watching(at, sizes, at.crest, END, lanes, counts)

    @inline
    def begin(w, group, stream):
        """Draw the random values of a group, and put every lane at its start."""
        wide_vectors()
        fill(w, group, stream.trial, stream.k0, stream.k1)
        for j in range(L):
            store(w, 0, j, load(w, END, j))

    # A function of its own, so that LLVM meets these loops alone, and vectorises them.
    @apart
    def sweep(w, group, sampled, stream, p, input, rule, ranges, reference):
        wide_vectors()
        begin(w, group, stream)
        for s in range(GROUP):
            move(w, s, group, p, input, rule)
        return finish(w, sampled, p, input.dt, rule, ranges, reference)

    @kernel
    def advance(w, group, stop, active, stream, p, input, rule, ranges, window, spikes, traces, looks):
        """Advance all lanes from `group` to `stop`, or until a spike buffer may overflow, or a state is wrong.

        Only the first `active` lanes hold trials. Returns (status, group reached, lane that was wrong).
        """
        while group < stop:
            sampled = 1.0 if window.begin <= group < window.end else 0.0
            doubtful, failures = sweep(w, group, sampled, stream, p, input, rule, ranges, window.reference)
            full = doubtful > 0 and record_spikes(w, group, input.dt, rule, spikes)
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
