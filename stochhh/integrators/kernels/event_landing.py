"""What an event does to the state: its mark is added to some variables, or a map takes the state elsewhere."""

from typing import NamedTuple

from ...elementary import inline, select
from .scalar import compiled, numbers, tuple_arithmetic, written_out

__all__ = ["Landing", "landing"]


class Landing(NamedTuple):
    """Compiled functions on the mark of an event, a tuple."""

    waiting: object  # (w, row, lane) -> a mark kept in the workspace
    mark_of: object  # (marks, lane, place) -> one in a buffer of shape (numbers, lanes, places)
    land: object  # (x, mark, p) -> the state after the event
    land_held: object  # (x, mark, p, held) -> the same, where V stays as it is if it is held


def landing(n, moves, marks, jump, lanes, resets):
    """Compile them.

    Arguments:
        n: number of variables.
        moves: numbers of the variables to which the mark is added; empty if there is a map.
        marks: how many numbers a mark has.
        jump: the map (x, mark, p) -> x, in plain Python; None for events that are additive.
        lanes: lanes to a row of the workspace.
        resets: whether V can be held.
    """
    ops = tuple_arithmetic(n, lanes, moves)
    places = "".join(f"marks[{c}, lane, place], " for c in range(marks))
    mark_of = written_out("marks, lane, place", f"({places})")
    if jump is None:
        moved = ops.moved

        @inline
        def land(x, mark, p):
            return moved(x, mark)

    else:
        land = compiled(jump)
    with_first = ops.with_first

    @inline
    def land_held(x, mark, p, held):
        y = land(x, mark, p)
        return with_first(select(held, x[0], y[0]), y) if resets else y

    return Landing(numbers(marks, lanes), mark_of, land, land_held)
