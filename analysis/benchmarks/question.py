"""How long does the question's own script take for N presynaptic neurons, and how long does stochhh?

The script (question_script.py) runs as it was posted, with N, N_ex and N_in set and nothing else: one trial of
300 ms. stochhh runs the same 300 ms, and a hundred trials of it; its weights shrink like 1/sqrt(N), so that the
input keeps the question's mean and variance and the neuron stays the same neuron. Compilation is listed apart.

    python analysis/benchmarks/question.py --out out/question          about a minute
    python analysis/benchmarks/question.py --quick --out out/question  without the script at N = 5000
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import stochhh as sh

SCRIPT = Path(__file__).with_name("question_script.py")
DURATION = 300.0  # ms, that of the script


def script_seconds(n):
    """Wall time of the question's script with n presynaptic neurons, four fifths of them excitatory."""
    text = SCRIPT.read_text()
    for name, old, new in (("N", 100, n), ("N_ex", 80, n * 4 // 5), ("N_in", 20, n // 5)):
        text = text.replace(f"\n{name} = {old}", f"\n{name} = {new}")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_text(text)
        start = time.perf_counter()
        subprocess.run([sys.executable, path], check=True, env={**os.environ, "MPLBACKEND": "Agg"})
        return time.perf_counter() - start


def question(n):
    """The question's input with n presynaptic neurons, at its own mean and variance."""
    scale = (100 / n) ** 0.5
    return sh.SynapticInput(
        sh.Population("exc", n=n * 4 // 5, rate=10.0, weight=+1.0 * scale, p=0.5),
        sh.Population("inh", n=n // 5, rate=10.0, weight=-4.0 * scale, p=0.5),
    )


def seconds(backend, n, n_trials, seed):
    """(compilation, run) of the same job here, the best of three."""
    runs = [
        sh.simulate(
            sh.HodgkinHuxley(), question(n), backend=backend, duration=DURATION, n_trials=n_trials, seed=seed
        ).provenance["timing"]
        for _ in range(3)
    ]
    return max(run["compile_s"] for run in runs), min(run["run_s"] for run in runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out the script at N = 5000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out/question"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for n in (100,) if options.quick else (100, 5000):
        rows.append({"program": "the script", "N": n, "trials": 1, "seconds": script_seconds(n), "compile": 0.0})
    for backend in ("jump", "diffusion"):
        for n in (100, 5000, 5_000_000):
            for n_trials in (1, 100):
                compiling, running = seconds(backend, n, n_trials, options.seed)
                row = {"program": f"stochhh {backend}", "N": n, "trials": n_trials}
                rows.append({**row, "seconds": running, "compile": compiling})
    table = pd.DataFrame(rows)
    table.to_csv(options.out / "question.csv", index=False)
    print(table.to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
