"""The equation as an object: what a neuron and its input make, and that every backend integrates what it says.

Would catch: a stage that is taken at another time, an integrator that asks the neuron instead of the equation.
"""

from dataclasses import replace

import numpy as np
import pytest

import stochhh as sh
from stochhh.backends import Task
from stochhh.system import compose

DRIVE = sh.SynapticInput(sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5))
NOTHING = sh.SynapticInput()


def test_it_is_the_neuron_and_its_input():
    neuron = sh.HodgkinHuxley(I_app=3.0)
    system = compose(neuron, DRIVE)
    x, p = system.initial, system.parameters
    assert [variable.name for variable in system.variables] == list(neuron.variables)
    assert (system.ranges, system.scales, p) == (neuron.ranges, neuron.scales, neuron.parameters())
    assert system.drift(5.0, x, p) == neuron.vector_field(x, p)
    assert system.linear_rates(5.0, x, p) == neuron.linear_rates(x, p)
    assert system.sources == ((DRIVE, (0,), None, 1, None),) and not system.resets
    assert (system.spike_rule.threshold, system.spike_rule.rearm) == (neuron.threshold, neuron.rearm)
    assert system.jump_rule.reached < system.spike_rule.reached == neuron.threshold


def test_equal_models_share_what_is_compiled():
    a, b = compose(sh.HodgkinHuxley(I_app=3.0), DRIVE), compose(sh.HodgkinHuxley(I_app=7.0), NOTHING)
    assert a.drift is b.drift and a.linear_rates is b.linear_rates
    assert compose(sh.Passive(), DRIVE).drift is not a.drift


def cubic(t, x, p):
    return (4e-5 * t**3,)


def line(t, x, p):
    return (0.02 * t,)


def course(backend, drift):
    """V at the whole milliseconds of an equation whose drift depends on time alone."""
    system = replace(compose(sh.Passive(), NOTHING), drift=drift)
    task = Task(sh.Passive(), NOTHING, 1, 0, 1, 10.0, 0.0, trace_interval=1.0, lanes=16, system=system)
    block = backend.open(task)
    while block.advance() is not None:
        pass
    return block.record().traces[0, 0]


TIMES = np.arange(11.0)
REST = sh.Passive().initial_state()[0]


@pytest.mark.parametrize("backend", [sh.Jump(), sh.PerNeuron()], ids=lambda b: b.name)
def test_the_flow_is_taken_at_the_time_of_each_stage(backend):
    """Runge-Kutta steps of order 4 are exact for a cubic, wherever they end."""
    assert course(backend, cubic) == pytest.approx(REST + 1e-5 * TIMES**4, abs=1e-9)


@pytest.mark.parametrize("scheme", ["heun", "sra1"])
def test_schemes_of_order_two_are_exact_for_a_line(scheme):
    assert course(sh.Diffusion(dt=0.1, scheme=scheme), line) == pytest.approx(REST + 0.01 * TIMES**2, abs=1e-9)


def test_eulers_step_is_taken_at_its_beginning():
    late = 0.01 * 0.1 * TIMES  # the sum over the beginnings of the steps falls behind by so much
    assert course(sh.Diffusion(dt=0.1), line) == pytest.approx(REST + 0.01 * TIMES**2 - late, abs=1e-9)


def test_a_drift_that_stands_still_is_seen():
    def still(t, x, p):
        return (0.0,)

    assert np.ptp(course(sh.Jump(), still)) == 0.0
