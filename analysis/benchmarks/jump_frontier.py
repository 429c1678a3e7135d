"""How far are spike times from those of the exact flow, and what does that cost? The frontier of the jump backend.

All methods see the same events. The reference is plain RK4 from event to event by steps of at most 0.004 ms, itself
held here against scipy's DOP853 (rtol 1e-12, one call an event) on some of the trials. A reference spike counts as on
the verge between a spike and none, and is named and left out of the errors, if weights larger by a millionth move it by
more than 1e-3 ms, or away altogether. A spike of a method belongs to the reference spike within 2 ms; what is left over
on either side is counted as lost or extra.

The methods are those of jump_methods.py, and the backend, by tolerance, with the constants of its rule as they are, and
others; its cost in processor time on one core, the least of five runs (of three).

    python analysis/benchmarks/jump_frontier.py --out docs                  a quarter of an hour on one core
    python analysis/benchmarks/jump_frontier.py --quick --out out/frontier  four minutes, with fewer spikes

It writes jump_frontier.json, of which jump_frontier_figure.py makes the tables and the figure.
"""

import argparse
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jump_methods import BETWEEN, I_APP, OVER, REARM, START, THRESHOLD, spikes_between, spikes_over
from jump_reference import check_of_reference, judged, reference
from machine import machine

import stochhh as sh
from stochhh.integrators import event_driven
from stochhh.noise.merged import poisson_events

FIGURE = Path(__file__).with_name("jump_frontier_figure.py")
NEURON = sh.HodgkinHuxley(I_app=I_APP, initial=START, threshold=THRESHOLD, rearm=REARM)
TOLERANCES = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5)  # ms
LENGTHS = (0.1, 0.05, 0.025, 0.0125, 0.00625)  # h of the path methods, ms
CONSTANTS = ("_LENGTH", "_ROUGHNESS", "_DISAGREEMENT")  # of stochhh/integrators/event_driven.py
RULES = (
    (3.5, 0.01, 0.15), (6.0, 0.012, 0.2), (10.0, 0.01, 0.15), (5.0, 0.015, 0.25), (6.0, 0.03, 0.2), (7.0, 0.02, 0.3),
    (7.0, 0.02, 0.6), (10.0, 0.03, 1.0),
)  # fmt: skip


class Input(NamedTuple):
    """A drive, and how much of it is simulated."""

    name: str
    drive: sh.SynapticInput
    n_trials: int
    duration: float  # ms
    checked: tuple  # (trials, ms) that DOP853 follows
    gaps: tuple  # h of the methods that go from event to event, ms
    timed: int  # trials of the run whose time is taken


def balanced(n, weight):
    """4 n excitatory neurons at 10 Hz, p = 0.5, and n inhibitory ones of four times the weight."""
    return sh.SynapticInput(
        sh.Population("exc", n=4 * n, rate=10.0, weight=weight, p=0.5),
        sh.Population("inh", n=n, rate=10.0, weight=-4 * weight, p=0.5),
    )


INPUTS = (
    Input("question, 0.5 events/ms", balanced(20, 1.0), 40, 2000.0, (4, 1000.0), (0.1, 0.05, 0.025, 0.0125), 1024),
    Input("cortex-5000, 25 events/ms", balanced(1000, 0.1), 150, 2000.0, (2, 1000.0), (0.1, 0.05, 0.025, 0.0125), 256),
    Input("dense, 1000 events/ms", balanced(40_000, 0.1 / 40**0.5), 40, 2000.0, (1, 150.0), (0.1,), 64),
)


# --- What is run -----------------------------------------------------------------------------------------------------


def methods_of(case):
    """(name, h, function of the events of a trial, slopes a step)"""
    for name, (step, slopes) in BETWEEN.items():
        for h in case.gaps:
            yield name, h, lambda t, w, step=step, h=h: spikes_between(step, t, w, case.duration, h)[::2], slopes
    for name, (stages, slopes) in OVER.items():
        for h in LENGTHS:
            yield name, h, lambda t, w, stages=stages, h=h: spikes_over(stages, t, w, case.duration, h), slopes


