"""At what noise is a Hodgkin-Huxley neuron most regular, and at what noise least?

Luccioli, Kreuz and Torcini, PRE 73, 041902 (2006), arXiv cond-mat/0512341: many excitatory and inhibitory Poisson
trains of instantaneous kicks, beside a constant current, in the three regimes of the neuron.

Stated (read in the abstract): in the silent regime two coherence resonances, one at quite low noise, of the
oscillations below threshold, one at intermediate noise, of the spikes; in the bistable regime jumps across a barrier,
activated by weak noise; in the repetitive regime a maximum of incoherence at a finite noise. Currents, kicks, E_L and
numbers could not be read, nor how coherence was measured. The regimes are what the neuron does without noise, so
the claims must hold inside them: I = 5, 8, 10 uA/cm2 here (E_L = -54.387 mV; cycle from 6.26, rest to 9.78).

Here: 1000 excitatory and 1000 inhibitory neurons, +0.5 and -0.5 mV, whose rate r (Hz) sets the noise: mean 0, kappa_2 =
sigma^2 = r/2 mV2/ms; by diffusion of the same kappa_2 (Euler-Maruyama, dt = 0.01 ms). From rest at I = 0, which leads
to the limit cycle where there is one; in b also from the fixed point under I (grey). 0.5 s are left out, 4 s kept, 20 s
below sigma = 0.8. (a, b, c) CV of the ISIs; where long ISIs are likely to hide in the window it has no interval, and is
not drawn. (d) The correlation time of V at I = 5, spikes included, as Pikovsky and Kurths (PRL 78, 775, 1997) have it:
tau_c = integral of the squared autocorrelation, to a lag of 200 ms. Rings: the extremes that the paper speaks of.

Silent: least CV 0.214 [0.211, 0.217] by jumps at sigma = 10, 0.214 [0.210, 0.218] by diffusion at 8; tau_c largest at
0.35, 2.58 ms [2.53, 2.62], and at 4, 1.40 [1.38, 1.42], by jumps, at 0.40, 2.63 [2.58, 2.67], and 4, 1.40 [1.39, 1.42],
by diffusion; 1.1 between, 2.49 by linear response. Bistable: at 0.32 the CV is 8.2 [6.8, 10.2] and 10.5 [4.2, 36.5], as
far as 20 s tell; the start decides up to 0.2 and is forgotten from 0.4 on. Repetitive: largest CV 0.248 [0.237, 0.261]
and 0.247 [0.232, 0.264], at 1.6.

Difference: none in the claims. The models agree but below sigma = 1, where jumps are less regular: bistable at 0.8, CV
0.852 [0.827, 0.880] by jumps, 0.807 [0.786, 0.829] by diffusion. No interval is drawn that spans a factor of ten.

    python paper_figures/luccioli_kreuz_torcini_2006.py --quick --out out
"""

import numpy as np

import stochhh as sh
from stochhh.plotting import GREY, PAGE, against, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import LOG, Quantity, TrialSums, by_trial, cv
from stochhh.theory import autocovariance

