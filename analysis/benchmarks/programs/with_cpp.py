"""Plain scalar C++, compiled here with g++ -O3 -march=native -ffast-math: see hodgkin_huxley.cpp."""

import json
import subprocess
from pathlib import Path

from task import Stopwatch, asked

SOURCE = Path(__file__).with_name("hodgkin_huxley.cpp")
COMPILER = ["g++", "-O3", "-march=native", "-ffast-math"]
SCHEMES = {
    "diffusion": "Euler-Maruyama",
    "jump": "Runge-Kutta of order 4 from event to event, steps of at most 0.05 ms",
    "per-neuron": "Euler, every presynaptic neuron drawn in every step",
}


def main():
    options = asked(*SCHEMES)
    watch = Stopwatch()
    program = Path(options.build) / "hodgkin_huxley"
    with watch.part("compile"):
        if not program.exists():
            subprocess.run([*COMPILER, "-o", program, SOURCE], check=True)
    names = ("job", "trials", "duration", "seed", "inputs", "events", "spikes")
    values = [str(getattr(options, name)) for name in names]
    run = subprocess.run([program, *values], check=True, capture_output=True, text=True)
    wall, cpu = map(float, run.stdout.split())
    compiler = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
    entry = {"scheme": SCHEMES[options.job], "wall_s": wall, "cpu_s": cpu, "versions": {"g++": compiler}}
    print(json.dumps(entry | {"compile_s": watch.wall["compile"]}))


if __name__ == "__main__":
    main()
