"""Spikes from files and from other programs: what comes in is what was there, and what would be wrong is refused.

Would catch: seconds taken for milliseconds, silent trials lost or made up, labels taken for numbers, trials out of
order, a window that is not that of the recording, steps taken for times, the transient's spikes among the others.
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from stochhh.errors import InputError
from stochhh.spike_trains import SpikeTrains
from stochhh.statistics import cv2, log_isi_mean, lv, lvr, rate
from stochhh.trial_numbers import MOST_TRIALS, numbered

SPIKES = SpikeTrains([0.1 + 0.2, 7.0, 9.25, 1 / 3, 50.0], [0, 0, 0, 2, 2], 4, 0.0, 50.0)


def same(a, b):
    """Equal to the last bit."""
    return (a.n_trials, a.start, a.stop, a.time.tobytes(), a.trial.tobytes()) == (
        b.n_trials, b.start, b.stop, b.time.tobytes(), b.trial.tobytes(),
    )  # fmt: skip


def test_a_spike_outside_is_named():
    with pytest.raises(InputError, match=r"trial 1: time = 12\.5 is not .* from 0 to 10 \(ms\)"):
        SpikeTrains([1.0, 2.0, 12.5], [0, 1, 1], 2, 0.0, 10.0)
    with pytest.raises(InputError, match="trial 0: time = nan is not"):
        SpikeTrains([1.0, np.nan], [0, 0], 1, 0.0, 10.0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        *(({"n_trials": n}, "n_trials = .* whole number of at least 1") for n in (0, -1, 1.5, "4", True, None, np.nan)),
        ({"n_trials": 10**30}, "n_trials = 1000000.*at most 100000000"),
        *(({"trial": [0, 0, 0, 2, k]}, rf"trial\[4\] = {k} is .* a whole") for k in (2.5, np.nan, np.inf)),
        *(({"trial": [0, 0, 0, 2, k]}, "trial = .* not one of type") for k in ("2", None, 10**30, 2j)),
        ({"trial": np.array([True] * 5)}, "trial = .* not one of type bool"),
        ({"trial": [0, 0, 0, 2, 4]}, "trial = 4 is not .* from 0 to 3"),
        ({"trial": [0, 0, 0, 2, -1]}, "trial = -1 is not"),
        ({"trial": [0, 0, 2]}, r"time and trial have the shapes \(5,\), \(3,\)"),
        ({"trial": [[0, 0], [2]]}, r"trial = \[\[0, 0\], \[2\]\] is not"),
        *(({"time": [0.3, 7.0, 9.25, 0.3, t]}, "time = .* not one of type") for t in ("50", None, 1j)),
        ({"time": np.array([True] * 5)}, "time = .* not one of type bool"),
        ({"time": np.zeros(5, "datetime64[ms]")}, "time = .* not one of type datetime64"),
        *(({"time": [0.3, 7.0, 9.25, 0.3, t]}, "trial 2: time = .* from 0 to") for t in (np.nan, np.inf, -1e-9, 50.1)),
        ({"time": [0.3, 9.25, 7.0, 0.3, 50.0]}, "not in order; sort them by trial, then by time"),
        *(({"stop": stop}, "stop = ") for stop in (np.inf, np.nan, "50", True, None, 10**400, 0.0, -1.0)),
        *(({"start": start}, "start = ") for start in (np.nan, -np.inf, "0", False, 50.0)),
    ],
)  # fmt: skip
def test_what_is_no_spike_train_is_refused_by_name(changes, said):
    with pytest.raises(InputError, match=said):
        replace(SPIKES, **changes)


def test_a_unit_is_not_dropped():
    """Brian2's and Neo's arrays say that they are in seconds, and numpy would forget it."""

    class Quantity(np.ndarray):
        dim = "s"

    with pytest.raises(InputError, match=r"time has a unit \(s\); give plain numbers in ms, or use from_neo"):
        SpikeTrains(np.array([0.1, 0.2]).view(Quantity), [0, 0], 1, 0.0, 1000.0)


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (
            [12.0, 40.0, 75.0],
            r"times\[0\] = 12.0 is not allowed: it must be a list.*; give times=\[\[\.\.\.\]\] for one trial",
        ),
        (np.array([12.0, 40.0]), r"times\[0\] = 12.0 is not"),
        ([[12.0], 40.0], r"times\[1\] = 40.0 is not"),
        (["12"], r"times\[0\] = '12' is not"),
        ([["12"]], r"times\[0\] = \['12'\] is not allowed: it must be a one-dimensional sequence of numbers"),
        ([[[12.0]]], r"times\[0\] = .* shape \(1, 1\)"),
        (12.0, r"^times = 12.0 is not allowed: it must be a list with one list of numbers for each trial"),
    ],
)
def test_one_flat_train_is_not_many_trials(times, said):
    with pytest.raises(InputError, match=said):
        SpikeTrains.from_lists(times, stop=100.0)


def test_lists_of_trials():
    for times in (
        [[12.0, 5.0], [], [40]],
        [np.array([12.0, 5.0]), np.array([]), (40.0,)],
        map(list, ([5, 12], [], [40])),
    ):
        spikes = SpikeTrains.from_lists(times, stop=100.0)
        assert [train.tolist() for train in spikes] == [[5.0, 12.0], [], [40.0]]
    assert SpikeTrains.from_lists(np.array([[1.0, 2.0]]), stop=100.0).n_trials == 1
    assert repr(SpikeTrains.from_lists([[1.0]], stop=9.0)) == "<SpikeTrains: 1 spike in 1 trial, window 0 to 9 ms>"


@pytest.mark.parametrize("trial", [4, -1, 1.5, "a", None, True])
def test_a_trial_that_is_none_is_refused(trial):
    said = r"trial = .* must be a whole number of at least 0 and at most 3; .*whatever its first_trial was"
    with pytest.raises(InputError, match=said):
        SPIKES.of(trial)
    assert SPIKES.of(np.int64(0)).tolist() == next(iter(SPIKES)).tolist()


def test_whole_numbers_as_floats_are_trials():
    assert SpikeTrains([1, 2], np.array([0.0, 3.0]), np.int16(4), 0, 5).trial.tolist() == [0, 3]


class TestTransient:
    """Spikes before the window: kept, and out of all that is told of the window."""

    LATE = replace(SPIKES, start=7.0)

    def test_one_rule_for_all(self):
        late = self.LATE
        assert late.time.tolist() == [7.0, 9.25, 50.0] and late.trial.tolist() == [0, 0, 2]
        assert late.of(0).tolist() == [7.0, 9.25] and late.of(2).tolist() == [50.0] and late.of(3).size == 0
        assert late.counts().tolist() == [2, 0, 1, 0] and late.isi()[0].tolist() == [2.25]
        assert late.to_dataframe()["time"].tolist() == late.time.tolist()
        assert rate(late).value == pytest.approx(1000 * len(late.time) / (late.n_trials * late.window), rel=1e-15)

    def test_they_come_back(self, tmp_path):
        assert same(self.LATE.with_transient(), SPIKES) and SPIKES.with_transient() is SPIKES
        for start in (0.0, 9.0):
            assert same(replace(self.LATE, start=start).with_transient(), SPIKES)
        self.LATE.with_transient().to_csv(tmp_path / "all.csv")
        assert same(SpikeTrains.from_csv(tmp_path / "all.csv", stop=50.0, n_trials=4), SPIKES)
        self.LATE.to_csv(tmp_path / "late.csv")
        assert (tmp_path / "late.csv").read_text() == "trial,time\n0,7.0\n0,9.25\n2,50.0\n"

    def test_a_run(self):
        """What a simulation's spikes are made into by hand is its rate."""
        from stochhh import HodgkinHuxley, SynapticInput, simulate

        run = simulate(
            HodgkinHuxley(I_app=10.0), SynapticInput(), backend="jump", duration=300.0, transient=100.0, seed=1
        )
        spikes, everything = run.spikes, run.spikes.with_transient()
        assert len(spikes.time) / 0.2 == pytest.approx(rate(spikes).value) and spikes.time.min() >= 100
        assert everything.time.size > spikes.time.size and everything.start == 0 and everything.stop == 300


