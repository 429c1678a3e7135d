"""The time averages of the powers of V, gathered step by step, are those of the trace.

Would catch: a wrong power or weight, a transient that is counted, a window cut at the wrong end, an average over
steps instead of time (the jump's steps have very different lengths).
"""

import numpy as np
import pytest
from scipy.integrate import trapezoid

import stochhh as sh

NEURON = sh.HodgkinHuxley(I_app=7.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
FINE = 0.01


def from_trace(run, start, stop, power):
    """The average of (V - reference)^power over the window, by the trapezoidal rule: jumps cost order FINE."""
    y = (run.traces["V"] - run.moments.reference) ** power
    inside = slice(round(start / FINE), round(stop / FINE) + 1)
    return trapezoid(y[:, inside], dx=FINE, axis=1) / (stop - start)


@pytest.mark.parametrize("backend", ["jump", "per-neuron", "diffusion"])
@pytest.mark.parametrize("transient", [0.0, 40.0])
def test_moments_are_those_of_a_fine_trace(backend, transient):
    """Diffusion averages every fourth step, 0.04 ms apart: a coarser sum, so a wider allowance."""
    run = sh.simulate(
        NEURON, DRIVE, backend=backend, duration=100.0, transient=transient, seed=8, n_trials=2, trace_interval=FINE
    )
    assert run.moments.reference == NEURON.initial_state()[0]
    for power in (1, 2, 3, 4):
        expected = from_trace(run, transient, 100.0, power)
        allowed = 2e-3 if backend == "diffusion" else 1e-3
        scale = np.abs(expected).max()
        assert np.max(np.abs(run.moments.powers[:, power - 1] - expected)) < allowed * scale, f"power {power}"
    # The fault that would be easiest to make, and that the bound above must see.
    other = from_trace(run, 0.0 if transient else 40.0, 100.0, 1)
    assert np.max(np.abs(run.moments.powers[:, 0] - other)) > 0.02 * np.abs(other).max()


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
@pytest.mark.parametrize(("transient", "duration"), [(0.0, 0.5), (1.9, 2.0), (2.4, 2.41)])
def test_a_window_shorter_than_a_step(backend, transient, duration):
    """The window may begin and end inside one step of the integrator: on the upstroke, at about 2 ms."""
    firing = sh.HodgkinHuxley(I_app=10.0)
    run = sh.simulate(
        firing, sh.SynapticInput(), backend=backend, duration=duration, transient=transient, seed=0, trace_interval=FINE
    )
    expected = from_trace(run, transient, duration, 1)
    assert np.allclose(run.moments.powers[:, 0], expected, rtol=0, atol=0.05)
