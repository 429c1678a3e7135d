"""The passive membrane: a leak current alone, for which the stationary cumulants of V are known exactly."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from .parameters import CAPACITANCE, CONDUCTANCE, CURRENT, POTENTIAL, V_RANGE, check, packed
from .rest import resting_state, state_at_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

__all__ = ["Passive"]

Parameters = namedtuple("Parameters", "per_C_m g_L E_L I_app")


def vector_field(x, p):
    """(dV/dt,), in mV/ms."""
    return ((p.I_app - p.g_L * (x[0] - p.E_L)) * p.per_C_m,)


def membrane_rate(x, p):
    """Leak conductance over capacitance, 1/ms."""
    return p.g_L * p.per_C_m


@dataclass(frozen=True)
class Passive:
    """The passive membrane, without voltage-gated channels.

        C_m dV/dt = I_app - g_L (V - E_L),   tau = C_m / g_L

    It has no action potentials; a "spike" is only a crossing of the threshold by V. With the exact input, the
    stationary V has the mean E_L + (I_app + C_m kappa_1)/g_L and the j-th cumulant kappa_j tau / j, j >= 2 (Campbell's
    theorem); in the diffusion approximation the first two are the same and all others 0.

    Arguments:
        C_m: membrane capacitance, uF/cm2, positive.
        g_L: leak conductance, mS/cm2, 0 or more.
        E_L: reversal potential of the leak, mV.
        I_app: constant applied current, uA/cm2.
        initial: state [V] at time 0, or "rest", the fixed point under I_app alone.
        threshold: a spike is an upward crossing of this level by V while armed, mV.
        rearm: level below which V must fall before the next spike counts, mV; below the threshold.

    Raises InputError, which names the argument, for a value outside these bounds.

    Source: Rice, Bell Syst. Tech. J. 23, 282 (1944), secs. 1.2, 1.5 (Campbell's theorem). The default values, with
    tau = 10 ms, are not taken from a publication.

    >>> Passive(I_app=1.5).rest()
    (-50.0,)
    """

    C_m: float = 1.0
    g_L: float = 0.1
    E_L: float = -65.0
    I_app: float = 0.0
    initial: Sequence[float] | Literal["rest"] = (-65.0,)
    threshold: float = 0.0
    rearm: float = -30.0

    name = "passive"
    variables = ("V",)
    ranges = (V_RANGE,)
    scales = (100.0,)
    vector_field = staticmethod(vector_field)
    membrane_rate = staticmethod(membrane_rate)

    def __post_init__(self) -> None:
        check(self, C_m=CAPACITANCE, g_L=CONDUCTANCE, E_L=POTENTIAL, I_app=CURRENT)

    def parameters(self) -> Parameters:
        """The constants of the vector field."""
        return packed(Parameters, self)

    def initial_state(self) -> tuple[float, ...]:
        """The state (V,) at time 0, mV."""
        return state_at_start(self)

    def steady_state(self, V: float) -> tuple[float, ...]:
        """The steady state at V (mV): V alone."""
        return (V,)

    def rest(self) -> tuple[float, ...]:
        """The fixed point (V,) under I_app alone, E_L + I_app / g_L.

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
