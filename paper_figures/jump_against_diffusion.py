"""How fast does the diffusion approximation become right as weights shrink and inputs grow in number?

The question's input (four fifths excitatory, 10 Hz, p = 0.5, inhibition four times as strong) with N = 100 to 100 000
neurons and weights like 1/sqrt(N): mean and variance stay (kappa_1 = 0, kappa_2 = 2 mV2/ms), higher cumulants fall. It
drives a neuron that seldom fires (I_app = 0), one that it balances near threshold (3) and one that fires by itself (10
uA/cm2); one never fires (0, kappa_2 = 0.3): linear response predicts its skewness. Diffusion: Heun, dt = 0.02 ms.

Stated: the third cumulant is the first that the diffusion drops; kappa_3 / kappa_2^1.5 falls like N^-1/2, and so should
every difference (Kramers-Moyal; Richardson and Gerstner, Neural Comput. 17, 923 (2005), for the skewness of V). Here:
D(N) = c_1 (N/1000)^-1/2 + c_2 (N/1000)^-1 from N = 300 on, for ln(jump / diffusion) of rate and CV and the difference
of skewness, drawn where c_1 is distinguishable from 0; all N share one diffusion. Tables: chi-squared, that of a free
exponent, and its value from N = 1000 on. Open triangles: larger end of an interval that holds 0. Dotted: critical value
of the permutation test (5 %). Difference: the second term counts where spikes are rare.

    python paper_figures/jump_against_diffusion.py --quick --out out
"""

from functools import partial

import numpy as np
import pandas as pd

import stochhh as sh
from stochhh.files import write_table
from stochhh.plotting import GREY, PAGE, isi_density, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import isi_bins, isi_histogram
from stochhh.theory import linear_response
from stochhh.theory.orders import power_law, two_terms

NUMBERS = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
PALE = {"color": "#56B4E9"}
# name: I_app (uA/cm2), kappa_2 (mV2/ms), part of the trials, look
REGIMES = {
    "silent": (0.0, 0.3, 0.1, {"color": GREY, "marker": "D"}),
    "rare spikes": (0.0, 2.0, 1.0, {"color": "#009E73", "marker": "o"}),
    "balanced": (3.0, 2.0, 0.6, {"color": "#D55E00", "marker": "s"}),
    "repetitive": (10.0, 2.0, 0.3, {"color": "#CC79A7", "marker": "^"}),
}
RATIO = "|ln(jump / diffusion)|"
PANELS = {"rate": ("rate", RATIO), "cv": ("CV", RATIO), "V_skewness": ("skewness of $V$", "|jump $-$ diffusion|"),
          "isi_wasserstein": ("ISI distribution", "Wasserstein dist. / mean ISI")}  # fmt: skip


