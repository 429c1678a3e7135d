"""Recordings: order, refusals, and one trial's events.

Would catch: events sorted away from their jumps, a trial without events dropped, a wrong column accepted.
"""

import numpy as np
import pytest

from stochhh import HodgkinHuxley, SynapticInput, simulate
from stochhh.errors import InputError
from stochhh.inputs import Recording
from stochhh.noise.merged import MergedEvents
from stochhh.noise.replayed import ReplayedEvents


def test_events_are_put_in_order_of_trial_and_time():
    events = Recording([1, 0, 1, 0], [2.0, 9.0, 1.0, 3.0], [10.0, 20.0, 30.0, 40.0])
    assert events.trial.tolist() == [0, 0, 1, 1]
    assert events.time.tolist() == [3.0, 9.0, 1.0, 2.0]
    assert events.jump.tolist() == [40.0, 20.0, 30.0, 10.0]
    assert events.n_trials == 2 and len(events) == 4


def test_simultaneous_events_keep_their_order_and_act_together():
    events = Recording([0, 0, 0, 0], [5.0, 1.0, 5.0, 5.0], [1.0, 2.0, 3.0, 4.0])
    assert events.jump.tolist() == [2.0, 1.0, 3.0, 4.0]
    assert [column.tolist() for column in events.acting(0)] == [[1.0, 5.0], [2.0, 8.0]]


def test_one_trial():
    events = Recording([0, 2, 2], [1.0, 2.0, 3.0], [1.0, -1.0, 2.0], n_trials=5)
    assert [len(events.of(k)[0]) for k in range(5)] == [1, 0, 2, 0, 0]
    time, jump = events.of(2)
    assert time.tolist() == [2.0, 3.0] and jump.tolist() == [-1.0, 2.0]


def test_from_lists():
    events = Recording.from_lists([[2.0, 1.0], [], [3.0]], [[-1.0, 5.0], [], [7.0]])
    assert events.n_trials == 3 and events.trial.tolist() == [0, 0, 2]
    assert events.of(0)[0].tolist() == [1.0, 2.0] and events.of(0)[1].tolist() == [5.0, -1.0]
    assert events.of(1)[0].size == 0


@pytest.mark.parametrize("n_trials", [None, 0, 3])
def test_no_events(n_trials):
    events = Recording([], [], [], n_trials=n_trials)
    assert len(events) == 0 and events.n_trials == (n_trials or 0)
    assert events.trial.dtype == np.int64 and events.time.dtype == np.float64
    assert Recording.from_lists([], []).n_trials == 0
    assert Recording.from_lists([[], []], [[], []]).n_trials == 2


def test_whole_numbers_become_floats_and_the_callers_arrays_are_left_alone():
    time = np.array([3, 1])
    events = Recording(np.array([0, 0], dtype=np.uint8), time, [1, 2])
    assert events.time.tolist() == [1.0, 3.0] and events.time.dtype == np.float64
    assert time.tolist() == [3, 1]


def test_lists_are_one_for_each_trial():
    for times, jumps, said in (
        ([1.0, 2.5], [1.0, 1.0], r"times\[0\] = 1.0 is not .*; give times=\[\[\.\.\.\]\] for one trial"),
        ([[1.0, 2.5]], [1.0, 1.0], r"jumps\[0\] = 1.0 is not"),
        ([[1.0, 2.5]], [[1.0]], "trial 0 has 2 times and 1 jump; give one jump for each time"),
        ([[1.0], [2.0, 3.0]], [[1.0], [3.0]], "trial 1 has 2 times and 1 jump"),
        ([[1.0]], [[1.0], []], "there are times of 1 trial and jumps of 2; give as many of both"),
    ):
        with pytest.raises(InputError, match=said):
            Recording.from_lists(times, jumps)
    assert repr(Recording.from_lists([[1.0]], [[2.0]])) == "<Recording: 1 event in 1 trial>"


@pytest.mark.parametrize("trial", [2, -1, 1.5, "a"])
def test_a_trial_that_is_none_is_refused(trial):
    with pytest.raises(InputError, match=r"trial = .* at least 0 and at most 1"):
        Recording.from_lists([[1.0], []], [[1.0], []]).of(trial)


