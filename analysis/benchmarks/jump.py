"""What does a presynaptic event cost on one core: ns per event at 25 events in a ms, here and with the peers?

The neuron of Hodgkin and Huxley under 4000 excitatory and 1000 inhibitory Poisson neurons (10 Hz, p = 0.5, +0.1 and
-0.4 mV). Peers that step on a grid are measured by the same events. Rate and CV of every program are set against
converged ones: the jump backend here at a tenth of its tolerance.

    python analysis/benchmarks/jump.py --out out/benchmarks      prints one JSON object
"""

import json

from bench import EVENTS, TRANSIENT, asked, compared, say

import stochhh as sh


def reference(options):
    """Spikes of the converged answer."""
    neuron = sh.HodgkinHuxley(I_app=3.0)
    drive = sh.SynapticInput(
        sh.Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
        sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
    )
    n_trials = 40 if options.quick else 2000
    say(f"jump: the converged answer, {n_trials} trials")
    return sh.simulate(
        neuron, drive, backend=sh.Jump(tolerance=1e-4), duration=10_200, transient=TRANSIENT, n_trials=n_trials,
        seed=options.seed + 777,
    )  # fmt: skip


def main():
    options = asked(__doc__)
    converged = reference(options)
    programs = compared("jump", EVENTS, converged.spikes, options)
    right = {name: getattr(sh.statistics, name)(converged.spikes).as_dict() for name in ("rate", "cv")}
    print(json.dumps({"unit": "ns per event", "reference": right, "programs": programs}))


if __name__ == "__main__":
    main()
