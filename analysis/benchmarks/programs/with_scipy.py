"""scipy's solve_ivp from event to event, LSODA, rtol 1e-6, atol 1e-8: exact event times, one trial after another."""

import task

task.one_thread()
import math  # noqa: E402

import numpy as np  # noqa: E402
from scipy.integrate import solve_ivp  # noqa: E402


def linoid(u):
    return 1.0 if u == 0 else -u / math.expm1(-u)


def vector_field(t, x):
    V, m, h, n = x
    return (
        task.I_APP
        - task.G_NA * m**3 * h * (V - task.E_NA)
        - task.G_K * n**4 * (V - task.E_K)
        - task.G_L * (V - task.E_L),
        linoid((V + 40) / 10) * (1 - m) - 4 * math.exp(-(V + 65) / 18) * m,
        0.07 * math.exp(-(V + 65) / 20) * (1 - h) - h / (1 + math.exp(-(V + 35) / 10)),
        0.1 * linoid((V + 55) / 10) * (1 - n) - 0.125 * math.exp(-(V + 65) / 80) * n,
    )


def trial_crossings(options, random):
    """Times at which V crosses the threshold upwards, and the same for the level that arms again."""
    t, x, levels = 0.0, np.array(task.INITIAL), (task.THRESHOLD, task.REARM)
    found = ([], [])
    while t < options.duration:
        event = t + random.exponential(1 / options.events)
        end = min(event, options.duration)
        after = solve_ivp(vector_field, (t, end), x, method="LSODA", rtol=1e-6, atol=1e-8).y[:, -1]
        kick = options.weights[int(random.random() >= task.SHARES[0])] if event < options.duration else 0.0
        for level, times in zip(levels, found, strict=True):
            if x[0] < level <= after[0]:
                times.append(t + (level - x[0]) / (after[0] - x[0]) * (end - t))
            elif after[0] < level <= after[0] + kick:
                times.append(end)
        x = after + np.array([kick, 0.0, 0.0, 0.0])
        t = end
    return found


def main():
    options = task.asked("jump")
    watch, crossings = task.Stopwatch(), ([], [])
    random = np.random.default_rng(options.seed)
    with watch.part("run"):
        for trial in range(options.trials):
            for all_times, times in zip(crossings, trial_crossings(options, random), strict=True):
                all_times += [(trial, time) for time in times]
        spikes = task.with_hysteresis(*crossings)
    task.answer(options, "LSODA from event to event, rtol 1e-6", watch, spikes, ["scipy", "numpy"])


if __name__ == "__main__":
    main()
