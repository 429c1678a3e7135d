"""The interface of a neuron model: what the rest of the library requires of it."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

__all__ = ["Neuron"]


@runtime_checkable
class Neuron(Protocol):
    """A deterministic neuron, dx/dt = f(x), with the membrane potential V as its first variable.

    `vector_field` and `membrane_rate` are written in plain scalar Python: numbers, tuples, `if`, and exp, expm1, log,
    sqrt, tanh, cosh, sin, cos, abs, min, max, where and clip of `math` or numpy. They are run as plain Python by the
    per-neuron backend and compiled for the others.

    Two members are optional: `linear_rates(x, p)`, the (a, b) of dx_i/dt = a_i - b_i x_i with the other variables
    fixed, which the splitting scheme needs, and `steady_state(V)`, from which the resting state is found.

    A model without an action potential has the members `reset` (mV, below the threshold) and `refractory` (ms) instead:
    a spike occurs when V reaches the threshold from below; V is then set to the reset and held there for the refractory
    period, during which the other variables evolve and input is lost. Its `rearm` is its threshold.
    """

    @property
    def name(self) -> str:
        """The name of the model in results."""
        ...

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the state variables; the first is "V"."""
        ...

    @property
    def ranges(self) -> tuple[tuple[float, float], ...]:
        """The range (low, high) of each variable; a run stops if the state leaves it."""
        ...

    @property
    def scales(self) -> tuple[float, ...]:
        """The range of each variable during a spike, to which errors are compared."""
        ...

    @property
    def threshold(self) -> float:
        """The level, mV, whose upward crossing by V is a spike if the neuron is armed."""
        ...

    @property
    def rearm(self) -> float:
        """The level below which V must fall before the next spike counts, mV."""
        ...

    def parameters(self) -> tuple[float, ...]:
        """The constants of the vector field: a named tuple of floats."""
        ...

    def initial_state(self) -> tuple[float, ...]:
        """The state at time 0."""
        ...

    @property
    def vector_field(self) -> Callable[[Any, Any], Any]:
        """A static method (x, p) that returns dx/dt at state x, a tuple, with the parameters p."""
        ...

    @property
    def membrane_rate(self) -> Callable[[Any, Any], Any]:
        """A static method (x, p) that returns the membrane rate g/C in 1/ms: the relaxation rate of V at fixed gates.

        It is the total conductance over the capacitance, with instantaneous gates such as m in the model of Wang and
        Buzsaki (1996) fixed as well. Explicit schemes are stable for time steps below 2 C/g.
        """
        ...

    def as_dict(self) -> dict[str, Any]:
        """All settings by name, as they are recorded with results."""
        ...
