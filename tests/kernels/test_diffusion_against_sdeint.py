"""The diffusion against sdeint's itoEuler on the same Brownian increments, step by step.

Would catch: a wrong power of dt on the noise, a lost kappa_1, an increment used twice or one step late, a gate that
sees the new V instead of the old.
"""

import warnings

import numpy as np
import pytest
from exact_flow import textbook_field

import stochhh as sh
from stochhh.random import normals

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-3.0, p=0.5),
)
DT, DURATION, SEED = 0.01, 50.0, 99
STEPS = round(DURATION / DT)

# One rounding of V is 1e-14 mV. A spike's upstroke multiplies a disturbance, its refractory part forgets it:
# over 50 ms the two programs stay within this, mV; a single wrong increment is larger by eight orders.
ROUNDING = 1e-8


def with_sdeint(increments):
    """V at every step, by itoEuler fed these increments of the Wiener process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import sdeint

        field, mean = textbook_field(NEURON), np.array([DRIVE.cumulant(1), 0.0, 0.0, 0.0])
        noise = np.array([[DRIVE.cumulant(2) ** 0.5], [0.0], [0.0], [0.0]])
        times = np.arange(STEPS + 1) * DT
        return sdeint.itoEuler(
            lambda x, t: field(t, x) + mean, lambda x, t: noise, np.array(NEURON.initial_state()), times,
            dW=increments[:, None],
        )  # fmt: skip


@pytest.fixture(scope="module")
def traces():
    """States of three trials at every step."""
    run = sh.simulate(
        NEURON, DRIVE, backend="diffusion", dt=DT, duration=DURATION, seed=SEED, n_trials=3, trace_interval=DT
    )
    assert run.spikes.counts().min() >= 2, "the window should hold spikes"
    return run.traces.values


@pytest.mark.parametrize("trial", [0, 2])
def test_every_step_agrees_to_rounding(traces, trial):
    reference = with_sdeint(normals(STEPS, SEED, trial) * DT**0.5)
    assert np.max(np.abs(traces[trial].T - reference)) < ROUNDING


FAULTS = {
    "dt for sqrt(dt)": lambda z: z * DT,
    "sqrt(dt) a hundredth off": lambda z: z * (1.01 * DT) ** 0.5,
    "one step late": lambda z: np.roll(z, 1) * DT**0.5,
    "one increment lost": lambda z: np.where(np.arange(STEPS) == STEPS // 2, 0.0, z) * DT**0.5,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(traces, fault):
    reference = with_sdeint(FAULTS[fault](normals(STEPS, SEED, 0)))
    assert np.max(np.abs(traces[0].T - reference)) > 1e4 * ROUNDING
