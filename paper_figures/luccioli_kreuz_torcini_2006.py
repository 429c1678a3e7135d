"""After Luccioli, Kreuz and Torcini (2006): at what noise is a Hodgkin-Huxley neuron most regular, and at what least?

PRE 73, 041902 (2006), arXiv cond-mat/0512341: many excitatory and inhibitory Poisson trains of instantaneous kicks,
beside a constant current, in the three regimes of the neuron.

Stated (read in the abstract): in the silent regime two coherence resonances, one at quite low noise, of the
oscillations below threshold, one at intermediate noise, of the spikes; in the bistable regime jumps across a barrier,
activated by weak noise; in the repetitive regime a maximum of incoherence at a finite noise. Currents, kicks, E_L and
numbers could not be read, nor how coherence was measured. The regimes are what the neuron does without noise, so
the claims must hold inside them: I = 5, 8, 10 uA/cm2 here (E_L = -54.387 mV; cycle from 6.26, rest to 9.78).

Here: 1000 excitatory and 1000 inhibitory neurons, +0.5 and -0.5 mV, whose rate r (Hz) sets the noise: mean 0, kappa_2 =
sigma^2 = r/2 mV2/ms; by diffusion of the same kappa_2 (Euler-Maruyama, dt = 0.01 ms). (a, c) CV of the ISIs, from rest
at I = 0; 0.5 s are left out, 4 s kept, 20 s below sigma = 0.8. Where long ISIs are likely to be hidden by the window it
has no interval, and is not drawn. The inset enlarges the minimum. (b) Mean time to the first spike from the fixed point
under I; where a barrier is crossed it grows like exp(U / sigma^2), a straight line. (d) The correlation time of V,
spikes included, as Pikovsky and Kurths (PRL 78, 775, 1997) have it: tau_c = integral of the squared autocorrelation, to
a lag of 200 ms; diffusion is shifted by 4 % in sigma. Rings: the extremes that the paper speaks of.

Silent: least CV 0.214 [0.211, 0.218] by jumps at sigma = 10, 0.214 [0.209, 0.219] by diffusion at 8; tau_c largest at
0.35, 2.555 ms [2.529, 2.581], and at 4, 1.404 [1.393, 1.415], by jumps, at 0.40, 2.628 [2.603, 2.654], and 4, 1.406
[1.395, 1.416], by diffusion; 1.1 between, 2.49 by linear response. Bistable: U = 0.52 +- 0.02 mV2/ms by jumps, 0.50 +-
0.02 by diffusion. Repetitive: largest CV 0.248 [0.233, 0.283] and 0.247 [0.230, 0.287], at 1.6. Difference: none in the
claims: intervals of jumps and diffusion overlap at every noise (in c the CV of jumps is up to 23 % higher at 0.5 to 1).

    python paper_figures/luccioli_kreuz_torcini_2006.py --quick --out out
"""

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, against, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import LOG, Quantity, TrialSums, by_trial, cv, latency
from stochhh.theory import autocovariance

REST = sh.HodgkinHuxley(I_app=0.0).rest()
REGIMES = {"silent": 5.0, "bistable": 8.0, "repetitive": 10.0}  # uA/cm2
WEIGHT = 0.5  # mV
TRANSIENT = 500.0  # ms
STEP, LAGS = 0.5, 400  # ms between samples of V; number of lags
WEAK = np.array([0.05, 0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 4, 6, 8])  # mV/sqrt(ms), panel d
BACKENDS = ("jump", "diffusion")
WEAKER = np.linspace(1.5, 10.0, 8)  # 1 / sigma^2, ms/mV2, panel b
# what the paper speaks of, and between which noises it is sought
EXTREMES = {"a": [(np.argmin, 1, 20)], "c": [(np.argmax, 0.1, 4)], "d": [(np.argmax, 0, 0.5), (np.argmax, 1, 20)]}


def noise(sigma):
    rate = sigma**2 / (2 * WEIGHT**2)  # Hz, each of 1000 neurons of either kind
    pair = (("exc", WEIGHT), ("inh", -WEIGHT))
    return sh.SynapticInput(*(sh.Population(name, n=1000, rate=rate, p=1.0, weight=w) for name, w in pair))


def correlation_time(result):
    """tau_c (ms), from the autocovariances of V of all trials together."""
    V = result.traces["V"][:, round(TRANSIENT / STEP) :]
    n = V.shape[1]
    power = np.abs(np.fft.rfft(V - V.mean(), 2 * n, axis=1)) ** 2
    covariance = np.fft.irfft(power, axis=1)[:, :LAGS] / (n - np.arange(LAGS))

    of_each = TrialSums({"covariance": covariance, "count": np.ones(len(V))})
    quantity = Quantity("correlation_time", "ms", LOG, "traces of V", 2)
    return by_trial(quantity, lambda s: squared(s.covariance), of_each)


def squared(covariance):
    """The integral of the squared autocorrelation (ms), by the trapezoidal rule."""
    return STEP * (np.sum((covariance / covariance[..., :1]) ** 2, axis=-1) - 0.5)


