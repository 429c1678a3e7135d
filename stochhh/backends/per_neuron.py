"""Per neuron: the original method, corrected. It is slow and simple, and the reference for the other backends.

every presynaptic neuron's spike times, one Bernoulli(p) a spike, V <- V + weight at the exact time,
and plain steps of at most dt between
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from ..errors import real
from ..inputs import Recording
from ..integrators.recorder import Recorder
from ..noise.presynaptic import in_order, presynaptic_events, presynaptic_seconds, presynaptic_work, transmitted
from .cost import Work, seconds_of_block

if TYPE_CHECKING:
    from typing import Any

    from ..integrators.task import Task

__all__ = ["PerNeuron"]

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

    name = "per-neuron"
    cheaper: ClassVar[str] = "the jump backend, whose cost does not depend on the number of neurons"
    colour: ClassVar[str] = "#000000"
    dashes: ClassVar[tuple[float, tuple[float, float]]] = (0, (1, 1))
    replays: ClassVar[bool] = True
    draw_events = staticmethod(presynaptic_events)

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
        self.task, self.system, self.dt = task, task.system, backend.dt
        self.recorder = Recorder(backend, task, _STABLE)
        self.record = self.recorder.record
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
        recorder = self.recorder
        for _ in range(stretch):
            time, jump = self._next_event()
            if recorder.t < time:
                self._flow(min(recorder.end(self.dt), time))
            if recorder.t == time:
                if jump is None:
                    return None
                self._kick(jump)
                self.event += 1
        return recorder.t

    def _draw(self):
        """Draw one more batch of presynaptic neurons; with the last, put all events in order."""
        batch = next(self.undrawn, None)
        if batch is None:
            self.events = in_order(self.drawn)
        else:
            self.drawn.append(batch)

    def _flow(self, until):
        """One Runge-Kutta step, which ends at the threshold where that leads to a reset."""
        recorder, spike = self.recorder, None
        h = until - recorder.t
        try:
            y, stages = self._runge_kutta(h)
            if self.system.resets and recorder.crosses(y[0]):
                until = spike = recorder.t + self._time_to_threshold(h)
                y, stages = self._runge_kutta(until - recorder.t)
        except OverflowError:
            raise recorder.overflowed(until) from None
        recorder.flow(until, y, stages, spike)

    def _runge_kutta(self, h):
        """The state after a step of h, and V at its four stages."""
        f, t, x = self._slope, self.recorder.t, self.recorder.x
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
        return (0.0, *f[1:]) if self.recorder.held else f

    def _time_to_threshold(self, h):
        """The length of the step, shorter than h, that ends at the threshold."""
        from scipy.optimize import brentq

        threshold = self.system.jump_rule.threshold
        return brentq(lambda part: self._runge_kutta(part)[0][0] - threshold, 0.0, h, xtol=1e-15)

    def _kick(self, jump):
        """An event moves a variable at once."""
        k, x = self.system.sources[0].moves[0], self.recorder.x
        self.recorder.kick((*x[:k], x[k] + jump, *x[k + 1 :]))
