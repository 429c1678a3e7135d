"""How does the run time grow with the number of presynaptic neurons: the question's script, and each backend?

The job is the question's: one trial of 300 ms, with N = 100 to 5 000 000 presynaptic neurons, four fifths of them
excitatory. Their weights shrink like 1/sqrt(N), so that the input keeps its mean and variance and the neuron stays the
same neuron. Processor seconds on one core; compiled kernels at hand; the script's include its imports. A program goes
on to the next N while the run is expected to stay below 100 s (2 s with --quick); what is dashed beyond is a straight
line in N through the last three points, and named so in the table. Bands: the range of five runs.

Stated: the question finds its script slow for 5000 neurons, and gives no time. Here: the script takes 6.5 ms a neuron;
`per-neuron`, which draws every presynaptic neuron too, 35 times less; `jump` knows the events alone, three in two
neurons here, and takes notice of them from 10 000 neurons on; `diffusion` knows neither. Difference: none can be
stated; that the script's time grows like N T^2 follows from its source (see the README of the project).

    python paper_figures/question_run_time.py --quick --out out
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import stochhh as sh
from stochhh.plotting import COLUMN, GREY, colour_of, journal, new_figure
from stochhh.script import main, save_figure

try:
    import resource
except ImportError:
    sys.exit("this needs the processor time of other programs, which Windows does not tell: use Linux or macOS")

SCRIPT = Path(__file__).parents[1] / "analysis/benchmarks/question_script.py"
NEURON = sh.HodgkinHuxley(I_app=3.0)
DURATION = 300.0  # ms, that of the script
NUMBERS = (100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 5_000_000)
LOOKS = {"the script": "s", "per-neuron": "^", "jump": "o", "diffusion": "D"}


def script_seconds(n, seed):
    """Of the question's script with n presynaptic neurons, which draws from numpy's own generator."""
    text = SCRIPT.read_text(encoding="utf-8").replace("# Constants", f"np.random.seed({seed})", 1)
    for name, old, new in (("N", 100, n), ("N_ex", 80, n * 4 // 5), ("N_in", 20, n // 5)):
        text = text.replace(f"\n{name} = {old}", f"\n{name} = {new}", 1)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_text(text, encoding="utf-8")
        before = children()
        subprocess.run([sys.executable, path], check=True, env=os.environ | {"MPLBACKEND": "Agg"})
        return children() - before


def children():
    """Processor seconds of all programs that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def own_seconds(backend, n, seed):
    """Of the same job here."""
    scale = (100 / n) ** 0.5
    drive = sh.SynapticInput(
        sh.Population("exc", n=n * 4 // 5, rate=10.0, p=0.5, weight=+1.0 * scale),
        sh.Population("inh", n=n // 5, rate=10.0, p=0.5, weight=-4.0 * scale),
    )
    started = time.process_time()
    sh.simulate(NEURON, drive, backend=backend, duration=DURATION, seed=seed, n_trials=1, workers=1, progress=False)
    return time.process_time() - started


def growth(program, seconds, limit, seed):
    """Rows of one program: measured as far as the limit reaches, then a line; of long runs one has to do."""
    rows, expected = [], 0.0
    for n in NUMBERS:
        if expected <= limit:
            runs = [seconds(n, seed)]
            runs += [seconds(n, seed + k) for k in range(1, 5) if runs[0] < limit / 30]
            one = "" if len(runs) > 1 else f"a single run, longer than {limit / 30:.1g} s"
            ends = (np.nan, np.nan) if one else (min(runs), max(runs))
            rows.append((program, n, "measured", float(np.median(runs)), *ends, one))
            print(f"{program}, N = {n}: {rows[-1][3]:.4g} s", flush=True)
        else:
            rows.append((program, n, "extrapolated", expected, np.nan, np.nan, "a straight line in N, no run"))
        if n < NUMBERS[-1]:
            expected = on_the_line([row for row in rows if row[2] == "measured"][-3:], NUMBERS[len(rows)])
    return rows


def on_the_line(rows, n):
    """Seconds at n by the line through some rows, each with the same relative error; 0 before there are three."""
    if len(rows) < 3:
        return 0.0
    N, seconds = (np.array([row[i] for row in rows]) for i in (1, 3))
    return float(np.polyval(np.polyfit(N, seconds, 1, w=1 / seconds), n))


def make(options):
    limit = 2.0 if options.quick else 100.0
    rows = growth("the script", script_seconds, limit, options.seed)
    for backend in ("per-neuron", "jump", "diffusion"):
        own_seconds(backend, 100, options.seed)  # compiles, and is not counted
        rows += growth(backend, lambda n, seed, backend=backend: own_seconds(backend, n, seed), limit, options.seed)
    columns = ("program", "N", "how", "seconds", "low", "high", "reason")
    table = pd.DataFrame(rows, columns=columns)
    save_figure(drawn(table), options, "question_run_time", table)


def drawn(table):
    with journal():
        figure = new_figure(COLUMN, 75.0)
        ax = figure.add_subplot()
        for program, marker in LOOKS.items():
            rows = table[table.program == program]
            measured, beyond = (rows[rows.how == how] for how in ("measured", "extrapolated"))
            look = {"color": colour_of(program), "marker": marker, "ms": 3}
            ax.plot(measured.N, measured.seconds, ls="-", label=program, **look)
            ax.fill_between(measured.N, measured.low, measured.high, color=look["color"], alpha=0.3, lw=0)
            line = pd.concat([measured.tail(1), beyond])
            ax.plot(line.N, line.seconds, ls=(0, (4, 2)), color=look["color"], lw=0.8)
        ax.plot([], [], ls=(0, (4, 2)), color=GREY, lw=0.8, label="extrapolated")
        ax.set(xscale="log", yscale="log", xlabel="Presynaptic neurons, $N$", ylabel="Processor time of 300 ms (s)")
        ax.set_xlim(80, 7e6)
        right = ax.secondary_yaxis("right")
        right.set_yticks([1e-3, 1, 60, 3600, 86400], ["1 ms", "1 s", "1 min", "1 h", "1 day"])
        right.minorticks_off()
        figure.legend(loc="outside upper center", ncols=3)
    return figure


if __name__ == "__main__":
    main(make, __doc__)
