"""Which time step is small enough for the diffusion of my experiment?

The experiment FILE (the example `question` without one) is run with every scheme and step of STEPS, and by Heun at
FINEST, which stands for no step at all. A step is small enough for a statistic if the interval of its bias, from
independent trials, lies within MARGIN of the value (grey); the largest such step of each scheme is printed, and the
table has the time that each run took. The jump backend has no such step: its `tolerance` bounds the error of a spike.

    python analysis/which_dt.py question.toml --quick --out out
"""

import numpy as np

import stochhh as sh
from stochhh.plotting import PAGE, colour_of, journal, letter, new_figure
from stochhh.script import main, save_figure

FINEST = 0.002  # ms
STEPS = (0.005, 0.01, 0.02, 0.04)  # ms
SCHEMES = {  # name, colour, marker, as in the paper figures
    "euler-maruyama": ("Euler-Maruyama", colour_of("diffusion"), "o"),
    "heun": ("Heun", "#D55E00", "s"),
    "splitting": ("splitting", "#009E73", "^"),
}
MARGIN = "5%"  # of the value
STATISTICS = ("rate", "cv")


def make(options):
    experiment = sh.Experiment.load(options.file) if options.file else sh.Experiment.example("question")
    experiment = experiment.with_simulation(n_trials=200 if options.quick else 1000)
    if options.quick:
        experiment = experiment.with_simulation(duration=min(experiment.simulation.duration, 3_000.0))
    margins, rows = dict.fromkeys(STATISTICS, MARGIN), []
    exact = run(experiment, "heun", FINEST, options.seed)
    pairs = [(scheme, dt) for scheme in SCHEMES for dt in STEPS[1 if options.quick else 0 :]]
    for i, (scheme, dt) in enumerate(pairs, start=1):
        try:
            result = run(experiment, scheme, dt, options.seed + i)
        except sh.UnstableStepError as error:
            rows += [row(scheme, dt, name, reason=str(error)) for name in STATISTICS]
            continue
        comparison = sh.compare(exact, result, margins=margins, labels=("exact", "step"))
        seconds = result.provenance["timing"]["run_s"]
        for name in STATISTICS:
            judged, bias = comparison.difference[name], comparison.ratio[name]
            rows.append(row(scheme, dt, name, seconds, judged.verdict, bias, bias.reason))
    for scheme in SCHEMES:
        for name in STATISTICS:
            judged = {r["dt"]: r["verdict"] for r in rows if (r["scheme"], r["statistic"]) == (scheme, name)}
            good = [dt for dt, verdict in judged.items() if verdict == "equivalent"]
            said = f"dt = {max(good):g} ms is small enough" if good else "no step was shown to be small enough"
            print(f"{scheme}, {name} to within {MARGIN}: {said}")
    save_figure(drawn(rows), options, "which_dt", rows)


def run(experiment, scheme, dt, seed):
    return experiment.with_backend("diffusion", scheme=scheme, dt=dt).simulate("diffusion", seed=seed, progress=False)


def row(scheme, dt, name, seconds=np.nan, verdict="unstable", bias=None, reason=None):
    """The bias in percent of the value."""
    ends = [np.nan if x is None else 100 * (x - 1) for x in ((bias.value, bias.low, bias.high) if bias else [None] * 3)]
    named = dict(zip(("bias_percent", "low", "high"), ends, strict=True))
    return {"scheme": scheme, "dt": dt, "statistic": name} | named | {
        "verdict": verdict, "run_s": seconds, "reason": reason
    }  # fmt: skip


def drawn(rows):
    with journal():
        figure = new_figure(PAGE, 65.0)
        axes = figure.subplots(1, len(STATISTICS))
        for ax, name, text in zip(axes, STATISTICS, "ab", strict=True):
            part = float(MARGIN.rstrip("%"))
            ax.axhspan(-part, part, color="0.9", lw=0, zorder=0, label=f"margin, ±{part:g} %")
            ax.axhline(0, color="0.6", lw=0.6, zorder=0)
            for k, (scheme, (title, colour, marker)) in enumerate(SCHEMES.items()):
                mine = [r for r in rows if (r["scheme"], r["statistic"]) == (scheme, name)]
                bias, low, high = (np.array([r[key] for r in mine]) for key in ("bias_percent", "low", "high"))
                dt = np.array([r["dt"] for r in mine]) * 1.06 ** (k - 1)  # side by side
                reach = np.nan_to_num([bias - low, high - bias])
                look = {"color": colour, "marker": marker, "ms": 3.5, "lw": 0.8}
                ax.errorbar(dt, bias, reach, label=title, elinewidth=0.8, **look)
            ax.set(xscale="log", xlabel="Time step, $dt$ (ms)", ylabel=f"Bias of the {name.replace('cv', 'CV')} (%)")
            ax.set_xticks(STEPS, [f"{dt:g}" for dt in STEPS])
            ax.set_xticks([], minor=True)
            ax.margins(x=0.08)
            letter(ax, text, 26)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


if __name__ == "__main__":
    main(make, __doc__, file="an experiment file (TOML); without one the example `question`")
