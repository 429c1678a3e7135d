"""One step of dx = f(t, x) dt + dL: a scheme. L is the input, of the variables that it moves.

A scheme is written in plain Python, without a word about neurons, lanes or random numbers: from the slope f and what
can be done with states it makes

    step(t, x, increments, p, dt) -> x at t + dt

which the kernel compiles. The increments of L, an `Increment` for each variable that the input moves, may have any law;
they do not depend on the state.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..elementary import exp, fma, inline, select, sqrt
from ..errors import InputError, choice, integer, real, within
from ..fingerprints import present

__all__ = ["SCHEMES", "Scheme", "named"]


@dataclass(frozen=True)
class Scheme:
    """A scheme by its name, and what the loop around it must know; `Diffusion(scheme=...)` takes it.

    Arguments:
        name: recorded with results.
        build: function (slope, states) -> step. slope(t, x, p) is f, or (a, b) for a scheme that is `linear`; `states`
            has axpy(a, x, y) = a*x + y; total(increments, dt), what the input adds; moved(x, by), x with that added;
            with_first(V, x), x with V for its first variable; each(function), which makes (x, ..., h) -> a state of
            the function(x_i, ..., h) of all variables; and input(function), which makes (increments, h) -> `by`, of
            the function(increment, h) of all variables that the input moves.
        strong_order: for additive noise.
        weak_order: for additive noise.
        values: random values that one step uses, 1 or 2.
        explicit: whether it breaks down where dt times the membrane rate is beyond 2; the run is then refused.
        linear: whether it needs the model's `linear_rates`, with which f_i = a_i - b_i x_i.
        of_V: whether it is made for an input that moves V alone; another is then refused.
        additive: whether it is made for noise whose size does not depend on the state; any other is then refused.
            One that is not must converge to the solution in the sense of Ito.

    Raises InputError, which names the setting, for one that is not of its kind.
    """

    name: str
    build: Callable[[Any, Any], Callable]
    strong_order: float
    weak_order: float
    values: int = 1
    explicit: bool = True
    linear: bool = False
    of_V: bool = False
    additive: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError("name", self.name, "a text that is not empty").within(argument="scheme")
        with within(scheme=self.name):
            if not callable(self.build) or type(self.build).__hash__ is None:
                raise InputError("build", self.build, "a function (slope, states) that returns step")
            for order in ("strong_order", "weak_order"):
                real(order, getattr(self, order), above=0)
            integer("values", self.values, at_least=1, at_most=2)
            for name in ("explicit", "linear", "of_V", "additive"):
                if not isinstance(getattr(self, name), bool):
                    raise InputError(name, getattr(self, name), "True or False")


def _euler_maruyama(slope, states):
    """x + dt f(x) + dL.  Maruyama, Rend. Circ. Mat. Palermo 4, 48 (1955)."""
    axpy, moved, total = states.axpy, states.moved, states.total

    def step(t, x, increments, p, dt):
        return moved(axpy(dt, slope(t, x, p), x), total(increments, dt))

    return step


def _heun(slope, states):
    """x + dt/2 (f(x) + f(y)) + dL,  y the Euler step.  Ruemelin, SIAM J. Numer. Anal. 19, 604 (1982)."""
    axpy, moved, total = states.axpy, states.moved, states.total

    def step(t, x, increments, p, dt):
        dL = total(increments, dt)
        f = slope(t, x, p)
        g = slope(t + dt, moved(axpy(dt, f, x), dL), p)
        return moved(axpy(0.5 * dt, g, axpy(0.5 * dt, f, x)), dL)

    return step


_SQRT_THIRD = 0.5773502691896257


def _wander(increment, dt):
    """3/2 I_10 / dt, I_10 the time integral of the input over the step."""
    wander = 0.5 * increment.size * (_SQRT_THIRD * increment.second + increment.value)
    return 1.5 * wander + 0.75 * dt * increment.mean


def _sra1(slope, states):
    """x + dt/3 f(x) + 2 dt/3 f(y) + dL,  y = x + 3/4 dt f(x) + 3/2 I_10/dt,  I_10 the time integral of L.

    SRA1 of Roessler, SIAM J. Numer. Anal. 48, 922 (2010), for additive noise.
    """
    axpy, moved, total, wander = states.axpy, states.moved, states.total, states.input(_wander)

    def step(t, x, increments, p, dt):
        f = slope(t, x, p)
        y = moved(axpy(0.75 * dt, f, x), wander(increments, dt))
        last = axpy((2 / 3) * dt, slope(t + 0.75 * dt, y, p), axpy((1 / 3) * dt, f, x))
        return moved(last, total(increments, dt))

    return step


@inline
def _relaxed(y):
    """(1 - e^-y) / y, and e^-y, for y >= 0."""
    e = exp(-y)
    small = y < 0.02
    series = fma(y, fma(y, fma(y, fma(y, 1 / 120, -1 / 24), 1 / 6), -0.5), 1.0)
    return select(small, series, (1.0 - e) / select(small, 1.0, y)), e


@inline
def _relax(x, a, b, h):
    """x after it has followed dx/dt = a - b x for h."""
    part, e = _relaxed(b * h)
    return x * e + a * h * part


def _splitting(rates, states):
    """Gates half a step at fixed V, V a whole one at fixed gates, gates half a step: each flow solved exactly.

        x_i <- x_i e^(-b_i h) + a_i (1 - e^(-b_i h)) / b_i      V the same, with the noise of an
        Ornstein-Uhlenbeck process, of variance kappa_2 (1 - e^(-2 b h)) / (2 b)

    Buckwar, Tamborrino and Tubikanec, Stat. Comput. 30, 627 (2020), Strang's composition. Gates stay in [0, 1] at
    any step. Of strong order 1; the variables beyond V are taken to depend on V alone, as gates do.
    """
    relax, with_first = states.each(_relax), states.with_first

    def step(t, x, increments, p, dt):
        (increment,) = increments
        a, b = rates(t, x, p)
        x = with_first(x[0], relax(x, a, b, 0.5 * dt))
        a, b = rates(t + 0.5 * dt, x, p)
        part, e = _relaxed(b[0] * dt)
        spread, _ = _relaxed(2.0 * b[0] * dt)
        noise = increment.size * sqrt(spread)
        V = x[0] * e + (noise * increment.value + (a[0] + increment.mean) * dt * part)
        x = with_first(V, x)
        a, b = rates(t + dt, x, p)
        return with_first(V, relax(x, a, b, 0.5 * dt))

    return step


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("euler-maruyama", _euler_maruyama, 1.0, 1, additive=False),
        Scheme("heun", _heun, 1.0, 2),
        Scheme("splitting", _splitting, 1.0, 2, explicit=False, linear=True, of_V=True),
        Scheme("sra1", _sra1, 1.5, 2, values=2),
    )
}


def named(scheme: str | Scheme) -> Scheme:
    """The scheme of a name, or one that is given, as it is at present.

    Raises InputError for an unknown name, and for a name that is taken.
    """
    if not isinstance(scheme, Scheme):
        return SCHEMES[choice("scheme", scheme, SCHEMES)]
    if SCHEMES.get(scheme.name, scheme) is not scheme:
        raise InputError("scheme", scheme.name, "a name other than those of the library", "choose another name")
    return replace(scheme, build=present(scheme.build))
