"""What does the neuron of the question do, and what with 5000 inputs, by jumps and by diffusion?

Left, the three panels of the question: V, the ionic currents and the gates of a Hodgkin-Huxley neuron (I_app = 3
uA/cm2) under 80 excitatory and 20 inhibitory Poisson neurons (10 Hz, p = 0.5, +1 and -4 mV). Right, V of the same
neuron under 4000 and 1000 of them (+0.1 and -0.4 mV), by jumps and by diffusion (Euler-Maruyama, dt = 0.01 ms), and
below it the densities of the interspike intervals (ISIs) of both, with the 95 % interval of each bin.

Stated: the question draws the panels for one random input and names no rate and no distribution. Its own script has no
spike count to compare with: its synaptic current is multiplied by dt, so that a spike moves V by 0.01 mV instead of 1.
Here: spikes, by each backend, with rate and CV. Difference: the diffusion of the question fires half as much again as
its jumps, since four inhibitory millivolts at once are not Gaussian; with 5000 inputs a fifth more, of which 3 % come
from Euler-Maruyama's step.

    python paper_figures/question_panels.py --quick --out out
"""

import pandas as pd

import stochhh as sh
from stochhh.files import write_table
from stochhh.plotting import PAGE, currents, gates, isi_density, journal, legend_above, letter, new_figure, trace
from stochhh.script import main, save_figure
from stochhh.statistics import cv, isi_bins, isi_histogram, rate

NEURON = sh.HodgkinHuxley(I_app=3.0)
INPUTS = {
    "100 inputs": sh.Experiment.example("question").drive,
    "5000 inputs": sh.Experiment.example("cortex-5000").drive,
}
QUESTION, CORTEX = INPUTS
BACKENDS = ("jump", "diffusion")
SHOWN = {QUESTION: 300.0, CORTEX: 2000.0}  # ms


def make(options):
    run = {"seed": options.seed, "progress": False}
    long = {"duration": 10_000.0, "transient": 200.0, "n_trials": 20 if options.quick else 400}
    ensembles, traced, rows = {}, {}, []
    for name, drive in INPUTS.items():
        for backend in BACKENDS:
            short = {"duration": SHOWN[name], "trace_interval": 0.1}
            traced[name, backend] = sh.simulate(NEURON, drive, backend=backend, **short, **run)
            ensembles[name, backend] = result = sh.simulate(NEURON, drive, backend=backend, **long, **run)
            for estimate in (rate(result.spikes), cv(result.spikes)):
                print(f"{name}, {backend}: {estimate}")
                rows.append({"input": name, "backend": backend, "statistic": estimate.name} | estimate.as_dict())
    cortex = {backend: ensembles[CORTEX, backend].spikes for backend in BACKENDS}
    edges = isi_bins(*cortex.values())
    densities = [isi_histogram(spikes, edges).to_dataframe().assign(backend=name) for name, spikes in cortex.items()]
    save_figure(drawn(traced, cortex, edges), options, "question_panels", pd.concat(densities))
    write_table(options.out / "question_panels_statistics.csv", rows)
    write_table(options.out / "question_panels_traces.csv", pd.concat(map(table, traced, traced.values())).round(4))


def table(which, result):
    """State variables and ionic currents against time."""
    values = result.traces.values[0]
    columns = {"input": which[0], "backend": which[1], "time": result.traces.time}
    return pd.DataFrame(columns | dict(zip(result.traces.variables, values, strict=True)) | NEURON.currents(*values))


def drawn(traced, spikes, edges):
    with journal():
        figure = new_figure(PAGE, 110.0)
        left, right = figure.add_gridspec(1, 2)
        panels = left.subgridspec(3, 1).subplots(sharex=True)
        traces = traced[QUESTION, "jump"].traces
        trace(traces, "V", panels[0], backend="jump", label="jump, 100 inputs")
        legend_above(panels[0])
        currents(traces, NEURON, panels[1])
        gates(traces, panels[2])
        upper, lower = right.subgridspec(2, 1, height_ratios=(2, 1))
        lanes = upper.subgridspec(2, 1).subplots(sharex=True, sharey=True)
        for ax, backend in zip(lanes, BACKENDS, strict=True):
            trace(traced[CORTEX, backend].traces, "V", ax, backend=backend, label=f"{backend}, 5000 inputs")
            legend_above(ax)
        density = figure.add_subplot(lower)
        for backend, trains in spikes.items():
            isi_density(trains, density, backend=backend, label=f"{backend}, {rate(trains).value:.2f} Hz", edges=edges)
        legend_above(density)
        for ax in (*panels, *lanes):
            ax.label_outer()
        for ax, text in zip((*panels, *lanes, density), "abcdef", strict=True):
            letter(ax, text, 32)
        figure.align_ylabels(panels)
    return figure


if __name__ == "__main__":
    main(make, __doc__)
