"""Times on the edges of cells: rounding decides nothing, whatever the step of the times and the width of the cells."""

import numpy as np
import pytest

import stochhh as sh
from stochhh import statistics as st
from stochhh.statistics.cells import bin_of, cell_of
from stochhh.statistics.membrane.sampling import Sampling
from stochhh.statistics.membrane.sums import Gatherer

STEPS = (0.01, 0.025, 0.03, 0.05, 0.07, 0.1, 1 / 3, 0.7)  # ms
TOGETHER = (1, 2, 3, 7, 10, 12, 100)  # steps in a cell


def trains(*trials, window):
    trial = np.repeat(np.arange(len(trials)), [len(times) for times in trials])
    return sh.SpikeTrains(np.concatenate(trials), trial, len(trials), *window)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("late", [0.0, 1e6])
def test_each_step_lies_in_the_cell_of_its_number(step, late):
    k = np.arange(3000) + round(late / step)
    for m in TOGETHER:
        for width in (m * step, round(m * step, 12), sum(m * [step])):
            assert np.array_equal(cell_of(k * step, width, k[-1] * step), k // m), (m, width)


@pytest.mark.parametrize("step", STEPS)
def test_a_window_does_not_begin_where_the_trial_does(step):
    """From a start that is no power of two, as after a transient of 200.1 ms."""
    k, start = np.arange(3000), 200.1
    for m in TOGETHER:
        assert np.array_equal(cell_of((start + k * step) - start, m * step, 2e4), k // m)


@pytest.mark.parametrize("step", STEPS)
def test_each_difference_of_times_lies_in_the_bin_of_its_number(step):
    edges, time = np.arange(201) * step, np.arange(5000) * step
    for k in (1, 3, 70, 199):
        assert np.all(bin_of(time[k:] - time[:-k], edges, time[-1]) == k)


def test_what_is_more_than_rounding_counts():
    below = np.nextafter(0.3, 0.0) - np.array([0.0, 1e-8])
    assert cell_of(below, 0.3, 100.0).tolist() == bin_of(below, np.array([0.0, 0.3]), 100.0).tolist() == [1, 0]


@pytest.mark.parametrize(("step", "window"), [(0.03, 0.3), (0.1, 0.7), (0.01, 0.05), (0.7, 4.9), (1 / 3, 2.0)])
def test_equal_counts_have_no_variance(step, window):
    time = np.arange(3000) * step
    for stop in (3000 * step, 2999.5 * step):
        curve = st.fano_curve(trains(time, time, window=(0.0, stop)), [window])
        assert curve.value == pytest.approx(0, abs=0), stop


def test_a_spike_on_the_last_edge_counts_in_the_last_window_only_where_the_observation_ends():
    ends = trains([0.05, 0.3], [0.15, 0.25], window=(0.0, 0.3))
    goes_on = trains([0.05, 0.3], [0.15, 0.25], window=(0.0, 0.35))
    counts = [1, 0, 1, 0, 1, 1]  # in 0.1, 0.2, 0.3 - by the jackknife's correction of the value only nearly
    of = {True: counts, False: [1, 0, 0, 0, 1, 1]}
    for spikes, closed in ((ends, True), (goes_on, False)):
        plain = np.var(of[closed], ddof=1) / np.mean(of[closed])
        sums = st.fano_curve(spikes, [0.1])
        assert sums.value == pytest.approx(plain, rel=0.35), closed


def test_lags_and_intervals_on_edges_lie_above_them():
    time, edges = np.arange(1001) * 0.3, np.arange(0, 40) * 0.3
    spikes = trains(time, time, window=(0.0, time[-1]))
    lag = np.arange(1, 39)
    exposure = [np.sum(np.clip(time[-1] - time - k * 0.3, 0, 0.3)) for k in lag]
    assert st.autocorrelation(spikes, edges[1:]).value == pytest.approx(1000 * (1001 - lag) / exposure)
    share = st.isi_histogram(spikes, edges[1:]).value * np.diff(np.log10(edges[1:]))
    assert share == pytest.approx(np.eye(38)[0])
    hazard, survival = st.isi_hazard(spikes, edges[1:4]), st.isi_survival(spikes, np.array([0.2, 0.3, 0.4]))
    assert hazard.value[1] == pytest.approx(0, abs=0) or np.isnan(hazard.value[1])
    assert survival.value == pytest.approx([1, 0, 0], abs=0)


def test_a_spike_when_the_clock_starts_is_the_first():
    times = 0.7 * np.arange(1, 20)  # 0.7 * 3 is less than 2.1 to the computer
    assert st.first_spikes(trains(times, times[1:], window=(0.0, 20.0)), since=2.1).tolist() == [0.0, 0.0]


def test_samples_beside_a_spike_on_their_grid():
    """Times of spikes computed in two ways leave out the same samples."""
    sampling = Sampling(interval=0.1, longest_lag=1.0, segment=10.0, before=0.3, after=0.7)
    spiked = []
    for times in (np.arange(1, 9) * 0.9 + 0.0, np.cumsum(np.full(8, 0.9)), np.round(np.arange(1, 9) * 0.9, 1)):
        gatherer = Gatherer(sampling, (0.0,), 1, (0.0, 20.0))
        gatherer.spiked(0, times)
        spiked.append(np.flatnonzero(~gatherer._subthreshold(201)[0]))
    expected = {k for spike in range(9, 73, 9) for k in range(spike - 3, spike + 8)} | {198, 199, 200}
    assert all(set(found.tolist()) == expected for found in spiked)