REST = sh.HodgkinHuxley(I_app=0.0).rest()
REGIMES = {"silent": 5.0, "bistable": 8.0, "repetitive": 10.0}  # uA/cm2
WEIGHT = 0.5  # mV
TRANSIENT = 500.0  # ms
STEP, LAGS = 0.5, 400  # ms between samples of V; number of lags
WEAK = np.array([0.05, 0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 4, 6, 8])  # mV/sqrt(ms), panel d
BACKENDS = ("jump", "diffusion")
EXTREMES = {  # what the paper speaks of, and between which noises it is sought
    "silent": [(np.argmin, 1, 20)],
    "bistable": [(np.argmax, 0.1, 1)],
    "repetitive": [(np.argmax, 0.1, 4)],
    "tau": [(np.argmax, 0, 0.5), (np.argmax, 1, 20)],
}


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
    weak = WEAK[::4] if quick else WEAK

    def runs(key, noises, statistic, backend, initial=REST, traced=False):
        regime, start = key[:2]
        model = sh.HodgkinHuxley(I_app=REGIMES[regime], initial=initial)
        estimates = []
        for sigma in noises:
            kept = 2000.0 if quick else 20_000.0 if sigma < 0.8 and not traced else 4000.0
            result = sh.simulate(
                model, noise(sigma), backend=backend, duration=TRANSIENT + kept, transient=TRANSIENT, seed=options.seed,
                n_trials=16 if quick else 96 if traced else 64, trace_interval=STEP if traced else None, progress=False,
            )  # fmt: skip
            estimates.append(statistic(result if traced else result.spikes))
            about = {"regime": regime, "I_app": REGIMES[regime], "start": start, "backend": backend, "sigma": sigma}
            rows.append(about | {"statistic": estimates[-1].name} | estimates[-1].as_dict())
        found[(*key, backend)] = noises, estimates

    for backend in BACKENDS:
        for regime in REGIMES:
            runs((regime, "rest at I = 0", "cv"), sigmas, cv, backend)
        runs(("silent", "rest at I = 0", "tau"), weak, correlation_time, backend, traced=True)
    runs(("bistable", "fixed point", "cv"), sigmas[sigmas < 2], cv, "diffusion", initial="rest")
    model, lags = sh.HodgkinHuxley(I_app=REGIMES["silent"]), STEP * np.arange(LAGS)
    black = squared(autocovariance(model, noise(1.0), lags))  # below threshold: the same at any noise
    rows.append(
        {"regime": "silent", "I_app": 5.0, "start": "fixed point", "backend": "linear response", "sigma": 0.0}
        | {"statistic": "correlation_time", "value": black, "low": black, "high": black, "level": 0.95, "unit": "ms"}
    )
    save_figure(drawn(found, black), options, "luccioli_kreuz_torcini_2006", rows)


def drawn(found, black):
    with journal():
        figure = new_figure(PAGE, 110.0)
        axes = dict(zip((*REGIMES, "tau"), figure.subplots(2, 2, sharex=True).flat, strict=True))
        for (regime, start, statistic, backend), (noises, estimates) in found.items():
            name = "tau" if statistic == "tau" else regime
            known = [i for i, estimate in enumerate(estimates) if estimate.low is not None]
            look = {"color": GREY, "ls": ":"} if start == "fixed point" else {}
            label = "from the fixed point" if look else backend
            noises, estimates = noises[known], [estimates[i] for i in known]
            sharp = [e if e.high < 10 * e.low else e.without_interval("one silent trial") for e in estimates]
            against(noises, sharp, axes[name], backend=backend, label=label, **look)
            if not look:
                rings(axes[name], noises, np.array([estimate.value for estimate in estimates]), EXTREMES[name])
        axes["tau"].axhline(black, color="black", lw=0.6, label="linear response")
        axes["silent"].set_xscale("log")
        axes["silent"].xaxis.set_major_formatter("{x:g}")
        for (name, ax), text in zip(axes.items(), "abcd", strict=True):
            ax.set_xlabel(r"Noise, $\sigma$ (mV/$\sqrt{\mathrm{ms}}$)")
            ax.set_ylabel(f"CV, {name}, {REGIMES[name]:g} µA/cm²" if name in REGIMES else "Correlation time (ms)")
            ax.set(xlim=(0.045, 14), ylim=(0, None)) if name != "bistable" else ax.set(yscale="log", ylim=(5e-3, 50))
            legend_above(ax)
            letter(ax, text, 28)
    return figure


def rings(ax, noises, values, extremes):
    """A ring around the least or the largest value between two noises."""
    for find, low, high in extremes:
        inside = np.flatnonzero((noises >= low) & (noises <= high))
        if inside.size:
            at = inside[find(values[inside])]
            ax.plot(noises[at], values[at], "o", ms=6, mfc="none", mec="black", mew=0.6, zorder=5)


if __name__ == "__main__":
    main(make, __doc__)
