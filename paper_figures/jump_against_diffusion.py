"""How fast does the diffusion approximation become right as weights shrink and inputs grow in number?

The question's input (four fifths excitatory, 10 Hz, p = 0.5, inhibition four times as strong) with N = 100 to 100 000
neurons and weights like 1/sqrt(N): mean and variance stay (kappa_1 = 0, kappa_2 = 2 mV2/ms), higher cumulants fall. It
drives a neuron that seldom fires (I_app = 0), one that it balances near threshold (3) and one that fires by itself (10
uA/cm2); one never fires (0, kappa_2 = 0.3): linear response predicts its skewness from kappa_3. The diffusion is by
Heun's scheme at dt = 0.02 ms, whose own bias is below 0.1 %.

Stated: the third cumulant is the first that the diffusion drops; kappa_3 / kappa_2^1.5 falls like N^-1/2, and so should
every difference (Kramers-Moyal; Richardson and Gerstner, Neural Comput. 17, 923 (2005), for the skewness of V). Here:
D(N) = c N^-a from N = 1000 on, for ln(jump / diffusion) of rate and CV and the difference of skewness; the 95 % half
width of a knows that all N share one diffusion. The table has c_1 (N/1000)^-1/2 + c_2 (N/1000)^-1 from N = 300 on as
well, with its chi-squared and that of a free exponent. Difference: a rare spike magnifies: where rates differ by half,
higher cumulants count, and the slope is still below 1/2. Distances do not fall below what equal laws show (dotted).

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
# name: I_app (uA/cm2), kappa_2 (mV2/ms), part of the trials, look
REGIMES = {
    "silent": (0.0, 0.3, 0.1, {"color": GREY, "marker": "v"}),
    "rare": (0.0, 2.0, 1.0, {"color": "#009E73", "marker": "o"}),
    "balanced": (3.0, 2.0, 0.6, {"color": "#D55E00", "marker": "s"}),
    "repetitive": (10.0, 2.0, 0.3, {"color": "#CC79A7", "marker": "^"}),
}
PANELS = {"rate": "|ln ratio|, rate", "cv": "|ln ratio|, CV", "V_skewness": "|difference|, skewness",
          "isi_wasserstein": "Wasserstein dist. / ISI"}  # fmt: skip


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
    columns = ["regime", "N", "statistic", "value", "low", "high", "diffusion_error", "equal_laws_below"]
    table = pd.DataFrame([row for name, run in runs.items() for row in differences(name, *run)], columns=columns)
    laws = table[table.statistic != "isi_wasserstein"].groupby(["statistic", "regime"])
    fits = {key: power_law(rows) for key, rows in laws}
    exponents = orders(laws)
    print(exponents.round(4).to_string(index=False))
    figure, densities = drawn(runs, table, fits)
    save_figure(figure, options, "jump_against_diffusion", table)
    write_table(options.out / "jump_against_diffusion_exponents.csv", exponents)
    write_table(options.out / "jump_against_diffusion_densities.csv", pd.concat(densities))


def orders(laws):
    """A row for each statistic and regime: the exponent with its interval, and the two terms."""
    found = []
    for (statistic, regime), rows in laws:
        _, a, half = power_law(rows)
        exponent = {"exponent": a, "low": a - half, "high": a + half}
        found.append({"statistic": statistic, "regime": regime, **exponent, **two_terms(rows)})
    return pd.DataFrame(found)


def drawn(runs, table, fits):
    """The figure, and the ISI densities in it."""
    densities = []
    with journal():
        figure = new_figure(PAGE, 100.0)
        grid = figure.add_gridspec(2, 1)
        above, below = (grid[i].subgridspec(1, n).subplots() for i, n in enumerate((3, 4)))
        for ax, regime in zip(above, list(REGIMES)[1:], strict=True):
            diffusion, few, *_, many = (result.spikes for result in (runs[regime][0], *runs[regime][1].values()))
            edges, labels = isi_bins(diffusion, few), [f"jump, $N$ = {n}" for n in runs[regime][1]]
            shown = (diffusion, "diffusion", "diffusion"), (few, labels[0], None), (many, labels[-1], "jump")
            for spikes, label, backend in shown:
                isi_density(spikes, ax, backend=backend, label=label, edges=edges)
                densities.append(isi_histogram(spikes, edges).to_dataframe().assign(regime=regime, input=label))
            ax.set(title=f"{regime}, {REGIMES[regime][0]:g} µA/cm²")
        for ax, statistic in zip(below, PANELS, strict=True):
            growth(ax, statistic, table[table.statistic == statistic], fits)
        for ax, text in zip((*above, *below), "abcdefg", strict=True):
            letter(ax, text, 26)
        figure.legend(*above[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
        figure.legend(*below[2].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure, densities


def growth(ax, statistic, rows, fits):
    """|difference| against N with its law and exponent; the distance with what equal laws show."""
    for i, (regime, found) in enumerate(rows.groupby("regime", sort=False)):
        look = REGIMES[regime][3]
        size, known = found.value.abs(), (found.low > 0) | (found.high < 0)  # others are not told from none
        error = np.minimum((found.high - found.low) / 2, 0.999 * size)
        ax.errorbar(found.N[known], size[known], error[known], ls="none", ms=3, elinewidth=0.8, label=regime, **look)
        c, a, half = fits.get((statistic, regime), (0.0, 0.0, np.inf))
        if half < 0.5:
            N = found.N[found.N >= 1000]
            ax.plot(N, abs(c) * (N / 1000) ** -a, color=look["color"], lw=0.7)
            place = {"transform": ax.transAxes, "ha": "right", "va": "top", "color": look["color"], "fontsize": 6}
            ax.text(1, 1.02 - 0.08 * i, f"{a:.2f} ± {half:.2f}", **place)
        elif statistic == "isi_wasserstein":
            ax.plot(found.N, found.equal_laws_below, color=look["color"], lw=0.7, ls=(0, (1, 1)))
        if regime == "silent":
            theory = [linear_response(sh.HodgkinHuxley(I_app=0.0), drive(n, 0.3)).V_skewness for n in found.N]
            ax.plot(found.N, np.abs(theory), color="black", lw=0.8, ls=(0, (4, 3)), label="silent, linear response")
    ax.set(xscale="log", yscale="log", xlabel="Presynaptic neurons, $N$", ylabel=PANELS[statistic])
    told = rows[(rows.low > 0) | (rows.high < 0)].value.abs()
    ax.set(xlim=(70, 1.5e5), ylim=(told.min() / 3, 10 * told.max()))


if __name__ == "__main__":
    main(make, __doc__)
