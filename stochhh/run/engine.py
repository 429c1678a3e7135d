"""How the batches of a plan are carried out: by an executor, here the threads of this process."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Protocol

from ..backends.answers import advanced, recorded, stretch_of
from ..backends.backend import opened
from ..progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from threading import Event
    from typing import Any

    from ..integrators.task import BlockResult, Task
    from .plan import Plan

__all__ = ["Executor", "Threads", "carried_out"]


class Executor(Protocol):
    """Something that carries batches to their ends, in any order."""

    def carry(
        self, batches: Iterable[Task], advance: Callable[[Task], Any], stop: Event, refresh: Callable[[], None]
    ) -> Iterator[tuple[int, Any]]:
        """Yield (first trial, what `advance` makes of the batch) as batches end, and begin none once `stop` is set.

        `refresh` is called now and then, in the thread of the caller.
        """
        ...


@dataclass(frozen=True)
class Threads:
    """Threads of this process; kernels release the interpreter's lock."""

    workers: int

    def carry(self, batches, advance, stop, refresh):
        """As `Executor` says."""
        waiting, running = iter(batches), {}
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                while not stop.is_set():
                    for batch in islice(waiting, 2 * self.workers - len(running)):
                        running[pool.submit(advance, batch)] = batch.first
                    if not running:
                        break
                    finished, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
                    for future in sorted(finished, key=running.get):
                        yield running.pop(future), future.result()
                    refresh()
            finally:
                stop.set()
        for future, first in running.items():
            yield first, future.result()


def carried_out(plan: Plan, executor: Executor, progress: bool | None, stop: Event) -> list[BlockResult]:
    """Carry out a plan until it ends or `stop` is set; returns what the unbroken leading batches leave, in order."""
    task = plan.task
    with Progress(plan.backend.name, task.n * task.duration, progress) as shown:
        advance = partial(_advance, plan.backend, stop, shown)
        done = dict(executor.carry(plan.batches(), advance, stop, shown.refresh))
    in_order: list[Any] = [done.get(first) for first, _, _ in plan.cut]
    return list(takewhile(lambda left: left is not None, in_order))


def _advance(backend, stop, shown, batch):
    """Carry one batch to its end; None if it is stopped before."""
    block = opened(backend, batch)
    stretch = stretch_of(block)
    while not stop.is_set():
        reached = advanced(backend, block, batch, *stretch)
        shown.reached(batch, reached)
        if reached is None:
            return recorded(backend, block, batch)
    return None
