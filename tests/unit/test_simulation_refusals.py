"""Every wrong value that simulate() and the backends take: refused before the run, by name, with what is allowed.

Would catch: a check forgotten, a bare TypeError or OverflowError of Python or numpy, a message without the name.
"""

import numpy as np
import pytest

import stochhh as sh
from stochhh.errors import InputError
from stochhh.inputs import Recording

NEURON, DRIVE = sh.HodgkinHuxley(), sh.SynapticInput(sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5))
EVENTS = Recording([0, 2], [1.0, 2.0], [1.0, 1.0])
NOT_NUMBERS = ["10", None, True, 1j, [10.0], np.array([10.0]), {}, np.nan, np.inf, -np.inf]
NOT_WHOLE = ["3", None, True, 3.0, 1.5, [3], np.nan, 1j, -1]


def refused(**changes):
    """The message with which a run is refused."""
    options = {"backend": "jump", "duration": 10.0, "seed": 1, **changes}
    neuron, drive = options.pop("neuron", NEURON), options.pop("drive", DRIVE)
    with pytest.raises(InputError) as caught:
        sh.simulate(neuron, drive, **options)
    text = str(caught.value)
    assert "\n" not in text and len(text) < 1000
    return text


SCALARS = {
    "duration": [*NOT_NUMBERS, 0, 0.0, -1.0, 10**400, 1e300],
    "transient": [*NOT_NUMBERS, -1e-9, 10.0, 11, 10**400],
    "seed": [*NOT_WHOLE, 2**64, 10**400],
    "n_trials": [*(value for value in NOT_WHOLE if value is not None), 0, 2**32 + 1],
    "first_trial": [*NOT_WHOLE, 2**32, 2**64],
    "workers": [*(value for value in NOT_WHOLE if value is not None), 0, 10**9],
    "trace_interval": [*(value for value in NOT_NUMBERS if value is not None), 0.0, -1.0, 10.001, 1e-320],
    "memory_limit": [*(value for value in NOT_NUMBERS if value is not None), 0.0, -1.0],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in SCALARS.items() for value in values])
def test_a_bad_value_is_refused_by_name(name, value):
    text = refused(**{name: value})
    assert text.startswith(f"{name} = ")
    assert "must be" in text


@pytest.mark.parametrize("backend", ["diffusion", "per-neuron"])
@pytest.mark.parametrize("dt", [*(value for value in NOT_NUMBERS if value is not None), 0.0, -0.01, 1e-320, 1e300])
def test_a_bad_dt_is_refused(backend, dt):
    assert refused(backend=backend, dt=dt).startswith("dt = ")


@pytest.mark.parametrize("kind", [sh.Diffusion, sh.PerNeuron])
@pytest.mark.parametrize("dt", [*NOT_NUMBERS, 0.0, -0.01])
def test_a_bad_dt_of_an_instance_is_refused(kind, dt):
    with pytest.raises(InputError, match=r"^dt = "):
        kind(dt=dt)


@pytest.mark.parametrize("tolerance", [*NOT_NUMBERS, 0.0, -1e-3, 1e-30, 1.0])
def test_a_bad_tolerance_is_refused(tolerance):
    with pytest.raises(InputError, match=r"^tolerance = "):
        sh.Jump(tolerance=tolerance)


@pytest.mark.parametrize("kind", [sh.Jump, sh.Diffusion])
@pytest.mark.parametrize("lanes", [*(x for x in NOT_WHOLE if x is not None), 0, 4, 12, 8 * 10**12])
def test_bad_lanes_are_refused(kind, lanes):
    with pytest.raises(InputError, match=r"^lanes = "):
        kind(lanes=lanes)


@pytest.mark.parametrize("scheme", ["milstein", "Euler-Maruyama", "", None, 3])
def test_a_bad_scheme_is_refused(scheme):
    with pytest.raises(InputError, match=r"^scheme = .*euler-maruyama"):
        sh.Diffusion(scheme=scheme)


@pytest.mark.parametrize("backend", ["exact", "Jump", "", None, 3, True, sh.Jump, sh.Diffusion, [], {}, object()])
def test_a_bad_backend_is_refused(backend):
    text = refused(backend=backend)
    assert text.startswith("backend = ") and "per-neuron" in text and "jump" in text and "diffusion" in text


