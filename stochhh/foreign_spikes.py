"""Spikes as Neo, Brian2 and NEST hold them, turned into columns of times in ms and of trials."""

import numpy as np

from .errors import InputError, integer

__all__ = ["of_brian2", "of_neo", "of_nest", "sorted_columns"]


def sorted_columns(time, trial):
    """(time, trial) in order of trial, then time."""
    order = np.lexsort((time, trial))
    return time[order], trial[order]


def of_neo(source):
    """(time, trial, n_trials, start, stop) of a list of neo.SpikeTrain, of a Segment or of a Block."""
    trains = _neo_trains(source)
    if not trains:
        raise InputError("there is no spike train: give one neo.SpikeTrain for each trial, silent ones included")
    windows = [tuple(float(end.rescale("ms")) for end in (train.t_start, train.t_stop)) for train in trains]
    for k, window in enumerate(windows):
        if window != windows[0]:
            raise InputError(
                "the trains 0 and {} have the windows [{:g}, {:g}] and [{:g}, {:g}] ms: they must be the same; "
                "cut them with time_slice, or move them with time_shift".format(k, *windows[0], *window)
            )
    start, stop = windows[0]
    if start < 0:
        raise InputError(f"the trains start at {start:g} ms: the window must start at 0 or later; use time_shift")
    times = [np.asarray(train.rescale("ms").magnitude, dtype=np.float64) for train in trains]
    trial = np.repeat(np.arange(len(times)), [time.size for time in times])
    return (*sorted_columns(np.concatenate(times), trial), len(times), start, stop)


def _neo_trains(source):
    """The neo.SpikeTrains of a Block, a Segment or a list."""
    if hasattr(source, "segments"):
        return [train for segment in source.segments for train in segment.spiketrains]
    trains = getattr(source, "spiketrains", source)
    if not hasattr(trains, "__iter__"):
        raise InputError(
            f"trains is of the type {type(source).__name__}: give a list of neo.SpikeTrain, a Segment or a Block"
        )
    trains = list(trains)
    for k, train in enumerate(trains):
        if not all(hasattr(train, name) for name in ("t_start", "t_stop", "rescale")):
            raise InputError(
                f"entry {k} is of the type {type(train).__name__}: give a list of neo.SpikeTrain, a Segment or a Block"
            )
    return trains


def of_brian2(monitor, n_trials):
    """(time, trial, n_trials) of a brian2.SpikeMonitor, or of its (i, t) with t in seconds."""
    if isinstance(monitor, tuple):
        neuron, time = monitor
        if n_trials is None:
            raise InputError("n_trials is missing: i and t alone do not tell how many neurons were silent")
    elif all(hasattr(monitor, name) for name in ("i", "t_", "source")):
        neuron, time = monitor.i, monitor.t_
        n_trials = len(monitor.source) if n_trials is None else n_trials
    else:
        raise InputError(
            f"monitor is of the type {type(monitor).__name__}: give a brian2.SpikeMonitor that records, or its (i, t)"
        )
    neuron, time = np.asarray(neuron), np.asarray(time, dtype=np.float64)
    if neuron.shape != time.shape or (neuron.size and neuron.dtype.kind not in "iu"):
        raise InputError(
            f"i has shape {neuron.shape} and type {neuron.dtype}, t has shape {time.shape}: i must be the whole number "
            "of the neuron of each spike, t its time in seconds"
        )
    return (*sorted_columns(1000.0 * time, neuron.astype(np.int64)), integer("n_trials", n_trials, at_least=1))


def of_nest(events, senders):
    """(time, trial, n_trials) of a dictionary of NEST with `senders` and `times`, or of a spike recorder."""
    found = events if isinstance(events, dict) or not hasattr(events, "get") else events.get("events")
    if not isinstance(found, dict) or not {"senders", "times"} <= set(found):
        raise InputError(
            f"events is of the type {type(events).__name__}: give the events of one spike recorder, a dictionary "
            "with senders and times, or the recorder itself"
        )
    if "offsets" in found:
        raise InputError("the times are counted in steps: set time_in_steps to False on the spike recorder")
    nodes, sender = np.asarray(senders), np.asarray(found["senders"])
    time = np.asarray(found["times"], dtype=np.float64)
    if nodes.ndim != 1 or len(set(nodes.tolist())) != nodes.size or not nodes.size:
        raise InputError("senders must be the different node numbers of all neurons recorded, silent ones included")
    place = np.argsort(nodes)
    trial = place[np.minimum(np.searchsorted(nodes[place], sender), nodes.size - 1)] if sender.size else sender
    strange = sender[nodes[trial] != sender] if sender.size else sender
    if strange.size:
        raise InputError(f"node {strange[0]} has spikes, but is not among the senders: name it too, or leave them out")
    return (*sorted_columns(time, trial), nodes.size)
