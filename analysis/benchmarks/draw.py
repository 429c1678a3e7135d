"""Table and figure of the benchmark, from the JSON file that run.py wrote.

    python analysis/benchmarks/draw.py out/benchmarks/benchmark.json --out out/benchmarks

Writes benchmark.md, benchmark.png and benchmark.pdf.
"""

import argparse
import json
from pathlib import Path

from matplotlib.ticker import LogLocator, NullFormatter

from stochhh.plotting.style import PAGE, colour_of, journal, letter, new_figure, save

OWN, OTHERS = colour_of("jump"), "0.45"  # stochhh has one colour throughout
FILLS = {"right": "full", "undecided": "none", "wrong": "none"}
MARKERS = {"stochhh": "o", "plain C++": "s", "Brian2": "^"}
MARK = {"right": "right", "undecided": "undecided", "wrong": "**wrong**"}


def colour(title):
    return OWN if title == "stochhh" else OTHERS


def measured(programs, cost):
    """(entry, its cost) of the programs that ran, the cheapest first."""
    found = [entry for entry in programs.values() if entry.get(cost)]
    return sorted(((entry, entry[cost]) for entry in found), key=lambda pair: pair[1]["median"])


def number(x):
    """Three figures, without an exponent."""
    return f"{x:.3g}" if abs(x) < 100 else f"{x:,.0f}".replace(",", " ")


def between(x):
    """A median with the spread of its repeats."""
    return number(x["median"]) + (f" ({number(x['low'])} to {number(x['high'])})" if len(x["values"]) > 1 else "")


def interval(x):
    if x["value"] is None:
        return "none"
    return f"{x['value']:.2f}" + (f" [{x['low']:.2f}, {x['high']:.2f}]" if x["low"] is not None else "")


def row(*cells):
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def costs_table(job):
    """One line a program: cost, times the cost of stochhh, answer; then those that could not run, and why."""
    ranked = measured(job["programs"], "cpu_ns")
    own = next((cost["median"] for entry, cost in ranked if entry["title"] == "stochhh"), None)
    yield row("program", "scheme", job["unit"], "times stochhh", "rate, Hz", "CV", "answer")
    yield row("---", "---", "---:", "---:", "---:", "---:", "---")
    yield row("*converged*", "", "", "", *(interval(job["reference"][name]) for name in ("rate", "cv")), "*reference*")
    for entry, cost in ranked:
        name = f"**{entry['title']}**" if entry["title"] == "stochhh" else entry["title"]
        ratio = number(cost["median"] / own) if own else ""
        yield row(
            name, entry["scheme"], between(cost), ratio, interval(entry["rate"]), interval(entry["cv"]),
            MARK[entry["answer"]],
        )  # fmt: skip
    missing = [entry for entry in job["programs"].values() if "unavailable" in entry]
    if missing:
        yield ""
        yield "Not there: " + "; ".join(f"{entry['title']} ({entry['unavailable']})" for entry in missing) + "."


def curves_table(job, variable):
    """One line a curve, one column a value of the variable."""
    curves = [curve for curve in job["curves"].values() if curve["points"]]
    values = sorted({float(value) for curve in curves for value in curve["points"]})
    yield row(f"{job['unit']}; {variable} =", *(number(value) for value in values))
    yield row("---", *("---:" for _ in values))
    for curve in curves:
        points = {float(value): point for value, point in curve["points"].items()}
        threads = f", {curve['threads']} threads" if curve.get("threads", 1) > 1 else ""
        cells = (number(points[value]["median"]) if value in points else "" for value in values)
        yield row(f"{curve['title']}, {curve['job']}{threads}", *cells)


def startup_table(job):
    yield row("program", "first process, s", "second process, s")
    yield row("---", "---:", "---:")
    for entry, second in measured(job["programs"], "second"):
        yield row(entry["title"], between(entry["first"]), between(second))


def versions(result):
    found = {}
    for job in ("diffusion", "jump"):
        for entry in result.get(job, {"programs": {}})["programs"].values():
            found |= entry.get("versions", {})
    return ", ".join(f"{name} {version}" for name, version in sorted(found.items(), key=lambda pair: pair[0].lower()))


