"""Until it is precise enough: the rule on made-up estimates, the same bits as one run, and what is refused."""

import json
import math
from types import MappingProxyType

import numpy as np
import pytest

import stochhh as sh
from stochhh import cli
from stochhh.errors import InputError, Interrupted
from stochhh.precision import Precision, looks, progress_line
from stochhh.statistics import Estimate
from stochhh.statistics.overview import chosen_margins

NEURON = sh.Passive()
FIRING = sh.HodgkinHuxley(I_app=10.0)
DRIVE = sh.SynapticInput(sh.Population("exc", n=100, rate=20.0, weight=0.5, p=1.0))


def estimate(value, half, name="cv"):
    return Estimate(name, value, value - half, value + half, 0.95, "1", 20, "made up")


def falling(value, at_one):
    """Estimates whose half width is at_one / sqrt(n)."""
    return lambda n: {"cv": estimate(value, at_one / n**0.5)}


def test_it_stops_where_the_interval_is_as_narrow_as_asked():
    """Half width 1/sqrt(n), asked for 0.05: 400 trials; the second look goes four times as far, the third to 440."""
    _, excess, numbers = looks(Precision({"cv": 0.05}), 20, 10_000, falling(1.0, 1.0))
    assert numbers == [20, 80, 320, 480] and excess["cv"] <= 1
    _, _, near = looks(Precision({"cv": 0.05}), 120, 10_000, falling(1.0, 1.0))
    assert near == [120, 441]


def test_a_percentage_is_of_the_value():
    _, excess, _ = looks(Precision({"cv": "10%"}), 20, 20, falling(2.0, 1.0))
    assert excess["cv"] == pytest.approx((1 / 20**0.5) / 0.2)


def test_a_number_is_in_the_unit_of_the_statistic():
    _, excess, _ = looks(Precision({"cv": 0.05}), 20, 20, falling(2.0, 1.0))
    assert excess["cv"] == pytest.approx((1 / 20**0.5) / 0.05)


def test_it_gives_up_at_the_most():
    told = []
    _, excess, numbers = looks(Precision({"cv": 1e-6}), 20, 100, falling(1.0, 1.0), lambda *what: told.append(what))
    assert numbers == [20, 80, 100] and excess["cv"] > 1
    assert [n for n, _, _ in told] == numbers and told[0][2] > 1e10


def test_a_statistic_without_an_interval_is_waited_for():
    def draw(n):
        found = estimate(1.0, 0.01) if n > 100 else Estimate.missing("cv", "no spike", level=0.95, unit="1", n=0)
        return {"cv": found}

    _, _, numbers = looks(Precision({"cv": "5%"}), 20, 10_000, draw)
    assert numbers == [20, 80, 320]


def test_the_worst_of_several_decides():
    def draw(n):
        return {"cv": estimate(1.0, 1 / n**0.5), "rate": estimate(10.0, 20 / n**0.5)}

    _, excess, numbers = looks(Precision({"cv": 0.2, "rate": "20%"}), 20, 10_000, draw)
    assert numbers[-1] >= 100 and max(excess.values()) <= 1


