"""The error of the jump's flow follows its `tolerance`, on the same events.

Would catch: a step control that ignores the tolerance, a crossing found less well than the flow deserves.
"""

import numpy as np

import stochhh as sh

QUESTION = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
TOLERANCES = [1e-4, 1e-5, 1e-6, 1e-7]


def spikes(tolerance):
    """Spike times of 16 trials of one second: their events depend on the seed alone."""
    run = sh.simulate(
        sh.HodgkinHuxley(), QUESTION, backend=sh.Jump(tolerance=tolerance), duration=1000.0, seed=5, n_trials=16
    )
    return run.spikes.time


def order(found):
    """Slope of log rms successive difference against log tolerance, and the largest deviation from the line."""
    assert len({times.size for times in found}) == 1 and found[0].size > 50
    x = np.log(TOLERANCES[:-1])
    y = np.log(np.mean(np.diff(np.array(found), axis=0) ** 2, axis=1)) / 2
    slope, offset = np.polyfit(x, y, 1)
    return slope, np.max(np.abs(y - slope * x - offset))


def obeyed(found):
    """At least proportional to the tolerance, and along one line.

    With the rule of today, steps like its cube root and an error like their fourth power, the slope is 4/3.
    """
    slope, deviation = order(found)
    return 1.1 < slope < 1.6 and deviation < 0.3


def test_the_error_follows_the_tolerance():
    found = [spikes(tolerance) for tolerance in TOLERANCES]
    assert obeyed(found), order(found)


def test_a_planted_fault_is_seen():
    """An error of 1e-6 ms that no tolerance makes smaller; and a root taken once too often."""
    found, error = [spikes(tolerance) for tolerance in TOLERANCES], np.random.default_rng(0)
    assert not obeyed([times + error.normal(0.0, 1e-6, times.size) for times in found])
    assert not obeyed([found[-1] * (1 + tolerance**0.5) for tolerance in TOLERANCES])
