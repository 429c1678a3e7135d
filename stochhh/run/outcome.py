"""What a run leaves: the batches joined to one Result."""

from math import sqrt

import numpy as np

from ..results import Moments, Result, Traces
from ..spike_trains import SpikeTrains
from ..statistics.membrane.record import Membrane
from ..swings import Swings
from .provenance import Provenance

__all__ = ["joined"]


def joined(plan, done, timing):
    """The Result of the trials of some batches, in their order; None if there are none.

    Arguments:
        plan: the Plan.
        done: a BlockResult of each batch.
        timing: seconds by what took them, a dictionary.
    """
    if not done:
        return None
    task = plan.task
    trains = [times for block in done for times in block.spikes]
    counts = [len(times) for times in trains]
    spikes = SpikeTrains(
        np.concatenate(trains), np.repeat(np.arange(len(trains)), counts), len(trains), task.transient, task.duration,
        () if task.events is None else task.events.doubts_of_run(task.first, len(trains), task.duration),
    )  # fmt: skip
    moments = Moments(task.system.initial[0], np.concatenate([block.powers for block in done]))
    traces = membrane = swings = None
    if task.swing_sizes:
        counts, troughs = (np.concatenate(parts) for parts in zip(*(block.swings for block in done), strict=True))
        levels = task.neuron.threshold, task.neuron.rearm
        swings = Swings(task.swing_sizes, counts, troughs, *levels, _kick(task))
    if task.membrane is not None:
        membrane = Membrane.stacked([block.membrane for block in done])
    if task.n_samples:
        traces = Traces(task.sample_times(), np.concatenate([block.traces for block in done]), task.neuron.variables)
    provenance = Provenance.of(plan, len(trains), timing).as_dict()
    return Result(spikes, moments, traces, provenance, membrane, swings)


def _kick(task):
    """How far a single event of the largest kind moves V, mV."""
    if not task.system.sources[0].moves_V:
        return 0.0
    if task.events is None:
        return max((sqrt(source.moment(2)) for source in task.drive.sources if source.intensity > 0), default=0.0)
    return float(np.abs(task.events.jump).max(initial=0.0))
