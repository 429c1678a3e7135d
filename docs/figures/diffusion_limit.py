"""When many small weights stand for few large ones, does the path of V become that of the diffusion?

A Hodgkin-Huxley neuron (I_app = 0) that does not fire, under N presynaptic neurons, four fifths of them excitatory,
10 Hz, p = 0.5, inhibition four times as strong, and weights like 1/sqrt(N): kappa_1 = 0 and kappa_2 = 0.3 mV2/ms at
every N.

(a to d) V for 200 ms, after a transient of 200 ms: jumps at N = 100, 1000 and 10 000, and the diffusion; one trial
each, independent of the others. (e) The density of V, 100 trials of 5 s, bins of 0.1 mV: its skewness, the mark of
kappa_3, falls like 1/sqrt(N). In brackets the skewness that linear response predicts.

    python docs/figures/diffusion_limit.py --out docs/figures
"""

import numpy as np
import pandas as pd

import stochhh as sh
from stochhh.plotting import PAGE, colour_of, curve, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import V_skewness, membrane_density
from stochhh.theory import linear_response

NEURON = sh.HodgkinHuxley(I_app=0.0, initial="rest")
CASES = {
    100: "#009E73",
    1000: "#56B4E9",
    10_000: colour_of("jump"),
    None: colour_of("diffusion"),
}  # N, None: white noise


def drive(n):
    weight = np.sqrt(50 * 0.3 / n)
    return sh.SynapticInput(
        sh.Population("exc", n=n * 4 // 5, rate=10.0, weight=+weight, p=0.5),
        sh.Population("inh", n=n // 5, rate=10.0, weight=-4 * weight, p=0.5),
    )


def simulated(n, options, **run):
    backend = "diffusion" if n is None else "jump"
    fixed = {"transient": 200.0, "seed": options.seed, "progress": False}
    return sh.simulate(NEURON, drive(n or 100), backend=backend, **fixed, **run)


def make(options):
    tables = []
    with journal():
        figure = new_figure(PAGE, 78.0)
        left, right = figure.add_gridspec(1, 2, width_ratios=(1.5, 1))
        lanes = left.subgridspec(4, 1, hspace=0.05).subplots(sharex=True, sharey=True)
        density = figure.add_subplot(right)
        for ax, (n, colour), text in zip(lanes, CASES.items(), "abcd", strict=True):
            name = "diffusion" if n is None else f"jump, $N$ = {n}"
            traces = simulated(n, options, duration=400.0, trace_interval=0.05).traces
            ax.plot(traces.time, traces.values[0, 0], color=colour, lw=0.7)
            ax.set_title(name, loc="right", fontsize=7, pad=-6)
            trials = 10 if options.quick else 100
            result = simulated(n, options, duration=5200.0, n_trials=trials, membrane=sh.Sampling(bin={"V": 0.1}))
            found = membrane_density(result)
            dashes = "solid" if n else (0, (3.5, 1.2))
            predicted = f" ({linear_response(NEURON, drive(n)).V_skewness:.2f})" if n else " (0)"
            label = f"{name}: {V_skewness(result.moments).value:.2f}{predicted}".replace("-", "\N{MINUS SIGN}")
            curve(found, density, label=label, color=colour, ls=dashes)
            tables.append(found.to_dataframe().assign(backend=result.backend, N=n or 0))
            ax.set(xlim=(200, 400), ylabel="$V$ (mV)")
            letter(ax, text, 28)
        lanes[-1].set_xlabel("Time (ms)")
        density.legend(
            loc="upper left", title="skewness of $V$ (linear response)", fontsize=6, title_fontsize=6, handlelength=1.5
        )
        density.set(xlim=(-69, -62), ylim=(0, 1.45))
        letter(density, "e", 28)
    save_figure(figure, options, "diffusion_limit", pd.concat(tables))


if __name__ == "__main__":
    main(make, __doc__)
