"""What a trial costs: how often it does what it does most, and how long a block takes, measured on its beginning."""

from dataclasses import replace
from math import inf
from time import perf_counter
from typing import NamedTuple

from ..errors import UnstableStepError
from .answers import advanced

__all__ = ["Work", "seconds_of_block"]

_MEASURED = 0.1  # s, at least, unless the block is at its end before
_FIRST_STRETCH = 64


class Work(NamedTuple):
    """What a trial does many times.

    Arguments:
        amount: how many times.
        what: what it is, in the plural.
        at_most: seconds for each, on a slow machine and for a costly model: some hundred times the usual.
    """

    amount: float
    what: str
    at_most: float


def seconds_of_block(backend, task):
    """Seconds in which a block comes to its end, as the progress of its first tenth of a second has it.

    Arguments:
        backend: what opens the block.
        task: the block's Task; traces are left out.

    Right within a factor of two or so, where the cost does not change with time. 0 where the block cannot be carried
    even so far: the run will say why.
    """
    block = backend.open(replace(task, trace_interval=None))
    before, stretch, began = 0.0, _FIRST_STRETCH, perf_counter()
    try:
        while True:
            start = perf_counter()
            reached = advanced(backend, block, task, stretch)
            now = perf_counter()
            if reached is None:
                return now - began
            if now - began > _MEASURED:
                return (now - start) / (reached - before) * task.duration if reached > before else inf
            before, stretch = reached, 2 * stretch
    except UnstableStepError:
        return 0.0