class TestCopies:
    TIMES = np.sort(np.random.default_rng(1).uniform(0.0, 1000.0, 200))
    PLAIN = SpikeTrains(TIMES, np.zeros(200, int), 1, 100.0, 1000.0)
    TWICE = SpikeTrains(np.sort(np.append(TIMES, TIMES[:40])), np.zeros(240, int), 1, 100.0, 1000.0)

    def test_they_are_a_doubt(self):
        copies = np.count_nonzero(np.diff(self.TWICE.time) == 0)
        (doubt,) = self.TWICE.doubts
        assert doubt.startswith(f"{copies} of {self.TWICE.time.size} spikes coincide with another spike of their")
        assert "without_copies() removes them" in doubt and copies < 40
        assert self.PLAIN.doubts == ()
        assert SpikeTrains([5.0, 5.0], [0, 1], 2, 0.0, 10.0).doubts == (), "of two trials"
        (of_all,) = self.TWICE.with_transient().doubts
        assert of_all.startswith("40 of 240 spikes")
        assert replace(self.TWICE, doubts=("Another.",)).doubts == ("Another.", doubt)

    def test_they_can_be_left_out(self):
        assert same(self.TWICE.without_copies(), self.PLAIN) and self.TWICE.without_copies().doubts == ()
        assert same(self.PLAIN.without_copies(), self.PLAIN)
        three = SpikeTrains([5.0, 5.0, 5.0, 7.0, 7.0], [0, 0, 0, 0, 1], 2, 0.0, 10.0).without_copies()
        assert three.time.tolist() == [5.0, 7.0, 7.0] and SpikeTrains([], [], 1, 0, 1).without_copies().time.size == 0

    def test_intervals_of_nothing(self):
        """Of 0, 0, 10, 10 ms: in no logarithm, no pair of two zeros, and else like any other."""
        trains = SpikeTrains([5.0, 5.0, 5.0, 15.0, 25.0] * 2, [0] * 5 + [1] * 5, 2, 0.0, 1e6)
        assert trains.isi()[0].tolist() == [0, 0, 10, 10] * 2
        assert log_isi_mean(trains).value == pytest.approx(np.log(10))
        assert cv2(trains).value == pytest.approx(2 / 2, rel=1e-4) and lv(trains).value == pytest.approx(
            3 / 2, rel=1e-4
        )
        assert lvr(trains).value == pytest.approx(3 * (1 + 4 * 5 / 10) / 2, rel=1e-4)


