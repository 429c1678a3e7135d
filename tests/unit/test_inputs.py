"""Populations, their cumulants, and their presampled events: what is exact about them.

Would catch: a probability applied twice, a cumulant of the wrong order, events that depend on how they were blocked,
a silent population that shifts the marks of the others.
"""

from fractions import Fraction

import numpy as np
import pytest

import stochhh as sh
from stochhh.errors import InputError
from stochhh.noise.merged import poisson_events
from stochhh.noise.presynaptic import presynaptic_events


def exc(**changes):
    return sh.Population(**{"name": "exc", "n": 80, "rate": 10.0, "weight": 1.0, "p": 0.5, **changes})


def inh(**changes):
    return sh.Population(**{"name": "inh", "n": 20, "rate": 10.0, "weight": -4.0, "p": 0.5, **changes})


QUESTION = sh.SynapticInput(exc(), inh())


def test_the_question():
    """0.4 + 0.1 events per ms; no drift; 2 mV2/ms."""
    assert QUESTION.intensity == pytest.approx(0.5, rel=1e-15)
    assert QUESTION.probabilities == pytest.approx([0.8, 0.2], rel=1e-15)
    assert QUESTION.cumulant(1) == pytest.approx(0.0, abs=1e-15)
    assert QUESTION.cumulant(2) == pytest.approx(2.0, rel=1e-15)
    assert QUESTION.cumulant(3) == pytest.approx(-6.0, rel=1e-15)
    assert QUESTION.cumulant(4) == pytest.approx(26.0, rel=1e-15)


@pytest.mark.parametrize("j", [1, 2, 3, 4, 5, 8, 13])
def test_cumulants_of_any_order_are_exact(j):
    """Against fractions, where the sum is done without rounding; three populations, one of them silent."""
    drive = sh.SynapticInput(exc(n=4000, weight=0.1), inh(n=1000, weight=-0.4), exc(name="silent", rate=0.0))
    exact = sum(
        Fraction(p.n) * Fraction(p.rate) / 1000 * Fraction(p.p) * Fraction(p.weight) ** j for p in drive.populations
    )
    size = sum(
        Fraction(p.n) * Fraction(p.rate) / 1000 * Fraction(p.p) * abs(Fraction(p.weight)) ** j
        for p in drive.populations
    )
    assert abs(drive.cumulant(j) - exact) <= 1e-15 * size * (j + 3)


ZEROS = {
    "no populations": sh.SynapticInput(),
    "n": sh.SynapticInput(exc(n=0)),
    "rate": sh.SynapticInput(exc(rate=0.0), inh(rate=0)),
    "p": sh.SynapticInput(exc(p=0)),
}


@pytest.mark.parametrize("zero", ZEROS)
def test_a_drive_that_never_fires(zero):
    drive = ZEROS[zero]
    assert drive.intensity == 0.0
    assert list(drive.probabilities) == [0.0] * len(drive.populations)
    assert [drive.cumulant(j) for j in (1, 2, 3)] == [0.0, 0.0, 0.0]
    for draw in (poisson_events, presynaptic_events):
        events = draw(drive, duration=100.0, seed=1, trials=range(3))
        assert len(events) == 0 and events.n_trials == 3


def test_a_weight_of_zero_is_an_event_that_moves_nothing():
    drive = sh.SynapticInput(exc(weight=0.0))
    assert drive.intensity == pytest.approx(0.4) and drive.cumulant(2) == 0.0
    events = poisson_events(drive, duration=100.0, seed=1, trials=[0])
    assert len(events) > 0 and not events.jump.any()


def test_certain_transmission_and_no_rate_in_one_drive():
    """A silent population takes no share of the marks, wherever it stands in the list."""
    loud = exc(p=1.0)
    for populations in ((loud, inh(p=0.0)), (inh(n=0), loud), (inh(rate=0.0), loud, exc(name="off", n=0))):
        events = poisson_events(sh.SynapticInput(*populations), duration=500.0, seed=1, trials=[0])
        assert set(events.jump) == {1.0}
        plain = poisson_events(sh.SynapticInput(loud), duration=500.0, seed=1, trials=[0])
        assert np.array_equal(events.time, plain.time)


BAD = {
    "n": [-1, 1.5, 2.0, "80", None, True, np.nan, 2**32 + 1, 10**400],
    "rate": [-0.1, np.nan, np.inf, -np.inf, "10", None, True, 1j, [10.0]],
    "p": [-0.01, 1.01, np.nan, np.inf, "0.5", None, True],
    "weight": [np.nan, np.inf, -np.inf, "1", None, True, 1e300, -1e300],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in BAD.items() for value in values])
def test_a_bad_value_is_refused_by_name(key, value):
    """The message names the population, the argument and the value."""
    with pytest.raises(InputError) as caught:
        exc(**{key: value})
    text = str(caught.value)
    assert f"population 'exc': {key} = " in text and "must be" in text
    assert repr(value)[:12] in text


@pytest.mark.parametrize("name", ["", None, 5, "a.b", b"exc"])
def test_a_bad_name_is_refused(name):
    with pytest.raises(InputError, match="name"):
        exc(name=name)


