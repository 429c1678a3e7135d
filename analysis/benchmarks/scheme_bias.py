"""How far from converged are the rate and the CV of each scheme at each time step, and what does that cost?

At one time step and seed Euler-Maruyama, Heun and the splitting are driven by the same normal numbers, so the small
differences between them are had from short runs. Heun's own bias falls like dt^2 (its weak order), and long runs of it
at dt = 0.05 and 0.02 ms give the converged value R and that bias:

    heun:       H(dt) = R + A dt^2, fitted                                     bias A dt^2 / R
    paired:     X(dt) - H(dt) over common runs                                 bias (X - H) / R + A dt^2 / R
    alone:      sra1, which takes two numbers a step; splitting beyond 0.05    bias X / R - 1

The longest dt at which a bias is within 0.5 % is taken from a law fitted to these: c1 dt + c2 dt^2 (Euler-Maruyama),
c2 dt^2 + c3 dt^3 (splitting) or c2 dt^2, and not beyond the longest step that was tried and is stable. Errors are one
standard error, from the spread between runs; the interval of a step is where |bias| +- 2 errors meets 0.5 %.

    python analysis/benchmarks/scheme_bias.py --out docs                   some seven minutes on two idle cores
    python analysis/benchmarks/scheme_bias.py --quick --out out/schemes    two minutes, with larger errors

It writes schemes.json, of which scheme_bias_figure.py prints the tables and draws schemes.png and schemes.pdf.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from machine import machine

import stochhh as sh

STEPS = (0.1, 0.05, 0.02, 0.01, 0.005, 0.0025)  # ms
STATISTICS = ("rate", "cv")
SCHEMES = ("euler-maruyama", "heun", "splitting", "sra1")
FIGURE = Path(__file__).with_name("scheme_bias_figure.py")
POWERS = {"euler-maruyama": (1, 2), "heun": (2,), "splitting": (2, 3), "sra1": (2,)}  # of dt in the bias
LINK = "heun"
TARGET = 0.005

RUN = {"duration": 10_200.0, "transient": 200.0, "n_trials": 32}
LONG = {"question": 300, "cortex-5000": 800, "repetitive": 50}  # runs that give R
SHORT = {"question": 16, "cortex-5000": 24, "repetitive": 12}  # paired runs at the finest step


def number_of_runs(example, scheme, dt, part):
    """So many that the errors at all steps are alike; 0 where nothing is to be learnt."""
    paired = SHORT[example] * (dt / STEPS[-1]) ** 0.5
    runs = {
        "euler-maruyama": paired,
        "heun": LONG[example] if dt >= 0.02 else paired,
        "splitting": (paired if dt > 0.05 else paired / 4) if dt >= 0.01 else 0,
        "sra1": {0.1: 8, 0.05: LONG[example], 0.02: LONG[example] / 3}.get(dt, 0),
    }[scheme]
    return max(8, round(runs * part)) if runs else 0


def firing(experiment, scheme, dt, seed, runs, workers):
    """Rate (Hz) and CV of each run, shape (runs, 2); None where the step is unstable."""
    found = []
    for k in range(runs):
        try:
            result = sh.simulate(
                experiment.neuron, experiment.drive, backend=sh.Diffusion(dt=dt, scheme=scheme), seed=seed,
                first_trial=k * RUN["n_trials"], workers=workers, progress=False, **RUN,
            )  # fmt: skip
        except sh.UnstableStepError:
            return None
        statistics = sh.summary(result)
        found.append([statistics[name].value for name in STATISTICS])
    return np.array(found)


def mean(sample):
    """Mean and squared standard error."""
    return sample.mean(), sample.var(ddof=1) / sample.size


def fitted(dt, values, covariance, powers):
    """Generalised least squares of sum_k c_k dt^k: (coefficients, their covariance)."""
    design = np.power.outer(np.asarray(dt), powers)
    weights = np.linalg.inv(covariance)
    found = np.linalg.inv(design.T @ weights @ design)
    return found @ design.T @ weights @ values, found


def biases(data, j):
    """(converged value, its error, scheme -> dt, biases, covariance) of statistic j, from scheme -> dt -> runs."""
    stable = {scheme: {dt: runs[:, j] for dt, runs in data[scheme].items() if runs is not None} for scheme in SCHEMES}
    values, variances = np.array([mean(runs) for runs in stable[LINK].values()]).T
    (R, A), covariance = fitted(list(stable[LINK]), values, np.diag(variances), (0, 2))
    found = {scheme: biases_of(scheme, stable, R, A / R, covariance / R**2) for scheme in SCHEMES}
    return R, covariance[0, 0] ** 0.5, found


def biases_of(scheme, stable, R, slope, covariance):
    """(dt, biases, their covariance): they share the errors of log R, and of the slope, the link's bias over dt^2."""
    values, variances, shared = [], [], []
    for dt, runs in stable[scheme].items():
        paired = scheme != "sra1" and dt in stable[LINK]
        if paired:
            n = min(len(runs), len(stable[LINK][dt]))
            runs = runs[:n] - stable[LINK][dt][:n]
        value, variance = mean(runs)
        values.append(value / R + (slope * dt**2 if paired else -1.0))
        variances.append(variance / R**2)
        shared.append((0.0, dt**2) if paired else (-1.0, 0.0))
    shared = np.array(shared)
    return list(stable[scheme]), np.array(values), np.diag(variances) + shared @ covariance @ shared.T