def drive(n, kappa_2):
    weight = (50 * kappa_2 / n) ** 0.5
    return sh.SynapticInput(
        sh.Population("exc", n=n * 4 // 5, rate=10.0, p=0.5, weight=weight),
        sh.Population("inh", n=n // 5, rate=10.0, p=0.5, weight=-4 * weight),
    )


def simulated(regime, options):
    """The diffusion, and N -> jumps."""
    I_app, kappa_2, part, _ = REGIMES[regime]
    trials, numbers = (round(20 * part), NUMBERS[:4]) if options.quick else (round(300 * part), NUMBERS)
    run = partial(sh.simulate, sh.HodgkinHuxley(I_app=I_app), duration=40_200.0, transient=200.0, progress=False)
    heun = sh.Diffusion(scheme="heun", dt=0.02)
    reference = run(drive(100, kappa_2), backend=heun, n_trials=3 * trials, seed=options.seed)
    jumps = {n: run(drive(n, kappa_2), backend="jump", n_trials=trials, seed=options.seed + n) for n in numbers}
    return reference, jumps


def differences(regime, reference, jumps):
    """Rows by N: ln(jump / diffusion) of rate and CV, the difference of V's skewness, the distance over the ISI."""
    for n, pair in zip(jumps, sh.compare(reference, *jumps.values()), strict=True):
        known = {"V_skewness": (pair.difference["V_skewness"].estimate, np.positive)}
        if regime != "silent":
            known |= {"rate": (pair.ratio["rate"], np.log), "cv": (pair.ratio["cv"], np.log)}
            distance, isi = pair.distance["isi_wasserstein"], pair.a["isi_mean"].value
            ends = (x / isi for x in (distance.estimate.value, distance.estimate.low, distance.estimate.high))
            yield (regime, n, "isi_wasserstein", *ends, 0.0, distance.null_95 / isi)
        for name, (found, scale) in known.items():
            error = np.ptp(scale([pair.a[name].low, pair.a[name].high])) / 3.92
            yield (regime, n, name, *scale([found.value, found.low, found.high]), error, 0.0)


def make(options):
    runs = {regime: simulated(regime, options) for regime in REGIMES}
    columns = ["regime", "N", "statistic", "value", "low", "high", "diffusion_error", "critical_value"]
    table = pd.DataFrame([row for name, run in runs.items() for row in differences(name, *run)], columns=columns)
    growing = table[table.statistic != "isi_wasserstein"].groupby(["statistic", "regime"])
    exponents = pd.DataFrame([orders(key, rows) for key, rows in growing])
    print(exponents.round(4).to_string(index=False))
    write_table(options.out / "jump_against_diffusion_exponents.csv", exponents)
    figure, densities = drawn(runs, table, exponents.set_index(["statistic", "regime"]))
    save_figure(figure, options, "jump_against_diffusion", table)
    write_table(options.out / "jump_against_diffusion_densities.csv", pd.concat(densities))


def orders(key, rows):
    """A row for one statistic and regime: the exponent with its interval, and the two terms."""
    a, half = power_law(rows)[1:]
    about = {"statistic": key[0], "regime": key[1], "exponent": a, "low": a - half, "high": a + half}
    return about | two_terms(rows)


def drawn(runs, table, fits):
    """The figure, and the ISI densities in it."""
    densities = []
    with journal():
        figure = new_figure(PAGE, 110.0)
        upper, lower = figure.add_gridspec(2, 1)
        above, below = upper.subgridspec(1, 3).subplots(), lower.subgridspec(1, 4).subplots()
        for ax, regime in zip(above, list(REGIMES)[1:], strict=True):
            (reference, jumps), (few, *_, many) = runs[regime], runs[regime][1]
            shown = (reference, "", {}), (jumps[few], f", $N$ = {few}", PALE), (jumps[many], f", $N$ = {many}", {})
            edges = isi_bins(reference.spikes, jumps[few].spikes)
            for result, said, look in shown:
                label = result.backend + said
                isi_density(result.spikes, ax, backend=result.backend, label=label, edges=edges, **look)
                densities.append(isi_histogram(result.spikes, edges).to_dataframe().assign(regime=regime, input=label))
            ax.set_title(f"{regime}, $I_{{\\mathrm{{app}}}}$ = {REGIMES[regime][0]:g} µA/cm²")
        for ax, statistic in zip(below, PANELS, strict=True):
            growth(ax, statistic, table[table.statistic == statistic], fits)
        for ax, text in zip((*above, *below), "abcdefg", strict=True):
            letter(ax, text, 26)
        figure.legend(*above[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
        figure.legend(*below[2].get_legend_handles_labels(), loc="outside lower center", ncols=7)
    return figure, densities


def growth(ax, statistic, rows, fits):
    """|difference| against N with its law; the distance with its critical value; a guide of slope -1/2."""
    x = np.geomspace(300, NUMBERS[-1]) / 1000
    for regime, found in rows.groupby("regime", sort=False):
        look, N = REGIMES[regime][3], found.N
        line, known = {"color": look["color"], "lw": 0.7}, (found.low > 0) | (found.high < 0)
        size, ends = found.value.abs(), np.sort(found[["low", "high"]].abs(), axis=1)
        bars = np.abs(ends.T - size.to_numpy())[:, known]
        ax.errorbar(N[known], size[known], bars, ls="none", ms=3, elinewidth=0.8, label=regime, **look)
        ax.plot(N[~known], ends[~known, 1], ls="none", ms=3, mfc="white", **look | {"marker": "v"})
        if statistic == "isi_wasserstein":
            ax.plot(N, found.critical_value, ls=(0, (1, 1)), **line)
        elif abs(fits.c_1[statistic, regime]) > fits.half_1[statistic, regime]:
            fit = fits.loc[statistic, regime]
            ax.plot(1000 * x, np.abs(fit.c_1 * x**-0.5 + fit.c_2 / x), **line)
        if regime == "silent":
            theory = [linear_response(sh.HodgkinHuxley(I_app=0.0), drive(n, 0.3)).V_skewness for n in N]
            ax.plot(N, np.abs(theory), color="black", lw=0.8, ls=(0, (4, 3)), label="silent, linear response")
    ax.plot([], [], "v", ms=3, color=GREY, mfc="white", label="interval holds 0")
    known = rows[(rows.low > 0) | (rows.high < 0)].value.abs()
    ax.plot(1000 * x, 4 * known.max() * x**-0.5, color="0.5", lw=0.8, label="slope $-1/2$")
    ax.set(xscale="log", yscale="log", xlim=(70, 1.5e5), ylim=(known.min() / 3, 10 * known.max()))
    ax.set(xlabel="Presynaptic neurons, $N$", **dict(zip(("title", "ylabel"), PANELS[statistic], strict=True)))


if __name__ == "__main__":
    main(make, __doc__)
