"""Arbor, one thread: its own hh mechanism, one compartment a trial, all cells in one group, fixed steps of 0.01 ms.

diffusion: the voltage process of white_noise.mod. jump: two Poisson schedules; what arrives in a step is injected in
the next one by kick.mod. Spikes: upward crossings of 0 mV, the second of two within 2 ms left out, since a second
detector at a location, for the level that arms again, reports no times.
"""

import os
import subprocess
import sys
from itertools import pairwise
from math import pi
from pathlib import Path

import arbor as A
import task
from arbor import units as U

MECHANISMS = Path(__file__).parent / "mechanisms/arbor"
SCHEMES = {"diffusion": "implicit Euler, staggered gates", "jump": "implicit Euler, events on the grid"}
AREA = 100.0  # um2: a current of 1 nA is then a density of 1 mA/cm2
NANOAMPERE = 1e-3  # for 1 uA/cm2
DEAD_TIME = 2.0  # ms


def catalogue(folder):
    """The mechanisms, compiled into the folder if they are not there."""
    path = Path(folder) / "stochhh-catalogue.so"
    if not path.exists():
        bin = Path(sys.executable).parent
        environment = os.environ | {"PATH": f"{bin}{os.pathsep}{os.environ['PATH']}"}
        command = [bin / "arbor-build-catalogue", "stochhh", MECHANISMS]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return A.load_catalogue(str(path))


class Trials(A.recipe):
    """One cell a trial, and one that takes their spikes: Arbor records no spike that goes nowhere."""

    def __init__(self, options, mechanisms):
        super().__init__()
        self.options = options
        self.properties = A.neuron_cable_properties()
        self.properties.catalogue.extend(mechanisms, "")

    def num_cells(self):
        return self.options.trials + 1

    def cell_kind(self, gid):
        return A.cell_kind.cable if gid < self.options.trials else A.cell_kind.lif

    def connections_on(self, gid):
        if gid < self.options.trials:
            return []
        return [A.connection((trial, "threshold"), "sink", 0.0, 20 * U.ms) for trial in range(gid)]

    def global_properties(self, kind):
        return self.properties

    def cell_description(self, gid):
        if gid == self.options.trials:
            return A.lif_cell("source", "sink")
        radius = (AREA / (4 * pi)) ** 0.5
        tree = A.segment_tree()
        tree.append(A.mnpos, A.mpoint(-radius, 0, 0, radius), A.mpoint(radius, 0, 0, radius), tag=1)
        decor = A.decor()
        decor.set_property(Vm=task.INITIAL[0] * U.mV, cm=task.C_M * U.uF / U.cm2, tempK=279.45 * U.Kelvin)
        decor.set_ion("na", rev_pot=task.E_NA * U.mV)
        decor.set_ion("k", rev_pot=task.E_K * U.mV)
        conductances = {"gnabar": task.G_NA / 1e3, "gkbar": task.G_K / 1e3, "gl": task.G_L / 1e3, "el": task.E_L}
        decor.paint("(all)", A.density("hh", conductances))
        mean = task.I_APP
        if self.options.job == "diffusion":
            mean += task.KAPPA_1
            decor.paint("(all)", A.voltage_process("white_noise", {"sd": task.KAPPA_2**0.5}))
        else:
            kick = A.mechanism("kick", {"per_mV": task.C_M * NANOAMPERE / task.DT})
            decor.place("(location 0 0.5)", A.synapse(kick), "kick")
        decor.place("(location 0 0.5)", A.i_clamp(mean * NANOAMPERE * U.nA))
        decor.place("(location 0 0.5)", A.threshold_detector(task.THRESHOLD * U.mV), "threshold")
        return A.cable_cell(tree, decor, discretization=A.cv_policy_single())

    def event_generators(self, gid):
        if self.options.job == "diffusion" or gid == self.options.trials:
            return []
        seeds = (2 * (self.options.seed * self.options.trials + gid) + k for k in range(2))
        rates, weights = self.options.rates, self.options.weights
        schedules = (A.poisson_schedule(rate * U.kHz, seed=s) for rate, s in zip(rates, seeds, strict=True))
        return [A.event_generator("kick", w, s) for w, s in zip(weights, schedules, strict=True)]


def again(earlier, later):
    """Whether V crossed the threshold a second time in one spike."""
    return earlier[0] == later[0] and later[1] - earlier[1] < DEAD_TIME


def main():
    options = task.asked(*SCHEMES)
    watch = task.Stopwatch()
    with watch.part("compile"):
        mechanisms = catalogue(options.build)
    recipe, context = Trials(options, mechanisms), A.context(threads=1)
    hint = {A.cell_kind.cable: A.partition_hint(prefer_gpu=False, cpu_group_size=options.trials)}
    simulation = A.simulation(recipe, context, A.partition_load_balance(recipe, context, hint), options.seed)
    simulation.record(A.spike_recording.all)
    with watch.part("run"):
        simulation.run(options.duration * U.ms, task.DT * U.ms)
    crossings = sorted((gid, time) for (gid, _), time in simulation.spikes().tolist())
    spikes = [later for earlier, later in pairwise([(-1, 0.0), *crossings]) if not again(earlier, later)]
    task.answer(options, SCHEMES[options.job], watch, spikes, ["arbor"])


if __name__ == "__main__":
    main()
