"""The strong order of the jump's step in its own length, on a path so dense that a step holds many jumps.

The compiled loop runs with a longest step that is halved again and again, on the same events; neither roughness nor
errors cut a step, and it may look ahead at more events than a step will hold. The mean over paths of the difference
between two lengths, in every variable at the end, falls like the length to the order: 2, by `kernels.path`. Without the
second moment of the path the stages know its mean and slope alone, and the order is 1.

Where steps hold one jump or none, each jump leaves an error of its own of the order of the step, with a small factor:
the order is 1 there, and this is measured too.

Would catch: a stage value of the wrong power of h, an integral over the wrong part of the step, a jump that is lost.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from shared_path import interval

import stochhh as sh
from stochhh.elementary import fma, inline
from stochhh.integrators import event_driven as integrator
from stochhh.integrators.kernels import event_driven, event_plan, event_rows, event_supply, retrace

pytestmark = pytest.mark.slow

NEURON = sh.HodgkinHuxley(I_app=7.0)
GROUPS = 24  # each gives one estimate
DURATION = 12.0  # ms; the first spike lies within
UNCUT = 1e9


class Setting(NamedTuple):
    drive: sh.SynapticInput
    lengths: tuple  # of the longest step, ms
    ahead: int  # events that a step may take in
    paths: int  # in a group


def drive(n, weight):
    return sh.SynapticInput(
        sh.Population("exc", n=4 * n, rate=10.0, weight=weight, p=0.5),
        sh.Population("inh", n=n, rate=10.0, weight=-4 * weight, p=0.5),
    )


# Nine times the variance of the original problem from 8000 times its events, 4000 a ms: from 16 +- 4 a step to two.
DENSE = Setting(drive(160_000, 3.0 / 8000**0.5), (0.004, 0.002, 0.001, 0.0005), 48, 10)
# 25 events a ms: in every 33rd step, or more rarely.
SPARSE = Setting(drive(1000, 0.1), (0.0012, 0.0006, 0.0003, 0.00015), 4, 40)


@inline
def no_second_moment(path, rough):
    """The stage values of a straight line."""
    return fma(-3.0, path.d, path.a), path.a, fma(3.0, path.d, path.a)


def ends(setting, length, **faults):
    """The state at the end of every path by steps of at most `length`, shape (variables, paths)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrator, "_LONGEST_STEP", length)
        patch.setattr(integrator, "_LENGTH", UNCUT)
        patch.setattr(integrator, "_ROUGHNESS", UNCUT)
        patch.setattr(integrator, "_DISAGREEMENT", UNCUT)
        patch.setattr(integrator, "_FIRST_STEP", length)
        for module in (event_rows, event_plan, event_supply, retrace):
            patch.setattr(module, "LOOKAHEAD", setting.ahead)
        patch.setattr(event_driven, "stepper", stepper(setting.ahead, **faults))
        for name, value in faults.items():
            patch.setattr(event_plan, name, value)
        run = sh.simulate(
            NEURON, setting.drive, backend=sh.Jump(lanes=16), duration=DURATION, seed=3,
            n_trials=setting.paths * GROUPS, trace_interval=DURATION,
        )  # fmt: skip
    return np.stack([run.traces[name][:, -1] for name in NEURON.variables])


@cache
def stepper(ahead, **faults):
    """The maker of loops, with a memory of its own: the library's does not know what stands in for its names."""
    return cache(event_driven.stepper.__wrapped__)


def orders(setting, **faults):
    """Estimates of the order, shape (variables, groups): the slopes of the logs of the mean differences."""
    lengths = setting.lengths
    found = np.array([ends(setting, length, **faults) for length in lengths])
    differences = np.abs(np.diff(found, axis=0)).reshape(len(lengths) - 1, len(NEURON.variables), GROUPS, -1)
    size = np.log2(differences.mean(axis=3))
    slopes = np.polyfit(np.log2(lengths[:-1]), size.reshape(len(size), -1), 1)[0]
    return slopes.reshape(len(NEURON.variables), GROUPS)


def agrees(sample, order):
    """Whether estimates speak for an order, the next order in the length pulling at them by 0.1 at most."""
    mean, half = interval(sample)
    assert half < 0.25, f"order {mean:.3f} +- {half:.3f}: more paths"
    return abs(mean - order) < half + 0.1


def test_the_strong_order_is_two():
    """In every variable; chance (error probability 1e-6) makes up less than 0.25, and order 1 is excluded."""
    for name, sample in zip(NEURON.variables, orders(DENSE), strict=True):
        mean, half = interval(sample)
        print(f"{name}: strong order {mean:.3f} +- {half:.3f}")
        assert agrees(sample, 2.0), f"{name}: order {mean:.3f} +- {half:.3f}"
        assert not agrees(sample, 1.0)


def test_without_the_second_moment_it_is_one():
    for name, sample in zip(NEURON.variables, orders(DENSE, stage_values=no_second_moment), strict=True):
        mean, half = interval(sample)
        print(f"{name}: strong order {mean:.3f} +- {half:.3f} without the second moment")
        assert not agrees(sample, 2.0), f"{name}: order {mean:.3f} +- {half:.3f}"
        assert agrees(sample, 1.0), f"{name}: order {mean:.3f} +- {half:.3f}"


def test_with_one_jump_a_step_or_none_it_is_one():
    for name, sample in zip(NEURON.variables, orders(SPARSE), strict=True):
        mean, half = interval(sample)
        print(f"{name}: strong order {mean:.3f} +- {half:.3f} where steps hold one jump or none")
        assert agrees(sample, 1.0), f"{name}: order {mean:.3f} +- {half:.3f}"
        assert not agrees(sample, 2.0)
