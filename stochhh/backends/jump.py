"""Jump: the merged compound Poisson process, every event at its exact time.

dx/dt = f(x) between events,    V <- V + weight_k at an event of population k
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from ..errors import real
from ..integrators import event_driven
from ..integrators.task import checked_lanes
from ..noise.merged import MergedEvents, merged_process, poisson_events
from ..noise.replayed import ReplayedEvents
from .cost import Work, seconds_of_block

if TYPE_CHECKING:
    from typing import Any

    from ..integrators.task import Task

__all__ = ["Jump"]


@dataclass(frozen=True)
class Jump:
    """The exact input: the compound Poisson process of all populations, each event at its exact time.

        dx/dt = f(x) between events,    V <- V + w_k at an event of population k

    Exact: the distribution of the events, their times and their weights. The cost depends on the number of events per
    ms, not on the number of presynaptic neurons.
    Approximate: the flow between events. Runge-Kutta steps of order 4 contain up to four events each and use the exact
    integrals of the jump path over the step. The strong order in the step length is 2 for steps that contain several
    events, and 4 for steps without an event. The step length is adapted to the size of the jumps and to the curvature
    of the flow, and threshold crossings are located by bisection. For the default neuron the spike times then differ
    from those of the exact flow, on the same events, by less than `tolerance` (root mean square), except where a
    trajectory lies on the boundary between a spike and no spike.

    Arguments:
        tolerance: root mean square error of a spike time caused by the integration of the flow, ms.
        lanes: number of trials advanced side by side, a multiple of 8; by default 64, or 16 if there are few trials.
            Results do not depend on it.

    Raises InputError, which names the argument, for a value outside these bounds.

    Sources: Collatz, The Numerical Treatment of Differential Equations (1960), II.3.4 (step control); Roessler, SIAM J.
    Numer. Anal. 48, 922 (2010) (the time integral of additive noise).

    >>> Jump(tolerance=1e-4).settings()
    {'tolerance': 0.0001}
    """

    tolerance: float = 1e-3
    lanes: int | None = None

    name = "jump"
    parallel: ClassVar[bool] = True  # whether threads share its work
    cheaper: ClassVar[str] = "the diffusion, whose steps do not grow with the rates of the input"
    colour: ClassVar[str] = "#0072B2"
    replays: ClassVar[bool] = True
    draw_events = staticmethod(poisson_events)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tolerance", real("tolerance", self.tolerance, at_least=1e-8, at_most=0.1, unit="ms"))
        object.__setattr__(self, "lanes", checked_lanes(self.lanes))

    def settings(self) -> dict[str, Any]:
        """The settings that are recorded with a result."""
        return {key: value for key, value in asdict(self).items() if key != "lanes"}

    def check(self, task: Task) -> None:
        """Raise InputError for a task that this backend cannot simulate."""
        if task.events is None:
            merged_process(task.drive)

    def longest_step(self, task: Task) -> float:
        """The longest step of the flow in a task, ms."""
        return event_driven.longest_step(task.system, self.tolerance)

    def work(self, task: Task) -> tuple[Work, ...]:
        """The operations of one trial of a task that determine its cost, a tuple of Work."""
        steps = Work(task.duration / self.longest_step(task), "steps of the flow", 1e-5)
        events = task.drive.intensity * task.duration
        if task.events is not None:
            events = len(task.events) / task.events.n_trials
        return Work(events, "events", 1e-6), steps

    def seconds(self, task: Task) -> float:
        """The run time of a task, one block of trials, in seconds, extrapolated from its beginning."""
        return seconds_of_block(self, task)

    def open(self, task):
        """Return the trials of a task as a block at time 0."""
        events = MergedEvents(task.drive) if task.events is None else ReplayedEvents(task.events)
        return event_driven.Block(self, task, events)
