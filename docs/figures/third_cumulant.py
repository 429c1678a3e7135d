"""What of the input does the diffusion drop, seen in the distribution of the membrane potential?

A passive membrane (10 ms) under 0.3 events/ms of kappa_1 = 0 and kappa_2 = 2 mV2/ms, its third cumulant negative, zero
and positive: rare large jumps down against many small ones up, jumps of one size, the opposite of the first. Density of
V in bins of 0.25 mV, jumps and diffusion, 200 trials of 4 s each, with simultaneous 95 % bands; dash-dotted: the normal
density of mean E_L and variance kappa_2 tau / 2. The generator of the diffusion ends after kappa_2, so its density is
the same in all three panels; the skewness of the jumps, as measured and by Campbell's theorem, has the sign of kappa_3.

    python docs/figures/third_cumulant.py --out docs/figures
"""

import numpy as np
import pandas as pd

import stochhh as sh
from stochhh.plotting import PAGE, curve, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import V_skewness, membrane_density
from stochhh.theory import linear_response

MEMBRANE = sh.Passive()
SAMPLING = sh.Sampling(bin={"V": 0.25})
RATIOS = (4.0, 1.0, 0.25)  # of the weight down to the weight up


def drive(ratio):
    """Two kinds of event, 0.3/ms together, at kappa_1 = 0 and kappa_2 = 2 mV2/ms."""
    up, down = 0.3 * ratio / (1 + ratio), 0.3 / (1 + ratio)  # 1/ms
    weight = np.sqrt(2.0 / (up + down * ratio**2))
    return sh.SynapticInput(
        sh.Population("up", n=1, rate=1000.0 * up, weight=+weight, p=1.0),
        sh.Population("down", n=1, rate=1000.0 * down, weight=-ratio * weight, p=1.0),
    )


def make(options):
    trials, tables = 30 if options.quick else 200, []
    with journal():
        figure = new_figure(PAGE, 60.0)
        axes = figure.subplots(1, 3, sharey=True)
        for ax, ratio, text in zip(axes, RATIOS, "abc", strict=True):
            one = drive(ratio)
            theory = linear_response(MEMBRANE, one)
            for backend in ("jump", "diffusion"):
                run = {"duration": 4100.0, "transient": 100.0, "n_trials": trials, "seed": options.seed}
                result = sh.simulate(MEMBRANE, one, backend=backend, membrane=SAMPLING, progress=False, **run)
                density = membrane_density(result)
                line = normal if backend == "diffusion" else None
                curve(density, ax, backend=backend, label=backend, theory=line, theory_label="normal density")
                tables.append(density.to_dataframe().assign(backend=backend, kappa_3=one.cumulant(3)))
                if backend == "jump":
                    measured = f"{V_skewness(result.moments).value:.2f}"
            third = round(one.cumulant(3), 1) + 0  # not -0
            said = f"$\\kappa_3$ = {third:.1f} mV³/ms\nskewness {measured}\nCampbell {theory.V_skewness + 0:.2f}"
            ax.text(0.02, 0.98, said.replace("-", "\N{MINUS SIGN}"), transform=ax.transAxes, va="top", fontsize=6)
            ax.set(xlim=(-80, -50), ylim=(0, 0.18), ylabel=ax.get_ylabel() if ax is axes[0] else "")
            letter(ax, text, 24)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    save_figure(figure, options, "third_cumulant", pd.concat(tables))


def normal(V):
    """The density of V under the diffusion: mean E_L, variance kappa_2 tau / 2 = 10 mV2."""
    return np.exp(-((V - MEMBRANE.E_L) ** 2) / 20.0) / np.sqrt(20.0 * np.pi)


if __name__ == "__main__":
    main(make, __doc__)
