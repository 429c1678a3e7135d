"""What one more operation in a neuron's vector field costs: ns in an Euler-Maruyama step of one neuron, on one core.

The table in docs/your-own-neuron.md.

    python analysis/benchmarks/cost_of_operations.py [--quick] [--seed S] [--out FILE.csv]
"""

import argparse
import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

import stochhh as sh

OPERATIONS = {
    "none": lambda y: y,
    "division": lambda y: 1.0 / (y + 9.0),
    "exp": math.exp,
    "log": lambda y: math.log(y + 9.0),
    "sqrt": lambda y: math.sqrt(y + 9.0),
    "sin": math.sin,
    "tanh": math.tanh,
    "cosh": math.cosh,
    "expm1": math.expm1,
    "y**0.33": lambda y: (y + 9.0) ** 0.33,
    "erf": math.erf,
}
COPIES = 4
DRIVE = sh.SynapticInput(sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5))


class NoConstants(NamedTuple):
    pass


@cache
def leak(operation):
    """A vector field that only leaks, with some copies of an operation, whose results hardly count."""

    def vector_field(x, p):
        V, w = x
        y = operation(0.001 * V) + operation(0.002 * V) + operation(0.003 * V) + operation(0.004 * V)
        return -0.1 * (V + 60.0) + 1e-9 * y, -0.2 * w

    return vector_field


class Leak:
    name = "leak"
    variables = ("V", "w")
    ranges = ((-200.0, 200.0), (-200.0, 200.0))
    scales = (100.0, 1.0)
    threshold, rearm = 0.0, -30.0
    membrane_rate = staticmethod(lambda x, p: 0.1)

    def parameters(self):
        return NoConstants()

    def initial_state(self):
        return -60.0, 0.5

    def as_dict(self):
        return {}


def nanoseconds(operation, seed, n_trials, duration):
    """Time of one step."""
    neuron = type("Leak", (Leak,), {"vector_field": staticmethod(leak(operation))})()
    run = sh.simulate(neuron, DRIVE, backend="diffusion", n_trials=n_trials, duration=duration, seed=seed, workers=1)
    return run.provenance["timing"]["run_s"] / (n_trials * duration / 0.01) * 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three operations, short runs: rough figures")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a CSV file to write")
    options = parser.parse_args()
    names = list(OPERATIONS)[: 3 if options.quick else None]
    rounds, size = (2, (16, 50.0)) if options.quick else (100, (64, 100.0))
    # In turns, so that all see the same machine; what disturbs can only add, so the best counts.
    turns = [[nanoseconds(OPERATIONS[name], options.seed, *size) for name in names] for _ in range(rounds)]
    cost = dict(zip(names, map(min, zip(*turns, strict=True)), strict=True))
    lines = ["operation,ns", f"a step without,{cost['none']:.2f}"]
    lines += [f"{name},{(cost[name] - cost['none']) / COPIES:.2f}" for name in names[1:]]
    print("\n".join(lines))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
