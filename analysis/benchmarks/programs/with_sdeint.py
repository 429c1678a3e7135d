"""sdeint: itoEuler, one trial after another, drift in plain Python with math.exp."""

import task

task.one_thread()
import math  # noqa: E402

import numpy as np  # noqa: E402
import sdeint  # noqa: E402

STEPS = 2000  # in one call


def linoid(u):
    return 1.0 if u == 0 else -u / math.expm1(-u)


def drift(x, t):
    V, m, h, n = x.tolist()
    return np.array(
        [
            task.I_APP
            + task.KAPPA_1
            - task.G_NA * m**3 * h * (V - task.E_NA)
            - task.G_K * n**4 * (V - task.E_K)
            - task.G_L * (V - task.E_L),
            linoid((V + 40) / 10) * (1 - m) - 4 * math.exp(-(V + 65) / 18) * m,
            0.07 * math.exp(-(V + 65) / 20) * (1 - h) - h / (1 + math.exp(-(V + 35) / 10)),
            0.1 * linoid((V + 55) / 10) * (1 - n) - 0.125 * math.exp(-(V + 65) / 80) * n,
        ]
    )


def main():
    options = task.asked("diffusion")
    watch, crossings = task.Stopwatch(), ([], [])
    noise = np.array([[task.KAPPA_2**0.5], [0.0], [0.0], [0.0]])
    random = np.random.default_rng(options.seed)
    times = np.arange(STEPS + 1) * task.DT
    with watch.part("run"):
        for trial in range(options.trials):
            x = np.array(task.INITIAL)
            for i in range(round(options.duration / task.DT / STEPS)):
                path = sdeint.itoEuler(drift, lambda x, t: noise, x, times, generator=random)
                x = path[-1]
                for level, found in zip((task.THRESHOLD, task.REARM), crossings, strict=True):
                    crossed = task.upward_crossings(path[:, :1], level, i * STEPS * task.DT)
                    found += [(trial, time) for _, time in crossed]
        spikes = task.with_hysteresis(*crossings)
    task.answer(options, "Euler-Maruyama", watch, spikes, ["sdeint", "numpy"])


if __name__ == "__main__":
    main()
