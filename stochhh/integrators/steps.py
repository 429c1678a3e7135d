"""One trial in steps of a function of one's own: a block in plain Python that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InputError
from .recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from .task import BlockResult, Task

__all__ = ["Steps"]

_STRETCH = 1000  # steps between two looks at the world outside


class Steps:
    """A Block of one trial that a function moves from step to step.

        x(t + h) = step(t, x, h)

    A spike is a step in which V crosses the threshold; its time is interpolated linearly. After a reset the other
    variables move on, and V is held: what the step does to it is left out.

    Arguments:
        backend: the backend, with its `name` and the length of a step, `dt` (ms).
        task: the Task, of one trial, since `lanes` of the backend is 1.
        step: function (t, x, h) that returns the state at t + h, n numbers, from the state x at t, a tuple of n floats
            with V first. h is dt, or less: the last step ends at the duration, and one ends where V is released.

    Raises InputError for a step that returns anything but a state, UnstableStepError where the state leaves its range.
    """

    def __init__(
        self, backend: Any, task: Task, step: Callable[[float, tuple[float, ...], float], Sequence[float]]
    ) -> None:
        self._recorder, self._dt, self._step, self._end = Recorder(backend, task), backend.dt, step, task.duration

    def advance(self, stretch: int = _STRETCH) -> float | None:
        """Take so many steps; returns the time reached, ms, or None at the end."""
        for _ in range(stretch):
            if self._recorder.t >= self._end:
                return None
            self._take()
        return self._recorder.t

    def record(self) -> BlockResult:
        """What the block leaves."""
        return self._recorder.record()

    def _take(self):
        recorder = self._recorder
        t, x, until = recorder.t, recorder.x, recorder.end(self._dt)
        try:
            recorder.flow(until, self._step(t, x, until - t))
        except OverflowError:
            raise recorder.overflowed(until) from None
        except InputError as error:
            raise error.within(member="step(t, x, h)") from None
