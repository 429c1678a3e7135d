"""The law of common spikes: who fires with whom, how often, and the jumps that this makes.

The jumps of neurons of weights 1, 2, 4, ... tell which of them fired, so that every presynaptic train is seen, in the
merged events as well. Would catch: a copy that is forgotten or comes at a time of its own, the correlation applied
twice or to the mother's rate, one coin for all neurons, common spikes of two populations that are not the same ones.
"""

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from budget import Disagreement, check_equal_laws, check_mean, check_poisson, check_poisson_dispersion, check_proportion
from scipy import stats

import stochhh as sh
from stochhh.noise.merged import poisson_events
from stochhh.noise.presynaptic import presynaptic_events

DRAWS = {"merged": poisson_events, "presynaptic": presynaptic_events}
each_draw = pytest.mark.parametrize("draw", DRAWS)
MOTHER = 0.5  # common spikes, per ms
COPIES, P = (0.4, 0.4, 0.2, 0.3), (1.0, 0.5, 1.0, 0.8)
NEURONS = sh.SynapticInput(
    *(
        sh.Population(f"n{k}", n=1, rate=1000 * MOTHER * c, weight=2.0**k, p=p, correlation=c, common="x")
        for k, (c, p) in enumerate(zip(COPIES, P, strict=True))
    )
)
DURATION, TRIALS = 400.0, 300


@cache
def drawn(draw):
    return DRAWS[draw](NEURONS, duration=DURATION, seed=60, trials=range(TRIALS))


def fired(events):
    """Which neurons fired at each event, shape (4, n_events)."""
    return (events.jump.astype(int) >> np.arange(4)[:, None] & 1).astype(bool)


def check_neurons(events):
    """Each neuron's transmitted spikes are Poisson; any group of them fires together as often as it should."""
    who = fired(events)
    for k in range(4):
        expected = MOTHER * COPIES[k] * P[k] * DURATION
        check_poisson(who[k].sum(), expected * TRIALS, sees=0.1, what=f"neuron {k}")
        check_poisson_dispersion(np.bincount(events.trial[who[k]], minlength=TRIALS), sees=1.0)
    for size in (2, 3):
        for group in combinations(range(4), size):
            together = np.prod([COPIES[k] * P[k] for k in group]) * MOTHER * DURATION * TRIALS
            check_poisson(who[list(group)].all(axis=0).sum(), together, sees=0.4, what=f"neurons {group}")


def check_correlation(events):
    """Of the counts of two neurons in windows of 20 ms: sqrt(c_k c_l), and sqrt(p_k p_l) of it gets through."""
    who, n = fired(events), int(DURATION / 20) * TRIALS
    window = (events.time / 20).astype(int) + int(DURATION / 20) * events.trial
    counts = [np.bincount(window[w], minlength=n) for w in who]
    scaled = [(count - 20 * MOTHER * c * p) / (20 * MOTHER * c * p) ** 0.5
              for count, c, p in zip(counts, COPIES, P, strict=True)]  # fmt: skip
    for k, l in combinations(range(4), 2):
        expected = (COPIES[k] * P[k] * COPIES[l] * P[l]) ** 0.5
        check_mean(scaled[k] * scaled[l], expected, sees=0.2, what=f"correlation of {k} and {l}")


@each_draw
@pytest.mark.parametrize("check", [check_neurons, check_correlation])
def test_who_fires_with_whom(draw, check):
    check(drawn(draw))


def changed(events, jump):
    moved = jump > 0
    return sh.Recording(events.trial[moved], events.time[moved], jump[moved], TRIALS)


def copy_forgotten(events):
    """The last neuron gets no copy of a spike that reached the first."""
    who = fired(events)
    return changed(events, np.where(who[0] & who[3], events.jump - 8, events.jump))


def copies_on_their_own(events):
    """Each neuron's spikes in another trial's place: right trains, and nothing in common."""
    who = fired(events)
    columns = [((events.trial[w] + k) % TRIALS, events.time[w], np.full(w.sum(), 2.0**k)) for k, w in enumerate(who)]
    return sh.Recording(*map(np.concatenate, zip(*columns, strict=True)), TRIALS)


def transmission_of_one_for_all(events):
    """Where the second neuron's synapse fails, so does the last one's."""
    who = fired(events)
    return changed(events, np.where(who[3] & who[0] & ~who[1], events.jump - 8, events.jump))


def correlation_twice(events):
    """The first two neurons on half of their common spikes, and there together: about their rates, not their pairs."""
    first, keep = events.jump.astype(int) % 4, np.random.default_rng(0).random(len(events)) < 0.5
    return changed(events, events.jump - first + np.where((first > 0) & keep, 3, 0))


@each_draw
@pytest.mark.parametrize("check", [check_neurons, check_correlation])
@pytest.mark.parametrize("fault", [copy_forgotten, copies_on_their_own, correlation_twice], ids=lambda f: f.__name__)
def test_a_planted_fault_is_seen(draw, fault, check):
    with pytest.raises(Disagreement):
        check(fault(drawn(draw)))


def test_one_coin_for_two_synapses_is_seen():
    with pytest.raises(Disagreement):
        check_neurons(transmission_of_one_for_all(drawn("presynaptic")))


CROWD = sh.SynapticInput(
    sh.Population("exc", n=40, rate=80.0, weight=0.5, p=0.5, correlation=0.2, common="x"),
    sh.Population("inh", n=10, rate=40.0, weight=-1.5, p=0.8, correlation=0.1, common="x"),
    sh.Population("alone", n=20, rate=40.0, weight=1.0, p=0.6, correlation=0.3),
    sh.Population("free", n=10, rate=40.0, weight=-1.0, p=1.0),
)
LONG, FEW = 8000.0, 20


