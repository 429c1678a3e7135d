"""Doubts about the diffusion approximation that are known before any run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..inputs import SynapticInput
from ..inputs.common_spikes import CommonSpikes
from .arguments import checked
from .error_signs import error_sign, too_rare_in_the_end
from .kick import LARGEST_KICK
from .response import LEAST, linear_response
from .scales import input_scales, jump_sizes

if TYPE_CHECKING:
    from ..annotations import Drive
    from ..models.neuron import Neuron

__all__ = ["doubts"]

_EVENTS = 10.0  # events in a membrane time constant
_SKEWNESS, _LARGE_SKEWNESS = 0.2, 0.5
_PART_OF_KICK = 0.25  # one event against the kick that makes the neuron spike
_NEVER = (
    "all weights are inhibitory, and no event raises V: every spike of the diffusion is an artefact of the white noise."
)


def doubts(neuron: Neuron, drive: Drive) -> list[str]:
    """Reasons why the diffusion approximation of a drive is doubtful, as sentences; [] if there are none.

        tau = 1 / membrane_rate at the operating point, the membrane time constant
        events:    Lambda tau < 10
        skewness:  |s| > 0.2,   s = (kappa_3 tau / 3) / (kappa_2 tau / 2)^1.5, clearly doubtful above 0.5
        weight:    |weight_k| > a quarter of the kick of its sign that makes the neuron spike, upwards or on the
                   rebound; sqrt(E[weight_k^2]) of that sign if it is random, sqrt(E[jump^2]) of common spikes
        sign:      of the error of the rate, if predicted for small weights; that it is unknown, if there is another
            doubt

    s is the skewness that V would have, by Campbell's theorem, if all conductances were constant at their values at the
    operating point: the first cumulant that the diffusion neglects, on the time scale of the membrane. Its limit is the
    default margin of `compare` for V_skewness. 4000 neurons of +0.1 mV with 1000 of -0.4 have s = -0.26, and the rate
    of their diffusion is too high by a sixth. The example `question` has s = -1.86, and the rate of its diffusion is
    half as high again as that of the jumps; with 3 Hz per neuron in place of 10 it has s = -3.4, and that rate is a
    third of that of the jumps: see `error_sign` for the conditions under which the sign of s determines that of the
    error. At fixed mean and variance s decreases as 1/sqrt(number of neurons). The limits are rules of thumb: the
    absence of doubts proves nothing, and only `compare` measures the bias.

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations.

    The first two tests are exact arithmetic; the kicks are found to 0.0001 mV, and not used if the neuron has no stable
    operating point.

    >>> from stochhh import HodgkinHuxley, Population, SynapticInput
    >>> drive = SynapticInput(Population("exc", n=400, rate=5.0, weight=1.5, p=1.0))
    >>> for doubt in doubts(HodgkinHuxley(I_app=0), drive):
    ...     print(doubt.partition(":")[0])
    2.31 events in a membrane time constant of 1.15 ms (fewer than 10)
    passive skewness +0.621 (magnitude above 0.2, clearly doubtful above 0.5)
    population 'exc'
    the sign of the error in the rate is not known in advance
    """
    drive = checked(neuron, drive)
    return doubts_at(neuron, drive, input_scales(neuron, drive)) if drive.cumulant(2) > LEAST else []


def doubts_at(neuron, drive, scales):
    """The same for known InputScales."""
    if not drive.cumulant(2) > LEAST:
        return []
    if scales.membrane_time_constant is None:
        return [
            "there is no fixed point under the mean input: it is unknown whether white noise can replace the events."
        ]
    unknown = [p.label for p in drive.populations if p.correlation < 0]
    if unknown:
        return [
            f"{', '.join(unknown)}: a negative correlation defines only the mean and the variance of the input, which "
            "the diffusion has. There are no events and no higher cumulants to compare it with."
        ]
    sign = error_sign(neuron, drive, scales)
    found = [*_few_events(scales), *_skewed(scales, sign), *_large_weights(neuron, drive, scales)]
    if _unspiking(neuron, drive):
        return [*found, _NEVER]
    return [*found, *(_unknown_sign(neuron, drive, scales) if found and sign is None else ())]


def _few_events(scales):
    events, tau = scales.events_per_time_constant, scales.membrane_time_constant
    if events < _EVENTS:
        yield (
            f"{events:.3g} events in a membrane time constant of {tau:.3g} ms (fewer than {_EVENTS:g}): "
            "V responds to single jumps, not to a Gaussian sum of many."
        )


def _skewed(scales, sign):
    skewness = scales.passive_skewness
    if abs(skewness) > _SKEWNESS:
        plainly = f", clearly doubtful above {_LARGE_SKEWNESS:g}" if abs(skewness) > _LARGE_SKEWNESS else ""
        bias = "" if sign is None else f" White noise makes rare spikes {'more' if sign > 0 else 'less'} frequent."
        yield (
            f"passive skewness {skewness:+.3g} (magnitude above {_SKEWNESS:g}{plainly}): if all conductances "
            f"were constant, the events would give V this skewness. White noise gives V a symmetric distribution.{bias}"
        )


def _large_weights(neuron, drive, scales):
    if drive.target != neuron.variables[0]:
        return
    for source in drive.sources:
        kicks = scales.kick_threshold, scales.rebound_threshold
        parts = [(size / abs(kick), size, kick) for size, kick in zip(jump_sizes(source), kicks, strict=True) if kick]
        part, size, kick = max(parts, default=(0.0, 0.0, 0.0))
        if part > _PART_OF_KICK:
            yield (
                f"{source.label}: {_said_of(source, size)} mV is {part:.0%} of the {kick:.3g} mV kick that makes the "
                f"neuron spike{' on the rebound' if kick < 0 else ''} (above {_PART_OF_KICK:.0%}): a single event is "
                "not small."
            )


def _said_of(source, size):
    """The description of the size: of a weight, or of a jump of several weights."""
    if isinstance(source, CommonSpikes):
        return f"root mean square jump of a common spike {size:.3g}"
    return f"root mean square weight {size:g}" if source.random else f"weight {source.weight:+g}"


def _unspiking(neuron, drive):
    """Whether no event can make a spike: only inhibition, of a neuron with V as its only variable."""
    rest = linear_response(neuron, SynapticInput())
    return _inhibition_alone(drive) and len(neuron.variables) == 1 and rest.stable and rest.state[0] < neuron.threshold


def _inhibition_alone(drive):
    return not any(jump_sizes(source)[0] for source in drive.sources)


def _unknown_sign(neuron, drive, scales):
    """The doubt about the sign of the error if it depends on more than the third cumulant."""
    if too_rare_in_the_end(neuron, drive):
        yield (
            "the sign of the error in the rate is not known in advance: with these weights, the diffusion fires far "
            "too rarely if the rates of the input are low, and it may fire too often if they are high. `compare` "
            "measures the error."
        )
    elif _inhibition_alone(drive) and scales.kick_threshold is not None and scales.rebound_threshold is None:
        yield (
            f"all weights are inhibitory, and no kick down to -{LARGEST_KICK:g} mV makes the neuron spike: white noise "
            "may evoke spikes that the events cannot."
        )
    elif scales.kick_threshold is not None:
        yield "the sign of the error in the rate is not known in advance. `compare` measures it."
