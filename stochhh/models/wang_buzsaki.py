"""The fast-spiking interneuron of Wang and Buzsaki (1996)."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import asdict, dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from .parameters import CAPACITANCE, CONDUCTANCE, CURRENT, FACTOR, GATE, POTENTIAL, V_RANGE, check, packed
from .rate_functions import linoid
from .rest import resting_state, state_at_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

__all__ = ["WangBuzsaki"]

EXP_IN_RANGE = True  # of every argument of exp, all over `ranges`: kernels leave its bounds out

Parameters = namedtuple("Parameters", "per_C_m g_Na g_K g_L E_Na E_K E_L I_app phi")

# e^-2.8, e^-3.4, e^-3.5; 0.07 e^-2.9, 0.125 e^-0.55: whatever a library's exp makes of them.
_E28, _E34, _E35 = 0.060810062625217966, 0.03337326996032608, 0.0301973834223185
_ALPHA_H, _BETA_N = 0.003851625403948506, 0.07211872629756083


def rates(V):
    """m at rest, and the rates of h and n (1/ms) at V (mV): (m, alpha_h, beta_h, alpha_n, beta_n).

        m = alpha_m / (alpha_m + beta_m)
        alpha_m = 0.1 (V + 35) / (1 - exp(-(V + 35)/10))      beta_m = 4 exp(-(V + 60)/18)
        alpha_h = 0.07 exp(-(V + 58)/20)                      beta_h = 1 / (1 + exp(-(V + 28)/10))
        alpha_n = 0.01 (V + 34) / (1 - exp(-(V + 34)/10))     beta_n = 0.125 exp(-(V + 44)/80)

    The singularities at V = -35 and -34 mV are removable, and removed.
    """
    # Five of the six exponentials are powers of one, and the three quotients share one division.
    q = exp(V * (-1 / 80))
    q2 = q * q
    q4 = q2 * q2
    q8 = q4 * q4
    top_m, bottom_m = linoid((V + 35.0) * 0.1, 1.0 - q8 * _E35)
    top_n, bottom_n = linoid((V + 34.0) * 0.1, 1.0 - q8 * _E34)
    bottom_m = top_m + bottom_m * 4.0 * exp((V + 60.0) * (-1 / 18))
    bottom_h = 1.0 + q8 * _E28
    bottom_mn = bottom_m * bottom_n
    over_all = 1.0 / (bottom_mn * bottom_h)
    over_mn = bottom_h * over_all
    m = top_m * bottom_n * over_mn
    alpha_n = 0.1 * top_n * bottom_m * over_mn
    return m, _ALPHA_H * q4, bottom_mn * over_all, alpha_n, _BETA_N * q


def conductances(m, h, n, p):
    """Sodium and potassium conductances, mS/cm2."""
    n2 = n * n
    return p.g_Na * (m * m * m) * h, p.g_K * (n2 * n2)


def vector_field(x, p):
    """(dV/dt, dh/dt, dn/dt), in mV/ms and 1/ms."""
    V, h, n = x
    m, alpha_h, beta_h, alpha_n, beta_n = rates(V)
    g_Na, g_K = conductances(m, h, n, p)
    ionic = g_Na * (V - p.E_Na) + g_K * (V - p.E_K) + p.g_L * (V - p.E_L)
    return (
        (p.I_app - ionic) * p.per_C_m,
        p.phi * (alpha_h - (alpha_h + beta_h) * h),
        p.phi * (alpha_n - (alpha_n + beta_n) * n),
    )


def membrane_rate(x, p):
    """Total conductance over capacitance, 1/ms; that m opens with V at once only lowers -d(dV/dt)/dV below E_Na."""
    V, h, n = x
    g_Na, g_K = conductances(rates(V)[0], h, n, p)
    return (g_Na + g_K + p.g_L) * p.per_C_m


@dataclass(frozen=True)
class WangBuzsaki:
    """The fast-spiking hippocampal interneuron of Wang and Buzsaki (1996).

        C_m dV/dt = I_app - g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L)
        m = alpha_m / (alpha_m + beta_m),   instantaneous
        dx/dt = phi (alpha_x (1 - x) - beta_x x),   x = h, n

    Class 1 excitability: repetitive firing begins at I_app = 0.16 uA/cm2, at arbitrarily low rates.

    Arguments:
        C_m: membrane capacitance, uF/cm2, positive.
        g_Na, g_K, g_L: maximal conductances, mS/cm2, 0 or more.
        E_Na, E_K, E_L: reversal potentials, mV.
        I_app: constant applied current, uA/cm2.
        phi: factor on the rates of h and n, positive.
        initial: state (V, h, n) at time 0, or "rest", the fixed point under I_app alone.
        threshold: a spike is an upward crossing of this level by V while armed, mV.
        rearm: level below which V must fall before the next spike counts, mV; below the threshold.

    Raises InputError, which names the argument, for a value outside these bounds.

    Source: Wang and Buzsaki, J. Neurosci. 16, 6402 (1996), "Model neuron".

    >>> V, h, n = WangBuzsaki().rest()
    >>> round(V, 4)
    -64.0176
    """

    C_m: float = 1.0
    g_Na: float = 35.0
    g_K: float = 9.0
    g_L: float = 0.1
    E_Na: float = 55.0
    E_K: float = -90.0
    E_L: float = -65.0
    I_app: float = 0.0
    phi: float = 5.0
    initial: Sequence[float] | Literal["rest"] = (-64.02, 0.781, 0.089)
    threshold: float = -20.0
    rearm: float = -40.0

    name = "wang-buzsaki"
    variables = ("V", "h", "n")
    ranges = (V_RANGE, GATE, GATE)
    scales = (100.0, 1.0, 1.0)
    vector_field = staticmethod(vector_field)
    membrane_rate = staticmethod(membrane_rate)

    def __post_init__(self) -> None:
        check(
            self, C_m=CAPACITANCE, g_Na=CONDUCTANCE, g_K=CONDUCTANCE, g_L=CONDUCTANCE, E_Na=POTENTIAL, E_K=POTENTIAL,
            E_L=POTENTIAL, I_app=CURRENT, phi=FACTOR,
        )  # fmt: skip

    def parameters(self) -> Parameters:
        """The constants of the vector field."""
        return packed(Parameters, self)

    def initial_state(self) -> tuple[float, ...]:
        """The state (V, h, n) at time 0: V in mV, gates between 0 and 1."""
        return state_at_start(self)

    def steady_state(self, V: float) -> tuple[float, ...]:
        """The steady state of the gates at V (mV): x = alpha_x / (alpha_x + beta_x)."""
        _, alpha_h, beta_h, alpha_n, beta_n = rates(V)
        return V, alpha_h / (alpha_h + beta_h), alpha_n / (alpha_n + beta_n)

    def rest(self) -> tuple[float, ...]:
        """The fixed point (V, h, n) under I_app alone, the one of lowest V if there are several.

        Found by bisection, exact up to rounding; it may be unstable.

        Raises InputError if there is none in the range of the model.
        """
        return resting_state(self)

    def currents(self, V: Any, h: Any, n: Any) -> dict[str, Any]:
        """Ionic currents I_Na, I_K, I_L in uA/cm2, outward positive.

        Arguments:
            V: membrane potential, mV, a number or an array.
            h, n: gating variables, of the shape of V.
        """
        m = np.vectorize(lambda V: rates(V)[0])(V)
        g_Na, g_K = conductances(m, h, n, self)
        return {"I_Na": g_Na * (V - self.E_Na), "I_K": g_K * (V - self.E_K), "I_L": self.g_L * (V - self.E_L)}

    def as_dict(self) -> dict[str, Any]:
        """All settings by name, as they are recorded with results."""
        return asdict(self)
