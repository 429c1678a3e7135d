"""A scheme of the user's own, against the library's; and one that cannot be, which is named with what is wrong.

Would catch: an increment, a time or a stage value that is not what the page promises, a name that is lost or taken; a
traceback of the compiler, a scheme blamed for its model or a model for the scheme, half a second value.
"""

import re
import sys

import numpy as np
import pytest

import stochhh as sh
from stochhh.backends import Scheme
from stochhh.backends.refusal import refusing_scheme
from stochhh.errors import number_in
from stochhh.system import compose

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


def test_a_scheme_that_needs_linear_rates_is_refused_without():
    scheme = Scheme("own", euler, strong_order=1.0, weak_order=1, linear=True)
    neuron = sh.MorrisLecar(I_app=95.0)
    with pytest.raises(sh.InputError, match=r"^scheme = 'own'"):
        simulated(scheme, neuron)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("name", 3, "scheme name = 3 is not allowed: it must be a text that is not empty"),
        ("name", " ", "scheme name = ' ' is not allowed: it must be a text that is not empty"),
        ("build", None, "scheme own: build = None is not allowed: it must be a function (slope, states)"),
        ("strong_order", "x", "scheme own: strong_order = 'x' is not allowed: it must be a finite number above 0"),
        ("strong_order", float("nan"), "scheme own: strong_order = nan is not allowed"),
        ("weak_order", 0, "scheme own: weak_order = 0 is not allowed"),
        ("values", 3, "scheme own: values = 3 is not allowed"),
        ("explicit", None, "scheme own: explicit = None is not allowed: it must be True or False"),
        ("linear", 1, "scheme own: linear = 1 is not allowed: it must be True or False"),
    ],
)
def test_a_setting_that_is_not_of_its_kind_is_named(setting, value, said):
    settings = {"name": "own", "build": euler, "strong_order": 1.0, "weak_order": 1} | {setting: value}
    with pytest.raises(sh.InputError) as caught:
        Scheme(**settings)
    assert str(caught.value).startswith(said)


def of(make):
    """A build whose step returns what `make` makes of all that a step is given."""

    def build(slope, states):
        def step(t, x, increments, p, dt):
            return make(slope, states, t, x, increments, p, dt)

        return step

    return build


def of_linear_rates(slope, states, t, x, increments, p, dt):
    a, b = slope(t, x, p)
    return states.axpy(dt, a, b)


def of_no_name(slope, states, t, x, increments, p, dt):
    return no_such_name  # noqa: F821


def of_four(slope, states):
    def step(t, x, increments, dt):
        return x

    return step


def of_an_unknown_operation(slope, states):
    return states.nonexist


def refused(build, neuron=None, **settings):
    scheme = Scheme("bad", build, **{"strong_order": 1.0, "weak_order": 1} | settings)
    with pytest.raises(sh.InputError) as caught:
        simulated(scheme, sh.HodgkinHuxley() if neuron is None else neuron, duration=20.0)
    assert "\n" not in str(caught.value) and "numba" not in str(caught.value)
    return caught.value


FORM = "it must return a tuple of 4 finite numbers, V, m, h, n"


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (of(lambda *_: None), f"its step returns None; {FORM}"),
        (of(lambda slope, states, t, x, *_: x[0]), f"its step returns -65.0; {FORM}"),
        (of(lambda slope, states, t, x, *_: x[:2]), f"its step returns (-65.0, 0.05); {FORM}"),
        (of(lambda slope, states, t, x, *_: (*x, 1.0)), f"its step returns (-65.0, 0.05, 0.6, 0.32, 1.0); {FORM}"),
        (of(lambda slope, states, t, x, *_: list(x)), f"its step returns [-65.0, 0.05, 0.6, 0.32]; {FORM}"),
        (of(lambda *_: "abcd"), f"its step returns 'abcd'; {FORM}"),
        (of(lambda *_: (True, False, True, True)), f"its step returns (True, False, True, True); {FORM}"),
        (of(lambda *_: (float("nan"), 0.0, 0.0, 0.0)), f"its step returns (nan, 0.0, 0.0, 0.0); {FORM}"),
        (of(of_no_name), "NameError: name 'no_such_name' is not defined; it must be step(t, x, increments, p, dt)"),
        (of(lambda slope, states, t, x, increments, p, dt: slope(x, p)), "TypeError: slope() missing 1 required"),
        (of(lambda slope, states, t, x, increments, p, dt: slope(t, p, x)), "slope(t, x, p) takes a time, a state of"),
        (of(of_linear_rates), "it fails in of_linear_rates (test_schemes.py, line "),
        (of(of_linear_rates), "slope(t, x, p) is f, a tuple, and (a, b) only with linear=True"),
        (of_four, "step() takes 4 positional arguments but 5 were given"),
        (lambda slope, states: None, "its build returns None; it must return a function step(t, x, increments, p, dt)"),
        (lambda slope: euler, "takes 1 positional argument but 2 were given; it must be build(slope, states)"),
        (lambda slope, states: 1 / 0, "ZeroDivisionError: division by zero"),
        (of_an_unknown_operation, "(test_schemes.py, line "),
        (of_an_unknown_operation, "states has axpy, moved, with_first, each, total, input"),
    ],
)
def test_what_plain_python_shows(build, said):
    error = refused(build)
    assert str(error).startswith("the scheme 'bad' cannot be compiled: ") and said in str(error)
    assert error.argument == "scheme" and error.value == "bad"


