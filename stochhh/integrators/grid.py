"""On a grid: steps of one length, in each of which an increment stands for what the input adds.

A realisation gives the increments: `increments(dt)`, their means and sizes, and `values`, which compiles what draws
their random values.
"""

from math import ceil, isfinite

from ..errors import UnstableStepError
from .advice import out_of_range, shorter
from .kernels import grid as kernel
from .kernels import grid_rows
from .kernels.arguments import Window
from .kernels.grid_rows import steps_of
from .kernels.grid_steps import Input
from .kernels.grid_watch import Traces
from .lanes import Lanes
from .schemes import named

__all__ = ["Block", "steps_of"]

_STRETCH = 4096  # groups of steps between two looks at the world outside the kernel
_LOOK = 0.5  # ms between two looks at the swings of V, if a group is no longer

# -zeta(1/2) / sqrt(2 pi): by so much of a step's noise a random walk goes beyond a barrier on the average, so that one
# put nearer by that much is reached as often as Brownian motion reaches the barrier itself.
_OVERSHOOT = 0.5825971579390106


class Block:
    """Trials that are integrated side by side, step by step.

    Arguments:
        backend: what the block is of: its `name`, for errors, the `scheme` of its steps and their length `dt`, ms.
        task: the Task.
        realisation: what draws the increments.
    """

    def __init__(self, backend, task, realisation):
        """Set-up."""
        self.name, self.task, system = backend.name, task, task.system
        self.scheme, self.dt = scheme, dt = named(backend.scheme), backend.dt
        (source,) = system.sources
        n, sizes = len(system.variables), len(task.swing_sizes)
        self.steps = steps_of(scheme)
        self.at = grid_rows.rows(n, len(source.moves), scheme, sizes, task.own_parameters)
        self.lanes = Lanes(task, self.at, self.steps * n, self.steps * dt)
        self.kernel = kernel.stepper(
            scheme, system.linear_rates if scheme.linear else system.drift, system.membrane_rate, n, source.moves,
            task.lanes, realisation.values, twin=source.twin, resets=system.resets, sizes=sizes,
            own=task.own_parameters,
        )  # fmt: skip
        group = self.steps * dt
        self.group = 0
        self.last_group = ceil(task.duration / group * (1 - 1e-12))
        self.sampled = tuple(int(t / group * (1 + 1e-12)) for t in (task.transient, task.duration))
        self.looks = task.looks(max(1, round(_LOOK / group)))
        self.input = Input(*realisation.increments(dt), dt)
        nearer = _OVERSHOOT * self._size_of_V(source) if system.resets and 0 in source.moves else 0.0
        self.rule = system.spike_rule._replace(threshold=system.spike_rule.threshold - nearer)
        self.window = Window(system.initial[0], *self.sampled)
        self.sample_every = round(task.interval / dt) if task.interval else 0

    def _size_of_V(self, source):
        """The noise of V in a step, at the threshold, mV."""
        k, system = source.moves.index(0), self.task.system
        x = (system.spike_rule.threshold, *system.initial[1:])
        return self.input.sizes[k] * (source.twin(x, system.parameters)[1][k] if source.twin else 1.0)

    def advance(self, stretch=_STRETCH):
        """Advance; returns the time reached, ms, or None at the end."""
        lanes, task, samples = self.lanes, self.task, self.lanes.samples
        pause = ceil(samples.stop / (self.steps * self.dt) * (1 - 1e-12))
        stop = min(self.group + stretch, pause)
        status, self.group, lane = self.kernel(
            lanes.w, self.group, stop, task.n, task.stream, task.system.parameters, self.input, self.rule,
            task.system.ranges, self.window, lanes.buffer, Traces(samples.values, self.sample_every, samples.first),
            self.looks,
        )  # fmt: skip
        if status == kernel.STATUS_UNSTABLE:
            raise self._unstable(lane)
        lanes.drain()
        if self.group == pause < self.last_group:
            samples.reduce()
        time = self.group * self.steps * self.dt
        return time if self.group < self.last_group else None

    def record(self):
        """What the block leaves."""
        first, last = self.sampled
        return self.lanes.result(last - first)

    def _unstable(self, lane):
        """What went wrong in the last group of steps, with the advice that follows from it.

        A membrane too fast for the scheme asks for another step, whatever the input; a V that was driven out of its
        range for a weaker input.
        """
        system, n = self.task.system, len(self.task.system.variables)
        path = self.lanes.rows(self.at.path, (self.steps + 1) * n)[:, lane].reshape(-1, n).tolist()
        inside = [all(low <= value <= high for value, (low, high) in zip(x, system.ranges, strict=True)) for x in path]
        wrong = inside.index(False) if False in inside else self.steps
        valid, V, (low, high) = path[: max(1, wrong)] + path[wrong:] * all(inside), path[wrong][0], system.ranges[0]
        time = ((self.group - 1) * self.steps + wrong) * self.dt
        where = f"{self.name}, trial {self.task.first + lane} at t = {time:.6g} ms"
        fastest = max(valid, key=lambda x: system.membrane_rate(x, system.parameters))
        advice = shorter(system, fastest, self.dt, 2) if self.scheme.explicit else None
        if advice is None and not low <= V <= high and isfinite(V):
            return out_of_range(where, V, system)
        advice = advice or "the state left its range: take a smaller dt"
        other = ', or scheme="splitting"' if self.scheme.explicit and system.linear_rates is not None else ""
        return UnstableStepError(f"{where}: {self.scheme.name} is unstable at dt = {self.dt:g} ms: {advice}{other}")
