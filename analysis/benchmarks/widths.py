"""What do a step and an event cost by the width of the vectors that the processor is allowed to use?

A processor with vectors of 512 bits is measured with 256 bits too, by machine code that does without the wider ones.
128 bits are measured where there are no others: on x86 a processor with fused multiply-adds has 256.

    python analysis/benchmarks/widths.py --out out/benchmarks      prints one JSON object
"""

import json
import os

from bench import DT, EVENTS, asked, run, say, spread, work
from llvmlite import binding

PER_MS = {"diffusion": 1 / DT, "jump": EVENTS}


def environments():
    """Width in bits -> the variables with which numba compiles for it on this processor."""
    features = binding.get_host_cpu_features()
    if not features.get("avx2"):
        return {128: {}}
    narrow = {name: there and not name.startswith(("avx512", "avx10", "evex512")) for name, there in features.items()}
    flags = ",".join(f"{'+' if there else '-'}{name}" for name, there in narrow.items())
    only_256 = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": flags}
    return {512: {}, 256: only_256} if features.get("avx512f") else {256: {}}


def cost(job, variables, options):
    """ns of processor time of one step or event."""
    trials, duration = work("stochhh", job, options)
    os.environ.update(variables)
    try:
        answer, _ = run("stochhh", job, options, trials=trials, duration=duration, seed=options.seed)
    finally:
        for name in variables:
            del os.environ[name]
    return answer["cpu_s"] * 1e9 / (trials * duration * PER_MS[job])


def main():
    options = asked(__doc__)
    found = {job: {width: [] for width in environments()} for job in PER_MS}
    for repeat in range(options.repeats + 1):
        for width, variables in environments().items():
            for job in PER_MS:
                ns = cost(job, variables, options)
                if repeat:  # the first one compiled
                    found[job][width].append(ns)
                    say(f"{width} bits, {job}, repeat {repeat}: {ns:.4g} ns")
    costs = {job: {width: spread(values) for width, values in widths.items()} for job, widths in found.items()}
    print(json.dumps({"unit": "ns of processor time on one core", "costs": costs}))


if __name__ == "__main__":
    main()
