"""Per neuron: the original method, corrected. It is slow and simple, and the reference for the other backends.

every presynaptic neuron's spike times, one Bernoulli(p) a spike, V <- V + weight at the exact time,
and plain steps of at most dt between
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from .. import spike_rule
from ..errors import UnstableStepError, real
from ..inputs import Recording
from ..integrators.advice import calmer, shorter
from ..integrators.samples import Samples
from ..integrators.swing_counter import SwingCounter
from ..integrators.task import BlockResult
from ..noise.presynaptic import in_order, presynaptic_seconds, presynaptic_work, transmitted
from .cost import Work, seconds_of_block

if TYPE_CHECKING:
    from typing import Any

    from ..integrators.task import Task

__all__ = ["PerNeuron"]

arms, crosses, held_until, is_held, starts_armed = (
    getattr(spike_rule, name).py_func for name in ("arms", "crosses", "held_until", "is_held", "starts_armed")
)

_STRETCH = 2000  # steps between two looks at the world outside
_STABLE = 2.78  # the classical Runge-Kutta step times a rate of relaxation must not exceed this


@dataclass(frozen=True)
class PerNeuron:
    """The exact input, drawn neuron by neuron: a slow reference in plain Python for the other backends.

        spikes of each presynaptic neuron: Poisson process;   transmission: Bernoulli(p) for each spike
        dx/dt = f(x) between events,    V <- V + w_k at a transmitted spike of population k

    Exact: the distribution of the events, their times and their weights. The cost grows with the number of neurons.
    Approximate: the flow between events, by classical Runge-Kutta steps of at most dt, of order 4. A threshold crossing
    within a step is interpolated linearly, with an error of order dt^2; for a model with a reset the step ends at the
    threshold, to rounding error.

    Arguments:
        dt: longest step, ms.

    Raises InputError for a dt outside 1e-6 to 1e6 ms.

    Source: Kutta, Z. Math. Phys. 46, 435 (1901).

    >>> PerNeuron(dt=0.02).settings()
    {'dt': 0.02}
    """

    dt: float = 0.01

    name: ClassVar[Literal["per-neuron"]] = "per-neuron"
    lanes: ClassVar[int] = 1
    parallel: ClassVar[bool] = False  # plain Python: one thread at a time
    cheaper: ClassVar[str] = "the jump backend, whose cost does not depend on the number of neurons"

    def __post_init__(self) -> None:
        object.__setattr__(self, "dt", real("dt", self.dt, at_least=1e-6, at_most=1e6, unit="ms"))

    def settings(self) -> dict[str, Any]:
        """The settings that are recorded with a result."""
        return asdict(self)

    def check(self, task: Task) -> None:
        """Raise InputError for a task that this backend cannot simulate."""
        if task.events is None:
            task.drive.check_events()

    def work(self, task: Task) -> tuple[Work, ...]:
        """The operations of one trial of a task that determine its cost, a tuple of Work."""
        steps = task.duration / self.dt
        if task.events is not None:
            return (Work(steps + len(task.events) / task.events.n_trials, "steps", 1e-4),)
        neurons, spikes = presynaptic_work(task.drive, task.duration)
        return (
            Work(neurons, "presynaptic neurons", 1e-3),
            Work(spikes, "presynaptic spikes", 1e-6),
            Work(steps + task.drive.intensity * task.duration, "steps", 1e-4),
        )

    def seconds(self, task: Task) -> float:
        """The run time of a task, one trial, in seconds: its flow, extrapolated from its beginning, and its draws."""
        if task.events is not None:
            return seconds_of_block(self, task)
        flow = seconds_of_block(self, replace(task, first=0, events=Recording([], [], [], n_trials=1)))
        flow *= 1 + task.drive.intensity * self.dt  # each event ends a step
        return flow + presynaptic_seconds(task.drive, task.duration)

    def open(self, task):
        """Return the one trial of a task as a block at time 0."""
        return _Block(self, task)


class _Block:
    def __init__(self, backend, task):
        """Set-up."""
        self.task, self.dt = task, backend.dt
        self.system, self.neuron = task.system, task.neuron
        self.x = self.system.initial
        self.t = 0.0
        self.rule, self.resets, self.held_until = self.system.jump_rule, self.system.resets, 0.0
        self.armed = starts_armed(self.x[0], self.rule)
        self.reference = self.x[0]
        self.spikes, self.powers = [], np.zeros(4)
        self.swings = SwingCounter(self.x[0], task.swing_sizes)
        self.samples = Samples(task, min(self.dt, task.duration))
        self.place = self.samples.filled
        self.drawn = []
        self.undrawn = transmitted(task.drive, task.duration, task.seed, task.first)
        self.events = None if task.events is None else task.events.acting(task.first)
        self.event = 0

    def _next_event(self):
        """Next event: (time, jump), the end of the run where there is none left."""
        times, jumps = self.events
        if self.event < len(times) and times[self.event] <= self.task.duration:
            return float(times[self.event]), float(jumps[self.event])
        return self.task.duration, None

    def advance(self, stretch=_STRETCH):
        """Advance; returns the time reached, ms, or None at the end."""
        if self.events is None:
            if stretch:  # a call to compile alone is not to draw what the run draws again
                self._draw()
            return 0.0
        for _ in range(stretch):
            time, jump = self._next_event()
            if self.t < time:
                release = self.held_until if self._is_held() else time
                self._flow(min(self.t + self.dt, time, release))
            if self.t == time:
                if jump is None:
                    return None
                self._kick(jump)
                self.event += 1
            while self.t >= self.samples.pause:
                self.place -= self.samples.reduce()
        return self.t

    def _draw(self):
        """Draw one more batch of presynaptic neurons; with the last, put all events in order."""
        batch = next(self.undrawn, None)
        if batch is None:
            self.events = in_order(self.drawn)
        else:
            self.drawn.append(batch)

    def _flow(self, until):
        """One Runge-Kutta step, or the news that it cannot be taken."""
        try:
            self._step(until)
        except OverflowError:
            raise UnstableStepError(
                f"per-neuron, trial {self.task.first} at t = {self.t:.6g} ms: the state overflowed in a step of "
                f"{until - self.t:g} ms: {self._advice(until - self.t, self.x[0])}"
            ) from None

    def _step(self, until):
        threshold, V = self.rule.threshold, self.x[0]
        y, stages = self._runge_kutta(until - self.t)
        spikes = crosses(self.armed, y[0], threshold)
        if spikes and self.resets:
            until = self.t + self._time_to_threshold(until - self.t)
            y, stages = self._runge_kutta(until - self.t)
        self._record_powers(until, stages)
        self._record_traces(until, y)
        if spikes:
            h = until - self.t
            y = self._spike(until if self.resets else self.t + h * (threshold - V) / (y[0] - V), y)
        self._move(until, y)

    def _runge_kutta(self, h):
        """The state after a step of h, and V at its four stages."""
        f, t, x = self._slope, self.t, self.x
        k1 = f(t, x)
        x2 = [a + 0.5 * h * k for a, k in zip(x, k1, strict=True)]
        k2 = f(t + 0.5 * h, x2)
        x3 = [a + 0.5 * h * k for a, k in zip(x, k2, strict=True)]
        k3 = f(t + 0.5 * h, x3)
        x4 = [a + h * k for a, k in zip(x, k3, strict=True)]
        k4 = f(t + h, x4)
        y = tuple(a + h / 6 * (b + 2 * c + 2 * d + e) for a, b, c, d, e in zip(x, k1, k2, k3, k4, strict=True))
        return y, (x[0], x2[0], x3[0], x4[0])

    def _slope(self, t, x):
        """The drift; V is held after a reset."""
        f = self.system.drift(t, x, self.system.parameters)
        return (0.0, *f[1:]) if self._is_held() else f

    def _is_held(self):
        return is_held(self.t, self.held_until)

    def _time_to_threshold(self, h):
        """The length of the step, shorter than h, that ends at the threshold."""
        from scipy.optimize import brentq

        return brentq(lambda part: self._runge_kutta(part)[0][0] - self.rule.threshold, 0.0, h, xtol=1e-15)

    def _kick(self, jump):
        """An event moves V at once."""
        if self._is_held():
            return
        k = self.system.sources[0].moves[0]
        y = (*self.x[:k], self.x[k] + jump, *self.x[k + 1 :])
        if crosses(self.armed, y[0], self.rule.reached):
            y = self._spike(self.t, y)
        self._move(self.t, y)

    def _spike(self, time, y):
        """Record a spike; returns the state that it leaves."""
        self.spikes.append(time)
        self.samples.spiked(0, [time])
        self.armed = self.resets
        if self.resets:
            self.held_until = held_until(time, self.rule)
            return (self.rule.reset, *y[1:])
        return y

    def _advice(self, step, V):
        """What to do after a step, ms, or an event (0) that led out of the range, to V (mV), from the present state."""
        if step == 0:
            return calmer(self.neuron, V)
        advice = shorter(self.neuron, self.x, self.system.parameters, step, _STABLE)
        return advice or f"take a smaller dt, or {calmer(self.neuron, V)}"

    def _move(self, time, y):
        for (name, (low, high), _), value in zip(self.system.variables, y, strict=True):
            if not low <= value <= high:
                raise UnstableStepError(
                    f"per-neuron, trial {self.task.first} at t = {time:.6g} ms: {name} = {value:.4g} left the range "
                    f"of {self.neuron.name}, {low:g} to {high:g}: {self._advice(time - self.t, y[0])}"
                )
        self.t, self.x = time, y
        self.swings.look(y[0], time >= self.task.transient)
        if arms(y[0], self.rule):
            self.armed = True

    def _record_powers(self, until, stages):
        """Integrate the powers of V over the step, by the same Runge-Kutta weights."""
        inside = until - max(self.t, self.task.transient)
        if inside > 0:
            a, b, c, d = (np.array([(V - self.reference) ** j for j in (1, 2, 3, 4)]) for V in stages)
            self.powers += inside / 6 * (a + 2 * b + 2 * c + d)

    def _record_traces(self, until, y):
        """Interpolate linearly at the multiples of the interval inside the step."""
        times, values = self.samples.times, self.samples.values
        while self.place < len(times) and times[self.place] <= until:
            part = (times[self.place] - self.t) / (until - self.t)
            values[0, :, self.place] = [a + part * (b - a) for a, b in zip(self.x, y, strict=True)]
            self.place += 1

    def record(self):
        """What the block leaves."""
        window = self.task.duration - self.task.transient
        swings = (self.swings.counts[None], self.swings.troughs[None])
        return BlockResult([np.array(self.spikes)], self.powers[None] / window, swings, *self.samples.record())
