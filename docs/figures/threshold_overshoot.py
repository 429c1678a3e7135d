"""Why is the rate at a hard threshold wrong under the diffusion, even without a third cumulant?

Leaky integrate-and-fire neurons under exponential weights of mean a, as many excitatory as inhibitory events, so that
kappa_3 = 0; kappa_2 = 1 mV2/ms at every a, and a mean of 10 mV above rest, as far below the threshold.

(a) Rate against a. Lines: by jumps (statement 10.2, exact), by the diffusion (Siegert's formula), and Siegert's formula
with the threshold raised by a, the mean overshoot of an exponential jump. Points: simulation, 200 trials of 20 s, 95 %
intervals; one of the diffusion, which does not know a, at the left (dt = 0.01 ms). (b) The relative error of both
formulas for the diffusion: of the order a, like 1/sqrt(N) (it changes sign at 0.4 mV), and of the order a^2 with the
raised threshold.

    python docs/figures/threshold_overshoot.py --out docs/figures
"""

from dataclasses import replace
from functools import partial

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, against, colour_of, dashes_of, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import rate
from stochhh.theory import shot_noise_rate, siegert_rate

NEURON = sh.LeakyIntegrateAndFire(I_app=0.5)  # rests 10 mV above E_L, 10 mV below the threshold
FINE = np.geomspace(0.003, 3.0, 241)  # mV
GUIDE = (0.005, 0.1)  # mV: ends of the lines of slope 1 and 2
SIMULATED = {"jump": [0.2, 0.5, 1.0, 2.5], "diffusion": [0.004]}  # mV
GREEN = "#009E73"


def drive(a):
    """Excitation and inhibition of mean a: kappa_2 = 2 a^2 (events/ms) = 1 mV2/ms."""
    half = partial(sh.Population, n=1, rate=250.0 / a**2, p=1.0, weight_distribution="exponential")
    return sh.SynapticInput(half("exc", weight=+a), half("inh", weight=-a))


def rates(a):
    farther = replace(NEURON, threshold=NEURON.threshold + a)
    return shot_noise_rate(NEURON, drive(a)), siegert_rate(NEURON, drive(a)), siegert_rate(farther, drive(a))


def make(options):
    trials = 20 if options.quick else 200
    run = {"duration": 20_200.0, "transient": 200.0, "n_trials": trials, "seed": options.seed, "progress": False}
    jump, diffusion, shifted = np.array([rates(a) for a in FINE]).T
    rows = [
        {"a": a, "case": f"{case}, formula", "value": y, "low": y, "high": y}
        for case, values in (("jump", jump), ("diffusion", diffusion), ("threshold raised", shifted))
        for a, y in zip(FINE, values, strict=True)
    ]
    with journal():
        figure = new_figure(PAGE, 62.0)
        left, right = figure.subplots(1, 2)
        for y, backend in ((jump, "jump"), (diffusion, "diffusion")):
            left.plot(FINE, y, color=colour_of(backend), ls=dashes_of(backend), label=backend)
            found = [rate(sh.simulate(NEURON, drive(a), backend=backend, **run).spikes) for a in SIMULATED[backend]]
            against(SIMULATED[backend], found, left, backend=backend, ls="", ms=3, band=False)
            for a, one in zip(SIMULATED[backend], found, strict=True):
                ends = {"value": one.value, "low": one.low, "high": one.high}
                rows.append({"a": a, "case": f"{backend}, simulation"} | ends)
        left.plot(FINE, shifted, color=GREEN, ls=":", lw=1.2, label="diffusion, threshold raised by $a$")
        errors = ((diffusion, colour_of("diffusion"), dashes_of("diffusion")), (shifted, GREEN, ":"))
        for (y, colour, dashes), order, apart in zip(errors, (1, 2), (3, 1 / 3), strict=True):
            error = np.abs(y / jump - 1)
            right.plot(FINE, 100 * error, color=colour, ls=dashes, lw=1.2)
            guide = 100 * apart * np.interp(GUIDE[0], FINE, error) * (np.array(GUIDE) / GUIDE[0]) ** order
            right.plot(GUIDE, guide, color="0.6", lw=0.6)
            right.annotate(f"slope {order}", (1.15 * GUIDE[1], guide[1]), fontsize=6, va="center")
        left.set(xscale="log", xlabel="Mean weight, $a$ (mV)", ylabel="Rate (Hz)", ylim=(0, None))
        right.set(xscale="log", yscale="log", xlabel="Mean weight, $a$ (mV)", ylabel="|Error of the rate| (%)")
        for ax, text in ((left, "a"), (right, "b")):
            ax.xaxis.set_major_formatter("{x:g}")
            letter(ax, text, 28)
        right.yaxis.set_major_formatter("{x:g}")
        left.legend(loc="upper left")
    save_figure(figure, options, "threshold_overshoot", rows)


if __name__ == "__main__":
    main(make, __doc__)