class TestTrialNumbers:
    """One rule for files, events and simulators."""

    @staticmethod
    def read(found, *given):
        trial, n_trials, doubts = numbered(np.array(found), *given)
        return trial.tolist(), n_trials, " ".join(doubts)

    def test_as_ever(self):
        assert self.read([0, 0, 1, 2]) == ([0, 0, 1, 2], 3, "")
        assert self.read([1, 4], 7) == ([1, 4], 7, "")
        assert self.read([], 3) == ([], 3, "")

    def test_silent_trials_in_between(self):
        trial, n_trials, doubt = self.read([0, 1, 3, 7, 7])
        assert (trial, n_trials) == ([0, 1, 3, 7, 7], 8)
        assert doubt.startswith("4 of 8 trials (2, 4, 5, 6) have no spikes and are taken to be silent")
        assert "Give n_trials=8 if this is right" in doubt
        assert self.read([0, 1, 3, 7, 7], 8)[2] == ""

    def test_counted_from_one(self):
        trial, n_trials, doubt = self.read([1, 1, 2, 3, 4])
        assert (trial, n_trials) == ([0, 0, 1, 2, 3], 4)
        assert doubt.startswith("Trials were numbered from 1 to 4 and have been renumbered from 0: if")
        assert "Give trials=range(1, 5) if this is right, otherwise n_trials=5." in doubt
        assert self.read([1, 1, 2, 3, 4], None, range(1, 5)) == (trial, 4, "")
        assert self.read([1, 1, 2, 3, 4], 5) == ([1, 1, 2, 3, 4], 5, "")

    def test_labels(self):
        assert self.read([333, 101], None, [101, 205, 333]) == ([2, 0], 3, "")
        assert self.read([-3, 10**12, -3], None, (10**12, 7, -3)) == ([2, 0, 2], 3, "")

    @pytest.mark.parametrize(
        ("found", "said"),
        [
            ([101, 205, 333], r"are numbered 101, 205, 333, which does not tell.* trials=\[101, 205, 333\] if"),
            ([1, 2, 4], r"trials=range\(1, 5\) if they count from 1, n_trials=5 if they count from 0"),
            ([2, 3], r"trials=range\(2, 4\) if they count from 2"),
            ([0, 5], "n_trials=6 if they count from 0"),
            ([0, 10**12], r"numbered 0, 1000000000000, .* trials=\[0, 1000000000000\]"),
            ([10**12], "numbered 1000000000000"),
            ([-1, 0, 1], "numbered -1, 0, 1"),
            (range(7, 900, 3), r"trials with spikes are numbered 7, 10, ..., 898, .* trials=\[...\], all of them"),
        ],
    )  # fmt: skip
    def test_what_can_be_read_in_several_ways_is_refused(self, found, said):
        with pytest.raises(InputError, match=said) as refused:
            self.read(found)
        assert len(str(refused.value)) < 330 and "n_trials=1000000000001" not in str(refused.value)

    @pytest.mark.parametrize(
        ("found", "given", "said"),
        [
            ([1, 2, 3, 4], (4,), r"trial = 4 is not .* n_trials = 4; .* trials=range\(1, 5\) if the trials are"),
            ([101, 205], (2,), "trials=.*, the numbers of all"),
            ([-1], (2,), "trial = -1 is not allowed: it must be from 0 to 1"),
            ([1], (MOST_TRIALS + 1,), "at most 100000000"),
            ([1], (1.5,), "n_trials = 1.5"),
            ([1, 9], (None, [1, 2]), "trial 9 has spikes but is not listed in trials"),
            ([1], (3, [1, 2]), "n_trials = 3 is not allowed: it must be 2"),
            ([1], (None, [1, 1]), "the different numbers of all trials"),
            ([1], (None, []), "the different numbers of all trials"),
            ([1], (None, range(10**12)), "the different numbers of all trials"),
            ([1], (None, ["1"]), "trials = .* not one of type"),
            ([1], (None, 4), "trials"),
        ],
    )  # fmt: skip
    def test_what_is_given_must_hold_what_is_found(self, found, given, said):
        with pytest.raises(InputError, match=said):
            self.read(found, *given)


