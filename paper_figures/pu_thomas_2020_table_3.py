"""After Pu and Thomas (2020), table 3: what do accuracy of the ISI distribution and run time cost each other?

An analogue of table 3 of Neural Comput. 32, 1775 (2020), with synaptic noise where theirs is channel noise: the
L1-Wasserstein distance between the distribution of the interspike intervals (ISIs) and the exact one, beside the run
time. Exact are jumps at a tolerance of 1e-4 ms and four times as many trials; the neuron (I_app = 3 uA/cm2) has the
question's 100 inputs, or 5000 of a tenth of the weight. (a, b) Distances from the exact distribution, (c, d) those of
the diffusions from the diffusion's own (SRA1 at 0.01 ms). Bars: 95 %, conservative. Grey: below the critical value of
the permutation test (5 %), so that no difference is detectable with these trials (400; per-neuron, slow, has 8 and a
higher critical value of its own); markers there are open and not joined. Processor time, all cores together.

Stated, of channel noise: Markov chain against itself 2.27e-4 +- 7.15e-5 ms in 3790 s; its Langevin equations, from
8.01e-1 +- 9.5e-4 ms in 67 s (Fox 1997) to 4.52e-2 +- 2.1e-4 ms in 577 s (Orio), and by stochastic shielding 7.62e-2 +-
7.6e-5 ms in 73 s. Here, of synaptic noise: the exact process costs as much as its diffusion, whose distance no scheme
and no step reduces: it is the effect of the third cumulant. (A splitting with 0.2 ms and 5000 inputs comes close to the
exact distribution because two errors cancel; in d it is far off.) Difference: another noise, another neuron, and fewer
spikes, so a larger smallest detectable distance; their exact process follows every channel, ours one merged process.

    python paper_figures/pu_thomas_2020_table_3.py --quick --out out
"""

import time
from functools import partial

import pandas as pd

import stochhh as sh
from stochhh.plotting import GREY, PAGE, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import isi_distances, isi_mean

NEURON = sh.HodgkinHuxley(I_app=3.0)
INPUTS = {
    "100 inputs": sh.Experiment.example("question").drive,
    "5000 inputs": sh.Experiment.example("cortex-5000").drive,
}
# name: (colour, marker, step or tolerance -> backend, steps or tolerances, ms); per-neuron, slow, has fewer trials
LINES = {
    "per-neuron": (colour_of("per-neuron"), "*", lambda h: sh.PerNeuron(dt=h), (0.05,)),
    "jump": (colour_of("jump"), "P", lambda h: sh.Jump(tolerance=h), (0.1, 1e-2, 1e-3, 1e-4)),
    "Euler-Maruyama": (colour_of("diffusion"), "o", lambda h: sh.Diffusion(dt=h), (0.05, 0.02, 0.01, 0.005)),
    "Heun": ("#D55E00", "s", lambda h: sh.Diffusion(dt=h, scheme="heun"), (0.05, 0.02, 0.01)),
    "splitting": ("#009E73", "^", lambda h: sh.Diffusion(dt=h, scheme="splitting"), (0.2, 0.1, 0.05, 0.02)),
    "SRA1": ("#CC79A7", "D", lambda h: sh.Diffusion(dt=h, scheme="sra1"), (0.05, 0.02)),
}
ROWS = {"exact": "Wasserstein distance from\nthe exact ISIs (ms)",
        "diffusion": "Wasserstein distance from\nthe diffusion's own ISIs (ms)"}  # fmt: skip


def run(drive, backend, n_trials, duration, seed):
    """(spike trains, processor seconds of a simulated second), after a short run that compiles."""
    simulate = partial(sh.simulate, NEURON, drive, backend=backend, n_trials=n_trials, seed=seed, progress=False)
    simulate(duration=1.0)
    started = time.process_time()
    spikes = simulate(duration=duration, transient=200.0).spikes
    return spikes, (time.process_time() - started) / (duration / 1000 * n_trials)


def rows_of(name, drive, options):
    """Rows of one input: every line, every step, every distribution that it is compared with."""
    n, duration = (32, 4200.0) if options.quick else (400, 10_200.0)
    exact = run(drive, sh.Jump(tolerance=1e-4), 4 * n, duration, options.seed)[0]
    diffusion = run(drive, sh.Diffusion(scheme="sra1", dt=0.01), 2 * n, duration, options.seed + 1)[0]
    for i, (line, (*_, backend, steps)) in enumerate(LINES.items()):
        for j, step in enumerate(steps):
            if options.quick and line == "per-neuron" and name != "100 inputs":
                continue  # half a minute
            few = max(4, n // 50) if line == "per-neuron" else n
            spikes, seconds = run(drive, backend(step), few, duration, options.seed + 100 * (i + 1) + j)
            for origin, reference in (("exact", exact), ("diffusion", diffusion)):
                if origin == "exact" or line not in ("per-neuron", "jump"):
                    found = isi_distances(reference, spikes)["isi_wasserstein"]
                    row = {"input": name, "line": line, "step": step, "from": origin, "seconds": seconds, "trials": few}
                    row |= {key: getattr(found.estimate, key) for key in ("value", "low", "high")}
                    yield row | {"critical_value": found.null_95, "isi_mean": isi_mean(reference).value}


def make(options):
    table = pd.DataFrame([row for name, drive in INPUTS.items() for row in rows_of(name, drive, options)])
    print(table.round(5).to_string(index=False))
    save_figure(drawn(table), options, "pu_thomas_2020_table_3", table)


def drawn(table):
    with journal():
        figure = new_figure(PAGE, 118.0)
        axes = figure.subplots(2, 2, sharex="row")
        for i, (origin, label) in enumerate(ROWS.items()):
            for j, name in enumerate(INPUTS):
                panel(axes[i, j], table[(table["from"] == origin) & (table.input == name)])
                letter(axes[i, j], "abcd"[2 * i + j], 30)
                axes[0, j].set_title(name)
                axes[1, j].set_xlabel("Processor time of a simulated second (s)")
            axes[i, 0].set_ylabel(label)
        figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure


def panel(ax, rows):
    """Distance against run time; points are joined where a difference is detected, and open where it is not.

    The test pools the ISIs of both sides, so its critical value grows with a difference: shown is the least.
    """
    critical = rows.critical_value[rows.line != "per-neuron"].min()
    ax.axhspan(0, critical, color=GREY, alpha=0.25, lw=0, label="no difference detectable (critical value, 5 %)")
    for line, found in rows.groupby("line", sort=False):
        colour, marker, _, steps = LINES[line]
        look = {"color": colour, "marker": marker, "ms": 4, "mew": 0.8}
        bars = found.value - found.low, found.high - found.value
        ax.errorbar(found.seconds, found.value, bars, ls="none", color=colour, elinewidth=0.7)
        detected = found.value > found.critical_value
        ax.plot(found.seconds, found.value.where(detected), lw=0.7, **look)
        ax.plot(found.seconds, found.value.mask(detected), ls="none", mfc="white", **look)
        listed = ", ".join(f"{step:g}" for step in steps)
        ax.plot([], [], lw=0.7, label=f"{line}, {'tolerance ' * (line == 'jump')}{listed} ms", **look)
    ax.set(xscale="log", xmargin=0.08, ylim=(0, 1.05 * rows.high.max()))


if __name__ == "__main__":
    main(make, __doc__)
