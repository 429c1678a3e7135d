"""The path of one trial in plain Python, and all that is recorded of it."""

from __future__ import annotations

from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from .. import spike_rule
from ..errors import InputError, UnstableStepError, real, within
from .advice import calmer, shorter
from .samples import Samples
from .swing_counter import SwingCounter
from .task import BlockResult

if TYPE_CHECKING:
    from typing import Any

    from .task import Task

__all__ = ["Recorder"]

_ROUNDING = 1e-12  # part of a time by which a sum of steps may miss it
_NUMBER, _ROW = (float, Real), (tuple, list)

arms, crosses, held_until, is_held, starts_armed = (
    getattr(spike_rule, name).py_func for name in ("arms", "crosses", "held_until", "is_held", "starts_armed")
)


class Recorder:
    """Where a trial is, and what happened on its way: spikes and resets, powers and swings of V, samples of the state.

    A block moves it from time 0 to the duration by `flow`, a step of the path, and `kick`, an event that moves the
    state at once; `record` is then what the block leaves. After a spike of a model with a reset V is held for the
    refractory time: `held` says so, V of every y is left out meanwhile, and a step must end where V is released, which
    `end` takes care of.

    Arguments:
        backend: what the block is of; its `name` is that of errors, and no step may be longer than its `dt`, ms.
        task: the Task, of one trial.
        stable: what a step times a rate of relaxation must not exceed, for the advice of an error.

    Attributes: `t`, ms, and `x`, the state, a tuple of floats with V first. Raises InputError for a backend without dt.
    """

    def __init__(self, backend: Any, task: Task, stable: float = 2.0) -> None:
        self.name, self.task, self.stable = backend.name, task, stable
        self.system = system = task.system
        self.t, self.x = 0.0, system.initial
        self.rule, self._held_until = system.jump_rule, 0.0
        self._armed = starts_armed(self.x[0], self.rule)
        self._spikes: list[float] = []
        self._powers = np.zeros(4)
        self._swings = SwingCounter(self.x[0], task.swing_sizes)
        with within(backend=self.name):
            if task.n != 1:
                raise InputError("task.n", task.n, "1, since a Recorder is of one trial", "leave `lanes` at 1")
            longest = real("dt", getattr(backend, "dt", None), above=0, unit="ms")
        self._longest = min(longest, task.duration)
        self._samples = Samples(task, self._longest)
        self._place = self._samples.filled

    @property
    def held(self) -> bool:
        """Whether V is held after a reset, so that it neither flows nor jumps."""
        return is_held(self.t, self._held_until)

    def end(self, longest: float) -> float:
        """Where the next step should end, ms: at most so much later, where V is released, or at the duration."""
        return min(self.t + longest, self._held_until if self.held else self.task.duration, self.task.duration)

    def crosses(self, V: float) -> bool:
        """Whether V, mV, at the end of a step is a spike."""
        return crosses(self._armed, V, self.rule.threshold)

    def flow(self, until: float, y: Any, stages: Any = None, spike: float | None = None) -> None:
        """Take a step of the path; while V is held, the others alone take it.

        Arguments:
            until: where it ends, ms; not beyond `end(dt)`.
            y: the state there, as many real numbers as there are variables; a spike is recorded, and V reset, by the
                recorder.
            stages: V at the four stages of the Runge-Kutta method; by default V has changed linearly.
            spike: when V crossed the threshold, if that is known better than by linear interpolation, ms.

        Raises InputError for a step that ends elsewhere and for a y that is no state, UnstableStepError where the state
        left its range.
        """
        until, y = self._checked_end(until), self._state(y)
        if self.held:
            y, stages, spike = (self.x[0], *y[1:]), None, None
        if not isfinite(y[0]):  # which a reset would hide
            self._check_ranges(until, y)
            raise self.overflowed(until)
        try:
            self._flow(until, y, stages, spike)
        except OverflowError:  # of a power of V
            raise self.overflowed(until) from None

    def kick(self, y: Any) -> None:
        """Move the state to y at once; V not while it is held.

        Raises InputError for a y that is no state, UnstableStepError where it is out of its range.
        """
        y = self._state(y)
        if self.held:
            y = (self.x[0], *y[1:])
        elif crosses(self._armed, y[0], self.rule.reached):
            y = self._fired(self.t, y)
        self._move(self.t, y)

    def record(self) -> BlockResult:
        """What a block of this trial leaves; InputError before the trial is at its end."""
        if self.t < self.task.duration * (1 - _ROUNDING):
            allowed = f"the duration, {self.task.duration:g} ms, before the trial is recorded"
            with within(backend=self.name):
                raise InputError("recorder.t", self.t, allowed, "advance until then; only then return None")
        window = self.task.duration - self.task.transient
        swings = (self._swings.counts[None], self._swings.troughs[None])
        return BlockResult([np.array(self._spikes)], self._powers[None] / window, swings, *self._samples.record())

    def overflowed(self, until: float) -> UnstableStepError:
        """The error of a step to `until`, ms, in which a number became too large."""
        h = until - self.t
        return UnstableStepError(
            f"{self._where(self.t)}: the state overflowed in a step of {h:g} ms: {self._advice(h, self.x[0])}"
        )

    def _checked_end(self, until):
        """Where a step ends, ms."""
        latest = self.end(self._longest)
        if not (isinstance(until, _NUMBER) and self.t <= until <= latest * (1 + _ROUNDING)):
            why = "where V is released" if self.held else "a step of dt later or at the duration"
            allowed = f"from {self.t:.10g} to {latest:.10g} ms, {why}"
            with within(backend=self.name):
                raise InputError("until", until, allowed, "end a step no later than at recorder.end(dt)")
        return float(min(until, latest))

    def _state(self, y):
        """y as a tuple of floats."""
        n = len(self.x)
        if type(y) is tuple and len(y) == n and set(map(type, y)) == {float}:  # the usual case
            return y
        values = y.tolist() if hasattr(y, "tolist") else y
        if not (isinstance(values, _ROW) and len(values) == n and all(isinstance(v, _NUMBER) for v in values)):
            names = ", ".join(variable.name for variable in self.system.variables)
            raise InputError("state", y, f"{n} real number{'' if n == 1 else 's'}: {names}")
        return tuple(map(float, values))

    def _flow(self, until, y, stages, spike):
        """A step to a state that is known to be one."""
        while self.t >= self._samples.pause:
            self._place -= self._samples.reduce()
        V = self.x[0]
        self._add_powers(until, stages or (V, V, y[0], y[0]))
        self._sample(until, y)
        if spike is None and self.crosses(y[0]):
            h = until - self.t
            spike = self.t + h * (self.rule.threshold - V) / (y[0] - V)
        self._move(until, y if spike is None else self._fired(spike, y))

    def _fired(self, time, y):
        """Record a spike; returns the state that it leaves."""
        self._spikes.append(time)
        self._samples.spiked(0, [time])
        self._armed = self.system.resets
        if self.system.resets:
            self._held_until = held_until(time, self.rule)
            return (self.rule.reset, *y[1:])
        return y

    def _move(self, time, y):
        self._check_ranges(time, y)
        self.t, self.x = time, y
        self._swings.look(y[0], time >= self.task.transient)
        if arms(y[0], self.rule):
            self._armed = True

    def _check_ranges(self, time, y):
        for (name, (low, high), _), value in zip(self.system.variables, y, strict=True):
            if not low <= value <= high:
                raise UnstableStepError(
                    f"{self._where(time)}: {name} = {value:.4g} left the range of {self.system.name}, "
                    f"{low:g} to {high:g}: {self._advice(time - self.t, y[0])}"
                )

    def _where(self, time):
        return f"{self.name}, trial {self.task.first} at t = {time:.6g} ms"

    def _advice(self, step, V):
        """What to do after a step, ms, or an event (0) that led out of the range, to V (mV), from the present state."""
        calm = calmer(self.system, V)
        if step == 0:
            return calm
        advice = shorter(self.system, self.x, step, self.stable)
        return advice or f"take a smaller dt, or {calm}"

    def _add_powers(self, until, stages):
        """Integrate the powers of V over the step, by the Runge-Kutta weights."""
        inside = until - max(self.t, self.task.transient)
        if inside > 0:
            reference = self.system.initial[0]
            a, b, c, d = (np.array([(V - reference) ** j for j in (1, 2, 3, 4)]) for V in stages)
            self._powers += inside / 6 * (a + 2 * b + 2 * c + d)

    def _sample(self, until, y):
        """Interpolate linearly at the multiples of the interval inside the step."""
        times, values = self._samples.times, self._samples.values
        while self._place < len(times) and times[self._place] <= until:
            part = (times[self._place] - self.t) / (until - self.t)
            values[0, :, self._place] = [a + part * (b - a) for a, b in zip(self.x, y, strict=True)]
            self._place += 1
