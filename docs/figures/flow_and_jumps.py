"""How does a neuron move under random events, and does it forget where it began?

A Hodgkin-Huxley neuron (I_app = 3 uA/cm2) under the input of `stochhh example question`: jumps of 1 and -4 mV.

(a) One trial of 100 ms from four initial states, the gates at rest and V as in the legend, under the same events
(marks: up, excitatory; down, inhibitory). The lines are of different widths, so that none hides another.
Between events V follows the vector field; an event moves it by its weight, and moves nothing else.
(b) The first of these paths from 20 ms on in the plane of V and the gate n: events, in red, move it along V alone.
(c) The mean of V over 4000 trials of the diffusion, from the four states: after some 60 ms it no longer depends on the
start (statement 3.4). The 95 % intervals by trial, at most 1.2 mV either way, are hardly wider than the lines.

    python docs/figures/flow_and_jumps.py --out docs/figures
"""

from dataclasses import replace

import numpy as np
import pandas as pd

import stochhh as sh
from stochhh.plotting import PAGE, journal, letter, new_figure
from stochhh.script import main, save_figure

NEURON = sh.HodgkinHuxley(I_app=3.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=+1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
STARTS = {-50.0: "#0072B2", -40.0: "#56B4E9", -90.0: "#009E73", -75.0: "#E69F00"}  # mV, gates at rest
WIDTHS = (2.4, 1.7, 1.1, 0.5)
RED = "#D55E00"
SHOWN, PLANE = 100.0, 20.0  # ms: the trial, and from when on it is drawn in the plane


def recorded(seed):
    """The events of one trial, drawn by superposition: their common intensity, then their weights."""
    rng = np.random.default_rng(seed)
    weights = [population.weight for population in DRIVE.populations]
    count = rng.poisson(DRIVE.intensity * SHOWN)
    jumps = rng.choice(weights, size=count, p=DRIVE.probabilities)
    return sh.Recording.from_lists([np.sort(rng.uniform(0, SHOWN, count))], [jumps])


def from_state(V, **run):
    started = replace(NEURON, initial=(V, *NEURON.rest()[1:]))
    return sh.simulate(started, DRIVE, progress=False, **run).traces


def make(options):
    events, seed = recorded(options.seed), options.seed
    one = {V: from_state(V, backend="jump", events=events, duration=SHOWN, trace_interval=0.01, seed=seed)
           for V in STARTS}  # fmt: skip
    many = {"backend": "diffusion", "n_trials": 400 if options.quick else 4000, "trace_interval": 0.5, "seed": seed}
    means, tables = {}, []
    for k, V in enumerate(STARTS):
        found = from_state(V, **many | {"duration": 100.0, "seed": seed + k})
        values = found.values[:, found.variables.index("V")]
        error = 1.96 * values.std(axis=0, ddof=1) / np.sqrt(len(values))
        means[V] = pd.DataFrame({"time": found.time, "value": values.mean(axis=0), "error": error})
        tables.append(means[V].assign(start=V))
    save_figure(drawn(events, one, means), options, "flow_and_jumps", pd.concat(tables))


def drawn(events, one, means):
    with journal():
        figure = new_figure(PAGE, 58.0)
        left, plane, right = figure.subplots(1, 3, width_ratios=(1.3, 1, 1))
        for (V, colour), width in zip(STARTS.items(), WIDTHS, strict=True):
            label = f"$V$(0) = {V:g} mV".replace("-", "\N{MINUS SIGN}")
            left.plot(one[V].time, one[V].values[0, 0], color=colour, lw=width, label=label)
            right.plot(means[V].time, means[V].value, color=colour, lw=width)
            low, high = means[V].value - means[V].error, means[V].value + means[V].error
            right.fill_between(means[V].time, low, high, color=colour, alpha=0.3, lw=0)
        for mark, which in (("^", events.jump > 0), ("v", events.jump < 0)):
            left.plot(events.time[which], np.full(which.sum(), 66.0), mark, ms=2.2, color=RED, mew=0)
        phase(plane, one[next(iter(STARTS))], events)
        left.legend(loc="upper right", bbox_to_anchor=(1.0, 0.94))
        left.set(xlim=(0, SHOWN), ylim=(-95, 70), xlabel="Time (ms)", ylabel="$V$ (mV)")
        right.set(xlim=(0, 100), xlabel="Time (ms)", ylabel="Mean of $V$ (mV)")
        for ax, text in ((left, "a"), (plane, "b"), (right, "c")):
            letter(ax, text, 28)
    return figure


def phase(ax, traces, events):
    """The path between events, and the moves of the events."""
    V, n = (traces.values[0, traces.variables.index(name)] for name in ("V", "n"))
    ax.plot(*(x[traces.time >= PLANE] for x in (V, n)), color=next(iter(STARTS.values())), lw=0.7)
    for time, jump in zip(events.time[events.time > PLANE], events.jump[events.time > PLANE], strict=True):
        k = np.searchsorted(traces.time, time)
        ax.plot([V[k] - jump, V[k]], [n[k], n[k]], color=RED, lw=1.0, zorder=3)
    ax.set(xlabel="$V$ (mV)", ylabel="Gate $n$", xticks=[-70, -65, -60])


if __name__ == "__main__":
    main(make, __doc__)
