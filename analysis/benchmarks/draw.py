"""The figure of the benchmark, from the JSON file that run.py wrote.

    python analysis/benchmarks/draw.py out/benchmarks/benchmark.json --out out/benchmarks

Writes benchmark.png and benchmark.pdf.
"""

import argparse
import json
from pathlib import Path

from bench import number, ranked
from matplotlib.ticker import LogLocator, NullFormatter

from stochhh.plotting.style import PAGE, colour_of, journal, letter, new_figure, save

OWN, OTHERS = colour_of("jump"), "0.45"  # stochhh has one colour throughout
FILLS = {"right": "full", "undecided": "none", "wrong": "none"}
MARKERS = {"stochhh": "o", "plain C++": "s", "Brian2": "^"}


def colour(title):
    return OWN if title == "stochhh" else OTHERS


def decades(axis):
    """A decade a tick, unlabelled ticks between."""
    axis.set_major_locator(LogLocator(numticks=9))
    axis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=9))
    axis.set_minor_formatter(NullFormatter())


def dots(ax, costs, label):
    """A dot a program on a log axis, with its spread and its value; the fastest on top."""
    for y, (entry, cost) in enumerate(reversed(costs)):
        answer = entry.get("answer", "right")
        ink, marker = colour(entry["title"]), "x" if answer == "wrong" else "o"
        ax.plot([cost["low"], cost["high"]], [y, y], color=ink, linewidth=0.9)
        ax.plot(cost["median"], y, marker, color=ink, markersize=4, fillstyle=FILLS[answer])
        place = {"textcoords": "offset points", "va": "center", "color": ink, "size": 6}
        ax.annotate(number(cost["median"]), (cost["high"], y), (4, 0), **place)
    ax.set_yticks(range(len(costs)), [entry["title"] for entry, _ in reversed(costs)])
    ax.set_xscale("log")
    decades(ax.xaxis)
    ax.margins(x=0.18)
    ax.set_ylim(-0.6, len(costs) - 0.4)
    ax.set_xlabel(label)


def lines(ax, job, x_label, y_label, shown):
    """A line for every curve that `shown` names (curve -> its label, or None)."""
    for curve in job["curves"].values():
        name = shown(curve)
        points = sorted((float(value), point) for value, point in curve["points"].items())
        if name is None or not points:
            continue
        x, y = [value for value, _ in points], [point["median"] for _, point in points]
        dashes = {"diffusion": (0, (3, 1.2))}.get(curve["job"], "solid")
        filled = "none" if curve.get("threads", 1) > 1 or "one trial" in curve["job"] else "full"
        ink, marker = colour(curve["title"]), MARKERS[curve["title"]]
        ax.plot(x, y, marker=marker, color=ink, linestyle=dashes, markersize=3.5, fillstyle=filled, label=name)
        ax.vlines(x, [point["low"] for _, point in points], [point["high"] for _, point in points], color=ink)
    ax.set_xscale("log")
    ax.set_yscale("log")
    decades(ax.xaxis)
    decades(ax.yaxis)
    ax.margins(0.06)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    ax.legend(loc="upper left", fontsize=5.5, handlelength=3, borderaxespad=0.1, labelspacing=0.25)


def curve_name(curve):
    threads = {1: ", 1 core", 2: ", 2 cores"}.get(curve.get("threads"), "")
    return f"{curve['title']}, {curve['job']}{threads}"


def figure(result):
    """Costs above, growth below."""
    with journal():
        page = new_figure(PAGE, 130.0)
        grid = page.add_gridspec(2, 3)
        axes = [page.add_subplot(grid[i, j]) for i in range(2) for j in range(3)]
        for ax, job, label in zip(axes, ("diffusion", "jump"), ("ns per neuron-step", "ns per event"), strict=False):
            dots(ax, ranked(result[job]["programs"], "cpu_ns"), f"{job}: {label}, one core")
        dots(axes[2], ranked(result["startup"]["programs"], "second"), "small run, second process (s)")
        second = "s per simulated s and core"
        lines(axes[3], result["growth_n"], "presynaptic neurons, 25 events/ms", second, curve_name)
        lines(axes[4], result["growth_lambda"], "events per ms", second, curve_name)
        axes[4].axhline(1.0, color="0.7", linewidth=0.6, linestyle=(0, (1, 1)))
        own = lambda curve: curve_name(curve) if curve["job"] == "jump" else None  # noqa: E731
        lines(axes[5], result["growth_trials"], "trials of 1 s", "wall time (s)", own)
        for ax in axes[3:]:
            low, high = ax.get_ylim()
            ax.set_ylim(low, high * (high / low) ** 0.38)  # room for the legend
        for ax, text_, left in zip(axes, "abcdef", (42, 42, 42, 28, 28, 28), strict=True):
            letter(ax, text_, left)
    return page


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?", default=Path("out/benchmarks/benchmark.json"))
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    page = figure(json.loads(options.file.read_text()))
    for path in save(page, options.out, "benchmark"):
        print(path)


if __name__ == "__main__":
    main()
