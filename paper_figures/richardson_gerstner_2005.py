"""After Richardson and Gerstner (2005): does shot noise skew the membrane potential, and move its mean or variance?

Richardson and Gerstner, Neural Comput. 17, 923 (2005): a passive membrane below threshold under excitatory and
inhibitory conductances that Poisson spikes open.

Stated (read in the abstract): shot noise skews V, in the opposite sense to the fluctuations of the conductance; the
diffusion approximation has the latter alone; mean and variance of V are robust against both. The parameters could not
be read.

Here: synapses without time course or reversal potential, a jump of a mV each, so that the noise is additive. The mean
is held by I_app = -kappa_1 and kappa_2 is kept, while the weight a grows and the rate falls like a^-2: kappa_3 = +- a
kappa_2 with excitation or inhibition alone, 0 with both in equal parts. (a) Passive membrane, tau = 10 ms, kappa_2 =
0.8 mV2/ms: standard deviation 2 mV. Theory, exact: skewness = (2 sqrt(2) / 3) kappa_3 / (kappa_2^1.5 sqrt(tau)). (b)
Hodgkin-Huxley neuron at rest (I_app + kappa_1 = 0, E_L = -54.387 mV), kappa_2 = 0.2, so weak that it does not fire.
Theory: linear response, to which the skewness of the diffusion is added: that of the membrane itself, whose
conductances depend on V. (c, d) Mean and variance, in terms of what theory says.

(a) At 2 mV the skewness is 0.668 [0.654, 0.683] by excitation and as much below 0 by inhibition; theory 0.667. (b) At
0.7 mV it is 0.931 [0.925, 0.938] and -0.765 [-0.770, -0.760]; theory 0.930 and -0.747, of which 0.091 [0.087, 0.096] is
the diffusion's. (c, d) The mean stays within 0.02 standard deviations of theory, the variance within 1 % (passive)
and from -2 to +6 %, 2 % by diffusion (Hodgkin-Huxley). The diffusion of the passive membrane has skewness -0.011
[-0.022, 0.000] with this seed; others give either sign.

Difference: without conductances of synapses nothing skews the passive membrane the other way. What does so in (b) is
the neuron's own nonlinearity: always positive, it adds to excitation's shots and opposes those of inhibition. As in the
paper the diffusion has that part alone, and the rest is the third cumulant's: of the sign of kappa_3.

    python paper_figures/richardson_gerstner_2005.py --quick --out out
"""

from dataclasses import replace

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, against, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import V_mean, V_skewness, V_variance, rate
from stochhh.theory import linear_response

REST = sh.HodgkinHuxley(I_app=0.0).rest()
SIGNS = {"excitation": (+1,), "both": (+1, -1), "inhibition": (-1,)}
KAPPA_2 = {"passive": 0.8, "Hodgkin-Huxley": 0.2}  # mV2/ms
WEIGHTS = {"passive": np.linspace(0.2, 2.0, 7), "Hodgkin-Huxley": np.linspace(0.1, 0.7, 7)}  # mV
STATISTICS = (V_mean, V_variance, V_skewness)


def neuron(model, I_app):
    return sh.Passive(I_app=I_app) if model == "passive" else sh.HodgkinHuxley(I_app=I_app, initial=REST)


def shots(model, kind, weight):
    """1000 neurons of each sign, whose rates make up kappa_2."""
    signs = SIGNS[kind]
    hertz = KAPPA_2[model] / (len(signs) * weight**2)
    names = {+1: "exc", -1: "inh"}
    return sh.SynapticInput(*(sh.Population(names[s], n=1000, rate=hertz, p=1.0, weight=s * weight) for s in signs))


