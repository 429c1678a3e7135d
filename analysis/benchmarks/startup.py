"""How long does a small run take from nothing: one trial of 300 ms of the diffusion, the whole process?

Once with nothing compiled, and once more with what the first process left. Wall time with imports, compilation, the
run, and the writing of spikes; one core.

    python analysis/benchmarks/startup.py --out out/benchmarks      prints one JSON object
"""

import json
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import PEERS, Unavailable, asked, run, say, spread


def seconds(name, options, folder):
    """Wall times of the first process and of the second."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        run(name, "diffusion", options, trials=1, duration=300.0, seed=options.seed, build=Path(folder))
        times.append(time.perf_counter() - start)
    return times


def main():
    options = asked(__doc__)
    programs = {}
    names = [name for name in PEERS if "diffusion" in PEERS[name] and (options.only is None or name in options.only)]
    for _ in range(options.repeats):
        for name in names:
            entry = programs.setdefault(name, {"title": PEERS[name]["title"], "first": [], "second": []})
            with TemporaryDirectory() as folder:
                os.environ["STOCHHH_CACHE_DIR"] = folder  # so that stochhh, too, starts from nothing
                try:
                    times = seconds(name, options, folder)
                except Unavailable as error:
                    entry["unavailable"] = str(error)
                    continue
            for which, value in zip(("first", "second"), times, strict=True):
                entry[which].append(value)
            say(f"start-up: {entry['title']} {times[0]:.3g} s, then {times[1]:.3g} s")
    for entry in programs.values():
        entry |= {which: spread(entry[which]) if entry[which] else None for which in ("first", "second")}
    print(json.dumps({"unit": "s, wall time of the whole process", "programs": programs}))


if __name__ == "__main__":
    main()
