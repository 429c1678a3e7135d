"""What the rest of the library asks of a neuron."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

__all__ = ["Neuron"]


@runtime_checkable
class Neuron(Protocol):
    """A deterministic neuron dx/dt = f(x), with the membrane potential V as its first variable.

    `vector_field` and `stiffness` are plain scalar Python: numbers, tuples, `if`, and exp, expm1, log, sqrt, tanh,
    cosh, sin, cos, abs, min, max, where and clip of `math` or numpy. They run as they stand in the per-neuron backend,
    and compiled in the others.

    A model may besides give `linear_rates(x, p)`, the (a, b) of dx_i/dt = a_i - b_i x_i with the other variables held,
    which the splitting scheme needs, and `steady_state(V)`, from which the resting state is found.

    A model may have no action potential of its own, but a `reset` (mV, below the threshold) and `refractory` (ms): when
    V reaches the threshold from below, that is a spike, V is set to the reset and held there for the refractory time,
    in which the other variables go on and input is lost; then the neuron goes on, armed, `rearm` being its threshold.
    """

    @property
    def name(self) -> str:
        """What results call the model."""
        ...

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the state variables; the first is "V"."""
        ...

    @property
    def ranges(self) -> tuple[tuple[float, float], ...]:
        """(low, high) of each variable: a run stops where the state leaves them."""
        ...

    @property
    def scales(self) -> tuple[float, ...]:
        """The span of each variable in a spike, against which errors are measured."""
        ...

    @property
    def threshold(self) -> float:
        """A spike is V crossing this from below while armed, mV."""
        ...

    @property
    def rearm(self) -> float:
        """Armed again below this, mV."""
        ...

    def parameters(self) -> tuple[float, ...]:
        """The constants of the vector field: a named tuple of floats."""
        ...

    def initial_state(self) -> tuple[float, ...]:
        """The state at time 0."""
        ...

    @property
    def vector_field(self) -> Callable[[Any, Any], Any]:
        """A static method (x, p): dx/dt at state x, a tuple, with the parameters p."""
        ...

    @property
    def stiffness(self) -> Callable[[Any, Any], Any]:
        """A static method (x, p): the rate (1/ms) at which V alone relaxes, every gate held.

        It is the total conductance over the capacitance. A gate that follows V at once, as m does in Wang and
        Buzsaki's model, counts as held too. An explicit step must stay below 2 / it.
        """
        ...

    def as_dict(self) -> dict[str, Any]:
        """All settings, by name: what is recorded with a result."""
        ...
