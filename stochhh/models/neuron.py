"""What the rest of the library asks of a neuron."""

from typing import NamedTuple, Protocol, runtime_checkable

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

    name: str
    variables: tuple[str, ...]  # names of the state variables; the first is "V"
    ranges: tuple[tuple[float, float], ...]  # a state outside is none of this model's: the run is stopped
    scales: tuple[float, ...]  # the span of each variable in a spike: what an error is measured against
    threshold: float  # mV: a spike is V crossing it from below while armed
    rearm: float  # mV: armed again below this

    def parameters(self) -> NamedTuple:
        """The constants of the vector field, floats only."""

    def initial_state(self) -> tuple[float, ...]:
        """The state at time 0."""

    @staticmethod
    def vector_field(x, p):
        """dx/dt at state x, a tuple, with the parameters p."""

    @staticmethod
    def stiffness(x, p):
        """Rate (1/ms) at which V alone relaxes: total conductance over capacitance, every gate held.

        A gate that follows V at once, as m does in Wang and Buzsaki's model, counts as held too. An explicit step must
        stay below 2 / it.
        """

    def as_dict(self) -> dict:
        """All settings, by name: what is recorded with a result."""
