"""Is the number of times that V crosses a level a property of the neuron, or of the time step?

A passive membrane whose leak holds it at the threshold, 0 mV, under white noise of kappa_2 = 2 mV2/ms (statement 7.1).

(a) One path of the diffusion about its first crossing, at a step of 0.0025 ms: dots are all upward crossings of 0 mV.
(b) The same path for 200 ms: it begins below the threshold, is armed again below -8 mV (dashed) and so has few spikes
(ticks). (c) Spikes per second against the time step, 100 trials of 200 ms, 95 % intervals by trial: with the second
level a hair below the first, 10^-6 mV, the number grows like 1/sqrt(dt), without bound (line: this law through the
longest step); with the second level 8 mV below the first it has a limit.

    python docs/figures/spike_levels.py --out docs/figures
"""

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, against, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import rate

NOISE = sh.SynapticInput(
    sh.Population("up", n=100, rate=20.0, weight=+1.0, p=0.5),
    sh.Population("down", n=100, rate=20.0, weight=-1.0, p=0.5),
)
DURATION, FAR = 200.0, -8.0  # ms, mV
STEPS = np.array([0.1, 0.04, 0.02, 0.01, 0.005, 0.0025])  # ms
LEVELS = {-1e-6: ("#D55E00", "s", "a hair below 0 mV"), FAR: ("#0072B2", "o", f"\N{MINUS SIGN}{-FAR:g} mV")}


def simulated(rearm, dt, options, **run):
    membrane = sh.Passive(E_L=0.0, g_L=0.05, initial=(-20.0,), rearm=rearm)
    run = {"duration": DURATION, "seed": options.seed, "progress": False} | run
    return sh.simulate(membrane, NOISE, backend="diffusion", dt=dt, **run)


def make(options):
    trials, rows = 20 if options.quick else 100, []
    path = simulated(FAR, STEPS[-1], options, trace_interval=STEPS[-1])
    with journal():
        figure = new_figure(PAGE, 58.0)
        near, whole, right = figure.subplots(1, 3)
        for ax in (near, whole):
            ax.plot(path.traces.time, path.traces.values[0, 0], color=colour_of("diffusion"), lw=0.5)
            ax.axhline(0, color="black", lw=0.6)
            ax.set(xlabel="Time (ms)", ylabel="$V$ (mV)")
        crossings(near, path, simulated(-1e-6, STEPS[-1], options).spikes.time)
        whole.axhline(FAR, color="black", lw=0.6, ls=(0, (4, 3)))
        top = path.traces.values[0, 0].max() + 2
        whole.plot(path.spikes.time, np.full(path.spikes.time.size, top), "k|", ms=5)
        whole.set(xlim=(0, DURATION))
        for rearm, (colour, marker, label) in LEVELS.items():
            found = [rate(simulated(rearm, dt, options, n_trials=trials).spikes) for dt in STEPS]
            against(STEPS, found, right, label=label, color=colour, marker=marker, ls="", ms=3, band=False)
            rows += [{"rearm": rearm, "dt": dt} | one.as_dict() for dt, one in zip(STEPS, found, strict=True)]
        right.plot(STEPS, rows[0]["value"] * (STEPS / STEPS[0]) ** -0.5, color="#D55E00", lw=0.7)
        right.set(
            xscale="log", yscale="log", xlabel="Time step (ms)", ylabel="Spikes per second (Hz)", xlim=(0.0018, 0.14)
        )
        right.xaxis.set_major_formatter("{x:g}")
        right.legend(title="second level", loc="center right")
        for ax, text in ((near, "a"), (whole, "b"), (right, "c")):
            letter(ax, text, 28)
    save_figure(figure, options, "spike_levels", rows)


def crossings(ax, path, times):
    """Four milliseconds about the first crossing, each crossing as a dot."""
    start = np.floor(times[0]) - 1
    times = times[times < start + 4]
    ax.plot(times, np.zeros(times.size), "o", ms=2, color="#D55E00", mew=0, zorder=3)
    ax.set(xlim=(start, start + 4))
    ax.set_title(f"{times.size} upward crossings", fontsize=7)
    inside = (path.traces.time >= start) & (path.traces.time <= start + 4)
    ax.set_ylim(path.traces.values[0, 0, inside].min() - 1, path.traces.values[0, 0, inside].max() + 1)


if __name__ == "__main__":
    main(make, __doc__)
