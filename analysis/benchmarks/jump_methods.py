"""Ways to follow the neuron under given jumps, written out: from event to event, and by steps over several of them.

    splitting, heun, rk3, rk4      from event to event, in equal steps of at most h
    path mean, path line, path     RK4 by steps of h with all their events inside: stage values of L by the first, the
                                   first two, or all three of the conditions of stochhh/integrators/kernels/path.py

For jump_frontier.py, and independent of the library.
"""

import math

import numpy as np
from numba import njit

I_APP, START, THRESHOLD, REARM = 3.0, (-65.0, 0.05, 0.6, 0.32), 0.0, -30.0

# --- The neuron, from the textbook -----------------------------------------------------------------------------------


@njit
def rates(V):
    """alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n, as the paper prints them."""
    a, b = (V + 40.0) / 10.0, (V + 55.0) / 10.0
    alpha_m = a / -math.expm1(-a) if a != 0 else 1.0
    alpha_n = 0.1 * (b / -math.expm1(-b)) if b != 0 else 0.1
    beta_m, beta_n = 4.0 * math.exp(-(V + 65.0) / 18.0), 0.125 * math.exp(-(V + 65.0) / 80.0)
    alpha_h, beta_h = 0.07 * math.exp(-(V + 65.0) / 20.0), 1.0 / (1.0 + math.exp(-(V + 35.0) / 10.0))
    return alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n


@njit
def slope(x):
    V, m, h, n = x
    am, bm, ah, bh, an, bn = rates(V)
    ionic = 120.0 * m**3 * h * (V - 50.0) + 36.0 * n**4 * (V + 77.0) + 0.3 * (V + 54.387)
    return I_APP - ionic, am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n


@njit
def along(x, a, k):
    return x[0] + a * k[0], x[1] + a * k[1], x[2] + a * k[2], x[3] + a * k[3]


@njit
def moved(x, jump):
    return x[0] + jump, x[1], x[2], x[3]


# --- From event to event ---------------------------------------------------------------------------------------------


@njit
def half_of_V(x, h):
    """V for half of h with the gates held."""
    V, m, hh, n = x
    g_Na, g_K = 120.0 * m**3 * hh, 36.0 * n**4
    g = g_Na + g_K + 0.3
    rest = (I_APP + 50.0 * g_Na - 77.0 * g_K - 54.387 * 0.3) / g
    return rest + (V - rest) * math.exp(-0.5 * h * g), m, hh, n


@njit
def splitting(x, h):
    """V for h/2 with the gates held, the gates for h with V held, V for h/2: each solved exactly (Strang)."""
    V, m, hh, n = half_of_V(x, h)
    am, bm, ah, bh, an, bn = rates(V)
    m = am / (am + bm) + (m - am / (am + bm)) * math.exp(-h * (am + bm))
    hh = ah / (ah + bh) + (hh - ah / (ah + bh)) * math.exp(-h * (ah + bh))
    n = an / (an + bn) + (n - an / (an + bn)) * math.exp(-h * (an + bn))
    return half_of_V((V, m, hh, n), h)


@njit
def heun(x, h):
    a = slope(x)
    b = slope(along(x, h, a))
    return along(along(x, h / 2, a), h / 2, b)


@njit
def rk3(x, h):
    """Kutta's."""
    a = slope(x)
    b = slope(along(x, h / 2, a))
    c = slope(along(along(x, -h, a), 2 * h, b))
    return along(along(along(x, h / 6, a), 2 * h / 3, b), h / 6, c)


@njit
def rk4(x, h):
    a = slope(x)
    b = slope(along(x, h / 2, a))
    c = slope(along(x, h / 2, b))
    d = slope(along(x, h, c))
    return along(along(along(along(x, h / 6, a), h / 3, b), h / 3, c), h / 6, d)


@njit
def crossing(x, h):
    """The part of a step, in ms, after which V crosses the threshold: by bisection of RK4 steps."""
    low, high = 0.0, h
    for _ in range(45):
        middle = (low + high) / 2
        if rk4(x, middle)[0] >= THRESHOLD:
            high = middle
        else:
            low = middle
    return high


