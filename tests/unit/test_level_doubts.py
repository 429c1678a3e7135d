"""What a result says where its number of spikes hangs on the levels of a spike, and where it does not.

Would catch: swings that no level sees and no word about them, a doubt about every result, one that is lost on the way.
"""

import json

import numpy as np
import pytest

import stochhh as sh
from stochhh.cli import main
from stochhh.experiment import Experiment
from stochhh.models.levels import level_doubts
from stochhh.swings import Swings, swing_sizes

NO_INPUT = sh.SynapticInput()
NOISE = sh.SynapticInput(
    sh.Population("up", n=4000, rate=10.0, weight=0.1, p=0.5),
    sh.Population("down", n=4000, rate=10.0, weight=-0.1, p=0.5),
)
STRONG = sh.SynapticInput(
    sh.Population("up", n=4000, rate=10.0, weight=0.5, p=0.5),
    sh.Population("down", n=1000, rate=10.0, weight=-0.5, p=0.5),
)
OLD = {"E_Na": 115.0, "E_K": -12.0, "E_L": 10.6}  # rest at 0 in place of -65 mV


def run(neuron, drive=NO_INPUT, backend="jump", **settings):
    settings = {"duration": 700.0, "transient": 200.0, "seed": 1, "progress": False} | settings
    return sh.simulate(neuron, drive, backend=backend, **settings)


def levels_in(doubt):
    """The levels that a doubt proposes."""
    words = doubt.rstrip(".").split()
    return {"threshold": float(words[-5]), "rearm": float(words[-1])}


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
@pytest.mark.parametrize(("I_app", "rate"), [(65, 128), (80, 137), (100, 147.27), (120, 156.4), (150, 167.85)])
def test_a_threshold_that_is_never_reached(I_app, rate, backend):
    """The limit cycle shrinks as the current grows; the levels proposed count it."""
    neuron = sh.HodgkinHuxley(I_app=I_app)
    result = run(neuron, backend=backend)
    (doubt,) = result.doubts
    assert result.spikes.time.size == 0 and "threshold = 0 mV and rearm = -30 mV count 0 spikes a second" in doubt
    assert f"Doubt: {doubt}" in str(result)
    better = run(sh.HodgkinHuxley(I_app=I_app, **levels_in(doubt)), backend=backend)
    assert better.doubts == () and better.spikes.time.size / 0.5 == pytest.approx(rate, abs=3)


def test_per_neuron_says_the_same():
    (doubt,) = run(sh.HodgkinHuxley(I_app=70.0), backend="per-neuron", dt=0.05, duration=400.0).doubts
    assert "V rises by 36 mV or more 130 times a second" in doubt or "V rises by 62 mV" in doubt


def test_spikes_that_noise_lifts_over_the_threshold():
    """A few peaks of many reach 0 mV."""
    neuron = sh.HodgkinHuxley(I_app=60.0)
    result = run(neuron, STRONG, n_trials=4)
    (doubt,) = result.doubts
    counted = result.spikes.time.size
    assert 0 < counted < 60
    found = run(sh.HodgkinHuxley(I_app=60.0, **levels_in(doubt)), STRONG, n_trials=4)
    assert found.doubts == () and found.spikes.time.size / 2 == pytest.approx(129.5, abs=4)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ({"threshold": 35.0}, "If these swings are spikes"),  # in the midst of the peaks
        ({"threshold": 60.0}, "count 0 spikes"),  # above all of them
        ({"rearm": -76.5}, "If these swings are spikes"),  # below most troughs
        ({"threshold": -60.0, "rearm": -61.0}, "smaller fluctuations cross the threshold"),  # within the noise
    ],
)
def test_levels_in_the_wrong_place(levels, said):
    question = Experiment.example("question").drive
    result = run(sh.HodgkinHuxley(**levels), question, duration=2000.0, n_trials=16)
    assert any(said in doubt for doubt in result.doubts)


