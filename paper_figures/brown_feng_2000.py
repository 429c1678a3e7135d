"""After Brown and Feng (2000): how do inhibition and correlated inputs shape the ISIs of a Hodgkin-Huxley neuron?

Brown and Feng, Neurocomputing 32-33 (2000), doi 10.1016/S0925-2312(00)00144-2: N = 100 inputs of 100 Hz, their
correlation c, inhibition of r times the frequency of excitation, no current.

Stated (read in the abstract): without correlation mean ISI and CV hardly depend on r from 0 to 1, 30 to 40 ms and 0.75;
c = 0.1 reduces both up to threefold; c = -0.005 doubles the mean ISI and adds 25 % to the CV. The sizes of the PSPs
and which pairs of inputs are correlated could not be read; an earlier abstract of theirs (1999, doi 10.1007/bfb0098174)
speaks of correlations between 100 excitatory inputs.

Here: +0.5 and -0.5 mV, which gives the stated 30 ms at r = 0; c is that of the excitatory inputs, by common spikes, and
inhibition is independent: kappa_1 = 5 (1 - r) mV/ms, kappa_2 = 2.5 (1 + 99 c + r) mV2/ms. Common spikes make no
correlation below 0: there the diffusion alone is shown, which needs no more than kappa_1 and kappa_2. (a, c) against
r; grey: what the abstract states for c = 0; dotted: c = 0 with inhibition of 0.1 mV. (b, d) against c, an axis that is
linear up to 0.01 and logarithmic beyond. Bands, 95 %, mostly narrower than the markers. By 256 trials of 5 s:

- c = 0: the constancy is not reproduced with 0.5 mV. The mean ISI is 29.9 ms at r = 0 as stated, but doubles to 65 ms
  at r = 1; the CV, from 0.71 to 0.77, is nearly constant. With inhibition of 0.1 mV, a fifth of excitation (IPSPs near
  rest are small), they are 37 ms and 0.76 at r = 1, within what is stated.
- c = 0.1: 16.6 ms and a CV of 0.25 at r = 0, 21.5 ms and 0.34 at r = 1: the mean ISI falls 1.8- to 3.0-fold, the CV
  2.9- to 2.3-fold, as stated.
- c = -0.005, by diffusion: 56 ms at r = 0, 1.9 times as much as at c = 0, and 1.6 times at r = 1, as stated; the CV
  grows by 50 % at r = 0, 21 % at r = 0.5 and 12 % at r = 1.
- Jumps and diffusion agree within 3 % in the mean ISI. At c = 0.1, where a common spike moves V by 5 mV, the diffusion
  is the more regular, its CV 6 % lower at r = 0.

    python paper_figures/brown_feng_2000.py --quick --out out
"""

import stochhh as sh
from stochhh.plotting import GREY, PAGE, against, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure

NEURON = sh.HodgkinHuxley(I_app=0.0)
RATIOS = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
MARKED = {-0.005: "D", 0.0: "o", 0.01: "^", 0.1: "s"}  # correlation: marker
GRID = [-0.007, -0.006, -0.005, -0.004, -0.003, -0.002, -0.001, 0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1]
ENDS = {0.0: "o", 1.0: "s"}  # ratio: marker
WEIGHT, SMALL = 0.5, 0.1  # mV: of every synapse; of inhibition in the dotted line
STATED = {"isi_mean": (30.0, 40.0), "cv": (0.74, 0.76)}  # at c = 0, all r; of the CV "0.75"
STATISTICS = {"isi_mean": "Mean ISI (ms)", "cv": "CV of the ISIs"}
FEW = {"ratios": RATIOS[::5], "grid": [-0.005, 0.0, 0.005, 0.01, 0.03, 0.1], "n_trials": 32}


