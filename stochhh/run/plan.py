"""A run before it begins: what is simulated, and in which batches of trials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..backends import BACKENDS
from ..backends.backend import completed, opened
from ..errors import InputError, integer, real
from ..inputs import Recording, SynapticInput
from ..integrators.task import WIDE, Task, blocks
from ..machine_code import announcing
from ..memory import GIB, allowed_memory
from ..models.contract import check_model
from ..random import MAX_SEED, MAX_TRIALS
from ..statistics.membrane.sampling import Sampling
from ..trial_numbers import MOST_TRIALS
from ..units import DURATION
from .run_time import available_cores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["Plan", "checked_task", "planned"]

# Spikes are kept in memory: room is made for this rate, that of a fast neuron.
_HIGH_RATE = 0.2  # 1/ms


@dataclass(frozen=True)
class Plan:
    """A run that its backend, and the memory, allow.

    Arguments:
        backend: the backend, with all members that a backend may have.
        task: the Task of all trials.
        cut: (first trial, number of trials, lanes) of each batch of trials that are simulated side by side, in order.
        workers: how many batches are under way at a time.
    """

    backend: Any
    task: Task
    cut: tuple[tuple[int, int, int], ...]
    workers: int

    def batches(self) -> Iterator[Task]:
        """Yield the Task of each batch: there may be a million, so each is made when it is needed."""
        return (replace(self.task, first=first, n=n, lanes=lanes) for first, n, lanes in self.cut)

    def compile(self, silent: bool) -> None:
        """Load the kernels from the disk, or compile them, which is announced."""
        line = f"stochhh: compiling the {self.backend.name} kernels for this machine: some seconds, the first time"
        with announcing(None if silent else line):
            for lanes in {lanes for _, _, lanes in self.cut}:
                one = replace(self.task, n=1, trace_interval=None, membrane=None, lanes=lanes)
                opened(self.backend, one).advance(0)


def planned(backend: Any, task: Task, workers: int | None, memory_limit: float | None = None) -> Plan:
    """The plan of a task; InputError if the backend or the memory do not allow it."""
    if task.events is not None and not backend.replays:
        able = " or ".join(name for name, kind in BACKENDS.items() if completed(kind()).replays)
        allowed = f"omitted with the {backend.name} backend, which has no events to replay"
        raise InputError("events", task.events, allowed, f"use the {able} backend")
    backend.check(task)
    threads = available_cores() if workers is None else int(integer("workers", workers, at_least=1, at_most=1024))
    _check_memory(task, threads, memory_limit)
    return Plan(backend, task, tuple(blocks(task.first, task.n, backend.lanes, threads)), threads)


def checked_task(neuron, drive, seed, first_trial, n_trials, duration, transient, trace_interval, membrane, events):
    """The checked task: all that the run depends on."""
    check_model(neuron)
    drive = SynapticInput.of(drive)
    duration = real("duration", duration, **DURATION)
    transient = real("transient", transient, at_least=0, unit="ms")
    if transient >= duration:
        allowed = f"below the duration, {duration:g} ms, of which it is the first part"
        raise InputError("transient", transient, allowed, "shorten the one or lengthen the other")
    seed = integer("seed", seed, at_least=0, at_most=MAX_SEED)
    n_trials = integer("n_trials", n_trials, at_least=1, at_most=MAX_TRIALS)
    first_trial = integer("first_trial", first_trial, at_least=0, at_most=MAX_TRIALS - n_trials)
    if trace_interval is not None:
        trace_interval = real("trace_interval", trace_interval, at_least=1e-6, at_most=duration, unit="ms")
    if membrane is not None:
        _check_membrane(membrane, trace_interval, neuron, transient, duration)
    if events is not None:
        if not isinstance(events, Recording):
            raise InputError("events", events, "a Recording", "give Recording(trial, time, jump)")
        most = max(events.n_trials - first_trial, 0)
        if n_trials > most:
            allowed = f"at most {most}, the number of trials in the events from first_trial = {first_trial} on"
            raise InputError("n_trials", n_trials, allowed, "simulate fewer trials, or give events for more")
    return Task(neuron, drive, seed, first_trial, n_trials, duration, transient, trace_interval, membrane, events)


def _check_membrane(membrane, trace_interval, neuron, transient, duration):
    if not isinstance(membrane, Sampling):
        raise InputError("membrane", membrane, "a Sampling", "give Sampling(), or Sampling(variables=(...), ...)")
    if trace_interval is not None:
        remedy = "stored traces give the same record by Membrane.from_traces(result.traces, result.spikes)"
        raise InputError("trace_interval", trace_interval, "omitted when membrane is given", remedy)
    membrane.check_model(neuron)
    membrane.numbers(transient, duration)


def _check_memory(task, workers, limit):
    """Raise InputError, before the run, if its result would not fit into the memory."""
    limit = allowed_memory(limit) / GIB
    # Twice: the blocks' own arrays, and the whole that they are joined to.
    traces = 2 * 8 * task.n * task.n_samples * len(task.neuron.variables) / GIB
    spikes = 2 * 16 * task.n * (8 + _HIGH_RATE * task.duration) / GIB
    membrane = 0.0
    if task.membrane is not None:
        under_way = min(task.n, WIDE * workers) * task.membrane.held(task.neuron)
        membrane = 8 * (2 * task.n * task.membrane.size(task.neuron) + under_way) / GIB
    total = traces + membrane + spikes
    if total > limit:
        largest = f"traces {traces:.3g} GiB, " if traces else f"membrane {membrane:.3g} GiB, " if membrane else ""
        sparser = "shorter lags and segments of the membrane" if membrane else "a longer trace_interval"
        sparser = f"{sparser}, " if largest else ""
        name, value = ("n_trials", task.n) if task.n > 1 else ("duration", task.duration)
        allowed = (
            f"smaller, since n_trials = {task.n} over {task.duration:g} ms may need {total:.3g} GiB "
            f"({largest}spikes up to {spikes:.3g} GiB), more than the limit of {limit:.3g} GiB"
        )
        remedy = f"or choose a shorter duration, {sparser}or in Python a higher memory_limit"
        raise InputError(name, value, allowed, remedy)
    integer("n_trials", task.n, at_most=MOST_TRIALS, remedy="simulate the others with first_trial")
