"""Trials of different windows, and times before 0: what is counted per time, what is censored, what is refused.

Would catch: a mean of rates in place of a rate, a short trial taken for a silent one, the wrong end of a censored
interval, a latency from the start of the recording in place of the stimulus, times before 0 that are lost.
"""

from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from test_plotting import ticks

import stochhh as sh
from stochhh import statistics as st
from stochhh.errors import InputError
from stochhh.plotting import first_spike_times, raster
from stochhh.statistics.spikes.first_spike import latency_start
from stochhh.statistics.spikes.page import spike_train_curves
from stochhh.statistics.spikes.window import typical_window, window_weight

matplotlib.use("Agg")

TIMES = [[10.0], [-40.0, 0.0, 30.0, 200.0, 210.0], [99.0, 100.0]]
START, STOP = [0.0, -50.0, -100.0], [100.0, 250.0, 100.0]
TRAINS = sh.SpikeTrains.from_lists(TIMES, start=START, stop=STOP)


def poisson(rng, start, stop, per_ms):
    times = [rng.uniform(a, b, rng.poisson((b - a) * per_ms)) for a, b in zip(start, stop, strict=True)]
    return sh.SpikeTrains.from_lists(times, start=start, stop=stop)


class TestTrains:
    def test_windows_of_each_trial(self):
        assert TRAINS.windows.tolist() == [list(pair) for pair in zip(START, STOP, strict=True)]
        assert TRAINS.durations.tolist() == [100.0, 300.0, 200.0] and TRAINS.largest_time == 250.0
        assert [times.tolist() for times in TRAINS] == TIMES
        assert TRAINS.since_start().tolist() == [10.0, 10.0, 50.0, 80.0, 250.0, 260.0, 199.0, 200.0]
        assert repr(TRAINS) == "<SpikeTrains: 8 spikes in 3 trials, windows of 100 to 300 ms>"

    def test_equal_ones_are_one_window(self):
        given = sh.SpikeTrains([5.0, 7.0], [0, 1], 2, start=[-1.0, -1.0], stop=[9.0, 9.0])
        assert given == sh.SpikeTrains([5.0, 7.0], [0, 1], 2, -1.0, 9.0)
        assert (given.start, given.stop, given.window) == (-1.0, 9.0, 10.0)

    def test_equal_lengths_elsewhere_are_one_length(self):
        pieces = sh.SpikeTrains([0.35, 1.4], [0, 1], 2, start=[0.1 + 0.2, 1.3], stop=[0.4, 1.4])
        assert pieces.window == pytest.approx(0.1)
        with pytest.raises(InputError, match="without a common start"):
            pieces.start  # noqa: B018

    def test_the_transient_of_each_trial(self):
        late = sh.SpikeTrains([5.0, 20.0, 5.0, 20.0], [0, 0, 1, 1], 2, start=[10.0, 0.0], stop=30.0)
        assert late.time.tolist() == [20.0, 5.0, 20.0] and late.transient[0].tolist() == [5.0]
        everything = late.with_transient()
        assert everything.time.size == 4 and everything.start == 0.0
        before = sh.SpikeTrains([-5.0, 20.0], [0, 1], 2, start=[-10.0, 15.0], stop=30.0)
        assert before.with_transient() is before

    def test_cut(self):
        common = TRAINS.cut()
        assert (common.start, common.stop) == (0.0, 100.0)
        assert [times.tolist() for times in common] == [[10.0], [0.0, 30.0], [99.0, 100.0]]
        assert TRAINS.cut(5.0, 99.5).time.tolist() == [10.0, 30.0, 99.0]
        within = r"choose a window within that of all trials, \[0, 100\] ms; or count their times .* by aligned\(\)"
        for ends, asked in (((-1.0,), "from -1 ms"), ((150.0,), "from 150 ms"), ((None, -60.0), "to -60 ms")):
            with pytest.raises(InputError, match=rf"trial 0 was observed from 0 to 100 ms, not {asked}; {within}"):
                TRAINS.cut(*ends)
        with pytest.raises(InputError, match=r"trial 0 was observed from 0 to 100 ms, not from 0 to 150 ms"):
            TRAINS.cut(0.0, 150.0)

    def test_windows_without_a_common_part(self):
        """Ends that the user did not give are not quoted back."""
        apart = sh.SpikeTrains([5.0, 25.0], [0, 1], 2, start=[0.0, 20.0], stop=[10.0, 30.0])
        said = r"^the windows of the trials have no common part: trial 1 was observed from 20 ms on, and trial 0 up to "
        with pytest.raises(sh.trial_windows.DifferentWindowsError, match=said + r"10 ms; .* by aligned\(\) first$"):
            apart.cut()
        with pytest.raises(InputError, match=r"trial 1 was observed from 20 to 30 ms, not from 5 ms; count .*aligned"):
            apart.cut(start=5.0)
        assert apart.aligned().cut() == apart.aligned()

    def test_aligned(self):
        moved = TRAINS.aligned([10.0, 200.0, 0.0])
        assert [times.tolist() for times in moved] == [[0.0], [-240.0, -200.0, -170.0, 0.0, 10.0], [99.0, 100.0]]
        assert moved.windows.tolist() == [[-10.0, 90.0], [-250.0, 50.0], [-100.0, 100.0]]
        assert moved.aligned().windows.tolist() == [[0.0, 100.0], [0.0, 300.0], [0.0, 200.0]]

    def test_replaced(self):
        assert replace(TRAINS, windows=[[-100.0, 250.0]] * 3) == sh.SpikeTrains.from_lists(
            TIMES, start=-100.0, stop=250.0
        )
        assert replace(TRAINS, stop=300.0).windows.tolist() == [[a, 300.0] for a in START]
        more = replace(TRAINS.cut(), n_trials=5)
        assert (more.n_trials, more.window, more.counts().tolist()) == (5, 100.0, [1, 2, 2, 0, 0])
        for changes, said in (({"n_trials": 5}, "start has 3 entries"), ({"windows": [0.0, 1.0]}, "windows = ")):
            with pytest.raises(InputError, match=said):
                replace(TRAINS, **changes)

    @pytest.mark.parametrize(
        ("start", "stop", "said"),
        [
            ([0.0, 1.0, 2.0], 2.0, r"trial 2: start = 2.0 is not allowed: it must be below stop = 2.0 \(ms\)"),
            ([0.0, 1.0], 100.0, "start has 2 entries; give one number, or 3, one for each trial"),
            ([0.0, np.nan, 0.0], 100.0, r"start\[1\] = nan is not"),
            (0.0, [100.0, np.inf, 1.0], r"stop\[1\] = inf is not"),
            (["0", "1", "2"], 100.0, "start = .* not one of type"),
            ([0.0, -40.0, 0.0], [100.0, 209.0, 100.0], r"trial 1: time = 210.0 is not .* from -40 to 209 \(ms\)"),
            (
                0.0,
                250.0,
                "trial 1: time = -40.0 is not .* from 0 to 250 .* give start = the time from which the trial was",
            ),
        ],
    )
    def test_refusals(self, start, stop, said):
        with pytest.raises(InputError, match=said):
            sh.SpikeTrains.from_lists(TIMES, start=start, stop=stop)


