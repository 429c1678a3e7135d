"""The limit cycle of repetitive firing, and its continuation to the fold where it meets the unstable cycle."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..models.contract import check_model

if TYPE_CHECKING:
    from ..models.neuron import Neuron

__all__ = ["fold_of_cycles", "limit_cycle"]

_SETTLE = 400.0  # ms, in which the neuron converges to its cycle
_TOLERANCE = 1e-10
_SCALES = (10.0, 1.0)  # of the period (ms) and the current (uA/cm2), relative to 1 for a gate
_STEPS = 60


def limit_cycle(neuron: Neuron) -> tuple[tuple[float, ...], float] | None:
    """(state, period): a point of the stable limit cycle of repetitive firing, and its period (ms); None if none.

        phi_T(x) = x,   V(0) = half way between rearm and threshold, on the way up

    Arguments:
        neuron: a model; its initial state determines which attractor is reached.

    By shooting: Broyden's method on the flow over one period, from where the neuron is after 400 ms; to 1e-8.

    >>> from stochhh import HodgkinHuxley
    >>> round(limit_cycle(HodgkinHuxley(I_app=10.0))[1], 4)
    14.6362
    """
    check_model(neuron)
    start = _on_the_way_up(neuron)
    found = None if start is None else _cycle(neuron, np.append(start, neuron.I_app), row=_held(len(start)))
    return None if found is None else ((_section(neuron), *map(float, found[:-2])), float(found[-2]))


def fold_of_cycles(neuron, beyond):
    """The current (uA/cm2) below which there is no stable limit cycle of repetitive firing; None if not found.

    Arguments:
        neuron: a model, whose initial state leads to the cycle.
        beyond: a current at which the cycle is stable, and the fixed point at the limit of stability: the first Hopf
            point.

    The cycle is followed by pseudo-arclength continuation: from a solution u = (gates on the section, period, current)
    a step along the curve of cycles, then Broyden's method perpendicular to it, until the current has a turning point,
    which is located by regula falsi on the component of the tangent along the current. Exact to about 1e-7.
    Source: Kuznetsov, Elements of Applied Bifurcation Theory (2004), sections 10.1.3 and 10.2.1.
    """
    neuron = replace(neuron, I_app=1.02 * beyond + 0.1)
    start = _on_the_way_up(neuron)
    u = None if start is None else _cycle(neuron, np.append(start, neuron.I_app), row=_held(len(start)))
    if u is None:
        return None
    slopes, step = _slopes(neuron, u), 0.3
    tangent = _tangent(slopes, u, forward=-_held(len(u) - 1))
    for _ in range(_STEPS):
        following = _cycle(neuron, u + step * tangent * _scale(u), tangent / _scale(u), slopes)
        if following is None:
            step /= 3
            if step < 1e-3:
                return None
            continue
        slopes = _slopes(neuron, following)
        direction = _tangent(slopes, following, forward=tangent)
        if direction[-1] > 0:
            return _turn(neuron, u, tangent, following, direction, slopes)
        u, tangent, step = following, direction, min(1.5 * step, 0.6)
    return None


def _turn(neuron, u, tangent, beyond, direction, slopes):
    """The current at the turning point between two cycles of the curve."""
    for _ in range(12):
        part = tangent[-1] / (tangent[-1] - direction[-1])
        middle = _cycle(neuron, u + part * (beyond - u), tangent / _scale(u), slopes)
        if middle is None:
            return None
        slopes = _slopes(neuron, middle)
        at = _tangent(slopes, middle, forward=tangent)
        if abs(at[-1]) < 1e-4:  # the current changes by the square of what is left
            return float(middle[-1])
        if at[-1] < 0:
            u, tangent = middle, at
        else:
            beyond, direction = middle, at
    return float(middle[-1])


def _section(neuron):
    """V (mV) of the Poincare section: half-way between rearm and threshold."""
    return (neuron.threshold + neuron.rearm) / 2


def _scale(u):
    return np.array([1.0] * (len(u) - 2) + list(_SCALES))


def _held(n):
    """The row that fixes the current."""
    return np.append(np.zeros(n), 1.0)


def _flow(neuron, state, times):
    """States at the given times, shape (n_times, n); beyond the range of V the slope is that at its end."""
    from scipy.integrate import odeint

    p, (low, high) = neuron.parameters(), neuron.ranges[0]
    atol = _TOLERANCE * np.array(neuron.scales)

    def slope(x, t):
        V, *others = x.tolist()
        return neuron.vector_field((min(max(V, low), high), *others), p)

    return odeint(slope, state, times, rtol=_TOLERANCE, atol=atol, mxstep=20_000)


def _on_the_way_up(neuron):
    """(gates on the section, period) of the last cycle after settling; None if the neuron does not fire."""
    times = np.arange(0.0, _SETTLE, 0.1)
    path, level = _flow(neuron, neuron.initial_state(), times), _section(neuron)
    up = np.flatnonzero((path[:-1, 0] < level) & (path[1:, 0] >= level))
    if up.size < 3:
        return None
    part = (level - path[up, 0]) / (path[up + 1, 0] - path[up, 0])
    gates = path[up[-1], 1:] + part[-1] * (path[up[-1] + 1, 1:] - path[up[-1], 1:])
    crossings = times[up] + 0.1 * part
    return np.append(gates, crossings[-1] - crossings[-2])


def _misses(neuron, u):
    """The distance of the flow from its initial state after the period of u."""
    begin = (_section(neuron), *u[:-2])
    return _flow(replace(neuron, I_app=float(u[-1])), begin, [0.0, u[-2]])[1] - begin


def _slopes(neuron, u):
    """The Jacobian of `_misses`, shape (n, n + 1), by one-sided differences."""
    here = _misses(neuron, u)
    steps = 1e-6 * _scale(u)
    columns = [(_misses(neuron, u + h * e) - here) / h for h, e in zip(steps, np.eye(len(u)), strict=True)]
    return np.stack(columns, axis=1)


def _cycle(neuron, u, row, slopes=None):
    """The cycle near u with row . (cycle - u) = 0, by Broyden's method; None if it does not converge.

    Arguments:
        slopes: those of `_misses` at or near u; None to compute them.
    """
    begin, here = u, _misses(neuron, u)
    matrix = np.vstack([_slopes(neuron, u) if slopes is None else slopes, row])
    for _ in range(15):
        if not np.all(np.isfinite(here)):
            return None
        change = -np.linalg.solve(matrix, np.append(here, row @ (u - begin)))
        size = change / _scale(u)
        if np.abs(size).max() > 2.0:
            return None
        u = u + change
        if np.abs(size).max() < 1e-7:
            return u if u[-2] > 0 else None
        here = _misses(neuron, u)
        matrix[:-1] += np.outer(here, size / _scale(u)) / (size @ size)
    return None


def _tangent(slopes, u, forward):
    """The unit tangent of the curve of cycles at u, in scaled units, on the side of another."""
    tangent = np.linalg.svd(slopes * _scale(u))[2][-1]
    return tangent if tangent @ forward > 0 else -tangent
