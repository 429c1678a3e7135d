"""What a backend and its blocks answer: InputError, by name, where it cannot be right."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError, instance, real, within
from ..integrators.task import BlockResult
from ..statistics.membrane.record import Membrane

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..integrators.task import Task

__all__ = ["advanced", "checked_nothing", "checked_seconds", "checked_work", "recorded", "stretch_of"]

_STRETCH = 1000  # steps between two looks at the world outside, of a block that has no opinion
_ROUNDING = 1e-9  # part of the duration by which a sum of steps may miss it


def checked_nothing(name: str, check: Callable[[Task], Any], task: Task) -> None:
    """Let a backend of this name raise the error of a task; what it returns instead would be lost."""
    if (answer := check(task)) is not None:
        with within(backend=name):
            raise InputError("check(task)", answer, "None", "raise InputError for a task that is not accepted")


def checked_work(name: str, work: Callable[[Task], Any], task: Task) -> tuple[Any, ...]:
    """The operations of a trial, at least one, each with `amount`, `what` and `at_most` as a `Work` has them."""
    found = work(task)
    with within(backend=name):
        if not isinstance(found, tuple | list) or not found or not all(hasattr(part, "at_most") for part in found):
            raise InputError("work(task)", found, "a tuple of Work(amount, what, at_most)")
        for part in found:
            with within(member="work(task)"):
                real("amount", part.amount, at_least=0)
                instance("what", part.what, str)
                real("at_most", part.at_most, at_least=0, unit="s")
    return tuple(found)


def checked_seconds(name: str, seconds: Callable[[Task], Any], task: Task) -> float:
    """The run time of a block, s, perhaps infinite."""
    found = seconds(task)
    if isinstance(found, bool) or not isinstance(found, Real) or not float(found) >= 0:
        with within(backend=name):
            raise InputError("seconds(task)", found, "a number of at least 0 (s)")
    return float(found)


def stretch_of(block: Any) -> tuple[int, ...]:
    """With what `advance` is called in a run: nothing where its stretch has a default, else so many steps.

    Raises InputError for a method that takes no stretch.
    """
    try:
        parameters = signature(block.advance).bind(_STRETCH).signature.parameters.values()
    except (TypeError, ValueError):
        raise InputError("advance", block.advance, "a method (stretch)", "give it the one argument stretch") from None
    (first, *_) = parameters
    return (_STRETCH,) if first.default is first.empty else ()


def advanced(backend: Any, block: Any, task: Task, *stretch: int) -> float | None:
    """Advance a block by about so many steps; returns the time reached, ms, None at the end."""
    reached = block.advance(*stretch)
    if reached is None:
        return None
    with within(backend=backend.name, member="advance(stretch)"):
        return real("time reached", reached, at_least=0, at_most=task.duration * (1 + _ROUNDING), unit="ms")


def recorded(backend: Any, block: Any, task: Task) -> BlockResult:
    """What a block leaves, if it is of the form that the task asks for."""
    left, n = block.record(), task.n
    with within(backend=backend.name, member="record()"):
        instance("result", left, BlockResult, "return one, such as that of a Recorder")
        spikes = _trains(left.spikes, task)
        _array("powers", left.powers, (n, 4))
        if task.swing_sizes:
            if not isinstance(left.swings, tuple | list) or len(left.swings) != 2:
                raise InputError("swings", left.swings, "counts and troughs, such as those of a Recorder")
            for name, part in zip(("counts", "troughs"), left.swings, strict=True):
                _array(f"{name} of swings", part, (n, len(task.swing_sizes)))
        if task.n_samples:
            _array("traces", left.traces, (n, len(task.system.variables), task.n_samples))
        elif left.traces is not None:
            raise InputError("traces", left.traces, "None, since the task asks for none")
        _check_membrane(left.membrane, task)
    return replace(left, spikes=spikes)


def _trains(trains, task):
    """The spike times of each trial, ms, as arrays."""
    try:
        number = len(trains)
    except TypeError:
        raise InputError("spikes", trains, "an array of times (ms) for each trial") from None
    if number != task.n:
        raise InputError("number of spike trains", number, f"{task.n}, one for each trial")
    return [_train(times, task.duration) for times in trains]


def _train(times, duration):
    allowed = f"times in ascending order, from 0 to the duration, {duration:g} ms"
    array = _numbers("spike times", times, allowed)
    if array.ndim != 1:
        raise InputError("shape of spike times", array.shape, "(number of spikes,)")
    wrong = ~((array >= 0) & (array <= duration))
    wrong[1:] |= ~(np.diff(array) >= 0)
    if wrong.any():
        raise InputError("spike time", float(array[wrong.argmax()]), allowed)
    return array


def _array(name, values, shape):
    """InputError unless these are finite numbers, of this shape."""
    array = _numbers(name, values, f"an array of the shape {shape}")
    if array.shape != shape:
        raise InputError(f"shape of {name}", array.shape, str(shape))
    if not np.isfinite(array).all():
        raise InputError(name, values, "finite numbers")


def _numbers(name, values, allowed):
    """Values as an array of floats; InputError for anything but real numbers."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of several lengths
        raise InputError(name, values, allowed) from None
    if array.size and array.dtype.kind not in "fiu":
        raise InputError(name, values, allowed)
    return array.astype(float, copy=False)


def _check_membrane(membrane, task):
    if task.membrane is None:
        if membrane is not None:
            raise InputError("membrane", membrane, "None, since the task asks for none")
        return
    instance("membrane", membrane, Membrane, "the task asks for one; return that of a Recorder")
    if membrane.sampling != task.membrane:
        raise InputError("sampling of membrane", membrane.sampling, "that of the task, task.membrane")
    for name in task.membrane.variables:
        if (n := len(membrane[name].power)) != task.n:
            raise InputError(f"number of trials of membrane[{name!r}]", n, str(task.n))
