"""Constants as small and as large as a number can be: refused by name, or the answer is a number.

Would catch: an overflow, a division by zero or a warning of numpy in place of a line; a NaN that passes for a result; a
field without bounds, in any model, population, backend, run, sampling or precision.
"""

import json
from dataclasses import fields

import numpy as np
import pytest

import stochhh as sh
from stochhh.errors import InputError, StochhhError, UnstableStepError
from stochhh.models import MODELS
from stochhh.theory import as_text, theory

LEAST, LARGEST = 5e-324, 1.7976931348623157e308
NUMBERS = [LEAST, -LEAST, 1e-310, 1e-300, 1e-160, 1e160, -1e160, 1e300, 1e308, -1e308, LARGEST, -LARGEST]
# Within the bounds or at them, of some field or other.
ALLOWED = [LEAST, 1e-300, -1e-160, 1e-30, 1e-6, 1e3, -1e3, 1e6, -1e6, 1e9]
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5), sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5)
)
LEAKY = sh.LeakyIntegrateAndFire()
# Which others are multiplied with, or divided by: not as small as one likes.
FACTORS = ("C_m", "phi", "V2", "V4", "g_L", "g_K", "g_Na", "g_Ca")


def made(kind, **changes):
    """An object of this class, or None if it is refused: by the name of a field, in one line."""
    try:
        return kind(**changes)
    except InputError as error:
        text = str(error)
        assert "\n" not in text and any(name in text for name in changes), text
        return None


def with_field(kind, name, value, **others):
    if name == "initial":
        value = (value, *kind().initial[1:])
    return made(kind, **{name: value}, **others)


def exercise(neuron, drive, backends):
    """Theory and short runs are numbers, or say in one line why there are none."""
    found = theory(neuron, drive)
    json.dumps(found, allow_nan=False)
    assert "nan" not in as_text(found)
    for backend in backends:
        try:
            run = sh.simulate(neuron, drive, backend=backend, duration=0.2, seed=1, workers=1, progress=False)
        except (InputError, UnstableStepError) as error:
            assert "\n" not in str(error)
        else:
            assert np.all(np.isfinite(run.moments.powers)) and np.all(np.isfinite(run.spikes.time))


def settings(kinds, numbers):
    return [
        pytest.param(kind, field.name, value, id=f"{kind.name}-{field.name}-{value:g}")
        for kind in kinds for field in fields(kind) for value in numbers
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, field.name) for kind in MODELS.values() for field in fields(kind)])
def test_no_model_takes_what_is_no_magnitude(kind, name):
    """A tiny one is as good as 0 where it is added to others."""
    for value in NUMBERS:
        neuron = with_field(kind, name, value)
        assert neuron is None or (abs(value) < 1 and name not in FACTORS)


@pytest.mark.parametrize("kind", [sh.Passive, sh.LeakyIntegrateAndFire])
@pytest.mark.parametrize("value", ALLOWED)
def test_a_membrane(kind, value):
    """One that begins at rest, where there is a rest."""
    for field in fields(kind):
        neuron = with_field(kind, field.name, value, **({"initial": "rest"} if field.name != "initial" else {}))
        if neuron is not None:
            backends = ["jump", "diffusion", sh.PerNeuron(dt=0.1)]
            try:
                neuron.initial_state()
            except InputError as error:
                assert "rest" in str(error) and "\n" not in str(error)
                backends, neuron = [], with_field(kind, field.name, value)
            exercise(neuron, DRIVE, backends)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name", "value"), settings([kind for kind in MODELS.values() if len(kind.variables) > 1], ALLOWED)
)
def test_a_model_with_gates(kind, name, value):
    neuron = with_field(kind, name, value)
    if neuron is not None:
        exercise(neuron, DRIVE, ["jump", "diffusion", sh.PerNeuron(dt=0.1)])


def test_a_limit_cycle_whose_flow_leaves_the_range():
    """The leak pulls V to a million mV, where no rate of a gate is a number."""
    exercise(sh.MorrisLecar(E_L=1e6), DRIVE, [])


POPULATION = {"n": 80, "rate": 10.0, "weight": 1.0, "p": 0.5}
SPREAD = {"constant": {}, "exponential": {}, "normal": {"weight_sd": 0.3}, "lognormal": {"weight_sd": 0.3}}


