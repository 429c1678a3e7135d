"""The tables and the figure of scheme_bias.py: bias of rate and CV against the time step, and what it costs.

    python analysis/benchmarks/scheme_bias_figure.py docs/schemes.json --out docs

It prints the tables of docs/schemes.md, and writes schemes.png and schemes.pdf.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scheme_bias import LINK, SCHEMES, STATISTICS, STEPS, TARGET, by_law

from stochhh.plotting import PAGE, colour_of, journal, letter, new_figure, save

# As in the other figures of schemes: Euler-Maruyama, the default, has the colour of the diffusion.
LOOKS = dict(
    zip(SCHEMES, ((colour_of("diffusion"), "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "D")), strict=True)
)


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
    yield "\n| input | scheme | ns per step | dt for the rate, ms | dt for the CV, ms | ns per ms, both |"
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
    with journal():
        figure = new_figure(PAGE, 100.0)
        axes = figure.subplots(len(STATISTICS), len(made["examples"]), sharex=True, sharey=True, squeeze=False)
        for j, example in enumerate(made["examples"]):
            for i, name in enumerate(STATISTICS):
                ax = axes[i, j]
                for row in example["rows"]:
                    draw_scheme(ax, row, name, *LOOKS[row["scheme"]])
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="schemes.json, which scheme_bias.py writes")
    parser.add_argument("--out", type=Path, default=Path("out/schemes"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = json.loads(options.file.read_text())
    print("\n".join([*bias_table(made, "rate"), *bias_table(made, "cv"), *cost_table(made)]))
    for path in draw(made, options.out):
        print(path)


if __name__ == "__main__":
    main()
