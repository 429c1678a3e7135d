"""The leaky integrate-and-fire neuron: a passive membrane with a threshold and a reset."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from .parameters import CAPACITANCE, CONDUCTANCE, CURRENT, POTENTIAL, TIME, V_RANGE, check, packed
from .rest import resting_state, state_at_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

__all__ = ["LeakyIntegrateAndFire"]

Parameters = namedtuple("Parameters", "per_C_m g_L E_L I_app")


def vector_field(x, p):
    """(dV/dt,), in mV/ms, while the neuron is not refractory."""
    return ((p.I_app - p.g_L * (x[0] - p.E_L)) * p.per_C_m,)


def linear_rates(x, p):
    """(a, b) of dV/dt = a - b V."""
    return ((p.I_app + p.g_L * p.E_L) * p.per_C_m,), (p.g_L * p.per_C_m,)


def membrane_rate(x, p):
    """Leak conductance over capacitance, 1/ms."""
    return p.g_L * p.per_C_m


@dataclass(frozen=True)
class LeakyIntegrateAndFire:
    """The leaky integrate-and-fire neuron: a passive membrane with a threshold, a reset and a refractory period.

        C_m dV/dt = I_app - g_L (V - E_L),   tau = C_m / g_L

    When V reaches `threshold` from below, a spike occurs: V is set to `reset` and held there for the refractory
    period, during which input is lost.

    Arguments:
        C_m: membrane capacitance, uF/cm2, positive.
        g_L: leak conductance, mS/cm2, 0 or more.
        E_L: reversal potential of the leak, mV.
        I_app: constant applied current, uA/cm2.
        initial: state [V] at time 0, below the threshold, or "rest", the fixed point under I_app alone.
        threshold: potential at which a spike occurs, mV.
        reset: value of V after a spike, mV; below the threshold.
        refractory: refractory period, ms, 0 or more.

    The level `rearm` of other models equals the threshold here, since the reset ensures that a spike is counted once.

    Raises InputError, which names the argument, for a value outside these bounds.

    Sources: Lapicque, J. Physiol. Pathol. Gen. 9, 620 (1907); Brunel, J. Comput. Neurosci. 8, 183 (2000), sec. 2.1
    (defaults: tau = 20 ms, threshold and reset 20 and 10 mV above E_L, refractory period 2 ms; E_L = -70 mV is chosen
    here).

    >>> LeakyIntegrateAndFire(I_app=0.5).rest()
    (-60.0,)
    """

    C_m: float = 1.0
    g_L: float = 0.05
    E_L: float = -70.0
    I_app: float = 0.0
    initial: Sequence[float] | Literal["rest"] = (-70.0,)
    threshold: float = -50.0
    reset: float = -60.0
    refractory: float = 2.0

    name = "leaky-integrate-and-fire"
    variables = ("V",)
    ranges = (V_RANGE,)
    vector_field = staticmethod(vector_field)
    linear_rates = staticmethod(linear_rates)
    membrane_rate = staticmethod(membrane_rate)

    def __post_init__(self) -> None:
        check(self, C_m=CAPACITANCE, g_L=CONDUCTANCE, E_L=POTENTIAL, I_app=CURRENT, refractory=TIME)
        if self.initial != "rest":
            self._below_threshold(*self.initial)

    @property
    def rearm(self) -> float:
        """The level below which the neuron is armed, mV: the threshold."""
        return self.threshold

    @property
    def scales(self) -> tuple[float, ...]:
        """The span of V between two spikes, (mV,)."""
        return (self.threshold - self.reset,)

    def parameters(self) -> Parameters:
        """The constants of the vector field."""
        return packed(Parameters, self)

    def initial_state(self) -> tuple[float, ...]:
        """The state (V,) at time 0, mV.

        Raises InputError for initial = "rest" if the resting potential is not below the threshold.
        """
        x = state_at_start(self)
        return self._below_threshold(*x) if self.initial == "rest" else x

    def _below_threshold(self, V):
        if not V < self.threshold:
            at = f", and the neuron rests at {V:g} mV" if self.initial == "rest" else ""
            allowed = f"below the threshold, {self.threshold:g} mV{at}"
            raise InputError("initial", self.initial, allowed, "start lower, such as at the reset")
        return (V,)

    def steady_state(self, V: float) -> tuple[float, ...]:
        """The steady state at V (mV): V alone."""
        return (V,)

    def rest(self) -> tuple[float, ...]:
        """The fixed point (V,) of the membrane under I_app alone, E_L + I_app / g_L; it may lie above the threshold.

        Raises InputError if it does not exist or is out of range.
        """
        return resting_state(self)

    def currents(self, V: Any) -> dict[str, Any]:
        """The ionic current I_L in uA/cm2, outward positive.

        Arguments:
            V: membrane potential, mV, a number or an array.
        """
        return {"I_L": self.g_L * (V - self.E_L)}

    def as_dict(self) -> dict[str, Any]:
        """All settings by name, as they are recorded with results."""
        return asdict(self)