@cache
def crowd(draw):
    return DRAWS[draw](CROWD, duration=LONG, seed=61, trials=range(FEW))


def sums(events, window=4.0):
    """What L gains in each window."""
    per_trial = int(LONG / window)
    place = np.minimum((events.time / window).astype(int), per_trial - 1) + per_trial * events.trial
    return np.bincount(place, weights=events.jump, minlength=per_trial * FEW)


def check_cumulants(gained, drive, T=4.0):
    """kappa_1 to kappa_4, by the central moments of the sums: mu_4 = kappa_4 T + 3 (kappa_2 T)^2."""
    mean, variance, third = (drive.cumulant(j) * T for j in (1, 2, 3))
    fourth = drive.cumulant(4) * T + 3 * variance**2
    check_mean(gained, mean, sees=0.08 * variance**0.5, what="mean")
    check_mean((gained - mean) ** 2, variance, sees=0.15 * variance, what="variance")
    check_mean((gained - mean) ** 3, third, sees=0.6 * third, what="third cumulant")
    check_mean((gained - mean) ** 4, fourth, sees=0.4 * fourth, what="fourth moment")


@each_draw
def test_cumulants_are_those_of_the_sum_of_jumps(draw):
    check_cumulants(sums(crowd(draw)), CROWD)


FAULTS = {
    "not shared": {"inh": {"common": "y"}},
    "independent": {"alone": {"correlation": 0.0}},
    "twice": {"alone": {"n": 40}},
}


@each_draw
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_of_the_cumulants_is_seen(draw, fault):
    """Two sources for one; one population without its correlation; one with twice the neurons."""
    faulty = sh.SynapticInput(*(replace(p, **FAULTS[fault].get(p.name, {})) for p in CROWD.populations))
    with pytest.raises(Disagreement):
        check_cumulants(sums(crowd(draw)), faulty)


def test_both_draws_have_one_law():
    """Of what L gains in a window, of the size of one event, and of the gap before it."""
    each = [crowd(draw) for draw in DRAWS]
    check_equal_laws(*map(sums, each), sees=0.04)
    check_equal_laws(*(events.jump for events in each), sees=0.02)
    check_equal_laws(*(np.diff(events.time)[np.diff(events.trial) == 0] for events in each), sees=0.02)


@each_draw
def test_how_many_neurons_a_common_spike_reaches(draw):
    """Binomial(40, 0.15), of which 0 is no event: every number by itself, in a population alone."""
    drive = sh.SynapticInput(sh.Population("exc", n=40, rate=30.0, weight=1.0, p=0.5, correlation=0.3))
    events = DRAWS[draw](drive, duration=10_000.0, seed=62, trials=range(20))
    check_poisson(len(events), drive.intensity * 200_000, sees=0.1)
    law = stats.binom(40, 0.15)
    for k in range(1, 41):
        check_proportion(np.count_nonzero(events.jump == k), len(events), law.pmf(k) / law.sf(0), sees=0.03)
    with pytest.raises(Disagreement):  # a copy in ten forgotten
        rng = np.random.default_rng(0)
        fewer = rng.binomial(events.jump.astype(int), 0.9)
        check_proportion(np.count_nonzero(fewer == 6), np.count_nonzero(fewer), law.pmf(6) / law.sf(0))
        check_poisson(np.count_nonzero(fewer), drive.intensity * 200_000)
        check_proportion(np.count_nonzero(fewer >= 8), np.count_nonzero(fewer), law.sf(7) / law.sf(0))


TAU = 5.0  # ms


def membrane(correlation, backend):
    """Averages of (V - mean)^j for each trial of a passive membrane, and the drive."""
    drive = sh.SynapticInput(
        sh.Population("exc", n=100, rate=20.0, weight=0.2, p=1.0, correlation=correlation),
        sh.Population("inh", n=50, rate=10.0, weight=-0.2, p=1.0, correlation=correlation),
    )
    neuron = sh.Passive(C_m=1.0, g_L=1 / TAU, E_L=-60.0, initial=(-60.0 + TAU * drive.cumulant(1),))
    run = sh.simulate(
        neuron, drive, backend=backend, duration=1100.0, transient=100.0, n_trials=384, seed=63, progress=False
    )
    return run.moments.powers, drive


@pytest.mark.parametrize(("correlation", "backend"), [(0.1, "jump"), (0.1, "diffusion"), (-0.008, "diffusion")])
def test_a_passive_membrane_under_common_spikes(correlation, backend):
    """T: the j-th cumulant of V is kappa_j tau / j; the diffusion has the first two, at a negative correlation too."""
    powers, drive = membrane(correlation, backend)
    variance, third = drive.cumulant(2) * TAU / 2, 0.0
    if backend == "jump":
        third = drive.cumulant(3) * TAU / 3
    check_mean(powers[:, 0], 0.0, sees=0.1 * variance**0.5, what="mean of V")
    check_mean(powers[:, 1], variance, sees=0.12 * variance, what="variance of V")
    check_mean(powers[:, 2], third, sees=0.6 * variance**1.5, what="third cumulant of V")
    with pytest.raises(Disagreement):  # the variance of independent neurons
        independent = sh.SynapticInput(*(replace(p, correlation=0.0) for p in drive.populations))
        check_mean(powers[:, 1], independent.cumulant(2) * TAU / 2)
