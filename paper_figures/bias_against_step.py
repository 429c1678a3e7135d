"""How far from converged are rate and CV of each scheme of the diffusion at each time step?

The question's input by Euler-Maruyama, Heun, the splitting and SRA1, with dt from 0.1 to 0.0025 ms, beside the error of
the diffusion approximation itself (its converged value against that of the jumps: the orange band). At dt = 0.02 ms and
below Euler-Maruyama and the splitting are compared with Heun on the same normal numbers, so that short runs resolve
small biases; Heun's own bias there, below 0.04 % in the rate, is left out. All else is compared with one long run of
Heun at 0.01 ms, whose error it shares. Bars: 95 % intervals, from the spread between blocks of 32 trials; grey: the
default margin of `compare`, 5 % of the value. The axis is linear from -1 to 1 % and logarithmic beyond. There is no
point where a scheme is unstable (at 0.1 ms all but the splitting) or was not run.

Stated: weak order 1 of Euler-Maruyama, so a bias that falls like dt, and 2 of the others, so dt^2 (sources in
convergence_orders.py); docs/schemes.md has the biases of three inputs from runs ten times as long. Here: the same
biases, and the approximation's own error beside them. Difference: SRA1 at 0.05 ms, 0.40 % [0.01, 0.79] here and -0.37
+- 0.24 % there; what is compared with the long run lies above those biases throughout.

    python paper_figures/bias_against_step.py --quick --out out
"""

import numpy as np
import pandas as pd
from scipy import stats

import stochhh as sh
from stochhh.plotting import PAGE, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import cv, rate

NEURON = sh.HodgkinHuxley(I_app=3.0)
QUESTION = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, p=0.5, weight=+1.0),
    sh.Population("inh", n=20, rate=10.0, p=0.5, weight=-4.0),
)
# scheme: its name, colour, marker, steps (ms) whose normal numbers are Heun's, and those that stand alone
SCHEMES = {
    "euler-maruyama": ("Euler-Maruyama", colour_of("diffusion"), "o", (0.0025, 0.005, 0.01, 0.02), (0.05,)),
    "heun": ("Heun", "#D55E00", "s", (), (0.02, 0.05)),
    "splitting": ("splitting", "#009E73", "^", (0.01, 0.02), (0.05, 0.1)),
    "sra1": ("SRA1", "#CC79A7", "D", (), (0.02, 0.05)),
}
STATISTICS = {"rate": rate, "cv": cv}
MARGIN = 5.0  # percent of the value
MINUS = "\N{MINUS SIGN}"
TRIALS = 32  # in a block
TICKS = (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1)  # ms


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
    converged = firing(sh.Diffusion(scheme="heun", dt=0.01), 3 * long, options.seed)
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
        figure = new_figure(PAGE, 75.0)
        axes = figure.subplots(1, 2, sharex=True, sharey=True)
        for ax, statistic, title, text in zip(axes, STATISTICS, ("rate", "CV"), "ab", strict=True):
            found = table[table.statistic == statistic]
            own = found[found.scheme == "approximation"].iloc[0]
            ax.axhspan(-MARGIN, MARGIN, color="0.9", lw=0, zorder=0, label=f"margin, ±{MARGIN:g} %")
            look = {"color": colour_of("diffusion"), "zorder": 1}
            ax.axhspan(own.low, own.high, alpha=0.4, lw=0, label="converged diffusion against jump", **look)
            ax.axhline(own.bias, lw=0.6, **look)
            ax.axhline(0, color="0.5", lw=0.6, zorder=1)
            for k, (scheme, (name, colour, marker, *_)) in enumerate(SCHEMES.items()):
                rows = found[found.scheme == scheme].sort_values("dt")
                bars = rows.bias - rows.low, rows.high - rows.bias
                look = {"color": colour, "marker": marker, "ms": 3.5, "lw": 0.8, "label": name}
                ax.errorbar(rows.dt * 1.05 ** (k - 1.5), rows.bias, bars, **look)  # side by side
            ax.set(xscale="log", xlim=(0.002, 0.13), xlabel="Time step, $dt$ (ms)", ylabel=f"Bias of the {title} (%)")
            ax.set_xticks(TICKS, [f"{dt:g}" for dt in TICKS])
            ax.set_xticks([], minor=True)
            ax.set_yscale("symlog", linthresh=1.0, subs=range(2, 10))
            ax.set(ylim=(-10, 100), yticks=(-10, -5, -1, 0, 1, 5, 10, 50, 100))
            ax.yaxis.set_major_formatter(lambda x, _: f"{x:+g}".replace("-", MINUS) if x else "0")
            ax.tick_params(labelleft=True)
            letter(ax, text, 30)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=6)
    return figure


if __name__ == "__main__":
    main(make, __doc__)