def test_a_rearm_level_that_merges_pairs():
    neuron = sh.WangBuzsaki(I_app=5.0)
    right = run(neuron, NOISE)
    troughs = right.swings.troughs.sum(axis=0)[-1] / right.swings.counts.sum(axis=0)[-1]
    merged = run(sh.WangBuzsaki(I_app=5.0, rearm=float(troughs)), NOISE)
    assert right.doubts == () and merged.spikes.time.size < 0.95 * right.spikes.time.size and merged.doubts


def test_no_line_between_spikes_and_fluctuations():
    strong = sh.SynapticInput(*(sh.Population(s, 4000, 10.0, w, 0.5) for s, w in (("up", 1.0), ("down", -1.0))))
    (doubt,) = run(sh.MorrisLecar(), strong, duration=2200.0, n_trials=8).doubts
    assert "amounts of every size" in doubt


@pytest.mark.parametrize("backend", ["jump", "diffusion"])
@pytest.mark.parametrize("name", ["question", "cortex-5000", "repetitive"])
def test_the_examples_leave_none(name, backend):
    experiment = Experiment.example(name)
    assert run(experiment.neuron, experiment.drive, backend, duration=1500.0, n_trials=16).doubts == ()


@pytest.mark.parametrize("kind", ["HodgkinHuxley", "Passive", "MorrisLecar", "WangBuzsaki", "TraubMiles"])
@pytest.mark.parametrize("weight", [0.0, 0.1, 0.3])
def test_healthy_models_leave_none(kind, weight):
    """Silent, with fluctuations below the threshold, and firing."""
    drive = sh.SynapticInput(*(sh.Population(s, 4000, 10.0, w, 0.5) for s, w in (("up", weight), ("down", -weight))))
    assert run(getattr(sh, kind)(), drive, duration=1500.0, n_trials=8).doubts == ()


@pytest.mark.parametrize("initial", [-90.0, -40.0])
def test_a_start_away_from_rest_is_no_swing(initial):
    assert run(sh.Passive(initial=(initial,)), duration=100.0, transient=0.0, n_trials=16).doubts == ()


def test_input_kicks_are_no_spikes():
    """Potentials that single events make have a size of their own too."""
    for weight in (20.0, -8.0):
        drive = sh.SynapticInput(sh.Population("few", n=10, rate=1.0, weight=weight, p=1.0))
        assert run(sh.Passive(), drive, duration=3000.0, n_trials=8).doubts == ()


class TestBeforeARun:
    def test_a_rest_above_the_rearm_level(self):
        (doubt,) = level_doubts(sh.HodgkinHuxley(**OLD))
        assert doubt.startswith("The neuron rests at -8.") and "rearm = -30 mV" in doubt
        result = run(sh.HodgkinHuxley(**OLD))
        assert result.doubts == (doubt,)

    @pytest.mark.parametrize(
        "neuron",
        [sh.HodgkinHuxley(), sh.MorrisLecar(I_app=120.0), sh.LeakyIntegrateAndFire(I_app=2.0), sh.Passive()],
    )
    def test_none_where_it_can_be_armed(self, neuron):
        """The oscillation of Morris-Lecar passes both levels; its rest between them is unstable."""
        assert level_doubts(neuron) == ()

    def test_the_command_line_says_it_first(self, tmp_path, capsys):
        path = tmp_path / "old.toml"
        values = "\n".join(f"{key} = {value}" for key, value in OLD.items())
        path.write_text(f"[neuron]\n{values}\n[simulation]\nduration = 300.0\nseed = 1\n")
        assert main(["run", str(path), "--backend", "jump", "--json"]) == 0
        out, err = capsys.readouterr()
        assert "doubt: The neuron rests" in err
        assert json.loads(out)["doubts"] == list(level_doubts(sh.HodgkinHuxley(**OLD)))
        assert main(["run", str(path), "--backend", "jump"]) == 0
        assert "\nDoubt: The neuron rests" in capsys.readouterr().out
        assert main(["theory", str(path), "--json"]) == 0
        assert level_doubts(sh.HodgkinHuxley(**OLD))[0] in json.loads(capsys.readouterr().out)["doubts"]


