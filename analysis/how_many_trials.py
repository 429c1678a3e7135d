"""How many trials does it take until an interval is as narrow as I want?

The half width of a 95 % interval falls like 1/sqrt(n), from a size that only a pilot run can tell. Here the experiment
FILE (the example `question` without one) is run once by jumps, and its trials are cut into groups of n: the line is the
median half width over the groups, in percent of the value, the band from the least to the largest. The dashed line goes
on from the largest n as 1/sqrt(n), to where it meets TARGET, the number of trials that is printed.

`simulate(..., until={"cv": "1%"})`, or `stochhh run --precision cv=1%`, does the same as it goes.

    python analysis/how_many_trials.py question.toml --quick --out out
"""

import math

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import cv, fano_factor, isi_mean, rate

TARGET = 1.0  # percent of the value
STATISTICS = {"rate": rate, "isi_mean": isi_mean, "cv": cv, "fano_factor": fano_factor}
TITLES = {"rate": "Rate", "isi_mean": "Mean ISI", "cv": "CV of the ISIs", "fano_factor": "Fano factor of the count"}
FEWEST = 20  # trials in a group


def make(options):
    n_trials = 320 if options.quick else 1280
    experiment = sh.Experiment.load(options.file) if options.file else sh.Experiment.example("question")
    experiment = experiment.with_simulation(n_trials=n_trials, seed=options.seed)
    if options.quick:
        experiment = experiment.with_simulation(duration=min(experiment.simulation.duration, 3_000.0))
    spikes = experiment.simulate("jump", progress=False).spikes
    sizes = [FEWEST * 2**k for k in range(int(math.log2(n_trials / FEWEST)) + 1)]
    widths = {name: {n: half_widths(statistic, spikes, n) for n in sizes} for name, statistic in STATISTICS.items()}
    rows = []
    for name, by_size in widths.items():
        known = {n: found for n, found in by_size.items() if found.size}
        if not known:
            print(f"{name}: no group of trials has an interval: lengthen duration")
            continue
        last, found = max(known.items())
        needed = math.ceil(last * (np.median(found) / TARGET) ** 2)
        print(f"{name}: about {needed} trials for {TARGET:g} %")
        for n, found in known.items():
            row = {"statistic": name, "n_trials": n, "groups": n_trials // n, "with_interval": found.size}
            row |= {"median_percent": np.median(found), "least_percent": found.min(), "largest_percent": found.max()}
            rows.append(row | {"needed_for_target": needed, "target_percent": TARGET})
    save_figure(drawn(rows), options, "how_many_trials", rows)


def half_widths(statistic, spikes, n):
    """In percent of the value, for each group of n trials that has an interval."""
    found = []
    for first in range(0, spikes.n_trials - n + 1, n):
        chosen = (spikes.trial >= first) & (spikes.trial < first + n)
        group = sh.SpikeTrains(spikes.time[chosen], spikes.trial[chosen] - first, n, spikes.start, spikes.stop)
        estimate = statistic(group)
        if estimate.low is not None and estimate.value:
            found.append(50 * (estimate.high - estimate.low) / abs(estimate.value))
    return np.array(found)


def drawn(rows):
    names = dict.fromkeys(row["statistic"] for row in rows)
    with journal():
        figure = new_figure(PAGE, 62.0)
        axes = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for ax, name, text in zip(axes, names, "abcd", strict=False):
            mine = [row for row in rows if row["statistic"] == name]
            n, needed = np.array([row["n_trials"] for row in mine]), mine[-1]["needed_for_target"]
            median, least, largest = (
                np.array([row[f"{which}_percent"] for row in mine]) for which in ("median", "least", "largest")
            )
            blue = colour_of("jump")
            ax.plot(n, median, "o-", color=blue, ms=2.5, label="median of the groups")
            ax.fill_between(n, least, largest, color=blue, alpha=0.3, lw=0, label="least to largest")
            onward = np.geomspace(min(n[-1], needed), max(n[-1], needed), 20)
            ax.plot(
                onward,
                median[-1] * np.sqrt(n[-1] / onward),
                ls=(0, (3, 2)),
                color=blue,
                lw=0.8,
                label=r"$1 / \sqrt{n}$",
            )
            ax.axhline(TARGET, color="0.6", lw=0.6, zorder=0)
            ax.plot([needed], [TARGET], "D", color="black", ms=3.5, mfc="white", label=f"trials for {TARGET:g} %")
            rounded = float(f"{needed:.3g}")
            ax.annotate(f"{rounded:.0f}", (needed, TARGET), (-3, -9), textcoords="offset points", ha="right")
            ax.set(xscale="log", yscale="log", xlabel="Number of trials, $n$", title=TITLES[name])
            ax.margins(x=0.06, y=0.08)
            letter(ax, text, 16)
        axes[0].set_ylabel("Half width of the\n95 % interval (% of the value)")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


if __name__ == "__main__":
    main(make, __doc__, file="an experiment file (TOML); without one the example `question`")
