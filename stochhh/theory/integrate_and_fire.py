"""The rate of the leaky integrate-and-fire neuron, exact under jumps of exponential size and under white noise."""

from __future__ import annotations

from math import exp, expm1, inf, log1p, sqrt
from typing import TYPE_CHECKING

from ..errors import InputError, real, within
from ..models import LeakyIntegrateAndFire
from ..units import hertz
from .arguments import checked

if TYPE_CHECKING:
    from ..annotations import Drive

__all__ = ["shot_noise_rate", "siegert_rate"]

_PRECISION = 1e-11  # relative, of an integral
_FAR = 40.0  # e^-40 is negligible compared with 1
_TOO_RARE = 740.0  # e^-740 is at the limit of floating-point numbers


def shot_noise_rate(neuron: LeakyIntegrateAndFire, drive: Drive) -> float:
    """The firing rate (Hz) of the leaky integrate-and-fire neuron under jumps of exponentially distributed size.

        1/rate = refractory + tau * integral over s from 0 to 1/a of [e^(s threshold) / (1 - a s) - e^(s reset)] / (s Z)
        1/Z = (1 - a s)^(lambda_e tau) * prod_i (1 + b_i s)^(lambda_i tau)

    with threshold and reset counted from E_L + I_app/g_L, tau = C_m/g_L, a and lambda_e the mean weight and the
    intensity of excitation, b_i (positive) and lambda_i those of inhibition.

    Arguments:
        neuron: a LeakyIntegrateAndFire that does not fire by itself: E_L + I_app/g_L is not above the threshold.
        drive: a SynapticInput, a Population or a list of Populations, with exponential weights; all excitatory
            populations have one mean weight.

    Exact; the integral is computed to 1e-11 relative. A rate too low for a floating-point number is 0. Raises
    InputError, with the name, for a neuron or an input for which the formula is not valid.

    Source: Richardson and Swarbrick, Phys. Rev. Lett. 105, 178102 (2010); the refractory time as in Droste and
    Lindner, J. Comput. Neurosci. 43, 81 (2017).

    >>> from stochhh import LeakyIntegrateAndFire, Population, SynapticInput
    >>> neuron = LeakyIntegrateAndFire(g_L=1, E_L=0, initial=[0], threshold=1, reset=0, refractory=0.1)
    >>> drive = SynapticInput(Population("exc", 1, 5600.0, 0.2, 1.0, weight_distribution="exponential"))
    >>> round(shot_noise_rate(neuron, drive), 5)
    566.21919
    """
    drive = checked(neuron, drive)
    tau, rest = _membrane(neuron)
    excitation, inhibition = _exponential_populations(drive)
    if rest > neuron.threshold:
        allowed = (
            f"so low that the neuron rests below its threshold, {neuron.threshold:g} mV, and not at {rest:g} mV: the "
            "exact rate under jumps is known only where the neuron does not fire without them"
        )
        raise InputError("I_app", neuron.I_app, allowed)
    if not excitation:
        return 0.0
    a = excitation[0].weight
    high, low = (neuron.threshold - rest) / a, (neuron.reset - rest) / a
    events = tau * sum(p.intensity for p in excitation)
    against = [(tau * p.intensity, -p.weight / a) for p in inhibition]

    # With 1 - a s = e^-u the integrand is smooth to the end, and log-concave but for a slow factor.
    def exponent(u):
        x = -expm1(-u)
        return high * x - events * u + sum(n * log1p(b * x) for n, b in against)

    def slope(u):
        x = -expm1(-u)
        return (high + sum(n * b / (1 + b * x) for n, b in against)) * exp(-u) - events

    def factor(u):
        x = -expm1(-u)
        return 1.0 + exp(-u) * (-expm1(-(high - low) * x) / x if x > 0 else high - low)

    scale, integral = _laplace_integral(exponent, slope, factor, _FAR)
    integral += exp(exponent(_FAR) - scale) / events  # beyond, all but e^(-events u) is constant
    return _rate(neuron, tau * integral, scale)


