"""How does the time grow with the number of trials of one second, on one core and on two?

stochhh's jump and diffusion beside plain C++ and Brian2, which run on one core. Wall time: on a machine that others
use too, that of two threads is too long.

    python analysis/benchmarks/growth_trials.py --out out/benchmarks      prints one JSON object
"""

import json
import os

from bench import PEERS, Unavailable, asked, run, say, spread

TRIALS = (1, 10, 100, 1000)
# (program, job, threads)
PROGRAMS = (
    ("stochhh", "jump", 1),
    ("stochhh", "jump", 2),
    ("stochhh", "diffusion", 1),
    ("stochhh", "diffusion", 2),
    ("cpp", "jump", 1),
    ("cpp", "diffusion", 1),
    ("brian2", "jump", 1),
    ("brian2", "diffusion", 1),
)


def main():
    options = asked(__doc__)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    curves = {}
    for _ in range(options.repeats):
        for name, job, threads in PROGRAMS:
            if threads > cores or (options.only is not None and name not in options.only):
                continue
            key = f"{name} {job} {threads}"
            curve = curves.setdefault(
                key, {"title": PEERS[name]["title"], "job": job, "threads": threads, "points": {}}
            )
            for trials in TRIALS[:3] if options.quick else TRIALS:
                try:
                    answer, _ = run(
                        name, job, options, trials=trials, duration=1000.0, seed=options.seed, workers=threads,
                        cores=threads,
                    )  # fmt: skip
                except Unavailable as error:
                    curve["unavailable"] = str(error)
                    break
                curve["points"].setdefault(trials, []).append(answer["wall_s"])
                say(f"growth with trials: {curve['title']} {job}, {trials} on {threads}: {answer['wall_s']:.4g} s")
    for curve in curves.values():
        curve["points"] = {trials: spread(values) for trials, values in curve["points"].items()}
    print(json.dumps({"unit": "s, wall time of all trials", "curves": curves}))


if __name__ == "__main__":
    main()
