"""How does the time grow with the number of presynaptic neurons, at equal events: 25 in a ms?

stochhh's jump and diffusion do not know the number. Programs that draw every presynaptic neuron on its own do: plain
C++ and Brian2, both with plain Euler steps on the grid, and the script of the original question, which runs as it was
posted (300 ms; its time grows with the square of the duration too, so it is not turned into that of a second).

    python analysis/benchmarks/growth_n.py --out out/benchmarks      prints one JSON object
"""

import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from bench import EVENTS, HERE, PEERS, Unavailable, asked, run, say, spread

try:
    import resource
except ImportError:
    sys.exit("this needs the processor time of other programs, which Windows does not tell: use Linux or macOS")

NUMBERS = (100, 5_000, 50_000, 500_000, 5_000_000)
# (program, job, numbers of inputs, trials, ms)
PROGRAMS = (
    ("stochhh", "jump", NUMBERS, 256, 5000.0),
    ("stochhh", "diffusion", NUMBERS, 256, 5000.0),
    ("cpp", "per-neuron", (100, 1_000, 5_000, 50_000), 1, 200.0),
    ("brian2", "per-neuron", (100, 1_000, 5_000, 50_000), 1, 200.0),
)
SCRIPT = HERE / "question_script.py"


def script_seconds(n):
    """Processor seconds of the question's script with n presynaptic neurons, four fifths of them excitatory."""
    text = SCRIPT.read_text()
    for name, old, new in (("N", 100, n), ("N_ex", 80, n * 4 // 5), ("N_in", 20, n // 5)):
        text = text.replace(f"\n{name} = {old}", f"\n{name} = {new}")
    with TemporaryDirectory() as folder, open(f"{folder}/script.py", "w") as file:
        file.write(text)
        file.flush()
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([sys.executable, file.name], check=True, env={**os.environ, "MPLBACKEND": "Agg"})
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def grown(options, curves):
    """One repeat: append the seconds of every program at every number of inputs."""
    for name, job, numbers, trials, duration in PROGRAMS:
        if options.only is not None and name not in options.only:
            continue
        if options.quick:
            trials, numbers = min(trials, 16), numbers[:2] if name != "stochhh" else numbers
        curve = curves.setdefault(f"{name} {job}", {"title": PEERS[name]["title"], "job": job, "points": {}})
        for n in numbers:
            size = {"trials": trials, "duration": duration if not options.quick else min(duration, 1000.0)}
            try:
                answer, _ = run(name, job, options, **size, seed=options.seed, inputs=n)
            except Unavailable as error:
                curve["unavailable"] = str(error)
                break
            seconds = answer["cpu_s"] / size["trials"] / size["duration"] * 1000
            curve["points"].setdefault(n, []).append(seconds)
            say(f"growth with N: {PEERS[name]['title']} {job}, N = {n}: {seconds:.4g} s per simulated second")


def main():
    options = asked(__doc__)
    curves = {}
    for _ in range(options.repeats):
        grown(options, curves)
    for curve in curves.values():
        curve["points"] = {n: spread(values) for n, values in curve["points"].items()}
    # Once: its cost is hundreds of times that of the others, and so not in doubt.
    script = {n: spread([script_seconds(n)]) for n in ((100,) if options.quick else (100, 1_000, 5_000))}
    result = {"unit": "s per simulated second, one core", "events": EVENTS, "curves": curves, "script": script}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
