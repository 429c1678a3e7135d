"""What does a neuron below threshold do with one event, and how far does the linear equation hold?

(a) The response of V to an event of 1 mV at time 0, by the linearised equations: a passive membrane (10 ms), and the
Hodgkin-Huxley neuron at rest at I_app = 0, 3 and 7 uA/cm2. It rings, the more the nearer the Hopf point at 9.78.

(b) Variance of V (I_app = 0, from rest, samples around spikes left out) over that of linear response, against
kappa_2; 1000 presynaptic neurons of 10 Hz, as many excitatory as inhibitory. 50 trials of 5 s, 95 % intervals.
The diffusion is by Heun's scheme at 0.02 ms.
(c) The spectrum of V at kappa_2 = 0.05 mV2/ms: jumps, diffusion and linear response (dash-dotted); simultaneous bands.

    python docs/figures/linear_filter.py --out docs/figures
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.linalg import expm

import stochhh as sh
from stochhh.plotting import PAGE, against, curves, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import membrane_variance, power_spectrum
from stochhh.theory import fixed_point, jacobian, linear_response
from stochhh.theory import power_spectrum as linear_spectrum

NEURON = sh.HodgkinHuxley(I_app=0.0, initial="rest")
NEURONS = {"passive": sh.Passive()} | {f"{I:g} µA/cm²": sh.HodgkinHuxley(I_app=I) for I in (0.0, 3.0, 7.0)}
LOOKS = (("0.45", ":"), ("#56B4E9", "-"), ("#009E73", "--"), ("#D55E00", "-."))
SIZES = np.array([0.02, 0.05, 0.1, 0.2, 0.5, 1.0])  # kappa_2, mV2/ms
WEAK = 0.05
HEUN = sh.Diffusion(scheme="heun", dt=0.02)  # whose own error is below what is seen here


def drive(kappa_2):
    weight = np.sqrt(kappa_2 / 10.0)  # 10 events/ms
    return sh.SynapticInput(
        sh.Population("exc", n=500, rate=10.0, weight=+weight, p=1.0),
        sh.Population("inh", n=500, rate=10.0, weight=-weight, p=1.0),
    )


def responses():
    time = np.linspace(0, 40, 401)
    for name, neuron in NEURONS.items():
        J = np.array(jacobian(neuron, fixed_point(neuron, sh.SynapticInput())))
        yield name, time, np.array([expm(J * t)[0, 0] for t in time])


def make(options):
    trials, rows = 20 if options.quick else 50, []
    run = {"duration": 5200.0, "transient": 200.0, "n_trials": trials, "seed": options.seed, "progress": False}
    with journal():
        figure = new_figure(PAGE, 62.0)
        left, middle, right = figure.subplots(1, 3)
        for (name, time, V), (colour, dashes) in zip(responses(), LOOKS, strict=True):
            left.plot(time, V, color=colour, ls=dashes, label=name)
            rows.append(pd.DataFrame({"panel": "a", "case": name, "x": time, "value": V, "low": V, "high": V}))
        spectra = {}
        for backend, of, shift in (("jump", "jump", 0.97), ("diffusion", HEUN, 1.03)):
            found = []
            for kappa_2 in SIZES:
                result = sh.simulate(NEURON, drive(kappa_2), backend=of, membrane=sh.Sampling(), **run)
                theory = linear_response(NEURON, drive(kappa_2)).V_variance
                found.append(over(membrane_variance(result, subthreshold=True), theory))
                row = {"panel": "b", "case": backend, "x": kappa_2} | found[-1].as_dict()
                rows.append(pd.DataFrame([row])[list(rows[0])])
                if kappa_2 == WEAK:
                    spectra[backend] = power_spectrum(result)
            against(shift * SIZES, found, middle, backend=backend, label=backend, ls="", ms=3, band=False)
        middle.axhline(1, color="black", lw=0.6)
        curves(spectra, right, theory=lambda f: linear_spectrum(NEURON, drive(WEAK), f), legend=False)
        for case, found in spectra.items():
            table = found.to_dataframe().rename(columns={"frequency": "x"})
            rows.append(table.assign(panel="c", case=case)[list(rows[0])])
        left.set(xlim=(0, 40), xlabel="Time since the event (ms)", ylabel="Response of $V$ (mV)")
        middle.set(xscale="log", xlabel=r"$\kappa_2$ (mV²/ms)", ylabel="Variance / linear response", xlim=(0.013, 1.5))
        middle.xaxis.set_major_formatter("{x:g}")
        right.set_xlim(4, 500)
        left.legend(loc="upper right")
        legend_above(middle)
        for ax, text in ((left, "a"), (middle, "b"), (right, "c")):
            letter(ax, text, 28)
    save_figure(figure, options, "linear_filter", pd.concat(rows))


def over(estimate, scale):
    """An Estimate over a known number."""
    ends = {end: getattr(estimate, end) / scale for end in ("value", "low", "high")}
    return replace(estimate, **ends, unit="1")


if __name__ == "__main__":
    main(make, __doc__)
