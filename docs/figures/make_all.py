"""Which of the figures of the documentation can be made here, and in what time? It runs every script of this folder.

A script that fails is reported, and the others are run all the same; the exit status is then 1.

    python docs/figures/make_all.py --out docs/figures      what is committed: all figures in full, some minutes
    python docs/figures/make_all.py --quick --out out       each in under 30 s
"""

import subprocess
import sys
import time
from pathlib import Path

from stochhh.script import main

HERE = Path(__file__)


def make(options):
    failed, size = [], "--quick" if options.quick else "--full"
    for script in sorted(HERE.parent.glob("*.py")):
        if script != HERE:
            started = time.perf_counter()
            command = [sys.executable, script, size, "--seed", str(options.seed), "--out", options.out]
            status = subprocess.run(command).returncode
            said = f"FAILED, status {status}," if status else "made"
            print(f"{script.stem}: {said} after {time.perf_counter() - started:.0f} s", flush=True)
            failed += [script.stem] if status else []
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(make, __doc__)
