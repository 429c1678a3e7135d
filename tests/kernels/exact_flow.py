"""The neuron between and at its events, followed by scipy's DOP853: what the kernels are held against.

Written from the textbook equations, not from the library's, and with one solve_ivp call an event gap.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

# An excursion above the re-arming level whose peak is this close to the threshold is a near miss, mV:
# there the rounding of an integrator may decide between a spike and none.
NEAR = 0.5

ACCURATE = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-12}


class Course(NamedTuple):
    """What a neuron did."""

    spikes: np.ndarray  # ms
    near_misses: list  # (time, peak) of excursions whose peak lies within NEAR of the threshold
    states: np.ndarray  # at the sampling times, shape (n_samples, 4); before an event at that very time


def textbook_rates(V):
    """alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n as the paper prints them."""
    a, b = (V + 40.0) / 10.0, (V + 55.0) / 10.0
    alpha_m = a / -math.expm1(-a) if a != 0 else 1.0
    alpha_n = 0.1 * (b / -math.expm1(-b)) if b != 0 else 0.1
    beta_m, beta_n = 4.0 * math.exp(-(V + 65.0) / 18.0), 0.125 * math.exp(-(V + 65.0) / 80.0)
    alpha_h, beta_h = 0.07 * math.exp(-(V + 65.0) / 20.0), 1.0 / (1.0 + math.exp(-(V + 35.0) / 10.0))
    return alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n


ORDER = ["C_m", "g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L", "I_app", "phi"]


def constants(neuron):
    """The numbers in the equations, in the order of the paper's table."""
    return tuple(getattr(neuron, key) for key in ORDER)


def textbook_field(neuron):
    """dx/dt of a neuron for solve_ivp."""
    C_m, g_Na, g_K, g_L, E_Na, E_K, E_L, I_app, phi = constants(neuron)

    def field(_, x):
        V, m, h, n = x.tolist()
        alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n = textbook_rates(V)
        ionic = g_Na * m**3 * h * (V - E_Na) + g_K * n**4 * (V - E_K) + g_L * (V - E_L)
        return np.array((
            (I_app - ionic) / C_m,
            phi * (alpha_m * (1 - m) - beta_m * m),
            phi * (alpha_h * (1 - h) - beta_h * h),
            phi * (alpha_n * (1 - n) - beta_n * n),
        ))  # fmt: skip

    return field


def course(neuron, times, jumps, duration, samples=()):
    """Follow the neuron over the events (ms, mV) and return what it did."""
    field, samples = textbook_field(neuron), np.asarray(samples, dtype=float)
    x, t = np.array(neuron.initial_state()), 0.0
    armed, peak = x[0] < neuron.threshold, -np.inf
    spikes, near, states = [], [], [np.array(x) for _ in samples[samples == 0.0]]
    kicks = [(a, b) for a, b in zip(times, jumps, strict=True) if a <= duration]
    for event, jump in [*kicks, (duration, 0.0)]:
        if event > t:
            inside = samples[(samples > t) & (samples <= event)]
            leg = solve_ivp(
                field, (t, event), x, **ACCURATE, first_step=min(0.05, event - t), max_step=0.1,
                dense_output=bool(inside.size),
            )  # fmt: skip
            states.extend(leg.sol(s) for s in inside)
            for i in range(1, leg.t.size):
                V = leg.y[0, i]
                if armed and V >= neuron.threshold:
                    spikes.append(_crossing(field, neuron.threshold, leg.t[i - 1], leg.y[:, i - 1], leg.t[i]))
                    armed = False
                peak, armed = _excursion(neuron, leg.t[i], V, peak, armed, near)
            x, t = leg.y[:, -1], event
        x = x + np.array([jump, 0.0, 0.0, 0.0])
        if armed and x[0] >= neuron.threshold:
            spikes.append(t)
            armed = False
        peak, armed = _excursion(neuron, t, x[0], peak, armed, near)
    return Course(np.array(spikes), near, np.array(states))


