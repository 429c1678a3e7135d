"""What does a Hodgkin-Huxley neuron do without noise as the current grows, and what does noise make of it?

(a) The potential at rest (line where rest is stable, dashed where it is not) and the extremes of V in repetitive firing
(dots; the last 100 of 600 ms), against the applied current. Dotted verticals: the fold of cycles at 6.26 and the Hopf
points at 9.78 and 154.5 uA/cm2. Between the first two rest and firing are both stable (grey).

(b to d) V in the three ranges, at 3, 7 and 12 uA/cm2, with noise: one trial of 1 s each, from rest, under the jumps of
4000 excitatory and 1000 inhibitory neurons of 0.1 and -0.4 mV, 10 Hz, p = 0.5. Without it the first stays at rest for
ever, the second does one or the other, the third fires with a period of 13.7 ms.

    python docs/figures/bifurcation_diagram.py --out docs/figures
"""

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.theory import bifurcations, fixed_point, jacobian, limit_cycle

NOTHING = sh.SynapticInput()
NOISE = sh.SynapticInput(
    sh.Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
    sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
)
SHOWN = {3.0: "silent", 7.0: "bistable", 12.0: "firing"}  # uA/cm2
ORANGE = "#D55E00"


def rest(I_app):
    """(V, whether it is stable)."""
    neuron = sh.HodgkinHuxley(I_app=I_app)
    state = fixed_point(neuron, NOTHING)
    return state[0], np.linalg.eigvals(jacobian(neuron, state)).real.max() < 0


def path(I_app, drive, seed, initial="rest", duration=1000.0):
    neuron = sh.HodgkinHuxley(I_app=I_app, initial=initial)
    run = {"backend": "jump", "duration": duration, "seed": seed, "trace_interval": 0.1, "progress": False}
    traces = sh.simulate(neuron, drive, **run).traces
    return traces.time, traces.values[0, 0]


def extremes(I_app, seed):
    """Lowest and highest V of firing, begun on a cycle at 10 uA/cm2."""
    V = path(I_app, NOTHING, seed, limit_cycle(sh.HodgkinHuxley(I_app=10.0))[0], 600.0)[1][-1000:]
    return V.min(), V.max()


def make(options):
    at = bifurcations(sh.HodgkinHuxley())
    either = [point.I_app * (1 + side) for point in at.hopf for side in (-1e-6, 1e-6)]
    currents = np.sort([*np.geomspace(1.0, 200.0, 40 if options.quick else 160), *either])
    cycles = np.geomspace(at.cycle_fold * 1.0005, at.hopf[1].I_app, 12 if options.quick else 40)
    rests = np.array([rest(I) for I in currents])
    ends = np.array([extremes(I, options.seed) for I in cycles])
    rows = [{"I_app": I, "branch": "rest", "low": V, "high": V} for I, V in zip(currents, rests[:, 0], strict=True)]
    rows += [{"I_app": I, "branch": "cycle", "low": low, "high": high}
             for I, (low, high) in zip(cycles, ends, strict=True)]  # fmt: skip
    with journal():
        figure = new_figure(PAGE, 75.0)
        left, right = figure.add_gridspec(1, 2, width_ratios=(1.1, 1))
        ax, lanes = figure.add_subplot(left), right.subgridspec(3, 1, hspace=0.08).subplots(sharex=True, sharey=True)
        stable = rests[:, 1].astype(bool)
        for kept, dashes, label in ((stable, "-", "rest, stable"), (~stable, "--", "rest, unstable")):
            ax.plot(currents, np.where(kept, rests[:, 0], np.nan), color="black", ls=dashes, label=label)
        for side, label in ((0, "firing, extremes of $V$"), (1, None)):
            ax.plot(cycles, ends[:, side], "o", ms=2, color=ORANGE, mew=0, label=label)
        ax.axvspan(at.cycle_fold, at.hopf[0].I_app, color="0.88", lw=0)
        for I in (at.cycle_fold, *(point.I_app for point in at.hopf)):
            ax.axvline(I, color="0.5", lw=0.6, ls=":")
        ax.set(xscale="log", xlim=(1, 200), xlabel="Applied current (µA/cm²)", ylabel="$V$ (mV)")
        ax.xaxis.set_major_formatter("{x:g}")
        ax.legend(loc="upper left", fontsize=6)
        letter(ax, "a", 28)
        for lane, (I, regime), text in zip(lanes, SHOWN.items(), "bcd", strict=True):
            lane.plot(*path(I, NOISE, options.seed), color=colour_of("jump"), lw=0.7)
            lane.set_title(f"{I:g} µA/cm², {regime}", loc="right", fontsize=7, pad=-5)
            lane.set(xlim=(0, 1000), ylim=(-85, 75), ylabel="$V$ (mV)")
            letter(lane, text, 28)
        lanes[-1].set_xlabel("Time (ms)")
    save_figure(figure, options, "bifurcation_diagram", rows)


if __name__ == "__main__":
    main(make, __doc__)
