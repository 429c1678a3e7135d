"""What events do to the state: numbers added to any variables, or a map; in every lane and at the exact time.

Would catch: a mark added to another variable, an event that is lost or lands twice, a map that sees the state before
the flow, a held V that is moved, or other variables that are not.
"""

from dataclasses import replace
from math import exp

import numpy as np
import pytest

import stochhh as sh
from stochhh.backends import Task
from stochhh.elementary import inline
from stochhh.integrators import event_driven, grid
from stochhh.noise.events import Events
from stochhh.noise.gaussian import WhiteNoise
from stochhh.noise.replayed import ReplayedEvents
from stochhh.system import Source, Variable, compose

NOTHING = sh.SynapticInput()
NEURON = sh.Passive()
REST, TAU, E = NEURON.initial_state()[0], NEURON.C_m / NEURON.g_L, 0.0
TIMES = (1.3, 1.3001, 4.0, 9.25)
WEIGHTS = (0.2, 0.5, 0.1, 1.0)
RECORDING = sh.Recording([0] * 4, TIMES, WEIGHTS, n_trials=1)


@inline
def none_left(times, marks, first, time, trial, k0, k1, source):
    pass


class Pairs:
    """Recorded events of two numbers."""

    refill = staticmethod(none_left)

    def __init__(self, times, marks):
        self.times, self.marks = times, marks

    def events(self, task, ahead):
        times = np.full((task.lanes, len(self.times) + ahead), np.inf)
        marks = np.zeros((2, task.lanes, times.shape[1]))
        times[:, : len(self.times)] = self.times
        marks[:, :, : len(self.times)] = np.transpose(self.marks)[:, None]
        head, held, drawn = np.zeros((3, task.lanes), dtype=np.int64)
        held[:] = len(self.times)
        return Events(head, held, drawn, times, marks, ReplayedEvents(RECORDING).events(task, ahead).source)


def towards(x, mark, p):
    return (E + (x[0] - E) * exp(-mark[0]), *x[1:])


def finished(block):
    while block.advance() is not None:
        pass
    return block.record()


def task_of(neuron, source, duration=12.0, interval=0.5, events=RECORDING, **changes):
    system = replace(compose(neuron, NOTHING), sources=(source,), **changes)
    return Task(neuron, NOTHING, 3, 0, 1, duration, 0.0, interval, events=events, system=system)


def relaxed(at, jump):
    """V of the passive neuron at some times, by the formula."""
    V, before, found = REST, 0.0, []
    events = dict(zip(TIMES, WEIGHTS, strict=True))
    for t in sorted({*at, *TIMES}):
        V, before = REST + (V - REST) * exp(-(t - before) / TAU), t
        if t in at:  # of an event at this time the state before
            found.append(V)
        if t in events:
            V = jump(V, events[t])
    return np.array(found)


@pytest.mark.parametrize(
    ("source", "jump"),
    [
        (Source(NOTHING), lambda V, w: V + w),
        (Source(NOTHING, (), towards), lambda V, w: E + (V - E) * exp(-w)),
    ],
    ids=["additive", "map"],
)
@pytest.mark.parametrize("backend", [sh.Jump(tolerance=1e-6), sh.PerNeuron(dt=0.01)], ids=lambda b: b.name)
def test_an_event_does_what_the_source_says(source, jump, backend):
    V = finished(backend.open(task_of(NEURON, source))).traces[0, 0]
    assert V == pytest.approx(relaxed(0.5 * np.arange(25), jump), abs=1e-6)
    assert np.ptp(V) > 0.5


@pytest.mark.parametrize("backend", [sh.Jump(), sh.PerNeuron()], ids=lambda b: b.name)
def test_a_map_crosses_the_threshold(backend):
    """At the exact time of the event, which is a spike of V that jumps to 0 mV from 12 mV below."""
    neuron = sh.HodgkinHuxley(initial="rest")
    source = Source(NOTHING, (), lambda x, mark, p: (select_one(mark[0], x[0]), *x[1:]))
    events = sh.Recording([0, 0], [5.0, 6.0], [0.0, 1.0], n_trials=1)
    result = finished(backend.open(task_of(neuron, source, 10.0, None, events)))
    assert result.spikes[0].tolist() == [6.0]


