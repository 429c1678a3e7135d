"""The pyramidal cell of Traub and Miles (1991), reduced to one compartment by Ermentrout and Kopell (1998)."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import asdict, dataclass
from math import exp
from typing import TYPE_CHECKING

from .parameters import CAPACITANCE, CONDUCTANCE, CURRENT, GATE, POTENTIAL, V_RANGE, check, packed
from .rate_functions import linoid
from .rest import resting_state, state_at_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

__all__ = ["TraubMiles"]

EXP_IN_RANGE = True  # of every argument of exp, all over `ranges`: kernels leave its bounds out

Parameters = namedtuple("Parameters", "per_C_m g_Na g_K g_L E_Na E_K E_L I_app V_T")

# e^3, e^8, e^(13/4); 0.128 e^(17/18), e^(1/4) / 2: whatever a library's exp makes of them.
_E3, _E8, _E13_4 = 20.085536923187668, 2980.9579870417283, 25.790339917193062
_ALPHA_H, _BETA_N = 0.3291372076528678, 0.6420127083438707

_SHIFT = {"at_least": -500, "at_most": 500, "unit": "mV"}


def rates(u):
    """Opening and closing rates (1/ms) at u = V - V_T (mV): (alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n).

        alpha_m = 0.32 (u - 13) / (1 - exp(-(u - 13)/4))      beta_m = 0.28 (u - 40) / (exp((u - 40)/5) - 1)
        alpha_h = 0.128 exp(-(u - 17)/18)                     beta_h = 4 / (1 + exp(-(u - 40)/5))
        alpha_n = 0.032 (u - 15) / (1 - exp(-(u - 15)/5))     beta_n = 0.5 exp(-(u - 10)/40)

    The singularities at u = 13, 40 and 15 mV are removable, and removed.
    """
    # Six of the seven exponentials are powers of one; two quotients share each division.
    q = exp(u * (-1 / 40))
    q2 = q * q
    q4 = q2 * q2
    q8 = q4 * q4
    e = q8 * _E8
    top_m, bottom_m = linoid((u - 13.0) * 0.25, 1.0 - q8 * q2 * _E13_4)
    top_n, bottom_n = linoid((u - 15.0) * 0.2, 1.0 - q8 * _E3)
    over_mn = 1.0 / (bottom_m * bottom_n)
    top, bottom = linoid((u - 40.0) * 0.2, 1.0 - e)
    over_closing = 1.0 / (bottom * (1.0 + e))
    alpha_m = 1.28 * top_m * (bottom_n * over_mn)
    beta_m = 1.4 * top * e * ((1.0 + e) * over_closing)
    alpha_n = 0.16 * top_n * (bottom_m * over_mn)
    return alpha_m, beta_m, _ALPHA_H * exp(u * (-1 / 18)), 4.0 * bottom * over_closing, alpha_n, _BETA_N * q


def conductances(m, h, n, p):
    """Sodium and potassium conductances, mS/cm2."""
    n2 = n * n
    return p.g_Na * (m * m * m) * h, p.g_K * (n2 * n2)


def vector_field(x, p):
    """(dV/dt, dm/dt, dh/dt, dn/dt), in mV/ms and 1/ms."""
    V, m, h, n = x
    alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n = rates(V - p.V_T)
    g_Na, g_K = conductances(m, h, n, p)
    ionic = g_Na * (V - p.E_Na) + g_K * (V - p.E_K) + p.g_L * (V - p.E_L)
    return (
        (p.I_app - ionic) * p.per_C_m,
        alpha_m - (alpha_m + beta_m) * m,
        alpha_h - (alpha_h + beta_h) * h,
        alpha_n - (alpha_n + beta_n) * n,
    )


def membrane_rate(x, p):
    """Total conductance over capacitance, 1/ms."""
    _, m, h, n = x
    g_Na, g_K = conductances(m, h, n, p)
    return (g_Na + g_K + p.g_L) * p.per_C_m


@dataclass(frozen=True)
class TraubMiles:
    """The hippocampal pyramidal cell of Traub and Miles (1991), in one compartment.

        C_m dV/dt = I_app - g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L)
        dx/dt = alpha_x (1 - x) - beta_x x,   x = m, h, n,   all functions of V - V_T

    All three gates are dynamic, as in Traub and Miles (1991) and in the benchmarks of Brette et al. (2007, with
    V_T = -63 mV). The version in Boergers, An Introduction to Modeling Neuronal Dynamics (2017), ch. 5, sets m to its
    steady state alpha_m / (alpha_m + beta_m); it has the same fixed points and the same onset of firing. Class 1
    excitability, with the onset at I_app = 0.12 uA/cm2.

    Arguments:
        C_m: membrane capacitance, uF/cm2, positive.
        g_Na, g_K, g_L: maximal conductances, mS/cm2, 0 or more.
        E_Na, E_K, E_L: reversal potentials, mV.
        I_app: constant applied current, uA/cm2.
        V_T: shift of all rate functions, and thereby of the firing threshold, mV, from -500 to 500.
        initial: state (V, m, h, n) at time 0, or "rest", the fixed point under I_app alone.
        threshold: a spike is an upward crossing of this level by V while armed, mV.
        rearm: level below which V must fall before the next spike counts, mV; below the threshold.

    Raises InputError, which names the argument, for a value outside these bounds.

    Sources: Traub and Miles, Neuronal Networks of the Hippocampus (1991) (rates); Ermentrout and Kopell, PNAS 95, 1259
    (1998) (all other constants).

    >>> V, m, h, n = TraubMiles().rest()
    >>> round(V, 4)
    -66.5911
    """

    C_m: float = 1.0
    g_Na: float = 100.0
    g_K: float = 80.0
    g_L: float = 0.1
    E_Na: float = 50.0
    E_K: float = -100.0
    E_L: float = -67.0
    I_app: float = 0.0
    V_T: float = -67.0
    initial: Sequence[float] | Literal["rest"] = (-66.591, 0.016, 0.9955, 0.0403)
    threshold: float = 0.0
    rearm: float = -30.0

    name = "traub-miles"
    variables = ("V", "m", "h", "n")
    ranges = (V_RANGE, GATE, GATE, GATE)
    scales = (100.0, 1.0, 1.0, 1.0)
    vector_field = staticmethod(vector_field)
    membrane_rate = staticmethod(membrane_rate)

    def __post_init__(self) -> None:
        check(
            self, C_m=CAPACITANCE, g_Na=CONDUCTANCE, g_K=CONDUCTANCE, g_L=CONDUCTANCE, E_Na=POTENTIAL, E_K=POTENTIAL,
            E_L=POTENTIAL, I_app=CURRENT, V_T=_SHIFT,
        )  # fmt: skip

    def parameters(self) -> Parameters:
        """The constants of the vector field."""
        return packed(Parameters, self)

    def initial_state(self) -> tuple[float, ...]:
        """The state (V, m, h, n) at time 0: V in mV, gates between 0 and 1."""
        return state_at_start(self)

    def steady_state(self, V: float) -> tuple[float, ...]:
        """The steady state of the gates at V (mV): x = alpha_x / (alpha_x + beta_x)."""
        alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n = rates(V - self.V_T)
        return V, alpha_m / (alpha_m + beta_m), alpha_h / (alpha_h + beta_h), alpha_n / (alpha_n + beta_n)

    def rest(self) -> tuple[float, ...]:
        """The fixed point (V, m, h, n) under I_app alone, the one of lowest V if there are several.

        Found by bisection, exact up to rounding; it may be unstable.

        Raises InputError if there is none in the range of the model.
        """
        return resting_state(self)

    def currents(self, V: Any, m: Any, h: Any, n: Any) -> dict[str, Any]:
        """Ionic currents I_Na, I_K, I_L in uA/cm2, outward positive.

        Arguments:
            V: membrane potential, mV, a number or an array.
            m, h, n: gating variables, of the shape of V.
        """
        g_Na, g_K = conductances(m, h, n, self)
        return {"I_Na": g_Na * (V - self.E_Na), "I_K": g_K * (V - self.E_K), "I_L": self.g_L * (V - self.E_L)}

    def as_dict(self) -> dict[str, Any]:
        """All settings by name, as they are recorded with results."""
        return asdict(self)