class TestPerTime:
    def test_the_rate_is_counts_over_time(self):
        """Not the mean of 10, 16.7 and 10 Hz; by the jackknife of that ratio, and exact without a spike."""
        found = st.rate(TRAINS)
        assert found.value == pytest.approx(8 / 0.6)
        without = 1000 * np.array([7 / 500, 3 / 300, 6 / 400])
        spread = np.log(without)
        error = np.sqrt(2 / 3 * np.sum((spread - spread.mean()) ** 2))
        assert np.log(found.high / found.low) >= 2 * 4.3 * error * 0.99  # t of two degrees of freedom, or wider
        silent = sh.SpikeTrains([], [], 2, 0.0, [1000.0, 3000.0])
        assert st.rate(silent).high == pytest.approx(3.689 / 4, rel=1e-3)

    def test_trials_of_one_rate_are_told_by_it(self):
        """1 spike in 100 ms and 2 in 200 are equal; 1 and 1 are not."""
        equal = sh.SpikeTrains.from_lists([[50.0], [50.0, 150.0]], stop=[100.0, 200.0])
        other = sh.SpikeTrains.from_lists([[50.0], [50.0]], stop=[100.0, 200.0])
        assert st.rate(equal).value == pytest.approx(10.0) and "equal counts" in st.rate(equal).method
        assert "equal counts" not in st.rate(other).method

    def test_coverage_of_the_rate(self):
        """95 % of 400, give or take: 90 to 99. A mean of rates by trial, unweighted, is of twice the error."""
        rng, hits = np.random.default_rng(11), 0
        stop = np.geomspace(50.0, 5000.0, 25)
        for _ in range(400):
            found = st.rate(poisson(rng, np.zeros(25), stop, 0.02))
            hits += found.low <= 20.0 <= found.high
        assert 0.9 <= hits / 400 <= 0.99

    def test_weights_are_those_of_all_windows(self):
        """(T1 + T2) / ((T1 - x)+ + (T2 - x)+), at most 10."""
        weights = window_weight(np.array([0.0, 5.0, 10.0, 20.0, 25.0, 28.0, 30.0]), np.array([30.0, 10.0]))
        assert weights == pytest.approx([1.0, 40 / 30, 40 / 20, 40 / 10, 40 / 5, 10.0, 10.0])
        one = np.random.default_rng(2).uniform(0.0, 110.0, 50)
        assert np.array_equal(window_weight(one, np.full(7, 100.0)), window_weight(one, 100.0))

    def test_long_intervals_are_not_lost(self):
        """Poisson: mean ISI of 50 ms, CV of 1; unweighted, windows of 40 to 400 ms give some 34 ms."""
        rng = np.random.default_rng(5)
        trains = poisson(rng, np.zeros(6000), np.tile([40.0, 120.0, 400.0], 2000), 0.02)
        mean, cv = st.isi_mean(trains), st.cv(trains)
        assert mean.value == pytest.approx(50.0, rel=0.03) and cv.value == pytest.approx(1.0, rel=0.03)
        assert trains.isi()[0].mean() < 45.0

    def test_what_is_typical(self):
        assert typical_window(TRAINS) == 200.0  # 300 of 600 ms are in windows up to it
        many = sh.SpikeTrains([], [], 101, 0.0, [*[100.0] * 100, 5000.0])
        assert typical_window(many) == 100.0
        short = sh.SpikeTrains.from_lists([[10.0, 30.0], [10.0, 50.0, 90.0]] * 5, stop=[60.0, 100.0] * 5)
        assert "a typical window of 100 ms is too short" in st.cv(short).reason

    def test_differing_rates_are_per_time(self):
        """Counts that differ as the windows do are no rates that differ."""
        rng = np.random.default_rng(3)
        stop = np.tile([500.0, 5000.0], 10)
        assert "rates of the trials differ" not in (st.cv(poisson(rng, np.zeros(20), stop, 0.1)).doubt or "")

    def test_one_window_is_as_ever(self):
        spikes = poisson(np.random.default_rng(7), np.zeros(10), np.full(10, 1000.0), 0.03)
        moved = sh.SpikeTrains(
            spikes.time + 2000.0 * spikes.trial,
            spikes.trial,
            10,
            2000.0 * np.arange(10),
            1000.0 + 2000.0 * np.arange(10),
        )
        for name in ("rate", "fano_factor", "spectrum_at_zero", "cv", "lv"):
            a, b = (getattr(st, name)(trains) for trains in (spikes, moved))
            assert (b.value, b.low, b.high) == pytest.approx((a.value, a.low, a.high), rel=1e-9)
        for name in ("fano_curve", "spike_spectrum", "autocorrelation", "isi_survival"):
            a, b = (getattr(st, name)(trains) for trains in (spikes, moved))
            np.testing.assert_allclose(b.value, a.value, rtol=1e-6)
        aligned = moved.aligned()
        assert aligned.start == 0.0 and np.allclose(aligned.time, spikes.time, atol=1e-9)


