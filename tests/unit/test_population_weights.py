"""Weights drawn anew at every spike: what is exact about them, and what is refused.

Would catch: a moment of the wrong order, a weight that depends on how events were blocked, constant weights that
change when a neighbour's are random, a number used for two things.
"""

from math import exp, log1p, sqrt

import numpy as np
import pytest
from scipy import integrate, stats

import stochhh as sh
from stochhh.experiment import Experiment
from stochhh.inputs.weights import WEIGHT_DISTRIBUTIONS, drawn_weights
from stochhh.noise.merged import poisson_events
from stochhh.noise.presynaptic import presynaptic_events
from stochhh.random import EVENT, WEIGHT, uniforms
from stochhh.theory import doubts

RANDOM = {"exponential": {}, "normal": {"weight_sd": 0.3}, "lognormal": {"weight_sd": 0.3}}
DRAWS = [poisson_events, presynaptic_events]


def population(distribution="constant", **changes):
    settings = {"name": distribution, "n": 50, "rate": 20.0, "weight": -0.8, "p": 0.5, **RANDOM.get(distribution, {})}
    return sh.Population(**{**settings, "weight_distribution": distribution, **changes})


def law(p):
    """The distribution of |w|, or of w if it is normal, as scipy has it."""
    size, sd = abs(p.weight), p.weight_sd
    if p.weight_distribution == "exponential":
        return stats.expon(scale=size)
    if p.weight_distribution == "normal":
        return stats.norm(p.weight, sd)
    s = sqrt(log1p((sd / size) ** 2))
    return stats.lognorm(s, scale=size * exp(-0.5 * s * s))


@pytest.mark.parametrize("distribution", RANDOM)
@pytest.mark.parametrize("j", range(1, 7))
def test_moments_are_those_of_the_law(distribution, j):
    p = population(distribution)
    sign = 1 if distribution == "normal" else (-1) ** j
    low, high = law(p).ppf([1e-300, 1 - 1e-16])
    expected, _ = integrate.quad(
        lambda w: w**j * law(p).pdf(w), low, 4 * high, points=[high / 4, high], epsabs=0, epsrel=1e-10
    )
    assert p.moment(j) == pytest.approx(sign * expected, rel=1e-7)
    assert sh.SynapticInput(p).cumulant(j) == pytest.approx(p.intensity * sign * expected, rel=1e-7)


def test_moments_in_round_numbers():
    assert [population("exponential", weight=2.0).moment(j) for j in (1, 2, 3, 4)] == [2, 8, 48, 384]
    assert [population("normal", weight=1.0, weight_sd=2.0).moment(j) for j in (1, 2, 3, 4)] == [1, 5, 13, 73]
    lognormal = population("lognormal", weight=-2.0, weight_sd=2.0)
    assert [lognormal.moment(j) for j in (1, 2, 3)] == [-2, 8, -64]
    assert [population(weight=-3.0).moment(j) for j in (1, 2, 3)] == [-3, 9, -27]


def test_a_moment_beyond_numbers_is_refused():
    for p in (population("lognormal"), population("exponential"), population("normal")):
        with pytest.raises(sh.InputError, match="j = 2000"):
            sh.SynapticInput(p).cumulant(2000)


BAD = [
    ({"weight_distribution": "gamma"}, "weight_distribution = 'gamma'", "constant, exponential, normal, lognormal"),
    ({"weight_distribution": None}, "weight_distribution = None", "must be one of"),
    ({"weight_distribution": ["normal"]}, "weight_distribution = ['normal']", "must be one of"),
    ({"weight_sd": 0.5}, "weight_sd = 0.5", "leave it out"),
    ({"weight_distribution": "exponential", "weight_sd": 0.8}, "weight_sd = 0.8", "is |weight|: leave it out"),
    *(
        ({"weight_distribution": name, "weight_sd": value}, f"weight_sd = {value!r}", "above 0")
        for name in ("normal", "lognormal")
        for value in (0.0, -1.0, np.nan, np.inf, "1", None, True)
    ),
    ({"weight_distribution": "lognormal", "weight": 0.0, "weight_sd": 1.0}, "weight_sd = 1.0", "other than 0"),
    ({"weight_distribution": "lognormal", "weight": 0.1, "weight_sd": 101.0}, "weight_sd = 101.0", "1000 |weight|"),
]


@pytest.mark.parametrize(("changes", "named", "said"), BAD)
def test_a_bad_value_is_refused_by_name(changes, named, said):
    with pytest.raises(sh.InputError) as caught:
        sh.Population(**{"name": "exc", "n": 5, "rate": 1.0, "weight": 1.0, "p": 0.5, **changes})
    assert str(caught.value).startswith(f"population 'exc': {named} is not allowed") and said in str(caught.value)


@pytest.mark.parametrize("distribution", RANDOM)
def test_compiled_weights_are_those_of_the_formula(distribution):
    """Of event i from block i of their stream, which gaps and marks do not touch."""
    drive = sh.SynapticInput(population(distribution), population("constant", name="other", weight=7.0))
    events = poisson_events(drive, duration=2000.0, seed=5, trials=[0, 3])
    for trial, number in enumerate((0, 3)):
        jump = events.of(trial)[1]
        index = np.arange(jump.size)
        mark = uniforms(index, number, EVENT, 5)[1]
        expected = drawn_weights(drive.populations[0].coefficients, *uniforms(index, number, WEIGHT, 5))
        # A cosine near 0 loses digits of its own in one way or the other.
        assert jump == pytest.approx(np.where(mark < 0.5, expected, 7.0), rel=1e-12, abs=1e-14)
        assert np.array_equal(jump == 7.0, mark >= 0.5)


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("distribution", RANDOM)
def test_times_and_constant_weights_stay_when_a_neighbour_becomes_random(draw, distribution):
    constant = population("constant", name="other", weight=0.1)
    runs = [
        draw(sh.SynapticInput(p, constant), duration=800.0, seed=2, trials=range(2))
        for p in (population(weight=-0.8), population(distribution))
    ]
    assert np.array_equal(runs[0].time, runs[1].time) and np.array_equal(runs[0].trial, runs[1].trial)
    assert np.array_equal(runs[0].jump == 0.1, runs[1].jump == 0.1)
    drawn = runs[1].jump[runs[0].jump == -0.8]
    assert np.unique(drawn).size == drawn.size > 300  # a new one for every spike
    assert distribution == "normal" or np.all(drawn < 0)  # the sign of the weight


