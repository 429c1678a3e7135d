"""The equation that a neuron and its input make; backends integrate it, and know neither.

dx = f(t, x) dt + sum over the sources of [ J(x, mark) - x ] at the source's events
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from .fingerprints import present
from .models.jacobians import fastest_rate
from .spike_rule import SpikeRule

if TYPE_CHECKING:
    from .inputs import SynapticInput
    from .models import Neuron

__all__ = ["Source", "System", "Variable", "compose"]

# Of the span of V: more than what the rounding of ten thousand equal jumps adds up to.
_ROUNDING = 3e-11


class Variable(NamedTuple):
    """A state variable."""

    name: str
    range: tuple[float, float]  # a run stops if it is left
    scale: float  # its span during a spike


class Source(NamedTuple):
    """A clock: a Poisson process of events, each with a mark, a tuple of numbers, and what an event does to the state.

    An additive source adds number c of the mark to variable moves[c]; another one has a map in its place, and a
    Gaussian twin: the mean of what its events do to the state, and the root of its mean square.
    """

    input: SynapticInput  # when, and of which mark: the merged process of all populations
    moves: tuple[int, ...] = (0,)  # numbers of the variables that are moved
    jump: Callable[..., Any] | None = None  # the map (x, mark, p) -> the state after the event
    marks: int = 1  # how many numbers a mark has
    twin: Callable[..., Any] | None = None  # of a map: (x, p) -> means per ms, sizes per root of a ms, of each variable

    @property
    def adds_to(self) -> tuple[int, ...]:
        """The variables to which events add; none where they act by a map."""
        return self.moves if self.jump is None else ()

    def land(self, x: tuple[float, ...], mark: tuple[float, ...], p: Any) -> tuple[float, ...]:
        """The state after an event, in plain Python."""
        if self.jump is not None:
            return self.jump(x, mark, p)
        y = list(x)
        for k, by in zip(self.moves, mark, strict=True):
            y[k] += by
        return tuple(y)

    @property
    def moves_V(self) -> bool:
        """Whether V may jump at an event."""
        return 0 in self.moves or self.jump is not None


@dataclass(frozen=True)
class System:
    """An equation. Its functions are plain Python, as they were when it was made; the kernels compile them.

    Arguments:
        name: that of the neuron, for errors.
        variables: in the order of the state; the first is V.
        drift: f(t, x, p).
        linear_rates: (a, b)(t, x, p), with which f_i = a_i - b_i x_i; None where a model has none.
        membrane_rate: g/C (x, p), 1/ms.
        parameters: p, a named tuple.
        sources: what moves the state beside the drift.
        spike_rule: what a spike is, and what it does.
        resets: whether a spike ends in a reset.
        initial: the state at time 0.
        fastest_rate: of the drift in that state, 1/ms.
    """

    name: str
    variables: tuple[Variable, ...]
    drift: Callable[..., Any]
    linear_rates: Callable[..., Any] | None
    membrane_rate: Callable[..., Any]
    parameters: tuple[float, ...]
    sources: tuple[Source, ...]
    spike_rule: SpikeRule
    resets: bool
    initial: tuple[float, ...]
    fastest_rate: float

    @property
    def ranges(self) -> tuple[tuple[float, float], ...]:
        """Of all variables."""
        return tuple(variable.range for variable in self.variables)

    @property
    def scales(self) -> tuple[float, ...]:
        """Of all variables."""
        return tuple(variable.scale for variable in self.variables)

    @property
    def jump_rule(self) -> SpikeRule:
        """The spike rule where events move V: a sum of equal jumps may end a rounding error below a level."""
        rule, moved = self.spike_rule, any(source.moves_V for source in self.sources)
        rounding = _ROUNDING * self.scales[0] if moved else 0.0
        return rule._replace(rearm=rule.rearm - rounding, reached=rule.threshold - rounding)


def compose(neuron: Neuron, drive: SynapticInput) -> System:
    """The equation of a neuron and its input."""
    target, initial = neuron.variables.index(drive.target), neuron.initial_state()
    rates = getattr(neuron, "linear_rates", None)
    after = getattr(neuron, "reset", nan), getattr(neuron, "refractory", 0.0)
    return System(
        name=neuron.name,
        variables=tuple(map(Variable, neuron.variables, neuron.ranges, neuron.scales)),
        drift=_in_time(present(neuron.vector_field)),
        linear_rates=None if rates is None else _in_time(present(rates)),
        membrane_rate=present(neuron.membrane_rate),
        parameters=neuron.parameters(),
        sources=(Source(drive, (target,)),),
        spike_rule=SpikeRule(neuron.threshold, neuron.rearm, neuron.threshold, *after),
        resets=hasattr(neuron, "reset"),
        initial=initial,
        fastest_rate=fastest_rate(neuron, initial),
    )


@cache
def _in_time(function):
    """A function of (x, p) as one of (t, x, p); the same one whenever it is asked for, so that it compiles once."""

    def in_time(t, x, p):
        return function(x, p)

    return in_time
