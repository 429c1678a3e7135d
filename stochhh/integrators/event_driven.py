"""From event to event: the flow between the events of an input, every event at its exact time.

A realisation gives the events: `events(task, ahead)`, and the compiled `refill` that draws more of them.
"""

import numpy as np

from ..errors import UnstableStepError
from ..rounding import rounded
from .advice import calmer, out_of_range
from .kernels import event_driven as kernel
from .kernels import event_rows
from .kernels.arguments import Window
from .kernels.event_stages import SHORTEST_STEP, Control
from .kernels.retrace import Traces
from .lanes import Lanes

__all__ = ["Block", "longest_step"]

_STRETCH = 20_000  # steps of a lane between two looks at the world outside the kernel
_LONGEST_STEP = 1.0  # ms
_FIRST_STEP = 0.01  # ms
_LOOK = 0.4  # ms between two looks at the swings of V, if a step is no longer, and never more than six steps

# What a step may be at a tolerance of 1 ms. Local errors are of third order in its length, so length and roughness go
# like the cube root of the tolerance; the disagreement is of third order itself. Chosen from the frontier in
# docs/jump.md (analysis/benchmarks/jump_frontier.py).
_LENGTH = 3.5  # the longest, times the fastest rate of the model
_ROUGHNESS = 0.01  # root of `path.roughness`, as a part of the span of the variable that jumps
_DISAGREEMENT = 0.15  # of the two midpoint slopes, times the step, as a part of a variable's span


def longest_step(system, tolerance):
    """The longest step of the flow of a System, ms, for spike times to a tolerance in ms."""
    return min(_LONGEST_STEP, _LENGTH * _part(tolerance) / max(system.fastest_rate, 1e-12))


def _part(tolerance):
    """The cube root of the tolerance over 1 ms, to which lengths and roughness of steps are proportional."""
    return rounded(float(np.cbrt(tolerance)))


class Block:
    """Trials that are integrated side by side, from event to event.

    Arguments:
        backend: what the block is of: its `name`, for errors, and its `tolerance` of a spike time, ms.
        task: the Task.
        realisation: what draws the events.
    """

    def __init__(self, backend, task, realisation):
        """Set-up."""
        self.name, self.task, system, tolerance = backend.name, task, task.system, backend.tolerance
        (source,) = system.sources
        n, sizes = len(system.variables), len(task.swing_sizes)
        self.at = event_rows.rows(n, len(source.adds_to), source.marks, sizes, task.own_parameters)
        longest = longest_step(system, tolerance)
        self.lanes = Lanes(task, self.at, self.at.state, max(longest, _FIRST_STEP))
        self.lanes.rows(self.at.step)[:] = _FIRST_STEP
        self.lanes.rows(self.at.held)[:] = -np.inf
        self.lanes.rows(self.at.time)[:, task.n :] = np.inf  # padding lanes are at their end
        self.kernel = kernel.stepper(
            system.drift, n, source.adds_to, source.marks, source.jump, task.lanes, realisation.refill,
            resets=system.resets, sizes=sizes, own=task.own_parameters,
        )  # fmt: skip
        self.control = _control(system, source, longest, tolerance)
        # A step's lawful error may carry a gate that sits at its bound a little beyond.
        slack = max(1e-3, tolerance)
        ranges = zip(system.ranges, system.scales, strict=True)
        self.ranges = tuple((low - slack * scale, high + slack * scale) for (low, high), scale in ranges)
        self.rule = system.jump_rule
        self.window = Window(system.initial[0], task.transient, task.duration)
        self.next_sample = np.full(task.n, self.lanes.samples.filled)
        step = min(longest, event_rows.LOOKAHEAD / max(source.input.intensity, 1e-9))
        self.looks = task.looks(max(1, min(6, round(_LOOK / step))))
        self.unseen = np.zeros(1, dtype=np.int64)
        self.events = realisation.events(task, event_rows.LOOKAHEAD)

    def advance(self, stretch=_STRETCH):
        """Advance; returns the time reached, ms, or None at the end."""
        lanes, task, samples = self.lanes, self.task, self.lanes.samples
        status, lane = self.kernel(
            lanes.w, stretch, samples.stop, self.events, task.stream, task.system.parameters, self.control,
            self.rule, self.ranges, self.window, lanes.buffer,
            Traces(samples.values, samples.times, self.next_sample), self.looks, self.unseen,
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
        system = self.task.system
        low, high = system.ranges[0]
        V, time = self.lanes.state_of(lane)[0], self.lanes.rows(self.at.time)[0, lane]
        where = f"{self.name}, trial {self.task.first + lane} at t = {time:.6g} ms"
        if low <= V <= high:
            rate = system.fastest_rate
            always = rate * SHORTEST_STEP > 1
            return UnstableStepError(
                f"{where}: the flow cannot be integrated from V = {V:.4g} mV, where the neuron is faster than steps of "
                f"{SHORTEST_STEP:g} ms: "
                + (f"already at its initial state it relaxes at {rate:.2g} per ms: check its constants and initial"
                   if always else calmer(system, V))
            )  # fmt: skip
        return out_of_range(where, V, system)


def _control(system, source, longest, tolerance):
    """What bounds a step for this tolerance."""
    roughest = (_ROUGHNESS * _part(tolerance) * system.scales[k] for k in source.adds_to)
    weights = (1.0 / (_DISAGREEMENT * scale * tolerance) for scale in system.scales)
    return Control(longest, tuple(size * size for size in roughest), tuple(weights))
