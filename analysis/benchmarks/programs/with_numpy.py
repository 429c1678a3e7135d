"""Plain numpy: all trials side by side in arrays, one step after another, in place where that is natural."""

import task

task.one_thread()
import numpy as np  # noqa: E402

SCHEMES = {"diffusion": "Euler-Maruyama", "jump": "Euler, Poisson counts in every step"}


def vector_field(V, m, h, n):
    alpha_m = 0.1 * (V + 40) / -np.expm1(-(V + 40) / 10)
    alpha_n = 0.01 * (V + 55) / -np.expm1(-(V + 55) / 10)
    return (
        task.I_APP
        - task.G_NA * m * m * m * h * (V - task.E_NA)
        - task.G_K * np.square(n * n) * (V - task.E_K)
        - task.G_L * (V - task.E_L),
        alpha_m * (1 - m) - 4 * np.exp(-(V + 65) / 18) * m,
        0.07 * np.exp(-(V + 65) / 20) * (1 - h) - h / (1 + np.exp(-(V + 35) / 10)),
        alpha_n * (1 - n) - 0.125 * np.exp(-(V + 65) / 80) * n,
    )


def kicks(options, random):
    """What the input adds to V in one step, mV, without end."""
    sd = np.sqrt(task.KAPPA_2 * task.DT)
    while options.job == "diffusion":
        yield from task.KAPPA_1 * task.DT + sd * random.standard_normal((256, options.trials))
    while True:
        counts = [random.poisson(rate * task.DT, (256, options.trials)) for rate in options.rates]
        yield from sum(weight * count for weight, count in zip(options.weights, counts, strict=True))


def simulate(options):
    """Spikes, pairs (trial, time)."""
    x = [np.full(options.trials, value) for value in task.INITIAL]
    armed = np.ones(options.trials, dtype=bool)
    spikes = []
    source = kicks(options, np.random.default_rng(options.seed))
    for step in range(round(options.duration / task.DT)):
        slope = vector_field(*x)
        before = x[0].copy()
        for variable, k in zip(x, slope, strict=True):
            variable += task.DT * k
        x[0] += next(source)
        crossed = armed & (x[0] >= task.THRESHOLD)
        if crossed.any():
            fraction = (task.THRESHOLD - before[crossed]) / (x[0] - before)[crossed]
            spikes += zip(np.flatnonzero(crossed), (step + fraction) * task.DT, strict=True)
        armed = (armed & ~crossed) | (x[0] < task.REARM)
    return spikes


def main():
    options = task.asked(*SCHEMES)
    watch = task.Stopwatch()
    with watch.part("run"):
        spikes = simulate(options)
    task.answer(options, SCHEMES[options.job], watch, spikes, ["numpy"])


if __name__ == "__main__":
    main()
