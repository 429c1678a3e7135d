"""Diffusion: the input as Gaussian white noise of the same mean and variance, with a fixed time step.

dV = (f_V(x) + kappa_1) dt + sqrt(kappa_2) dW,    dx_i = f_i(x) dt  for the other variables
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite, sqrt
from typing import TYPE_CHECKING, ClassVar, Literal

from ..errors import InputError, UnstableStepError, real
from ..integrators.block import Lanes, checked_lanes, out_of_range, shorter
from ..integrators.kernels import grid as kernel
from ..integrators.kernels.arguments import Window
from ..integrators.schemes import SCHEMES, Scheme, named
from ..messages import shown
from ..random import diffusion_normals
from .cost import Work, seconds_of_block

if TYPE_CHECKING:
    from typing import Any

    from ..annotations import Scheme as Name
    from ..integrators.block import Task

__all__ = ["Diffusion"]

_STRETCH = 4096  # groups of steps between two looks at the world outside the kernel
_LOOK = 0.5  # ms between two looks at the swings of V, if a group is no longer

# -zeta(1/2) / sqrt(2 pi): by so much of a step's noise a random walk goes beyond a barrier on the average, so that one
# put nearer by that much is reached as often as Brownian motion reaches the barrier itself.
_OVERSHOOT = 0.5825971579390106


@dataclass(frozen=True)
class Diffusion:
    """The diffusion approximation: Gaussian white noise in place of the events, integrated with a fixed time step.

        dV = (f_V(x) + kappa_1) dt + sqrt(kappa_2) dW,    the other variables as before
        Euler-Maruyama:  V_{i+1} = V_i + (f_V(x_i) + kappa_1) dt + sqrt(kappa_2 dt) z_i,   z_i standard normal

    Exact: the mean kappa_1 and the variance kappa_2 of the input per ms.
    Approximate: all higher cumulants of the input are set to 0, and the time step adds a bias, of weak order 1 in dt
    for "euler-maruyama" and of weak order 2 for the other schemes. Spike times are interpolated linearly within a step.
    Averages of V use every fourth step (every second for "sra1"). For a model with a reset, V may cross the threshold
    and return between two steps; the threshold is therefore lowered by 0.5826 sqrt(kappa_2 dt), which leaves an error
    of order dt.

    Arguments:
        dt: time step, ms.
        scheme: "euler-maruyama", "heun" (stochastic Heun), "splitting" (Strang; gates stay in [0, 1] for any dt; for
            models with `linear_rates`) or "sra1" (strong order 1.5 for additive noise); or a
            `integrators.schemes.Scheme` of your own.
        lanes: number of trials advanced side by side, a multiple of 8; by default 64, or 16 if there are few trials.
            Results do not depend on it.

    Raises InputError, which names the argument, for a dt outside 1e-6 to 1e6 ms, an unknown scheme or another number
    of lanes.

    Sources: Maruyama, Rend. Circ. Mat. Palermo 4, 48 (1955); for the other schemes see `schemes`; for the
    threshold of a reset Broadie, Glasserman and Kou, Math. Finance 7, 325 (1997), theorem 1.1.

    >>> Diffusion(dt=0.02, scheme="heun").settings()
    {'dt': 0.02, 'scheme': 'heun'}
    """

    dt: float = 0.01
    scheme: Name | Scheme = "euler-maruyama"
    lanes: int | None = None

    name: ClassVar[Literal["diffusion"]] = "diffusion"
    parallel: ClassVar[bool] = True  # whether threads share its work
    cheaper: ClassVar[str] = "a longer dt"

    def __post_init__(self) -> None:
        object.__setattr__(self, "dt", real("dt", self.dt, at_least=1e-6, at_most=1e6, unit="ms"))
        named(self.scheme)
        object.__setattr__(self, "lanes", checked_lanes(self.lanes))

    def settings(self) -> dict[str, Any]:
        """The settings that are recorded with a result."""
        return {"dt": self.dt, "scheme": named(self.scheme).name}

    def check(self, task: Task) -> None:
        """Raise InputError for a task that this backend cannot simulate."""
        if task.events is not None:
            allowed = "omitted with the diffusion backend, which has no events to replay"
            raise InputError("events", task.events, allowed, "use the jump or per-neuron backend")
        scheme = named(self.scheme)
        if task.duration - task.transient < kernel.steps_of(scheme) * self.dt:
            fit = f"{kernel.steps_of(scheme)} steps fit between transient and duration"
            raise InputError("dt", self.dt, f"so short that {fit}, {task.duration - task.transient:g} ms")
        if scheme.linear and not hasattr(task.neuron, "linear_rates"):
            others = ", ".join(s.name for s in SCHEMES.values() if not s.linear)
            why = f"since the model {shown(task.neuron.name)} has no linear_rates (dx_i = a_i - b_i x_i)"
            raise InputError("scheme", scheme.name, f"one of {others}, {why}")
        if task.interval is not None:
            every = task.interval / self.dt
            if round(every) < 1 or abs(every - round(every)) > 1e-9 * every:
                error = InputError(
                    "trace_interval" if task.membrane is None else "interval", task.interval,
                    f"a whole multiple of the time step, dt = {self.dt:g} (ms)",
                )  # fmt: skip
                raise error if task.membrane is None else error.within(argument="membrane")

    def work(self, task: Task) -> tuple[Work, ...]:
        """The operations of one trial of a task that determine its cost, a tuple of Work."""
        return (Work(task.duration / self.dt, "steps", 1e-6),)

    def seconds(self, task: Task) -> float:
        """The run time of a task, one block of trials, in seconds, extrapolated from its beginning."""
        return seconds_of_block(self, task)

    def open(self, task):
        """Return the trials of a task as a block at time 0."""
        return _Block(self, task)


class _Block:
    def __init__(self, backend, task):
        """Set-up."""
        self.task, self.dt = task, backend.dt
        system = task.system
        (source,) = system.sources
        n = len(system.variables)
        self.scheme = named(backend.scheme)
        self.steps = kernel.steps_of(self.scheme)
        self.at = kernel.rows(n, self.scheme, len(task.swing_sizes))
        self.lanes = Lanes(task, task.lanes, self.at, self.steps * n, self.steps * self.dt)
        drift = system.linear_rates if self.scheme.linear else system.drift
        self.kernel = kernel.stepper(
            self.scheme, drift, system.membrane_rate, n, source.variable, task.lanes, diffusion_normals,
            resets=system.resets, sizes=len(task.swing_sizes),
        )  # fmt: skip
        group = self.steps * self.dt
        self.group = 0
        self.last_group = ceil(task.duration / group * (1 - 1e-12))
        self.sampled = tuple(int(t / group * (1 + 1e-12)) for t in (task.transient, task.duration))
        self.looks = task.looks(max(1, round(_LOOK / group)))
        self.drive = kernel.Drive(source.input.cumulant(1), sqrt(source.input.cumulant(2) * self.dt), self.dt)
        nearer = _OVERSHOOT * self.drive.size if system.resets and source.variable == 0 else 0.0
        self.rule = system.spike_rule._replace(threshold=system.spike_rule.threshold - nearer)
        self.window = Window(system.initial[0], *self.sampled)
        self.sample_every = round(task.interval / self.dt) if task.interval else 0

    def advance(self, stretch=_STRETCH):
        """Advance; returns the time reached, ms, or None at the end."""
        lanes, task, samples = self.lanes, self.task, self.lanes.samples
        pause = ceil(samples.stop / (self.steps * self.dt) * (1 - 1e-12))
        stop = min(self.group + stretch, pause)
        status, self.group, lane = self.kernel(
            lanes.w, self.group, stop, task.n, task.stream, task.system.parameters, self.drive, self.rule,
            task.system.ranges, self.window, lanes.buffer,
            kernel.Traces(samples.values, self.sample_every, samples.first), self.looks,
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
        neuron, n = self.task.neuron, len(self.task.neuron.variables)
        path = self.lanes.rows(self.at.path, (self.steps + 1) * n)[:, lane].reshape(-1, n).tolist()
        ranges, p = neuron.ranges, neuron.parameters()
        inside = [all(low <= value <= high for value, (low, high) in zip(x, ranges, strict=True)) for x in path]
        wrong = inside.index(False) if False in inside else self.steps
        valid, V, (low, high) = path[: max(1, wrong)] + path[wrong:] * all(inside), path[wrong][0], ranges[0]
        time = ((self.group - 1) * self.steps + wrong) * self.dt
        where = f"diffusion, trial {self.task.first + lane} at t = {time:.6g} ms"
        fastest = max(valid, key=lambda x: neuron.membrane_rate(x, p))
        advice = shorter(neuron, fastest, p, self.dt, 2) if self.scheme.explicit else None
        if advice is None and not low <= V <= high and isfinite(V):
            return out_of_range(where, V, neuron)
        advice = advice or "the state left its range: take a smaller dt"
        other = ', or scheme="splitting"' if self.scheme.explicit and hasattr(neuron, "linear_rates") else ""
        return UnstableStepError(f"{where}: {self.scheme.name} is unstable at dt = {self.dt:g} ms: {advice}{other}")
