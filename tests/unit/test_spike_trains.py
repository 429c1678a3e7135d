"""Spikes from files and from other programs: what comes in is what was there, and what would be wrong is refused.

Would catch: seconds taken for milliseconds, silent trials lost, trials out of order, a window that is not that of the
recording, steps taken for times.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from stochhh.errors import InputError
from stochhh.spike_trains import SpikeTrains

SPIKES = SpikeTrains([0.1 + 0.2, 7.0, 9.25, 1 / 3, 50.0], [0, 0, 0, 2, 2], 4, 0.0, 50.0)


def same(a, b):
    """Equal to the last bit."""
    return (a.n_trials, a.start, a.stop, a.time.tobytes(), a.trial.tobytes()) == (
        b.n_trials, b.start, b.stop, b.time.tobytes(), b.trial.tobytes(),
    )  # fmt: skip


def test_a_spike_outside_is_named():
    with pytest.raises(InputError, match=r"lie in \[0, 10\] ms: one of trial 1 is at 12.5 ms"):
        SpikeTrains([1.0, 2.0, 12.5], [0, 1, 1], 2, 0.0, 10.0)
    with pytest.raises(InputError, match="one of trial 0 is at nan ms"):
        SpikeTrains([1.0, np.nan], [0, 0], 1, 0.0, 10.0)


class TestCSV:
    @pytest.fixture
    def file(self, tmp_path):
        def write(text):
            (tmp_path / "a.csv").write_text(text)
            return tmp_path / "a.csv"

        return write

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
        with pytest.raises(InputError, match=r"a\.csv: the times, up to .* seem to be in seconds: say unit='s'"):
            SpikeTrains.from_csv(file(f"trial,time\n{rows}"), stop=stop)
        assert SpikeTrains.from_csv(file(f"trial,time\n{rows}"), stop=stop, unit="ms").time.size == 40

    def test_a_few_early_spikes_are_no_seconds(self, file):
        early = file("trial,time\n0,2.5\n0,14.0\n1,2.5\n")
        assert SpikeTrains.from_csv(early, stop=10_000.0).time.tolist() == [2.5, 14.0, 2.5]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("time,trial\n1,0\n", "line 1: the header is 'time,trial': it must be 'trial,time'"),
            ("trial,time\n0,1\n# a comment\n", "line 3: it must have 2 columns"),
            ("trial,time\n0,1\n\n0,x\n", "line 4: time = 'x'"),
            ("trial,time\n0,1\n0.5,2\n", "line 3: trial = '0.5'"),
            ("trial,time\n0,1\n3,70\n", "one of trial 3 is at 70.0 ms"),
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

    def test_segments_and_blocks(self):
        segments = [self.neo.Segment(), self.neo.Segment()]
        block = self.neo.Block()
        for segment, train in zip(segments, ([1.0], [2.0, 3.0]), strict=True):
            segment.spiketrains.append(self.train(train))
            block.segments.append(segment)
        assert SpikeTrains.from_neo(segments[1]).time.tolist() == [2.0, 3.0]
        whole = SpikeTrains.from_neo(block)
        assert (whole.trial.tolist(), whole.n_trials) == ([0, 1, 1], 2)

    def test_refusals(self):
        for trains, said in (
            ([], "there is no spike train"),
            ([self.train([1.0]), self.train([1.0], stop=60.0)], r"0 and 1 have the windows \[0, 50\] and \[0, 60\] ms"),
            ([self.train([1.0], start=-10.0)], "the trains start at -10 ms"),
            ([[1.0, 2.0]], "entry 0 is of the type list: give a list of neo.SpikeTrain"),
            (self.train([1.0]), "entry 0 is of the type"),
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
            ((I, 1000 * T), {"stop": 10.0, "n_trials": 2}, "one of trial 0 is at 6100[.]"),
            ((I, T), {"stop": 10.0}, "n_trials is missing"),
            ((I, T), {"stop": 10.0, "n_trials": 1}, r"\[0, 0\]"),
            ((I, T), {"stop": "10 ms", "n_trials": 2}, r"stop = '10 ms' is not allowed: .* \(ms\)"),
            ((T, I), {"stop": 10.0, "n_trials": 2}, "i must be the whole number"),
            (SimpleNamespace(), {"stop": 10.0}, "give a brian2.SpikeMonitor that records"),
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
            (self.EVENTS, [7, 5], "node 3 has spikes, but is not among the senders"),
            (self.EVENTS, [3, 7, 7], "must be the different node numbers"),
            (self.EVENTS, [], "must be the different node numbers"),
            ({"times": []}, [3], "with senders and times"),
            ((self.EVENTS,), [3], "the events of one spike recorder"),
        ):
            with pytest.raises(InputError, match=said):
                SpikeTrains.from_nest(events, senders=senders, stop=50.0)
        with pytest.raises(InputError, match=r"trial 0 is at 9\.9 ms"):
            SpikeTrains.from_nest(self.EVENTS, senders=[7, 3], stop=9.85)
