"""How often V rises from a trough by a given size, whatever the levels of a spike are: for several sizes at once.

For each size a floor follows V: up, so that V is never more than the size above it, and down with V. A rise that pushes
the floor up is a swing if the floor was last pushed down, and where it starts from is its trough, which must lie in the
window too; a ripple smaller than the size makes no difference. The turning points of a larger size are among those of
the smallest, so all lanes are watched for these alone, and the floors of all sizes are moved where one has come.
"""

from math import gcd

import numpy as np

from ...elementary import apart, inline, select, trailing_zeros, wide_vectors
from ...swings import RATIO

__all__ = ["ROWS_OF_A_SIZE", "watching"]


ROWS_OF_A_SIZE = 3  # floor; count, negative while V rises from a trough that counts; sum of the troughs


def watching(at, sizes, crest, last, lanes, weight):
    """Compile watch(w, smallest, window) -> a look at V in every lane.

    Arguments:
        at: the rows of the workspace.
        sizes: how many there are, each RATIO times the one before.
        crest: row of the highest V since the last look, set anew here unless it is `last`.
        last: row of V now.
        lanes: lanes to a row.
        weight: compiled function (w, lane, window) -> 1.0 if a swing counts, else 0.0.
    """
    L, WORD = lanes, gcd(lanes, 64)

    @inline
    def rise(w, j, V, size, counts):
        """Push the floors of a lane up; those of larger sizes are lower, and so are all behind one that stays."""
        for k in range(sizes):
            here = (at.swings + ROWS_OF_A_SIZE * k) * L + j
            if V - size <= w[here]:
                break
            if w[here + L] < 0.0:
                w[here + L] = counts - w[here + L]
                w[here + 2 * L] += counts * w[here]
            w[here] = V - size
            size *= RATIO

    @inline
    def fall(w, j, V, counts):
        """Push the floors of a lane down; the rise that follows counts if the trough does."""
        for k in range(sizes):
            here = (at.swings + ROWS_OF_A_SIZE * k) * L + j
            if V >= w[here]:
                break
            w[here] = V
            w[here + L] = -abs(w[here + L]) if counts > 0.0 else abs(w[here + L])

    @inline
    def turn(w, j, smallest, window):
        """Take in the turning point that a lane has come to."""
        counts = weight(w, j, window)
        if w[at.rising * L + j] > 0.5:
            fall(w, j, w[at.turn * L + j], counts)
        else:
            rise(w, j, w[at.turn * L + j], smallest, counts)

    @apart
    def look(w, first_lane, smallest):
        """Follow V in a word of lanes; returns a bit for each that has turned."""
        wide_vectors()
        turned = np.uint64(0)
        for i in range(WORD):
            j = first_lane + i
            floor, rising, V, pushed = (
                w[at.floor * L + j],
                w[at.rising * L + j],
                w[last * L + j],
                w[crest * L + j] - smallest,
            )
            raised = select(pushed > floor, pushed, floor)
            up = (pushed > floor) & (rising < 0.5)
            down = (V < raised) & (not up)
            back = down & (rising > 0.5)
            w[at.rising * L + j] = select(up, 1.0, select(back, 0.0, rising))
            w[at.turn * L + j] = select(up, floor, raised + smallest)
            w[at.floor * L + j] = select(down, V, raised)
            if crest != last:
                w[crest * L + j] = V
            turned |= np.uint64(up | back) << np.uint64(i)
        return turned

    @apart
    def watch(w, smallest, window):
        for first_lane in range(0, L, WORD):
            turned = look(w, first_lane, smallest)
            while turned > 0:
                turn(w, first_lane + trailing_zeros(turned), smallest, window)
                turned &= turned - np.uint64(1)

    return watch
