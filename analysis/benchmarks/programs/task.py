"""What every program in this folder is asked and what it answers. Standard library only: it runs in any environment.

    python with_numpy.py diffusion --trials 1000 --duration 1200 --seed 1 --spikes spikes.csv

The neuron of Hodgkin and Huxley starts from the same state in every trial and is driven by `inputs` presynaptic
neurons, four fifths of them excitatory, with 25 transmitted events in a ms; the diffusion has their mean and variance.
With other numbers of events the weights change so that mean and variance stay.
A program writes its spikes (header `trial,time`, ms) and prints one JSON object. Its time is that of the simulation
alone: no import, no compilation, no writing.
"""

import argparse
import json
import os
import sys
import time
from contextlib import contextmanager
from importlib.metadata import version

try:
    import resource
except ImportError:
    sys.exit("this needs the processor time of threads and programs, which Windows does not tell: use Linux or macOS")

C_M, G_NA, G_K, G_L = 1.0, 120.0, 36.0, 0.3  # uF/cm2, mS/cm2
E_NA, E_K, E_L = 50.0, -77.0, -54.387  # mV
I_APP = 3.0  # uA/cm2
INITIAL = (-65.0, 0.05, 0.6, 0.32)  # V (mV), m, h, n
THRESHOLD, REARM = 0.0, -30.0  # mV
DT = 0.01  # ms

# The input: four fifths of the events are excitatory; at 25 events in a ms they move V by these weights.
SHARES, WEIGHTS, EVENTS = (0.8, 0.2), (0.1, -0.4), 25.0  # 1, mV, 1/ms
P = 0.5  # probability of transmission
KAPPA_1 = EVENTS * sum(share * weight for share, weight in zip(SHARES, WEIGHTS, strict=True))  # mV/ms
KAPPA_2 = EVENTS * sum(share * weight**2 for share, weight in zip(SHARES, WEIGHTS, strict=True))  # mV2/ms


def asked(*jobs):
    """The options of the command line; `jobs` are those that the program can do.

    Beside them: `rates`, transmitted events in a ms, and `weights`, mV, each of excitation and inhibition.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=jobs)
    parser.add_argument("--trials", type=int, required=True)
    parser.add_argument("--duration", type=float, required=True, help="ms")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--spikes", required=True, help="file that the spikes are written to")
    parser.add_argument("--inputs", type=int, default=5000, help="presynaptic neurons")
    parser.add_argument("--workers", type=int, default=1, help="threads, for programs that have them")
    parser.add_argument("--build", required=True, help="folder that compiled parts are kept in between runs")
    parser.add_argument("--events", type=float, default=EVENTS, help="transmitted events in a ms")
    options = parser.parse_args()
    options.rates = tuple(share * options.events for share in SHARES)
    options.weights = tuple(weight * (EVENTS / options.events) ** 0.5 for weight in WEIGHTS)
    return options


class Stopwatch:
    """Wall and processor time of named parts, s; the processor's time counts threads, and `children` processes."""

    def __init__(self, children=False):
        self.wall, self.cpu = {}, {}
        self.who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF

    def _processor(self):
        used = resource.getrusage(self.who)
        return used.ru_utime + used.ru_stime

    @contextmanager
    def part(self, name):
        wall, cpu = time.perf_counter(), self._processor()
        yield
        self.wall[name] = self.wall.get(name, 0.0) + time.perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0.0) + self._processor() - cpu


def answer(options, scheme, watch, spikes, packages):
    """Write the spikes, pairs (trial, time), and print the JSON object.

    `watch` holds the parts "run" and, where something is compiled, "compile".
    """
    with open(options.spikes, "w") as file:
        file.write("trial,time\n")
        for trial, time_ in sorted(spikes):
            if time_ <= options.duration:
                file.write(f"{int(trial)},{float(time_)!r}\n")
    versions = {name: version(name) for name in packages}
    entry = {"scheme": scheme, "wall_s": watch.wall["run"], "cpu_s": watch.cpu["run"], "versions": versions}
    print(json.dumps(entry | {"compile_s": watch.wall.get("compile", 0.0)}))


def with_hysteresis(threshold_crossings, rearm_crossings):
    """Spikes, from all upward crossings (trial, time) of both levels: the first of the threshold after one of REARM.

    V falls below REARM between two spikes if and only if it crosses REARM upwards between them.
    """
    marks = [(*crossing, 1) for crossing in threshold_crossings] + [(*crossing, 0) for crossing in rearm_crossings]
    spikes, spent = [], set()
    for trial, time_, is_threshold in sorted(marks):
        if not is_threshold:
            spent.discard(trial)
        elif trial not in spent:
            spent.add(trial)
            spikes.append((trial, time_))
    return spikes


def upward_crossings(V, level, start):
    """All upward crossings (trial, time) of a level in traces V, numpy, shape (steps + 1, trials), by interpolation."""
    step, trial = ((V[:-1] < level) & (V[1:] >= level)).nonzero()
    before, after = V[step, trial], V[step + 1, trial]
    times = start + (step + (level - before) / (after - before)) * DT
    return list(zip(trial.tolist(), times.tolist(), strict=True))


def one_thread():
    """Ask every library that is loaded after this for one thread."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = "1"
