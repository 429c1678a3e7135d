"""Spikes of short runs of every backend, scheme and model, to the last bit: the same on every processor.

    python tests/golden/spikes_table.py            writes the table anew
    python tests/golden/spikes_table.py --print [RUN...]     prints a line for each run, the same on every processor

What a library of the machine computes in the run itself (the exp of plain Python, Fourier transforms) is
kept as the rest is, and compared to within rounding. See `tables`.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from runs_table import DRIVES, QUESTION, STRONG

import stochhh as sh
from stochhh.noise.merged import poisson_events

TABLE = Path(__file__).with_suffix(".json")
WINDOW = {"duration": 120.0, "transient": 11.3, "seed": 5, "n_trials": 4, "progress": False}
SAMPLING = sh.Sampling(("V", "n"), interval=0.2, longest_lag=4.0, segment=20.0)

HODGKIN_HUXLEY = sh.HodgkinHuxley(I_app=8.0)
LEAKY = sh.LeakyIntegrateAndFire()
OTHERS = {
    "from rest": sh.HodgkinHuxley(I_app=8.0, initial="rest"),
    "warm": sh.HodgkinHuxley(I_app=8.0, phi=2.0),
    "wang-buzsaki": sh.WangBuzsaki(I_app=1.0),
    "traub-miles": sh.TraubMiles(I_app=3.0),
    "morris-lecar": sh.MorrisLecar(I_app=95.0),
    "class 1": sh.MorrisLecar.class_1(I_app=45.0),
    "passive": sh.Passive(),
}
DENSE = sh.SynapticInput(
    sh.Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
    sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
)


def runs():
    """NAME -> (neuron, drive, settings of `simulate`)."""
    runs = {}
    for backend in (sh.Jump(), sh.Diffusion()):
        for name, neuron in OTHERS.items():
            runs[f"{backend.name}, {name}"] = neuron, QUESTION, {"backend": backend}
        for name, drive in {**DRIVES, "dense": DENSE, "nothing": sh.SynapticInput()}.items():
            runs[f"{backend.name}, {name}"] = HODGKIN_HUXLEY, drive, {"backend": backend}
        runs[f"{backend.name}, reset"] = LEAKY, STRONG, {"backend": backend}
        runs[f"{backend.name}, many trials"] = HODGKIN_HUXLEY, QUESTION, {"backend": backend, "n_trials": 70}
        sampled = {"backend": backend, "membrane": SAMPLING}
        runs[f"{backend.name}, membrane"] = HODGKIN_HUXLEY, QUESTION, sampled
    runs["jump, finer"] = HODGKIN_HUXLEY, QUESTION, {"backend": sh.Jump(tolerance=1e-6)}
    replayed = poisson_events(DRIVES["common"], duration=120.0, seed=9, trials=range(4))
    runs["jump, replayed"] = HODGKIN_HUXLEY, QUESTION, {"backend": sh.Jump(), "events": replayed}
    for scheme in ("heun", "splitting", "sra1"):
        backend = sh.Diffusion(dt=0.02, scheme=scheme)
        runs[scheme] = HODGKIN_HUXLEY, QUESTION, {"backend": backend}
        runs[f"{scheme}, reset"] = LEAKY, STRONG, {"backend": backend}
    for name in ("question", "normal and lognormal", "common"):
        runs[f"per-neuron, {name}"] = HODGKIN_HUXLEY, DRIVES[name], {"backend": sh.PerNeuron(dt=0.05), "n_trials": 2}
    runs["per-neuron, reset"] = LEAKY, STRONG, {"backend": sh.PerNeuron(dt=0.05), "n_trials": 2}
    return runs


def plain(numbers):
    """All of a float, in hexadecimal digits."""
    return " ".join(float(x).hex() for x in np.asarray(numbers, dtype=float).ravel())


def found(neuron, drive, settings):
    """What a run leaves: spikes of each trial, moments, swings, sums of the membrane."""
    run = sh.simulate(neuron, drive, **WINDOW | settings)
    left = {"spikes": [plain(run.spikes.with_transient().of(k)) for k in range(run.n_trials)]}
    left["powers"] = plain(run.moments.powers[:4])
    if run.swings is not None:
        left["swings"] = plain(run.swings.counts[:4])
    if run.membrane is not None:
        for name in SAMPLING.variables:
            every, subthreshold = run.membrane[name].every, run.membrane[name].subthreshold
            left[f"{name} sums"] = [plain(part) for sums in (every, subthreshold) for part in sums[:2]]
            left[f"{name} transforms"] = [plain(every.lagged[0]), plain(run.membrane[name].power[0])]
    return left


def of_a_library(name, part):
    """Whether what a run left hangs on the last bits of a library of the machine."""
    return name.startswith("per-neuron") or part.endswith("transforms")


def table():
    """Run -> what it leaves."""
    return {name: found(*run) for name, run in runs().items()}


def main():
    if sys.argv[1:2] != ["--print"]:
        TABLE.write_text(json.dumps(table(), indent=1) + "\n")
        return
    for name, run in runs().items():
        if name in (sys.argv[2:] or [name]):
            digests = {part: hashlib.sha256(json.dumps(x).encode()).hexdigest()[:12] for part, x in found(*run).items()}
            print(f"{name}:", *(f"{part} {digest}" for part, digest in digests.items()), flush=True)


if __name__ == "__main__":
    main()
