"""Every spike of short runs is the one that is kept, to the last bit, whatever the processor.

Would catch: a kernel, a stream or a set-up whose arithmetic changed, be it by one rounding; such a change raises the
version of the streams, and `spikes_table.py` writes the spikes anew.
"""

import json
import math

import numpy as np
import pytest
import spikes_table

from stochhh.random import STREAM_VERSION

KEPT = json.loads(spikes_table.TABLE.read_text())
RUNS = spikes_table.runs()


def numbers(text):
    return [float.fromhex(x) for part in ([text] if isinstance(text, str) else text) for x in part.split()]


def moved(found, kept, rounding=False):
    """Whether numbers differ: by a bit, or where the last bits are a library's by more than rounding."""
    if not rounding:
        return found != kept
    a, b = numbers(found), numbers(kept)
    scale = max(map(abs, b), default=0.0)
    if len(a) != len(b):
        return True
    return not all(math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-9 * scale) for x, y in zip(a, b, strict=True))


def test_every_run_is_kept():
    assert list(KEPT) == list(RUNS) and STREAM_VERSION == 3


@pytest.mark.parametrize("name", RUNS)
def test_spikes_are_those_that_are_kept(name):
    found, kept = spikes_table.found(*RUNS[name]), KEPT[name]
    assert list(found) == list(kept)
    assert [part for part in kept if moved(found[part], kept[part], spikes_table.of_a_library(name, part))] == []


def test_a_last_bit_is_seen():
    kept = KEPT["jump, question"]["spikes"]
    x = numbers(kept)
    other = [spikes_table.plain([np.nextafter(x[0], 0.0), *x[1:]])]
    assert moved(other, [spikes_table.plain(x)]) and not moved(other, [spikes_table.plain(x)], rounding=True)
    assert moved([spikes_table.plain([x[0] + 1e-3, *x[1:]])], [spikes_table.plain(x)], rounding=True)
    assert moved([spikes_table.plain(x[1:])], [spikes_table.plain(x)], rounding=True)


def test_they_spike():
    """Runs without spikes would keep nothing."""
    silent = [name for name in RUNS if not numbers(KEPT[name]["spikes"])]
    assert silent == ["jump, passive", "diffusion, passive"]
