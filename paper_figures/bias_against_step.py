"""How far from converged are rate and CV of each scheme of the diffusion at each time step?

The question's input by Euler-Maruyama, Heun, the splitting and SRA1, with dt from 0.1 to 0.0025 ms, beside what the
diffusion approximation itself does to them (its converged value against that of the jumps). At dt = 0.02 ms and below
Euler-Maruyama and the splitting are set against Heun by the same normal numbers, so that short runs tell small biases;
Heun's own bias there, below 0.04 % in the rate, is left out. All else is set against a long run of Heun at 0.01 ms. The
interval of a bias (95 %) is from the spread between blocks of 32 trials.

Stated: weak order 1 of Euler-Maruyama, so a bias that falls like dt, and 2 of the others, so dt^2 (sources in
convergence_orders.py); docs/schemes.md has the biases of three inputs from runs ten times as long. Here: the same
biases, and the approximation's own error beside them. Difference: none beyond the intervals.

    python paper_figures/bias_against_step.py --quick --out out
"""

import numpy as np
import pandas as pd
from scipy import stats

import stochhh as sh
from stochhh.plotting import GREY, PAGE, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import cv, rate

NEURON = sh.HodgkinHuxley(I_app=3.0)
QUESTION = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, p=0.5, weight=+1.0),
    sh.Population("inh", n=20, rate=10.0, p=0.5, weight=-4.0),
)
# scheme: colour, marker, steps (ms) whose normal numbers are Heun's, and those that stand alone
SCHEMES = {
    "euler-maruyama": (colour_of("diffusion"), "o", (0.0025, 0.005, 0.01, 0.02), (0.05,)),
    "heun": ("#D55E00", "s", (), (0.02, 0.05)),
    "splitting": ("#009E73", "^", (0.01, 0.02), (0.05, 0.1)),
    "sra1": ("#CC79A7", "D", (), (0.02, 0.05)),
}
STATISTICS = {"rate": rate, "cv": cv}
TRIALS = 32  # in a block


def firing(backend, n_blocks, seed):
    """Rate (Hz) and CV of each block, shape (n_blocks, 2)."""
    found = []
    for k in range(n_blocks):
        spikes = sh.simulate(
            NEURON, QUESTION, backend=backend, duration=10_200.0, transient=200.0, n_trials=TRIALS,
            first_trial=k * TRIALS, seed=seed, progress=False,
        ).spikes  # fmt: skip
        found.append([statistic(spikes).value for statistic in STATISTICS.values()])
    return np.array(found)


def mean(blocks):
    """Mean over blocks and its standard error."""
    return blocks.mean(axis=0), blocks.std(axis=0, ddof=1) / len(blocks) ** 0.5


def rows_of(scheme, dt, difference, error, n, of):
    """Rows of both statistics: the bias in percent and its interval."""
    for name, value, half, whole in zip(STATISTICS, difference, error * stats.t.ppf(0.975, n - 1), of, strict=True):
        ends = (100 * x / whole for x in (value, value - half, value + half))
        yield dict(zip(("scheme", "dt", "statistic", "bias", "low", "high"), (scheme, dt, name, *ends), strict=True))


def make(options):
    long, short = (4, 2) if options.quick else (80, 12)
    converged = firing(sh.Diffusion(scheme="heun", dt=0.01), long, options.seed)
    value, error = mean(converged)
    jump, jump_error = mean(firing("jump", long, options.seed))
    rows = [*rows_of("approximation", 0.01, value - jump, np.hypot(error, jump_error), long, jump)]
    for i, (scheme, (*_, paired, alone)) in enumerate(SCHEMES.items()):
        for dt in paired:
            seed = options.seed + round(1e4 * dt)
            own, heun = (firing(sh.Diffusion(scheme=name, dt=dt), short, seed) for name in (scheme, "heun"))
            rows += rows_of(scheme, dt, *mean(own - heun), short, value)
        for dt in alone:
            own, own_error = mean(firing(sh.Diffusion(scheme=scheme, dt=dt), long, options.seed + 1000 * (i + 1)))
            rows += rows_of(scheme, dt, own - value, np.hypot(own_error, error), long, value)
    table = pd.DataFrame(rows)
    print(table.round(3).to_string(index=False))
    save_figure(drawn(table), options, "bias_against_step", table)


def drawn(table):
    with journal():
        figure = new_figure(PAGE, 65.0)
        axes = figure.subplots(1, 2, sharex=True, sharey=True)
        for ax, statistic, title in zip(axes, STATISTICS, ("rate", "CV"), strict=True):
            found = table[table.statistic == statistic]
            own = found[found.scheme == "approximation"].iloc[0]
            ends = sorted(np.abs([own.low, own.high]))
            ax.axhspan(*ends, color=GREY, alpha=0.4, lw=0, label="diffusion against jump")
            for scheme, (colour, marker, *_) in SCHEMES.items():
                draw_scheme(ax, found[found.scheme == scheme], colour, marker, scheme)
            ax.set(xscale="log", yscale="log", xlabel="Time step, $dt$ (ms)", ylabel=f"|bias| of the {title} (%)")
            ax.set(xlim=(0.002, 0.13), ylim=(0.03, 100))
            letter(ax, "ab"[list(STATISTICS).index(statistic)], 30)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5)
    return figure


def draw_scheme(ax, rows, colour, marker, label):
    """|bias| with its interval; where it is not told from none an open triangle at the largest that agrees."""
    told = (rows.low > 0) | (rows.high < 0)
    look = {"color": colour, "ls": "none", "ms": 3}
    half, size = (rows.high - rows.low) / 2, rows.bias.abs()
    ax.errorbar(rows.dt[told], size[told], half[told], marker=marker, elinewidth=0.8, **look)
    ax.plot(rows.dt[~told], (size + half)[~told], marker="v", mfc="none", **look)
    ax.plot([], [], marker=marker, label=label, **look)
    ax.plot(rows.dt[told].sort_values(), size[told][rows.dt[told].sort_values().index], color=colour, lw=0.6)


if __name__ == "__main__":
    main(make, __doc__)
