"""Per neuron: the original method, corrected. It is slow and simple, and the reference for the other backends.

every presynaptic neuron's spike times, one Bernoulli(p) a spike, V <- V + weight at the exact time,
and plain steps of at most dt between
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from ..errors import real
from ..inputs import Recording
from ..integrators import reference
from ..noise.presynaptic import PresynapticEvents, presynaptic_events, presynaptic_seconds, presynaptic_work
from ..noise.replayed import ReplayedEvents
from .cost import Work, seconds_of_block

if TYPE_CHECKING:
    from typing import Any

    from ..integrators.task import Task

__all__ = ["PerNeuron"]


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
        events = PresynapticEvents() if task.events is None else ReplayedEvents(task.events)
        return reference.Block(self, task, events)