def measured(case, seed):
    """(courses, rows of the methods)"""
    methods, courses, events = list(methods_of(case)), [], 0
    found, steps = [[] for _ in methods], np.zeros(len(methods))
    for k in range(case.n_trials):
        times, jumps = poisson_events(case.drive, duration=case.duration, seed=seed, trials=[k]).of(0)
        courses.append(reference(times, jumps, case.duration))
        events += times.size
        for i, (_, _, follow, _) in enumerate(methods):
            spikes, n = follow(times, jumps)
            found[i].append(spikes)
            steps[i] += n
    rows = [
        {"method": name, "h": h, "slopes_per_event": float(slopes * steps[i] / events)} | judged(found[i], courses)
        for i, (name, h, _, slopes) in enumerate(methods)
    ]
    return courses, rows


def played(case, seed, tolerance, n_trials):
    """The backend on the same events: (spike times by trial, processor time, s)."""
    start = time.process_time()
    run = sh.simulate(
        NEURON, case.drive, backend=sh.Jump(tolerance=tolerance), duration=case.duration, seed=seed,
        n_trials=n_trials, workers=1, progress=False,
    )  # fmt: skip
    spent = time.process_time() - start
    return [run.spikes.of(k) for k in range(n_trials)], spent


def shipped(case, courses, seed, tolerance, repeats=5):
    """Errors and cost of the backend at one tolerance."""
    found, _ = played(case, seed, tolerance, case.n_trials)
    played(case._replace(duration=5.0), seed, tolerance, case.timed)  # compiles
    cost = min(played(case, seed, tolerance, case.timed)[1] for _ in range(repeats))
    events = case.timed * case.duration * case.drive.intensity
    return {"tolerance": tolerance, "ns_per_event": 1e9 * cost / events} | judged(found, courses)


@contextmanager
def rule(values):
    """The constants by which the backend chooses its steps, set to these."""
    kept = current_rule()
    for name, value in zip(CONSTANTS, values, strict=True):
        setattr(event_driven, name, value)
    try:
        yield
    finally:
        for name, value in zip(CONSTANTS, kept, strict=True):
            setattr(event_driven, name, value)


def current_rule():
    return tuple(getattr(event_driven, name) for name in CONSTANTS)


def rules(case, courses, seed):
    """The backend with other constants."""
    for values in RULES:
        for tolerance in (1e-3, 1e-4):
            with rule(values):
                yield {"rule": values} | shipped(case, courses, seed, tolerance, repeats=3)


def examined(case, options):
    """All about one input."""
    if options.quick:
        checked, timed = (1, case.checked[1] / 4), max(case.timed // 4, 64)
        case = case._replace(n_trials=max(case.n_trials // 10, 8), checked=checked, timed=timed)
    start = time.perf_counter()
    check = check_of_reference(case, options.seed)
    courses, rows = measured(case, options.seed)
    verge = [(k, float(t)) for k, course in enumerate(courses) for t in course.spikes[course.verge]]
    made = {
        "name": case.name,
        "events_per_ms": case.drive.intensity,
        "trials": case.n_trials,
        "duration": case.duration,
        "spikes": sum(course.spikes.size for course in courses),
        "verge": verge,
        "reference": check,
        "methods": rows,
        "jump": [shipped(case, courses, options.seed, tolerance) for tolerance in TOLERANCES],
        "rules": list(rules(case, courses, options.seed)),
    }
    return made | {"seconds": time.perf_counter() - start}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the trials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out/frontier"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = {
        "seed": options.seed,
        "quick": options.quick,
        "rule": current_rule(),
        "machine": machine("stochhh", "numpy", "numba", "scipy"),
    }
    made["inputs"] = [examined(case, options) for case in INPUTS]
    (options.out / "jump_frontier.json").write_text(json.dumps(made, indent=1) + "\n")
    subprocess.run([sys.executable, FIGURE, options.out / "jump_frontier.json", "--out", options.out], check=True)


if __name__ == "__main__":
    main()