def make(options):
    ratios, grid, n_trials = FEW.values() if options.quick else (RATIOS, GRID, 256)
    points = sorted({(r, c) for r in ratios for c in MARKED} | {(r, c) for r in ENDS for c in grid})
    found = {
        (backend, r, c, weight): measured(backend, r, c, weight, n_trials, options.seed)
        for backend, weight in (("jump", WEIGHT), ("diffusion", WEIGHT), ("jump", SMALL))
        for r, c in points
        if (c >= 0 or backend == "diffusion") and (weight == WEIGHT or c == 0)
    }
    rows = [
        {"backend": backend, "r": r, "c": c, "inhibitory_weight": -weight, "statistic": name} | said[name].as_dict()
        for (backend, r, c, weight), said in found.items()
        for name in STATISTICS
    ]
    save_figure(drawn(found, ratios, grid), options, "brown_feng_2000", rows)


def measured(backend, r, c, weight, n_trials, seed):
    """Common spikes of the excitatory neurons alone; at c < 0 there are none, and the diffusion needs none."""
    drive = sh.SynapticInput(
        sh.Population("exc", n=100, rate=100.0, p=1.0, weight=WEIGHT, correlation=c),
        sh.Population("inh", n=100, rate=100.0 * r, p=1.0, weight=-weight),
    )
    run = {"duration": 5200.0, "transient": 200.0, "n_trials": n_trials, "seed": seed, "progress": False}
    return sh.summary(sh.simulate(NEURON, drive, backend=backend, **run))


def drawn(found, ratios, grid):
    with journal():
        figure = new_figure(PAGE, 112.0)
        panels = figure.subplots(2, 2, sharex="col", sharey="row")
        for (left, right), (name, label) in zip(panels, STATISTICS.items(), strict=True):
            small = [found["jump", r, 0.0, SMALL][name] for r in ratios]
            left.axhspan(*STATED[name], color=GREY, alpha=0.3, lw=0, label="stated for $c$ = 0")
            look = {"color": colour_of("jump"), "ls": (0, (1, 1.5)), "lw": 1.3, "marker": ""}
            against(ratios, small, left, label=f"jump, $c$ = 0, inhibition of {SMALL:g} mV", **look)
            for c, marker in MARKED.items():
                line(left, found, name, ratios, lambda r, c=c: (r, c), marker, f"$c$ = ${c:g}$")
            for r, marker in ENDS.items():
                line(right, found, name, grid, lambda c, r=r: (r, c), marker, f"$r$ = {r:g}")
            left.set_ylabel(label)
        panels[0, 0].set_yscale("log")
        panels[0, 0].set_yticks([15, 20, 30, 50, 100, 200], ["15", "20", "30", "50", "100", "200"])
        panels[0, 0].minorticks_off()
        panels[1, 0].set(xlabel="Frequency of inhibition over that of excitation, $r$", ylim=(0, None))
        panels[1, 1].set_xscale("symlog", linthresh=0.01, linscale=0.39)  # without a kink at 0.01
        ticks = [-0.005, 0, 0.01, 0.03, 0.1]
        panels[1, 1].set_xticks(ticks, [f"${c:g}$" for c in ticks])
        panels[1, 1].set(xlabel="Correlation of the excitatory inputs, $c$", xlim=(grid[0] - 0.001, 0.11))
        panels[1, 1].minorticks_off()
        for ax, text in zip(panels.flat, "abcd", strict=True):
            letter(ax, text, 32)
        named = {label: handle for handle, label in zip(*panels[0, 0].get_legend_handles_labels(), strict=True)}
        figure.legend(named.values(), named, loc="outside upper center", ncols=4)
    return figure


def line(ax, found, name, x, point, marker, said):
    """The line of each backend, and what is the same along it at its right end."""
    for backend in ("jump", "diffusion"):
        there = [at for at in x if (backend, *point(at), WEIGHT) in found]
        if there:
            estimates = [found[backend, *point(at), WEIGHT][name] for at in there]
            against(there, estimates, ax, backend=backend, label=backend, marker=marker, clip_on=False)
    ax.annotate(said, (there[-1], estimates[-1].value), (5, 0), textcoords="offset points", va="center")


if __name__ == "__main__":
    main(make, __doc__)
