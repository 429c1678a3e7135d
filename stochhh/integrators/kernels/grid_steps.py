"""The steps of the grid, over all lanes of a block: every lane by the scheme's step, with increments of its own."""

from typing import NamedTuple

from ...elementary import inline, select, sqrt, wide_vectors
from ...spike_rule import crosses, held_until
from .arguments import Increment
from .grid_rows import VALUES, steps_of
from .scalar import compiled, written_out

__all__ = ["Input", "moving", "part_before"]


class Input(NamedTuple):
    """What the input adds in a step: to each variable that it moves."""

    means: tuple  # per ms
    sizes: tuple  # standard deviations
    dt: float  # length of the step, ms


@inline
def part_before(V_0, V_1, level):
    """The part of a step from V_0 to V_1 that is over when the level is reached, on a straight line."""
    return (level - V_0) / (V_1 - V_0)


def _increments(at, values, lanes, channels, twin):
    """Compile (w, s, lane, input, part, x, p) -> an Increment for each channel, in step number s of a group.

    A step that is shorter than dt has increments of `part` the size. A twin makes them depend on the state x.
    """
    of_each = ""
    for c in range(channels):
        first = f"{at.values + VALUES * c} + s * {values}"
        value, second = f"w[({first}) * {lanes} + j]", f"w[({first} + {values - 1}) * {lanes} + j]"
        mean, size = f"input.means[{c}]", f"input.sizes[{c}] * part"
        if twin is not None:
            mean, size = f"{mean} * twin(x, p)[0][{c}]", f"{size} * twin(x, p)[1][{c}]"
        of_each += f"Increment({mean}, {size}, {value}, {second}), "
    names = {"Increment": Increment} if twin is None else {"Increment": Increment, "twin": compiled(twin)}
    return written_out("w, s, j, input, part, x, p", f"({of_each})", **names)


def moving(at, ops, of_lane, step_once, scheme, lanes, channels, twin, resets):
    """Compile move(w, s, group, p, input, rule): step number s of a group, in all lanes."""
    load, store, with_first = ops.load, ops.store, ops.with_first
    L, GROUP, n = lanes, steps_of(scheme), (at.values - at.path) // (steps_of(scheme) + 1)
    increments_of = _increments(at, scheme.values, lanes, channels, twin)

    @inline
    def move_all(w, s, group, p, input, rule):
        """Every variable alike."""
        wide_vectors()
        t = (GROUP * group + s) * input.dt
        for j in range(L):
            x, own = load(w, s * n, j), of_lane(w, j, p)
            increments = increments_of(w, s, j, input, 1.0, x, own)
            store(w, (s + 1) * n, j, step_once(t, x, increments, own, input.dt))

    @inline
    def move_free(w, s, group, p, input, rule):
        """V from the time at which it is free; a spike ends in a reset."""
        wide_vectors()
        dt, threshold = input.dt, rule.threshold
        t, until = (GROUP * group + s) * dt, (GROUP * group + s + 1) * dt
        for j in range(L):
            since, x, own = w[at.since * L + j], load(w, s * n, j), of_lane(w, j, p)
            free = select(until > since, until - since, 0.0)
            part = increments_of(w, s, j, input, sqrt(free * (1.0 / dt)), x, own)
            V = step_once(since, x, part, own, free)[0]
            up = crosses(True, V, threshold)
            spike = since + free * part_before(x[0], V, threshold)
            w[(at.spiked + s) * L + j] = select(up, spike, -1.0)
            w[at.since * L + j] = select(up, held_until(spike, rule), select(until > since, until, since))
            whole = increments_of(w, s, j, input, 1.0, x, own)
            store(w, (s + 1) * n, j, with_first(select(up, rule.reset, V), step_once(t, x, whole, own, dt)))

    return move_free if resets else move_all
