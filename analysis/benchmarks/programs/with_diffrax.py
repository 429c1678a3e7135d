"""diffrax, float64, on the CPU: Euler with constant steps under vmap, UnsafeBrownianPath, V saved at every step."""

import os

import task

task.one_thread()
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
import diffrax  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

STEPS = 2000  # in one call


def linoid(u):
    zero = jnp.abs(u) < 1e-7
    return jnp.where(zero, 1.0, -u / jnp.expm1(-jnp.where(zero, 1.0, u)))


def drift(t, x, args):
    V, m, h, n = x
    return jnp.stack(
        [
            task.I_APP
            + task.KAPPA_1
            - task.G_NA * m**3 * h * (V - task.E_NA)
            - task.G_K * n**4 * (V - task.E_K)
            - task.G_L * (V - task.E_L),
            linoid((V + 40) / 10) * (1 - m) - 4 * jnp.exp(-(V + 65) / 18) * m,
            0.07 * jnp.exp(-(V + 65) / 20) * (1 - h) - h / (1 + jnp.exp(-(V + 35) / 10)),
            0.1 * linoid((V + 55) / 10) * (1 - n) - 0.125 * jnp.exp(-(V + 65) / 80) * n,
        ]
    )


def diffusion(t, x, args):
    return jnp.array([task.KAPPA_2**0.5, 0.0, 0.0, 0.0])


def trial(x, key):
    """V at the end of each of STEPS steps, and the state after them."""
    noise = diffrax.UnsafeBrownianPath(shape=(), key=key)
    terms = diffrax.MultiTerm(diffrax.ODETerm(drift), diffrax.ControlTerm(diffusion, noise))
    save = diffrax.SubSaveAt(steps=True, fn=lambda t, x, args: x[0]), diffrax.SubSaveAt(t1=True)
    V, last = diffrax.diffeqsolve(
        terms, diffrax.Euler(), 0.0, STEPS * task.DT, task.DT, x, saveat=diffrax.SaveAt(subs=save),
        adjoint=diffrax.ForwardMode(), max_steps=STEPS + 2,
    ).ys  # fmt: skip
    return V[:STEPS], last[-1]


def main():
    options = task.asked("diffusion")
    jax.config.update("jax_enable_x64", True)
    watch, crossings = task.Stopwatch(), ([], [])
    advance = jax.jit(jax.vmap(trial, out_axes=(1, 0)))
    x = jnp.tile(jnp.array(task.INITIAL), (options.trials, 1))
    calls = round(options.duration / task.DT / STEPS)
    keys = jax.random.split(jax.random.PRNGKey(options.seed), (calls, options.trials))
    with watch.part("compile"):
        jax.block_until_ready(advance(advance(x, keys[0])[1], keys[0]))
    last = np.full((1, options.trials), task.INITIAL[0])
    with watch.part("run"):
        for i in range(calls):
            V, x = advance(x, keys[i])
            V = np.concatenate([last, np.asarray(V)])
            for level, found in zip((task.THRESHOLD, task.REARM), crossings, strict=True):
                found += task.upward_crossings(V, level, i * STEPS * task.DT)
            last = V[-1:]
        spikes = task.with_hysteresis(*crossings)
    task.answer(options, "Euler-Maruyama", watch, spikes, ["diffrax", "jax", "numpy"])


if __name__ == "__main__":
    main()
