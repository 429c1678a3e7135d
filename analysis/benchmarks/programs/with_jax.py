"""JAX, float64, on the CPU: lax.scan over steps, all trials side by side, noise drawn in bulk for 500 steps."""

import os

import task

task.one_thread()
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

STEPS = 500  # in one call: noise that stays in the cache
SCHEMES = {"diffusion": "Euler-Maruyama", "jump": "Euler, Poisson counts in every step"}


def linoid(u):
    zero = jnp.abs(u) < 1e-7
    return jnp.where(zero, 1.0, -u / jnp.expm1(-jnp.where(zero, 1.0, u)))


def vector_field(V, m, h, n):
    return (
        task.I_APP
        - task.G_NA * m**3 * h * (V - task.E_NA)
        - task.G_K * n**4 * (V - task.E_K)
        - task.G_L * (V - task.E_L),
        linoid((V + 40) / 10) * (1 - m) - 4 * jnp.exp(-(V + 65) / 18) * m,
        0.07 * jnp.exp(-(V + 65) / 20) * (1 - h) - h / (1 + jnp.exp(-(V + 35) / 10)),
        0.1 * linoid((V + 55) / 10) * (1 - n) - 0.125 * jnp.exp(-(V + 65) / 80) * n,
    )


def kicks(options, key):
    """What the input adds to V, mV, shape (STEPS, trials)."""
    if options.job == "diffusion":
        normal = jax.random.normal(key, (STEPS, options.trials), dtype=jnp.float64)
        return task.KAPPA_1 * task.DT + jnp.sqrt(task.KAPPA_2 * task.DT) * normal
    counts = [
        jax.random.poisson(k, rate * task.DT, (STEPS, options.trials))
        for k, rate in zip(jax.random.split(key), options.rates, strict=True)
    ]
    return sum(weight * count for weight, count in zip(options.weights, counts, strict=True))


def chunk(options):
    """The compiled function (state, key) -> (state, whether V crossed the threshold while armed in every step)."""

    def step(state, kick):
        x, armed = state
        V, m, h, n = (value + task.DT * slope for value, slope in zip(x, vector_field(*x), strict=True))
        V = V + kick
        crossed = armed & (V >= task.THRESHOLD)
        return ((V, m, h, n), (armed & ~crossed) | (V < task.REARM)), crossed

    return jax.jit(lambda state, key: jax.lax.scan(step, state, kicks(options, key)))


def main():
    options = task.asked(*SCHEMES)
    jax.config.update("jax_enable_x64", True)
    watch, spikes = task.Stopwatch(), []
    advance = chunk(options)
    state = tuple(jnp.full(options.trials, value) for value in task.INITIAL), jnp.ones(options.trials, dtype=bool)
    key = jax.random.PRNGKey(options.seed)
    with watch.part("compile"):
        after, _ = advance(state, jax.random.fold_in(key, 0))
        jax.block_until_ready(advance(after, key))  # the types of a state that comes back may differ
    with watch.part("run"):
        for i in range(round(options.duration / task.DT / STEPS)):
            state, crossed = advance(state, jax.random.fold_in(key, i))
            steps, trials = np.nonzero(np.asarray(crossed))
            spikes += zip(trials, (i * STEPS + steps + 1) * task.DT, strict=True)
    task.answer(options, SCHEMES[options.job], watch, spikes, ["jax", "jaxlib", "numpy"])


if __name__ == "__main__":
    main()
