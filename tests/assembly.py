"""The assembly of the loops over the lanes: how much of it works on whole vectors.

As a script, with numba's variables of the environment for the width: prints a JSON list of what `counted` finds for the
default neuron, in both compiled backends, in narrow and in wide blocks.
"""

import json
import re

import stochhh as sh
from stochhh.integrators.kernels import event_driven, grid
from stochhh.integrators.schemes import SCHEMES
from stochhh.integrators.task import NARROW, WIDE
from stochhh.noise.gaussian import WhiteNoise
from stochhh.noise.merged import MergedEvents
from stochhh.swings import swing_sizes
from stochhh.system import compose

__all__ = ["counted", "sweep"]


def sweep(neuron, backend, lanes):
    """The assembly of the loop over the lanes, as lines; the kernel must not come from the disk."""
    system, sizes = compose(neuron, sh.SynapticInput()), len(swing_sizes(neuron))
    n, options = len(system.variables), {"resets": False, "sizes": sizes, "own": 0}
    if backend == "jump":
        stepper = event_driven.stepper(system.drift, n, (0,), 1, None, lanes, MergedEvents.refill, **options)
        instance = sh.Jump(lanes=lanes)
    else:
        scheme, rate = SCHEMES["euler-maruyama"], system.membrane_rate
        stepper = grid.stepper(scheme, system.drift, rate, n, (0,), lanes, WhiteNoise.values, twin=None, **options)
        instance = sh.Diffusion(lanes=lanes)
    sh.simulate(neuron, sh.SynapticInput(), backend=instance, duration=1.0, seed=1)
    (code,) = stepper.inspect_asm().values()
    (body,) = re.findall(r"^_ZN7stochhh\w*sweep\w*:\n(.*?)^\s*\.size", code, re.DOTALL | re.MULTILINE)
    return [line.strip() for line in body.splitlines()]


def counted(lines):
    """Numbers of arithmetic instructions by the width in bits, 64 those on single numbers; and the calls."""
    arithmetic = r"v(?:add|sub|mul|div|fn?m(?:add|sub)\d*)"
    found = dict.fromkeys((64, 128, 256, 512), 0)
    for line in lines:
        if re.match(arithmetic + r"sd\s", line):
            found[64] += 1
        elif register := re.match(arithmetic + r"pd\s.*%([xyz])mm", line):
            found[{"x": 128, "y": 256, "z": 512}[register[1]]] += 1
    return found, [line for line in lines if line.startswith("call")]


if __name__ == "__main__":
    cases = [(backend, lanes) for backend in ("jump", "diffusion") for lanes in (NARROW, WIDE)]
    print(json.dumps([counted(sweep(sh.HodgkinHuxley(), *case)) for case in cases]))
