"""How do the interspike interval and its CV depend on input rate, weight, balance and transmission?

One column for each: the rate of all inputs, their weights, the share of inhibition (0 none, 1 as in the question,
where the mean input is 0), and the probability p that a spike is transmitted; the others stay as in the question. Mean
interspike interval (ISI) above, CV below, by jumps and by diffusion, with 95 % intervals by trial.

Copy it and change NEURON, `drive` and AXES. Where the neuron fires too rarely for an interval the figure shows no
point, and the table says why.

    python analysis/isi_and_cv.py --quick --out out
"""

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, against, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import cv, isi_mean, rate

NEURON = sh.HodgkinHuxley(I_app=3.0)  # uA/cm2
BACKENDS = ("jump", "diffusion")


def drive(hertz=10.0, scale=1.0, inhibition=1.0, p=0.5):
    """The input of the question, with one thing changed."""
    return sh.SynapticInput(
        sh.Population("exc", n=80, rate=hertz, p=p, weight=+1.0 * scale),
        sh.Population("inh", n=20, rate=hertz * inhibition, p=p, weight=-4.0 * scale),
    )


AXES = {  # argument of `drive` -> label, values, ticks
    "hertz": ("Input rate (Hz per neuron)", np.geomspace(3.0, 80.0, 11), (3, 10, 30, 80)),
    "scale": ("Weight (mV; inhibition: 4 times)", np.geomspace(0.5, 2.5, 11), (0.5, 1, 2)),
    "inhibition": ("Inhibition over excitation", np.linspace(0.0, 1.5, 11), (0, 0.5, 1, 1.5)),
    "p": ("Transmission probability, $p$", np.linspace(0.1, 1.0, 10), (0.2, 0.6, 1)),
}
STATISTICS = {"isi_mean": (isi_mean, "Mean ISI (ms)"), "cv": (cv, "CV of the ISI")}


def make(options):
    run = {"duration": 5_200.0, "transient": 200.0, "n_trials": 20, "seed": options.seed, "progress": False}
    if not options.quick:
        run |= {"duration": 20_200.0, "n_trials": 64}
    measured = {}  # (argument, value, backend) -> {statistic: Estimate}
    for argument, (_, values, _) in AXES.items():
        for value in values[:: 3 if options.quick else 1]:
            for backend in BACKENDS:
                spikes = sh.simulate(NEURON, drive(**{argument: value}), backend=backend, **run).spikes
                found = {name: statistic(spikes) for name, (statistic, _) in STATISTICS.items()}
                measured[argument, value, backend] = found | {"rate": rate(spikes)}
    save_figure(drawn(measured), options, "isi_and_cv", table(measured))


def table(measured):
    rows = []
    for (argument, value, backend), estimates in measured.items():
        at = {"varied": argument, "at": value, "backend": backend}
        rows += [at | {"statistic": name} | estimate.as_dict() for name, estimate in estimates.items()]
    return rows


def shown(measured, argument, backend, name):
    """Value of the argument -> Estimate, where that has an interval."""
    found = {at: e[name] for (varied, at, by), e in measured.items() if (varied, by) == (argument, backend)}
    return {at: estimate for at, estimate in found.items() if estimate.low is not None}


def drawn(measured):
    with journal():
        figure = new_figure(PAGE, 85.0)
        axes = figure.subplots(len(STATISTICS), len(AXES), sharex="col", sharey="row")
        for row, (name, (_, label)) in zip(axes, STATISTICS.items(), strict=True):
            row[0].set_ylabel(label)
            for ax, argument in zip(row, AXES, strict=True):
                for backend in BACKENDS:
                    known = shown(measured, argument, backend, name)
                    against(list(known), list(known.values()), ax, backend=backend, label=backend)
        for ax, (argument, (label, _, ticks)) in zip(axes[-1], AXES.items(), strict=True):
            ax.set_xlabel(label)
            ax.set_xscale("log" if argument in ("hertz", "scale") else "linear")
            ax.margins(x=0.04)
            ax.set_xticks(ticks, map(str, ticks))
            ax.set_xticks([], minor=True)
        axes[0, 0].set(yscale="log", ylim=(10, 1e5))
        axes[1, 0].set_ylim(0, 1.3)
        legend_above(axes[0, -1])
        for ax, text in zip(axes.flat, "abcdefgh", strict=True):
            letter(ax, text, 20)
    return figure


if __name__ == "__main__":
    main(make, __doc__)
