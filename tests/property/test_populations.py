"""Any populations: superposition, thinning and scaling hold for numbers that nobody would have picked.

Would catch: an intensity that forgets a factor, a cumulant that is not additive, an edge of the marks beyond 1.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stochhh as sh
from stochhh.noise.merged import merged_process, poisson_events

rates = st.one_of(st.just(0.0), st.floats(1e-6, 1e4))
weights = st.one_of(st.just(0.0), st.floats(-100.0, 100.0, allow_subnormal=False))
sizes = st.integers(0, 10**6)
probabilities = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0, allow_subnormal=False))
fields = st.fixed_dictionaries({"n": sizes, "rate": rates, "weight": weights, "p": probabilities})
drives = st.lists(fields, max_size=6).map(
    lambda all_fields: sh.SynapticInput(*(sh.Population(f"p{k}", **f) for k, f in enumerate(all_fields)))
)


def scale(drive, j):
    """The size of the terms of a cumulant: what its rounding is measured by."""
    return sum(p.intensity * abs(p.weight) ** j for p in drive.populations)


def close(a, b, size):
    return abs(a - b) <= 1e-13 * size


@given(drives)
def test_intensities_add_and_probabilities_are_shares(drive):
    assert drive.intensity >= 0
    assert close(drive.intensity, sum(p.intensity for p in drive.populations), drive.intensity)
    assert np.all(drive.probabilities >= 0)
    assert drive.probabilities.sum() == pytest.approx(1.0 if drive.intensity > 0 else 0.0)


@given(drives, st.integers(1, 6), st.data())
def test_superposition(drive, j, data):
    """A population split in two at any neuron is the same input."""
    if not drive.populations:
        return
    k = data.draw(st.integers(0, len(drive.populations) - 1))
    whole = drive.populations[k]
    cut = data.draw(st.integers(0, whole.n))
    parts = [
        sh.Population(name, n=n, rate=whole.rate, weight=whole.weight, p=whole.p)
        for name, n in (("left", cut), ("right", whole.n - cut))
    ]
    split = sh.SynapticInput(*drive.populations[:k], *parts, *drive.populations[k + 1 :])
    assert close(split.intensity, drive.intensity, drive.intensity)
    assert close(split.cumulant(j), drive.cumulant(j), scale(drive, j))


@given(drives, drives, st.integers(1, 6))
def test_cumulants_of_independent_inputs_add(a, b, j):
    renamed = [sh.Population(f"b{p.name}", p.n, p.rate, p.weight, p.p) for p in b.populations]
    both = sh.SynapticInput(*a.populations, *renamed)
    assert close(both.cumulant(j), a.cumulant(j) + b.cumulant(j), scale(both, j))


@given(drives, st.integers(1, 6), st.floats(-10.0, 10.0))
def test_cumulants_scale_with_the_weights(drive, j, c):
    """kappa_j of c L is c^j kappa_j of L."""
    scaled = sh.SynapticInput(*(sh.Population(p.name, p.n, p.rate, c * p.weight, p.p) for p in drive.populations))
    assert close(scaled.cumulant(j), c**j * drive.cumulant(j), abs(c) ** j * scale(drive, j) + 1e-290)


@given(drives, st.integers(1, 6))
def test_rate_and_transmission_are_exchangeable(drive, j):
    """Thinning: half the p at twice the rate."""
    thinned = sh.SynapticInput(*(sh.Population(p.name, p.n, 2 * p.rate, p.weight, p.p / 2) for p in drive.populations))
    assert close(thinned.cumulant(j), drive.cumulant(j), scale(drive, j))


@given(drives, st.integers(1, 3))
def test_even_cumulants_are_not_negative(drive, half):
    assert drive.cumulant(2 * half) >= 0


@given(drives)
def test_the_source_of_the_kernels(drive):
    """Cumulative edges rise within [0, 1], and there is a weight for every mark in (0, 1)."""
    source = merged_process(drive)
    assert source.intensity == drive.intensity
    assert source.edges.size == max(source.weights.size - 1, 0)
    assert np.all(np.diff(source.edges) >= 0)
    assert np.all((source.edges >= 0) & (source.edges <= 1 + 1e-15))
    assert (source.weights.size > 0) == (drive.intensity > 0)


@settings(max_examples=40, deadline=None)
@given(drives, st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1))
def test_events_of_any_drive(drive, seed, trial):
    """About a thousand events of any drive: sorted, within the time, of a weight that fires."""
    duration = min(1000.0 / drive.intensity, 1e9) if drive.intensity > 0 else 1000.0
    events = poisson_events(drive, duration=duration, seed=seed, trials=[trial])
    assert np.all(np.diff(events.time) >= 0)
    assert np.all((events.time > 0) & (events.time <= duration))
    assert set(events.jump) <= {p.weight for p in drive.populations if p.intensity > 0}
    if drive.intensity > 1e-6:
        assert abs(len(events) - 1000) < 6 * 1000**0.5


sizes_of_weights = st.floats(0.1, 100.0).flatmap(lambda w: st.sampled_from([w, -w]))
laws = st.one_of(
    st.fixed_dictionaries({"weight_distribution": st.just("exponential"), "weight": sizes_of_weights}),
    st.fixed_dictionaries(
        {
            "weight_distribution": st.sampled_from(["normal", "lognormal"]),
            "weight": sizes_of_weights,
            "weight_sd": st.floats(0.1, 100.0),
        }
    ),
)


@given(laws, st.integers(1, 6), st.floats(0.01, 100.0))
def test_moments_of_random_weights_scale(law, j, c):
    """E[(c w)^j] = c^j E[w^j], and E[(-w)^j] = (-1)^j E[w^j]."""
    p = sh.Population("a", 1, 1.0, p=1.0, **law)
    scaled = {key: c * value for key, value in law.items() if key != "weight_distribution"}
    other = sh.Population("a", 1, 1.0, p=1.0, **(law | scaled))
    mirrored = sh.Population("a", 1, 1.0, p=1.0, **(law | {"weight": -p.weight}))
    size = sh.Population("a", 1, 1.0, p=1.0, **(law | {"weight": abs(p.weight)})).moment(j)
    assert close(other.moment(j), c**j * p.moment(j), c**j * size)
    assert close(mirrored.moment(j), (-1) ** j * p.moment(j), size)


@given(laws)
def test_moments_of_random_weights_are_moments(law):
    """Of a law of mean `weight` and standard deviation `weight_sd`, by Cauchy and Schwarz."""
    p = sh.Population("a", 1, 1.0, p=1.0, **law)
    one, two, three, four = (p.moment(j) for j in (1, 2, 3, 4))
    sd = abs(p.weight) if p.weight_distribution == "exponential" else p.weight_sd
    assert one == p.weight and close(two, one**2 + sd**2, two)
    assert three**2 <= two * four * (1 + 1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(laws, min_size=1, max_size=4), drives, st.integers(0, 2**64 - 1))
def test_constant_weights_keep_theirs_beside_random_ones(some, drive, seed):
    random = [sh.Population(f"r{k}", 100, 10.0, p=1.0, **law) for k, law in enumerate(some)]
    both = sh.SynapticInput(*random, *drive.populations)
    plain = sh.SynapticInput(*(sh.Population(p.name, p.n, p.rate, 1e6, p.p) for p in random), *drive.populations)
    duration = min(300.0 / both.intensity, 100.0)
    a, b = (poisson_events(d, duration=duration, seed=seed, trials=[0]) for d in (both, plain))
    assert np.array_equal(a.time, b.time)
    constant = b.jump != 1e6
    assert np.array_equal(a.jump[constant], b.jump[constant]) and np.all(np.isfinite(a.jump))