class TestCSV:
    @pytest.fixture
    def file(self, tmp_path):
        def write(text):
            (tmp_path / "a.csv").write_text(text)
            return tmp_path / "a.csv"

        return write

    @pytest.mark.parametrize("numbers", [[0, 1, 2, 3], [1, 2, 3, 4], [101, 205, 333], [10**12, 5], [0, 10**12]])
    def test_the_rate_does_not_hang_on_the_numbering(self, file, numbers):
        """20 spikes in a second are 20 Hz, or the file is refused with what to do."""
        path = file("trial,time\n" + "".join(f"{k},{50 * i + 7}\n" for k in numbers for i in range(20)))
        assert rate(SpikeTrains.from_csv(path, stop=1000.0, trials=numbers)).value == pytest.approx(20.0)
        if max(numbers) < 5:
            spikes = SpikeTrains.from_csv(path, stop=1000.0)
            assert rate(spikes).value == pytest.approx(20.0) and len(spikes.doubts) == (numbers[0] == 1)
        else:
            with pytest.raises(InputError, match=r"a\.csv: .* give trials="):
                SpikeTrains.from_csv(path, stop=1000.0)

    @pytest.mark.parametrize(
        ("times", "stop", "said"),
        [
            ([0.1, 0.5, 0.9], 1000.0, "fit the window if they were in seconds"),
            ([0.4], 1000.0, "if they were in seconds"),
            ([0.1, 0.5, 0.9], 1.0, "at 3e+03 Hz for 1 ms both they and stop could be in seconds"),
            ([2.5, 14.0], 100.0, "at 20 Hz for 100 ms both they and stop could be in seconds"),
            ([30.0, 31.0, 32.5], 500.0, "both they and stop could be in seconds"),
            ([1e5, 2.5e5, 4e5], 1e6, "they could be in microseconds"),
        ],
    )  # fmt: skip
    def test_where_the_unit_cannot_be_told_it_is_a_doubt(self, file, times, stop, said):
        path = file("trial,time\n" + "".join(f"0,{t}\n" for t in times))
        (doubt,) = SpikeTrains.from_csv(path, stop=stop).doubts
        assert said in doubt and "Give unit='ms' if this is right" in doubt
        assert SpikeTrains.from_csv(path, stop=stop, unit="ms").doubts == ()

    def test_microseconds_are_named_where_they_do_not_fit(self, file):
        with pytest.raises(
            InputError, match=r"a\.csv: stop = 1000\.0 is not .* 900000 .* give stop in ms, 1000000 if .* or unit='us'"
        ):
            SpikeTrains.from_csv(file("trial,time\n0,2000\n0,900000\n"), stop=1000.0)
        with pytest.raises(
            InputError, match=r"stop = 0\.1 is not .* last time, 40 \(ms\); give stop in ms, 100 if this is in s"
        ):
            SpikeTrains.from_csv(file("trial,time\n0,5\n0,40\n"), stop=0.1)

    def test_any_order(self, file):
        rows = [f"{trial},{time!r}\n" for trial, time in zip(SPIKES.trial, SPIKES.time.tolist(), strict=True)]
        shuffled = file("trial,time\n" + "".join(rows[k] for k in (3, 2, 0, 4, 1)))
        assert same(SpikeTrains.from_csv(shuffled, stop=50.0, n_trials=4), SPIKES)

    @pytest.mark.parametrize(("unit", "factor"), [("s", 1000), ("ms", 1), ("us", 0.001)])
    def test_units(self, file, unit, factor):
        spikes = SpikeTrains.from_csv(file("trial,time\n0,0.25\n0,0.5\n"), stop=1000.0, unit=unit)
        assert spikes.time.tolist() == [0.25 * factor, 0.5 * factor] and spikes.stop == 1000.0

    @pytest.mark.parametrize(("period", "stop"), [(0.02, 10_000.0), (0.02, 10.0), (2.0, 100_000.0)])
    def test_seconds_are_not_taken_for_milliseconds(self, file, period, stop):
        """Whatever unit the window has, and for slow neurons too."""
        rows = "".join(f"0,{period * k}\n" for k in range(1, 41))
        with pytest.raises(InputError, match=r"a\.csv: the times, up to .* seem to be in seconds; give unit='s'"):
            SpikeTrains.from_csv(file(f"trial,time\n{rows}"), stop=stop)
        assert SpikeTrains.from_csv(file(f"trial,time\n{rows}"), stop=stop, unit="ms").time.size == 40

    def test_a_few_early_spikes_are_no_seconds(self, file):
        early = file("trial,time\n0,2.5\n0,14.0\n1,2.5\n")
        assert SpikeTrains.from_csv(early, stop=10_000.0).time.tolist() == [2.5, 14.0, 2.5]
        assert SpikeTrains.from_csv(early, stop=10_000.0).doubts == ()

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("t,trial\n1,0\n", "line 1: time = 'time' is not allowed: it must be a column of the header, 't', 'trial'"),
            ("trial,time\n0,1\na comment\n", "line 3: number of columns = 1 is not allowed: it must be 2"),
            ("trial,time\n0,1\n\n0,x\n", "line 4: time = 'x'"),
            ("trial,time\n0,1\n0.5,2\n", "line 3: trial = '0.5'"),
            ("trial,time\n0,1\n3,70\n", "trial 3: time = 70.0 is not"),
        ],
    )
    def test_refusals_name_file_and_place(self, file, text, said):
        with pytest.raises(InputError, match=r"a\.csv.*" + said):
            SpikeTrains.from_csv(file(text), stop=50.0)

    def test_an_unknown_unit(self, file):
        with pytest.raises(InputError, match="unit = 'sec' is not allowed: it must be one of ms, s, us"):
            SpikeTrains.from_csv(file("trial,time\n"), stop=50.0, unit="sec")


