"""What does a correlation of the presynaptic neurons do to the membrane, and does the diffusion follow?

A passive membrane (10 ms) under one excitatory population, 5 Hz, p = 0.5, whose neurons copy their spikes from a common
mother with probability c (the correlation of any two spike counts).

(a) Variance of V against c for 500 neurons of 0.2 mV. Lines: Campbell's theorem, kappa_2 tau / 2 with the kappa_2 of
statement 2.2. Points: 200 trials of 2 s, 95 % intervals. Jumps and diffusion have the same variance at every c.

(b) Skewness of V against the number n of neurons, weights such that the variance stays at 1 mV2. Lines: Campbell's
theorem. Independent inputs lose their skewness like 1/sqrt(n); those with common spikes keep it, and the diffusion,
whose skewness is 0, is not their limit.

    python docs/figures/common_spikes.py --out docs/figures
"""

from functools import partial

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, against, colour_of, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import V_skewness, V_variance
from stochhh.theory import linear_response

MEMBRANE = sh.Passive()
CORRELATIONS = np.array([1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1])
NUMBERS = np.array([10, 30, 100, 300, 1000, 3000])
LOOKS = {0.0: ("#009E73", "v"), 0.01: ("#CC79A7", "s"), 0.1: (colour_of("jump"), "o")}


def drive(n, c, weight):
    return sh.SynapticInput(sh.Population("exc", n=n, rate=5.0, weight=weight, p=0.5, correlation=c))


def of_unit_variance(n, c):
    return drive(n, c, linear_response(MEMBRANE, drive(n, c, 1.0)).V_variance ** -0.5)


def make(options):
    trials = 40 if options.quick else 200
    run = partial(sh.simulate, MEMBRANE, duration=2100.0, transient=100.0, n_trials=trials, progress=False)
    rows = []

    def measured(drives, backend, statistic, **known):
        found = []
        for k, one in enumerate(drives):
            result = run(one, backend=backend, seed=options.seed + k)
            found.append(statistic(result.moments))
            rows.append({key: x[k] if np.ndim(x) else x for key, x in known.items()} | {"backend": backend})
            rows[-1] |= {"statistic": found[-1].name, "theory": theory(one, found[-1].name)} | found[-1].as_dict()
        return found

    def theory(one, name):
        return getattr(linear_response(MEMBRANE, one), name)

    with journal():
        figure = new_figure(PAGE, 60.0)
        left, right = figure.subplots(1, 2)
        drives = [drive(500, c, 0.2) for c in CORRELATIONS]
        left.plot(CORRELATIONS, [theory(one, "V_variance") for one in drives], "k", lw=0.7, label="Campbell")
        for backend, shift, marker in (("jump", 0.96, "o"), ("diffusion", 1.04, "s")):
            found = measured(drives, backend, V_variance, n=500, c=CORRELATIONS)
            against(shift * CORRELATIONS, found, left, backend=backend, label=backend, band=False, ms=3, marker=marker)
        for c, (colour, marker) in LOOKS.items():
            drives = [of_unit_variance(int(n), c) for n in NUMBERS]
            right.plot(NUMBERS, [theory(one, "V_skewness") for one in drives], color=colour, lw=0.8)
            found = measured(drives, "jump", V_skewness, n=NUMBERS, c=c)
            label = f"$c$ = {c:g}"
            against(NUMBERS, found, right, label=label, band=False, ms=3, marker=marker, color=colour)
        right.axhline(0, color=colour_of("diffusion"), lw=0.9, ls=(0, (3.5, 1.2)), label="diffusion")
        left.set(
            xscale="log", yscale="log", xlabel="Correlation, $c$", ylabel="Variance of $V$ (mV²)", xlim=(7e-5, 0.14)
        )
        right.set(
            xscale="log",
            xlabel="Presynaptic neurons, $n$",
            ylabel="Skewness of $V$",
            ylim=(-0.15, None),
            xlim=(7, 4300),
        )
        for axis in (left.xaxis, left.yaxis, right.xaxis):
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter("")
        left.set_yticks([0.3, 1.0, 3.0])
        for ax, text in ((left, "a"), (right, "b")):
            legend_above(ax)
            letter(ax, text, 28)
    save_figure(figure, options, "common_spikes", rows)


if __name__ == "__main__":
    main(make, __doc__)
