"""What the scripts of this folder share: the peers' environments, runs of their programs, right told from wrong."""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import numpy as np

import stochhh as sh

HERE = Path(__file__).parent
PEERS = tomllib.loads((HERE / "peers.toml").read_text())
TRANSIENT = 200.0  # ms
MARGIN = 0.10  # of rate and CV: Euler-Maruyama at 0.01 ms by itself fires 2.8 % too often here
DT = 0.01  # ms
EVENTS = 25.0  # 1/ms


class Unavailable(Exception):
    """A peer that cannot run here, with the reason."""


def asked(description):
    """The options that every job has."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="less work, one repeat")
    parser.add_argument("--repeats", type=int, help="runs of every program; by default 3, with --quick 1")
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"))
    parser.add_argument("--peers", type=Path, help="folder of the peers' environments; by default peers in --out")
    parser.add_argument("--no-install", action="store_true", help="use the environments that are there, make none")
    parser.add_argument("--only", nargs="*", help="names of the programs to run, as in peers.toml; by default all")
    options = parser.parse_args()
    options.repeats = options.repeats or (1 if options.quick else 3)
    options.out = options.out.resolve()
    options.peers = (options.peers or options.out / "peers").resolve()
    (options.out / "build").mkdir(parents=True, exist_ok=True)
    return options


def say(text):
    """Progress, on standard error: standard output is for the JSON object."""
    print(text, file=sys.stderr, flush=True)


def python_of(name, options):
    """The interpreter of a peer's environment, made if it is not there; raises Unavailable."""
    peer = PEERS[name]
    if "needs" in peer and not shutil.which(peer["needs"]):
        raise Unavailable(f"{peer['needs']} is not there")
    if "requirements" not in peer:
        return sys.executable
    folder = options.peers / peer.get("environment", name)
    python = folder / "bin" / "python"
    if not python.exists():
        if options.no_install:
            raise Unavailable("it is not installed")
        _install(folder, _interpreter(peer["python"]), peer["requirements"])
    return python


def _interpreter(names):
    """The first of these interpreters that runs; else the present one."""
    for name in names:
        if shutil.which(name) and subprocess.run([name, "-c", ""], capture_output=True).returncode == 0:
            return name
    return sys.executable


def _install(folder, interpreter, requirements):
    say(f"installing {', '.join(requirements)}")
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q"]
    for command in ([interpreter, "-m", "venv", folder], [*pip, *requirements]):
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise Unavailable(f"it cannot be installed: {_last_line(run.stderr)}")


def _last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "no message"


def run(name, job, options, *, trials, duration, seed, build=None, cores=1, **more):
    """Run a peer's program once, on as many cores as are named; its JSON object, and the spikes as sh.SpikeTrains."""
    python = python_of(name, options)
    build = build or options.out / "build" / f"{name}-{_digest()}"
    build.mkdir(parents=True, exist_ok=True)
    file = build / "spikes.csv"
    command = [python, HERE / "programs" / f"with_{name}.py", job, "--spikes", file, "--build", build]
    more |= {"trials": trials, "duration": duration, "seed": seed}
    command += [str(part) for key, value in more.items() for part in (f"--{key}", value)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=build, **_pinned(cores))
    if done.returncode:
        raise Unavailable(f"it fails: {_last_line(done.stderr)}")
    answer = json.loads(done.stdout.splitlines()[-1])
    start = TRANSIENT if duration > TRANSIENT else 0.0
    return answer, sh.SpikeTrains.from_csv(file, start=start, stop=duration, n_trials=trials)