def importing(slope, states):
    def step(t, x, increments, p, dt):
        import random  # noqa: F401

        return x

    return step


def of_two_minds(slope, states):
    def step(t, x, increments, p, dt):
        if x[0] > 1000.0:
            return "abcd"
        return x

    return step


@pytest.mark.parametrize(
    ("build", "said"),
    [(importing, "it imports random in step (test_schemes.py, line "), (of_two_minds, "Can't unify return type")],
)
def test_what_the_compiler_shows(build, said):
    """Whoever wrote the model."""
    for neuron in (sh.Passive(), Nervous()):
        message = str(refused(build, neuron))
        assert message.startswith("the scheme 'bad' cannot be compiled: ") and said in message


def test_a_second_value_that_is_not_drawn_is_refused():
    """Instead of the first one once more."""
    reads = of(lambda slope, states, t, x, increments, p, dt: states.axpy(increments[0].second, x, x))
    unpacks = of(lambda slope, states, t, x, increments, p, dt: states.axpy([*increments[0]][3], x, x))
    late = of(lambda slope, states, t, x, increments, p, dt: x if t < 1.0 else reads_second(increments, x))
    for build in (reads, unpacks, late):
        message = str(refused(build))
        assert message.startswith("scheme bad: values = 1 is not allowed: it must be 2, since the step reads increment")


def reads_second(increments, x):
    return (increments[0].second, *x[1:])


class Nervous(sh.Passive):
    """A model of one's own, which fails above a level that noise alone leads to."""

    @staticmethod
    def vector_field(x, p):
        if x[0] > -62.0:
            raise ValueError(x[0])
        return (-0.1 * (x[0] + 70.0),)


class Foreign(sh.Passive):
    """One that cannot be compiled."""

    @staticmethod
    def vector_field(x, p):
        return (-0.1 * np.heaviside(x[0] + 70.0, 0.5),)


def bold(slope, states):
    axpy, moved, total = states.axpy, states.moved, states.total

    def step(t, x, increments, p, dt):
        if x[0] > -62.0:
            raise ValueError(x[0])
        return moved(axpy(dt, slope(t, x, p), x), total(increments, dt))

    return step


# Left out where a kept kernel was compiled from a copy of this file elsewhere.
PLACE = r"( \(test_schemes.py, line \d+\))?"


def test_a_fault_of_the_model_is_not_one_of_the_scheme():
    assert re.match(rf"the model 'passive' fails in vector_field{PLACE}: ", str(refused(euler, Nervous())))
    assert str(refused(euler, Foreign())).startswith("the model 'passive' cannot be compiled: it uses np.heaviside")


def test_a_step_that_fails_during_the_run():
    error = refused(bold, sh.Passive())
    assert re.match(rf"the scheme 'bad' fails in step{PLACE}: ", str(error))
    assert isinstance(error.__cause__, ValueError) and str(error).endswith(f"ValueError: {error.__cause__}")


def test_an_error_of_the_librarys_own_is_not_laid_at_the_schemes_door():
    scheme = Scheme("own", euler, strong_order=1.0, weak_order=1)
    with pytest.raises(ValueError, match=r"^not a number"), refusing_scheme(scheme, compose(sh.Passive(), DRIVE)):
        number_in("1_0")


def test_an_experiment_file_is_told_of_names_alone():
    """An object of Python cannot stand in it."""
    with pytest.raises(sh.InputError, match=r"one of euler-maruyama, heun, splitting, sra1") as caught:
        sh.Experiment.from_dict(
            {"neuron": {"model": "passive"}, "population": [], "backend": {"diffusion": {"scheme": "foo"}}}
        )
    assert "Scheme" not in str(caught.value) and "of your own" not in str(caught.value)