def text(result):
    """The whole of benchmark.md."""
    machine = result["machine"]
    yield "# Benchmark"
    yield ""
    yield "![costs and how they grow](benchmark.png)"
    yield ""
    yield (
        "The Hodgkin-Huxley neuron under 4000 excitatory and 1000 inhibitory Poisson neurons (10 Hz, p = 0.5, weights "
        "+0.1 and -0.4 mV, I_app = 3 uA/cm2), float64, steps of 0.01 ms where a program steps on a grid. Costs are "
        "processor time of one core, the simulation alone; the median of the repeats, with the least and the largest. "
        "An answer is *right* if the 95 % intervals of the differences of rate and CV from the converged ones lie "
        "within 5 %, *wrong* if one lies outside, else *undecided*: the program is too slow for more spikes. What "
        "each program does is said in `analysis/benchmarks/peers.toml` and at the head of its source. In the figure "
        "stochhh is blue; open symbols are undecided, crosses wrong."
    )
    yield ""
    yield (
        f"Measured on {machine['processor']}, {machine['cores']} cores, {', '.join(machine['vectors']) or 'no AVX'}, "
        f"{machine['system']}, {machine['compiler']}. {result['note']}".strip()
    )
    yield ""
    yield f"Versions: {versions(result)}."
    yield ""
    yield "`python analysis/benchmarks/run.py --out DIR` measures, `python analysis/benchmarks/draw.py` draws this."
    sections = (
        ("diffusion", "The diffusion", costs_table),
        ("jump", "The jumps", costs_table),
        ("growth_n", "Growth with the number of presynaptic neurons, at equal events", lambda j: curves_table(j, "N")),
        ("growth_lambda", "Growth with the events in a ms", lambda j: curves_table(j, "events in a ms")),
        ("growth_trials", "Growth with the number of trials of one second", lambda j: curves_table(j, "trials")),
        ("startup", "Start-up: one trial of 300 ms from nothing, and again", startup_table),
    )
    for job, title, table in sections:
        if job in result:
            yield from ("", f"## {title}", "", *table(result[job]))
    if "growth_n" in result:
        script = ", ".join(f"{n}: {point['median']:.1f} s" for n, point in result["growth_n"]["script"].items())
        yield from ("", f"The script of the original question, its 300 ms, by the number of neurons: {script}.")


def decades(axis):
    """A decade a tick, unlabelled ticks between."""
    axis.set_major_locator(LogLocator(numticks=9))
    axis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=9))
    axis.set_minor_formatter(NullFormatter())


def dots(ax, ranked, label):
    """A dot a program on a log axis, with its spread and its value; the fastest on top."""
    for y, (entry, cost) in enumerate(reversed(ranked)):
        answer = entry.get("answer", "right")
        ink, marker = colour(entry["title"]), "x" if answer == "wrong" else "o"
        ax.plot([cost["low"], cost["high"]], [y, y], color=ink, linewidth=0.9)
        ax.plot(cost["median"], y, marker, color=ink, markersize=4, fillstyle=FILLS[answer])
        place = {"textcoords": "offset points", "va": "center", "color": ink, "size": 6}
        ax.annotate(number(cost["median"]), (cost["high"], y), (4, 0), **place)
    ax.set_yticks(range(len(ranked)), [entry["title"] for entry, _ in reversed(ranked)])
    ax.set_xscale("log")
    decades(ax.xaxis)
    ax.margins(x=0.18)
    ax.set_ylim(-0.6, len(ranked) - 0.4)
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
            dots(ax, measured(result[job]["programs"], "cpu_ns"), f"{job}: {label}, one core")
        dots(axes[2], measured(result["startup"]["programs"], "second"), "small run, second process (s)")
        second = "s per simulated s and core"
        lines(axes[3], result["growth_n"], "presynaptic neurons, 25 events/ms", second, curve_name)
        lines(axes[4], result["growth_lambda"], "events per ms", second, curve_name)
        axes[4].axhline(1.0, color="0.7", linewidth=0.6, linestyle=(0, (1, 1)))
        own = lambda curve: curve_name(curve) if curve["job"] == "jump" else None  # noqa: E731
        lines(axes[5], result["growth_trials"], "trials of 1 s", "wall time (s)", own)
        for ax in axes[3:]:
            low, high = ax.get_ylim()
            ax.set_ylim(low, high * (high / low) ** 0.45)  # room for the legend
        for ax, text_, left in zip(axes, "abcdef", (42, 42, 42, 28, 28, 28), strict=True):
            letter(ax, text_, left)
    return page


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?", default=Path("out/benchmarks/benchmark.json"))
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    result = json.loads(options.file.read_text())
    table = options.out / "benchmark.md"
    table.write_text("\n".join(text(result)) + "\n")
    for path in (table, *save(figure(result), options.out, "benchmark")):
        print(path)


if __name__ == "__main__":
    main()
