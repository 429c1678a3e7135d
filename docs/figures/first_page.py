"""How far do the jumps and their diffusion approximation differ for 5000 presynaptic neurons?

The figure of the README and of the documentation's first page: `compare` on the input of the README, 100 trials of 10
s, the first 200 ms left out. (a) The first 20 trials of each backend. (b) V for 300 ms about the first spike of trial
0. (c) Densities of the interspike intervals, with 95 % intervals by trial. (d) Ten statistics, their differences with
95 % intervals, over the margins.

    python docs/figures/first_page.py --out docs/figures
"""

from functools import partial

import pandas as pd

import stochhh as sh
from stochhh.files import write_table
from stochhh.script import main, with_palette

NEURON = sh.HodgkinHuxley(I_app=3.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
    sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
)


def make(options):
    run = partial(sh.simulate, NEURON, DRIVE, transient=200, seed=options.seed, progress=False)
    trials = 20 if options.quick else 100
    jump, diffusion = (run(backend=b, duration=10_000, n_trials=trials) for b in ("jump", "diffusion"))
    traces = [run(backend=b, duration=5_000, trace_interval=0.05) for b in ("jump", "diffusion")]
    comparison = sh.compare(jump, diffusion)
    for path in sh.plotting.save_comparison_figures(comparison, jump, diffusion, options.out, traces=traces):
        path.replace(path.with_name(f"first_page{path.suffix}"))
    with_palette(options.out / "first_page.png")
    columns = ("value", "low", "high", "unit", "margin", "verdict")
    rows = [
        {"statistic": name, "jump": comparison.a[name].value, "diffusion": comparison.b[name].value}
        | {column: entry.as_dict()[column] for column in columns}
        for name, entry in comparison.difference.items()
    ]
    write_table(options.out / "first_page.csv", pd.DataFrame(rows))


if __name__ == "__main__":
    main(make, __doc__)
