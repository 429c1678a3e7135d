"""The table of the benchmark, from the JSON file that run.py wrote.

    python analysis/benchmarks/table.py out/benchmarks/benchmark.json --out out/benchmarks

Writes benchmark.md, which shows the benchmark.png of draw.py.
"""

import argparse
import json
from pathlib import Path

from bench import number, ranked

MARK = {"right": "right", "undecided": "undecided", "wrong": "**wrong**"}


def between(x):
    """A median with the spread of its repeats."""
    return number(x["median"]) + (f" ({number(x['low'])} to {number(x['high'])})" if len(x["values"]) > 1 else "")


def interval(x):
    if x["value"] is None:
        return "none"
    return f"{x['value']:.2f}" + (f" [{x['low']:.2f}, {x['high']:.2f}]" if x["low"] is not None else "")


def difference(x):
    """From the converged value, in percent, with its interval."""
    if "difference" not in x:
        return "none"
    value, low, high = (f"{100 * part:+.1f}" for part in x["difference"])
    return f"{value} [{low}, {high}]"


def row(*cells):
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def costs_table(job):
    """One line a program: cost, times the cost of stochhh, answer; then those that could not run, and why."""
    costs = ranked(job["programs"], "cpu_ns")
    own = next((cost["median"] for entry, cost in costs if entry["title"] == "stochhh"), None)
    yield row("program", "scheme", job["unit"], "times stochhh", "rate off by, %", "CV off by, %", "answer")
    yield row("---", "---", "---:", "---:", "---:", "---:", "---")
    for entry, cost in costs:
        name = f"**{entry['title']}**" if entry["title"] == "stochhh" else entry["title"]
        ratio = number(cost["median"] / own) if own else ""
        yield row(
            name, entry["scheme"], between(cost), ratio, difference(entry["rate"]), difference(entry["cv"]),
            MARK[entry["answer"]],
        )  # fmt: skip
    rate, cv = (interval(job["reference"][name]) for name in ("rate", "cv"))
    yield from ("", f"Converged: rate {rate} Hz, CV {cv}.")
    missing = [entry for entry in job["programs"].values() if "unavailable" in entry]
    if missing:
        yield ""
        yield "Not there: " + "; ".join(f"{entry['title']} ({entry['unavailable']})" for entry in missing) + "."


def widths_table(job):
    """One line a backend, one column a width of vectors."""
    widths = next(iter(job["costs"].values()))
    yield row("ns of processor time, one core", *(f"vectors of {width} bits" for width in widths))
    yield row("---", *("---:" for _ in widths))
    for backend, what in (("diffusion", "a neuron-step of the diffusion"), ("jump", "an event of the jumps")):
        yield row(what, *map(between, job["costs"][backend].values()))


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
    for entry, second in ranked(job["programs"], "second"):
        yield row(entry["title"], between(entry["first"]), between(second))


def ratios(job):
    """stochhh's cost beside that of plain C++ and of the fastest other program; wrong answers do not count."""
    pairs = ranked(job["programs"], "cpu_ns")
    costs = {entry["title"]: cost["median"] for entry, cost in pairs if entry["answer"] != "wrong"}
    if "stochhh" not in costs:
        return "the answer of stochhh is wrong."
    own = costs.pop("stochhh")
    line = f"{number(own)} {job['unit']} on one core"
    for title in dict.fromkeys(("plain C++", *list(costs)[:1])):
        if title in costs:
            line += f"; {title} takes {costs[title] / own:.1f} times as long"
    return line + "."