@pytest.mark.parametrize("value", [np.int64(80), np.int32(80), np.uint8(80)])
def test_whole_numbers_of_numpy_are_numbers(value):
    assert exc(n=value) == exc() and type(exc(n=value).n) is int


def test_numbers_of_numpy_and_integers_are_real():
    assert exc(rate=np.float32(10), p=np.float64(0.5), weight=1) == exc()


def test_two_populations_of_one_name_are_refused():
    with pytest.raises(InputError, match="'exc'"):
        sh.SynapticInput(exc(), inh(), exc(weight=2.0))


@pytest.mark.parametrize("thing", [None, 3, "exc", [exc(), None], (3, inh()), {}])
def test_what_is_no_population_is_refused(thing):
    with pytest.raises(InputError, match="Population"):
        sh.SynapticInput(thing)


def test_an_intensity_beyond_numbers_is_refused():
    with pytest.raises(InputError, match="rate = 1e"):
        sh.SynapticInput(exc(n=2**32, rate=1e305))
    with pytest.raises(InputError, match=r"intensity = 2.*at most 1e"):
        sh.SynapticInput(exc(n=2**32, rate=1e15, p=0.5))


@pytest.mark.parametrize("j", [0, -1, 1.0, "2", None, True])
def test_a_bad_order_is_refused(j):
    with pytest.raises(InputError, match="j = "):
        QUESTION.cumulant(j)


def test_an_order_beyond_numbers_is_refused():
    with pytest.raises(InputError, match="j = 2000"):
        QUESTION.cumulant(2000)


def test_a_population_cannot_be_changed():
    with pytest.raises(AttributeError):
        exc().n = 5


def test_an_unknown_keyword_is_an_error():
    with pytest.raises(TypeError):
        sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5, nu=3)


@pytest.mark.parametrize("block", [1, 2, 7, 100, 1023, 65536])
def test_events_do_not_depend_on_their_blocks(block):
    whole = poisson_events(QUESTION, duration=500.0, seed=3, trials=range(2), block=4096)
    cut = poisson_events(QUESTION, duration=500.0, seed=3, trials=range(2), block=block)
    for column in ("trial", "time", "jump"):
        assert np.array_equal(getattr(whole, column), getattr(cut, column))


@pytest.mark.parametrize("draw", [poisson_events, presynaptic_events])
def test_a_longer_duration_begins_with_the_shorter(draw):
    """To the last bit, though its blocks have another length."""
    long = draw(QUESTION, duration=2000.0, seed=3, trials=[0])
    for duration in (0.5, 50.0, 700.0, 1999.9):
        short = draw(QUESTION, duration=duration, seed=3, trials=[0])
        inside = long.time <= duration
        assert np.array_equal(short.time, long.time[inside]) and np.array_equal(short.jump, long.jump[inside])


@pytest.mark.parametrize("draw", [poisson_events, presynaptic_events])
def test_a_trial_is_the_same_alone_and_among_others(draw):
    many = draw(QUESTION, duration=100.0, seed=3, trials=range(5))
    alone = draw(QUESTION, duration=100.0, seed=3, trials=[3])
    for a, b in zip(many.of(3), alone.of(0), strict=True):
        assert np.array_equal(a, b)
    assert not np.array_equal(many.of(3)[0], many.of(2)[0])
    other = draw(QUESTION, duration=100.0, seed=4, trials=[3])
    assert not np.array_equal(other.time[:5], alone.time[:5])


@pytest.mark.parametrize("draw", [poisson_events, presynaptic_events])
def test_events_are_sorted_positive_and_within_the_duration(draw):
    events = draw(QUESTION, duration=300.0, seed=9, trials=range(3))
    for trial in range(3):
        time, jump = events.of(trial)
        assert np.all(np.diff(time) >= 0) and 0 < time[0] and time[-1] <= 300.0
        assert set(jump) == {1.0, -4.0}


def test_a_presynaptic_neuron_keeps_its_spikes():
    """Neuron i has a stream of its own: another population after it, or another weight, leaves its times alone."""
    first = presynaptic_events(sh.SynapticInput(exc(n=5)), duration=1000.0, seed=2, trials=[0])
    more = presynaptic_events(sh.SynapticInput(exc(n=5, weight=7.0), inh()), duration=1000.0, seed=2, trials=[0])
    assert np.array_equal(more.time[more.jump == 7.0], first.time)


def test_fewer_transmissions_are_some_of_the_more():
    """Thinning: the same coins against a lower p transmit a subset."""
    more, less = (
        presynaptic_events(sh.SynapticInput(exc(p=p)), duration=1000.0, seed=2, trials=[0]).time for p in (0.9, 0.3)
    )
    assert set(less) < set(more)


@pytest.mark.parametrize("rate", [1e-6, 1e5])
def test_rates_of_any_size(rate):
    """Neither a rate whose first spike comes after a week nor one of a hundred a ms breaks the blocks."""
    drive = sh.SynapticInput(exc(n=1, rate=rate, p=1.0))
    for draw in (poisson_events, presynaptic_events):
        events = draw(drive, duration=20.0, seed=1, trials=[0])
        assert abs(len(events) - rate * 0.02) <= 6 * (rate * 0.02) ** 0.5 + 1
