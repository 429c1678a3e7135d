"""Spike times under dense input, where a step takes in several events, against the flow from event to event.

Would catch: an event of a step passed over, taken twice or at the wrong time, a step too long for the jumps inside,
stage values that do not know the path.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from exact_flow import fine_course

import stochhh as sh
from stochhh.elementary import fma, inline
from stochhh.inputs import Recording
from stochhh.integrators.kernels import event_driven, event_plan
from stochhh.noise.merged import poisson_events

NEURON = sh.HodgkinHuxley(I_app=3.0)
SEED = 4711
VERGE = 1e-3  # ms; a spike that weights larger by a millionth move by more is on the verge, and left out


class Case(NamedTuple):
    """An input of variance 1 mV2/ms, and how much of it is simulated."""

    per_ms: int  # events
    trials: int
    duration: float  # ms

    @property
    def drive(self):
        n = 40 * self.per_ms
        weight = 0.1 * (25 / self.per_ms) ** 0.5
        return sh.SynapticInput(
            sh.Population("exc", n=4 * n, rate=10.0, weight=weight, p=0.5),
            sh.Population("inh", n=n, rate=10.0, weight=-4 * weight, p=0.5),
        )


DENSE, CORTEX = Case(1000, 8, 200.0), Case(25, 8, 1000.0)
SLOW = [
    pytest.param(Case(1000, 40, 1500.0), marks=pytest.mark.slow),
    pytest.param(Case(25, 60, 2000.0), marks=pytest.mark.slow),
]


@cache
def exact(case):
    """(events, spike times of each trial, those on the verge being NaN)"""
    events = poisson_events(case.drive, duration=case.duration, seed=SEED, trials=range(case.trials))
    spikes = []
    for k in range(case.trials):
        time, jump = events.of(k)
        found, _ = fine_course(NEURON, time, jump, case.duration)
        moved, _ = fine_course(NEURON, time, jump * (1 + 1e-6), case.duration)
        assert moved.size == found.size, f"trial {k} gains or loses a spike by a millionth of the weights"
        spikes.append(np.where(np.abs(moved - found) > VERGE, np.nan, found))
    left_out = sum(int(np.isnan(s).sum()) for s in spikes)
    print(f"{sum(map(len, spikes))} spikes, {left_out} on the verge")
    assert left_out <= 0.02 * sum(map(len, spikes))
    return events, spikes


def rms_error(case, tolerance, events=None):
    """Root mean square error of the spike times, ms; infinite where their number is not right."""
    _, expected = exact(case)
    run = sh.simulate(
        NEURON, case.drive, backend=sh.Jump(tolerance=tolerance), duration=case.duration, seed=SEED,
        n_trials=case.trials, events=events,
    )  # fmt: skip
    found = [run.spikes.of(k) for k in range(case.trials)]
    if [s.size for s in found] != [s.size for s in expected]:
        return np.inf
    errors = np.concatenate(found) - np.concatenate(expected)
    return float(np.sqrt(np.nanmean(errors**2)))


@pytest.mark.parametrize("case", [DENSE, CORTEX, *SLOW], ids=str)
@pytest.mark.parametrize("tolerance", [1e-3, 1e-4])
def test_spike_times_are_within_the_tolerance(case, tolerance):
    error = rms_error(case, tolerance)
    print(f"{case}: {error:.1e} ms at a tolerance of {tolerance:g} ms")
    assert error < tolerance
    if case.per_ms == 1000:  # a step takes in a few events at most, so that here it is short
        assert error < 1e-5


def late(time, jump):
    return time + 0.005, jump


def heavier(time, jump):
    return time, 1.005 * jump


def lost(time, jump):
    return np.delete(time, np.s_[::50]), np.delete(jump, np.s_[::50])


@pytest.mark.parametrize("fault", [late, heavier, lost])
def test_a_planted_fault_in_the_events_is_seen(fault):
    """Events 5 us late, weights larger by half a percent, every fiftieth event lost."""
    for case in (DENSE, CORTEX):
        events, _ = exact(case)
        trials, times, jumps = [], [], []
        for k in range(case.trials):
            time, jump = fault(*events.of(k))
            inside = time <= case.duration
            trials.append(np.full(inside.sum(), k))
            times.append(time[inside])
            jumps.append(jump[inside])
        played = Recording(*map(np.concatenate, (trials, times, jumps)), n_trials=case.trials)
        assert rms_error(case, 1e-3, played) > 1e-3, str(case)


@inline
def at_the_end_alone(path, rough):
    """The jumps of a step when it is over."""
    return 0.0, 0.0, 0.0


@inline
def no_second_moment(path, rough):
    return fma(-3.0, path.d, path.a), path.a, fma(3.0, path.d, path.a)


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "seen"), [(at_the_end_alone, 1e-3), (no_second_moment, 1e-5)])
def test_a_planted_fault_in_the_stages_is_seen(fault, seen, monkeypatch):
    monkeypatch.setattr(event_plan, "stage_values", fault)
    monkeypatch.setattr(event_driven, "stepper", cache(event_driven.stepper.__wrapped__))
    error = rms_error(DENSE, 1e-3)
    print(f"{fault.__name__}: {error:.1e} ms")
    assert error > seen


def test_replayed_events_give_the_same_bits():
    events, _ = exact(DENSE)
    drawn, played = (
        sh.simulate(
            NEURON, DENSE.drive, backend="jump", duration=DENSE.duration, seed=SEED, n_trials=DENSE.trials, events=e
        )
        for e in (None, events)
    )
    assert np.array_equal(drawn.spikes.time, played.spikes.time)