def in_short(result):
    """The figures that are asked for most, each in a line."""
    for job in ("diffusion", "jump"):
        if "stochhh" in result.get(job, {"programs": {}})["programs"]:
            yield f"- {job}: {ratios(result[job])}"
    points = {
        job: {key: curve["points"] for key, curve in result[job]["curves"].items()}
        for job in ("growth_n", "growth_lambda", "growth_trials") if job in result
    }  # fmt: skip
    n = points.get("growth_n", {}).get("stochhh jump", {})
    if {"5000", "5000000"} <= n.keys():
        change = n["5000000"]["median"] / n["5000"]["median"] - 1
        yield f"- jump: 5 000 000 presynaptic neurons against 5000, at equal events: {change:+.1%} of the time."
    alone = points.get("growth_lambda", {}).get("stochhh jump, one trial", {})
    if "1000" in alone:
        yield f"- jump: one trial alone at 1000 events in a ms: {number(alone['1000']['median'])} s for a second."
    for job in ("jump", "diffusion"):
        one, two = (points.get("growth_trials", {}).get(f"stochhh {job} {k}", {}).get("1000") for k in (1, 2))
        if one and two:
            ratio = f"{one['median'] / two['median']:.2f} times as fast as on one"
            yield f"- {job}: 1000 trials of 1 s: {number(two['median'])} s on two cores, {ratio}."


def versions(result):
    found = {}
    for job in ("diffusion", "jump"):
        for entry in result.get(job, {"programs": {}})["programs"].values():
            found |= entry.get("versions", {})
    return ", ".join(f"{name} {version}" for name, version in sorted(found.items(), key=lambda pair: pair[0].lower()))


def when(job):
    """When one table was measured, and beside how much else."""
    if "started" in job:
        date, load = job["started"].partition(" ")[0], job["load"][0]
        yield from (
            f"Measured on {date}, at a load of {load:.1f} (processes at work, mean of a minute, at the start).",
            "",
        )


def text(result):
    """The whole of benchmark.md."""
    machine = result["machine"]
    yield "# Benchmark"
    yield ""
    yield "![costs and how they grow](benchmark.png)"
    yield ""
    yield (
        "The Hodgkin-Huxley neuron under 4000 excitatory and 1000 inhibitory Poisson neurons (10 Hz, p = 0.5, weights"
        " +0.1 and -0.4 mV, I_app = 3 uA/cm2), float64, steps of 0.01 ms for programs with a time step. Costs are "
        "processor times on one core, for the simulation alone: the median of the repeats, with minimum and maximum. "
        "An answer is *right* if the 95 % intervals of the relative errors of rate and CV lie within 10 %, *wrong* if"
        " one lies outside, and otherwise *undecided*: there are too few spikes, or the trials are too short for the "
        "CV. (The rate of Euler-Maruyama at 0.01 ms is itself 2.8 % too high here, in all programs that use it.) The "
        "setup of each program is described in `analysis/benchmarks/peers.toml` and in its source. In the figure "
        "stochhh is blue, open symbols are undecided and crosses wrong."
    )
    yield ""
    yield (
        f"Measured on {machine['processor']}, {machine['cores']} cores, {', '.join(machine['vectors']) or 'no AVX'}, "
        f"{machine['system']}, {machine['compiler']}. {result['note']}".strip()
    )
    yield ""
    yield f"Versions: {versions(result)}."
    yield ""
    yield "`python analysis/benchmarks/run.py --out DIR` measures all of it and writes this page."
    yield from ("", *in_short(result))
    sections = (
        ("diffusion", "The diffusion", costs_table),
        ("jump", "The jumps", costs_table),
        ("widths", "The same by the width of the processor's vectors", widths_table),
        ("growth_n", "Growth with the number of presynaptic neurons, at equal events", lambda j: curves_table(j, "N")),
        ("growth_lambda", "Growth with the events in a ms", lambda j: curves_table(j, "events in a ms")),
        ("growth_trials", "Growth with the number of trials of one second", lambda j: curves_table(j, "trials")),
        ("startup", "Start-up: one trial of 300 ms from nothing, and again", startup_table),
    )
    for job, title, table in sections:
        if job in result:
            yield from ("", f"## {title}", "", *when(result[job]), *table(result[job]))
    if "growth_n" in result:
        script = ", ".join(f"{n}: {point['median']:.1f} s" for n, point in result["growth_n"]["script"].items())
        yield from ("", f"The script of the original question, its 300 ms, by the number of neurons: {script}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?", default=Path("out/benchmarks/benchmark.json"))
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "benchmark.md"
    file.write_text("\n".join(text(json.loads(options.file.read_text()))) + "\n")
    print(file)


if __name__ == "__main__":
    main()
