"""The workspace of the grid: where each quantity of a lane is."""

from typing import NamedTuple

from .swings import ROWS_OF_A_SIZE
from .workspace import laid_out

__all__ = ["VALUES", "Rows", "rows", "steps_of"]

# Random values are drawn in fours; the steps that share them are a group, and V is sampled once a group.
VALUES = 4


class Rows(NamedTuple):
    """Where each quantity starts in the workspace, in rows of `lanes` numbers."""

    path: int  # the state before a group, and after each of its steps
    values: int  # of the increments: VALUES rows for each variable that the input moves
    armed: int  # 1.0 armed, 0.0 not
    look: int  # 1.0 if V may have crossed the threshold in the group
    wrong: int  # 1.0 if the state left its range, or the step its stability
    powers: int  # sums of (V - reference)^j, j = 1 to 4
    since: int  # for a model with a reset: since when V is free, ms
    spiked: int  # and when it reached the threshold in each step of the group, -1.0 where not
    crest: int  # highest V since the swings of V were last looked at
    floor: int  # of the smallest swing of V, see `swings`
    rising: int  # 1.0 if that was last pushed up, 0.0 if down
    turn: int  # the last turning point
    swings: int  # of each size: floor, count, sum of troughs
    parameters: int  # of each lane, where they differ
    total: int


def steps_of(scheme):
    """Steps in a group."""
    return VALUES // scheme.values


def rows(n, channels, scheme, sizes, own=0):
    """The layout for n variables, of which the input moves so many, and swings of as many sizes.

    `own` is the number of parameters that each lane has of its own.
    """
    steps, of_swings = steps_of(scheme), ROWS_OF_A_SIZE * sizes
    return laid_out(Rows, path=(steps + 1) * n, values=VALUES * channels, powers=4, spiked=steps, swings=of_swings,
                    parameters=own)  # fmt: skip
