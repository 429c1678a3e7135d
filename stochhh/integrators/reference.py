"""The reference: one trial in plain Python, by steps of the classical Runge-Kutta method that end at each event."""

from ..inputs.recording import in_order
from .recorder import Recorder

__all__ = ["Block"]

_STRETCH = 2000  # steps between two looks at the world outside
_STABLE = 2.78  # the classical Runge-Kutta step times a rate of relaxation must not exceed this


class Block:
    """The one trial of a task.

    Arguments:
        backend: what the block is of: its `name`, for errors, and its longest step `dt`, ms.
        task: the Task.
        realisation: what draws the events: `batches(task)`, pairs of times (ms) and jumps, in any order.
    """

    def __init__(self, backend, task, realisation):
        """Set-up."""
        self.task, self.system, self.dt = task, task.system, backend.dt
        self.recorder = Recorder(backend, task, _STABLE)
        self.record = self.recorder.record
        (self.source,) = task.system.sources
        self.undrawn, self.drawn = realisation.batches(task), []
        self.events, self.event = None, 0

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
        """Draw one more batch of events; after the last, put all in order."""
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
        """An event moves the state at once."""
        self.recorder.kick(self.source.land(self.recorder.x, (jump,), self.system.parameters))
