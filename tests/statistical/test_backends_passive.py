"""The passive membrane, of which everything is known: the moments of V in every backend against the theorem.

With g_Na = g_K = 0 and tau = C/g_L, V has mean E_L + (I_app + C kappa_1)/g_L and j-th cumulant kappa_j tau / j in
the jump process; the diffusion has the first two and zero beyond (filtered Poisson process: Campbell's theorem).

Would catch: noise of the wrong size, an input counted per step instead of per ms, moments about the wrong potential.
"""

import numpy as np
import pytest
from budget import Disagreement, check_mean

import stochhh as sh

# 2.1 events per ms; kappa_1 to kappa_4 are 1.2, 1.65, 2.55 and 4.9: skewed to the right.
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=300, rate=10.0, weight=0.5, p=0.5),
    sh.Population("strong", n=50, rate=10.0, weight=2.0, p=0.6),
    sh.Population("inh", n=100, rate=5.0, weight=-0.5, p=0.6),
)
E_L, I_APP = -60.0, 3.0
DT = 0.01


def mean_of(neuron):
    return E_L + (I_APP + neuron.C_m * DRIVE.cumulant(1)) / neuron.g_L


def passive(g_L, C_m=1.0):
    """A membrane that starts at its mean, so that the powers are taken about the mean."""
    neuron = sh.HodgkinHuxley(g_Na=0.0, g_K=0.0, g_L=g_L, C_m=C_m, E_L=E_L, I_app=I_APP)
    return sh.HodgkinHuxley(**{**neuron.as_dict(), "initial": (mean_of(neuron), 0.05, 0.6, 0.32)})


def central_moments(neuron, backend):
    """Expected average of (V - mean)^j, j = 1 to 4: from the cumulants."""
    tau = neuron.C_m / neuron.g_L
    k2, k3, k4 = (DRIVE.cumulant(j) * tau / j for j in (2, 3, 4))
    if backend == "diffusion":
        # The law of the Euler-Maruyama scheme itself, V' = V + ... (1 - dt/tau): a bias of dt / (2 tau).
        k2, k3, k4 = DRIVE.cumulant(2) * DT / (1 - (1 - DT / tau) ** 2), 0.0, 0.0
    return 0.0, k2, k3, k4 + 3 * k2**2


# (g_L, duration, transient, trials): per-neuron is slow, so its membrane is fast.
SIZES = {"jump": (0.3, 5000.0, 50.0, 100), "diffusion": (0.3, 5000.0, 50.0, 100), "per-neuron": (3.0, 300.0, 5.0, 24)}
# The part of the variance by which each must be able to be wrong and be seen.
PART = {"jump": 0.1, "diffusion": 0.1, "per-neuron": 0.2}
INSTANCES = {"jump": sh.Jump(), "diffusion": sh.Diffusion(dt=DT), "per-neuron": sh.PerNeuron(dt=0.1)}


@pytest.fixture(scope="module", params=SIZES)
def ensemble(request):
    """(name, neuron, powers of V by trial)"""
    g_L, duration, transient, n_trials = SIZES[request.param]
    neuron = passive(g_L)
    run = sh.simulate(
        neuron, DRIVE, backend=INSTANCES[request.param], duration=duration, transient=transient, seed=31,
        n_trials=n_trials,
    )  # fmt: skip
    assert run.moments.reference == mean_of(neuron)
    return request.param, neuron, run.moments.powers


def check_moments(ensemble, powers):
    """To be seen: 0.15 standard deviations in the mean, PART of the variance, 80 % of the third cumulant."""
    name, neuron, _ = ensemble
    mean, variance, third, fourth = central_moments(neuron, name)
    k3 = DRIVE.cumulant(3) * neuron.C_m / neuron.g_L / 3
    check_mean(powers[:, 0], mean, sees=0.15 * variance**0.5, what="mean of V")
    check_mean(powers[:, 1], variance, sees=PART[name] * variance, what="variance of V")
    check_mean(powers[:, 2], third, sees=0.8 * k3, what="third central moment of V")
    check_mean(powers[:, 3], fourth, sees=4 * PART[name] * fourth, what="fourth central moment of V")


def test_the_moments_of_the_theorem(ensemble):
    check_moments(ensemble, ensemble[2])


@pytest.mark.parametrize("fault", ["variance", "mean", "skewness of the other sign"])
def test_a_planted_fault_is_seen(ensemble, fault):
    name, neuron, powers = ensemble
    variance = central_moments(neuron, name)[1]
    faulty = powers.copy()
    if fault == "variance":
        faulty[:, 1] *= 1 + PART[name]
    elif fault == "mean":
        faulty[:, 0] += 0.15 * variance**0.5
    else:
        faulty[:, 2] -= 2 * DRIVE.cumulant(3) * neuron.C_m / neuron.g_L / 3
    with pytest.raises(Disagreement):
        check_moments(ensemble, faulty)


@pytest.mark.parametrize("lost", [p.name for p in DRIVE.populations])
@pytest.mark.parametrize("name", ["jump", "diffusion"])
def test_a_lost_population_is_seen(name, lost):
    """The run itself made with one population fewer, held against the full theory."""
    g_L, duration, transient, n_trials = SIZES[name]
    neuron = passive(g_L)
    drive = sh.SynapticInput(*(p for p in DRIVE.populations if p.name != lost))
    run = sh.simulate(
        neuron, drive, backend=INSTANCES[name], duration=duration, transient=transient, seed=31, n_trials=n_trials
    )
    with pytest.raises(Disagreement):
        check_moments((name, neuron, None), run.moments.powers)


def test_the_capacitance_scales_time():
    """C = 2 at twice the conductance: the same tau, so the same cumulants; the mean moves by I_app alone."""
    neuron = passive(0.6, C_m=2.0)
    run = sh.simulate(neuron, DRIVE, backend="jump", duration=5000.0, transient=50.0, seed=32, n_trials=100)
    check_moments(("jump", neuron, None), run.moments.powers)


def test_the_autocorrelation_is_exponential():
    """V at lag t correlates by exp(-t/tau): trials are the unit, samples a long time apart average within one."""
    neuron = passive(0.3)
    tau = neuron.C_m / neuron.g_L
    for backend in ("jump", "diffusion"):
        run = sh.simulate(neuron, DRIVE, backend=backend, duration=2000.0, seed=33, n_trials=48, trace_interval=0.5)
        y = run.traces["V"][:, 100:] - mean_of(neuron)
        variance = central_moments(neuron, backend)[1]
        for lag in (1, 7, 20):
            products = np.mean(y[:, :-lag] * y[:, lag:], axis=1)
            check_mean(products, variance * np.exp(-lag * 0.5 / tau), sees=0.1 * variance, what=f"{backend}, lag {lag}")