class TestOnTheWay:
    RESULT = run(sh.HodgkinHuxley(I_app=90.0), n_trials=2)

    def test_files_keep_it(self, tmp_path):
        self.RESULT.save(tmp_path / "a.nc")
        back = sh.Result.load(tmp_path / "a.nc")
        assert back.doubts == self.RESULT.doubts and len(back.doubts) == 1
        assert np.array_equal(back.swings.counts, self.RESULT.swings.counts) and back.swings.kick == 0.0

    def test_joined_runs_keep_it(self):
        later = run(sh.HodgkinHuxley(I_app=90.0), first_trial=2, n_trials=2)
        assert self.RESULT.joined(later).doubts == self.RESULT.doubts

    def test_a_comparison_has_those_of_both(self):
        other = run(sh.HodgkinHuxley(I_app=10.0), n_trials=2)
        comparison = sh.compare(other, self.RESULT, labels=["well", "ill"])
        assert comparison.doubts == (f"ill: {self.RESULT.doubts[0]}",)
        assert comparison.as_dict()["doubts"] == list(comparison.doubts)
        assert f"Doubt: {comparison.doubts[0]}" in str(comparison)

    def test_the_json_of_a_comparison_has_it_in_both_places(self, tmp_path, capsys):
        path = tmp_path / "strong.toml"
        path.write_text("[neuron]\nI_app = 90.0\n[simulation]\nduration = 400.0\nn_trials = 2\nseed = 1\n")
        assert main(["compare", str(path), "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert len(said["doubts"]) == 2 and len(said["jump"]["doubts"]) == len(said["diffusion"]["doubts"]) == 1


class TestTheRule:
    SPIKES = sh.SpikeTrains(np.arange(20.0) + 5, np.zeros(20, dtype=int), 1, 0.0, 1000.0)

    def swings(self, *counts, kick=0.0):
        return Swings(
            swing_sizes(sh.HodgkinHuxley()), np.array([counts], dtype=float), np.zeros((1, 6)), 0.0, -30.0, kick
        )

    @pytest.mark.parametrize(
        ("counts", "n"),
        [
            ((300, 90, 25, 20, 20, 20), 0),  # as many swings as spikes
            ((20, 20, 20, 20, 0, 0), 0),  # small spikes
            ((300, 90, 50, 49, 49, 48), 1),  # swings that no level saw
            ((50, 8, 6, 6, 6, 6), 1),  # fluctuations counted
            ((900, 300, 100, 40, 14, 5), 0),  # no size of its own, and as many spikes as of the largest ones
            ((900, 300, 100, 9, 5, 1), 1),  # no size of its own, and more spikes than of these
        ],
    )
    def test_by_hand(self, counts, n):
        assert len(self.swings(*counts).doubts(self.SPIKES)) == n

    def test_kicks_are_no_evidence(self):
        counts = (100, 100, 20, 20, 20, 20)
        silent = sh.SpikeTrains([], [], 1, 0.0, 1000.0)
        few = self.swings(100, 99, 0, 0, 0, 0, kick=3.0)
        assert few.doubts(silent) == ()
        assert len(self.swings(*counts, kick=3.0).doubts(silent)) == 1


def test_swings_of_every_size_are_told_with_their_numbers():
    sizes = (4.0, 7.0, 12.0, 21.0, 36.0, 62.0)
    swings = Swings(sizes, np.array([[100, 80, 60, 40, 20, 10]]), np.zeros((1, 6)), 0.0, -30.0)
    (doubt,) = swings.doubts(sh.SpikeTrains([], [], 1, 0.0, 1000.0))
    for size, number in zip(sizes[-3:], (40, 20, 10), strict=True):
        assert f"by {size:.2g} mV or more {number} times" in doubt
