"""How many trials must speak of a point before it has an interval."""

import numpy as np
import pytest

from stochhh import statistics as st
from stochhh.spike_trains import SpikeTrains


@pytest.mark.parametrize(("short", "known"), [(4, False), (5, True), (6, False)])
def test_survival_takes_five_trials_with_an_isi_up_to_a_point_and_five_with_one_beyond(short, known):
    """Of ten trials some spike every 10 ms, and the others once; at 20 ms the former are over, and the latter last."""
    often, once = np.arange(5.0, 100.0, 10.0), np.array([5.0])
    times = [often] * short + [once] * (10 - short)
    spikes = SpikeTrains(np.concatenate(times), np.repeat(np.arange(10), [len(t) for t in times]), 10, 0.0, 100.0)
    curve = st.isi_survival(spikes, [20.0])
    assert 0 < curve.value[0] < 1 and np.isfinite(curve.low[0]) == known
    assert known or "1 of 1 points" in curve.reason or "fewer than 5 trials" in curve.reason
