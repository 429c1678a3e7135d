"""One step of dx = (f(x) + mean e) dt + noise e dW, in four ways; e is the variable that the input moves.

A scheme knows nothing of the neuron but its vector field, or its linear rates. Each is a compiled function

    step(x, z, zeta, p, (mean, noise, dt)) -> x after dt,    noise = sqrt(kappa_2 dt)

of one or two standard normal numbers.
"""

from typing import NamedTuple

from ...elementary import exp, fma, inline, select, sqrt
from .scalar import compiled, relaxed_others, tuple_arithmetic

__all__ = ["SCHEMES", "Scheme"]


class Scheme(NamedTuple):
    """A scheme by its name, and what the loop around it must know."""

    name: str
    normals: int  # that one step uses: 1 or 2
    explicit: bool  # breaks down where dt times the membrane rate is beyond 2
    linear: bool  # needs the model's linear rates
    strong_order: float  # for additive noise, as is
    weak_order: int
    build: object  # (vector_field or linear_rates, n, target, lanes) -> step


def _euler_maruyama(vector_field, n, target, lanes):
    """x + dt f(x) + dL.  Maruyama, Rend. Circ. Mat. Palermo 4, 48 (1955)."""
    field, ops = compiled(vector_field), tuple_arithmetic(n, lanes)
    axpy, shifted = ops.axpy, ops.shifted

    @inline
    def step(x, z, zeta, p, drive):
        mean, noise, dt = drive
        return shifted(axpy(dt, field(x, p), x), target, fma(noise, z, dt * mean))

    return step


def _heun(vector_field, n, target, lanes):
    """x + dt/2 (f(x) + f(y)) + dL,  y the Euler step.  Ruemelin, SIAM J. Numer. Anal. 19, 604 (1982)."""
    field, ops = compiled(vector_field), tuple_arithmetic(n, lanes)
    axpy, shifted = ops.axpy, ops.shifted

    @inline
    def step(x, z, zeta, p, drive):
        mean, noise, dt = drive
        moved = fma(noise, z, dt * mean)
        f = field(x, p)
        g = field(shifted(axpy(dt, f, x), target, moved), p)
        return shifted(axpy(0.5 * dt, g, axpy(0.5 * dt, f, x)), target, moved)

    return step


_SQRT_THIRD = 0.5773502691896257


def _sra1(vector_field, n, target, lanes):
    """x + dt/3 f(x) + 2 dt/3 f(y) + dL,  y = x + 3/4 dt f(x) + 3/2 I_10/dt,  I_10 the time integral of L.

    SRA1 of Roessler, SIAM J. Numer. Anal. 48, 922 (2010), for additive noise.
    """
    field, ops = compiled(vector_field), tuple_arithmetic(n, lanes)
    axpy, shifted = ops.axpy, ops.shifted

    @inline
    def step(x, z, zeta, p, drive):
        mean, noise, dt = drive
        wander = 0.5 * noise * fma(_SQRT_THIRD, zeta, z)  # I_10 / dt of the noise alone
        f = field(x, p)
        y = shifted(axpy(0.75 * dt, f, x), target, fma(1.5, wander, 0.75 * dt * mean))
        last = axpy((2 / 3) * dt, field(y, p), axpy((1 / 3) * dt, f, x))
        return shifted(last, target, fma(noise, z, dt * mean))

    return step


@inline
def _relaxed(y):
    """(1 - e^-y) / y, and e^-y, for y >= 0."""
    e = exp(-y)
    small = y < 0.02
    series = fma(y, fma(y, fma(y, fma(y, 1 / 120, -1 / 24), 1 / 6), -0.5), 1.0)
    return select(small, series, (1.0 - e) / select(small, 1.0, y)), e


def _splitting(linear_rates, n, target, lanes):
    """Gates half a step at fixed V, V a whole one at fixed gates, gates half a step: each flow solved exactly.

        x_i <- x_i e^(-b_i h) + a_i (1 - e^(-b_i h)) / b_i      V the same, with the noise of an
        Ornstein-Uhlenbeck process, of variance kappa_2 (1 - e^(-2 b h)) / (2 b)

    Buckwar, Tamborrino and Tubikanec, Stat. Comput. 30, 627 (2020), Strang's composition. Gates stay in [0, 1] at
    any step. Of strong order 1; the variables beyond V are taken to depend on V alone, as gates do.
    """
    rates, ops = compiled(linear_rates), tuple_arithmetic(n, lanes)
    others, with_first = relaxed_others(n, _relaxed), ops.with_first

    @inline
    def step(x, z, zeta, p, drive):
        mean, noise, dt = drive
        a, b = rates(x, p)
        x = others(x, a, b, 0.5 * dt)
        a, b = rates(x, p)
        part, e = _relaxed(b[0] * dt)
        spread, _ = _relaxed(2.0 * b[0] * dt)
        V = fma(x[0], e, fma(noise * sqrt(spread), z, (a[0] + mean) * dt * part))
        x = with_first(V, x)
        a, b = rates(x, p)
        return others(x, a, b, 0.5 * dt)

    return step


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("euler-maruyama", 1, True, False, 1.0, 1, _euler_maruyama),
        Scheme("heun", 1, True, False, 1.0, 2, _heun),
        Scheme("splitting", 1, False, True, 1.0, 2, _splitting),
        Scheme("sra1", 2, True, False, 1.5, 2, _sra1),
    )
}