class TestNeo:
    @pytest.fixture(autouse=True)
    def neo(self):
        self.neo = pytest.importorskip("neo")

    def train(self, times, units="ms", start=0.0, stop=50.0):
        return self.neo.SpikeTrain(times, units=units, t_start=start, t_stop=stop)

    def test_there_and_back_to_the_last_bit(self):
        there = SPIKES.to_neo()
        assert [len(train) for train in there] == [3, 0, 2, 0]
        assert all(str(train.dimensionality) == "ms" for train in there)
        assert same(SpikeTrains.from_neo(there), SPIKES)

    def test_spikes_before_the_window_stay_behind(self):
        late = SpikeTrains(SPIKES.time, SPIKES.trial, 4, 5.0, 50.0)
        back = SpikeTrains.from_neo(late.to_neo())
        assert (back.start, back.stop, back.time.tolist()) == (5.0, 50.0, [7.0, 9.25, 50.0])

    def test_units_and_order(self):
        spikes = SpikeTrains.from_neo([self.train([0.5, 0.25], "s", stop=1.0), self.train([3.0], stop=1000.0)])
        assert spikes.time.tolist() == [250.0, 500.0, 3.0] and spikes.stop == 1000.0

    def block(self, *segments):
        """A Block; each train is a list of times, or (times, what it is annotated with), on [-5, 50] ms."""
        block = self.neo.Block()
        for trains in segments:
            block.segments.append(self.neo.Segment())
            for train in trains:
                times, about = train if isinstance(train, tuple) else (train, {})
                made = self.neo.SpikeTrain(times, units="ms", t_start=-5.0, t_stop=50.0, **about)
                block.segments[-1].spiketrains.append(made)
        return block

    def test_segments_are_trials(self):
        block = self.block([[1.0]], [[-2.0, 3.0]])
        assert SpikeTrains.from_neo(block.segments[1]).time.tolist() == [-2.0, 3.0]
        whole = SpikeTrains.from_neo(block)
        assert (whole.trial.tolist(), whole.n_trials, whole.start) == ([0, 1, 1], 2, -5.0)
        named = self.block([([1.0], {"name": "first"})], [([2.0], {"name": "second"})])
        assert SpikeTrains.from_neo(named).time.tolist() == [1.0, 2.0], "one unit, whatever its trains are called"

    def test_windows_of_trials(self):
        trains = [self.train([1.0], start=-10.0), self.train([1.0, 59.0], stop=60.0), self.train([], "s", -1.0, 0.1)]
        spikes = SpikeTrains.from_neo(trains)
        assert spikes.windows.tolist() == [[-10.0, 50.0], [0.0, 60.0], [-1000.0, 100.0]]
        assert rate(spikes).value == pytest.approx(3 / 1.22)
        assert SpikeTrains.from_neo(spikes.to_neo()) == spikes

    UNITS = (((1.0,), (2.0, 3.0)), ((10.0,), (20.0,)))  # of each unit, its trials

    def units(self, *abouts):
        """The block of UNITS in which abouts say what the trains of a and b are called."""
        return self.block(*([(UNIT[k], about) for UNIT, about in zip(self.UNITS, abouts, strict=True)]
                            for k in (0, 1)))  # fmt: skip

    def test_units_are_kept_apart(self):
        """By groups, annotations, names, positions, in this order."""
        grouped = self.units({"unit_id": 7}, {"unit_id": 8})
        grouped.groups = [
            self.neo.Group([segment.spiketrains[k] for segment in grouped.segments], name=name)
            for k, name in enumerate("ab")
        ]
        grouped.groups[1].annotate(unit_name="pyramidal")
        for block, called in (
            (grouped, ["a", "pyramidal"]),
            (self.units({"unit_id": 7, "name": "x"}, {"unit_id": 8, "name": "y"}), ["7", "8"]),
            (self.units({"name": "x"}, {"name": "y"}), ["x", "y"]),
            (self.units({"name": "x"}, {"name": "x"}), ["0", "1"]),
            (self.units({"unit_id": 1, "channel_id": 4}, {"unit_id": 1, "channel_id": 5}), ["4", "5"]),
            (self.units({}, {}), ["0", "1"]),
        ):
            found = SpikeTrains.units_from_neo(block)
            assert list(found) == called
            assert tuple(tuple(map(tuple, trains)) for trains in found.values()) == self.UNITS
            for k, name in enumerate(called):
                assert SpikeTrains.from_neo(block, unit=k) == SpikeTrains.from_neo(block, unit=name) == found[name]

    def test_a_group_of_several_units_is_none(self):
        block = self.units({"name": "x"}, {"name": "y"})
        block.groups = [self.neo.Group([t for s in block.segments for t in s.spiketrains], name="good")]
        assert list(SpikeTrains.units_from_neo(block)) == ["x", "y"]
        once = [self.neo.Group([block.segments[0].spiketrains[k]], name="z") for k in (0, 1)]
        block.groups = once
        assert list(SpikeTrains.units_from_neo(block)) == ["x", "y"], "some trains are in no group"

    def test_a_unit_that_was_not_observed_has_no_trial(self):
        block = self.block([([1.0], {"unit_id": "a"}), ([2.0], {"unit_id": "b"})], [([3.0], {"unit_id": "b"})])
        found = SpikeTrains.units_from_neo(block)
        assert found["a"].n_trials == 1 and found["b"].n_trials == 2

    def test_several_units_are_pooled_if_asked_for(self):
        block = self.units({"name": "x"}, {"name": "y"})
        pooled = SpikeTrains.from_neo(block, pool=True)
        assert [times.tolist() for times in pooled] == [[1.0], [10.0], [2.0, 3.0], [20.0]]
        trains = block.segments[0].spiketrains
        for train, channel in zip(trains, (3, 9), strict=True):
            train.annotate(channel_id=channel)
        with pytest.raises(
            InputError, match="there are 2 units, '3', '9'; give unit=, its name or its position, or pool"
        ):
            SpikeTrains.from_neo(list(trains))
        assert SpikeTrains.from_neo(list(trains), unit="9").time.tolist() == [10.0]

    def test_a_list_is_told_apart_by_its_names(self):
        """Trains of one segment, of several units, as `from_neo(segment)` refuses them."""
        trains = self.units({"name": "x"}, {"name": "y"}).segments[0].spiketrains
        for source in (trains, list(trains), (train for train in trains)):
            with pytest.raises(
                InputError, match=r"there are 2 units, 'x', 'y'; give unit=.*pool=True if each train is"
            ):
                SpikeTrains.from_neo(source)
        assert SpikeTrains.from_neo(trains, unit="y").time.tolist() == [10.0]
        assert SpikeTrains.from_neo(trains, pool=True).n_trials == 2
        assert list(SpikeTrains.units_from_neo(trains)) == ["x", "y"]
        same = self.units({"name": "x"}, {"name": "x"}).segments[0].spiketrains
        assert SpikeTrains.from_neo(same).n_trials == 2, "one unit, whose trains are trials"
        one = self.units({"name": "x", "unit_id": 3}, {"name": "y", "unit_id": 3}).segments[0].spiketrains
        assert list(SpikeTrains.units_from_neo(one)) == ["3"], "trials that are named are of one unit if this is said"
        assert SpikeTrains.from_neo(list(self.units({}, {}).segments[0].spiketrains)).n_trials == 2, "no names"
        assert SpikeTrains.from_neo(list(self.units({"name": "x"}, {}).segments[0].spiketrains)).n_trials == 2

    def test_some_trains_without_a_unit(self):
        trains = [*self.units({"name": "x"}, {"name": "y"}).segments[0].spiketrains, self.train([1.0])]
        with pytest.raises(
            InputError, match="some trains are of the units 'x', 'y', and the others have none; annotate"
        ):
            SpikeTrains.from_neo(trains)
        assert SpikeTrains.from_neo(trains, pool=True).n_trials == 3

    def test_a_list_of_segments_is_read_as_a_block(self):
        one, several = self.block([[1.0]], [[2.0, 3.0]]), self.units({"name": "x"}, {"name": "y"})
        assert SpikeTrains.from_neo(list(one.segments)) == SpikeTrains.from_neo(one)
        assert SpikeTrains.from_neo(several.segments, unit="y") == SpikeTrains.from_neo(several, unit="y")
        with pytest.raises(InputError, match="there are 2 units, 'x', 'y'"):
            SpikeTrains.from_neo(list(several.segments))
        with pytest.raises(InputError, match=r"source\[0\] = .* must be a neo.SpikeTrain"):
            SpikeTrains.from_neo([one.segments[0], self.train([1.0])])

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({}, "there are 2 units, 'x', 'y'; give unit=, .* or pool=True .*; units_from_neo"),
            ({"unit": "z"}, "unit = 'z' is not allowed: it must be one of 'x', 'y', or a position from 0 to 1"),
            ({"unit": 2}, "unit = 2 is not"),
            ({"unit": -1}, "unit = -1 is not"),
            ({"unit": True}, "unit = True is not"),
            ({"unit": 1.0}, "unit = 1.0 is not"),
            ({"unit": "x", "pool": True}, "unit = 'x' is not allowed: it must be omitted with pool=True"),
        ],
    )
    def test_units_that_are_refused(self, options, said):
        with pytest.raises(InputError, match=said):
            SpikeTrains.from_neo(self.units({"name": "x"}, {"name": "y"}), **options)

    @pytest.mark.parametrize("grouped", [True, False])
    def test_what_a_reader_of_neo_makes(self, grouped):
        """Three units, and two segments of 10 s at different times of one recording."""
        reader = self.neo.io.ExampleIO("no file")
        block = reader.read_block(lazy=False, create_group_across_segment={"SpikeTrain": grouped})
        units = SpikeTrains.units_from_neo(block)
        assert list(units) == ["unit0", "unit1", "unit2"]
        for k, spikes in enumerate(units.values()):
            trains = [segment.spiketrains[k].rescale("ms") for segment in block.segments]
            assert [times.tolist() for times in spikes] == [train.magnitude.tolist() for train in trains]
            assert spikes.windows.tolist() == [[float(t.t_start), float(t.t_stop)] for t in trains]
            assert repr(spikes).endswith("in 2 trials, windows of 10000 ms>") and spikes.aligned().stop == 10000.0
        with pytest.raises(InputError, match=r"segments\[0\].spiketrains\[0\] = .*; read it with lazy=False"):
            SpikeTrains.from_neo(reader.read_block(lazy=True))

    def test_units_that_cannot_be_told(self):
        with pytest.raises(InputError, match="the segments have 1 to 2 trains, and the unit of each is not known"):
            SpikeTrains.from_neo(self.block([[1.0], [2.0]], [[3.0]]))

    def test_refusals(self):
        for trains, said in (
            ([], "there is no spike train"),
            ([[1.0, 2.0]], r"source\[0\] = \[1.0, 2.0\] is not .*; give a list of neo.SpikeTrain"),
            (self.train([1.0]), r"source\[0\] = "),
            (3.0, r"source = 3.0 is not allowed: it must be a list of neo.SpikeTrain"),
        ):
            with pytest.raises(InputError, match=said):
                SpikeTrains.from_neo(trains)


