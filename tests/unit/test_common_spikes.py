"""Correlated inputs: what is exact about their common spikes, and what is refused.

Would catch: a copy or a transmission counted twice or not at all, a moment of the wrong order, a common spike taken as
several events, a stream shared with independent neurons, cumulants made up where there are none.
"""

from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import stats

import stochhh as sh
from stochhh import random
from stochhh.experiment import Experiment
from stochhh.inputs.common_spikes import _binomial
from stochhh.noise.merged import merged_process, poisson_events
from stochhh.noise.presynaptic import presynaptic_events
from stochhh.theory import as_text, doubts, shot_noise_rate, siegert_rate, theory

DRAWS = [poisson_events, presynaptic_events]
each_draw = pytest.mark.parametrize("draw", DRAWS)


def population(name="exc", **changes):
    return sh.Population(
        **{"name": name, "n": 80, "rate": 10.0, "weight": 1.0, "p": 0.5, "correlation": 0.1, **changes}
    )


def drive(**changes):
    return sh.SynapticInput(population(**changes))


SHARED = sh.SynapticInput(
    population("exc", n=3, rate=20.0, weight=1.0, p=0.5, correlation=0.25, common="x"),
    population("inh", n=2, rate=40.0, weight=-4.0, p=0.75, correlation=0.5, common="x"),
    population("alone", n=5, rate=8.0, weight=2.0, p=0.25, correlation=0.125),
    population("free", n=7, rate=16.0, weight=3.0, p=0.25, correlation=0.0),
)


def by_enumeration(populations):
    """Jump -> events per ms: every neuron reached or not, every way, in fractions."""
    chances = [Fraction(p.correlation) * Fraction(p.p) for p in populations for _ in range(p.n)]
    weights = [Fraction(p.weight) for p in populations for _ in range(p.n)]
    found = Counter()
    for reached in product((False, True), repeat=len(chances)):
        if any(reached):
            chance = np.prod([q if r else 1 - q for q, r in zip(chances, reached, strict=True)])
            jump = sum(w for w, r in zip(weights, reached, strict=True) if r)
            found[jump] += Fraction(populations[0].rate) / Fraction(populations[0].correlation) / 1000 * chance
    return found


def all_jumps():
    exc, inh, alone, free = SHARED.populations
    expected = by_enumeration([exc, inh]) + by_enumeration([alone])
    expected[Fraction(free.weight)] += Fraction(free.intensity)
    return expected


@pytest.mark.parametrize("j", range(1, 7))
def test_cumulants_are_those_of_every_case_in_turn(j):
    expected = all_jumps()
    exact, size = (sum(rate * f(w) ** j for w, rate in expected.items()) for f in (Fraction, abs))
    assert abs(SHARED.cumulant(j) - exact) <= 1e-14 * size
    assert SHARED.intensity == pytest.approx(float(sum(expected.values())), rel=1e-14)


def test_the_jumps_of_the_kernel_are_those_of_every_case_in_turn():
    source, found = merged_process(SHARED), Counter()
    rates = source.intensity * np.diff(source.edges, prepend=0.0, append=1.0)
    for jump, rate in zip(source.weights.tolist(), rates.tolist(), strict=True):
        found[jump] += rate
    assert found == pytest.approx({float(w): float(rate) for w, rate in all_jumps().items()}, rel=1e-12)


@pytest.mark.parametrize(("n", "q"), [(1, 0.3), (7, 0.9), (100, 0.1), (100, 1e-9), (2000, 0.999), (10**6, 0.05)])
def test_the_binomial_law(n, q):
    k, p = _binomial(n, q)
    expected = stats.binom.pmf(k, n, q)
    assert p.sum() == pytest.approx(1.0, rel=1e-14)
    seen = expected > 1e-18
    assert p[seen] == pytest.approx(expected[seen], rel=1e-8 if n > 1000 else 1e-12)  # scipy's own error for large n
    assert stats.binom.cdf(k[0] - 1, n, q) + stats.binom.sf(k[-1], n, q) < 2 * 2.0**-80


