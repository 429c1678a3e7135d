"""Which figures can be made here, and in what time? It runs every script of paper_figures/ and analysis/, one by one.

The files go to OUT/paper_figures/figures and OUT/analysis/figures: without --out, in the root of the repository, they
replace those that are committed. A script that fails is reported, and the others are run all the same; the exit status
is then 1. Run times are among what is plotted, so nothing else should run on the machine.

    python paper_figures/make_all.py                        what is committed: all figures in full
    python paper_figures/make_all.py --quick --out out      each in under 30 s
"""

import subprocess
import sys
import time
from pathlib import Path

from stochhh.script import main

HERE = Path(__file__).resolve()
FOLDERS = HERE.parent, HERE.parents[1] / "analysis"


def make(options):
    started = time.perf_counter()
    scripts = [script for folder in FOLDERS for script in sorted(folder.glob("*.py")) if script != HERE]
    failed = [script.stem for script in scripts if not made(script, options)]
    print(f"all {len(scripts)} scripts: {time.perf_counter() - started:.0f} s")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def made(script, options):
    """Run one script, say how long it took, and return whether it succeeded."""
    print(f"{script.stem}:", flush=True)
    started = time.perf_counter()
    out = options.out / script.parent.name / "figures"
    size = "--quick" if options.quick else "--full"
    status = subprocess.run([sys.executable, script, size, "--seed", str(options.seed), "--out", out]).returncode
    said = f"FAILED, status {status}," if status else "made"
    print(f"{script.stem}: {said} after {time.perf_counter() - started:.0f} s", flush=True)
    return status == 0


if __name__ == "__main__":
    main(make, __doc__)
