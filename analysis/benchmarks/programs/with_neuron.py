"""NEURON with CoreNEURON, one thread: its own hh mechanism with its tables, one section of one segment a trial.

Fixed steps. diffusion: a current of white_noise.mod, drawn in every step. jump: two NetStim with exponential
intervals; what arrives in a step is injected in it by kick.mod. Spikes: detector.mod.
"""

import os
import subprocess
import sys
from pathlib import Path

import task

MECHANISMS = Path(__file__).parent / "mechanisms/neuron"
SCHEMES = {"diffusion": "implicit Euler, staggered gates", "jump": "implicit Euler, events on the grid"}
AREA = 100.0  # um2: a current of 1 nA is then a density of 1 mA/cm2
NANOAMPERE = 1e-3  # for 1 uA/cm2


def loaded(folder):
    """NEURON, with the mechanisms compiled for itself and for CoreNEURON, unless they are there."""
    if not list(Path(folder).glob("*/special-core")):
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        command = ["nrnivmodl", "-coreneuron", MECHANISMS]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    os.chdir(folder)  # where NEURON and CoreNEURON look for them
    from neuron import h

    h.dt = task.DT
    h.celsius = 6.3
    return h


def cell(h, number, options):
    """One neuron: all its objects, the detector of its spikes last."""
    section = h.Section(name=f"cell{number}")
    section.L = section.diam = (AREA / 3.141592653589793) ** 0.5
    section.cm = task.C_M
    section.insert("hh")
    hh = section(0.5).hh
    hh.gnabar, hh.gkbar, hh.gl, hh.el = task.G_NA / 1e3, task.G_K / 1e3, task.G_L / 1e3, task.E_L  # S/cm2, mV
    section.ena, section.ek = task.E_NA, task.E_K
    drive = white_noise if options.job == "diffusion" else kicks
    objects = list(drive(h, section, number, options))
    detector = h.Detector(section(0.5))
    detector.level, detector.rearm = task.THRESHOLD, task.REARM
    return [section, *objects, detector]


def white_noise(h, section, number, options):
    """The current of the diffusion."""
    current = h.WhiteNoise(section(0.5))
    current.mean = (task.I_APP + task.KAPPA_1) * NANOAMPERE
    current.sd = (task.KAPPA_2 / task.DT) ** 0.5 * NANOAMPERE
    current.rng.set_ids(options.seed, number, 0)
    yield current


def kicks(h, section, number, options):
    """Two Poisson processes, excitation and inhibition, that kick one neuron."""
    kick = h.Kick(section(0.5))
    kick.mean = task.I_APP * NANOAMPERE
    yield kick
    for k, (rate, weight) in enumerate(zip(options.rates, options.weights, strict=True)):
        source = h.NetStim()
        source.interval, source.noise, source.number, source.start = 1 / rate, 1, 1e12, 0
        source.noiseFromRandom123(options.seed, number, k + 1)
        yield source
        yield h.NetCon(source, kick, 0, 1.0, weight * task.C_M * NANOAMPERE)


def main():
    options = task.asked(*SCHEMES)
    watch = task.Stopwatch()
    options.spikes = os.path.abspath(options.spikes)
    with watch.part("compile"):
        h = loaded(options.build)
    from neuron import coreneuron

    cells = [cell(h, number, options) for number in range(options.trials)]
    parallel, times, numbers = h.ParallelContext(), h.Vector(), h.Vector()
    for number, (*_, detector) in enumerate(cells):
        parallel.set_gid2node(number, 0)
        parallel.cell(number, h.NetCon(detector, None))
    parallel.spike_record(-1, times, numbers)
    coreneuron.enable = True
    coreneuron.verbose = 0
    h.CVode().cache_efficient(True)
    parallel.set_maxstep(10)
    h.finitialize(task.INITIAL[0])
    with watch.part("run"):
        parallel.psolve(options.duration)
    spikes = list(zip(numbers, times, strict=True))
    task.answer(options, SCHEMES[options.job], watch, spikes, ["neuron"])


if __name__ == "__main__":
    main()
