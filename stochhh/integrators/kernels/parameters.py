"""The parameters of a lane: those of the block, or its own, which are rows of the workspace."""

from numba.extending import overload

from ...elementary import inline
from .scalar import numbers

__all__ = ["parameters_of"]


def like(p, values):
    """A named tuple of the kind of p with these values."""
    return type(p)(*values)


@overload(like, inline="always")
def _like(p, values):
    scope = {"kind": p.instance_class}
    exec(f"def made(p, values):\n    return kind({', '.join(f'values[{i}]' for i in range(len(p)))})", scope)
    return scope["made"]


def parameters_of(at, own, lanes):
    """Compile (w, lane, p) -> the parameters of a lane.

    Arguments:
        at: the rows of the workspace.
        own: how many parameters each lane has of its own, in rows `parameters`; 0 if all have those of the block, p.
        lanes: lanes to a row.
    """
    if own:
        values = numbers(own, lanes)

        @inline
        def of_lane(w, j, p):
            return like(p, values(w, at.parameters, j))

    else:

        @inline
        def of_lane(w, j, p):
            return p

    return of_lane
