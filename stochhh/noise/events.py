"""Events of a block of lanes that were drawn and are not over: what the event-driven kernel reads."""

from typing import NamedTuple

__all__ = ["Events"]


class Events(NamedTuple):
    """Places `head` to `held` of a buffer; it is filled again from the source, as long as that has any."""

    head: object  # shape (lanes,)
    held: object
    drawn: object  # how many were, from the beginning
    times: object  # ms, shape (lanes, places)
    marks: object  # what they do, shape (numbers of a mark, lanes, places)
    source: object  # the process that they are drawn from