def test_mean_and_variance_have_the_published_form():
    """kappa_2 = w^2 n rate p (1 + (n - 1) c p), whatever the law of the weights, with E[w^2] for the first w^2."""
    for law in ({}, {"weight_distribution": "exponential"}, {"weight_distribution": "normal", "weight_sd": 0.7},
                {"weight_distribution": "lognormal", "weight_sd": 0.7}):  # fmt: skip
        for c in (-0.01, 0.0, 1e-9, 0.3, 1.0):
            p = population(weight=-0.8, correlation=c, **law)
            spikes = 80 * 0.01 * 0.5
            assert sh.SynapticInput(p).cumulant(1) == pytest.approx(-0.8 * spikes, rel=1e-13)
            expected = spikes * (p.weight_moment(2) + 79 * c * 0.5 * 0.64)
            assert sh.SynapticInput(p).cumulant(2) == pytest.approx(expected, rel=1e-13)


def test_all_together():
    """Correlation 1: one spike of all neurons, at the rate of one."""
    assert drive(correlation=1, p=1).intensity == 0.01
    assert [drive(correlation=1, p=1).cumulant(j) for j in (1, 2, 3)] == pytest.approx([0.8, 64.0, 5120.0], rel=1e-14)
    for draw in DRAWS:
        events = draw(drive(correlation=1, p=1), duration=5000.0, seed=1, trials=range(2))
        assert len(events) > 50 and set(events.jump) == {80.0}


def test_no_correlation_is_the_limit_of_a_small_one():
    tiny, none = drive(correlation=1e-9), drive(correlation=0.0)
    assert tiny.intensity == pytest.approx(none.intensity, rel=1e-6)
    assert [tiny.cumulant(j) for j in (1, 2, 3, 4)] == pytest.approx([none.cumulant(j) for j in (1, 2, 3, 4)], rel=1e-6)


KNOWN = {
    poisson_events: (
        [5.256532625860858, 10.70431395820227, 13.564580784498213, 13.811054540618908], [1.0, 1.0, -4.0, 1.0], 35
    ),
    presynaptic_events: (
        [2.834657924180516, 4.388355329571296, 4.880254646158121, 7.519583666561349], [1.0, -4.0, 1.0, 1.0], 54
    ),
}  # fmt: skip


@each_draw
def test_independent_neurons_keep_their_events(draw):
    """The events of the question in the present streams, as they were before there were common spikes."""
    assert random.STREAM_VERSION == 3
    question = sh.SynapticInput(population(correlation=0.0), population("inh", n=20, weight=-4.0, correlation=0))
    events = draw(question, duration=100.0, seed=1, trials=[0])
    time, jump, count = KNOWN[draw]
    assert events.time[:4] == pytest.approx(time, rel=1e-13) and events.jump[:4].tolist() == jump
    assert len(events) == count


def test_purposes_share_no_number():
    purposes = [random.EVENT, random.NORMAL, random.PRESYNAPTIC, random.WEIGHT, random.MOTHER, random.COPY]
    assert len(set(purposes)) == len(purposes)


def test_a_mother_process_is_no_presynaptic_neuron():
    """Source 0 has a stream of its own beside neuron 0, though both are Poisson of one rate."""
    mother, neuron = (
        presynaptic_events(drive(n=1, p=1, rate=50.0, correlation=c), duration=2000.0, seed=1, trials=[0]).time
        for c in (1.0, 0.0)
    )
    assert mother.size > 50 and not set(mother) & set(neuron)


def test_a_population_in_two_parts_is_the_same_source():
    parts = [population(name, n=n, weight=0.3, common="x") for name, n in (("left", 30), ("right", 50))]
    both, whole = sh.SynapticInput(*parts), drive(weight=0.3)
    assert both.intensity == pytest.approx(whole.intensity, rel=1e-14)
    for j in (1, 2, 3, 4, 5):
        assert both.cumulant(j) == pytest.approx(whole.cumulant(j), rel=1e-13)
    apart = sh.SynapticInput(*(population(name, n=p.n, weight=0.3) for name, p in zip("lr", parts, strict=True)))
    assert apart.cumulant(2) < both.cumulant(2) and apart.cumulant(1) == pytest.approx(both.cumulant(1), rel=1e-14)


def test_what_belongs_to_a_population_where_several_share_a_source():
    exc, inh = SHARED.populations[:2]
    assert SHARED.intensities[:2].tolist() == [exc.intensity, inh.intensity]
    assert exc.intensity == pytest.approx(0.08 * (1 - (1 - 0.125) ** 3), rel=1e-14)
    assert SHARED.probabilities.sum() > 1 and np.all(SHARED.probabilities <= 1)


