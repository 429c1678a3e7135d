"""Where, before any run, white noise is a doubtful stand-in for the spikes."""

from math import inf, sqrt

from ..inputs.common_spikes import CommonSpikes
from .fixed_point import fixed_point
from .kick import kick_threshold

__all__ = ["doubts"]

_EVENTS = 10.0  # events in a membrane time constant
_SKEWNESS, _LARGE_SKEWNESS = 0.2, 0.5
_PART_OF_KICK = 0.25  # one event against the kick that makes the neuron spike


def doubts(neuron, drive):
    """Plain warnings, one a line, where the diffusion approximation of a drive is doubtful; [] where none is.

        tau = 1 / stiffness at the operating point, the membrane time constant
        events:    Lambda tau < 10
        skewness:  |s| > 0.2,   s = (kappa_3 tau / 3) / (kappa_2 tau / 2)^1.5, plainly doubtful above 0.5
        weight:    |weight_k| > a quarter of the kick that makes the neuron spike; sqrt(E[weight_k^2]) if it is random,
                   sqrt(E[jump^2]) of common spikes

    s is the skewness that V would have, by Campbell's theorem, were all conductances held at their values at the
    operating point: the size of the first cumulant that diffusion drops, in the membrane's own time. Its limit
    is the margin that `compare` sets on V_skewness. The example `question` has s = -1.86, and its diffusion fires
    half as much again as the spikes make it; 4000 neurons of +0.1 mV with 1000 of -0.4 have s = -0.26, and a
    quarter too much. At fixed mean and variance both fall like 1/sqrt(number of neurons). The limits are rules
    of thumb: silence is no proof, and only `compare` measures the bias.

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput.

    The first two tests are exact arithmetic; the kick is found to 0.0001 mV, and not asked for where the neuron
    has no stable operating point.

    >>> from stochhh import HodgkinHuxley, Population, SynapticInput
    >>> drive = SynapticInput(Population("exc", n=400, rate=5.0, weight=1.5, p=1.0))
    >>> for doubt in doubts(HodgkinHuxley(I_app=0), drive):
    ...     print(doubt.partition(":")[0])
    2.31 events in a membrane time constant of 1.15 ms (fewer than 10)
    skewness of V about +0.621 (beyond 0.2, plainly doubtful beyond 0.5)
    population 'exc'
    """
    if not drive.cumulant(2) > 0:
        return []
    state = fixed_point(neuron, drive)
    if state is None:
        return ["no fixed point under the mean input: whether white noise may stand in for the spikes is not known"]
    stiffness = neuron.stiffness(state, neuron.parameters())
    tau = 1 / stiffness if stiffness > 0 else inf
    unknown = [p.label for p in drive.populations if p.correlation < 0]
    if unknown:
        return [
            f"{', '.join(unknown)}: a correlation below 0 is told by mean and variance alone, which the diffusion has: "
            "there are no events, and no cumulants beyond, to hold it against"
        ]
    return [*_few_events(drive, tau), *_skewed(drive, tau), *_large_weights(neuron, drive)]


def _few_events(drive, tau):
    events = float(sum(source.intensity for source in drive.sources if source.moment(2) > 0)) * tau
    if events < _EVENTS:
        yield (
            f"{events:.3g} events in a membrane time constant of {tau:.3g} ms (fewer than {_EVENTS:g}): "
            "V sees single jumps, not their Gaussian sum"
        )


def _skewed(drive, tau):
    kappa_2, kappa_3 = drive.cumulant(2), drive.cumulant(3)
    skewness = (kappa_3 / kappa_2) * (2 / 3) / sqrt(kappa_2 * tau / 2)
    if abs(skewness) > _SKEWNESS:
        plainly = f", plainly doubtful beyond {_LARGE_SKEWNESS:g}" if abs(skewness) > _LARGE_SKEWNESS else ""
        bias = "more" if skewness < 0 else "less"
        yield (
            f"skewness of V about {skewness:+.3g} (beyond {_SKEWNESS:g}{plainly}): white noise has none; where spikes "
            f"are rare it makes them {bias} frequent, by tens of per cent or more"
        )


def _large_weights(neuron, drive):
    if drive.target != neuron.variables[0]:
        return
    kick = kick_threshold(neuron, drive)
    for source in drive.sources if kick is not None else ():
        size = sqrt(source.moment(2))
        if source.intensity > 0 and size > _PART_OF_KICK * kick:
            yield (
                f"{source.label}: {_said_of(source, size)} mV is {size / kick:.0%} of the {kick:.3g} mV "
                f"kick that makes the neuron spike (above {_PART_OF_KICK:.0%}): one event is no small step"
            )


def _said_of(source, size):
    """What is large: a weight, or a jump made of several."""
    if isinstance(source, CommonSpikes):
        return f"root mean square jump of a common spike {size:.3g}"
    return f"root mean square weight {size:g}" if source.random else f"weight {source.weight:+g}"