def siegert_rate(neuron: LeakyIntegrateAndFire, drive: Drive) -> float:
    """The firing rate (Hz) of the leaky integrate-and-fire neuron under the diffusion approximation of its input.

        1/rate = refractory + tau sqrt(pi) * integral of e^(y^2) (1 + erf y) dy
        from (reset - mean) / sqrt(kappa_2 tau) to (threshold - mean) / sqrt(kappa_2 tau)

    with mean = E_L + I_app/g_L + kappa_1 tau and tau = C_m/g_L.

    Arguments:
        neuron: a LeakyIntegrateAndFire.
        drive: a SynapticInput, a Population or a list of Populations, of which only kappa_1 and kappa_2 matter.

    Exact; the integral is computed to 1e-11 relative. A rate too low for a floating-point number is 0. Without noise
    it is the rate of the deterministic neuron. Raises InputError for other neurons.

    Source: Siegert, Phys. Rev. 81, 617 (1951); Ricciardi, Diffusion Processes and Related Topics in Biology (1977).

    >>> from stochhh import LeakyIntegrateAndFire, Population, SynapticInput
    >>> neuron = LeakyIntegrateAndFire(g_L=1, E_L=0, initial=[0], threshold=1, reset=0, refractory=0.1)
    >>> drive = SynapticInput(Population("exc", 1, 5600.0, 0.2, 1.0, weight_distribution="exponential"))
    >>> round(siegert_rate(neuron, drive), 5)
    724.04192
    """
    drive = checked(neuron, drive)
    tau, rest = _membrane(neuron)
    mean, spread = rest + drive.cumulant(1) * tau, sqrt(drive.cumulant(2) * tau)
    if spread == 0:
        return _deterministic_rate(neuron, tau, mean)
    high, low = (neuron.threshold - mean) / spread, (neuron.reset - mean) / spread

    # sqrt(pi) e^(y^2) (1 + erf y) is the integral over u > 0 of 2 e^(2 y u - u^2); that over y can then be done.
    def factor(u):
        return -expm1(-2 * (high - low) * u) / u if u > 0 else 2 * (high - low)

    scale, integral = _laplace_integral(
        lambda u: (2 * high - u) * u, lambda u: 2 * (high - u), factor, max(high, 0.0) + sqrt(_FAR)
    )
    return _rate(neuron, tau * integral, scale)


def _membrane(neuron):
    """(tau, potential to which the membrane tends under I_app alone), ms and mV."""
    if not isinstance(neuron, LeakyIntegrateAndFire):
        raise InputError("neuron", neuron, "a LeakyIntegrateAndFire")
    real("g_L", neuron.g_L, above=0, unit="mS/cm2", remedy="the formula is that of a leaky neuron")
    return neuron.C_m / neuron.g_L, neuron.E_L + neuron.I_app / neuron.g_L


def _exponential_populations(drive):
    """(excitatory, inhibitory) populations of a drive with events, if the formula is valid for them."""
    acting = [p for p in drive.populations if p.intensity > 0 and p.moment(2) > 0]
    for p in acting:
        with within(population=p.name):
            if p.correlation:
                allowed = "0, since the exact rate is known only for independent presynaptic neurons"
                raise InputError("correlation", p.correlation, allowed)
            if p.weight_distribution != "exponential":
                allowed = '"exponential", the only distribution of weights for which the exact rate is known'
                raise InputError("weight_distribution", p.weight_distribution, allowed)
    excitation, inhibition = [p for p in acting if p.weight > 0], [p for p in acting if p.weight < 0]
    for p in excitation[1:]:
        if p.weight != excitation[0].weight:
            allowed = (
                f"{excitation[0].weight:g} mV as in {excitation[0].label}, since the exact rate is known only where "
                "all excitatory populations have the same mean weight"
            )
            raise InputError("weight", p.weight, allowed).within(population=p.name)
    return excitation, inhibition


def _laplace_integral(exponent, slope, factor, end):
    """(scale, the integral from 0 to `end` of factor(u) e^(exponent(u) - scale) du), the exponent concave.

    `scale` is the largest exponent; parts more than _FAR below it are neglected.
    """
    from scipy.integrate import quad
    from scipy.optimize import brentq

    peak = 0.0 if slope(0.0) <= 0 else end if slope(end) >= 0 else brentq(slope, 0.0, end)
    scale = exponent(peak)
    if scale > _TOO_RARE:
        return scale, inf

    def height(u):
        return exponent(u) - scale + _FAR

    left = 0.0 if height(0.0) >= 0 else brentq(height, 0.0, peak)
    right = end if height(end) >= 0 else brentq(height, peak, end)
    sides = (
        quad(lambda u: factor(u) * exp(exponent(u) - scale), a, b, epsabs=0, epsrel=_PRECISION, limit=500)[0]
        for a, b in ((left, peak), (peak, right))
        if a < b
    )
    return scale, sum(sides)


def _rate(neuron, integral, scale):
    """The rate (Hz) for a mean interval of the refractory time plus `integral` e^scale, ms."""
    rare = exp(-scale)
    return hertz(rare / (neuron.refractory * rare + integral))


def _deterministic_rate(neuron, tau, mean):
    """The rate (Hz) at which a membrane that tends to `mean` reaches the threshold from the reset."""
    beyond = mean - neuron.threshold
    if not beyond > 0:
        return 0.0
    return hertz(1 / (neuron.refractory + tau * log1p((neuron.threshold - neuron.reset) / beyond)))
