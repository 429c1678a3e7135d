"""stochhh: its own compiled loops, one worker.

diffusion: backend "diffusion" with its defaults. jump: backend "jump" with its defaults.
"""

import task

task.one_thread()
import stochhh as sh  # noqa: E402

SCHEMES = {"diffusion": "Euler-Maruyama", "jump": "event-driven, spike times to 0.001 ms"}


def drive(options):
    """The presynaptic neurons: their rate follows from their number."""
    shares = ("exc", options.inputs * 4 // 5), ("inh", options.inputs // 5)
    return sh.SynapticInput(
        *(
            sh.Population(name, n=n, rate=1000 * rate / (n * task.P), weight=weight, p=task.P)
            for (name, n), rate, weight in zip(shares, options.rates, options.weights, strict=True)
        )
    )


def main():
    options = task.asked(*SCHEMES)
    watch = task.Stopwatch()
    neuron = sh.HodgkinHuxley(
        C_m=task.C_M, g_Na=task.G_NA, g_K=task.G_K, g_L=task.G_L, E_Na=task.E_NA, E_K=task.E_K, E_L=task.E_L,
        I_app=task.I_APP, initial=task.INITIAL, threshold=task.THRESHOLD, rearm=task.REARM,
    )  # fmt: skip
    run = {"backend": options.job, "seed": options.seed, "workers": options.workers, "progress": False}
    with watch.part("compile"):
        sh.simulate(neuron, drive(options), duration=1.0, **run)
    with watch.part("run"):
        result = sh.simulate(neuron, drive(options), duration=options.duration, n_trials=options.trials, **run)
    spikes = zip(result.spikes.trial, result.spikes.time, strict=True)
    task.answer(options, SCHEMES[options.job], watch, spikes, ["stochhh", "numba", "numpy"])


if __name__ == "__main__":
    main()
