"""Events, spikes, moments and traces of short runs of every backend: see `tables`."""

from pathlib import Path

import numpy as np
from tables import written

import stochhh as sh
from stochhh.noise.merged import poisson_events
from stochhh.noise.presynaptic import presynaptic_events
from stochhh.random import EVENT, NORMAL, normals, uniforms

TABLE = Path(__file__).with_suffix(".json")

QUESTION = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)
DRIVES = {
    "question": QUESTION,
    "one": sh.SynapticInput(sh.Population("exc", n=30, rate=50.0, weight=0.7, p=0.9)),
    "exponential": sh.SynapticInput(
        sh.Population("a", n=50, rate=20.0, weight=0.5, p=0.8, weight_distribution="exponential"),
        sh.Population("b", n=10, rate=20.0, weight=-0.5, p=0.8),
    ),
    "normal and lognormal": sh.SynapticInput(
        sh.Population("a", n=50, rate=20.0, weight=0.5, p=0.8, weight_distribution="normal", weight_sd=0.3),
        sh.Population("b", n=20, rate=20.0, weight=-0.5, p=0.8, weight_distribution="lognormal", weight_sd=0.4),
    ),
    "correlated": sh.SynapticInput(sh.Population("a", n=40, rate=20.0, weight=0.3, p=0.5, correlation=0.2)),
    "common": sh.SynapticInput(
        sh.Population("exc", n=6, rate=20.0, weight=1.0, p=0.5, correlation=0.25, common="x"),
        sh.Population("inh", n=4, rate=40.0, weight=-2.0, p=0.75, correlation=0.5, common="x"),
        sh.Population("alone", n=5, rate=8.0, weight=2.0, p=0.25),
    ),
}
HODGKIN_HUXLEY, LEAKY = sh.HodgkinHuxley(I_app=8.0), sh.LeakyIntegrateAndFire()
STRONG = sh.SynapticInput(sh.Population("exc", n=100, rate=20.0, weight=1.5, p=1.0))
RUNS = {
    "jump": (HODGKIN_HUXLEY, QUESTION, sh.Jump()),
    "jump, finer": (HODGKIN_HUXLEY, QUESTION, sh.Jump(tolerance=1e-6)),
    "diffusion": (HODGKIN_HUXLEY, QUESTION, sh.Diffusion()),
    **{scheme: (HODGKIN_HUXLEY, QUESTION, sh.Diffusion(dt=0.02, scheme=scheme)) for scheme in
       ("heun", "splitting", "sra1")},
    "per-neuron": (HODGKIN_HUXLEY, QUESTION, sh.PerNeuron(dt=0.05)),
    "jump, reset": (LEAKY, STRONG, sh.Jump()),
    "diffusion, reset": (LEAKY, STRONG, sh.Diffusion()),
    "per-neuron, reset": (LEAKY, STRONG, sh.PerNeuron(dt=0.05)),
}  # fmt: skip
WINDOW = {"duration": 80.0, "transient": 11.3, "seed": 5, "n_trials": 3, "progress": False}


def digest(x):
    """How many, the first few, and sums that see each and its place."""
    x = np.asarray(x, dtype=float).ravel()
    return [x.size, *x[:4], x.sum(), x @ np.cos(np.arange(x.size))]


def events(found):
    return [digest(found.trial), digest(found.time), digest(found.jump)]


def run(neuron, drive, backend):
    plain = sh.simulate(neuron, drive, backend=backend, **WINDOW)
    sampled = sh.simulate(neuron, drive, backend=backend, trace_interval=1.7, **WINDOW)
    numbers = plain.spikes.time, plain.spikes.trial, plain.moments.powers, sampled.traces.values
    return list(map(digest, numbers))


def table():
    """Where -> numbers."""
    found = {"uniforms": digest(uniforms(np.arange(50), 3, EVENT, 17)), "normals": digest(normals(50, 7, 2))}
    found["other uniforms"] = digest(uniforms(np.arange(2**33, 2**33 + 9), 2**32 - 1, NORMAL, 2**64 - 1))
    for name, drive in DRIVES.items():
        for draw in (poisson_events, presynaptic_events):
            found[f"{draw.__name__}, {name}"] = events(draw(drive, duration=150.0, seed=9, trials=[0, 3]))
        found[f"cumulants, {name}"] = [drive.intensity, *(drive.cumulant(j) for j in (1, 2, 3, 4))]
    for name, (neuron, drive, backend) in RUNS.items():
        found[name] = run(neuron, drive, backend)
    replayed = poisson_events(DRIVES["common"], duration=80.0, seed=9, trials=range(3))
    for backend in (sh.Jump(), sh.PerNeuron(dt=0.05)):
        again = sh.simulate(HODGKIN_HUXLEY, DRIVES["common"], backend=backend, events=replayed, **WINDOW)
        found[f"replayed by {backend.name}"] = [digest(again.spikes.time), digest(again.moments.powers)]
    return found


if __name__ == "__main__":
    written(table(), TABLE)
