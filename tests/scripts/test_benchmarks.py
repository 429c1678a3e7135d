"""The benchmark: its own programs run and are right, its judgement tells right from wrong, its drawing draws.

Would catch: a C++ program that solves another problem, a verdict that passes a rate that is off by a fifth, a table
that hides a wrong answer, a script that a change of the library has broken.
"""

import importlib.util
import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import stochhh as sh

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "analysis/benchmarks"


def load(path):
    """A script, or a module of another test folder, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bench, task = load(FOLDER / "bench.py"), load(FOLDER / "programs/task.py")
budget = load(ROOT / "tests/statistical/budget.py")
needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="no g++")


# --- The C++ program -------------------------------------------------------------------------------------------------


def cpp_spikes(folder, job, trials, duration, fault=lambda source: source):
    """Spikes of the C++ program, its source changed by `fault`."""
    source = folder / "hodgkin_huxley.cpp"
    source.write_text(fault((FOLDER / "programs/hodgkin_huxley.cpp").read_text()))
    subprocess.run(["g++", "-O3", "-march=native", "-ffast-math", "-o", folder / "program", source], check=True)
    values = [job, trials, duration, 1, 5000, 25, folder / "spikes.csv"]
    subprocess.run([folder / "program", *map(str, values)], check=True, capture_output=True)
    return sh.SpikeTrains.from_csv(folder / "spikes.csv", stop=duration, n_trials=trials)


def own_spikes(job, trials, duration):
    drive = sh.SynapticInput(
        sh.Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
        sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
    )
    neuron = sh.HodgkinHuxley(I_app=3.0)
    return sh.simulate(neuron, drive, backend=job, duration=duration, n_trials=trials, seed=1, progress=False).spikes


@needs_compiler
@pytest.mark.parametrize("job", ["diffusion", pytest.param("jump", marks=pytest.mark.slow)])
def test_the_cpp_program_solves_the_same_problem(tmp_path, job):
    own, cpp = own_spikes(job, 1000, 200.0), cpp_spikes(tmp_path, job, 1000, 200.0)
    budget.check_equal_means(own.counts(), cpp.counts(), sees=0.3, what="spikes in 200 ms")


@needs_compiler
@pytest.mark.slow
def test_a_planted_fault_in_the_cpp_program_is_seen(tmp_path):
    """Noise of two thirds of its variance: 1.07 spikes instead of 1.46."""

    def weaker(source):
        return source.replace("const double sd =", "const double sd = 0.8 *")

    own, cpp = own_spikes("diffusion", 1000, 200.0), cpp_spikes(tmp_path, "diffusion", 1000, 200.0, weaker)
    with pytest.raises(budget.Disagreement):
        budget.check_equal_means(own.counts(), cpp.counts(), sees=0.3, what="spikes in 200 ms")


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("job", ["diffusion", "jump", "per-neuron"])
def test_the_cpp_program_has_the_right_rate(tmp_path, job):
    """per-neuron is the jumps by another route; with 5000 draws a step it gets few trials."""
    trials, sees = (64, 0.8) if job == "per-neuron" else (2000, 0.5)
    duration = 200.0 if job == "per-neuron" else 1200.0
    own = own_spikes("jump" if job == "per-neuron" else job, 2000, duration)
    cpp = cpp_spikes(tmp_path, job, trials, duration)
    budget.check_equal_means(own.counts(), cpp.counts(), sees=sees, what=f"spikes in {duration:g} ms")


# --- What the programs share -----------------------------------------------------------------------------------------


def test_hysteresis_from_the_crossings_of_both_levels():
    """A trace that dithers at the threshold and then makes a second spike, against the plain rule step by step."""
    V = np.array([-65, -20, 1, -1, 2, -31, -29, -35, 3, -40, -10, 0, -65.0])[:, None]
    times, armed = [], True
    for i, (before, after) in enumerate(zip(V[:-1, 0], V[1:, 0], strict=True)):
        if armed and after >= 0:
            times.append((i - before / (after - before)) * task.DT)
            armed = False
        armed = armed or after < -30
    found = task.with_hysteresis(*(task.upward_crossings(V, level, 0.0) for level in (task.THRESHOLD, task.REARM)))
    assert [time for _, time in found] == pytest.approx(times)
    assert len(found) == 3


def test_the_input_keeps_mean_and_variance_at_any_number_of_events(monkeypatch):
    line = "program jump --trials 1 --duration 1 --seed 1 --spikes x --build x --events 400"
    monkeypatch.setattr(sys, "argv", line.split())
    options = task.asked("jump")
    for power, cumulant in ((1, task.KAPPA_1), (2, task.KAPPA_2)):
        moments = (r * w**power for r, w in zip(options.rates, options.weights, strict=True))
        assert sum(moments) == pytest.approx(cumulant if power == 2 else 0.0, abs=1e-12)


# --- Right and wrong -------------------------------------------------------------------------------------------------


def poisson(rate, n_trials, seed):
    """Poisson trains of a rate in Hz, 5 s a trial."""
    random = np.random.default_rng(seed)
    trains = [np.sort(random.uniform(0, 5000, random.poisson(5 * rate))) for _ in range(n_trials)]
    trial = np.repeat(np.arange(n_trials), [len(train) for train in trains])
    return sh.SpikeTrains(np.concatenate(trains), trial, n_trials, 0.0, 5000.0)


@pytest.mark.parametrize(
    ("rate", "n_trials", "answer"), [(10.4, 1000, "right"), (11.5, 1000, "wrong"), (10.0, 4, "undecided")]
)
def test_answers_are_judged(rate, n_trials, answer):
    """At 10 Hz and 1000 trials the rate is known to 0.9 %: 4 % more is within 10 %, 15 % not; 4 trials tell nothing."""
    assert bench.judged(poisson(rate, n_trials, 1), poisson(10.0, 1000, 2))["answer"] == answer


def test_joined_runs_are_one_ensemble():
    a, b = poisson(10.0, 3, 1), poisson(10.0, 3, 2)
    both = bench.joined([a, b])
    assert both.n_trials == 6
    assert np.array_equal(both.counts(), np.concatenate([a.counts(), b.counts()]))


def test_a_peer_that_is_not_there_is_named(tmp_path):
    options = SimpleNamespace(peers=tmp_path, no_install=True)
    with pytest.raises(bench.Unavailable, match="not installed"):
        bench.python_of("sdeint", options)


# --- The scripts -----------------------------------------------------------------------------------------------------


def spread(value):
    return {"median": value, "low": 0.9 * value, "high": 1.1 * value, "values": [0.9 * value, value, 1.1 * value]}


def program(title, cost, answer, rate=2.0):
    estimate = {"value": rate, "low": rate - 0.1, "high": rate + 0.1, "difference": [rate / 2 - 1, rate / 2 - 1.1, 0.6]}
    return {
        "title": title, "does": "", "scheme": "Euler", "versions": {title: "1.0"}, "cpu_ns": spread(cost),
        "rate": estimate, "cv": estimate, "answer": answer,
    }  # fmt: skip


def results():
    """A whole result, small."""
    programs = {
        "stochhh": program("stochhh", 5.0, "right"),
        "cpp": program("plain C++", 60.0, "wrong", rate=3.0),
        "nest": {"title": "NEST", "does": "", "unavailable": "it cannot be installed"},
    }
    reference = {name: {"value": 2.0, "low": 1.9, "high": 2.1} for name in ("rate", "cv")}
    curve = {"title": "stochhh", "job": "jump", "points": {"100": spread(0.1), "1000": spread(0.1)}}
    startup = {"stochhh": {"title": "stochhh", "first": spread(4.0), "second": spread(0.5)}}
    jobs = {job: {"unit": "ns", "reference": reference, "programs": programs} for job in ("diffusion", "jump")}
    jobs |= {f"growth_{x}": {"unit": "s", "curves": {"own": curve}} for x in ("n", "lambda", "trials")}
    jobs["growth_n"]["script"] = {"100": spread(2.0)}
    jobs["widths"] = {
        "started": "2026-01-02 03:04:05",
        "load": [0.25, 9.0],
        "costs": {job: {"512": spread(4.0), "256": spread(8.0)} for job in ("diffusion", "jump")},
    }
    machine = {"processor": "a processor", "cores": 2, "vectors": ["avx2"], "system": "Linux", "compiler": "g++ 12"}
    return jobs | {"startup": {"unit": "s", "programs": startup}, "machine": machine, "note": ""}


def test_table_and_figure_are_drawn_from_the_json(tmp_path, monkeypatch):
    (tmp_path / "benchmark.json").write_text(json.dumps(results()))
    monkeypatch.syspath_prepend(FOLDER)
    for script in ("table.py", "draw.py"):
        monkeypatch.setattr(sys, "argv", [script, str(tmp_path / "benchmark.json"), "--out", str(tmp_path)])
        runpy.run_path(FOLDER / script, run_name="__main__")
    table = (tmp_path / "benchmark.md").read_text()
    assert "| plain C++ | Euler | 60 (54 to 66) | 12 | +50.0 [+40.0, +60.0] | " in table and "| **wrong** |" in table
    assert "| an event of the jumps | 4 (3.6 to 4.4) | 8 (7.2 to 8.8) |" in table
    assert table.count("Measured on 2026-01-02, at a load of 0.2 ") == 1
    assert "NEST (it cannot be installed)" in table
    assert "plain C++ takes" not in table  # a wrong answer is not compared
    assert (tmp_path / "benchmark.png").stat().st_size > 20_000
    assert (tmp_path / "benchmark.pdf").exists()


VECTORS = """
import numba
from stochhh.elementary import exp, wide_vectors

