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

    python analysis/scheme_bias.py --out docs                   some seven minutes on two idle cores
    python analysis/scheme_bias.py --quick --out out/schemes    two minutes, with larger errors

It prints the tables, and writes schemes.json, schemes.png and schemes.pdf.
"""

import argparse
import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import stochhh as sh
from stochhh import examples
from stochhh.plotting import save
from stochhh.plotting.style import PAGE, journal, letter, new_figure

STEPS = (0.1, 0.05, 0.02, 0.01, 0.005, 0.0025)  # ms
STATISTICS = ("rate", "cv")
SCHEMES = ("euler-maruyama", "heun", "splitting", "sra1")
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


def experiments():
    """The examples, by name."""
    with TemporaryDirectory() as folder:
        return {name: sh.Experiment.load(examples.write(name, folder)) for name in LONG}


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


def bias_table(made, name):
    """The biases in one statistic, in Markdown."""
    title, unit = {"rate": ("rate", " Hz"), "cv": ("CV", "")}[name]
    for example in made["examples"]:
        value, error = example["converged"][name]
        yield f"\n**{example['name']}**, {title}: {value:.4g} ± {error:.1g}{unit}; bias, %:\n"
        yield f"| dt, ms | {' | '.join(SCHEMES)} |"
        yield "|---:|" + "---:|" * len(SCHEMES)
        for dt in STEPS:
            yield f"| {dt:g} | {' | '.join(cell(row['bias'][name], f'{dt:g}') for row in example['rows'])} |"


def cell(points, dt):
    if dt not in points:
        return ""
    point = points[dt]
    # Adding 0 turns -0.00 into 0.00.
    return "unstable" if point is None else f"{round(100 * point[0], 2) + 0:.2f} ± {100 * point[1]:.2f}"


def cost_table(made):
    """The longest steps within the target, and their cost, in Markdown."""
    yield "\n| input | scheme | ns a step | dt for the rate, ms | dt for the CV, ms | ns a ms, both |"
    yield "|---|---|---:|---:|---:|---:|"
    for example in made["examples"]:
        for row in example["rows"]:
            steps = " | ".join(as_text(row["longest_dt"][name], row["longest_tried"]) for name in STATISTICS)
            yield (
                f"| {example['name']} | {row['scheme']} | {row['ns_per_step']:.1f} | {steps} | {row['ns_per_ms']:.0f} |"
            )


def as_text(step, tried):
    """The longest step and its interval."""
    value, low, high = (f"{dt:.2g}" if dt else f"≥ {tried:g}" for dt in step)
    return value if low == value == high else f"{value} ({low} to {high})"


def draw(made, directory):
    """|bias| against dt: a row of panels a statistic, a column an example."""
    looks = dict(zip(SCHEMES, (("#E69F00", "o"), ("#0072B2", "s"), ("#009E73", "^"), ("#CC79A7", "D")), strict=True))
    with journal():
        figure = new_figure(PAGE, 100.0)
        axes = figure.subplots(len(STATISTICS), len(made["examples"]), sharex=True, sharey=True, squeeze=False)
        for j, example in enumerate(made["examples"]):
            for i, name in enumerate(STATISTICS):
                ax = axes[i, j]
                for row in example["rows"]:
                    draw_scheme(ax, row, name, *looks[row["scheme"]])
                ax.axhline(100 * TARGET, color="0.6", linewidth=0.6, linestyle=(0, (4, 2)), zorder=0)
                letter(ax, "abcdef"[i * len(made["examples"]) + j], 18)
            axes[0, j].set_title(example["name"], fontsize=7)
            axes[-1, j].set_xlabel("dt (ms)")
        axes[0, 0].set(xscale="log", yscale="log", xlim=(0.002, 0.13), ylim=(0.01, 30))
        for i, name in enumerate(("rate", "CV")):
            axes[i, 0].set_ylabel(f"|bias| of the {name} (%)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(SCHEMES))
        return save(figure, directory, "schemes")


def draw_scheme(ax, row, name, colour, marker):
    """Points and law with two standard errors; an arrow down from there where a bias is not told from none."""
    dt = np.geomspace(STEPS[-1], row["longest_tried"], 50)
    bias, error = by_law(row["scheme"], *map(np.array, row["law"][name]), dt)
    told = np.abs(bias) > 2 * error
    bias, error = np.where(told, 100 * np.abs(bias), np.nan), 200 * error
    ax.plot(dt, bias, color=colour)
    ax.fill_between(dt, bias - error, bias + error, color=colour, alpha=0.2, linewidth=0)
    found = {float(dt): point for dt, point in row["bias"][name].items() if point}
    if row["scheme"] == LINK:  # the other points are its law and nothing more
        found = {dt: point for dt, point in found.items() if dt >= 0.02}
    points = np.array([(dt, 100 * abs(b), 200 * e) for dt, (b, e) in found.items()]).reshape(-1, 3)
    x, y, error = points[points[:, 1] > points[:, 2]].T
    ax.errorbar(
        x, y, error, color=colour, marker=marker, markersize=3, linestyle="none", elinewidth=0.7, label=row["scheme"]
    )
    x, y, error = points[points[:, 1] <= points[:, 2]].T
    ax.plot(x, y + error, "v", color=colour, markersize=3, markerfacecolor="none")


def machine():
    """Where the costs were measured."""
    packages = {name: version(name) for name in ("stochhh", "numpy", "numba")}
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor()
    return {"processor": processor, "python": platform.python_version(), **packages}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a sixteenth of the runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, help="threads; by default one for each core")
    parser.add_argument("--out", type=Path, default=Path("out/schemes"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = {"seed": options.seed, "quick": options.quick, "target": TARGET, "machine": machine(), "examples": []}
    for name, experiment in experiments().items():
        data = measured(name, experiment, options)
        found = {statistic: biases(data, j) for j, statistic in enumerate(STATISTICS)}
        made["examples"].append({
            "name": name,
            "converged": {statistic: found[statistic][:2] for statistic in STATISTICS},
            "rows": [row(scheme, data, found, nanoseconds(experiment, scheme)) for scheme in SCHEMES],
        })  # fmt: skip
    (options.out / "schemes.json").write_text(json.dumps(made, indent=1) + "\n")
    print("\n".join([*bias_table(made, "rate"), *bias_table(made, "cv"), *cost_table(made)]))
    for path in draw(made, options.out):
        print(path)


if __name__ == "__main__":
    main()