@pytest.mark.parametrize(
    ("distribution", "correlation"), [*((name, 0.0) for name in SPREAD), ("constant", -0.001), ("normal", 0.1)]
)
def test_a_population(distribution, correlation):
    usual = {**POPULATION, **SPREAD[distribution], "weight_distribution": distribution, "correlation": correlation}
    for name in ("n", "rate", "weight", "p", "weight_sd", "correlation"):
        for value in [LEAST, 1e-300, -1e-160, 1e-100, LARGEST, 1e-30, 1e6, -1e6, 1e12, 2**32]:
            value = int(value) if name == "n" and value > 1 else value
            population = made(sh.Population, **usual | {"name": "exc", name: value})
            if population is None:
                continue
            try:
                drive = sh.SynapticInput(population)
            except InputError as error:
                assert value > 1e6 and "intensity" in str(error)
                continue
            few = drive.intensity < 10 and population.n < 1000
            exercise(LEAKY, drive, ["jump", "diffusion"] if few and distribution == "constant" else [])


def test_small_weights_keep_their_skewness():
    """That of V scales like nothing at all: 1e-30 mV has the one of 1 mV. Rates and probabilities are as exact."""
    of = [
        theory(sh.Passive(), sh.SynapticInput(sh.Population("exc", n=100, rate=10.0, weight=weight, p=1.0)))
        for weight in (1.0, 1e-10, 1e-30)
    ]
    for name in ("V_skewness", "V_kurtosis"):
        assert [found[name]["value"] for found in of] == pytest.approx([of[0][name]["value"]] * 3, rel=1e-12)
    faint = theory(sh.Passive(), sh.SynapticInput(sh.Population("exc", n=100, rate=10.0, weight=1e-80, p=1.0)))
    assert faint["V_kurtosis"]["value"] is None and "too small" in faint["V_kurtosis"]["reason"]
    assert of[2]["V_variance"]["value"] == pytest.approx(of[0]["V_variance"]["value"] * 1e-60, rel=1e-12)


def sampling(**changes):
    return sh.Sampling(**{"longest_lag": 1.0, "segment": 1.0, "before": 0.5, **changes})


RUNS = {
    "duration": lambda x: {"duration": x, "memory_limit": 1e-3},
    "transient": lambda x: {"transient": x},
    "trace_interval": lambda x: {"trace_interval": x},
    "memory_limit": lambda x: {"memory_limit": x},
    "dt": lambda x: {"dt": x, "backend": "diffusion"},
    "tolerance": lambda x: {"backend": sh.Jump(tolerance=x)},
    "membrane interval": lambda x: {"membrane": sampling(interval=x)},
    "longest_lag": lambda x: {"membrane": sampling(longest_lag=x)},
    "segment": lambda x: {"membrane": sampling(segment=x)},
    "before": lambda x: {"membrane": sampling(before=x)},
    "after": lambda x: {"membrane": sampling(after=x)},
    "bin": lambda x: {"membrane": sampling(bin={"V": x})},
}


@pytest.mark.parametrize("name", RUNS)
def test_a_run(name):
    for value in [*NUMBERS, 1e-30, 1e-17, 1e-6, 1e6, 1e12]:
        if (name, value) == ("membrane interval", 1e-6):  # two million samples
            continue
        try:
            options = {"backend": "jump", "duration": 2.0, **RUNS[name](value)}
            run = sh.simulate(sh.Passive(), DRIVE, seed=1, workers=1, progress=False, **options)
        except (InputError, UnstableStepError) as error:
            assert "\n" not in str(error)
        else:
            assert np.all(np.isfinite(run.moments.powers))


@pytest.mark.parametrize("value", [LEAST, -LEAST, 1e-30, 1e12, LARGEST])
def test_a_precision(value):
    for target in (value, f"{value}%"):
        try:
            sh.simulate(
                LEAKY, DRIVE, backend="jump", duration=20.0, seed=1, workers=1, progress=False, max_trials=20,
                until={"V_mean": target},
            )  # fmt: skip
        except StochhhError as error:
            assert str(error).startswith("until V_mean = ")