def test_excitation_and_inhibition_that_cancel():
    """An event that moves V up and down at once: one jump of 0, no crossing in between."""
    alike = {"n": 1, "rate": 50.0, "p": 1, "correlation": 1, "common": "x"}
    pair = [population(name, weight=w, **alike) for name, w in (("e", 99), ("i", -99))]
    for draw in DRAWS:
        events = draw(sh.SynapticInput(*pair), duration=500.0, seed=1, trials=[0])
        assert len(events) > 5 and not events.jump.any() and np.all(np.diff(events.time) > 0)


ZEROS = [{"n": 0}, {"rate": 0.0}, {"p": 0.0}]


@pytest.mark.parametrize("zero", ZEROS)
@pytest.mark.parametrize("common", [None, "x"])
def test_common_spikes_that_never_come(zero, common):
    silent = drive(common=common, **zero)
    assert silent.intensity == 0.0 and [silent.cumulant(j) for j in (1, 2, 3)] == [0.0] * 3
    for draw in DRAWS:
        assert len(draw(silent, duration=100.0, seed=1, trials=[0])) == 0
    assert doubts(sh.HodgkinHuxley(), silent) == []


@each_draw
def test_events_do_not_depend_on_blocks_duration_or_other_trials(draw):
    long = draw(SHARED, duration=900.0, seed=3, trials=range(4))
    for duration in (0.5, 50.0, 700.0):
        short = draw(SHARED, duration=duration, seed=3, trials=[2])
        time, jump = long.of(2)
        assert np.array_equal(short.time, time[time <= duration]) and np.array_equal(short.jump, jump[time <= duration])
    if draw is poisson_events:
        cut = draw(SHARED, duration=900.0, seed=3, trials=range(4), block=7)
        assert np.array_equal(long.time, cut.time) and np.array_equal(long.jump, cut.jump)


def test_mother_spikes_do_not_depend_on_their_blocks(monkeypatch):
    whole = presynaptic_events(SHARED, duration=900.0, seed=3, trials=range(2))
    monkeypatch.setattr("stochhh.noise.presynaptic._MOTHER_SPIKES", 5)
    cut = presynaptic_events(SHARED, duration=900.0, seed=3, trials=range(2))
    assert np.array_equal(whole.time, cut.time) and np.array_equal(whole.jump, cut.jump)


