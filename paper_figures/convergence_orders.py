"""At which order does each scheme of the diffusion converge, and does the jump's flow keep its tolerance?

a, strong: the mean over paths of |V_h - V_(h/2)| at 12 ms, after the first spike; b, weak: |E[V_h - V_(h/2)]| at 1.92
ms, on its upstroke. All steps h see the same Brownian paths: the library's own step functions, fed with sums of the
finest normal numbers. c, jump: root mean square change of spike times on the same events when the tolerance is cut to a
tenth. The question's input, with I_app = 7 uA/cm2 (a, b) and 3 (c).

Stated: for additive noise strong order 1 and 3/2 (SRA1), weak 1 (Euler-Maruyama) and 2 (Kloeden and Platen, Numerical
Solution of SDEs (1992), 10.3, 14.1, 15.1; Roessler, SIAM J. Numer. Anal. 48, 922 (2010); Alamo and Sanz-Serna, ibid.
54, 3239 (2016)); jump errors below the tolerance. Here: slopes, 95 % intervals over groups of paths. Difference: the
next order bends lines, so 0.93 and 1.84 instead of 1 and 2; SRA1 shows the second order of its drift before its 3/2,
since the noise is weak; few spikes on the verge of being none make up the jump's error.

    python paper_figures/convergence_orders.py --quick --out out
"""

from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator
from numba import njit
from scipy import stats

import stochhh as sh
from stochhh.integrators.kernels.arguments import Increment
from stochhh.integrators.kernels.scalar import compiled, states
from stochhh.integrators.schemes import SCHEMES
from stochhh.plotting import PAGE, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.system import compose

QUESTION = sh.Experiment.example("question").drive
NEURON = sh.HodgkinHuxley(I_app=7.0)
NAMES = {"euler-maruyama": "Euler-Maruyama", "heun": "Heun", "sra1": "SRA1"}
COLOURS = {"euler-maruyama": colour_of("diffusion"), "heun": "#D55E00", "splitting": "#009E73", "sra1": "#CC79A7"}
COLUMNS = ["panel", "scheme", "step", "difference", "low", "high", "order", "order_low", "order_high"]
GROUPS, FACTORS = 24, (1, 2, 4, 8, 16)
LABELS = {"strong": "Mean |$V_h - V_{h/2}$| (mV)", "weak": "|Mean $V_h - V_{h/2}$| (mV)", "jump": "Change, rms (ms)"}
# (duration, ms; scheme -> finest step, ms, and paths of a group): errors of the mean, which are small, take many paths
STRONG = 12.0, dict.fromkeys(COLOURS, (0.00125, 50))
WEAK = 1.92, dict(zip(COLOURS, ((0.00125, 200), (0.005, 4000), (0.005, 2000), (0.0025, 200)), strict=True))


def follower(name):
    """Compile (normals z and zeta, shape (paths, steps), dt) -> V at the end of each path."""
    scheme = SCHEMES[name]
    system = compose(NEURON, QUESTION)
    drift = compiled(system.linear_rates if scheme.linear else system.drift)
    step, first, p = compiled(scheme.build(drift, states(4, (0,)))), system.initial, system.parameters

    @njit(error_model="numpy", nogil=True)
    def ends(z, zeta, mean, size, dt):
        V = np.empty(len(z))
        for i in range(len(z)):
            x = first
            for k in range(z.shape[1]):
                x = step(k * dt, x, (Increment(mean, size, z[i, k], zeta[i, k]),), p, dt)
            V[i] = x[0]
        return V

    mean, kappa_2 = QUESTION.cumulant(1), QUESTION.cumulant(2)
    return lambda z, zeta, dt: ends(z, zeta, mean, (kappa_2 * dt) ** 0.5, dt)


def coarser(z, zeta, factor):
    """The normals of steps `factor` times as long, on the same paths: of W, and of the rest of its time integral."""
    z, zeta = (a.reshape(len(a), -1, factor) for a in (z, zeta))
    integral = np.sum(np.cumsum(z, axis=2) - z + 0.5 * (z + zeta / 3**0.5), axis=2)
    W = z.sum(axis=2) / factor**0.5
    return W, 3**0.5 * (2 * integral / factor**1.5 - W)


