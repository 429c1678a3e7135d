"""Diffusion: the input as Gaussian white noise of the same mean and variance, with a fixed time step.

dV = (f_V(x) + kappa_1) dt + sqrt(kappa_2) dW,    dx_i = f_i(x) dt  for the other variables
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..errors import InputError, real
from ..integrators import grid
from ..integrators.schemes import SCHEMES, Scheme, named
from ..integrators.task import checked_lanes
from ..messages import shown
from ..noise.gaussian import WhiteNoise
from .cost import Work, seconds_of_block
from .refusal import OwnSteps, refusing_scheme
from .scheme_contract import check_scheme

if TYPE_CHECKING:
    from typing import Any

    from ..annotations import Scheme as Name
    from ..integrators.task import Task

__all__ = ["Diffusion"]


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
            models with `linear_rates`) or "sra1" (strong order 1.5 for additive noise).
        lanes: number of trials advanced side by side, a multiple of 8; by default 64, or 16 if there are few trials.
            Results do not depend on it.

    In Python `scheme` may also be a `stochhh.backends.Scheme` of your own.

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

    name = "diffusion"
    parallel: ClassVar[bool] = True  # whether threads share its work
    cheaper: ClassVar[str] = "a longer dt"
    white_noise: ClassVar[bool] = True
    colour: ClassVar[str] = "#E69F00"
    dashes: ClassVar[tuple[float, tuple[float, float]]] = (0, (3.5, 1.2))

    def __post_init__(self) -> None:
        object.__setattr__(self, "dt", real("dt", self.dt, at_least=1e-6, at_most=1e6, unit="ms"))
        named(self.scheme)
        object.__setattr__(self, "lanes", checked_lanes(self.lanes))

    def settings(self) -> dict[str, Any]:
        """The settings that are recorded with a result."""
        return {"dt": self.dt, "scheme": named(self.scheme).name}

    def check(self, task: Task) -> None:
        """Raise InputError for a task that this backend cannot simulate."""
        scheme = named(self.scheme)
        if task.duration - task.transient < grid.steps_of(scheme) * self.dt:
            fit = f"{grid.steps_of(scheme)} steps fit between transient and duration"
            raise InputError("dt", self.dt, f"so short that {fit}, {task.duration - task.transient:g} ms")
        (source,) = task.system.sources
        if source.jump is not None and source.twin is None:
            allowed = "one whose events can be replaced by white noise: which add to the state, or have a Gaussian twin"
            raise InputError("source", source.jump, allowed, "use the jump or per-neuron backend")
        if source.jump is not None and scheme.additive:
            others = _schemes_without("additive")
            raise InputError("scheme", scheme.name, f"one of {others}, since the noise depends on the state")
        if scheme.of_V and source.moves != (0,):
            others = _schemes_without("of_V")
            raise InputError("scheme", scheme.name, f"one of {others}, since the input moves variables other than V")
        if scheme.linear and not hasattr(task.neuron, "linear_rates"):
            others = _schemes_without("linear")
            why = f"since the model {shown(task.neuron.name)} has no linear_rates (dx_i = a_i - b_i x_i)"
            raise InputError("scheme", scheme.name, f"one of {others}, {why}")
        if scheme.name not in SCHEMES:
            check_scheme(scheme, task.system, task.duration)
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
        scheme, noise = named(self.scheme), WhiteNoise(task.system.sources[0])
        if scheme.name in SCHEMES:
            return grid.Block(self, task, noise)
        with refusing_scheme(scheme, task.system):
            return OwnSteps(grid.Block(self, task, noise), scheme, task.system)


def _schemes_without(need):
    """The names of the library's schemes that do not declare this need."""
    return ", ".join(scheme.name for scheme in SCHEMES.values() if not getattr(scheme, need))