def test_progress_says_how_far_it_is():
    assert progress_line(80, {"cv": 2.5, "rate": math.inf}, None) == (
        "80 trials: cv 2.5 times the requested half width, rate has no reliable interval yet; "
        "the number still needed is unknown"
    )
    assert progress_line(80, {"cv": 2.5}, 420).endswith("; about 420 more")


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ({}, "until = "),
        ("cv=1%", "until = "),
        ({"cw": 1}, "until name = 'cw' is not .* one of rate"),
        ({"cv": "1 percent"}, "until cv = '1 percent'"),
        ({"cv": "-1%"}, "until cv = '-1%'"),
        ({"cv": 0}, "until cv = 0"),
        ({"cv": True}, "until cv = True"),
        ({"cv": "nan%"}, "until cv"),
        ({"cv": "१%"}, "until cv"),
        ({"cv": "1_0%"}, "until cv"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(until, words):
    with pytest.raises(InputError, match=words):
        sh.simulate(NEURON, DRIVE, backend="diffusion", duration=50.0, seed=1, until=until)


@pytest.mark.parametrize(
    ("given", "words"), [({"n_trials": 5}, "n_trials = 5"), ({"max_trials": 10}, "max_trials = 10")]
)
def test_too_few_trials_are_refused(given, words):
    with pytest.raises(InputError, match=words):
        sh.simulate(NEURON, DRIVE, backend="diffusion", duration=50.0, seed=1, until={"V_mean": 0.1}, **given)


def test_a_bound_of_what_is_not_asked_for_is_refused():
    with pytest.raises(InputError, match="max_trials = 0 is not allowed: it must be given with until"):
        sh.simulate(NEURON, DRIVE, backend="diffusion", duration=50.0, seed=1, max_trials=0)


def run(**options):
    options = {"backend": "diffusion", "duration": 60.0, "transient": 10.0, "seed": 3, "progress": False} | options
    return sh.simulate(FIRING, DRIVE, **options)


def test_the_result_is_that_of_one_run_of_as_many_trials():
    parts = run(until={"rate": "4%"}, trace_interval=1.0)
    made = parts.provenance["until"]
    assert made["reached"] and len(made["looks"]) > 1 and made["looks"][-1] == parts.n_trials
    whole = run(n_trials=parts.n_trials, trace_interval=1.0)
    found, expected = parts.spikes.with_transient(), whole.spikes.with_transient()
    assert found.time.size > parts.spikes.time.size, "the transient has spikes"
    np.testing.assert_array_equal(found.time, expected.time)
    np.testing.assert_array_equal(found.trial, expected.trial)
    np.testing.assert_array_equal(parts.moments.powers, whole.moments.powers)
    np.testing.assert_array_equal(parts.traces.values, whole.traces.values)
    rate = sh.summary(parts)["rate"]
    assert (rate.high - rate.low) / 2 <= 0.04 * rate.value


def test_a_target_out_of_reach_is_said_to_be():
    result = run(until={"cv": "0.001%"}, max_trials=30)
    assert result.n_trials == 30 and result.provenance["until"]["reached"] is False


def test_an_interruption_keeps_all_complete_trials(monkeypatch):
    from stochhh import simulation

    whole, calls = simulation._ensemble, []

    def second_is_interrupted(backend, task, *rest):
        calls.append(task.n)
        result = whole(backend, task, *rest)
        if len(calls) == 2:
            raise Interrupted("interrupted", result)
        return result

    monkeypatch.setattr(simulation, "_ensemble", second_is_interrupted)
    with pytest.raises(Interrupted, match="not yet as precise as asked") as caught:
        run(until={"rate": "0.5%"})
    assert caught.value.result.n_trials == sum(calls)


def test_a_result_of_another_window_is_no_part_of_a_run():
    with pytest.raises(InputError, match="different windows"):
        run(n_trials=2).joined(run(n_trials=2, duration=70.0))


# The command line


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text(
        '[neuron]\nI_app = 10.0\n[[population]]\nname = "exc"\nn = 100\nrate = 20.0\np = 1.0\nweight = 0.5\n'
        "[simulation]\nduration = 60.0\ntransient = 10.0\nn_trials = 20\nseed = 1\n"
    )
    return path


def test_the_command_runs_until_it_is_precise(file, capsys):
    assert cli.main(["run", str(file), "--backend", "diffusion", "--precision", "rate=4%", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["until"]["reached"] and made["n_trials"] == made["until"]["looks"][-1] > 20
    assert (
        cli.main(["run", str(file), "--backend", "diffusion", "--precision", "rate=0.001", "--max-trials", "25"]) == 0
    )
    assert "NOT reached: raise --max-trials" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--precision", "cv"], "--precision = 'cv' is not allowed: it must be NAME=HALF"),
        (["--precision", "cv=x"], "--precision cv = 'x' is not allowed"),
        (["--precision", "cw=1%"], "--precision name = 'cw' is not allowed"),
        (
            ["--precision", "cv=1%", "--precision", "cv=2%"],
            "--precision = 'cv=2%' is not allowed: it must be NAME=HALF, once for each name",
        ),
        (["--precision", "cv=0"], "--precision cv = '0'"),
        (["--max-trials", "100"], "--max-trials = 100 is not allowed: it must be given with --precision"),
        (
            ["--precision", "cv=1%", "--trials", "5"],
            "--trials = 5 is not allowed: it must be from 20 to --max-trials = 10000 with --precision",
        ),
        (["--precision", "cv=1%", "--trials", "30", "--max-trials", "20"], "to --max-trials = 20"),
    ],
)
def test_a_wrong_command_is_refused_in_one_line(file, capsys, options, words):
    assert cli.main(["run", str(file), "--backend", "diffusion", *options]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1


def test_any_mapping_names_the_targets_and_the_margins():
    targets = MappingProxyType({"cv": "10%"})
    assert sh.Precision(targets).targets == {"cv": "10%"}
    assert chosen_margins(targets)["cv"] == chosen_margins({"cv": "10%"})["cv"] != chosen_margins()["cv"]