def select_one(w, V):
    return 10.0 * w + V * (1.0 - w)


def test_numbers_of_a_mark_are_added_to_their_variables():
    """A drift of 0: every variable is the sum of what was added to it, in a step of many events or of one."""
    neuron = sh.HodgkinHuxley()
    times, marks = [1.0, 1.1, 1.2, 7.0], [(1.0, 1e-3), (2.0, 0.0), (-0.5, 2e-3), (0.25, -4e-3)]
    task = task_of(neuron, Source(NOTHING, (0, 2), None, 2), 10.0, 1.0, None, drift=still)
    traces = finished(event_driven.Block(sh.Jump(), task, Pairs(times, marks))).traces[0]
    arrived = np.array([[np.array(marks)[np.array(times) < t].sum(axis=0)] for t in range(11)])[:, 0].T
    moved = traces - np.array(task.system.initial)[:, None]
    assert moved[[0, 2]] == pytest.approx(arrived, abs=1e-12)
    assert np.all(moved[[1, 3]] == 0.0)


def still(t, x, p):
    return (0.0, 0.0, 0.0, 0.0)


def adapting(t, x, p):
    return 2.0, 0.0


@pytest.mark.parametrize(
    "source",
    [Source(NOTHING, (0, 1), None, 2), Source(NOTHING, (), lambda x, mark, p: (x[0] + mark[0], x[1] + mark[1]), 2)],
    ids=["additive", "map"],
)
def test_while_V_is_held_the_other_variables_go_on(source):
    neuron = sh.LeakyIntegrateAndFire(refractory=2.0, initial=[-60.0])
    span = (neuron.threshold + 60.0) / 2.0
    times, system = [span + 0.5, span + 1.5], compose(neuron, NOTHING)
    variables, initial = (*system.variables, Variable("w", (-100.0, 100.0), 1.0)), (-60.0, 0.0)
    system = replace(system, sources=(source,), drift=adapting, variables=variables, initial=initial)
    task = Task(neuron, NOTHING, 3, 0, 1, span + 3.0, 0.0, 0.25, system=system)
    block = event_driven.Block(sh.Jump(tolerance=1e-6), task, Pairs(times, [(1.0, 0.5), (1.0, 0.25)]))
    result = finished(block)
    assert result.spikes[0] == pytest.approx([span], abs=1e-6)
    V, w = result.traces[0]
    after = 0.25 * np.arange(len(V)) - span
    assert np.all(V[(after > 0) & (after < 2)] == neuron.reset)
    assert V[after > 2] == pytest.approx(neuron.reset + 2.0 * (after[after > 2] - 2.0), abs=1e-5)
    assert w == pytest.approx(0.5 * (after > 0.5) + 0.25 * (after > 1.5), abs=1e-12)


class TwoNoises(WhiteNoise):
    def increments(self, dt):
        return (0.5, 0.0), (0.0, 0.01 * dt**0.5)


def test_increments_of_two_variables():
    """The mean of one is a straight line; the other has the variance of Brownian motion, and its own numbers."""
    neuron = sh.HodgkinHuxley()
    task = replace(task_of(neuron, Source(NOTHING, (0, 3), None, 2), 40.0, 1.0, None, drift=still), n=16)
    traces = finished(grid.Block(sh.Diffusion(), task, TwoNoises(NOTHING))).traces
    moved = traces - np.array(task.system.initial)[:, None]
    assert moved[:, 0] == pytest.approx(np.broadcast_to(0.5 * np.arange(41), (16, 41)), abs=1e-9)
    steps = np.diff(moved[:, 3]) / 0.01
    assert abs(steps.mean()) < 6 / steps.size**0.5 and abs(steps.var() - 1) < 6 * (2 / steps.size) ** 0.5
    assert np.all(moved[:, [1, 2]] == 0.0)
    one = replace(task_of(neuron, Source(NOTHING, (3,)), 40.0, 1.0, None, drift=still), n=16)
    alone = finished(grid.Block(sh.Diffusion(), one, OneNoise(NOTHING))).traces
    first = np.diff(alone[:, 3]).ravel() / 0.01
    assert abs(np.corrcoef(first, steps.ravel())[0, 1]) < 6 / steps.size**0.5


