"""What does a step of the diffusion cost on one core: ns per neuron-step of 0.01 ms, here and with the peers?

The neuron of Hodgkin and Huxley under 4000 excitatory and 1000 inhibitory Poisson neurons (10 Hz, p = 0.5, +0.1 and
-0.4 mV) in the diffusion approximation. Rate and CV of every program are set against converged ones: the scheme of
strong order 1.5 here.

    python analysis/benchmarks/diffusion.py --out out/benchmarks      prints one JSON object
"""

import json

from bench import DT, TRANSIENT, asked, compared, say

import stochhh as sh


def reference(options):
    """Spikes of the converged answer."""
    neuron = sh.HodgkinHuxley(I_app=3.0)
    drive = sh.SynapticInput(
        sh.Population("exc", n=4000, rate=10.0, weight=+0.1, p=0.5),
        sh.Population("inh", n=1000, rate=10.0, weight=-0.4, p=0.5),
    )
    backend = sh.Diffusion(scheme="sra1", dt=0.01)
    n_trials = 40 if options.quick else 2000
    say(f"diffusion: the converged answer, {n_trials} trials")
    return sh.simulate(
        neuron, drive, backend=backend, duration=10_200, transient=TRANSIENT, n_trials=n_trials, seed=options.seed + 777
    )


def main():
    options = asked(__doc__)
    converged = reference(options)
    programs = compared("diffusion", 1 / DT, converged.spikes, options)
    right = {name: getattr(sh.statistics, name)(converged.spikes).as_dict() for name in ("rate", "cv")}
    print(json.dumps({"unit": "ns per neuron-step", "reference": right, "programs": programs}))


if __name__ == "__main__":
    main()
