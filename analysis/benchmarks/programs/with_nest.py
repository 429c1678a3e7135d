"""NEST: hh_psc_alpha, which NEST integrates with an adaptive Runge-Kutta-Fehlberg method of order 4(5), one thread.

The noise is a current of a noise_generator, constant over each step of 0.01 ms. NEST counts its own spikes: a maximum
of V above 0 mV, then 2 ms of refractoriness; a spike is due at its peak.
"""

import nest
import task


def main():
    options = task.asked("diffusion")
    watch = task.Stopwatch()
    nest.set_verbosity("M_ERROR")
    nest.set(resolution=task.DT, local_num_threads=1, rng_seed=options.seed)
    area = 100.0  # C_m is 100 pF: g in nS, I in pA are 100 times those for 1 uF/cm2
    neurons = nest.Create(
        "hh_psc_alpha",
        options.trials,
        {
            "C_m": area * task.C_M, "g_Na": area * task.G_NA, "g_K": area * task.G_K, "g_L": area * task.G_L,
            "E_Na": task.E_NA, "E_K": task.E_K, "E_L": task.E_L, "I_e": area * (task.I_APP + task.KAPPA_1),
            **dict(zip(("V_m", "Act_m", "Inact_h", "Act_n"), task.INITIAL, strict=True)),
        },
    )  # fmt: skip
    noise = nest.Create("noise_generator", {"mean": 0.0, "std": area * (task.KAPPA_2 / task.DT) ** 0.5, "dt": task.DT})
    recorder = nest.Create("spike_recorder")
    nest.Connect(noise, neurons, syn_spec={"delay": task.DT})
    nest.Connect(neurons, recorder, syn_spec={"delay": task.DT})
    with watch.part("compile"):
        nest.Prepare()
    with watch.part("run"):
        nest.Run(options.duration)
    first = neurons[0].global_id
    spikes = [(i - first, t) for i, t in zip(recorder.events["senders"], recorder.events["times"], strict=True)]
    task.answer(options, "Runge-Kutta-Fehlberg, noise constant over 0.01 ms", watch, spikes, ["nest-simulator"])


if __name__ == "__main__":
    main()
