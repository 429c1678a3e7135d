"""How far every lane goes in a step of the jump process, and which of its events the step takes in.

A step ends where its time is up, or at the last event that is looked ahead at, or, where the jumps inside would be too
rough, at the first of them. Events that are not additive are taken in one at a time, at the end of a step.
"""

from ...elementary import inline, select, wide_vectors
from .event_rows import LOOKAHEAD
from .path import START, Path, roughness, stage_values, with_jump
from .scalar import numbers, written_out

__all__ = ["planning"]


def planning(at, held_at, moves, marks, lanes, resets):
    """Compile plan(w, roughest): the length of every lane's step, and what the jumps inside add at its stages.

    `moves` are the numbers of the variables that additive events move; empty for other events.
    """
    L, K, additive = lanes, LOOKAHEAD, len(moves) > 0
    AHEAD, CHANNELS = K if additive else 1, len(moves)
    V_CHANNEL = moves.index(0) if 0 in moves else -1
    LOST = {V_CHANNEL} if resets else {}  # while V is held

    times_ahead, marks_ahead = numbers(AHEAD, lanes), numbers(K * CHANNELS, lanes)

    @inline
    def added(time, weight, t, h, path):
        """The path of one variable with a further event."""
        gap = time - t
        left = select(gap < h, (h - gap) * (1.0 / h), 0.0)
        return with_jump(path, select(gap <= h, weight, 0.0), left)

    @inline
    def put(w, j, c, path, alone, lost):
        """Put what the events add to one variable into its rows; if `alone`, the first jump, at the end."""
        only = select(lost, 0.0, w[(at.mark + c * K) * L + j])
        l_1, m, l_4 = stage_values(path, roughness(path))
        w[(at.first + c) * L + j] = select(alone, 0.0, l_1)
        w[(at.middle + c) * L + j] = select(alone, 0.0, m)
        w[(at.last + c) * L + j] = select(alone, 0.0, l_4)
        w[(at.end + c) * L + j] = select(alone, only, path.end)
        return select(alone, select(only > 0.0, only, 0.0), path.top)

    # Written out for each variable and each event: a loop inside, or a function that reads what it needs from the
    # workspace through another one, would stop the vectoriser.
    paths = ""
    for c in range(CHANNELS):
        path = "START"
        for k in range(AHEAD):
            path = f"added(times[{k}], marks[{c * K + k}], t, h, {path})"
        paths += f"nothing_if(held, {path}), " if c in LOST else f"{path}, "
    names = {"added": added, "START": START, "nothing_if": _nothing_if}
    paths = written_out("times, marks, t, h, held", f"({paths})", **names)
    rough = " | ".join(f"(roughness(paths[{c}]) > roughest[{c}])" for c in range(CHANNELS))
    rough = written_out("paths, roughest", rough or "False", roughness=roughness)
    put_all = "".join(f"put(w, j, {c}, paths[{c}], alone, {'held' if c in LOST else False}), " for c in range(CHANNELS))
    put_all = written_out("w, j, paths, alone, held", f"({put_all})", put=put)

    @inline
    def plan(w, roughest):
        wide_vectors()
        for j in range(L):
            t, proposal = w[at.time * L + j], w[at.step * L + j]
            held = held_at(w, j, t)
            if resets:  # no step beyond the end of a hold
                proposal = select(held & (w[at.held * L + j] - t < proposal), w[at.held * L + j] - t, proposal)
            furthest = w[(at.event + AHEAD - 1) * L + j] - t
            all_in = furthest <= proposal
            h = select(all_in, furthest, proposal)
            taken = 0.0
            for k in range(AHEAD):
                gap = w[(at.event + k) * L + j] - t
                at_end = (gap == h) & (not held)  # one at the end of a hold acts when the hold is over
                if resets and not additive:
                    at_end = (gap == h) & ((not held) | (w[at.event * L + j] < w[at.held * L + j]))
                taken += select((gap < h) | at_end, 1.0, 0.0)
            after = select(all_in, w[(at.event + AHEAD - 1) * L + j], t + h)
            if resets:
                after = select(held & (w[at.held * L + j] < after), w[at.held * L + j], after)
            found = paths(times_ahead(w, at.event, j), marks_ahead(w, at.mark, j), t, h, held)
            alone = rough(found, roughest)
            first = w[at.event * L + j]
            w[at.length * L + j] = select(alone, first - t, h)
            w[at.after * L + j] = select(alone, first, after)
            w[at.taken * L + j] = select(alone, 1.0, taken)
            tops = put_all(w, j, found, alone, held)
            if V_CHANNEL >= 0:
                w[at.top * L + j] = tops[V_CHANNEL]
            if not additive:
                for c in range(marks):
                    w[(at.end + c) * L + j] = w[(at.mark + c * K) * L + j]

    return plan


@inline
def _nothing_if(held, path):
    """No path while V is held."""
    return Path(
        select(held, 0.0, path.a),
        select(held, 0.0, path.d),
        select(held, 0.0, path.c),
        select(held, 0.0, path.e),
        select(held, 0.0, path.end),
        select(held, 0.0, path.top),
    )
