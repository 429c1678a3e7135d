"""Where the steps of the jump backend end.

Would catch: rough jumps taken in as smooth ones are, smooth ones that end a step, a rule that forgets the tolerance.
"""

from itertools import pairwise

import pytest

import stochhh as sh
from stochhh.inputs import Recording
from stochhh.integrators.task import Task

NEURON = sh.HodgkinHuxley()  # V spans 100 mV
NOTHING = sh.SynapticInput(sh.Population("exc", n=1, rate=0.0, weight=1.0, p=1.0))


def times_reached(backend, times=(), jumps=()):
    """Ends of the steps of a resting neuron, ms."""
    events = Recording([0] * len(times), list(times), list(jumps))
    block = backend.open(Task(NEURON, NOTHING, 1, 0, 1, 20.0, 0.0, events=events))
    reached = []
    while (time := block.advance(stretch=1)) is not None:
        reached.append(time)
    return reached


@pytest.mark.parametrize(("tolerance", "part"), [(1e-3, 1.0), (1e-6, 0.1)])
def test_a_jump_that_the_stages_cannot_carry_ends_the_step(tolerance, part):
    """The integrals of L = w (s > 1/2) are a = w/2, d = w/4, c = w^2/2, so its roughness (c - a^2 - 3 d^2)/2 is w^2/32.

    Its root may be 1 % of the span of V, times the cube root of the tolerance in ms: so w may be 0.566 mV at 1e-3 ms,
    and a tenth of it at 1e-6.
    """
    backend = sh.Jump(tolerance=tolerance)
    free = times_reached(backend)
    start, stop = next((a, b) for a, b in pairwise(free) if a > 10)
    middle = start + 0.501 * (stop - start)  # just in the middle, the sign of the curvature e would be that of rounding
    for w, ends in ((0.56 * part, False), (0.57 * part, True)):
        assert (middle in times_reached(backend, [middle], [w])) is ends
        assert (middle in times_reached(backend, [middle], [-w])) is ends