def loop(x):
    wide_vectors()
    for i in range(64):
        x[i] = exp(x[i])

loop = numba.njit("void(float64[::1])")(loop)
asm = loop.inspect_asm(loop.signatures[0])
print("zmm" in asm, "vfmadd" in asm)
"""


def test_machine_code_keeps_to_the_width(monkeypatch):
    """No vector of 512 bits where 256 are measured, and no slower multiply-add."""
    monkeypatch.syspath_prepend(FOLDER)
    environments = load(FOLDER / "widths.py").environments()
    if 256 not in environments:
        pytest.skip("this processor has no vectors of 256 bits")
    for width, variables in environments.items():
        run = subprocess.run(
            [sys.executable, "-c", VECTORS], env={**os.environ, **variables}, capture_output=True, text=True, check=True
        )
        assert run.stdout.split() == [str(width == 512), "True"]


def run_job(name, folder, *options):
    """The JSON object of a job's script."""
    command = [sys.executable, FOLDER / f"{name}.py", "--quick", "--no-install", "--out", folder, *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.slow
def test_the_diffusion_job_runs(tmp_path):
    programs = run_job("diffusion", tmp_path, "--only", "stochhh", "sdeint")["programs"]
    assert 0 < programs["stochhh"]["cpu_ns"]["median"] < 1000
    assert programs["stochhh"]["rate"]["low"] < 3.0
    assert programs["sdeint"]["unavailable"] == "it is not installed"


@pytest.mark.slow
@pytest.mark.parametrize("job", ["jump", "growth_n", "growth_lambda", "growth_trials", "startup"])
def test_the_other_jobs_run(tmp_path, job):
    answer = run_job(job, tmp_path, "--only", "stochhh", "cpp")
    found = answer.get("programs", answer.get("curves"))
    assert found and not any("unavailable" in entry for entry in found.values())


@pytest.mark.slow
def test_the_widths_are_measured(tmp_path):
    costs = run_job("widths", tmp_path)["costs"]
    assert all(0 < cost["median"] < 1000 for job in ("diffusion", "jump") for cost in costs[job].values())


@pytest.mark.slow
def test_one_command_measures_and_draws(tmp_path):
    command = [sys.executable, FOLDER / "run.py", "--quick", "--no-install", "--out", tmp_path, "--only", "stochhh"]
    subprocess.run(command, check=True, capture_output=True)
    assert "| **stochhh** |" in (tmp_path / "benchmark.md").read_text()
