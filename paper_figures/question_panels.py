"""What does the neuron of the question do, and what with 5000 inputs, by jumps and by diffusion?

The left column has the three panels of the question: V, the ionic currents and the gates of a Hodgkin-Huxley neuron
(I_app = 3 uA/cm2) under 80 excitatory and 20 inhibitory Poisson neurons (10 Hz, p = 0.5, +1 and -4 mV). The right one
has V of the same neuron under 4000 and 1000 neurons (+0.1 and -0.4 mV), by jumps and by diffusion, and below it the
densities of the interspike intervals of both, with their 95 % bands.

    python paper_figures/question_panels.py --quick --out out
"""

import pandas as pd

import stochhh as sh
from stochhh.plotting import PAGE, currents, gates, isi_density, journal, legend_above, letter, new_figure, trace
from stochhh.script import main, save_figure
from stochhh.statistics import isi_bins, isi_histogram

NEURON = sh.HodgkinHuxley(I_app=3.0)
QUESTION = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, p=0.5, weight=+1.0),
    sh.Population("inh", n=20, rate=10.0, p=0.5, weight=-4.0),
)
CORTEX = sh.SynapticInput(
    sh.Population("exc", n=4000, rate=10.0, p=0.5, weight=+0.1),
    sh.Population("inh", n=1000, rate=10.0, p=0.5, weight=-0.4),
)
BACKENDS = ("jump", "diffusion")
SHOWN = 300.0  # ms


def make(options):
    n_trials = 20 if options.quick else 400
    run = {"seed": options.seed, "progress": False}
    question = sh.simulate(NEURON, QUESTION, backend="jump", duration=SHOWN, trace_interval=0.05, **run)
    traced, ensembles = {}, {}
    for backend in BACKENDS:
        traced[backend] = sh.simulate(NEURON, CORTEX, backend=backend, duration=SHOWN, trace_interval=0.05, **run)
        ensembles[backend] = sh.simulate(
            NEURON, CORTEX, backend=backend, duration=10_000.0, transient=200.0, n_trials=n_trials, **run
        )
        print(f"{backend}: {sh.summary(ensembles[backend])['rate']}")
    edges = isi_bins(*(result.spikes for result in ensembles.values()))
    densities = [table(backend, result, edges) for backend, result in ensembles.items()]
    save_figure(drawn(question, traced, ensembles, edges), options, "question_panels", pd.concat(densities))


def table(backend, result, edges):
    return isi_histogram(result.spikes, edges).to_dataframe().assign(backend=backend)


def drawn(question, traced, ensembles, edges):
    with journal():
        figure = new_figure(PAGE, 110.0)
        left, right = figure.add_gridspec(1, 2)
        panels = left.subgridspec(3, 1).subplots(sharex=True)
        trace(question.traces, "V", panels[0], backend="jump")
        currents(question.traces, NEURON, panels[1])
        gates(question.traces, panels[2])
        upper, lower = right.subgridspec(2, 1, height_ratios=(2, 1))
        lanes = upper.subgridspec(2, 1).subplots(sharex=True, sharey=True)
        for ax, (backend, result) in zip(lanes, traced.items(), strict=True):
            trace(result.traces, "V", ax, backend=backend, label=backend)
            legend_above(ax)
        density = figure.add_subplot(lower)
        for backend, result in ensembles.items():
            isi_density(result.spikes, density, backend=backend, label=backend, edges=edges)
        legend_above(density)
        for ax in (*panels, *lanes):
            ax.label_outer()
        for ax, text in zip((*panels, *lanes, density), "abcdef", strict=True):
            letter(ax, text, 32)
    return figure


if __name__ == "__main__":
    main(make, __doc__)