class OneNoise(WhiteNoise):
    def increments(self, dt):
        return (0.0,), (0.01 * dt**0.5,)


def test_what_a_source_does_not_allow():
    mapped = task_of(NEURON, Source(NOTHING, (), towards), events=None)
    with pytest.raises(sh.InputError, match=r"^source = .*white noise"):
        sh.Diffusion().check(mapped)
    other = task_of(sh.HodgkinHuxley(), Source(NOTHING, (1,)), events=None)
    with pytest.raises(sh.InputError, match=r"^scheme = 'splitting'.*other than V"):
        sh.Diffusion(scheme="splitting").check(other)
    sh.Diffusion(scheme="heun").check(other)
    multiplicative = task_of(NEURON, Source(NOTHING, (0,), shunted, 1, twin), events=None)
    for scheme in ("heun", "splitting", "sra1"):
        with pytest.raises(sh.InputError, match=rf"^scheme = '{scheme}'.*euler-maruyama, since the noise depends"):
            sh.Diffusion(scheme=scheme).check(multiplicative)
    sh.Diffusion().check(multiplicative)


RATE, G, E_SYN = 0.6, 0.05, 0.0  # events per ms, of the same mark; reversal potential, mV


def shunted(x, mark, p):
    return (E_SYN + (x[0] - E_SYN) * exp(-mark[0]),)


M_1, M_2 = RATE * (1.0 - exp(-G)), RATE * (1.0 - exp(-G)) ** 2


def twin(x, p):
    return (M_1 * (E_SYN - x[0]),), (M_2**0.5 * abs(E_SYN - x[0]),)


def stratonovich(x, p):
    """Planted fault: the drift that noise in the sense of Stratonovich would have."""
    return ((M_1 - 0.5 * M_2) * (E_SYN - x[0]),), twin(x, p)[1]


def shunt(twin=twin):
    """A passive neuron under events that shunt it."""
    drive = sh.SynapticInput(sh.Population("exc", n=1, rate=1000.0 * RATE, weight=G, p=1.0))
    system = replace(compose(NEURON, drive), sources=(Source(drive, (0,), shunted, 1, twin),))
    return Task(NEURON, drive, 5, 0, 64, 4100.0, 100.0, lanes=64, system=system)


def noise(twin=twin):
    task = shunt(twin)
    return grid.Block(sh.Diffusion(), task, WhiteNoise(task.system.sources[0]))


def errors(block):
    """How far mean and variance of V over 64 trials are from the exact ones, in standard errors."""
    powers = finished(block).powers
    mean, variance = powers[:, 0] + REST, powers[:, 1] - powers[:, 0] ** 2
    samples = zip((mean, variance), stationary(), strict=True)
    return [(of.mean() - exact) / (of.std(ddof=1) / 8) for of, exact in samples]


def stationary():
    """Those of a passive membrane that is shunted: exact, and the same for events and for their twin.

    0 = (E_L - m)/tau + m_1 (E - m),    0 = -2 v (1/tau + m_1) + m_2 (v + (E - m)^2)
    """
    mean = (REST / TAU + M_1 * E_SYN) / (1 / TAU + M_1)
    return mean, M_2 * (E_SYN - mean) ** 2 / (2 / TAU + 2 * M_1 - M_2)


@pytest.mark.parametrize("block", [noise, lambda: sh.Jump().open(shunt())], ids=["twin", "events"])
def test_the_twin_of_a_map_has_the_mean_and_the_variance_of_the_events(block):
    """Within six standard errors (error probability 4e-9), 0.2 mV of the mean."""
    assert np.abs(errors(block())).max() < 6


def test_noise_in_the_sense_of_stratonovich_is_seen():
    assert abs(errors(noise(stratonovich))[0]) > 6
