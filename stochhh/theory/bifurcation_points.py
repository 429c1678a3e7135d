"""Transitions from rest to firing as the current increases: Hopf points, saddle-nodes, the fold of limit cycles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..models.contract import check_model
from ..models.jacobians import jacobian
from ..units import hertz
from .limit_cycles import fold_of_cycles

if TYPE_CHECKING:
    from ..models.neuron import Neuron

__all__ = ["Bifurcation", "Bifurcations", "bifurcations"]

_STEP = 0.25  # mV, of the grid on which points are looked for
_RANGE = (-110.0, 60.0)  # mV, of V at rest


@dataclass(frozen=True)
class Bifurcation:
    """A bifurcation of the resting state.

    Arguments:
        I_app: applied current, uA/cm2.
        V: membrane potential at rest there, mV.
        frequency: of the oscillation that begins at a Hopf point, Hz; None at a saddle-node.
    """

    I_app: float
    V: float
    frequency: float | None = None


@dataclass(frozen=True)
class Bifurcations:
    """The bifurcations of a neuron as a constant current increases.

    Arguments:
        hopf: Hopf points, by V: an oscillation begins or ends.
        saddle_node: saddle-node bifurcations, by V: two fixed points merge and disappear.
        cycle_fold: lowest current of repetitive firing, where a stable and an unstable limit cycle merge, uA/cm2;
            or None.
        reason: why there is no fold of limit cycles, or None.
    """

    hopf: tuple[Bifurcation, ...]
    saddle_node: tuple[Bifurcation, ...]
    cycle_fold: float | None
    reason: str | None = None

    def regime(self, I_app: float) -> str:
        """The behaviour of the neuron without noise at the current I_app, in words; None if no bifurcation is known.

        The resting state is the branch of fixed points that begins at low currents and low V; it ends at the
        bifurcation of lowest V.
        """
        points = sorted((*self.hopf, *self.saddle_node), key=lambda point: point.V)
        if not points:
            return None
        if I_app < points[0].I_app:
            bistable = self.cycle_fold is not None and self.cycle_fold <= I_app
            return "bistable: rest and repetitive firing are both stable" if bistable else "silent: it stays at rest"
        if points[-1] in self.hopf and len(points) > 1 and I_app > points[-1].I_app:
            return "blocked: beyond the last Hopf point a state at high V is stable"
        return "beyond rest: it fires repetitively"


def bifurcations(neuron: Neuron) -> Bifurcations:
    """The bifurcations of a neuron under a constant current, from its equations.

        rest at V: I(V) = I_app - C_m f_V(x(V)), the gates at rest;   J its Jacobian, eigenvalues l_i
        saddle-node: dI/dV = 0;   Hopf: prod over i < j of (l_i + l_j) = 0 with an imaginary pair

    Arguments:
        neuron: a model that has I_app, C_m and steady_state, such as HodgkinHuxley(); its I_app does not matter.

    Returns Bifurcations. Points are found on a grid of 0.25 mV of V from -110 to 60 and refined to 1e-12 mV; two of the
    same kind closer than that are missed. The fold of limit cycles is found by continuation of the cycle beyond the
    first Hopf point, see `fold_of_cycles`; if the resting state ends in a saddle-node instead there is none: firing
    begins there at frequency 0, or before it at a homoclinic orbit.

    Source: Kuznetsov, Elements of Applied Bifurcation Theory (2004), sections 3.3, 3.5 and 10.2.2.

    >>> from stochhh import HodgkinHuxley
    >>> found = bifurcations(HodgkinHuxley())
    >>> [round(point.I_app, 4) for point in found.hopf], round(found.cycle_fold, 4)
    ([9.7754, 154.5224], 6.2603)
    """
    check_model(neuron)
    settings = getattr(neuron, "__dataclass_fields__", {})
    if not (hasattr(neuron, "steady_state") and {"I_app", "C_m", "initial"} <= settings.keys()):
        reason = "the model lacks steady_state, I_app, C_m or initial, needed to follow its fixed point"
        return Bifurcations((), (), None, reason)
    if hasattr(neuron, "reset") or len(neuron.variables) == 1:
        return Bifurcations((), (), None, "the model has no action potential of its own, and no limit cycle")
    return _found(replace(neuron, I_app=0.0))  # it does not depend on it


@lru_cache(maxsize=16)
def _found(neuron):
    """The bifurcations of a model that can have them."""
    p = neuron.parameters()

    def current(V):
        return neuron.I_app - neuron.C_m * neuron.vector_field(neuron.steady_state(V), p)[0]

    def slope(V, h=1e-3):
        return (8 * (current(V + h) - current(V - h)) - current(V + 2 * h) + current(V - 2 * h)) / (12 * h)

    def eigenvalues(V):
        return np.linalg.eigvals(jacobian(neuron, neuron.steady_state(V)))

    def sums(V):
        return float(np.prod([a + b for a, b in combinations(eigenvalues(V), 2)]).real)

    folds = tuple(Bifurcation(current(V), V) for V in _zeros(slope))
    hopf = tuple(Bifurcation(current(V), V, f) for V in _zeros(sums) if (f := _frequency(eigenvalues(V))) is not None)
    cycle, reason = _cycle_fold(neuron, hopf, folds)
    return Bifurcations(hopf, folds, cycle, reason)


def _zeros(f):
    from scipy.optimize import brentq

    grid = np.arange(_RANGE[0], _RANGE[1] + _STEP, _STEP)
    values = [f(V) for V in grid]
    for (a, b), (left, right) in zip(pairwise(grid), pairwise(values), strict=True):
        if left * right < 0:
            yield float(brentq(f, a, b, xtol=1e-12))


def _frequency(eigenvalues):
    """Frequency (Hz) of the imaginary pair whose sum vanishes; None if two real eigenvalues cancel."""
    pair = min(combinations(eigenvalues, 2), key=lambda pair: abs(pair[0] + pair[1]))
    return float(hertz(abs(pair[0].imag) / (2 * np.pi))) if abs(pair[0].imag) > 1e-6 else None


def _cycle_fold(neuron, hopf, folds):
    """(current of the fold of limit cycles or None, why there is none)."""
    if not hopf:
        return None, "the resting state does not lose its stability at a Hopf point"
    first = min(hopf, key=lambda point: point.V)
    if any(fold.V < first.V for fold in folds):
        return None, "rest ends in a saddle-node: firing begins there at frequency 0, or sooner at a homoclinic orbit"
    found = fold_of_cycles(replace(neuron, initial=_beside(neuron, first)), first.I_app)
    return (
        (found, None)
        if found is not None
        else (None, "no limit cycle that begins at the first Hopf point leads to a fold")
    )


def _beside(neuron, point):
    """A state far from the fixed point at a Hopf point, from which the neuron converges to its cycle."""
    state = neuron.steady_state(point.V)
    return (state[0] + 30.0, *state[1:])