class TestBrian2:
    """Stand-ins with what a brian2.SpikeMonitor shows; tests/peers holds the real one."""

    I, T = np.array([1, 0, 1], np.int32), np.array([0.0035, 0.0061, 0.008])

    def test_a_monitor(self):
        monitor = SimpleNamespace(i=self.I, t_=self.T, source=range(3))
        spikes = SpikeTrains.from_brian2(monitor, stop=10.0)
        assert (spikes.trial.tolist(), spikes.n_trials) == ([0, 1, 1], 3)
        assert spikes.time == pytest.approx([6.1, 3.5, 8.0], rel=1e-15)
        assert same(spikes, SpikeTrains.from_brian2((self.I, self.T), stop=10.0, n_trials=3))

    @pytest.mark.parametrize(
        ("monitor", "window", "said"),
        [
            ((I, 1000 * T), {"stop": 10.0, "n_trials": 2}, "trial 0: time = 6100[.]"),
            ((I, T), {"stop": 10.0}, "n_trials = None is not allowed: it must be given"),
            (
                (I, T),
                {"stop": 10.0, "n_trials": 1},
                "trial = 1 is not allowed: it must be from 0 to 0, for n_trials = 1",
            ),
            ((I, T), {"stop": "10 ms", "n_trials": 2}, r"stop = '10 ms' is not allowed: .* \(ms\)"),
            ((T, I), {"stop": 10.0, "n_trials": 2}, r"i\[0\] = 0.0035 is not allowed: it must be a whole number"),
            (SimpleNamespace(), {"stop": 10.0}, "it must be a brian2.SpikeMonitor that records"),
            ((I, T, T), {"stop": 10.0}, "it must be a brian2.SpikeMonitor that records"),
            ((I, T[:2]), {"stop": 10.0, "n_trials": 2}, "i and t have the shapes"),
            ((I, ["a", "b", "c"]), {"stop": 10.0, "n_trials": 2}, "t = .* not one of type <U1"),
            ((["x", "y", "z"], T), {"stop": 10.0, "n_trials": 2}, "i = .* not one of type <U1"),
            ((I, [0.001, np.nan, 0.002]), {"stop": 10.0, "n_trials": 2}, "finite"),
            ((I, [0.001, np.inf, 0.002]), {"stop": 10.0, "n_trials": 2}, "finite"),
            ((I + 100, T), {"stop": 10.0, "n_trials": 3}, "trial = 101 is not allowed: it must be from 0 to 2"),
            ((I, T), {"stop": 10.0, "n_trials": 10**12}, "n_trials = 1000000000000"),
        ],
    )
    def test_refusals(self, monitor, window, said):
        with pytest.raises(InputError, match=said):
            SpikeTrains.from_brian2(monitor, **window)


