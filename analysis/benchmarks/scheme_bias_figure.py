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
from stochhh.script import with_palette

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
    """The bias of the rate in size, that of the CV with its sign, against dt; a column an example."""
    with journal():
        figure = new_figure(PAGE, 105.0)
        grid = figure.subplots(2, len(made["examples"]), sharex=True, sharey="row", squeeze=False)
        for j, (example, (above, below)) in enumerate(zip(made["examples"], grid.T, strict=True)):
            for k, row in enumerate(example["rows"]):
                draw_size(above, row, "rate", *LOOKS[row["scheme"]])
                draw_signed(below, row, "cv", *LOOKS[row["scheme"]], 1.04 ** (k - 1.5))
            above.axhline(100 * TARGET, color="0.6", linewidth=0.6, linestyle=(0, (4, 2)), zorder=0)
            below.axhspan(-100 * TARGET, 100 * TARGET, color="0.9", linewidth=0, zorder=0)
            below.axhline(0, color="0.6", linewidth=0.6, zorder=0)
            above.set_title(example["name"], fontsize=7)
            below.set_xlabel("dt (ms)")
            for ax, text in ((above, "abc"[j]), (below, "def"[j])):
                letter(ax, text, 18)
        grid[0, 0].set(xscale="log", yscale="log", xlim=(0.002, 0.13), ylim=(0.01, 30))
        grid[0, 0].xaxis.set_major_formatter("{x:g}")
        grid[0, 0].yaxis.set_major_formatter("{x:g}")
        grid[0, 0].set_ylabel("|bias| of the rate (%)")
        grid[1, 0].set_ylabel("bias of the CV (%)")
        figure.align_ylabels(grid[:, 0])
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(SCHEMES))
        paths = save(figure, directory, "schemes")
    with_palette(paths[0])
    return paths


def points_of(row, name):
    """dt, bias and two standard errors, in per cent, of what was measured; shape (3, n)."""
    found = {float(dt): point for dt, point in row["bias"][name].items() if point}
    if row["scheme"] == LINK:  # the other points are its law and nothing more
        found = {dt: point for dt, point in found.items() if dt >= 0.02}
    return np.array([(dt, 100 * bias, 200 * error) for dt, (bias, error) in found.items()]).reshape(-1, 3).T


def law_of(row, name):
    """dt, bias and two standard errors, in per cent, by the fitted law."""
    dt = np.geomspace(STEPS[-1], row["longest_tried"], 50)
    bias, error = by_law(row["scheme"], *map(np.array, row["law"][name]), dt)
    return dt, 100 * bias, 200 * error


def draw_size(ax, row, name, colour, marker):
    """|bias| with its law; a mark at the upper end of the interval where a bias is not told from none."""
    dt, bias, error = law_of(row, name)
    size = np.where(np.abs(bias) > error, np.abs(bias), np.nan)
    ax.plot(dt, size, color=colour)
    ax.fill_between(dt, size - error, size + error, color=colour, alpha=0.2, linewidth=0)
    dt, bias, error = points_of(row, name)
    size, told = np.abs(bias), np.abs(bias) > error
    look = {"color": colour, "marker": marker, "markersize": 3, "linestyle": "none"}
    ax.errorbar(dt[told], size[told], error[told], elinewidth=0.7, label=row["scheme"], **look)
    ax.plot(dt[~told], (size + error)[~told], **look | {"marker": "v", "markerfacecolor": "none"})


def draw_signed(ax, row, name, colour, marker, beside):
    """Bias with its interval, a little beside its dt, and its law."""
    dt, bias, error = points_of(row, name)
    ax.errorbar(
        beside * dt, bias, error, color=colour, marker=marker, markersize=3, linestyle="none", elinewidth=0.8, zorder=3
    )
    dt, bias, _ = law_of(row, name)
    ax.plot(dt, bias, color=colour, linewidth=0.7, alpha=0.7)


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
