"""The neuron of Morris and Lecar (1981), with the parameters of Rinzel and Ermentrout (1998)."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import asdict, dataclass
from math import cosh, tanh
from typing import TYPE_CHECKING

import numpy as np

from .parameters import CAPACITANCE, CONDUCTANCE, CURRENT, FACTOR, GATE, LEVEL, POTENTIAL, SLOPE, V_RANGE, check, packed
from .rest import resting_state, state_at_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

__all__ = ["MorrisLecar"]

Parameters = namedtuple("Parameters", "per_C_m g_Ca g_K g_L E_Ca E_K E_L I_app phi V1 per_V2 V3 per_V4")


def open_part(V, middle, per_slope):
    """The part of the channels that is open at rest at V: (1 + tanh((V - middle) / slope)) / 2."""
    return 0.5 + 0.5 * tanh((V - middle) * per_slope)


def vector_field(x, p):
    """(dV/dt, dw/dt), in mV/ms and 1/ms."""
    V, w = x
    m = open_part(V, p.V1, p.per_V2)
    ionic = p.g_Ca * m * (V - p.E_Ca) + p.g_K * w * (V - p.E_K) + p.g_L * (V - p.E_L)
    per_tau = p.phi * cosh((V - p.V3) * (0.5 * p.per_V4))
    return (p.I_app - ionic) * p.per_C_m, per_tau * (open_part(V, p.V3, p.per_V4) - w)


def membrane_rate(x, p):
    """Total conductance over capacitance, 1/ms; that m opens with V at once only lowers -d(dV/dt)/dV below E_Ca."""
    V, w = x
    return (p.g_Ca * open_part(V, p.V1, p.per_V2) + p.g_K * w + p.g_L) * p.per_C_m


@dataclass(frozen=True)
class MorrisLecar:
    """The barnacle muscle fibre of Morris and Lecar (1981).

        C_m dV/dt = I_app - g_Ca m (V - E_Ca) - g_K w (V - E_K) - g_L (V - E_L)
        m = (1 + tanh((V - V1)/V2)) / 2,   instantaneous
        dw/dt = phi cosh((V - V3)/(2 V4)) ((1 + tanh((V - V3)/V4)) / 2 - w)

    The default parameters give class 2 excitability: firing begins at a finite frequency, through a Hopf bifurcation.
    With `class_1` it begins at frequency 0, through a saddle-node on an invariant circle; with class_1(phi=0.23)
    through a homoclinic orbit.

    Arguments:
        C_m: membrane capacitance, uF/cm2, positive.
        g_Ca, g_K, g_L: maximal conductances, mS/cm2, 0 or more.
        E_Ca, E_K, E_L: reversal potentials, mV.
        I_app: constant applied current, uA/cm2.
        phi: rate of the potassium gate, 1/ms, positive.
        V1, V3: half-activation potentials of the calcium and the potassium channels, mV.
        V2, V4: widths of their activation curves, mV, 1.5 or more.
        initial: state (V, w) at time 0, or "rest", the fixed point under I_app alone.
        threshold: a spike is an upward crossing of this level by V while armed, mV.
        rearm: level below which V must fall before the next spike counts, mV; below the threshold.

    Raises InputError, which names the argument, for a value outside these bounds.

    Sources: Morris and Lecar, Biophys. J. 35, 193 (1981) (equations, here with instantaneous m); Rinzel and Ermentrout,
    in Koch and Segev, Methods in Neuronal Modeling (1998), ch. 7, eqs. 4 to 6 and appendix A (both parameter sets).

    >>> V, w = MorrisLecar.class_1(I_app=30).rest()
    >>> round(V, 3), round(w, 6)
    (-41.845, 0.002047)
    """

    C_m: float = 20.0
    g_Ca: float = 4.4
    g_K: float = 8.0
    g_L: float = 2.0
    E_Ca: float = 120.0
    E_K: float = -84.0
    E_L: float = -60.0
    I_app: float = 0.0
    phi: float = 0.04
    V1: float = -1.2
    V2: float = 18.0
    V3: float = 2.0
    V4: float = 30.0
    initial: Sequence[float] | Literal["rest"] = (-60.855, 0.0149)
    threshold: float = 0.0
    rearm: float = -20.0

    name = "morris-lecar"
    variables = ("V", "w")
    ranges = (V_RANGE, GATE)
    scales = (100.0, 1.0)
    vector_field = staticmethod(vector_field)
    membrane_rate = staticmethod(membrane_rate)

    def __post_init__(self) -> None:
        check(
            self, C_m=CAPACITANCE, g_Ca=CONDUCTANCE, g_K=CONDUCTANCE, g_L=CONDUCTANCE, E_Ca=POTENTIAL, E_K=POTENTIAL,
            E_L=POTENTIAL, I_app=CURRENT, phi=FACTOR, V1=LEVEL, V2=SLOPE, V3=LEVEL, V4=SLOPE,
        )  # fmt: skip

    @classmethod
    def class_1(cls, **settings: Any) -> MorrisLecar:
        """A neuron with class 1 excitability: phi = 0.067, g_Ca = 4, V3 = 12, V4 = 17.4.

        Arguments:
            settings: further arguments of MorrisLecar, such as I_app=30; they replace those of this set.
        """
        own: dict[str, Any] = {"phi": 0.067, "g_Ca": 4.0, "V3": 12.0, "V4": 17.4, "initial": (-59.47, 0.00027)}
        return cls(**own | settings)

    def parameters(self) -> Parameters:
        """The constants of the vector field."""
        return packed(Parameters, self)

    def initial_state(self) -> tuple[float, ...]:
        """The state (V, w) at time 0: V in mV, w between 0 and 1."""
        return state_at_start(self)

    def steady_state(self, V: float) -> tuple[float, ...]:
        """The steady state of w at V (mV)."""
        return V, open_part(V, self.V3, 1.0 / self.V4)

    def rest(self) -> tuple[float, ...]:
        """The fixed point (V, w) under I_app alone, the one of lowest V if there are several.

        Found by bisection, exact up to rounding; it may be unstable.

        Raises InputError if there is none in the range of the model.
        """
        return resting_state(self)

    def currents(self, V: Any, w: Any) -> dict[str, Any]:
        """Ionic currents I_Ca, I_K, I_L in uA/cm2, outward positive.

        Arguments:
            V: membrane potential, mV, a number or an array.
            w: gating variable, of the shape of V.
        """
        m = np.vectorize(open_part)(V, self.V1, 1.0 / self.V2)
        return {
            "I_Ca": self.g_Ca * m * (V - self.E_Ca),
            "I_K": self.g_K * w * (V - self.E_K),
            "I_L": self.g_L * (V - self.E_L),
        }

    def as_dict(self) -> dict[str, Any]:
        """All settings by name, as they are recorded with results."""
        return asdict(self)
