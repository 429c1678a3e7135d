"""How long a run will take, by the machine's own measure: said before it where it is long, refused where absurd."""

import os

from ..errors import InputError
from ..messages import tell

__all__ = ["LongRunError", "available_cores", "check_run_time", "may_be_long", "run_seconds"]

_HOUR, _DAY, _YEAR = 3600.0, 86400.0, 365.25 * 86400.0
_LONGEST = 30 * _DAY


class LongRunError(InputError):
    """The run would take more than 30 days, and `force_long` was not given."""


def check_run_time(plan, *, force, silent):
    """Say, on standard error, that a run takes more than an hour; refuse what takes more than 30 days.

    Arguments:
        plan: the Plan, its kernels compiled.
        force: let it begin, however long it takes.
        silent: say nothing.

    Raises LongRunError, which is an InputError.
    """
    if force and silent:
        return
    seconds = run_seconds(plan)
    if seconds <= _HOUR:
        return
    backend, task = plan.backend, plan.task
    most = max(backend.work(task), key=lambda work: work.amount)
    cost = f"about {most.amount * task.n:.2g} {most.what} and {_spelled(seconds)} on this machine"
    cheaper = f"{backend.cheaper}{', fewer trials' if task.n > 1 else ''}, or a shorter duration"
    if seconds > _LONGEST and not force:
        this = f"with n_trials = {task.n} and the {backend.name} backend it is {cost}"
        allowed = f"such that a run takes less than 30 days; {this}"
        remedy = f"cheaper: {cheaper}; or allow it with force_long=True (--force-long)"
        raise LongRunError("duration", task.duration, allowed, remedy)
    if not silent:
        trials = f"{task.n} trial{'' if task.n == 1 else 's'} of {task.duration:g} ms"
        tell(f"stochhh: a long run: {backend.name}, {trials}: {cost}. Cheaper: {cheaper}")


def may_be_long(plan):
    """Whether more than an hour is possible, on a slow machine and for a costly model; by arithmetic alone."""
    return sum(work.amount * work.at_most for work in plan.backend.work(plan.task)) * plan.task.n > _HOUR


def run_seconds(plan):
    """Seconds that a run will take, measured on the beginning of its first batch; 0 where it is not `may_be_long`.

    t = t_batch * lanes in all / lanes of the batch / threads at work,   at least t_batch
    """
    if not may_be_long(plan):
        return 0.0
    first = next(plan.batches())
    lanes = sum(lanes for _, _, lanes in plan.cut) / first.lanes
    at_work = min(plan.workers, len(plan.cut), available_cores()) if plan.backend.parallel else 1
    return plan.backend.seconds(first) * max(1.0, lanes / at_work)


def available_cores():
    """Number of the machine's cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _spelled(seconds):
    """A long time in words."""
    for size, name in ((_YEAR, "years"), (_DAY, "days"), (_HOUR, "hours")):
        if seconds >= 2 * size or name == "hours":
            return f"{seconds / size:.2g} {name}" if seconds < 1e9 * _YEAR else "more than 1e9 years"
