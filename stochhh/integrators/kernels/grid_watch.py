"""What the grid looks at after a group of steps: levels, ranges, powers of V; spikes and samples of the state."""

from typing import NamedTuple

import numpy as np

from ...elementary import apart, fma, inline, select, wide_vectors
from ...spike_rule import arms, crosses
from .arguments import record
from .grid_rows import steps_of
from .grid_steps import part_before

__all__ = ["Traces", "finishing", "recording_spikes", "recording_traces"]


class Traces(NamedTuple):
    """Room for samples of the state."""

    values: object  # shape (trials, variables, places)
    every: int  # steps between two samples, 0 if there are none
    first: int  # number of the sample that belongs into place 0


def finishing(at, ops, of_lane, n, rate_of_V, scheme, lanes, resets, sizes):
    """Compile finish(w, sampled, p, dt, rule, ranges, reference): arm, sample V and check the state of all lanes.

    It returns how many lanes to look into, and how many went wrong.
    """
    load, outside = ops.load, ops.outside
    L, GROUP, explicit = lanes, steps_of(scheme), scheme.explicit
    END = GROUP * n

    @inline
    def extremes(w, j):
        """Lowest and highest V after the steps of a group; both NaN if the last is."""
        low = high = w[n * L + j]
        for s in range(2, GROUP + 1):
            V = w[s * n * L + j]
            low, high = select(low < V, low, V), select(high > V, high, V)
        return low, high

    @inline
    def finish(w, sampled, p, dt, rule, ranges, reference):
        wide_vectors()
        looks, failures = 0, 0
        for j in range(L):
            x, armed = load(w, END, j), w[at.armed * L + j]
            low, high = extremes(w, j)
            if sizes > 0:
                w[at.crest * L + j] = select(high > w[at.crest * L + j], high, w[at.crest * L + j])
            falls = arms(low, rule)
            look = crosses((armed > 0.5) | falls, high, rule.threshold)
            if resets:
                for s in range(GROUP):
                    look = look | (w[(at.spiked + s) * L + j] >= 0.0)
            w[at.look * L + j] = select(look, 1.0, 0.0)
            w[at.armed * L + j] = select(falls & (not look), 1.0, armed)
            bad = not ((low >= ranges[0][0]) & (high <= ranges[0][1]))
            if explicit:
                bad = bad | outside(x, ranges) | (dt * rate_of_V(x, of_lane(w, j, p)) > 2.0)
            w[at.wrong * L + j] = select(bad, 1.0, 0.0)
            y = x[0] - reference
            y2 = y * y
            w[at.powers * L + j] = fma(sampled, y, w[at.powers * L + j])
            w[(at.powers + 1) * L + j] = fma(sampled, y2, w[(at.powers + 1) * L + j])
            w[(at.powers + 2) * L + j] = fma(sampled, y2 * y, w[(at.powers + 2) * L + j])
            w[(at.powers + 3) * L + j] = fma(sampled, y2 * y2, w[(at.powers + 3) * L + j])
            looks += np.int64(look)
            failures += np.int64(bad)
        return looks, failures

    return finish


def recording_spikes(at, n, scheme, lanes, resets):
    """Compile record_spikes(w, group, dt, rule, spikes): interpolate the crossings of the lanes that may have one.

    It returns whether the buffer may overflow.
    """
    L, GROUP = lanes, steps_of(scheme)

    @apart
    def record_spikes(w, group, dt, rule, spikes):
        threshold, full = rule.threshold, False
        for j in range(L):
            if w[at.look * L + j] > 0.5:
                armed = w[at.armed * L + j] > 0.5
                for s in range(GROUP):
                    V0 = w[s * n * L + j]
                    V1 = w[(s + 1) * n * L + j]
                    if resets:
                        if w[(at.spiked + s) * L + j] >= 0.0:
                            record(spikes, j, w[(at.spiked + s) * L + j])
                    elif crosses(armed, V1, threshold):
                        record(spikes, j, (GROUP * group + s + part_before(V0, V1, threshold)) * dt)
                        armed = False
                    if arms(V1, rule):
                        armed = True
                w[at.armed * L + j] = 1.0 if armed else 0.0
                full = full or spikes.counts[j] > spikes.times.shape[1] - GROUP
        return full

    return record_spikes


def recording_traces(n, scheme, lanes):
    """Compile record_traces(w, group, traces): sample every lane at the multiples of `every` steps inside the group."""
    L, GROUP = lanes, steps_of(scheme)

    @apart
    def record_traces(w, group, traces):
        for s in range(1, GROUP + 1):
            i = GROUP * group + s
            k = i // traces.every - traces.first
            if i % traces.every == 0 and 0 <= k < traces.values.shape[2]:
                for j in range(traces.values.shape[0]):
                    for v in range(n):
                        traces.values[j, v, k] = w[(s * n + v) * L + j]

    return record_traces
