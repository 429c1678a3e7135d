"""The neuron of Hodgkin and Huxley (1952), in the convention with rest near -65 mV."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import asdict, dataclass
from math import exp
from typing import TYPE_CHECKING

from .parameters import CAPACITANCE, CONDUCTANCE, CURRENT, FACTOR, GATE, POTENTIAL, V_RANGE, check
from .rate_functions import linoid
from .rest import resting_state, state_at_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

__all__ = ["HodgkinHuxley"]

EXP_IN_RANGE = True  # of every argument of exp, all over `ranges`: kernels leave its bounds out

# Conductances (1/ms) and current (mV/ms) over the capacitance.
Parameters = namedtuple("Parameters", "g_Na g_K g_L I_app E_Na E_K E_L phi")

# e^1, e^2.5 and e^3, whatever a library's exp makes of them.
_E10, _E25, _E30 = 2.718281828459045, 12.182493960703473, 20.085536923187668


def relaxation(V, phi):
    """(a_m, b_m, a_h, b_h, a_n, b_n) of dx/dt = a - b x at V (mV): a = phi alpha, b = phi (alpha + beta), in 1/ms.

        alpha_m = 0.1 (V + 40) / (1 - exp(-(V + 40)/10))      beta_m = 4 exp(-(V + 65)/18)
        alpha_h = 0.07 exp(-(V + 65)/20)                      beta_h = 1 / (1 + exp(-(V + 35)/10))
        alpha_n = 0.01 (V + 55) / (1 - exp(-(V + 55)/10))     beta_n = 0.125 exp(-(V + 65)/80)

    The singularities at V = -40 and -55 mV are removable, and removed.
    """
    # All six exponentials are powers of one, and the three quotients share one division.
    r = exp(V * (-1 / 720) - 65 / 720)
    r2 = r * r
    r4 = r2 * r2
    r8 = r4 * r4
    q = r8 * r
    q2 = q * q
    q4 = q2 * q2
    q8 = q4 * q4
    top_m, bottom_m = linoid(V * 0.1 + 4.0, 1.0 - q8 * _E25)
    top_n, bottom_n = linoid(V * 0.1 + 5.5, 1.0 - q8 * _E10)
    bottom_h = 1.0 + q8 * _E30
    bottom_mn = bottom_m * bottom_n
    over_all = phi / (bottom_mn * bottom_h)
    over_mn = bottom_h * over_all
    a_m = top_m * bottom_n * over_mn
    a_h = 0.07 * phi * q4
    a_n = 0.1 * top_n * bottom_m * over_mn
    return a_m, a_m + 4.0 * phi * (q4 * r4), a_h, a_h + bottom_mn * over_all, a_n, a_n + 0.125 * phi * q


def conductances(m, h, n, p):
    """Sodium and potassium conductances, in the unit of those in p."""
    n2 = n * n
    return p.g_Na * (m * m * m) * h, p.g_K * (n2 * n2)


def linear_rates(x, p):
    """(a, b) of dx_i/dt = a_i - b_i x_i, each with the other variables held; rates in 1/ms."""
    V, m, h, n = x
    a_m, b_m, a_h, b_h, a_n, b_n = relaxation(V, p.phi)
    g_Na, g_K = conductances(m, h, n, p)
    toward = g_Na * p.E_Na + g_K * p.E_K + (p.g_L * p.E_L + p.I_app)
    return (toward, a_m, a_h, a_n), (g_Na + g_K + p.g_L, b_m, b_h, b_n)


def vector_field(x, p):
    """(dV/dt, dm/dt, dh/dt, dn/dt), in mV/ms and 1/ms."""
    V, m, h, n = x
    (a_V, a_m, a_h, a_n), (b_V, b_m, b_h, b_n) = linear_rates(x, p)
    return a_V - b_V * V, a_m - b_m * m, a_h - b_h * h, a_n - b_n * n


def membrane_rate(x, p):
    """Total conductance over capacitance, 1/ms."""
    _, m, h, n = x
    g_Na, g_K = conductances(m, h, n, p)
    return g_Na + g_K + p.g_L


@dataclass(frozen=True)
class HodgkinHuxley:
    """The squid giant axon of Hodgkin and Huxley (1952), with rest near -65 mV.

        C_m dV/dt = I_app - g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L)
        dx/dt = phi (alpha_x (1 - x) - beta_x x),   x = m, h, n

    Arguments:
        C_m: membrane capacitance, uF/cm2, positive.
        g_Na, g_K, g_L: maximal conductances, mS/cm2, 0 or more.
        E_Na, E_K, E_L: reversal potentials, mV.
        I_app: constant applied current, uA/cm2; the default, 3, is that of the original problem.
        phi: factor on all gating rates, positive: 3^((T - 6.3)/10) at temperature T in degrees C.
        initial: state (V, m, h, n) at time 0, or "rest", the fixed point under I_app alone.
        threshold: a spike is an upward crossing of this level by V while armed, mV.
        rearm: level below which V must fall before the next spike counts, mV; below the threshold.

    Raises InputError, which names the argument, for a value outside these bounds.

    Source: Hodgkin and Huxley, J. Physiol. 117, 500 (1952), eqs. 12, 13, 20, 21, 23, 24, with the modern sign of V and
    a shift of V by -65 mV; E_L = -54.387 mV.

    >>> V, m, h, n = HodgkinHuxley(I_app=0).rest()
    >>> round(V, 5)
    -64.99638
    """

    C_m: float = 1.0
    g_Na: float = 120.0
    g_K: float = 36.0
    g_L: float = 0.3
    E_Na: float = 50.0
    E_K: float = -77.0
    E_L: float = -54.387
    I_app: float = 3.0
    phi: float = 1.0
    initial: Sequence[float] | Literal["rest"] = (-65.0, 0.05, 0.6, 0.32)
    threshold: float = 0.0
    rearm: float = -30.0

    name = "hodgkin-huxley"
    variables = ("V", "m", "h", "n")
    ranges = (V_RANGE, GATE, GATE, GATE)
    scales = (100.0, 1.0, 1.0, 1.0)
    vector_field = staticmethod(vector_field)
    membrane_rate = staticmethod(membrane_rate)
    linear_rates = staticmethod(linear_rates)

    def __post_init__(self) -> None:
        check(
            self, C_m=CAPACITANCE, g_Na=CONDUCTANCE, g_K=CONDUCTANCE, g_L=CONDUCTANCE, E_Na=POTENTIAL, E_K=POTENTIAL,
            E_L=POTENTIAL, I_app=CURRENT, phi=FACTOR,
        )  # fmt: skip

    def parameters(self) -> Parameters:
        """The constants of the vector field."""
        g_Na, g_K, g_L, I_app = (value / self.C_m for value in (self.g_Na, self.g_K, self.g_L, self.I_app))
        return Parameters(g_Na, g_K, g_L, I_app, self.E_Na, self.E_K, self.E_L, self.phi)

    def initial_state(self) -> tuple[float, ...]:
        """The state (V, m, h, n) at time 0: V in mV, gates between 0 and 1."""
        return state_at_start(self)

    def steady_state(self, V: float) -> tuple[float, ...]:
        """The steady state of the gates at V (mV): x = alpha_x / (alpha_x + beta_x)."""
        a_m, b_m, a_h, b_h, a_n, b_n = relaxation(V, 1.0)
        return V, a_m / b_m, a_h / b_h, a_n / b_n

    def rest(self) -> tuple[float, ...]:
        """The fixed point (V, m, h, n) under I_app alone, the one of lowest V if there are several.

        Found by bisection, exact up to rounding; it may be unstable, as it is above the first Hopf point.

        Raises InputError if there is none between -1000 and 1000 mV.
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
