"""The benchmark: every job with every program that can do it, into one JSON file.

The peers are installed in environments of their own, in --peers, where they are not there already; whatever cannot be
installed is named with its reason. Costs are processor time of one core. At the end the table (table.py) and the
figure (draw.py) are made of the file.

    python analysis/benchmarks/run.py --out out/benchmarks           about half an hour, with the peers' installation
    python analysis/benchmarks/run.py --quick --out out/benchmarks   some minutes, and rough
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from machine import machine

HERE = Path(__file__).parent
JOBS = ("diffusion", "jump", "widths", "growth_n", "growth_lambda", "growth_trials", "startup")


def load():
    """Processes that want to run, averaged over a minute: above 0 at the start, the machine is shared."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"))
    parser.add_argument("--jobs", nargs="*", choices=JOBS, default=JOBS, help="by default all; others keep their place")
    parser.add_argument("--note", default="", help="recorded beside the machine: that others used it, say")
    parser.add_argument("--peers", type=Path, help="folder of the peers' environments; by default peers in --out")
    options, passed_on = parser.parse_known_args()
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "benchmark.json"
    result = json.loads(file.read_text()) if file.exists() else {}
    result |= {"machine": machine(), "note": options.note}
    for job in JOBS:
        if job not in options.jobs:
            continue
        started, before = time.strftime("%Y-%m-%d %H:%M:%S"), load()
        folders = ["--out", options.out, "--peers", options.peers or options.out / "peers"]
        command = [sys.executable, HERE / f"{job}.py", *folders, *passed_on]
        answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        result[job] = {"started": started, "load": [before, load()], "options": passed_on, **answer}
        file.write_text(json.dumps(result, indent=1) + "\n")
    if all(job in result for job in JOBS):
        for script in ("table.py", "draw.py"):
            subprocess.run([sys.executable, HERE / script, file, "--out", options.out], check=True)


if __name__ == "__main__":
    main()
