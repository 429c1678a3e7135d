"""What does one trial look like: the membrane potential, the ionic currents and the gates?

300 ms of the neuron of the first steps: I_app = 3 uA/cm2, 100 presynaptic neurons of 10 Hz, 80 of +1 mV and 20 of -4
mV, p = 0.5; jumps, one trial from time 0 on.

    python docs/figures/first_steps.py --out docs/figures
"""

import stochhh as sh
from stochhh.files import write_table
from stochhh.plotting import save_trace_figure
from stochhh.script import main, with_palette

NEURON = sh.HodgkinHuxley(I_app=3.0)
DRIVE = sh.SynapticInput(
    sh.Population("exc", n=80, rate=10.0, weight=+1.0, p=0.5),
    sh.Population("inh", n=20, rate=10.0, weight=-4.0, p=0.5),
)


def make(options):
    run = {"duration": 300.0, "seed": options.seed, "trace_interval": 0.05, "progress": False}
    result = sh.simulate(NEURON, DRIVE, backend="jump", **run)
    paths = save_trace_figure(result, NEURON, options.out, "first_steps")
    with_palette(paths[0])
    state = {name: result.traces[name][0, ::10] for name in result.traces.variables}
    write_table(options.out / "first_steps.csv", {"time": result.traces.time[::10], **state})


if __name__ == "__main__":
    main(make, __doc__)