def differences(name, case, options):
    """V_h - V_(h/2) of every path, shape (groups, lengths, paths), and the longer steps h."""
    (duration, settings), ends = case, follower(name)
    finest, paths = settings[name]
    rng, steps, found = np.random.default_rng(options.seed), round(duration / finest), []
    for _ in range(8 if options.quick else GROUPS):
        z, zeta = rng.standard_normal((2, paths, steps))
        V = [ends(*coarser(z, zeta, factor), finest * factor) for factor in FACTORS]
        found.append(np.diff(V, axis=0))
    return np.array(found), finest * np.array(FACTORS[1:])


def jackknifed(statistic, groups):
    """Mean and half width (95 %) of a statistic of the mean over groups."""
    n, whole = len(groups), statistic(groups.mean(axis=0))
    pseudo = np.array([n * whole - (n - 1) * statistic(np.delete(groups, i, axis=0).mean(axis=0)) for i in range(n)])
    return pseudo.mean(axis=0), stats.t.ppf(0.975, n - 1) * pseudo.std(axis=0, ddof=1) / n**0.5


def rows_of(panel, name, x, groups, power=1):
    """Rows of one line: the differences, of which the groups hold a power, and their order."""
    slope, half = jackknifed(lambda mean: np.polyfit(np.log(x), np.log(np.abs(mean)) / power, 1)[0], groups)
    size, error = jackknifed(lambda mean: np.log(np.abs(mean)) / power, groups)
    print(f"{panel}, {name}: order {slope:.3f} +- {half:.3f}")
    for row in zip(x, *np.exp([size, size - error, size + error]), strict=True):
        yield (panel, name, *row, slope, slope - half, slope + half)


def jump_errors(options):
    """The tolerances, and the mean square change of spike times by a tenth of each, shape (groups, tolerances)."""
    tolerances, n = 10.0 ** np.arange(-2, -8, -1), 64 if options.quick else 480
    run = partial(sh.simulate, sh.HodgkinHuxley(I_app=3.0), QUESTION, duration=1000.0, n_trials=n, progress=False)
    trains = [run(backend=sh.Jump(tolerance=tolerance), seed=options.seed).spikes for tolerance in tolerances]
    spikes = [[train.of(k) for k in range(n)] for train in trains]
    # Trials without spikes, and those in which one is on the verge of being none, have no times to compare.
    numbers = [{len(train[k]) for train in spikes} for k in range(n)]
    same = [k for k in range(n) if len(numbers[k]) == 1 and 0 not in numbers[k]]
    square = np.array([[np.mean((a[k] - b[k]) ** 2) for k in same] for a, b in pairwise(spikes)])
    return tolerances[:-1], np.array([part.mean(axis=1) for part in np.array_split(square, GROUPS, axis=1)])


def make(options):
    rows = []
    for name in COLOURS:
        for panel, case, size in (("strong", STRONG, np.abs), ("weak", WEAK, np.positive)):
            groups, h = differences(name, case, options)
            rows += rows_of(panel, name, h, size(groups).mean(axis=2))
    rows += rows_of("jump", "jump", *jump_errors(options), power=2)
    table = pd.DataFrame(rows, columns=COLUMNS)
    save_figure(drawn(table), options, "convergence_orders", table)


def drawn(table):
    with journal():
        figure = new_figure(PAGE, 65.0)
        for ax, (panel, label) in zip(figure.subplots(1, 3), LABELS.items(), strict=True):
            for k, (name, rows) in enumerate(table[table.panel == panel].groupby("scheme", sort=False)):
                colour, marker = COLOURS.get(name, colour_of(name)), "os^D"[k % 4]
                order, low, high = rows[["order", "order_low", "order_high"]].iloc[0]
                said = f"{NAMES.get(name, name)}  {order:.2f} [{low:.2f}, {high:.2f}]"
                bars = rows.difference - rows.low, rows.high - rows.difference
                ax.errorbar(rows.step, rows.difference, bars, color=colour, marker=marker, ms=3, lw=0.8, label=said)
            ax.set(xscale="log", yscale="log", xlabel="Step, $h$ (ms)", ylabel=label, xmargin=0.05)
            if panel != "jump":
                ax.xaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), major_formatter="{x:g}", minor_formatter="")
            letter(ax, "abc"[list(LABELS).index(panel)], 30)
            ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=6)
        ax.plot(rows.step, rows.step, color="0.6", lw=0.7, ls=(0, (4, 2)))
        ax.annotate("the tolerance", (rows.step.iloc[1], 1.5 * rows.step.iloc[1]), fontsize=6, ha="right")
        ax.set_xlabel("Tolerance (ms)")
    return figure


if __name__ == "__main__":
    main(make, __doc__)
