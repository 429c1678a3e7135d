"""Below threshold V follows its input linearly: its moments by Campbell's theorem, spikes left out."""

from dataclasses import dataclass

import numpy as np

from ..models.jacobian import jacobian
from .fixed_point import fixed_point

__all__ = ["LinearResponse", "linear_response", "response_integral"]


@dataclass(frozen=True)
class LinearResponse:
    """The neuron's answer to small input about its operating point.

    Arguments:
        state: the fixed point under the mean input, in the order of the neuron's variables, or None.
        eigenvalues: of the Jacobian there, 1/ms, the largest real part first, or None.
        stable: whether all real parts are negative.
        V_mean: mV, or None.
        V_variance: mV2, or None.
        V_skewness: a pure number, or None.
        reason: why a moment is None, or None.
    """

    state: tuple[float, ...] | None
    eigenvalues: tuple[complex, ...] | None
    stable: bool
    V_mean: float | None = None
    V_variance: float | None = None
    V_skewness: float | None = None
    reason: str | None = None


def linear_response(neuron, drive):
    """Mean, variance and skewness of V under the spikes of a drive, without simulating.

        dx = J (x - x*) dt + e dL
        j-th cumulant of V = kappa_j * integral over t >= 0 of (e_V . exp(J t) e)^j dt,   j = 2, 3

    with x* the fixed point under the mean input, e the unit vector of the variable that the input moves.

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput.

    Exact for a membrane of constant conductances. For others the leading order in the size of the fluctuations,
    without spikes: trust it where the neuron hardly ever fires and V stays within a few mV of x*. The diffusion
    approximation has the same mean and variance, and skewness 0. If x* does not exist, or is unstable, the
    moments are None, with the reason.

    Source: Rice, Bell Syst. Tech. J. 23, 282 (1944), secs. 1.2, 1.5 (Campbell's theorem and its extension);
    Gardiner, Handbook of Stochastic Methods (2004), sec. 4.4.6 (the Lyapunov equation, j = 2).

    >>> from stochhh import HodgkinHuxley, Population, SynapticInput
    >>> drive = SynapticInput(Population("exc", n=100, rate=10.0, weight=0.5, p=1.0))
    >>> passive = linear_response(HodgkinHuxley(g_Na=0, g_K=0, g_L=0.5), drive)
    >>> round(passive.V_variance, 9)  # kappa_2 tau / 2 = 0.25 mV2/ms * 2 ms / 2
    0.25
    """
    state = fixed_point(neuron, drive)
    if state is None:
        return LinearResponse(None, None, False, reason="there is no fixed point under the mean input")
    J = jacobian(neuron, state)
    eigenvalues = tuple(sorted(map(complex, np.linalg.eigvals(J)), key=lambda l: (-l.real, -l.imag)))
    if not eigenvalues[0].real < 0:
        return LinearResponse(state, eigenvalues, False, reason="the fixed point under the mean input is unstable")
    i, j = 0, neuron.variables.index(drive.target)
    kappa_2, kappa_3 = drive.cumulant(2), drive.cumulant(3)
    square, cube = response_integral(J, i, j, 2), response_integral(J, i, j, 3)
    variance = kappa_2 * square
    if not variance > 0:
        return LinearResponse(state, eigenvalues, True, state[i], 0.0, reason="the input does not fluctuate")
    skewness = (kappa_3 / kappa_2) * (cube / square) / variance**0.5
    return LinearResponse(state, eigenvalues, True, state[i], variance, skewness)


def response_integral(J, i, j, power):
    """The integral over t >= 0 of (exp(J t)[i, j])^power, for a stable J; ms.

        (J + J + ... + J) M = -e x e x ... x e,   + the Kronecker sum, x the Kronecker product, e = e_j

    whose entry M[i, i, ..., i] it is: the flow of the Kronecker sum is the Kronecker power of exp(J t).

    Arguments:
        J: a square matrix, 1/ms, every eigenvalue with a negative real part.
        i: the variable that answers.
        j: the variable that is kicked.
        power: how often the response is multiplied by itself, 1 or more.

    Exact, J diagonalisable or not; power 2 is the Lyapunov equation.
    """
    n = len(J)
    kronecker_sum, kick = J, np.eye(n)[j]
    for _ in range(power - 1):
        kronecker_sum = np.kron(kronecker_sum, np.eye(n)) + np.kron(np.eye(len(kronecker_sum)), J)
        kick = np.kron(kick, np.eye(n)[j])
    M = np.linalg.solve(kronecker_sum, -kick)
    return float(M.reshape((n,) * power)[(i,) * power])
