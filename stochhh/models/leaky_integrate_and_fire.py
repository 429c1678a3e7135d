"""The leaky integrate-and-fire neuron: a passive membrane whose spikes are put in by hand."""

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


def stiffness(x, p):
    """Leak conductance over capacitance, 1/ms."""
    return p.g_L * p.per_C_m


@dataclass(frozen=True)
class LeakyIntegrateAndFire:
    """A membrane with a threshold: C_m dV/dt = I_app - g_L (V - E_L), with tau = C_m / g_L.

    When V reaches `threshold` from below, that is a spike: V is set to `reset` and held there for `refractory`, in
    which time input is lost; then it goes on.

    Arguments:
        C_m: membrane capacitance, uF/cm2, positive.
        g_L: leak conductance, mS/cm2, not negative.
        E_L: reversal potential of the leak, mV.
        I_app: constant applied current, uA/cm2.
        initial: state [V] at time 0, below the threshold, or "rest", the fixed point under I_app alone.
        threshold: a spike is V reaching this from below, mV.
        reset: where a spike leaves V, mV; below the threshold.
        refractory: how long it stays there, ms, 0 or more.

    The level `rearm` of other models is the threshold: the reset is what keeps one spike from being counted twice.
    Raises InputError, which names the argument, for a value outside these bounds.

    Source: Lapicque, J. Physiol. Pathol. Gen. 9, 620 (1907). The defaults are those of Brunel, J. Comput. Neurosci.
    8, 183 (2000), sec. 2.1: tau = 20 ms, threshold and reset 20 and 10 mV above E_L, refractory 2 ms; that E_L
    is -70 mV is our choice.

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
    stiffness = staticmethod(stiffness)

    def __post_init__(self) -> None:
        check(self, C_m=CAPACITANCE, g_L=CONDUCTANCE, E_L=POTENTIAL, I_app=CURRENT, refractory=TIME)
        if self.initial != "rest":
            self._below_threshold(*self.initial)

    @property
    def rearm(self) -> float:
        """Armed below this, mV: the threshold."""
        return self.threshold

    @property
    def scales(self) -> tuple[float, ...]:
        """The span of V between two spikes, (mV,)."""
        return (self.threshold - self.reset,)

    def parameters(self) -> Parameters:
        """The constants of the vector field."""
        return packed(Parameters, self)

    def initial_state(self) -> tuple[float, ...]:
        """The state (V,) at time 0, mV; InputError if the neuron is to start at a rest above its threshold."""
        x = state_at_start(self)
        return self._below_threshold(*x) if self.initial == "rest" else x

    def _below_threshold(self, V):
        if not V < self.threshold:
            at = f", and the neuron rests at {V:g} mV" if self.initial == "rest" else ""
            allowed = f"below the threshold, {self.threshold:g} mV{at}"
            raise InputError("initial", self.initial, allowed, "start lower, such as at the reset")
        return (V,)

    def steady_state(self, V: float) -> tuple[float, ...]:
        """The state in which all but V (mV) has come to rest: V alone."""
        return (V,)

    def rest(self) -> tuple[float, ...]:
        """The fixed point (V,) of the membrane under I_app alone, E_L + I_app / g_L, be it above the threshold.

        Raises InputError if it is out of range or none is.
        """
        return resting_state(self)

    def currents(self, V: Any) -> dict[str, Any]:
        """The ionic current I_L (uA/cm2, outward positive) of a state, a number or an array."""
        return {"I_L": self.g_L * (V - self.E_L)}

    def as_dict(self) -> dict[str, Any]:
        """All settings, by name."""
        return asdict(self)