@pytest.mark.parametrize("neuron", [None, 3, "hodgkin-huxley", sh.HodgkinHuxley, {}, DRIVE])
def test_a_bad_neuron_is_refused(neuron):
    """The class instead of an instance, too: a slip that has all the attributes."""
    assert refused(neuron=neuron).startswith("neuron = ")


@pytest.mark.parametrize("drive", [None, 3, NEURON, "exc", sh.SynapticInput])
def test_a_bad_drive_is_refused(drive):
    assert refused(drive=drive).startswith("drive = ")


@pytest.mark.parametrize("events", [3, "events.csv", [], [(0, 1.0, 1.0)], Recording])
def test_bad_events_are_refused(events):
    assert refused(events=events).startswith("events = ")


def test_too_few_trials_in_a_recording():
    """It has trials 0 to 2."""
    sh.simulate(NEURON, DRIVE, backend="jump", duration=10.0, seed=1, n_trials=3, events=EVENTS)
    assert refused(n_trials=4, events=EVENTS).startswith("n_trials = 4")
    assert "at most 1, the number of trials in the events" in refused(n_trials=2, first_trial=2, events=EVENTS)
    assert "-1" not in refused(events=Recording([], [], []))


def test_events_with_the_diffusion():
    text = refused(backend="diffusion", events=EVENTS)
    assert text.startswith("events") and "jump" in text and "per-neuron" in text


def test_dt_with_the_jump_backend():
    assert "no time step" in refused(backend="jump", dt=0.01)


@pytest.mark.parametrize("backend", [sh.Jump(), sh.Diffusion(), sh.PerNeuron()])
def test_dt_beside_an_instance(backend):
    text = refused(backend=backend, dt=0.01)
    assert text.startswith("dt = ") and type(backend).__name__ in text


@pytest.mark.parametrize("interval", [0.015, 0.005, 0.0101, 1.0000001])
def test_a_trace_interval_between_two_steps_of_the_diffusion(interval):
    text = refused(backend="diffusion", trace_interval=interval)
    assert text.startswith("trace_interval = ") and "multiple" in text


def test_a_window_too_short_for_the_diffusion():
    assert "dt = 5" in refused(backend="diffusion", dt=5.0)
    assert "dt = 0.01" in refused(backend="diffusion", transient=9.99)


@pytest.mark.parametrize("backend", ["jump", "diffusion", "per-neuron"])
@pytest.mark.parametrize(
    "size",
    [
        {"n_trials": 10**9},
        {"duration": 1e11},
        {"n_trials": 10**6, "duration": 1e5, "trace_interval": 0.1},
        {"n_trials": 1, "duration": 1e9, "trace_interval": 0.01},
        {"n_trials": 1000, "duration": 1e4, "memory_limit": 0.001},
    ],
)
def test_more_than_memory_allows(backend, size):
    """Refused before the run, and told what would help."""
    text = refused(backend=backend, **size)
    assert "GiB" in text and "n_trials = " in text and "it must be smaller" in text and "memory_limit" in text
    assert ("trace" in text.split("limit of")[0]) == ("trace_interval" in size)


def test_what_fits_is_not_refused():
    sh.simulate(NEURON, DRIVE, backend="jump", duration=10.0, seed=1, n_trials=100, memory_limit=0.001)


@pytest.mark.parametrize("name", ["T", "n_trial", "tolerance", "lanes", "burn_in", "N"])
def test_an_unknown_keyword_is_an_error(name):
    assert refused(**{name: 3}).startswith(f"{name} = 3 ")


@pytest.mark.parametrize("missing", ["backend", "duration", "seed"])
def test_what_has_no_default_must_be_given(missing):
    options = {"backend": "jump", "duration": 10.0, "seed": 1}
    del options[missing]
    with pytest.raises(TypeError, match=missing):
        sh.simulate(NEURON, DRIVE, **options)


def test_options_are_keywords():
    with pytest.raises(TypeError):
        sh.simulate(NEURON, DRIVE, "jump", 10.0, 1)
