"""simulate(): check everything, then trials -> Result. The only loop over trials."""

from __future__ import annotations

import json
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import reduce
from importlib.metadata import version
from inspect import signature
from itertools import islice, takewhile
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from .backends import BACKENDS, Task
from .backends.backend import checked, completed, opened, recorded, settings_of
from .backends.refusal import refusing
from .errors import InputError, Interrupted, choice, hinted, integer, real
from .inputs import Recording, SynapticInput
from .integrators.task import WIDE, blocks
from .interruption import CtrlC
from .machine_code import announcing
from .memory import GIB, allowed_memory
from .messages import shown, tell, watched
from .models.contract import check_model
from .models.levels import level_doubts
from .precision import Precision, looks, progress_line
from .progress import Progress
from .random import MAX_SEED, MAX_TRIALS, STREAM_VERSION
from .results import Moments, Result, Traces
from .run_time import LongRunError, available_cores, check_run_time, may_be_long
from .spike_trains import SpikeTrains
from .statistics import summary
from .statistics.membrane.record import Membrane
from .statistics.membrane.sampling import Sampling
from .swings import Swings
from .trial_numbers import MOST_TRIALS
from .units import DURATION

if TYPE_CHECKING:
    from typing import Never

    from .annotations import Backend, Drive, Number, Targets, Whole
    from .models.neuron import Neuron

__all__ = ["check_before", "compile_kernels", "simulate"]

# Spikes are kept in memory: room is made for this rate, that of a fast neuron.
_HIGH_RATE = 0.2  # 1/ms


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

    def run(first_trial, n_trials):
        task = _task(neuron, drive, seed, first_trial, n_trials, duration, transient, trace_interval, membrane, events)
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
        workers, cut = _cut(backend, task, workers, memory_limit)
        _compile(backend, task, cut, silent=progress is False)
        check_run_time(backend, task, cut, workers, force=force_long, silent=progress is False)
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted: 0 of {task.n} trials complete and kept", None) from None
    compiled = time.perf_counter()
    with CtrlC(deferred=True) as ctrl_c:
        done = _run(backend, task, cut, workers, progress, ctrl_c)
        timing = {"compile_s": compiled - started, "run_s": time.perf_counter() - compiled}
        result = _result(backend, task, done, timing)
    if ctrl_c.pressed:
        kept = 0 if result is None else result.n_trials
        raise Interrupted(f"interrupted: {kept} of {task.n} trials complete and kept", result)
    return result


def _cut(backend, task, workers, memory_limit=None):
    """(number of workers, blocks of trials), of a task that the backend, and the memory, allow."""
    if task.events is not None and not backend.replays:
        able = " or ".join(name for name, kind in BACKENDS.items() if completed(kind()).replays)
        allowed = f"omitted with the {backend.name} backend, which has no events to replay"
        raise InputError("events", task.events, allowed, f"use the {able} backend")
    backend.check(task)
    workers = integer("workers", workers, at_least=1, at_most=1024) if workers is not None else available_cores()
    _check_memory(task, workers, memory_limit)
    return workers, list(blocks(task.first, task.n, backend.lanes, workers))


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
    backend, task, workers, cut = _planned(neuron, drive, backend, duration, seed, n_trials, transient, workers)
    if may_be_long(backend, task, cut):
        _compile(backend, task, cut, silent=False)
        check_run_time(backend, task, cut, workers, force=force_long, silent=False)


def compile_kernels(neuron, drive, *, backend, duration, seed, n_trials=1, transient=0.0, workers=None):
    """Compile the kernels that `simulate` would use, without a word, and keep them on the disk."""
    backend, task, _, cut = _planned(neuron, drive, backend, duration, seed, n_trials, transient, workers)
    _compile(backend, task, cut, silent=True)


def _planned(neuron, drive, backend, duration, seed, n_trials, transient, workers):
    """(backend, task, workers, blocks) of a run."""
    backend = _backend(backend, None)
    task = _task(neuron, drive, seed, 0, n_trials, duration, transient, None, None, None)
    return backend, task, *_cut(backend, task, workers)


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
    named = BACKENDS.get(backend, type(backend)) if isinstance(backend, str) else type(backend)
    homes = [kind for kind in BACKENDS.values() if name in settings_of(kind)]
    if homes:
        kind = named if named in homes else homes[0]
        return InputError(name, value, "given to the backend", f"write backend={kind.__name__}({name}={shown(value)})")
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
    return checked(backend)


