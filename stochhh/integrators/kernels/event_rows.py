"""The workspace of the jump process: where each quantity of a lane is."""

from typing import NamedTuple

from .swings import ROWS_OF_A_SIZE
from .workspace import laid_out

__all__ = ["LOOKAHEAD", "Rows", "rows"]

LOOKAHEAD = 4  # events that one step can take in


class Rows(NamedTuple):
    """Where each quantity starts in the workspace, in rows of `lanes` numbers."""

    state: int
    start: int  # the state before the last step
    stage: int  # where the next slope is taken
    midpoint: int  # the first slope at half the step
    sum: int  # the state that the flow leads to
    event: int  # times of the next events, LOOKAHEAD rows
    mark: int  # their marks: as many rows for each number of a mark
    time: int  # ms
    begun: int  # time at which the last step began
    after: int  # time at which the step under way ends
    step: int  # proposal for the next step, ms
    length: int  # of the step under way, ms
    error: int  # disagreement of the midpoint slopes, over what is tolerated
    first: int  # what the jumps inside add to each variable that they move at the first stage
    middle: int  # at the second and the third
    last: int  # at the fourth
    end: int  # and at the end; or the mark of the event there
    top: int  # the most that they add to V anywhere
    taken: int  # how many events the step takes in
    v1: int  # V at each stage
    v2: int
    v3: int
    v4: int
    armed: int  # 1.0 armed, 0.0 not
    held: int  # until when V is held at the reset, ms
    live: int  # 1.0 if the lane is not at its end
    moved: int  # 1.0 if the last step was taken
    look: int  # 1.0 if V may have crossed the threshold in it
    separate: int  # 1.0 if the integrals of V over it are taken apart from those of the other lanes
    wrong: int  # 1.0 once the state has left its range
    powers: int  # time integrals of (V - reference)^j, j = 1 to 4
    floor: int  # of the smallest swing of V, see `swings`
    rising: int  # 1.0 if that was last pushed up, 0.0 if down
    turn: int  # the last turning point
    swings: int  # of each size: floor, count, sum of troughs
    parameters: int  # of each lane, where they differ
    total: int


def rows(n, moves, marks, sizes, own=0):
    """The layout for n variables, of which events move so many, with so many numbers to a mark; swings of sizes.

    `own` is the number of parameters that each lane has of its own.
    """
    states = dict.fromkeys(("state", "start", "stage", "midpoint", "sum"), n)
    stages = dict.fromkeys(("first", "middle", "last"), moves)
    events = {"event": LOOKAHEAD, "mark": LOOKAHEAD * marks, "end": marks}
    return laid_out(Rows, **states, **stages, **events, powers=4, swings=ROWS_OF_A_SIZE * sizes, parameters=own)
