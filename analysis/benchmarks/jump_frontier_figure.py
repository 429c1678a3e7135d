"""The tables and the figure of jump_frontier.py: error of a spike time against cost.

    python analysis/benchmarks/jump_frontier_figure.py docs/jump_frontier.json --out docs

It prints the tables (error, and in brackets slope evaluations or ns per event; a dagger where spikes are lost or
extra), and writes jump_frontier.md, jump_frontier.png and jump_frontier.pdf.
"""

import argparse
import json
from pathlib import Path

from matplotlib.ticker import LogLocator, NullFormatter

from stochhh.plotting import PAGE, colour_of, journal, letter, new_figure, save
from stochhh.script import with_palette


def tables(made):
    """In Markdown."""
    for case in made["inputs"]:
        check = case["reference"]
        yield (
            f"\n**{case['name']}**: {case['spikes']} spikes in {case['trials']} trials of {case['duration']:g} ms, "
            f"{len(case['verge'])} of them marginal{named(case['verge'])}. The reference is within "
            f"{check['spike_time']:.0e} ms of DOP853 in {check['spikes']} spikes, {check['V']:.0e} mV in the last V.\n"
        )
        yield from table_of_methods(case["methods"])
        yield "\n| tolerance, ms | ns per event | rms, ms | median | 90 % | largest | spikes missing, added |"
        yield "|---:|---:|---:|---:|---:|---:|---:|"
        for row in case["jump"]:
            sizes = " | ".join(f"{row[key]:.1e}" for key in ("rms", "median", "most", "largest"))
            yield f"| {row['tolerance']:g} | {row['ns_per_event']:.1f} | {sizes} | {row['lost']}, {row['extra']} |"
    yield from table_of_rules(made["inputs"])


def table_of_methods(rows):
    """Error and cost, one row per method and one column per h."""
    lengths = sorted({row["h"] for row in rows}, reverse=True)
    cells = {(row["method"], row["h"]): f"{error(row)} ({short(row['slopes_per_event'])})" for row in rows}
    yield f"| h, ms | {' | '.join(f'{h:g}' for h in lengths)} |"
    yield "|---|" + "---:|" * len(lengths)
    for method in LOOKS:
        yield f"| {method} | {' | '.join(cells.get((method, h), '') for h in lengths)} |"


def table_of_rules(inputs):
    """Error and cost of the backend with other constants, one column per input and tolerance."""
    columns = [(case, tolerance) for tolerance in (1e-3, 1e-4) for case in inputs]
    names = [f"{case['name'].partition(',')[0]}, {tolerance:g}" for case, tolerance in columns]
    yield f"\n| constants | {' | '.join(names)} |"
    yield "|---|" + "---:|" * len(columns)
    for values in dict.fromkeys(tuple(row["rule"]) for row in inputs[0]["rules"]):
        cells = []
        for case, tolerance in columns:
            found = [row for row in case["rules"] if tuple(row["rule"]) == values and row["tolerance"] == tolerance]
            cells.append(f"{error(found[0])} ({short(found[0]['ns_per_event'])})")
        yield f"| {', '.join(f'{value:g}' for value in values)} | {' | '.join(cells)} |"


def error(row):
    """The root mean square error, with a dagger if spikes are missing or added."""
    return f"{row['rms']:.1e}{'†' if row['lost'] or row['extra'] else ''}"


def short(number):
    """Two digits, or all before the point."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"


def named(verge):
    """The marginal spikes, by trial and time."""
    return f" ({', '.join(f'trial {k} at {t:.1f} ms' for k, t in verge)})" if verge else ""


LOOKS = {
    "splitting": ("#999999", "o"),
    "heun": ("#E69F00", "s"),
    "rk3": ("#CC79A7", "D"),
    "rk4": ("#000000", "^"),
    "path mean": ("#D55E00", "v"),
    "path line": ("#56B4E9", "<"),
    "path": ("#0072B2", "o"),
}


def draw(made, directory):
    """Above, the methods by their slope evaluations per event; below, the backend by its tolerance, for each input."""
    with journal():
        figure = new_figure(PAGE, 110.0)
        axes = figure.subplots(2, len(made["inputs"]), sharey=True)
        for j, case in enumerate(made["inputs"]):
            for method, (colour, marker) in LOOKS.items():
                rows = [row for row in case["methods"] if row["method"] == method]
                draw_rows(axes[0, j], rows, "slopes_per_event", color=colour, marker=marker, label=method)
            draw_backend(axes[1, j], case["jump"])
            axes[0, j].set_title(case["name"], fontsize=7)
            axes[0, j].set_xlabel("slope evaluations per event")
            costs = [row["slopes_per_event"] for row in case["methods"]]
            axes[0, j].set(xscale="log", yscale="log", xlim=around(costs), ylim=(1e-10, 1))
            axes[0, j].xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes[0, j].xaxis.set_major_formatter("{x:g}")
            axes[0, j].xaxis.set_minor_formatter(NullFormatter())
            for i in (0, 1):
                letter(axes[i, j], "abcdef"[3 * i + j], 18)
        for ax in axes[:, 0]:
            ax.set_ylabel("error of a spike time (ms)")
        figure.legend(*axes[1, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(LOOKS))
        paths = save(figure, directory, "jump_frontier")
    with_palette(paths[0])
    return paths


def around(costs):
    """Limits of an axis: a decade at least."""
    low, high = min(costs), max(costs)
    wider = max(1.5, (10 * low / high) ** 0.5)
    return low / wider, high * wider


def draw_rows(ax, rows, cost, key="rms", **look):
    """Errors against cost; an open mark where spikes were lost or extra."""
    x, y = [row[cost] for row in rows], [row[key] for row in rows]
    ax.plot(x, y, markersize=3, markeredgewidth=0.6, **look)
    right = [row["lost"] + row["extra"] == 0 for row in rows]
    wrong = [(a, b) for a, b, good in zip(x, y, right, strict=True) if not good]
    if wrong:
        ax.plot(*zip(*wrong, strict=True), linestyle="none", markersize=3, marker=look["marker"], color="w",
                markeredgecolor=look["color"], markeredgewidth=0.6, zorder=3)  # fmt: skip


def draw_backend(ax, rows):
    """Rms, 90 % and median against the tolerance, and above each tolerance its cost."""
    colour, tolerances = colour_of("jump"), [row["tolerance"] for row in rows]
    draw_rows(ax, rows, "tolerance", color=colour, marker="o", label="root mean square")
    for key, label, dashes in (("most", "90 %", (0, (4, 2))), ("median", "median", (0, (1, 1)))):
        ax.plot(tolerances, [row[key] for row in rows], color=colour, linestyle=dashes, label=label)
    ax.plot(tolerances, tolerances, color="0.6", linewidth=0.6, label="the tolerance")
    place = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom", "fontsize": 6}
    for row in rows:
        ax.annotate(short(row["ns_per_event"]), (row["tolerance"], 0.94), **place)
    ax.annotate("ns per event:", (0.0, 1.0), xycoords="axes fraction", va="bottom", fontsize=6)
    ax.set(xscale="log", yscale="log", xlim=(4e-6, 2.5e-2), xlabel="tolerance (ms)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="jump_frontier.json, which jump_frontier.py writes")
    parser.add_argument("--out", type=Path, default=Path("out/frontier"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = json.loads(options.file.read_text())
    text = "\n".join(tables(made)).strip() + "\n"
    (options.out / "jump_frontier.md").write_text(text)
    print(text)
    for path in draw(made, options.out):
        print(path)


if __name__ == "__main__":
    main()