@cache
def _digest():
    """A name for what the programs are made of: what was compiled from others is not used again."""
    files = sorted(path for path in (HERE / "programs").rglob("*") if path.suffix in (".py", ".cpp", ".mod"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _pinned(cores):
    """Options that hold a program on the last cores, whatever threads it starts, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        return {}
    last = sorted(os.sched_getaffinity(0))[-cores:]
    return {"preexec_fn": lambda: os.sched_setaffinity(0, last)}


def spread(values):
    """Median, least and largest, and the values themselves."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "values": list(values)}


def work(name, job, options):
    """(trials, ms) of one run of a program."""
    trials, duration = PEERS[name][job]
    return (max(1, trials // 4), min(duration, 400)) if options.quick else (trials, duration)


def joined(trains):
    """Several runs as one, their trials one after another."""
    n = trains[0].n_trials
    return sh.SpikeTrains(
        np.concatenate([t.time for t in trains]),
        np.concatenate([t.trial + i * n for i, t in enumerate(trains)]),
        n * len(trains), trains[0].start, trains[0].stop,
    )  # fmt: skip


def judged(spikes, reference):
    """Rate and CV of a program beside the reference's, and whether both are right within the margin.

    As in stochhh.compare: "right" if the interval of the difference (MOVER) lies within the margin for rate and CV,
    "wrong" if it lies outside for one of them, else "undecided". `difference` is in parts of the reference's value:
    its value and the ends of its interval.
    """
    verdicts, entry = [], {}
    for name in ("rate", "cv"):
        a, b = (getattr(sh.statistics, name)(trains) for trains in (reference, spikes))
        entry[name] = b.as_dict()
        if a.low is None or b.low is None:
            verdicts.append("undecided")
            continue
        value = b.value / a.value - 1
        low = value - np.hypot(b.value - b.low, a.high - a.value) / a.value
        high = value + np.hypot(b.high - b.value, a.value - a.low) / a.value
        entry[name]["difference"] = [value, low, high]
        outside, inside = low > MARGIN or high < -MARGIN, -MARGIN <= low and high <= MARGIN
        verdicts.append("wrong" if outside else "right" if inside else "undecided")
    entry["answer"] = next((word for word in ("wrong", "undecided") if word in verdicts), "right")
    return entry


def compared(job, per_unit, reference, options):
    """All programs that do a job, interleaved: {name: what it is, what it costs, whether it is right}.

    per_unit: ns of a program's run are divided by its trials times duration (ms) times this number.
    """
    names = [name for name in PEERS if options.only is None or name in options.only]
    found = {name: {key: PEERS[name][key] for key in ("title", "does")} for name in names}
    able = [name for name in names if job in PEERS[name]]
    for name in set(names) - set(able):
        found[name]["unavailable"] = PEERS[name]["cannot"][job]
    runs = {name: [] for name in able}
    for repeat in range(options.repeats):
        for name in able:
            trials, duration = work(name, job, options)
            if "unavailable" in found[name]:
                continue
            try:
                answer, spikes = run(
                    name, job, options, trials=trials, duration=duration, seed=options.seed + 1000 * repeat
                )
            except Unavailable as error:
                found[name]["unavailable"] = str(error)
                say(f"{job}: {PEERS[name]['title']}: {error}")
                continue
            runs[name].append((answer, spikes))
            cost = answer["cpu_s"] * 1e9 / (trials * duration * per_unit)
            say(f"{job}, repeat {repeat + 1}: {PEERS[name]['title']} {cost:.4g} ns")
    for name in able:
        if runs[name] and "unavailable" not in found[name]:
            found[name] |= _summary(name, runs[name], per_unit, reference)
    return found


def _summary(name, runs, per_unit, reference):
    answers, trains = zip(*runs, strict=True)
    units = trains[0].n_trials * trains[0].stop * per_unit
    return {
        "scheme": answers[0]["scheme"],
        "versions": answers[0]["versions"],
        "trials": trains[0].n_trials,
        "duration": trains[0].stop,
        "cpu_ns": spread([answer["cpu_s"] * 1e9 / units for answer in answers]),
        "wall_ns": spread([answer["wall_s"] * 1e9 / units for answer in answers]),
        "compile_s": max(answer["compile_s"] for answer in answers),
        **judged(joined(trains), reference),
    }


def ranked(programs, cost):
    """(entry, its cost) of the programs that ran, the cheapest first."""
    found = [entry for entry in programs.values() if entry.get(cost)]
    return sorted(((entry, entry[cost]) for entry in found), key=lambda pair: pair[1]["median"])


def number(x):
    """Three figures, without an exponent."""
    return f"{x:.3g}" if abs(x) < 100 else f"{x:,.0f}".replace(",", " ")