def make(options):
    weights = {model: w[::3] if options.quick else w for model, w in WEIGHTS.items()}
    run = {"duration": 1100.0, "transient": 100.0, "n_trials": 200 if options.quick else 2000, "seed": options.seed}
    rows, found = [], {}

    def measure(model, kind, weight, backend):
        drive = shots(model, kind, weight)
        alone = neuron(model, -drive.cumulant(1))
        result = sh.simulate(alone, drive, backend=backend, progress=False, **run)
        estimates = {f.__name__: f(result.moments) for f in STATISTICS} | {"rate": rate(result.spikes)}
        said = linear_response(alone, drive)
        about = {"model": model, "input": kind, "backend": backend, "weight": weight}
        rows.extend(
            about | {"statistic": name, "theory": getattr(said, name, 0.0)} | estimate.as_dict()
            for name, estimate in estimates.items()
        )
        return estimates, said

    for model in KAPPA_2:
        found[model, "diffusion"] = measure(model, "both", weights[model][0], "diffusion")
        for kind in SIGNS:
            found[model, kind] = [measure(model, kind, weight, "jump") for weight in weights[model]]
    save_figure(drawn(weights, found), options, "richardson_gerstner_2005", rows)


def drawn(weights, found):
    with journal():
        figure = new_figure(PAGE, 110.0)
        axes = figure.subplots(2, 2)
        for ax, model in zip(axes[0], KAPPA_2, strict=True):
            skewness(ax, weights[model], model, found)
        for ax, name in zip(axes[1], ("V_mean", "V_variance"), strict=True):
            robust(ax, name, found)
        for ax, text in zip(axes.flat, "abcd", strict=True):
            letter(ax, text, 32)
    return figure


def skewness(ax, weights, model, found):
    """Skewness against weight: jumps as points, the diffusion as a band, theory black."""
    diffusion = found[model, "diffusion"][0]["V_skewness"]
    against([0, 1.04 * weights[-1]], [diffusion] * 2, ax, backend="diffusion", label="diffusion", marker="")
    own = diffusion.value if model != "passive" else 0.0
    for kind in SIGNS:
        estimates, said = zip(*found[model, kind], strict=True)
        jumps = [estimate["V_skewness"] for estimate in estimates]
        last = kind == "inhibition"
        against(weights, jumps, ax, backend="jump", label="jump" if last else None, band=False, ms=3)
        line = [own + response.V_skewness for response in said]
        ax.plot([0, *weights], [own, *line], color="black", lw=0.7, label="theory" if last else None, zorder=2)
        ax.annotate(kind, (weights[-1], line[-1]), (8, -2), textcoords="offset points")
    ax.set(xlim=(0, 1.04 * weights[-1]), xlabel="Weight, $a$ (mV)", ylabel=f"Skewness of $V$, {model}")
    legend_above(ax)


def robust(ax, name, found):
    """Mean or variance in terms of theory, against the skewness that the shots make."""
    for model, marker in zip(KAPPA_2, "os", strict=True):
        for kind in SIGNS:
            estimates, said = zip(*found[model, kind], strict=True)
            jumps = [relative(estimate[name], response) for estimate, response in zip(estimates, said, strict=True)]
            label = model if kind == "both" else None
            skewed = [response.V_skewness for response in said]
            against(skewed, jumps, ax, backend="jump", label=label, band=False, marker=marker, ms=3)
        diffusion = relative(found[model, "diffusion"][0][name], said[0])
        against([-1, 1], [diffusion] * 2, ax, backend="diffusion", marker="")
    ax.axhline(name == "V_variance", color="black", lw=0.7, zorder=2)
    ax.set(xlabel="Skewness by shots, theory", xlim=(-1, 1), xticks=(-0.5, 0, 0.5))
    if name == "V_mean":
        ax.set(ylabel="(Mean $-$ theory) / sd", ylim=(-0.25, 0.25))
    else:
        ax.set(ylabel="Variance / theory", ylim=(0.75, 1.25))
    legend_above(ax)


def relative(estimate, said):
    """The mean about that of theory, in its standard deviations, or the variance over that of theory."""
    shift, scale = (said.V_mean, said.V_variance**0.5) if estimate.name == "V_mean" else (0.0, said.V_variance)
    ends = {end: (getattr(estimate, end) - shift) / scale for end in ("value", "low", "high")}
    return replace(estimate, unit="1", **ends)


if __name__ == "__main__":
    main(make, __doc__)
