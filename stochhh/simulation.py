"""simulate(): check everything, then trials -> Result. The only loop over trials."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import reduce
from inspect import signature
from typing import TYPE_CHECKING

from .backends import BACKENDS
from .backends.backend import checked, settings_of
from .backends.refusal import refusing
from .backends.registry import named
from .errors import InputError, Interrupted, choice, hinted
from .interruption import CtrlC
from .messages import shown, tell, watched
from .precision import Precision, looks, progress_line
from .results import Result
from .run.engine import Threads, carried_out
from .run.outcome import joined
from .run.plan import checked_task, planned
from .run.run_time import LongRunError, check_run_time, may_be_long
from .statistics import summary

if TYPE_CHECKING:
    from typing import Never

    from .annotations import Backend, Drive, Number, Targets, Whole
    from .inputs import Recording
    from .models.neuron import Neuron
    from .statistics.membrane.sampling import Sampling

__all__ = ["check_before", "compile_kernels", "simulate"]


def simulate(
    neuron: Neuron,
    drive: Drive,
    *,
    backend: Backend,
    duration: Number,
    seed: Whole,
    n_trials: Whole | None = None,
    transient: Number = 0.0,
    dt: Number | None = None,
    first_trial: Whole = 0,
    events: Recording | None = None,
    trace_interval: Number | None = None,
    membrane: Sampling | None = None,
    workers: Whole | None = None,
    memory_limit: Number | None = None,
    progress: bool | None = None,
    until: Precision | Targets | None = None,
    max_trials: Whole | None = None,
    force_long: bool = False,
    **unknown: Never,
) -> Result:
    """Simulate independent trials of a neuron under random synaptic input.

        dx/dt = f(x) + the synaptic input on V;   exact events or white noise, as the backend has it

    What is exact and what is approximate depends on the backend, see Jump, Diffusion and PerNeuron. Trial k of a seed
    is the same whatever the other trials, the number of workers and the duration; trials are independent.

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations.
        backend: "jump", "diffusion" or "per-neuron", or an instance such as Jump(tolerance=1e-4), or one of your own,
            see `backends.Backend`.
        duration: simulated time of a trial, ms, including the transient.
        seed: random seed, a whole number from 0 to 2^64 - 1.
        n_trials: number of trials, by default 1; with `until` the number before the first check, by default 20.
        transient: initial part of each trial that is excluded from all statistics, ms.
        dt: time step, ms, short for Diffusion(dt=...) or PerNeuron(dt=...).
        first_trial: number of the first trial: first_trial=7, n_trials=1 is trial 7 alone.
        events: a Recording to replay instead of drawing events, with a backend that does (jump and per-neuron).
        trace_interval: sampling interval of traces of all state variables, ms; by default no traces are kept.
        membrane: a Sampling: statistics of the state variables are accumulated during the run without storing traces,
            for `statistics.membrane_density` and related functions. No other result changes.
        workers: number of threads; by default one per core.
        memory_limit: largest memory of the result, GiB; by default half of the machine's memory.
        progress: show a progress bar on standard error; by default in a terminal and in a notebook, and one line per
            minute elsewhere. False also suppresses the message that kernels are being compiled.
        until: NAME -> half width of its 95 % interval, such as {"cv": "1%", "rate": 0.2}: trials are added until no
            interval is wider; see `precision.looks` for the rule and for its effect on the coverage.
        max_trials: largest number of trials with `until`, by default 10 000. If it is reached before the precision, the
            result is returned nevertheless, and its provenance states it.
        force_long: run even if the estimated time exceeds 30 days. A run of more than an hour, as estimated on this
            machine, is announced on standard error before it starts (not with progress=False).
        unknown: nothing else. The other settings of a backend are given to the backend, such as
            backend=Diffusion(scheme="heun", dt=0.02); they, and misspelt names, are refused with what to write instead.

    Returns a Result: all spikes, time averages of the powers of V, traces or a Membrane if requested, and provenance.

    Raises InputError, which names the argument, for any value that is not allowed, and for a run of more than 30 days
    unless `force_long`; UnstableStepError if the state leaves the range of the model or the scheme becomes unstable;
    Interrupted on Ctrl-C, with the complete trials up to the first incomplete one.

    >>> from stochhh import HodgkinHuxley, Population
    >>> exc = Population("exc", n=80, rate=10.0, weight=1.0, p=0.5)
    >>> result = simulate(HodgkinHuxley(), exc, backend="jump", duration=1000.0, seed=1, n_trials=4)  # doctest: +SKIP
    """
    if unknown:
        raise _unknown(*next(iter(unknown.items())), backend)
    backend = _backend(backend, dt)
    kept = trace_interval, membrane, events

    def run(first_trial, n_trials):
        with refusing(neuron):
            task = checked_task(neuron, drive, seed, first_trial, n_trials, duration, transient, *kept)
            return _ensemble(backend, task, workers, memory_limit, progress, force_long)

    if until is None:
        if max_trials is not None:
            raise InputError("max_trials", max_trials, "given with until, whose trials it bounds", "or give n_trials")
        return run(first_trial, 1 if n_trials is None else n_trials)
    precision = until if isinstance(until, Precision) else Precision(until)
    return _until(precision, run, first_trial, *precision.checked_first(n_trials, max_trials), progress)


def _ensemble(backend, task, workers, memory_limit, progress, force_long):
    """Simulate the trials of a task."""
    started = time.perf_counter()
    try:
        plan = planned(backend, task, workers, memory_limit)
        plan.compile(silent=progress is False)
        check_run_time(plan, force=force_long, silent=progress is False)
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted: 0 of {task.n} trials complete and kept", None) from None
    compiled = time.perf_counter()
    with CtrlC(deferred=True) as ctrl_c:
        done = carried_out(plan, Threads(plan.workers), progress, ctrl_c.stop)
        timing = {"compile_s": compiled - started, "run_s": time.perf_counter() - compiled}
        result = joined(plan, done, timing)
    if ctrl_c.pressed:
        kept = 0 if result is None else result.n_trials
        raise Interrupted(f"interrupted: {kept} of {task.n} trials complete and kept", result)
    return result


def check_before(
    neuron: Neuron,
    drive: Drive,
    *,
    backend: Backend,
    duration: Number,
    seed: Whole,
    n_trials: Whole = 1,
    transient: Number = 0.0,
    workers: Whole | None = None,
    force_long: bool = False,
) -> None:
    """Announce or refuse a long run as `simulate` does, before the first of several runs starts.

    Nothing is compiled or timed if the run cannot take an hour.

    Arguments:
        neuron, drive, backend, duration, seed, n_trials, transient, workers, force_long: as for `simulate`.

    Raises InputError, which names the argument, for any value that is not allowed, and for a run of more than 30 days
    unless `force_long`.
    """
    with refusing(neuron):
        plan = _plan(neuron, drive, backend, duration, seed, n_trials, transient, workers)
        if may_be_long(plan):
            plan.compile(silent=False)
            check_run_time(plan, force=force_long, silent=False)


def compile_kernels(neuron, drive, *, backend, duration, seed, n_trials=1, transient=0.0, workers=None):
    """Compile the kernels that `simulate` would use, without a word, and keep them on the disk."""
    with refusing(neuron):
        _plan(neuron, drive, backend, duration, seed, n_trials, transient, workers).compile(silent=True)


def _plan(neuron, drive, backend, duration, seed, n_trials, transient, workers):
    task = checked_task(neuron, drive, seed, 0, n_trials, duration, transient, None, None, None)
    return planned(_backend(backend, None), task, workers)


def _until(precision, run, first_trial, first, most, progress):
    """Run more trials until the intervals are as narrow as asked."""
    result, visible = None, watched() if progress is None else progress
    numbers, reached = [], False

    def draw(n):
        nonlocal result
        have = 0 if result is None else result.n_trials
        try:
            more = run(first_trial + have, n - have)
            result = more if result is None else result.joined(more)
            # without the doubts about levels and spikes, which no number of trials settles
            numbers = Result(replace(result.spikes, doubts=()), result.moments, membrane=result.membrane)
            return summary(numbers, statistics=list(precision.targets))
        except KeyboardInterrupt as interruption:
            more = getattr(interruption, "result", None)
            parts = [part for part in (result, more) if part is not None]
            kept = reduce(Result.joined, parts) if parts else None
            said = f"interrupted: {kept.n_trials if parts else 0} trials complete and kept, not yet as precise as asked"
            raise Interrupted(said, kept) from None

    def told(n, excess, more):
        numbers.append(n)
        if visible:
            tell(f"stochhh: {progress_line(n, excess, more)}")

    try:
        _, excess, _ = looks(precision, first, most, draw, told)
        reached = bool(max(excess.values()) <= 1)
    except LongRunError as refused:
        if result is None:
            raise
        if progress is not False:
            tell(f"stochhh: not as precise as asked, and given up: {refused}")
    said = {"asked": dict(precision.targets), "reached": reached, "looks": numbers}
    return replace(result, provenance=result.provenance | {"until": said})


def _unknown(name, value, backend):
    """The error of a keyword that `simulate` does not have: a setting of a backend, or a misspelt one."""
    meant = BACKENDS.get(backend) if isinstance(backend, str) else type(backend)
    written = f"({name}={shown(value)})"
    if meant is not None and name in settings_of(meant):
        return InputError(name, value, "given to the backend", f"write backend={meant.__name__}{written}")
    homes = {known: kind for known, kind in BACKENDS.items() if name in settings_of(kind)}
    if homes:
        own = getattr(meant, "name", None)
        allowed = "given to the backend" if own is None else f"omitted, since the {own} backend has no such setting"
        instances = " or ".join(f"backend={kind.__name__}{written}" for kind in homes.values())
        remedy = f"it is a setting of {' and '.join(homes)}: write {instances}"
        return InputError(name, value, allowed, remedy)
    known = [known for known in signature(simulate).parameters if known != "unknown"]
    return InputError(name, value, "omitted, since simulate has no such argument", hinted(name, known))


def _backend(backend, dt):
    """The backend that is meant, complete and checked."""
    if isinstance(backend, str):
        kind = BACKENDS[choice("backend", backend, BACKENDS)]
        if dt is None:
            return checked(kind())
        if "dt" not in settings_of(kind):
            raise InputError("dt", dt, f"omitted, since the {backend} backend has no time step")
        return checked(kind(dt=dt))
    if isinstance(backend, type) or not (hasattr(backend, "name") or hasattr(backend, "open")):
        raise InputError("backend", backend, f"one of {', '.join(BACKENDS)}, or an instance such as Jump()")
    if dt is not None:
        remedy = "set it there" if hasattr(backend, "dt") else ""
        raise InputError("dt", dt, f"omitted when the backend is an instance, {type(backend).__name__}(...)", remedy)
    return named(backend)
