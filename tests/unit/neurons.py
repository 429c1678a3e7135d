"""Neurons and inputs of which theory knows the answer."""

from collections import namedtuple
from dataclasses import dataclass
from math import sqrt

from stochhh import HodgkinHuxley, Population, SynapticInput

PASSIVE = HodgkinHuxley(C_m=1.5, g_Na=0, g_K=0, g_L=0.25, E_L=-60.0, I_app=0.5)  # tau = 6 ms
SKEWED = SynapticInput(Population("exc", 100, 8.0, 1.0, 0.5), Population("inh", 50, 4.0, -0.5, 1.0))


def question(finer=1):
    """The original problem, or the same mean and variance from `finer` times as many synapses."""
    weight = 1 / sqrt(finer)
    return SynapticInput(
        Population("exc", 80 * finer, 10.0, weight, 0.5), Population("inh", 20 * finer, 10.0, -4 * weight, 0.5)
    )


def cortex():
    return SynapticInput(Population("exc", 4000, 10.0, 0.1, 0.5), Population("inh", 1000, 10.0, -0.4, 0.5))


def passive_theorem(neuron, drive):
    """Mean, variance and skewness of a passive membrane: the j-th cumulant is kappa_j tau / j."""
    tau = neuron.C_m / neuron.g_L
    variance, third = drive.cumulant(2) * tau / 2, drive.cumulant(3) * tau / 3
    return neuron.E_L + (neuron.I_app + neuron.C_m * drive.cumulant(1)) / neuron.g_L, variance, third / variance**1.5


@dataclass(frozen=True)
class FitzHugh:
    """dV/dt = V - V^3/3 - w, dw/dt = 0.08 (V + 0.7 - 0.8 w): FitzHugh (1961), a neuron of another kind."""

    name = "fitzhugh"
    variables = ("V", "w")
    ranges = ((-10.0, 10.0), (-10.0, 10.0))
    scales = (4.0, 2.0)
    threshold = 1.0
    rearm = 0.0

    def parameters(self):
        return namedtuple("Parameters", "I_app")(0.0)

    def initial_state(self):
        return (-1.0, -0.5)

    @staticmethod
    def vector_field(x, p):
        V, w = x
        return V - V**3 / 3 - w + p.I_app, 0.08 * (V + 0.7 - 0.8 * w)

    @staticmethod
    def membrane_rate(x, p):
        return x[0] ** 2 - 1

    def as_dict(self):
        return {}