@njit
def from_event_to_event(step, x, t, times, jumps, end, longest, armed, spikes):
    """Follow the neuron to `end`, and note its spikes; returns (state, steps, whether it is armed)."""
    steps = 0
    for e in range(times.size + 1):
        until = times[e] if e < times.size else end
        parts = math.ceil((until - t) / longest)
        h = (until - t) / max(parts, 1)
        for s in range(parts):
            y = step(x, h)
            if armed and y[0] >= THRESHOLD:
                spikes.append(t + s * h + crossing(x, h))
                armed = False
            armed = armed or y[0] < REARM
            x = y
        steps += parts
        t = until
        if e < times.size:
            x = moved(x, jumps[e])
            if armed and x[0] >= THRESHOLD:
                spikes.append(t)
                armed = False
            armed = armed or x[0] < REARM
    return x, steps, armed


# --- With the events inside a step -----------------------------------------------------------------------------------


@njit
def mean(a, d, c, e):
    """(l_1, m, l_4) from the mean of the path alone."""
    return a, a, a


@njit
def line(a, d, c, e):
    """From the straight line of the same mean and slope."""
    return a - 3 * d, a, a + 3 * d


@njit
def all_three(a, d, c, e):
    """From the second moment of the path too."""
    root = math.sqrt(max(0.5 * (c - a * a - 3 * d * d), 0.0))
    m = a - root if e > 0 else a + root
    return 3 * (a - d) - 2 * m, m, 3 * (a + d) - 2 * m


@njit
def integrals(t, h, times, jumps):
    """a, d, c, e of the path over a step, its end and its largest value; see kernels/path.py."""
    a, d, c, e, end, top = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(times.size):
        s, w = (times[i] - t) / h, jumps[i]
        r = 1 - s
        a += w * r
        d += w * r * s
        c += w * r * (w + 2 * end)
        e -= w * s * r * (1 - 2 * s)
        end += w
        top = max(top, end)
    return a, d, c, e, end, top


@njit
def over_paths(stages, x, times, jumps, end, length, spikes):
    """Follow the neuron by equal steps that take in whatever events they hold; returns the steps."""
    steps, first, armed = math.ceil(end / length), 0, True
    h = end / steps
    for s in range(steps):
        t, last = s * h, first
        while last < times.size and times[last] <= t + h:
            last += 1
        a, d, c, e, jump, top = integrals(t, h, times[first:last], jumps[first:last])
        l_1, m, l_4 = stages(a, d, c, e)
        k1 = slope(moved(x, l_1))
        k2 = slope(moved(along(x, h / 2, k1), m))
        k3 = slope(moved(along(x, h / 2, k2), m))
        k4 = slope(moved(along(x, h, k3), l_4))
        y = along(along(along(along(x, h / 6, k1), h / 3, k2), h / 3, k3), h / 6, k4)
        if armed and max(x[0], y[0]) + top >= THRESHOLD:
            _, _, armed = from_event_to_event(rk4, x, t, times[first:last], jumps[first:last], t + h, h, True, spikes)
        x, first = moved(y, jump), last
        armed = armed or x[0] < REARM
    return steps


@njit
def spikes_between(step, times, jumps, end, longest):
    """(spike times, state at the end, steps) from event to event."""
    spikes = [0.0][:0]
    x, steps, _ = from_event_to_event(step, START, 0.0, times, jumps, end, longest, True, spikes)
    return np.array(spikes), x, steps


@njit
def spikes_over(stages, times, jumps, end, length):
    """(spike times, steps) by steps over the events."""
    spikes = [0.0][:0]
    steps = over_paths(stages, START, times, jumps, end, length, spikes)
    return np.array(spikes), steps


BETWEEN = {"splitting": (splitting, 1), "heun": (heun, 2), "rk3": (rk3, 3), "rk4": (rk4, 4)}  # and slopes a step
OVER = {"path mean": (mean, 4), "path line": (line, 4), "path": (all_three, 4)}