class TestNEST:
    """Stand-ins with what a spike recorder of NEST shows; tests/peers holds the real one."""

    EVENTS = {"senders": np.array([7, 3, 7]), "times": np.array([9.9, 9.8, 11.5])}  # noqa: RUF012

    def test_events_and_the_recorder(self):
        spikes = SpikeTrains.from_nest(self.EVENTS, senders=[7, 5, 3], stop=50.0)
        assert (spikes.trial.tolist(), spikes.time.tolist(), spikes.n_trials) == ([0, 0, 2], [9.9, 11.5, 9.8], 3)
        recorder = SimpleNamespace(get=lambda key: self.EVENTS if key == "events" else None)
        assert same(spikes, SpikeTrains.from_nest(recorder, senders=(7, 5, 3), stop=50.0))
        silent = {"senders": np.array([], int), "times": np.array([])}
        assert SpikeTrains.from_nest(silent, senders=[4, 5], stop=50.0).n_trials == 2

    def test_refusals(self):
        steps = {**self.EVENTS, "offsets": np.zeros(3)}
        for events, senders, said in (
            (steps, [3, 7], "counted in steps"),
            (self.EVENTS, [7, 5], "node 3 has spikes but is not listed in senders"),
            (self.EVENTS, [3, 7, 7], "must be the different node numbers"),
            (self.EVENTS, [], "must be the different node numbers"),
            ({"times": []}, [3], "with senders and times"),
            ((self.EVENTS,), [3], "the events of one spike recorder"),
            ({"senders": ["a"], "times": [1.0]}, [3], r"events\['senders'\] = .* not one of type <U1"),
            ({"senders": [3], "times": ["x"]}, [3], r"events\['times'\] = .* not one of type <U1"),
            ({"senders": [3], "times": [np.nan]}, [3], "finite"),
            ({"senders": [3.5], "times": [1.0]}, [3], "= 3.5 is not allowed: it must be a whole"),
            ({"senders": [3, 3], "times": [1.0]}, [3], "have the shapes"),
            (self.EVENTS, ["a"], "senders = .* not one of type"),
        ):
            with pytest.raises(InputError, match=said):
                SpikeTrains.from_nest(events, senders=senders, stop=50.0)
        with pytest.raises(InputError, match=r"trial 0: time = 9\.9 is not"):
            SpikeTrains.from_nest(self.EVENTS, senders=[7, 3], stop=9.85)
