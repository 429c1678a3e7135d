"""What a window hides: the weights of stretches."""

import numpy as np
import pytest

from stochhh.statistics.spikes.window import window_weight


def test_a_stretch_counts_for_those_that_the_window_cuts():
    """T/(T - x), which grows no further than that of nine tenths of the window: one lucky stretch counts for ten."""
    weights = window_weight(np.array([0.0, 20.0, 50.0, 89.0, 90.0, 95.0, 99.9]), 100.0)
    assert weights == pytest.approx([1.0, 1.25, 2.0, 100 / 11, 10.0, 10.0, 10.0])
