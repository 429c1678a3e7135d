"""May white noise stand in for the spikes of my experiment?

The experiment FILE (the example `question` without one) is run by jumps and by diffusion. The densities of the
interspike intervals (ISIs) and the memory of V stand above; below, for each statistic, the difference in units of its
margin, with its verdict. The sentence that is printed is the answer; the table has all numbers. Margins, level and
correction are those of the file; change them there.

    python analysis/jump_or_diffusion.py question.toml --quick --out out
"""

import stochhh as sh
from stochhh.plotting import PAGE, curve, forest, isi_density, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import autocovariance, isi_bins

BACKENDS = ("jump", "diffusion")


def make(options):
    experiment = sh.Experiment.load(options.file) if options.file else sh.Experiment.example("question")
    experiment = experiment.with_simulation(seed=options.seed)
    if options.quick:
        duration = min(experiment.simulation.duration, 3_000.0)
        experiment = experiment.with_simulation(duration=duration, n_trials=30)
    watched = sh.Sampling(interval=0.5, longest_lag=100.0)
    results = [experiment.simulate(backend, membrane=watched, progress=False) for backend in BACKENDS]
    judged = experiment.compare
    comparison = sh.compare(
        *results, margins=judged.margins, level=judged.level, correction=judged.correction, labels=BACKENDS
    )
    print(comparison)
    save_figure(drawn(comparison, results), options, "jump_or_diffusion", table(comparison))


def table(comparison):
    """Both results, their difference, their ratio and the distances, a row each."""
    rows = []
    for name, difference in comparison.difference.items():
        for label, estimates in zip(comparison.labels, (comparison.a, comparison.b), strict=True):
            rows.append({"statistic": name, "of": label} | estimates[name].as_dict())
        rows.append({"statistic": name, "of": "difference"} | difference.as_dict())
        rows.append({"statistic": name, "of": "ratio"} | comparison.ratio[name].as_dict())
    rows += [{"statistic": name, "of": "distance"} | d.as_dict() for name, d in comparison.distance.items()]
    reason = "only differences have margins and verdicts, only distances p-values"
    return [{"reason": reason} | row for row in rows]


def drawn(comparison, results):
    edges = isi_bins(*(result.spikes for result in results))
    with journal():
        figure = new_figure(PAGE, 125.0)
        upper, lower = figure.add_gridspec(2, 1, height_ratios=(1, 1.35))
        density, memory = upper.subgridspec(1, 2).subplots()
        for backend, result in zip(BACKENDS, results, strict=True):
            isi_density(result.spikes, density, backend=backend, label=backend, edges=edges)
            curve(autocovariance(result.membrane), memory, backend=backend, label=backend)
        differences = forest(comparison, figure.add_subplot(lower))
        legend_above(density)
        for ax, text, left in ((density, "a", 32), (memory, "b", 32), (differences, "c", 90)):
            letter(ax, text, left)
    return figure


if __name__ == "__main__":
    main(make, __doc__, file="an experiment file (TOML); without one the example `question`")
