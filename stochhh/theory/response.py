"""Linear response of V below threshold, without spikes: moments, autocovariance and spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError, choice
from ..models.jacobians import jacobian
from ..units import per_ms
from .arguments import checked
from .equilibrium import fixed_point

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ..annotations import Drive, FloatArray
    from ..models.neuron import Neuron

__all__ = ["LEAST", "LinearResponse", "autocovariance", "linear_response", "power_spectrum", "response_integral"]

LEAST = 1e-140  # mV2/ms; at less the fourth cumulant may be below the smallest number


@dataclass(frozen=True)
class LinearResponse:
    """The response of the neuron to small inputs about its operating point.

    Arguments:
        state: the fixed point under the mean input, in the order of the neuron's variables, or None.
        eigenvalues: of the Jacobian there, 1/ms, the largest real part first, or None.
        stable: whether all real parts are negative, and the neuron is not reset before it reaches the fixed point.
        V_mean: mV, or None.
        V_variance: mV2, or None.
        V_skewness: a pure number, or None.
        V_kurtosis: excess kurtosis, a pure number, or None.
        reason: why a moment is None, or None.
    """

    state: tuple[float, ...] | None
    eigenvalues: tuple[complex, ...] | None
    stable: bool
    V_mean: float | None = None
    V_variance: float | None = None
    V_skewness: float | None = None
    V_kurtosis: float | None = None
    reason: str | None = None


def linear_response(neuron: Neuron, drive: Drive) -> LinearResponse:
    """Mean, variance, skewness and kurtosis of V under the spikes of a drive, without simulation.

        dx = J (x - x*) dt + e dL
        j-th cumulant of V = kappa_j * integral over t >= 0 of (e_V . exp(J t) e)^j dt,   j = 2, 3, 4

    with x* the fixed point under the mean input, e the unit vector of the variable that the input moves.

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations.

    Exact for a membrane of constant conductances. For other models it is the leading order in the size of the
    fluctuations, without spikes, and accurate only if the neuron hardly ever fires and V stays within a few mV of x*.
    The diffusion approximation has the same mean and variance, and skewness and kurtosis 0. If x* does not exist, or is
    unstable, the moments are None, with the reason; skewness and kurtosis also if the input does not fluctuate, or has
    no higher cumulants.

    Source: Rice, Bell Syst. Tech. J. 23, 282 (1944), secs. 1.2, 1.5 (Campbell's theorem and its extension);
    Gardiner, Handbook of Stochastic Methods (2004), sec. 4.4.6 (the Lyapunov equation, j = 2).

    >>> from stochhh import HodgkinHuxley, Population, SynapticInput
    >>> drive = SynapticInput(Population("exc", n=100, rate=10.0, weight=0.5, p=1.0))
    >>> passive = linear_response(HodgkinHuxley(g_Na=0, g_K=0, g_L=0.5), drive)
    >>> round(passive.V_variance, 9)  # kappa_2 tau / 2 = 0.25 mV2/ms * 2 ms / 2
    0.25
    """
    drive = checked(neuron, drive)
    state = fixed_point(neuron, drive)
    if state is None:
        return LinearResponse(None, None, False, reason="there is no fixed point under the mean input")
    J = jacobian(neuron, state)
    eigenvalues = tuple(sorted(map(complex, np.linalg.eigvals(J)), key=lambda l: (-l.real, -l.imag)))
    if not eigenvalues[0].real < 0:
        return LinearResponse(state, eigenvalues, False, reason="the fixed point under the mean input is unstable")
    if hasattr(neuron, "reset") and state[0] >= neuron.threshold:
        reason = "the fixed point under the mean input lies above the threshold"
        return LinearResponse(state, eigenvalues, False, reason=reason)
    i, j = 0, neuron.variables.index(drive.target)
    kappa_2 = drive.cumulant(2)
    square, cube, fourth = (response_integral(J, i, j, power) for power in (2, 3, 4))
    variance = kappa_2 * square
    if not kappa_2 > LEAST:
        reason = "the fluctuations of the input are too small" if kappa_2 > 0 else "the input does not fluctuate"
        return LinearResponse(state, eigenvalues, True, state[i], variance, reason=reason)
    try:
        kappa_3, kappa_4 = drive.cumulant(3), drive.cumulant(4)
    except InputError as error:  # a negative correlation, of which two cumulants are known
        return LinearResponse(state, eigenvalues, True, state[i], variance, reason=str(error))
    skewness = (kappa_3 / kappa_2) * (cube / square) / variance**0.5
    kurtosis = (kappa_4 / kappa_2) * (fourth / square) / variance
    return LinearResponse(state, eigenvalues, True, state[i], variance, skewness, kurtosis)


def autocovariance(neuron: Neuron, drive: Drive, lag: ArrayLike, variable: str = "V") -> FloatArray:
    """Autocovariance of a state variable below threshold in linear response (mV2 for V).

        C(s) = e_i . exp(J |s|) S e_i,   J S + S J^T + kappa_2 e e^T = 0

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations.
        lag: s, ms, a number or an array.
        variable: name of a state variable; mV2 for V, a pure number for a gate.

    It is the same for jumps and their diffusion approximation, since it depends on the first two cumulants alone. Exact
    and approximate as in `linear_response`. Raises InputError if there is no stable fixed point under the mean input.
    Source: Gardiner, Handbook of Stochastic Methods (2004), eqs. 4.4.51 and 4.4.58.

    >>> from stochhh import Passive, Population, SynapticInput
    >>> drive = SynapticInput(Population("exc", n=100, rate=10.0, weight=0.5, p=1.0))
    >>> autocovariance(Passive(g_L=0.5), drive, [0.0, 2.0]).round(6).tolist()  # kappa_2 tau / 2 exp(-s / tau), tau = 2
    [0.25, 0.09197]
    """
    drive = checked(neuron, drive)
    from scipy.linalg import expm, solve_continuous_lyapunov

    J, i, e = _linear(neuron, drive, variable)
    covariance = solve_continuous_lyapunov(J, -drive.cumulant(2) * np.outer(e, e))
    lag = np.abs(np.asarray(lag, dtype=float))
    return (expm(J * lag.ravel()[:, None, None])[:, i] @ covariance[:, i]).reshape(lag.shape)


def power_spectrum(neuron: Neuron, drive: Drive, frequency: ArrayLike, variable: str = "V") -> FloatArray:
    """Power spectrum of a state variable below threshold in linear response (mV2/Hz for V).

        S(f) = kappa_2 |e_i . (2 pi i f - J)^-1 e|^2

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations.
        frequency: f, Hz, a number or an array.
        variable: name of a state variable; mV2/Hz for V, 1/Hz for a gate.

    Two-sided: the integral over positive and negative f is the variance, S is the Fourier transform of the
    autocovariance. It is the same for jumps and their diffusion approximation. Exact and approximate as in
    `linear_response`. Raises InputError if there is no stable fixed point under the mean input.
    Source: Gardiner, Handbook of Stochastic Methods (2004), eq. 4.4.64.
    """
    drive = checked(neuron, drive)
    J, i, e = _linear(neuron, drive, variable)
    frequency = np.asarray(frequency, dtype=float)
    matrices = 2j * np.pi * per_ms(frequency.ravel())[:, None, None] * np.eye(len(J)) - J
    response = np.linalg.solve(matrices, np.broadcast_to(e[:, None], (len(matrices), len(J), 1)))[:, i, 0]
    return per_ms(drive.cumulant(2) * np.abs(response) ** 2).reshape(frequency.shape)  # ms is per kHz


def _linear(neuron, drive, variable):
    """(J, index of the variable, unit vector of the input) at the operating point; InputError unless it is stable."""
    choice("variable", variable, neuron.variables)
    response = linear_response(neuron, drive)
    if not response.stable:
        fault = f"the linear response is undefined: {response.reason}"
        raise InputError(fault, remedy="lower I_app or the mean input")
    e = np.eye(len(neuron.variables))[neuron.variables.index(drive.target)]
    return jacobian(neuron, response.state), neuron.variables.index(variable), e


def response_integral(J, i, j, power):
    """The integral over t >= 0 of (exp(J t)[i, j])^power, for a stable J; ms.

        d/dt prod_s x_(a_s) = sum_s sum_k J[a_s, k] x_k prod_(r != s) x_(a_r)   along dx/dt = J x, x(0) = e_j

    The monomials of that degree satisfy a closed linear equation, du/dt = A u, and the integral of u is
    -A^-1 u(0).

    Arguments:
        J: a square matrix, 1/ms, every eigenvalue with a negative real part.
        i: the variable that responds.
        j: the variable that is kicked.
        power: exponent of the response, 1 or more.

    Exact, J diagonalisable or not; power 2 is the Lyapunov equation.
    """
    n = len(J)
    monomials = list(combinations_with_replacement(range(n), power))
    place = {monomial: row for row, monomial in enumerate(monomials)}
    A = np.zeros((len(monomials), len(monomials)))
    for row, monomial in enumerate(monomials):
        for s, a in enumerate(monomial):
            others = monomial[:s] + monomial[s + 1 :]
            for k in range(n):
                A[row, place[tuple(sorted((*others, k)))]] += J[a, k]
    start = np.eye(len(monomials))[place[(j,) * power]]
    return float(np.linalg.solve(A, -start)[place[(i,) * power]])