def law(scheme, found):
    """(coefficients, covariance) of the bias as a polynomial in dt."""
    dt, values, covariance = found
    n = 1 if scheme == LINK else len(dt)  # all points of the link say the same
    return fitted(dt[:n], values[:n], covariance[:n, :n], POWERS[scheme])


def by_law(scheme, coefficients, covariance, dt):
    """The bias at each dt and its error."""
    powers = np.power.outer(dt, POWERS[scheme])
    return powers @ coefficients, np.sqrt(np.sum(powers @ covariance * powers, axis=1))


def longest_step(scheme, found):
    """[dt, low, high]: the longest step within the target, with its interval; None beyond all that were tried."""
    grid = np.linspace(0, max(found[0]), 10_001)[1:]
    bias, error = by_law(scheme, *law(scheme, found), grid)
    beyond = [np.flatnonzero(np.abs(bias) + k * error > TARGET) for k in (0, 2, -2)]
    return [float(grid[i[0]]) if i.size else None for i in beyond]


def nanoseconds(experiment, scheme):
    """Processor time of one neuron-step on one core, ns: the best of five runs."""
    dt, best, run = 0.02, np.inf, RUN | {"duration": 50_000.0}
    for k in range(5):
        start = time.process_time()
        result = sh.simulate(
            experiment.neuron, experiment.drive, backend=sh.Diffusion(dt=dt, scheme=scheme), seed=k, workers=1,
            progress=False, **run,
        )  # fmt: skip
        spent = time.process_time() - start - result.provenance["timing"]["compile_s"]
        best = min(best, spent * dt / (run["duration"] * run["n_trials"]))
    return best * 1e9


def measured(name, experiment, options):
    """scheme -> dt -> runs, all steps with numbers of their own."""
    data = {scheme: {} for scheme in SCHEMES}
    for i, dt in enumerate(STEPS):
        for scheme in SCHEMES:
            runs = number_of_runs(name, scheme, dt, 1 / 16 if options.quick else 1)
            if runs:
                start = time.perf_counter()
                found = firing(experiment, scheme, dt, options.seed * 100 + i, runs, options.workers)
                data[scheme][dt] = found
                said = "unstable" if found is None else f"{runs} runs, {found[:, 0].mean():.4f} Hz"
                print(f"{name} {scheme} {dt:g} ms: {said}, {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return data


def row(scheme, data, found, cost):
    """What one scheme does on one example: biases, longest steps, cost."""
    mine = {name: found[name][2][scheme] for name in STATISTICS}
    steps = {name: longest_step(scheme, mine[name]) for name in STATISTICS}
    tried = max(mine["rate"][0])
    return {
        "scheme": scheme,
        "ns_per_step": cost,
        "bias": {name: {f"{dt:g}": None for dt in data[scheme]} | points(*mine[name]) for name in STATISTICS},
        "law": {name: [part.tolist() for part in law(scheme, mine[name])] for name in STATISTICS},
        "longest_tried": tried,
        "longest_dt": steps,
        "ns_per_ms": cost / min(step or tried for step, _, _ in steps.values()),
    }


def points(dt, values, covariance):
    """dt -> [bias, error]."""
    pairs = np.stack([values, np.sqrt(np.diag(covariance))], axis=1).tolist()
    return {f"{step:g}": pair for step, pair in zip(dt, pairs, strict=True)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a sixteenth of the runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, help="threads; by default one for each core")
    parser.add_argument("--out", type=Path, default=Path("out/schemes"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = {
        "seed": options.seed,
        "quick": options.quick,
        "target": TARGET,
        "machine": machine("stochhh", "numpy", "numba"),
        "examples": [],
    }
    for name in LONG:
        experiment = sh.Experiment.example(name)
        data = measured(name, experiment, options)
        found = {statistic: biases(data, j) for j, statistic in enumerate(STATISTICS)}
        made["examples"].append({
            "name": name,
            "converged": {statistic: found[statistic][:2] for statistic in STATISTICS},
            "rows": [row(scheme, data, found, nanoseconds(experiment, scheme)) for scheme in SCHEMES],
        })  # fmt: skip
    (options.out / "schemes.json").write_text(json.dumps(made, indent=1) + "\n")
    subprocess.run([sys.executable, FIGURE, options.out / "schemes.json", "--out", options.out], check=True)


if __name__ == "__main__":
    main()