def test_presynaptic_neurons_keep_their_copies():
    """Another population that joins the source, or another weight, leaves those of the first alone."""
    first = presynaptic_events(drive(n=3, common="x"), duration=2000.0, seed=2, trials=[0])
    both = sh.SynapticInput(population(n=3, weight=10.0, common="x"), population("more", n=4, common="x"))
    more = presynaptic_events(both, duration=2000.0, seed=2, trials=[0])
    reached = more.jump >= 10
    assert np.array_equal(more.time[reached], first.time) and np.array_equal(more.jump[reached] // 10, first.jump)


def test_normal_weights_add_up_in_the_kernel():
    """A common spike that moves k synapses draws one normal number of mean k w and variance k sd^2."""
    source = merged_process(drive(n=4, p=1, weight=0.5, weight_distribution="normal", weight_sd=0.3))
    k = np.arange(1, 5)
    assert source.laws[:, 0] == pytest.approx(0.5 * k) and source.laws[:, 1] == pytest.approx(0.3 * np.sqrt(k))
    assert not source.laws[:, 2:].any() and source.weights.tolist() == [0, 1, 2, 3]


BAD = [
    *(({"correlation": c}, f"correlation = {c!r}") for c in (1.01, -0.02, np.nan, np.inf, "0.1", None, True, [0.1])),
    ({"correlation": 1e-12}, "correlation = 1e-12"),
    ({"n": 2, "correlation": -1.1}, "correlation = -1.1"),
    *(({"common": common}, f"common = {common!r}") for common in ("", 3, True, ["x"])),
    ({"common": "x", "correlation": 0.0}, "correlation = 0.0"),
    ({"common": "x", "correlation": -0.01}, "correlation = -0.01"),
]


@pytest.mark.parametrize(("changes", "named"), BAD)
def test_a_bad_value_is_refused_by_name(changes, named):
    with pytest.raises(sh.InputError) as caught:
        population(**changes)
    assert str(caught.value).startswith(f"population 'exc': {named}") and "is not allowed" in str(caught.value)


def test_one_source_has_one_mother():
    with pytest.raises(sh.InputError) as caught:
        sh.SynapticInput(population(common="x"), population("inh", rate=5.0, common="x"))
    for said in ("population 'inh': rate = 5", "100 Hz", "'x'", "it must be 10 Hz"):
        assert said in str(caught.value)
    fit = population("inh", rate=3.0, correlation=0.03, common="x")  # 3.0 / 0.03 is not 100 to the last bit
    assert len(sh.SynapticInput(population(common="x"), fit).sources) == 1


def test_sums_that_have_no_law_are_refused_where_they_are_drawn_at_once():
    for law in ({"weight_distribution": "exponential"}, {"weight_distribution": "lognormal", "weight_sd": 0.3}):
        with pytest.raises(sh.InputError, match=f"{law['weight_distribution']}.*correlation = 0.1.*per-neuron"):
            sh.simulate(sh.HodgkinHuxley(), drive(**law), backend="jump", duration=10, seed=1)
        assert len(presynaptic_events(drive(**law), duration=1000.0, seed=1, trials=[0])) > 30


def test_too_many_jumps_are_refused():
    many = (population(name, n=10**5, p=1, rate=0.1, correlation=0.5, common="x") for name in "abc")
    with pytest.raises(sh.InputError, match=r"common spikes of populations 'a', 'b', 'c' cause .*too many"):
        merged_process(sh.SynapticInput(*many))


NEGATIVE = drive(correlation=-0.01)


def test_a_negative_correlation_has_two_cumulants():
    assert NEGATIVE.cumulant(1) == pytest.approx(0.4) and NEGATIVE.cumulant(2) == pytest.approx(0.4 * (1 - 0.395))
    assert NEGATIVE.intensity == pytest.approx(0.4)
    assert drive(n=101, p=1, correlation=-0.01).cumulant(2) == pytest.approx(0, abs=1e-12)
    for n in range(2, 200):  # rounding does not make it negative
        assert drive(n=n, p=1, correlation=-1 / (n - 1)).cumulant(2) >= 0
    for j in (3, 4, 7):
        with pytest.raises(sh.InputError, match=f"population 'exc': correlation = -0.01 .* order {j}"):
            NEGATIVE.cumulant(j)


@pytest.mark.parametrize("backend", ["jump", "per-neuron"])
def test_a_negative_correlation_has_no_events(backend):
    with pytest.raises(sh.InputError, match=r"correlation = -0.01 is not allowed.*use the diffusion"):
        sh.simulate(sh.HodgkinHuxley(), NEGATIVE, backend=backend, duration=10, seed=1)
    recorded = sh.Recording([0], [1.0], [0.5])  # played events are known
    assert sh.simulate(sh.HodgkinHuxley(), NEGATIVE, backend=backend, duration=5, seed=1, events=recorded)
    for draw in DRAWS:
        with pytest.raises(sh.InputError, match="correlation"):
            draw(NEGATIVE, duration=1.0, seed=1, trials=[0])


def test_theory_says_what_it_does_not_know():
    said = theory(sh.Passive(), NEGATIVE)
    assert said["cumulants"]["2"]["value"] == pytest.approx(0.242) and said["V_variance"]["value"] > 0
    for quantity in (said["cumulants"]["3"], said["cumulants"]["4"], said["V_skewness"], said["V_kurtosis"]):
        assert quantity["value"] is None and "correlation = -0.01" in quantity["reason"]
    (doubt,) = said["doubts"]
    assert doubt.startswith("population 'exc': a negative correlation") and doubt in as_text(said)


def test_doubts_know_the_size_of_a_common_spike():
    settings = {"rate": 100.0, "p": 1, "common": "x"}
    pair = [population(name, n=n, weight=w, **settings) for name, n, w in (("e", 100, 0.5), ("i", 25, -0.5))]
    found = doubts(sh.HodgkinHuxley(I_app=0), sh.SynapticInput(*pair))
    assert found[0].startswith("1.0") and "events in a membrane time constant" in found[0]  # 1000 Hz of common spikes
    assert found[-2].startswith("populations 'e', 'i': root mean square jump of a common spike 4.") and len(found) == 4


def test_rates_of_the_integrate_and_fire_neuron():
    neuron, correlated = sh.LeakyIntegrateAndFire(), drive(weight_distribution="exponential", rate=50.0)
    with pytest.raises(sh.InputError, match=r"correlation = 0\.1 is not allowed"):
        shot_noise_rate(neuron, correlated)
    assert siegert_rate(neuron, correlated) > siegert_rate(neuron, drive(correlation=0.0, rate=50.0))


FILE = """[simulation]
duration = 40.0
seed = 5
[[population]]
name = "exc"
n = 50
rate = 80.0
weight = 0.7
p = 0.8
correlation = 0.1
common = "x"
[[population]]
name = "inh"
n = 30
rate = 40.0
weight = -1.5
p = 0.8
correlation = 0.05
common = "x"
"""


class TestInAFile:
    @pytest.fixture
    def load(self, tmp_path):
        def load(text):
            (tmp_path / "a.toml").write_text(text)
            return Experiment.load(tmp_path / "a.toml")

        return load

    def test_there_and_back(self, load):
        experiment = load(FILE)
        assert [(p.correlation, p.common) for p in experiment.drive.populations] == [(0.1, "x"), (0.05, "x")]
        assert load(experiment.to_toml()) == experiment
        negative = load(FILE.replace('common = "x"\n', "").replace("0.05", "-0.01"))
        assert load(negative.to_toml()) == negative and negative.drive.populations[1].common is None

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("correlation = 0.05", "correlation = 1.5", "line 18: population 'inh': correlation = 1.5"),
            ("rate = 40.0", "rate = 41.0", "line 15: population 'inh': rate = 41"),
            ("correlation = 0.05", "corelation = 0.05", "line 18.*did you mean 'correlation'"),
        ],
    )
    def test_a_fault_is_found_on_its_line(self, load, old, new, said):
        with pytest.raises(sh.InputError, match=said):
            load(FILE.replace(old, new))

    @pytest.mark.parametrize("backend", ["jump", "per-neuron"])
    def test_a_run_draws_them_records_them_and_replays_them(self, load, backend, tmp_path):
        experiment = load(FILE)
        events, run = experiment.draw_events(backend), experiment.simulate(backend)
        replayed = experiment.simulate(backend, events=events)
        assert len(events) > 20 and np.array_equal(run.moments.powers, replayed.moments.powers)
        run.save(tmp_path / "a.nc")
        exc, _ = sh.Result.load(tmp_path / "a.nc").provenance["input"]
        assert exc["correlation"] == 0.1 and exc["common"] == "x"


