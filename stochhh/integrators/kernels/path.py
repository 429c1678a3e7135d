"""The jumps inside one step, as numbers that a Runge-Kutta step can take in.

With y = x - e L the equation dx = f(x) dt + e dL is the differential equation dy/dt = f(y + e L(t)), of which L is
known exactly. The classical step of order 4 sees L at its four stages alone, as l_1, l_2 = l_3 = m, l_4. They are set
so that its quadrature of L, of L^2, and its two double sums of L and t are the exact integrals over the step:

    (l_1 + 4 m + l_4)/6 = a,    (l_1^2 + 4 m^2 + l_4^2)/6 = c,    (2 m + l_4)/6 = (a + d)/2

    a = int_0^1 L,    c = int_0^1 L^2,    d = int_0^1 (2 s - 1) L    (s the part of the step that is over)

    m = a -+ ((c - a^2 - 3 d^2)/2)^(1/2),    l_1 = 3 (a - d) - 2 m,    l_4 = 3 (a + d) - 2 m

Under the root is half of the variance that a straight line leaves of L in the step, never negative; its sign is that
of the path's curvature e = int_0^1 (6 s^2 - 6 s + 1) L, turned: so the mean of L^3 is right too, over the place of a
single jump. What is not matched is of order h^(5/2) and of mean 0, or of
order h^3: of strong order 2 in the length of steps that hold several jumps. A jump w alone in a step leaves an error of
h w^3, and of those there are as many as jumps, whatever the length: order 1, with a factor that falls like w^3.
"""

from typing import NamedTuple

from ...elementary import fma, inline, select, sqrt

__all__ = ["START", "Path", "roughness", "stage_values", "with_jump"]


class Path(NamedTuple):
    """What is known of L over a step: integrals over its unit length, and L itself; L = 0 at its beginning."""

    a: float  # of L
    d: float  # of (2 s - 1) L
    c: float  # of L^2
    e: float  # of (6 s^2 - 6 s + 1) L
    end: float  # L at the end
    top: float  # the largest value of L, the beginning included


START = Path(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@inline
def with_jump(path, weight, left):
    """The path with a further jump, after which the part `left` of the step remains; a jump of 0 changes nothing."""
    first = weight * left
    second = first * (1.0 - left)
    end = path.end + weight
    return Path(
        path.a + first,
        path.d + second,
        fma(first, path.end + end, path.c),
        fma(second, fma(-2.0, left, 1.0), path.e),
        end,
        select(end > path.top, end, path.top),
    )


@inline
def roughness(path):
    """Half of the variance of L about a straight line: what the stages must carry by its second moment alone."""
    half = 0.5 * fma(-3.0 * path.d, path.d, fma(-path.a, path.a, path.c))
    return select(half > 0.0, half, 0.0)


@inline
def stage_values(path, rough):
    """(l_1, m, l_4) of a path of this roughness."""
    spread = sqrt(rough)
    m = path.a + select(path.e > 0.0, -spread, spread)
    return fma(3.0, path.a - path.d, -2.0 * m), m, fma(3.0, path.a + path.d, -2.0 * m)