def _task(neuron, drive, seed, first_trial, n_trials, duration, transient, trace_interval, membrane, events):
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


def _compile(backend, task, cut, silent):
    """Load the kernels from the disk, or compile them, which is announced."""
    line = f"stochhh: compiling the {backend.name} kernels for this machine: some seconds, the first time"
    with refusing(task.neuron), announcing(None if silent else line):
        for lanes in {lanes for _, _, lanes in cut}:
            opened(backend, replace(task, n=1, trace_interval=None, membrane=None, lanes=lanes)).advance(0)


def _run(backend, task, cut, workers, progress, ctrl_c):
    """Advance all blocks; returns those of the unbroken leading trials, in order."""
    tasks = (replace(task, first=first, n=n, lanes=lanes) for first, n, lanes in cut)
    done, running = {}, {}
    with Progress(backend.name, task.n * task.duration, progress) as shown, ThreadPoolExecutor(workers) as pool:
        try:
            while not ctrl_c.stop.is_set():
                for block in islice(tasks, 2 * workers - len(running)):
                    running[pool.submit(_advance, backend, block, ctrl_c.stop, shown)] = block.first
                if not running:
                    break
                finished, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in sorted(finished, key=running.get):
                    done[running.pop(future)] = future.result()
                shown.refresh()
        finally:
            ctrl_c.stop.set()
    for future, first in running.items():
        done[first] = future.result()
    return list(takewhile(lambda block: block is not None, (done.get(first) for first, _, _ in cut)))


def _advance(backend, task, stop, shown):
    """Carry one block to its end; None if it is stopped before."""
    block = backend.open(task)
    while not stop.is_set():
        reached = block.advance()
        shown.reached(task, reached)
        if reached is None:
            return recorded(block, task)
    return None


def _result(backend, task, done, timing):
    """Join the blocks, in the order of trials."""
    if not done:
        return None
    trains = [times for block in done for times in block.spikes]
    counts = [len(times) for times in trains]
    spikes = SpikeTrains(
        np.concatenate(trains), np.repeat(np.arange(len(trains)), counts), len(trains), task.transient, task.duration,
        () if task.events is None else task.events.doubts_of_run(task.first, len(trains), task.duration),
    )  # fmt: skip
    moments = Moments(task.system.initial[0], np.concatenate([block.powers for block in done]))
    traces = membrane = swings = None
    if task.swing_sizes:
        counts, troughs = (np.concatenate(parts) for parts in zip(*(block.swings for block in done), strict=True))
        levels = task.neuron.threshold, task.neuron.rearm
        swings = Swings(task.swing_sizes, counts, troughs, *levels, _kick(task))
    if task.membrane is not None:
        membrane = Membrane.stacked([block.membrane for block in done])
    if task.n_samples:
        traces = Traces(task.sample_times(), np.concatenate([block.traces for block in done]), task.neuron.variables)
    provenance = {
        "stochhh": version("stochhh"),
        "streams": STREAM_VERSION,
        "backend": backend.name,
        "settings": backend.settings(),
        "seed": task.seed,
        "first_trial": task.first,
        "n_trials": len(trains),
        "duration": task.duration,
        "transient": task.transient,
        "neuron": _recorded(task.neuron),
        "input": task.drive.as_dict() if task.events is None else "recorded events",
        "timing": timing,
    }
    if membrane is not None:
        provenance["membrane"] = task.membrane.as_dict()
    if doubts := level_doubts(task.neuron):
        provenance["doubts"] = list(doubts)
    provenance = json.loads(json.dumps(provenance))  # as a file gives it back, a tuple as a list
    return Result(spikes, moments, traces, provenance, membrane, swings)


def _recorded(neuron):
    """The name and the settings of a neuron, with its levels, which need not be settings of a user's own model."""
    settings = neuron.as_dict()
    levels = {} if "threshold" in settings else {"threshold": neuron.threshold, "rearm": neuron.rearm}
    return {"model": neuron.name, **levels, **settings}


def _kick(task):
    """How far a single event of the largest kind moves V, mV."""
    if not task.system.sources[0].moves_V:
        return 0.0
    if task.events is None:
        return max((sqrt(source.moment(2)) for source in task.drive.sources if source.intensity > 0), default=0.0)
    return float(np.abs(task.events.jump).max(initial=0.0))
