"""What do weights, intervals and verdicts promise, on trains whose truth is known?

(a) Mean ISI of Poisson trains over its true value, against the mean number of spikes in a window; 20 trials each, mean
of 400 repetitions with twice its standard error: plain average of the ISIs seen, and weighted by statement 8.1.

(b) The CV of Poisson trains, which is 1 (line), with its 95 % interval from 20 trials of 50 spikes: 100 repetitions;
those that miss are red. The number above is the part of 2000 repetitions that hold it.

(c) The verdict on two rates, with a margin of 20 % of the first, from 20 trials of 50 spikes, against the true
difference over the margin: 400 repetitions a point. At the margin itself (dotted) "equivalent" is said in at most 2.5 %
(grey line), and so is "different" (statement 8.4).

    python docs/figures/verdicts.py --out docs/figures
"""

import numpy as np
import pandas as pd

import stochhh as sh
from stochhh.plotting import PAGE, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import cv, isi_mean, rate
from stochhh.statistics.compare.differences import difference
from stochhh.statistics.margin import Margin

TRIALS, WINDOW = 20, 1000.0  # ms
SPIKES = np.array([3, 5, 10, 20, 50, 100])  # in a window, on average
RATIOS = np.linspace(0, 2, 9)  # of the true difference to the margin
MARGIN = Margin(0.2, relative=True)
RED = "#D55E00"
MEANS = {"plain average": (RED, "s"), "weighted": ("#0072B2", "o")}
VERDICTS = {"equivalent": ("#0072B2", "o"), "undecided": ("0.45", "s"), "different": (RED, "^")}


def trains(rng, mean, trials=TRIALS):
    """Poisson trains with a mean number of spikes in the window."""
    times = [rng.uniform(0, WINDOW, rng.poisson(mean)) for _ in range(trials)]
    return sh.SpikeTrains.from_lists(times, stop=WINDOW)


def means(rng, spikes, repetitions):
    """Plain and weighted mean ISI over the true one: their means over repetitions, and standard errors."""
    found = []
    for _ in range(repetitions):
        one = trains(rng, spikes)
        found.append((np.concatenate([np.diff(one.of(k)) for k in range(TRIALS)]).mean(), isi_mean(one).value))
    found = np.array(found) * spikes / WINDOW
    return found.mean(axis=0), found.std(axis=0, ddof=1) / repetitions**0.5


def verdicts(rng, ratio, repetitions):
    """How often each verdict is given."""
    pairs = [(rate(trains(rng, 50.0)), rate(trains(rng, 50.0 * (1 + ratio * MARGIN.size)))) for _ in range(repetitions)]
    said = [difference(*pair, MARGIN).verdict for pair in pairs]
    return [said.count(verdict) / repetitions for verdict in VERDICTS]


def make(options):
    rng, size = np.random.default_rng(options.seed), 40 if options.quick else 400
    biases = np.array([means(rng, spikes, size) for spikes in SPIKES])  # (number, value or error, plain or weighted)
    intervals = [cv(trains(rng, 50.0)) for _ in range(5 * size)]
    said = np.array([verdicts(rng, ratio, size) for ratio in RATIOS])
    held = np.mean([one.low <= 1 <= one.high for one in intervals])
    columns = ["panel", "case", "x", "value", "error"]
    rows = [("a", case, n, *bias[:, i]) for n, bias in zip(SPIKES, biases, strict=True) for i, case in enumerate(MEANS)]
    parts = [("b", "coverage", 50, held, 5 * size)]
    for ratio, row in zip(RATIOS, said, strict=True):
        parts += [("c", case, ratio, part, size) for case, part in zip(VERDICTS, row, strict=True)]
    rows += [(*about, part, (part * (1 - part) / n) ** 0.5) for *about, part, n in parts]
    with journal():
        figure = new_figure(PAGE, 62.0)
        left, middle, right = figure.subplots(1, 3)
        for i, (label, (colour, marker)) in enumerate(MEANS.items()):
            look = {"color": colour, "marker": marker, "ms": 3, "elinewidth": 0.8, "label": label}
            left.errorbar(SPIKES, biases[:, 0, i], 2 * biases[:, 1, i], **look)
        left.axhline(1, color="black", lw=0.6)
        left.set(
            xscale="log", xlabel="Spikes in a window", ylabel="Mean ISI / true mean", ylim=(0.5, 1.05), xlim=(2.5, 120)
        )
        left.xaxis.set_major_formatter("{x:g}")
        left.legend(loc="lower right")
        for k, one in enumerate(intervals[:100]):
            colour = "0.35" if one.low <= 1 <= one.high else RED
            middle.plot([one.low, one.high], [k, k], color=colour, lw=0.7)
            middle.plot(one.value, k, "o", color=colour, ms=1.4, mew=0)
        middle.axvline(1, color="black", lw=0.6)
        middle.set(xlabel="CV, true value 1", ylabel="Repetition", yticks=[])
        middle.set_title(f"{100 * held:.1f} % of {len(intervals)} hold 1", fontsize=7)
        for (verdict, (colour, marker)), parts in zip(VERDICTS.items(), said.T, strict=True):
            right.plot(RATIOS, parts, color=colour, marker=marker, ms=3, label=verdict, clip_on=False)
        right.axvline(1, color="black", lw=0.6, ls=":")
        right.axhline(0.025, color="0.6", lw=0.6)
        right.set(xlabel="True difference / margin", ylabel="Part of the repetitions", ylim=(0, 1))
        legend_above(right, fontsize=6, handlelength=1.2, columnspacing=0.9)
        for ax, text in ((left, "a"), (middle, "b"), (right, "c")):
            letter(ax, text, 26)
    save_figure(figure, options, "verdicts", pd.DataFrame(rows, columns=columns))


if __name__ == "__main__":
    main(make, __doc__)
