"""After Tuckwell, Jost and Gutkin (2009, 2012): does weak noise silence a repetitively firing Hodgkin-Huxley neuron?

Tuckwell, Jost and Gutkin, PRE 80, 031907 (2009); Tuckwell and Jost, Physica A (2012), arXiv 1202.2491.
Both: dV = (mu - I_ion) dt + sigma dW with C = 1 uF/cm2, so mu in uA/cm2, sigma in mV/sqrt(ms); from rest at mu = 0.

Stated (read in the abstracts): repetitive firing from rest begins at mu = 6.44 (2009), which is the fold of cycles for
E_L = -55 mV, used here. Near it weak noise can turn the firing off, and the number of spikes has a minimum as the noise
grows; over long times the neuron goes to and fro between firing and rest. At mu = 6.8, in 500 s for sigma from 0 to 2,
the mean spike count has a minimum (2012). Neither the heights nor the means mu of 2009 could be read: 6.6 to 7.6 here.

Here: (a) as in 2009, 1 s from rest, 1000 trials; (b) as in 2012, 500 s, 16 trials. In our units kappa_2 = sigma^2, and
mu = I_app. The jumps are those of 800 excitatory and 200 inhibitory neurons (10 Hz, p = 0.5; in b also of 80 and 20), g
and -4 g mV: their mean is 0 and g such that kappa_2 = sigma^2, g = sigma/sqrt(20) for 1000 neurons. Diffusion: Euler-
Maruyama, dt = 0.01 ms. Black: without noise, in a the first point of each curve (spikes in 1 s from rest), in b the
limit cycle. Rings: the minima. Grey: diffusion begun at the fixed
point under mu, which below sigma = 0.3 gave no spike in 16 times 500 s: there all spikes are those before the neuron
first falls silent, and their mean rate is inverse to the duration. Above it the beginning is forgotten.

In 1 s at mu = 6.6, 7.0, 7.6: 55, 58, 61 spikes without noise; least 3.5 [3.3, 3.8], 6.9 [6.5, 7.3], 25.8 [24.8,
26.9] by jumps, 3.7 [3.5, 3.9], 7.6 [7.2, 8.0], 28.7 [27.6, 29.8] by diffusion, at sigma = 0.40, 0.40 and 0.45. In 500 s
at mu = 6.8: 56.0 Hz without noise; least 0.0095 [0.0045, 0.0258] by jumps and 0.0144 [0.0094, 0.0239] Hz by diffusion,
both at 0.3: some 5 and 7 spikes instead of 28000.

Difference: none in the claim; the minimum lies at the same noise by either model. The jumps, skewed towards inhibition,
fall silent sooner: at sigma = 0.05 the diffusion still fires all the time, the jumps 38 Hz [28, 51], those of 100
neurons 6 Hz [3, 11]. The latter also come back sooner: 0.54 Hz [0.47, 0.61] at 0.4, the diffusion 0.15 [0.11, 0.18].

    python paper_figures/tuckwell_jost_2012.py --quick --out out
"""

import numpy as np

import stochhh as sh
from stochhh.plotting import GREY, PAGE, against, colour_of, dashes_of, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import rate
from stochhh.theory import limit_cycle

REST = sh.HodgkinHuxley(E_L=-55.0, I_app=0.0).rest()
MEANS = (6.6, 7.0, 7.6)  # uA/cm2, panel a
MU = 6.8  # uA/cm2, panel b
SECOND = 1000.0  # ms


def neuron(mu, initial=REST):
    return sh.HodgkinHuxley(E_L=-55.0, I_app=mu, initial=initial)


