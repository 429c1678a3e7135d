"""The swings of V in plain Python: what the kernels' way of counting them is held against."""

import numpy as np

__all__ = ["SwingCounter"]


class SwingCounter:
    """Counts how often V rises from a trough by each of some sizes or more.

    Arguments:
        V: at the beginning, mV; a rise from there on is not counted, since it has no trough.
        sizes: mV.
    """

    def __init__(self, V, sizes):
        self.sizes = np.array(sizes)
        self.floors = V - self.sizes
        self.rising, self.within = np.ones((2, self.sizes.size), dtype=bool)  # `within`: the last trough counts
        self.counts, self.troughs = np.zeros((2, self.sizes.size))

    def look(self, V, counts):
        """Take in the next V, mV; `counts` tells whether swings count now."""
        up = V - self.sizes > self.floors
        begun = up & ~self.rising & self.within
        if counts:
            self.counts += begun
            self.troughs[begun] += self.floors[begun]
        down = V < self.floors
        self.within = np.where(down, counts, self.within)
        self.rising = up | (self.rising & ~down)
        self.floors = np.where(up, V - self.sizes, np.minimum(self.floors, V))