BAD = {
    "shapes": ([0, 0], [1.0], [1.0, 2.0]),
    "of shape .n_events,.": ([[0, 0]], [[1.0, 2.0]], [[1.0, 2.0]]),
    "plain columns": ([0], [[1.0], [2.0, 3.0]], [1.0]),
    "trial = .* not of type float": ([0.0], [1.0], [1.0]),
    "trial = .* not of type bool": ([True], [1.0], [1.0]),
    "trial = .* not of type <U": (["0"], [1.0], [1.0]),
    "trial = .* not of type object": ([None], [1.0], [1.0]),
    "trial.0. = -1 is not allowed: it must be at least 0": ([-1], [1.0], [1.0]),
    "time.0. = -1.0 is not allowed: it must be at least 0": ([0], [-1.0], [1.0]),
    "time = .* not of type <U": ([0], ["1"], [1.0]),
    "time = .* not of type bool": ([0], [True], [1.0]),
    "time = .* not of type complex": ([0], [1j], [1.0]),
    "time.0. = nan is not allowed: it must be a finite number": ([0], [np.nan], [1.0]),
    "time.0. = inf is not": ([0], [np.inf], [1.0]),
    "jump = .* not of type": ([0], [1.0], ["big"]),
    "jump.0. = nan is not allowed: it must be a finite number": ([0], [1.0], [np.nan]),
    "jump.0. = -inf is not": ([0], [1.0], [-np.inf]),
}


@pytest.mark.parametrize("message", BAD)
def test_a_bad_column_is_refused_by_name(message):
    with pytest.raises(InputError, match=message):
        Recording(*BAD[message])


def test_trials_are_counted_by_the_rule_for_spikes():
    """Numbers from 1, labels, silent trials: read as trials, and said, or refused with what to do."""
    one = Recording([1, 2, 3], [1.0, 2.0, 3.0], [5.0, 6.0, 7.0])
    assert one.trial.tolist() == [0, 1, 2] and one.n_trials == 3 and "numbered from 1 to 3" in one.doubts[0]
    holes = Recording([0, 2], [1.0, 2.0], [1.0, 1.0])
    assert holes.n_trials == 3 and "1 of 3 trials (1) have no events" in holes.doubts[0]
    named = Recording([205, 101], [1.0, 2.0], [1.0, 1.0], trials=[101, 205, 333])
    assert named.trial.tolist() == [0, 1] and named.n_trials == 3 and not named.doubts
    for trial in ([101, 205, 333], [10**12] * 3, [0, 10**12, 0]):
        with pytest.raises(InputError, match=r"^trials with events are numbered .* give trials=\["):
            Recording(trial, [1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    with pytest.raises(InputError, match=r"trial = 3 is not .*trials=range\(1, 4\)"):
        Recording([1, 2, 3], [1.0, 2.0, 3.0], [1.0, 1.0, 1.0], n_trials=3)


def test_doubts_about_the_trials_reach_the_result():
    events = Recording([1, 2], [1.0, 1.0], [60.0, 60.0])
    run = simulate(HodgkinHuxley(), SynapticInput(), backend="jump", events=events, n_trials=2, duration=9.0, seed=1)
    assert run.spikes.counts().tolist() == [1, 1] and run.spikes.doubts == events.doubts


@pytest.mark.parametrize("n_trials", [-1, 1, 2.5, "3", True, np.nan])
def test_a_bad_number_of_trials_is_refused(n_trials):
    """1 is too few: trial 1 has events."""
    with pytest.raises(InputError, match="n_trials"):
        Recording([1], [1.0], [1.0], n_trials=n_trials)


def test_a_run_says_which_events_it_leaves_out_and_which_unit_it_takes():
    """Seconds for ms, a run shorter than its events; nothing of the kind is said of events that fit."""

    def doubts(times, duration, trials=1):
        events = Recording(np.zeros(len(times), dtype=int), times, np.ones(len(times)), n_trials=trials)
        run = simulate(HodgkinHuxley(), SynapticInput(), backend="jump", duration=duration, seed=1, events=events)
        return " ".join(run.doubts)

    times = np.linspace(5.0, 995.0, 40)
    assert doubts(times, 1000.0) == doubts(times[:9] / 1000, 1000.0) == ""
    assert "20 of 40 recorded events lie after the end of the run at 500 ms" in doubts(times, 500.0)
    assert "if they are in seconds" in doubts(times / 1000, 1000.0)
    assert "40 of 40" in doubts(times * 1000, 1000.0)


def test_replayed_and_drawn_events_have_one_kernel():
    """Would catch: a compiled function that its class binds as a method, so that every block compiles anew."""
    drawn, replayed = MergedEvents(SynapticInput()), ReplayedEvents(Recording([0], [1.0], [0.5]))
    assert replayed.refill is replayed.refill is drawn.refill