def noise(sigma, n):
    """n neurons, a fifth of them inhibitory, of mean 0 and kappa_2 = sigma^2."""
    g = sigma / np.sqrt(0.02 * n)
    return sh.SynapticInput(
        sh.Population("exc", n=4 * n // 5, rate=10.0, p=0.5, weight=+g),
        sh.Population("inh", n=n // 5, rate=10.0, p=0.5, weight=-4 * g),
    )


def make(options):
    quick = options.quick
    short = np.linspace(0.05, 1.0, 5 if quick else 20)
    long = np.array([0.05, 0.1, 0.3, 0.6, 2.0] if quick else [0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 2.0])
    rows = []

    def curve(panel, mu, backend, n, sigmas, start="rest at mu = 0", **run):
        found = []
        for sigma in sigmas:
            model = neuron(mu, REST if start.startswith("rest") else "rest")
            result = sh.simulate(model, noise(sigma, n), backend=backend, seed=options.seed, progress=False, **run)
            found.append(rate(result.spikes))
            about = {"panel": panel, "mu": mu, "backend": backend, "n_neurons": n, "start": start, "sigma": sigma}
            rows.append(about | {"statistic": "rate"} | found[-1].as_dict())
        lowest = int(np.argmin([estimate.value for estimate in found]))
        which = f"{panel}, mu = {mu}, {backend}, {n} neurons, from {start}"
        print(f"{which}: least at sigma = {sigmas[lowest]:.3g}, {found[lowest]}")
        return sigmas, found

    one = {"duration": SECOND, "n_trials": 200 if quick else 1000}
    many = {"duration": (20 if quick else 500) * SECOND, "n_trials": 16}
    a = {(mu, name): curve("a", mu, name, 1000, short, **one) for mu in MEANS for name in ("jump", "diffusion")}
    b = {  # the first lies below the others
        "from the fixed point": (None, curve("b", MU, "diffusion", 1000, long[long >= 0.3], "fixed point", **many)),
        "diffusion": ("diffusion", curve("b", MU, "diffusion", 1000, long, **many)),
        "jump, $N$ = 1000": ("jump", curve("b", MU, "jump", 1000, long, **many)),
        "jump, $N$ = 100": ("jump", curve("b", MU, "jump", 100, long, **many)),
    }
    still = {"duration": SECOND, "backend": "jump", "seed": 0, "progress": False}
    quiet = {mu: float(sh.simulate(neuron(mu), sh.SynapticInput(), **still).spikes.time.size) for mu in MEANS}
    quiet[MU] = 1000.0 / limit_cycle(neuron(MU))[1]
    rows += [
        {"panel": "b" if mu == MU else "a", "mu": mu, "backend": "no noise", "n_neurons": 0, "start": "rest at mu = 0"}
        | {"sigma": 0.0, "statistic": "rate", "value": f, "low": f, "high": f, "level": 0.95, "unit": "Hz"}
        for mu, f in quiet.items()
    ]
    save_figure(drawn(a, b, quiet), options, "tuckwell_jost_2012", rows)


def drawn(a, b, quiet):
    with journal():
        figure = new_figure(PAGE, 75.0)
        left, right = figure.subplots(1, 2)
        for (mu, backend), (sigmas, found) in a.items():
            against(sigmas, found, left, backend=backend, label=backend if mu == MEANS[0] else None)
            ring(left, sigmas, found)
            start = [quiet[mu], found[0].value]
            left.plot([0, sigmas[0]], start, color=colour_of(backend), ls=dashes_of(backend), lw=1.0, zorder=2)
            if backend == "diffusion":
                left.annotate(rf"$\mu$ = {mu:g}", (sigmas[-1], found[-1].value), (4, -2), textcoords="offset points")
        zero = {"marker": "D", "ms": 3.5, "color": "black", "ls": "none", "clip_on": False, "zorder": 5}
        left.plot(np.zeros(len(MEANS)), [quiet[mu] for mu in MEANS], label="no noise", **zero)
        left.set(xlabel=r"Noise, $\sigma$ (mV/$\sqrt{\mathrm{ms}}$)", ylabel="Spikes in 1 s, from rest")
        left.set(xlim=(0, 1.02), ylim=(0, 65))
        for name, (backend, (sigmas, found)) in b.items():
            look = {"color": GREY, "lw": 2.5} if backend is None else {}
            look |= {"ls": ":", "marker": "s"} if name.endswith(" 100") else {}
            fired = [i for i, estimate in enumerate(found) if estimate.value > 0]
            against(sigmas[fired], [found[i] for i in fired], right, backend=backend, label=name, **look)
            if backend is not None:
                ring(right, sigmas, found)
        right.axhline(quiet[MU], color="black", lw=0.6)
        right.annotate("no noise", (0.3, quiet[MU]), (0, 2), textcoords="offset points", ha="center")
        right.set(xscale="log", yscale="log", xlabel=left.get_xlabel(), ylabel="Rate in 500 s (Hz)", ylim=(3e-3, 200))
        right.set(xlim=(0.045, 2.2), xticks=(0.05, 0.1, 0.2, 0.5, 1, 2))
        right.xaxis.set(major_formatter="{x:g}", minor_formatter="")
        right.yaxis.set_major_formatter("{x:g}")
        legend_above(left, ncols=2)
        handles, labels = right.get_legend_handles_labels()
        shown = [i for i, label in enumerate(labels) if label != "minimum"]
        legend_above(right, [handles[i] for i in shown], [labels[i] for i in shown], ncols=2)
        left.set_title(r"$\mu$ in µA/cm²", loc="left")
        right.annotate(rf"$\mu$ = {MU:g} µA/cm²", (0.97, 0.04), xycoords="axes fraction", ha="right")
        letter(left, "a", 30)
        letter(right, "b", 30)
    return figure


def ring(ax, sigmas, found):
    """A ring around the minimum."""
    least = int(np.argmin([estimate.value for estimate in found]))
    label = None if "minimum" in ax.get_legend_handles_labels()[1] else "minimum"
    ax.plot(sigmas[least], found[least].value, "o", ms=6, mfc="none", mec="black", mew=0.6, zorder=5, label=label)


if __name__ == "__main__":
    main(make, __doc__)