@pytest.mark.parametrize("block", [1, 7, 1023])
def test_weights_do_not_depend_on_blocks(block):
    drive = sh.SynapticInput(*(population(distribution) for distribution in WEIGHT_DISTRIBUTIONS))
    whole = poisson_events(drive, duration=300.0, seed=3, trials=range(2))
    cut = poisson_events(drive, duration=300.0, seed=3, trials=range(2), block=block)
    assert np.array_equal(whole.jump, cut.jump)


@pytest.mark.parametrize("draw", DRAWS)
def test_trials_seeds_and_durations(draw):
    """A trial alone, and the start of a longer one, are the same; other trials and seeds are not."""
    drive = sh.SynapticInput(population("exponential"))
    many = draw(drive, duration=200.0, seed=3, trials=range(4))
    alone = draw(drive, duration=400.0, seed=3, trials=[2]).of(0)[1]
    assert np.array_equal(many.of(2)[1], alone[: many.of(2)[1].size])
    weights = np.concatenate([many.jump, draw(drive, duration=200.0, seed=4, trials=range(4)).jump])
    assert np.unique(weights).size == weights.size


def test_merged_and_presynaptic_events_share_no_weight():
    """Of one seed and trial: independent of each other though both draw for the purpose of weights."""
    drive = sh.SynapticInput(population("exponential"))
    a, b = (draw(drive, duration=2000.0, seed=3, trials=[0]).jump for draw in DRAWS)
    assert not set(a) & set(b)


def test_presynaptic_neurons_have_weights_of_their_own():
    """More neurons, or a silent population before them, leave the weights of a neuron's spikes or move them as one."""
    few, more = (
        presynaptic_events(sh.SynapticInput(population("exponential", n=n)), duration=500.0, seed=2, trials=[0])
        for n in (5, 1200)
    )
    assert set(few.jump) < set(more.jump)
    assert np.unique(more.jump).size == more.jump.size


FILE = """
[simulation]
duration = 60.0
seed = 1
[[population]]
name = "a"
n = 50
rate = 40.0
p = 0.5
weight = 2.0
weight_distribution = "lognormal"
weight_sd = 1.5
"""


class TestInTheLibrary:
    @pytest.fixture
    def experiment(self, tmp_path):
        (tmp_path / "a.toml").write_text(FILE)
        return Experiment.load(tmp_path / "a.toml")

    def test_an_experiment_file_names_them(self, experiment, tmp_path):
        (p,) = experiment.drive.populations
        assert (p.weight_distribution, p.weight_sd) == ("lognormal", 1.5)
        (tmp_path / "b.toml").write_text(experiment.to_toml())
        assert Experiment.load(tmp_path / "b.toml") == experiment

    @pytest.mark.parametrize(
        ("wrong", "line"), [("weight_sd = -1.5", 12), ("weight_sd = 1.5\nweight_distribution = 'constant'", 12)]
    )
    def test_a_fault_is_found_on_its_line(self, tmp_path, wrong, line):
        text = FILE.replace("weight_sd = 1.5", wrong)
        if "constant" in wrong:
            text = text.replace('weight_distribution = "lognormal"\n', "\n")
        (tmp_path / "a.toml").write_text(text)
        said = f"line {line}: population 'a': weight_sd = .*; weight_sd: standard deviation"
        with pytest.raises(sh.InputError, match=said):
            Experiment.load(tmp_path / "a.toml")

    @pytest.mark.parametrize("backend", ["jump", "per-neuron"])
    def test_a_run_draws_them_records_them_and_replays_them(self, experiment, backend, tmp_path):
        events, run = experiment.draw_events(backend), experiment.simulate(backend)
        replayed = experiment.simulate(backend, events=events)
        assert np.unique(events.jump).size == len(events)
        assert np.array_equal(run.moments.powers, replayed.moments.powers)
        run.save(tmp_path / "a.nc")
        (made,) = sh.Result.load(tmp_path / "a.nc").provenance["input"]
        assert made == {
            **{"name": "a", "n": 50, "rate": 40.0, "p": 0.5, "weight": 2.0},
            **{"weight_distribution": "lognormal", "weight_sd": 1.5, "correlation": 0.0, "common": None},
        }

    def test_doubts_know_their_size(self):
        """Root mean square: sqrt(2) times the mean of an exponential weight, and not 0 where the mean is 0."""
        pair = [
            population("exponential", name=name, weight=w, n=500, p=1.0) for name, w in (("up", 2.0), ("down", -2.0))
        ]
        found = doubts(sh.HodgkinHuxley(), sh.SynapticInput(*pair, population("normal", weight=0.0, weight_sd=3.0)))
        for said in ("'up': root mean square weight 2.82843 mV", "'normal': root mean square weight 3 mV"):
            assert f"population {said}" in "\n".join(found)
        few = doubts(sh.HodgkinHuxley(), sh.SynapticInput(population("normal", weight=0.0, weight_sd=1e-3, n=30)))
        assert few[0].startswith("0.346 events in a membrane time constant")