class TestCensoring:
    def test_each_interval_ends_with_its_own_trial(self):
        """Kaplan-Meier by hand: 2 of 3 go on beyond 10 ms, one of which is censored at 30; the last ends at 40."""
        trains = sh.SpikeTrains.from_lists([[0.0, 10.0], [0.0], [0.0, 40.0]], stop=[10.0, 30.0, 40.0])
        found = st.isi_survival(trains, [5.0, 10.0, 35.0, 40.0])
        assert found.value == pytest.approx([1.0, 2 / 3, 2 / 3, 0.0])
        wrong = sh.SpikeTrains(trains.time, trains.trial, 3, 0.0, 40.0)
        assert st.isi_survival(wrong, [35.0]).value != pytest.approx([2 / 3])

    def test_hazard_and_autocorrelation_by_exposure(self):
        """After the three spikes 5, 25 and 25 ms are seen up to the next one or the end; for pairs 5, 50 and 25."""
        trains = sh.SpikeTrains.from_lists([[95.0], [70.0, 95.0]], stop=[100.0, 100.0 + 20.0])
        hazard = st.isi_hazard(trains, [0.0, 20.0, 30.0])
        assert hazard.value == pytest.approx([0.0, 1 / (0.0 + 5.0 + 5.0)])
        found = st.autocorrelation(trains, [0.0, 20.0, 30.0])
        assert found.value == pytest.approx([0.0, 1000 / (0.0 + 10.0 + 5.0)])


