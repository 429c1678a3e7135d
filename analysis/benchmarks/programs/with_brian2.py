"""Brian2, C++ standalone mode, its own compiler flags: one group of neurons, one neuron a trial.

diffusion:  noise as xi, method "euler".
jump:       two PoissonInput, binomial counts in every step.
per-neuron: a PoissonGroup of all presynaptic neurons and random synapses of their own for one neuron.
"""

from pathlib import Path

import numpy as np
import task
from brian2 import (
    Network,
    NeuronGroup,
    PoissonGroup,
    PoissonInput,
    SpikeMonitor,
    Synapses,
    defaultclock,
    device,
    ms,
    second,
    seed,
    set_device,
)  # fmt: skip

SCHEMES = {
    "diffusion": "Euler-Maruyama",
    "jump": "Euler, binomial counts in every step",
    "per-neuron": "Euler, every presynaptic neuron drawn in every step",
}

# V in units of mV; exprel(u) = (exp(u) - 1)/u.
EQUATIONS = """
dV/dt = (I_app + drive - g_Na*m**3*h*(V - E_Na) - g_K*n**4*(V - E_K) - g_L*(V - E_L))/ms {noise} : 1
dm/dt = (1/exprel(-(V + 40)/10)*(1 - m) - 4*exp(-(V + 65)/18)*m)/ms : 1
dh/dt = (0.07*exp(-(V + 65)/20)*(1 - h) - h/(1 + exp(-(V + 35)/10)))/ms : 1
dn/dt = (0.1/exprel(-(V + 55)/10)*(1 - n) - 0.125*exp(-(V + 65)/80)*n)/ms : 1
"""
CONSTANTS = {
    "I_app": task.I_APP, "g_Na": task.G_NA, "g_K": task.G_K, "g_L": task.G_L, "E_Na": task.E_NA, "E_K": task.E_K,
    "E_L": task.E_L, "sigma": task.KAPPA_2**0.5,
}  # fmt: skip


def neurons(options):
    """The neurons: one trial each."""
    diffusion = options.job == "diffusion"
    constants = CONSTANTS | {"drive": task.KAPPA_1 if diffusion else 0.0}
    group = NeuronGroup(
        options.trials, EQUATIONS.format(noise="+ sigma*xi/ms**0.5" if diffusion else ""), method="euler",
        threshold="V >= 0", refractory="V >= -30", namespace=constants,
    )  # fmt: skip
    group.V, group.m, group.h, group.n = task.INITIAL
    return group


def inputs(options, group):
    """What drives them."""
    if options.job == "jump":
        shares = (options.inputs * 4 // 5, options.inputs // 5)
        return [
            PoissonInput(group, "V", n, rate * 1000 / n / second, weight=weight)
            for n, rate, weight in zip(shares, options.rates, options.weights, strict=True)
        ]
    if options.job == "per-neuron":
        each = options.events / task.P / options.inputs * 1000 / second
        sources = PoissonGroup(options.inputs * options.trials, each)
        kick = "V_post += int(rand() < 0.5)*weight"
        synapses = Synapses(sources, group, "weight : 1 (constant)", on_pre=kick)
        i = np.arange(len(sources))
        synapses.connect(i=i, j=i // options.inputs)
        synapses.weight = np.where(i % options.inputs < options.inputs * 4 // 5, *options.weights)
        return [sources, synapses]
    return []


def main():
    options = task.asked(*SCHEMES)
    set_device("cpp_standalone", build_on_run=False)
    watch, running = task.Stopwatch(), task.Stopwatch(children=True)
    defaultclock.dt = task.DT * ms
    seed(options.seed)
    group = neurons(options)
    monitor = SpikeMonitor(group)
    Network(group, monitor, *inputs(options, group)).run(options.duration * ms)
    with watch.part("compile"):
        device.build(directory=str(Path(options.build) / options.job), compile=True, run=False)
    with running.part("run"):
        device.run()
    watch.wall["run"], watch.cpu["run"] = device._last_run_time, running.cpu["run"]
    spikes = list(zip(np.asarray(monitor.i), np.asarray(monitor.t / ms), strict=True))
    task.answer(options, SCHEMES[options.job], watch, spikes, ["brian2", "numpy"])


if __name__ == "__main__":
    main()
