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


def stiffness(x, p):
    """Total conductance over capacitance, 1/ms; that m opens with V at once only lowers -d(dV/dt)/dV below E_Ca."""
    V, w = x
    return (p.g_Ca * open_part(V, p.V1, p.per_V2) + p.g_K * w + p.g_L) * p.per_C_m


@dataclass(frozen=True)
class MorrisLecar:
    """The barnacle muscle fibre: C_m dV/dt = I_app - g_Ca m (V - E_Ca) - g_K w (V - E_K) - g_L (V - E_L).

        m = (1 + tanh((V - V1)/V2)) / 2,   at once
        dw/dt = phi cosh((V - V3)/(2 V4)) ((1 + tanh((V - V3)/V4)) / 2 - w)

    The default is of class 2: it begins to fire at a frequency of its own, by a Hopf bifurcation. `class_1` begins
    at frequency 0, by a saddle-node on the limit cycle; class_1(phi=0.23) by a homoclinic orbit.

    Arguments:
        C_m: membrane capacitance, uF/cm2, positive.
        g_Ca, g_K, g_L: maximal conductances, mS/cm2, not negative.
        E_Ca, E_K, E_L: reversal potentials, mV.
        I_app: constant applied current, uA/cm2.
        phi: rate of the potassium gate, 1/ms, positive.
        V1, V3: potentials at which half of the calcium, of the potassium channels are open, mV.
        V2, V4: widths over which they open, mV, 1.5 or more.
        initial: state (V, w) at time 0, or "rest", the fixed point under I_app alone.
        threshold: a spike is V crossing this from below while armed, mV.
        rearm: armed again when V falls below this, mV; below the threshold.

    Raises InputError, which names the argument, for a value outside these bounds.

    The equations are those of Morris and Lecar, Biophys. J. 35, 193 (1981), with m at rest at once; both parameter
    sets are those of Rinzel and Ermentrout, in Koch and Segev, Methods in Neuronal Modeling (1998), ch. 7,
    eqs. 4 to 6 and appendix A in the authors' text.

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
    stiffness = staticmethod(stiffness)

    def __post_init__(self) -> None:
        check(
            self, C_m=CAPACITANCE, g_Ca=CONDUCTANCE, g_K=CONDUCTANCE, g_L=CONDUCTANCE, E_Ca=POTENTIAL, E_K=POTENTIAL,
            E_L=POTENTIAL, I_app=CURRENT, phi=FACTOR, V1=LEVEL, V2=SLOPE, V3=LEVEL, V4=SLOPE,
        )  # fmt: skip

    @classmethod
    def class_1(cls, **settings: Any) -> MorrisLecar:
        """The neuron that begins to fire at frequency 0: phi = 0.067, g_Ca = 4, V3 = 12, V4 = 17.4.

        Arguments:
            settings: those that shall differ from this set, such as I_app.
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
        """The state in which w has come to rest at V (mV)."""
        return V, open_part(V, self.V3, 1.0 / self.V4)

    def rest(self) -> tuple[float, ...]:
        """The fixed point (V, w) under I_app alone, the one of lowest V where there are several.

        Found by bisection to rounding; it need not be stable. Raises InputError if there is none in range.
        """
        return resting_state(self)

    def currents(self, V: Any, w: Any) -> dict[str, Any]:
        """Ionic currents I_Ca, I_K, I_L (uA/cm2, outward positive) of a state, numbers or arrays."""
        m = np.vectorize(open_part)(V, self.V1, 1.0 / self.V2)
        return {
            "I_Ca": self.g_Ca * m * (V - self.E_Ca),
            "I_K": self.g_K * w * (V - self.E_K),
            "I_L": self.g_L * (V - self.E_L),
        }

    def as_dict(self) -> dict[str, Any]:
        """All settings, by name."""
        return asdict(self)