class TestRefusals:
    @pytest.mark.parametrize("name", ["fano_factor", "spectrum_at_zero", "fano_curve", "spike_spectrum"])
    def test_one_length(self, name):
        said = r"length, such as \[0, 100\] ms and \[-50, 250\] ms \(trials 0 and 1\); restrict them by cut\(\)"
        with pytest.raises(InputError, match=said):
            getattr(st, name)(TRAINS)
        getattr(st, name)(TRAINS.cut())

    @pytest.mark.parametrize("name", ["response_probability", "latency", "latency_median", "jitter"])
    def test_one_end(self, name):
        """A short trial without a spike is not a silent one."""
        with pytest.raises(InputError, match="without a common end"):
            getattr(st, name)(TRAINS, 0.0)
        getattr(st, name)(TRAINS.cut())

    def test_no_common_part(self):
        apart = sh.SpikeTrains([5.0, 1005.0], [0, 1], 2, [0.0, 1000.0], [10.0, 1020.0])
        with pytest.raises(InputError, match=r"by aligned\(\), then restrict them by cut\(\)"):
            st.fano_factor(apart)
        assert st.fano_factor(apart.aligned().cut()).value == 0.0

    def test_a_table_names_what_is_missing(self):
        found = sh.summary(TRAINS)
        assert found["rate"].value is not None and found["fano_factor"].value is None
        assert "without a common length" in found["fano_factor"].reason and "cut()" in found["fano_factor"].reason
        curves = spike_train_curves({"a": TRAINS})
        assert curves["fano_curve"]["a"].value.size == 0 == curves["spike_spectrum"]["a"].value.size
        assert np.isfinite(curves["isi_hazard"]["a"].value).any()

    def test_comparisons(self):
        other = TRAINS.cut()
        assert (
            sh.compare(TRAINS, other).difference["rate"].estimate.value == st.rate(other).value - st.rate(TRAINS).value
        )
        with pytest.raises(InputError, match="without a common"):
            sh.compare(TRAINS, TRAINS, paired=True)
        with pytest.raises(InputError, match="without a common"):
            st.train_distances(TRAINS, TRAINS)
        assert st.isi_distances(TRAINS, TRAINS)["isi_ks"].estimate.value == 0.0


class TestBeforeZero:
    STIMULUS = sh.SpikeTrains.from_lists([[-90.0, -20.0, 12.0], [-5.0, 8.0, 30.0]], start=-100.0, stop=50.0)

    def test_latencies_are_from_the_stimulus(self):
        assert latency_start(self.STIMULUS) == 0.0 and st.latency(self.STIMULUS).value == pytest.approx(10.0)
        assert st.latency(self.STIMULUS, since=-100.0).value == pytest.approx((10.0 + 95.0) / 2)
        later = sh.SpikeTrains(self.STIMULUS.time + 100.0, self.STIMULUS.trial, 2, 0.0, 150.0)
        assert latency_start(later) == 0.0 and st.latency(later, since=100.0).value == pytest.approx(10.0)
        before = self.STIMULUS.cut(-100.0, -1.0)
        assert latency_start(before) == -100.0
        with pytest.raises(InputError, match=r"since = -101.0 .* from -100 to 50 \(ms\)"):
            st.latency(self.STIMULUS, since=-101.0)

    def test_different_starts_before_it_do_not_matter(self):
        trains = sh.SpikeTrains(self.STIMULUS.time, self.STIMULUS.trial, 2, [-100.0, -6.0], 50.0)
        assert st.latency(trains).value == pytest.approx(10.0)

    def test_they_survive_a_file(self, tmp_path):
        for trains in (self.STIMULUS, TRAINS):
            trains.to_csv(tmp_path / "a.csv")
            start, stop = trains.windows.T
            assert sh.SpikeTrains.from_csv(tmp_path / "a.csv", start=start, stop=stop, unit="ms") == trains
        with pytest.raises(InputError, match=r"a\.csv, line 3: trial 1: time = -40.0 .* give start ="):
            sh.SpikeTrains.from_csv(tmp_path / "a.csv", stop=250.0)
        with pytest.raises(
            InputError, match=r"a\.csv: trial = 2 is not allowed: it must be from 0 to 1, for n_trials = 2"
        ):
            sh.SpikeTrains.from_csv(tmp_path / "a.csv", start=[-100.0] * 2, stop=250.0, unit="ms")

    def test_seconds_are_seen_before_zero_too(self, tmp_path):
        rows = "".join(f"0,{0.01 * k - 0.2}\n" for k in range(60))
        (tmp_path / "a.csv").write_text(f"trial,time\n{rows}")
        with pytest.raises(InputError, match="seem to be in seconds"):
            sh.SpikeTrains.from_csv(tmp_path / "a.csv", start=-200.0, stop=500.0)

    def test_they_are_drawn(self):
        ax = raster(self.STIMULUS)
        assert ax.get_xlim() == (-100.0, 50.0) and ticks(ax) == dict(enumerate(map(list, self.STIMULUS)))
        ax = raster(TRAINS)
        observed = [segment[:, 0].tolist() for segment in ax.collections[-1].get_segments()]
        assert observed == TRAINS.windows.tolist()
        assert first_spike_times(self.STIMULUS).lines[0].get_xdata()[-1] == 50.0
