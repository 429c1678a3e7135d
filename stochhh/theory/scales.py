"""Scales for the number and size of input events: membrane time constant, kick thresholds, passive skewness."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, inf, pi, sqrt
from typing import TYPE_CHECKING

from ..errors import InputError
from ..inputs.common_spikes import CommonSpikes
from .arguments import checked
from .equilibrium import fixed_point
from .kick import kick_threshold, rebound_threshold
from .response import LEAST

if TYPE_CHECKING:
    from ..annotations import Drive
    from ..models.neuron import Neuron

__all__ = ["InputScales", "input_scales", "jump_sizes"]


@dataclass(frozen=True)
class InputScales:
    """An input relative to the neuron that it drives, at the operating point; all None if there is none.

    Arguments:
        membrane_time_constant: tau = 1 / membrane_rate, all conductances constant, ms; infinite if V does not relax.
        events_per_time_constant: Lambda tau, with the events that change V.
        passive_skewness: skewness of V if all conductances were constant, by Campbell's theorem; None if the input does
            not fluctuate, or has no third cumulant.
        kick_threshold: see the function, mV, or None.
        rebound_threshold: see the function, mV, negative, or None.
    """

    membrane_time_constant: float | None = None
    events_per_time_constant: float | None = None
    passive_skewness: float | None = None
    kick_threshold: float | None = None
    rebound_threshold: float | None = None


def input_scales(neuron: Neuron, drive: Drive) -> InputScales:
    """The InputScales of a neuron and its input.

        tau = 1 / membrane_rate(x*),   Lambda tau,   s = (kappa_3 tau / 3) / (kappa_2 tau / 2)^1.5

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations.

    Exact arithmetic, except for the two thresholds. s is not the V_skewness of the linear response, which includes the
    response of the gates; for a membrane of constant conductances they are the same.
    """
    drive = checked(neuron, drive)
    state = fixed_point(neuron, drive)
    if state is None:
        return InputScales()
    rate = neuron.membrane_rate(state, neuron.parameters())
    tau = 1 / rate if rate > 0 else inf
    moving = float(sum(source.intensity for source in drive.sources if source.moment(2) > 0))
    kicks = kick_threshold(neuron, drive), rebound_threshold(neuron, drive)
    return InputScales(tau, moving * tau if moving else 0.0, _skewness(drive, tau), *kicks)


def _skewness(drive, tau):
    kappa_2 = drive.cumulant(2)
    try:
        return (drive.cumulant(3) / kappa_2) * (2 / 3) / sqrt(kappa_2 * tau / 2) if kappa_2 > LEAST else None
    except InputError:
        return None


def jump_sizes(source):
    """Root mean square of the upward and of the downward jumps of a source, mV; 0 if there are none.

        sqrt(E[w^2; w > 0] / P(w > 0)),    sqrt(E[w^2; w < 0] / P(w < 0))

    Arguments:
        source: a Population, or CommonSpikes.

    Exact, except for common spikes with both upward and downward jumps: there both are that of all jumps.
    """
    if source.intensity == 0 or source.moment(2) == 0:
        return 0.0, 0.0
    parts = source.populations if isinstance(source, CommonSpikes) else (source,)
    sides = [_sizes_of_weight(part.coefficients, sqrt(part.weight_moment(2))) for part in parts if part.intensity > 0]
    if source is parts[0]:
        return sides[0]
    size = sqrt(source.moment(2))
    return tuple(size if any(side) else 0.0 for side in zip(*sides, strict=True))


def _sizes_of_weight(law, size):
    """The same for one weight, drawn from a distribution of root mean square `size`."""
    if not law.normal:
        up = law.shift + law.exponential > 0
        return (size, 0.0) if up else (0.0, size)
    return tuple(_side_of_normal(sign * law.shift, law.normal) for sign in (1, -1))


def _side_of_normal(mean, sd):
    """Root mean square of the positive part of a normal weight; 0 if that is negligible."""
    z = mean / sd
    chance = 0.5 * (1 + erf(z / sqrt(2)))
    square = (mean**2 + sd**2) * chance + mean * sd * exp(-z * z / 2) / sqrt(2 * pi)
    return sqrt(square / chance) if chance > 1e-9 and square > 0 else 0.0
