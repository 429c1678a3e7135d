"""The equations of the models as their papers print them, followed by scipy's DOP853: not the library's code.

x / (1 - exp(-x)) goes by expm1, which loses no digits near 0.
"""

from math import cosh, exp, expm1, tanh

import numpy as np
from scipy.integrate import solve_ivp

from stochhh.models import MorrisLecar, Passive, TraubMiles, WangBuzsaki


def linoid(x):
    return 1.0 if x == 0 else -x / expm1(-x)


def passive(k, V):
    return ((k.I_app - k.g_L * (V - k.E_L)) / k.C_m,)


def morris_lecar(k, V, w):
    m_inf = 0.5 * (1 + tanh((V - k.V1) / k.V2))
    w_inf = 0.5 * (1 + tanh((V - k.V3) / k.V4))
    tau_w = 1 / cosh((V - k.V3) / (2 * k.V4))
    I_Ca, I_K, I_L = k.g_Ca * m_inf * (V - k.E_Ca), k.g_K * w * (V - k.E_K), k.g_L * (V - k.E_L)
    return (k.I_app - I_Ca - I_K - I_L) / k.C_m, k.phi * (w_inf - w) / tau_w


def wang_buzsaki_rates(V):
    """alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n"""
    return (
        linoid((V + 35) / 10), 4 * exp(-(V + 60) / 18),
        0.07 * exp(-(V + 58) / 20), 1 / (exp(-0.1 * (V + 28)) + 1),
        0.1 * linoid((V + 34) / 10), 0.125 * exp(-(V + 44) / 80),
    )  # fmt: skip


def wang_buzsaki(k, V, h, n):
    a_m, b_m, a_h, b_h, a_n, b_n = wang_buzsaki_rates(V)
    m_inf = a_m / (a_m + b_m)
    I_Na, I_K, I_L = k.g_Na * m_inf**3 * h * (V - k.E_Na), k.g_K * n**4 * (V - k.E_K), k.g_L * (V - k.E_L)
    return (
        (k.I_app - I_Na - I_K - I_L) / k.C_m,
        k.phi * (a_h * (1 - h) - b_h * h),
        k.phi * (a_n * (1 - n) - b_n * n),
    )


def traub_miles_rates(V):
    """The same with the numbers that Ermentrout and Kopell give, V_T = -67 mV worked in."""
    return (
        0.32 * 4 * linoid((V + 54) / 4), 0.28 * 5 * linoid(-(V + 27) / 5),
        0.128 * exp(-(50 + V) / 18), 4 / (1 + exp(-(V + 27) / 5)),
        0.032 * 5 * linoid((V + 52) / 5), 0.5 * exp(-(57 + V) / 40),
    )  # fmt: skip


def traub_miles(k, V, m, h, n):
    a_m, b_m, a_h, b_h, a_n, b_n = traub_miles_rates(V - k.V_T - 67)
    I_Na, I_K, I_L = k.g_Na * m**3 * h * (V - k.E_Na), k.g_K * n**4 * (V - k.E_K), k.g_L * (V - k.E_L)
    return (
        (k.I_app - I_Na - I_K - I_L) / k.C_m,
        a_m * (1 - m) - b_m * m,
        a_h * (1 - h) - b_h * h,
        a_n * (1 - n) - b_n * n,
    )


EQUATIONS = {Passive: passive, MorrisLecar: morris_lecar, WangBuzsaki: wang_buzsaki, TraubMiles: traub_miles}


def field(neuron, x):
    """dx/dt at the state x."""
    return EQUATIONS[type(neuron)](neuron, *x)


def spikes(neuron, duration):
    """Times at which V rises through the threshold, ms; every excursion must fall below the re-arming level."""

    def at_threshold(t, x):
        return x[0] - neuron.threshold

    at_threshold.direction = 1
    path = solve_ivp(
        lambda t, x: np.array(field(neuron, x.tolist())), (0.0, duration), neuron.initial_state(),
        method="DOP853", rtol=1e-11, atol=1e-12, events=at_threshold,
    )  # fmt: skip
    return path.t_events[0]
