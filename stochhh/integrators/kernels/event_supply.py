"""The next events of every lane, put before it; where few are left they are drawn."""

import numpy as np

from ...elementary import apart
from .event_rows import LOOKAHEAD
from .scalar import written_out

__all__ = ["supplying"]


def supplying(at, draw, marks, lanes):
    """Compile next_events(w, events, stream): put the next events before every lane, after those its step took in.

    draw(times, marks, first, time, trial, k0, k1, source) fills arrays, of marks a tuple of them, with the event of
    number `first`, after one at `time`, and those that follow.
    """
    L, K = lanes, LOOKAHEAD
    parts = "".join(f"marks[{c}, lane, left:end], " for c in range(marks))
    empty = written_out("marks, lane, left, end", f"({parts})")

    @apart
    def draw_more(j, events, stream):
        """Move what a lane has left to the beginning of its buffer, and fill the rest."""
        head, held, drawn, times, kept, source = events
        left = held[j] - head[j]
        last = times[j, held[j] - 1] if drawn[j] > 0 else 0.0
        for i in range(left):
            times[j, i] = times[j, head[j] + i]
            for c in range(marks):
                kept[c, j, i] = kept[c, j, head[j] + i]
        end = times.shape[1]
        trial = np.uint64(stream.trial + j)
        marks_of = empty(kept, j, left, end)
        draw(times[j, left:end], marks_of, drawn[j], last, trial, stream.k0, stream.k1, source)
        drawn[j] += end - left
        head[j], held[j] = 0, end

    @apart
    def next_events(w, events, stream):
        head, held, times, kept = events.head, events.held, events.times, events.marks
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
                for c in range(marks):
                    w[(at.mark + c * K + i) * L + j] = kept[c, j, k + i]

    return next_events