def make(options):
    quick, rows, found = options.quick, [], {}
    sigmas = np.geomspace(0.1, 12.8, 8 if quick else 22)

    def measure(panel, regime, statistic, noises, n_trials, initial=REST, kept=None):
        model = sh.HodgkinHuxley(I_app=REGIMES[regime], initial=initial)
        run = {"n_trials": 16 if quick else n_trials, "seed": options.seed, "progress": False}
        run |= {"trace_interval": STEP if panel == "d" else None, "transient": 0.0 if panel == "b" else TRANSIENT}
        for backend in BACKENDS:
            estimates = []
            for sigma in noises:
                duration = run["transient"] + (kept or (2000.0 if quick else 20_000.0 if sigma < 0.8 else 4000.0))
                result = sh.simulate(model, noise(sigma), backend=backend, duration=duration, **run)
                estimates.append(statistic(result))
                about = {"panel": panel, "regime": regime, "I_app": model.I_app, "backend": backend, "sigma": sigma}
                rows.append(about | {"statistic": estimates[-1].name} | estimates[-1].as_dict())
            found[panel, backend] = noises, estimates

    measure("a", "silent", cv, sigmas, 64)
    escape = WEAKER[:4] if quick else WEAKER
    measure("b", "bistable", latency, escape**-0.5, 128, initial="rest", kept=6000.0 if quick else 60_000.0)
    for backend in BACKENDS:
        ends = np.array([(e.value, e.high / e.low) for e in found["b", backend][1] if e.low is not None])
        at = [x for x, e in zip(escape, found["b", backend][1], strict=True) if e.low is not None]
        slopes, cov = np.polyfit(at, np.log(ends[:, 0]), 1, w=3.92 / np.log(ends[:, 1]), cov="unscaled")
        print(f"{backend}: U = {slopes[0]:.3f} +- {1.96 * cov[0, 0] ** 0.5:.3f} mV2/ms")
    measure("c", "repetitive", cv, sigmas, 64)
    measure("d", "silent", correlation_time, WEAK[::4] if quick else WEAK, 256, kept=2000.0 if quick else 4000.0)
    model = sh.HodgkinHuxley(I_app=REGIMES["silent"])
    black = squared(autocovariance(model, noise(1.0), STEP * np.arange(LAGS)))  # below threshold: the same at any noise
    rows.append(
        {"panel": "d", "regime": "silent", "I_app": 5.0, "backend": "linear response", "sigma": 0.0}
        | {"statistic": "correlation_time", "value": black, "low": black, "high": black, "level": 0.95, "unit": "ms"}
    )
    save_figure(drawn(found, black), options, "luccioli_kreuz_torcini_2006", rows)


def drawn(found, black):
    with journal():
        figure = new_figure(PAGE, 115.0)
        axes = dict(zip("abcd", figure.subplots(2, 2).flat, strict=True))
        inset = axes["a"].inset_axes((0.45, 0.4, 0.53, 0.55))
        for (panel, backend), (noises, estimates) in found.items():
            known = [i for i, estimate in enumerate(estimates) if estimate.low is not None]
            x, estimates = noises[known], [estimates[i] for i in known]
            look = {"backend": backend, "label": backend, "band": panel != "d"}
            at = x**-2 if panel == "b" else 1.04 * x if (panel, backend) == ("d", "diffusion") else x
            for ax in (axes["a"], inset) if panel == "a" else (axes[panel],):
                against(at, estimates, ax, **look)
                rings(ax, x, at, np.array([estimate.value for estimate in estimates]), EXTREMES.get(panel, ()))
        axes["d"].axhline(black, color="black", lw=0.6, label="linear response")
        for (panel, ax), regime in zip(axes.items(), (*REGIMES, "silent"), strict=True):
            ax.set(xscale="log", ylim=(0, None), xlabel=r"Noise, $\sigma$ (mV/$\sqrt{\mathrm{ms}}$)", xmargin=0.04)
            ax.set_ylabel(r"Correlation time, $\tau_c$ (ms)" if panel == "d" else "CV of the ISIs")
            ax.xaxis.set(major_formatter="{x:g}", minor_formatter="")
            ax.set_title(f"{regime}, $I$ = {REGIMES[regime]:g} µA/cm²", loc="left")
            letter(ax, panel, 28)
        axes["b"].set(xscale="linear", yscale="log", ylim=(20, 1e4), xlabel=r"$1 / \sigma^2$ (ms/mV²)")
        axes["b"].set_ylabel("Mean time to the first spike (ms)")
        inset.set(xlim=(4.5, 14), ylim=(0.2, 0.26), xscale="log", xticks=(5, 10), xticklabels=("5", "10"))
        inset.xaxis.set_minor_formatter("")
        figure.legend(*axes["a"].get_legend_handles_labels(), loc="outside upper center", ncols=4)
        legend_above(axes["d"], axes["d"].lines[-1:], ["linear response"])
    return figure


def rings(ax, noises, x, values, extremes):
    """A ring around the least or the largest value between two noises, which are drawn at x."""
    for find, low, high in extremes:
        inside = np.flatnonzero((noises >= low) & (noises <= high))
        if inside.size:
            at = inside[find(values[inside])]
            label = None if "extreme" in ax.get_legend_handles_labels()[1] else "extreme"
            ax.plot(x[at], values[at], "o", ms=6, mfc="none", mec="black", mew=0.6, zorder=5, label=label)


if __name__ == "__main__":
    main(make, __doc__)