def both(neuron, events, duration):
    settings = {"duration": duration, "seed": 1, "n_trials": events.n_trials, "events": events}
    return [sh.simulate(neuron, SHARED, backend=name, **settings) for name in ("jump", "per-neuron")]


def test_jump_and_per_neuron_fed_the_same_common_spikes_spike_alike():
    """Jumps of many sizes, most of them of several weights, some beyond the kick that makes the neuron spike."""
    strong = drive(n=60, rate=40.0, weight=0.9, p=0.8, correlation=0.15)
    events = presynaptic_events(strong, duration=120.0, seed=4, trials=range(2))
    assert np.unique(events.jump).size > 8 and events.jump.max() > 10
    jump, plain = both(sh.HodgkinHuxley(I_app=7.0), events, 120.0)
    assert jump.spikes.time.size > 8 and np.array_equal(jump.spikes.trial, plain.spikes.trial)
    assert np.sqrt(np.mean((jump.spikes.time - plain.spikes.time) ** 2)) < 1e-3
    assert np.allclose(jump.moments.powers, plain.moments.powers, rtol=1e-3, atol=0)


def test_simultaneous_events_of_a_recording_act_together():
    """As common spikes do: what counts is their sum, in whatever order the rows stand."""
    for jumps, spikes in (([70.0, 20.0, -90.0], []), ([-60.0, 70.0, -10.0], []), ([-20.0, 90.0], [5.0]), ([0.0], [])):
        events = sh.Recording([0] * len(jumps), [5.0] * len(jumps), jumps)
        for run in both(sh.HodgkinHuxley(I_app=0, initial="rest"), events, 6.0):
            assert run.spikes.time.tolist() == spikes
