"""What do the spikes of many presynaptic neurons add up to, and what does white noise make of it?

(a) 100 presynaptic neurons, four fifths of them excitatory, fire as Poisson processes of 10 Hz; half of their spikes
are transmitted. A line each for twenty of them (dots: transmitted; circles: failed), and below the transmitted spikes
of all 100: one Poisson process of 0.5 events/ms.

(b, c) The path L of these events, 1 mV up and 4 mV down, and of the events of 5000 neurons with weights smaller by the
square root of 50, beside one path of the white noise of the same mean and variance, kappa_1 = 0 and kappa_2 = 2 mV2/ms.
Grey: 95 % of all paths at each time, by the normal distribution. One trial each, of 100 ms.

    python docs/figures/merged_input.py --out docs/figures
"""

import numpy as np
import pandas as pd

import stochhh as sh
from stochhh.files import write_table
from stochhh.plotting import GREY, PAGE, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure

DURATION = 100.0  # ms
COLOURS = {"exc": "#D55E00", "inh": "#009E73"}


def question(n):
    """The input of `stochhh example question` for n neurons, at the same kappa_1 and kappa_2."""
    weight = np.sqrt(100 / n)
    return sh.SynapticInput(
        sh.Population("exc", n=n * 4 // 5, rate=10.0, weight=+weight, p=0.5),
        sh.Population("inh", n=n // 5, rate=10.0, weight=-4 * weight, p=0.5),
    )


def spikes(drive, rng):
    """A row for each presynaptic spike: its neuron, its time, its weight, whether it is transmitted; by time."""
    rows, first = [], 0
    for population in drive.populations:
        for neuron in range(first, first + population.n):
            for time in rng.uniform(0, DURATION, rng.poisson(population.rate * DURATION / 1000)):
                rows.append((population.name, neuron, time, population.weight, rng.random() < population.p))
        first += population.n
    return pd.DataFrame(rows, columns=["population", "neuron", "time", "weight", "transmitted"]).sort_values("time")


def make(options):
    rng = np.random.default_rng(options.seed)
    grid = np.linspace(0, DURATION, 501)
    found = {n: spikes(question(n), rng) for n in (100, 5000)}
    noise = np.sqrt(question(100).cumulant(2) * grid[1]) * rng.standard_normal((2, grid.size - 1))
    twins = np.pad(np.cumsum(noise, axis=1), ((0, 0), (1, 0)))
    with journal():
        figure = new_figure(PAGE, 58.0)
        raster, *paths = figure.subplots(1, 3)
        trains(raster, found[100])
        for ax, (n, rows), twin in zip(paths, found.items(), twins, strict=True):
            path(ax, n, rows[rows.transmitted], grid, twin)
        figure.legend(*paths[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
        for ax, text in zip((raster, *paths), "abc", strict=True):
            letter(ax, text, 26)
    numbers = [{"n": n, "time": t, "events": rows.weight[rows.transmitted & (rows.time <= t)].sum(), "white_noise": B}
               for (n, rows), twin in zip(found.items(), twins, strict=True)
               for t, B in zip(grid, twin, strict=True)]  # fmt: skip
    save_figure(figure, options, "merged_input", numbers)
    write_table(options.out / "merged_input_spikes.csv", found[100])


def trains(ax, rows):
    """Sixteen excitatory and four inhibitory neurons, and the transmitted spikes of all."""
    for line, neuron in enumerate(range(0, 100, 5)):
        ax.axhline(line, color="0.85", lw=0.5, zorder=0)
        own = rows[rows.neuron == neuron]
        colour = COLOURS["exc" if neuron < 80 else "inh"]
        for sent, face in ((True, colour), (False, "white")):
            times = own.time[own.transmitted == sent]
            ax.plot(times, np.full(times.size, line), "o", ms=2.5, color=colour, mfc=face, mew=0.7)
    for name, colour in COLOURS.items():
        times = rows.time[rows.transmitted & (rows.population == name)]
        ax.eventplot(times, lineoffsets=22.5, linelengths=3, linewidths=0.7, colors=colour)
    ax.set(xlim=(0, DURATION), ylim=(24.5, -0.8), yticks=[7.5, 17.5, 22.5], xlabel="Time (ms)")
    ax.set_yticklabels(["exc.", "inh.", "all"])
    ax.tick_params(axis="y", length=0)


def path(ax, n, events, grid, twin):
    times = np.append(np.insert(events.time, 0, 0.0), DURATION)
    values = np.concatenate([[0.0], np.cumsum(events.weight)])
    ax.step(times, np.append(values, values[-1]), where="post", color=colour_of("jump"), lw=0.8, label="events")
    ax.plot(grid, twin, color=colour_of("diffusion"), lw=0.8, label="white noise")
    wide = 1.96 * np.sqrt(question(n).cumulant(2) * grid)
    ax.fill_between(grid, -wide, wide, color=GREY, alpha=0.15, lw=0)
    ax.text(0.03, 0.03, f"{n} neurons", transform=ax.transAxes)
    ax.set(xlim=(0, DURATION), ylim=(-35, 35), xlabel="Time (ms)", ylabel="Input, $L$ (mV)")


if __name__ == "__main__":
    main(make, __doc__)
