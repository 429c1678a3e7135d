"""Spikes as CSV files, Brian2 and NEST hold them, turned into columns of times in ms and of trials."""

import numpy as np

from .errors import InputError
from .trial_numbers import columns_of_numbers, numbered, places
from .trial_tables import all_early, read_trials
from .trial_windows import first_outside, number_of_windows, outside_window, windows_of

__all__ = ["in_order", "of_brian2", "of_csv", "of_nest"]

_FASTEST = 1000.0  # Hz: faster than this over the whole window no neuron fires


def of_csv(path, columns, start, stop, n_trials, trials, unit, **layout):
    """(time, trial, n_trials, doubts) of a text file with a column of times, and one of trials unless that is None."""
    n_windows = number_of_windows(start, stop)
    largest = float(np.abs(windows_of(n_windows or 1, start, stop)).max())
    if n_trials is None and trials is None:
        n_trials = n_windows
    table, n_trials, trials, unit = read_trials(path, columns, unit, n_trials, trials, **layout)
    trial, n_trials, doubts = numbered(table["trial"], n_trials, trials)
    time = table["time"]
    if unit is None:
        doubts += _doubts_about_milliseconds(*in_order(time, trial), largest)
    if n_trials:
        windows = windows_of(n_trials, start, stop)
        wrong = first_outside(time, trial, windows)
        if wrong is not None:
            raise outside_window(time, trial, windows, wrong).within(line=table.line(wrong))
    return *in_order(time, trial), n_trials, doubts


def _doubts_about_milliseconds(time, trial, stop):
    """What speaks against times in ms where no unit was given; InputError where they are plainly in another."""
    if not time.size:
        return ()
    last, isi = np.abs(time).max(), np.diff(time)[np.diff(trial) == 0]
    typical = np.median(isi) if isi.size else np.nan
    rate = 1000.0 * time.size / (np.unique(trial).size * stop)
    plain = all_early(time, stop) or (typical < 1.0 and rate > _FASTEST)
    if isi.size >= 10 and plain:
        fault = f"the times, up to {last:g} of {stop:g} ms, seem to be in seconds"
        raise InputError(fault, remedy="give unit='s', or unit='ms' if they are not")
    if 10 * stop < last <= 1000 * stop:
        remedy = (
            f"give stop in ms, {1000 * stop:.9g} if this is in seconds, or unit='us' if the times are in microseconds"
        )
        raise InputError("stop", stop, f"at least the last time, {last:g} (ms)", remedy)
    told = f"The times, up to {last:g} of {stop:g}, are taken to be in ms, since no unit was given, but"
    settled = "Give unit='ms' if this is right, otherwise unit='s' or 'us', with stop in ms."
    if last <= stop / 1000:
        return (f"{told} they would also fit the window if they were in seconds. {settled}",)
    if typical < 2.0 or rate > 300.0 or stop <= 100.0:
        return (f"{told} at {rate:.3g} Hz for {stop:g} ms both they and stop could be in seconds. {settled}",)
    if typical > 5000.0:
        return (f"{told} their median interval is {typical:g} ms: they could be in microseconds. {settled}",)
    return ()


def in_order(time, trial):
    """(time, trial) in order of trial, then time."""
    order = np.lexsort((time, trial))
    return time[order], trial[order]


def of_brian2(monitor, n_trials, trials):
    """(time, trial, n_trials) of a brian2.SpikeMonitor, or of its (i, t) with t in seconds."""
    if isinstance(monitor, tuple) and len(monitor) == 2:
        neuron, time = monitor
        if n_trials is None and trials is None:
            raise InputError("n_trials", None, "given, since i and t alone do not tell how many neurons were silent")
    elif all(hasattr(monitor, name) for name in ("i", "t_", "source")):
        neuron, time = monitor.i, monitor.t_
        n_trials = len(monitor.source) if n_trials is None and trials is None else n_trials
    else:
        raise InputError("monitor", monitor, "a brian2.SpikeMonitor that records, or its arrays (i, t)")
    neuron, time = columns_of_numbers(("i",), i=neuron, t=time)
    trial, n_trials, _ = numbered(neuron, n_trials, trials)
    return *in_order(1000.0 * time, trial), n_trials


def of_nest(events, senders):
    """(time, trial, n_trials) of a dictionary of NEST with `senders` and `times`, or of a spike recorder."""
    found = events if isinstance(events, dict) or not hasattr(events, "get") else events.get("events")
    if not isinstance(found, dict) or not {"senders", "times"} <= set(found):
        allowed = "the events of one spike recorder, a dictionary with senders and times, or the recorder itself"
        raise InputError("events", events, allowed)
    if "offsets" in found:
        raise InputError("the times are counted in steps", remedy="set time_in_steps to False on the spike recorder")
    (nodes,) = columns_of_numbers(("senders",), senders=senders)
    if not nodes.size or np.unique(nodes).size != nodes.size:
        allowed = "the different node numbers of all neurons recorded, silent ones included"
        raise InputError("senders", senders, allowed)
    sender, time = columns_of_numbers(
        ("events['senders']",), **{f"events[{key!r}]": found[key] for key in ("senders", "times")}
    )
    return *in_order(time, places(sender, nodes, "senders", "node")), nodes.size
