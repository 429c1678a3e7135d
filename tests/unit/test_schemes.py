"""A scheme of the user's own, against the library's.

Would catch: an increment, a time or a stage value that is not what the page promises, a name that is lost or taken.
"""

import sys

import numpy as np
import pytest

import stochhh as sh
from stochhh.integrators.schemes import Scheme

DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)


def ahead(f, x, dt):
    return x + dt * f


def euler(slope, states):
    ahead_of, moved, total = states.each(ahead), states.moved, states.total

    def step(t, x, increments, p, dt):
        return moved(ahead_of(slope(t, x, p), x, dt), total(increments, dt))

    return step


def without_mean(increment, dt):
    return increment.size * increment.value


def euler_without_mean(slope, states):
    axpy, moved, noise = states.axpy, states.moved, states.input(without_mean)

    def step(t, x, increments, p, dt):
        return moved(axpy(dt, slope(t, x, p), x), noise(increments, dt))

    return step


SIZE = 1.0


def of_a_size(increment, dt):
    return SIZE * (increment.size * increment.value + dt * increment.mean)


def euler_of_a_size(slope, states):
    axpy, moved, scaled = states.axpy, states.moved, states.input(of_a_size)

    def step(t, x, increments, p, dt):
        return moved(axpy(dt, slope(t, x, p), x), scaled(increments, dt))

    return step


def simulated(scheme, neuron, **settings):
    settings = {"duration": 60.0, "n_trials": 3, "trace_interval": 1.0, "seed": 2} | settings
    return sh.simulate(neuron, DRIVE, backend=sh.Diffusion(dt=0.01, scheme=scheme, lanes=16), **settings)


@pytest.mark.parametrize("neuron", [sh.HodgkinHuxley(I_app=7.0), sh.LeakyIntegrateAndFire(I_app=2.0)])
def test_eulers_scheme_is_eulers(neuron):
    """To the last bit, and the run says which scheme it was."""
    scheme = Scheme("own", euler, strong_order=1.0, weak_order=1)
    own, theirs = simulated(scheme, neuron), simulated("euler-maruyama", neuron)
    assert own.provenance["settings"] == {"dt": 0.01, "scheme": "own"}
    assert own.spikes.time.size > 3 and np.array_equal(own.spikes.time, theirs.spikes.time)
    assert np.array_equal(own.traces["V"], theirs.traces["V"])


def test_a_planted_fault_is_seen():
    faulty = Scheme("own", euler_without_mean, strong_order=1.0, weak_order=1)
    neuron = sh.Passive()
    drive = sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5)
    own, theirs = (
        sh.simulate(neuron, drive, backend=sh.Diffusion(scheme=s), duration=60.0, seed=2).moments.powers
        for s in (faulty, "euler-maruyama")
    )
    assert not np.allclose(own, theirs, rtol=0.1)


def test_a_scheme_is_compiled_as_it_is_at_present(monkeypatch):
    """A constant that is changed changes the next run."""
    scheme = Scheme("own", euler_of_a_size, strong_order=1.0, weak_order=1)
    before = simulated(scheme, sh.Passive(), duration=10.0).traces["V"]
    monkeypatch.setattr(sys.modules[__name__], "SIZE", 0.0)
    after = simulated(scheme, sh.Passive(), duration=10.0).traces["V"]
    assert np.ptp(before, axis=0).max() > 1.0 and np.ptp(after, axis=0).max() == 0.0


def test_a_step_is_told_the_time():
    def clock(slope, states):
        with_first = states.with_first

        def step(t, x, increments, p, dt):
            return with_first(t + dt - 70.0, x)

        return step

    scheme = Scheme("clock", clock, strong_order=1.0, weak_order=1, explicit=False)
    run = simulated(scheme, sh.Passive(), duration=10.0)
    assert run.traces["V"][:, 1:] == pytest.approx(np.broadcast_to(run.traces.time[1:] - 70.0, (3, 10)), abs=1e-12)


def test_the_two_values_of_a_step():
    """Independent, of mean 0 and variance 1: sums over 4000 steps are within six standard deviations."""

    def sums(slope, states):
        each = states.each(lambda x, y, h: x + y)

        def step(t, x, increments, p, dt):
            (increment,) = increments
            a, b = increment.value, increment.second
            return each(x, (0.0, 1e-3 * a * b, 1e-3 * a * a, 1e-3 * b * b), dt)

        return step

    scheme = Scheme("sums", sums, strong_order=1.0, weak_order=1, values=2, explicit=False)
    run = simulated(scheme, sh.HodgkinHuxley(), duration=40.0, n_trials=16, trace_interval=40.0)
    ab, aa, bb = (1e3 * (run.traces[name][:, -1] - run.traces[name][:, 0]) / 4000 for name in ("m", "h", "n"))
    assert np.all(np.abs(ab) < 6 / 4000**0.5)
    assert np.all(np.abs(aa - 1) < 6 * (2 / 4000) ** 0.5) and np.all(np.abs(bb - 1) < 6 * (2 / 4000) ** 0.5)


def test_what_is_no_scheme_is_refused():
    with pytest.raises(sh.InputError, match=r"^scheme = .*one of euler-maruyama"):
        sh.Diffusion(scheme=euler)
    with pytest.raises(sh.InputError, match=r"^scheme = 'heun'.*other than those of the library"):
        sh.Diffusion(scheme=Scheme("heun", euler, strong_order=1.0, weak_order=1))
    with pytest.raises(sh.InputError, match=r"^values = 3"):
        Scheme("own", euler, strong_order=1.0, weak_order=1, values=3)


def test_a_scheme_that_needs_linear_rates_is_refused_without():
    scheme = Scheme("own", euler, strong_order=1.0, weak_order=1, linear=True)
    neuron = sh.MorrisLecar(I_app=95.0)
    with pytest.raises(sh.InputError, match=r"^scheme = 'own'"):
        simulated(scheme, neuron)