def _crossing(field, threshold, t0, x0, t1):
    leg = solve_ivp(field, (t0, t1), x0, **ACCURATE, dense_output=True)
    return brentq(lambda t: leg.sol(t)[0] - threshold, t0, t1, xtol=1e-12)


def _excursion(neuron, time, V, peak, armed, near):
    """Follow the peak above the re-arming level; note it if it came near the threshold."""
    if neuron.rearm <= V:
        return max(peak, V), armed
    if abs(peak - neuron.threshold) < NEAR:
        near.append((float(time), float(peak)))
    return -np.inf, True


@njit
def _slope(x, p):
    V, m, h, n = x
    a, b = (V + 40.0) / 10.0, (V + 55.0) / 10.0
    am = a / -math.expm1(-a) if a != 0 else 1.0
    an = 0.1 * (b / -math.expm1(-b)) if b != 0 else 0.1
    bm, bn = 4.0 * math.exp(-(V + 65.0) / 18.0), 0.125 * math.exp(-(V + 65.0) / 80.0)
    ah, bh = 0.07 * math.exp(-(V + 65.0) / 20.0), 1.0 / (1.0 + math.exp(-(V + 35.0) / 10.0))
    C_m, g_Na, g_K, g_L, E_Na, E_K, E_L, I_app, phi = p
    ionic = g_Na * m**3 * h * (V - E_Na) + g_K * n**4 * (V - E_K) + g_L * (V - E_L)
    return (
        (I_app - ionic) / C_m,
        phi * (am * (1 - m) - bm * m),
        phi * (ah * (1 - h) - bh * h),
        phi * (an * (1 - n) - bn * n),
    )


@njit
def _along(x, a, k):
    return x[0] + a * k[0], x[1] + a * k[1], x[2] + a * k[2], x[3] + a * k[3]


@njit
def _step(x, h, p):
    a = _slope(x, p)
    b = _slope(_along(x, h / 2, a), p)
    c = _slope(_along(x, h / 2, b), p)
    d = _slope(_along(x, h, c), p)
    return _along(_along(_along(_along(x, h / 6, a), h / 3, b), h / 3, c), h / 6, d)


@njit
def fine_spikes(x, p, threshold, rearm, near, times, jumps, duration, longest=0.004):
    """(spike times, peaks near the threshold) by plain Runge-Kutta steps of at most `longest` ms.

    The error of such steps is near 1e-9 ms; fast, where solve_ivp would take minutes.
    """
    spikes, peaks = [0.0][:0], [0.0][:0]
    t, armed, peak = 0.0, x[0] < threshold, -np.inf
    for e in range(times.size + 1):
        until = min(times[e], duration) if e < times.size else duration
        steps = math.ceil((until - t) / longest)
        h = (until - t) / max(steps, 1)
        for s in range(steps):
            y = _step(x, h, p)
            if armed and y[0] >= threshold:
                low, high = 0.0, h
                for _ in range(45):
                    middle = (low + high) / 2
                    if _step(x, middle, p)[0] >= threshold:
                        high = middle
                    else:
                        low = middle
                spikes.append(t + s * h + high)
                armed = False
            peak = max(peak, y[0])
            if y[0] < rearm:
                if abs(peak - threshold) < near:
                    peaks.append(peak)
                peak, armed = -np.inf, True
            x = y
        t = until
        if e == times.size or times[e] > duration:
            break
        x = (x[0] + jumps[e], x[1], x[2], x[3])
        if armed and x[0] >= threshold:
            spikes.append(t)
            armed = False
        peak = max(peak, x[0])
        if x[0] < rearm:
            if abs(peak - threshold) < near:
                peaks.append(peak)
            peak, armed = -np.inf, True
    return spikes, peaks


def fine_course(neuron, times, jumps, duration):
    """(spike times, peaks near the threshold) of a neuron, as `course` gives them, by fine steps."""
    spikes, peaks = fine_spikes(
        neuron.initial_state(), constants(neuron), neuron.threshold, neuron.rearm, NEAR,
        np.asarray(times, dtype=float), np.asarray(jumps, dtype=float), float(duration),
    )  # fmt: skip
    return np.array(spikes), peaks
