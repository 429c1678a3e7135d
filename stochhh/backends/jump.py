"""Jump: the merged compound Poisson process, every event at its exact time.

dx/dt = f(x) between events,    V <- V + weight_k at an event of population k
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from ..errors import UnstableStepError, real
from ..integrators.block import Lanes, calmer, checked_lanes, out_of_range
from ..integrators.kernels import event_driven as kernel
from ..integrators.kernels.arguments import Window
from ..integrators.kernels.retrace import Traces
from ..noise.merged import Source, draw_events, source_of
from ..rounding import rounded
from .cost import Work, seconds_of_block

if TYPE_CHECKING:
    from typing import Any

    from ..integrators.block import Task

__all__ = ["Jump"]

_STRETCH = 20_000  # steps of a lane between two looks at the world outside the kernel
_EVENTS = 256  # events drawn at a time; it changes no result
_LONGEST_STEP = 1.0  # ms
_FIRST_STEP = 0.01  # ms
_LOOK = 0.4  # ms between two looks at the swings of V, if a step is no longer, and never more than six steps

# What a step may be at a tolerance of 1 ms. Local errors are of third order in its length, so length and roughness go
# like the cube root of the tolerance; the disagreement is of third order itself. Chosen from the frontier in
# docs/jump.md (analysis/benchmarks/jump_frontier.py).
_LENGTH = 3.5  # the longest, times the fastest rate of the model
_ROUGHNESS = 0.01  # root of `path.roughness`, as a part of the span of the variable that jumps
_DISAGREEMENT = 0.15  # of the two midpoint slopes, times the step, as a part of a variable's span


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

    name: ClassVar[Literal["jump"]] = "jump"
    parallel: ClassVar[bool] = True  # whether threads share its work
    cheaper: ClassVar[str] = "the diffusion, whose steps do not grow with the rates of the input"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tolerance", real("tolerance", self.tolerance, at_least=1e-8, at_most=0.1, unit="ms"))
        object.__setattr__(self, "lanes", checked_lanes(self.lanes))

    def settings(self) -> dict[str, Any]:
        """The settings that are recorded with a result."""
        return {key: value for key, value in asdict(self).items() if key != "lanes"}

    def check(self, task: Task) -> None:
        """Raise InputError for a task that this backend cannot simulate."""
        if task.events is None:
            source_of(task.drive)

    def longest_step(self, task: Task) -> float:
        """The longest step of the flow in a task, ms."""
        return min(_LONGEST_STEP, _LENGTH * self.part / max(task.system.fastest_rate, 1e-12))

    @property
    def part(self) -> float:
        """The cube root of the tolerance over 1 ms, to which lengths and roughness of steps are proportional."""
        return rounded(float(np.cbrt(self.tolerance)))

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
        return _Block(self, task)


class _Block:
    def __init__(self, backend, task):
        """Set-up."""
        self.task, system = task, task.system
        (source,) = system.sources
        n = len(system.variables)
        self.at = kernel.rows(n, len(task.swing_sizes))
        longest = backend.longest_step(task)
        self.lanes = Lanes(task, task.lanes, self.at, self.at.state, max(longest, _FIRST_STEP))
        self.lanes.rows(self.at.step)[:] = _FIRST_STEP
        self.lanes.rows(self.at.held)[:] = -np.inf
        self.lanes.rows(self.at.time)[:, task.n :] = np.inf  # padding lanes are at their end
        self.kernel = kernel.stepper(
            system.drift, n, source.variable, task.lanes, draw_events, resets=system.resets,
            sizes=len(task.swing_sizes),
        )  # fmt: skip
        roughest = _ROUGHNESS * backend.part * system.scales[source.variable]
        weights = tuple(1.0 / (_DISAGREEMENT * scale * backend.tolerance) for scale in system.scales)
        self.control = kernel.Control(longest, roughest * roughest, weights)
        # A step's lawful error may carry a gate that sits at its bound a little beyond.
        slack = max(1e-3, backend.tolerance)
        ranges = zip(system.ranges, system.scales, strict=True)
        self.ranges = tuple((low - slack * scale, high + slack * scale) for (low, high), scale in ranges)
        self.rule = system.jump_rule
        self.window = Window(system.initial[0], task.transient, task.duration)
        self.next_sample = np.full(task.n, self.lanes.samples.filled)
        step = min(longest, kernel.LOOKAHEAD / max(source.input.intensity, 1e-9))
        self.looks = task.looks(max(1, min(6, round(_LOOK / step))))
        self.unseen = np.zeros(1, dtype=np.int64)
        self.events = self._next_events(task.lanes)

    def _next_events(self, lanes):
        """Next event: buffers that the kernel refills by itself, or the whole of a recording."""
        task = self.task
        if task.events is None:
            source, held = source_of(task.drive), np.zeros(lanes, dtype=np.int64)
            held[task.n :] = kernel.LOOKAHEAD  # padding lanes draw nothing
            times, jumps = np.full((lanes, _EVENTS), np.inf), np.zeros((lanes, _EVENTS))
        else:
            source = Source(0.0, np.empty(0), np.empty(0))
            recorded = [task.events.acting(task.first + j) if j < task.n else ((), ()) for j in range(lanes)]
            held = np.array([len(t) for t, _ in recorded], dtype=np.int64)
            size = held.max() + kernel.LOOKAHEAD
            times, jumps = np.full((lanes, size), np.inf), np.zeros((lanes, size))
            for lane, (t, x) in enumerate(recorded):
                times[lane, : len(t)], jumps[lane, : len(t)] = t, x
        head, drawn = np.zeros(lanes, dtype=np.int64), np.zeros(lanes, dtype=np.int64)
        return kernel.Events(head, held, drawn, times, jumps, source)

    def advance(self, stretch=_STRETCH):
        """Advance; returns the time reached, ms, or None at the end."""
        lanes, task, samples = self.lanes, self.task, self.lanes.samples
        status, lane = self.kernel(
            lanes.w, stretch, samples.stop, self.events, task.stream, task.system.parameters, self.control, self.rule,
            self.ranges, self.window, lanes.buffer, Traces(samples.values, samples.times, self.next_sample),
            self.looks, self.unseen,
        )  # fmt: skip
        if status == kernel.STATUS_WRONG:
            raise self._wrong(lane)
        lanes.drain()
        if status == kernel.STATUS_DONE and samples.pause < task.duration:
            self.next_sample -= samples.reduce()
            status = kernel.STATUS_MORE
        time = min(lanes.rows(self.at.time)[0, : task.n])
        return None if status == kernel.STATUS_DONE else min(time, task.duration)

    def record(self):
        """What the block leaves."""
        return self.lanes.result(self.task.duration - self.task.transient)

    def _wrong(self, lane):
        low, high = self.task.neuron.ranges[0]
        V, time = self.lanes.state_of(lane)[0], self.lanes.rows(self.at.time)[0, lane]
        where = f"jump, trial {self.task.first + lane} at t = {time:.6g} ms"
        if low <= V <= high:
            rate = self.task.system.fastest_rate
            always = rate * kernel.SHORTEST_STEP > 1
            return UnstableStepError(
                f"{where}: the flow cannot be integrated from V = {V:.4g} mV, where the neuron is faster than steps of "
                f"{kernel.SHORTEST_STEP:g} ms: "
                + (f"already at its initial state it relaxes at {rate:.2g} per ms: check its constants and initial"
                   if always else calmer(self.task.neuron, V))
            )  # fmt: skip
        return out_of_range(where, V, self.task.neuron)
