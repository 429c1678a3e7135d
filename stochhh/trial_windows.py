"""The observation window of each trial: from a start and a stop, of all trials or of each."""

import numpy as np

from .errors import InputError, real
from .trial_numbers import columns_of_numbers

__all__ = [
    "DifferentWindowsError",
    "ends_of",
    "first_outside",
    "is_common",
    "no_common",
    "not_observed",
    "nothing_common",
    "number_of_windows",
    "of_spikes",
    "outside_window",
    "windows_of",
]


_ALIGN = "count their times from the start of each, or from an event, by aligned()"


class DifferentWindowsError(InputError):
    """The trials have different windows, and what was asked for needs a common one."""


def windows_of(n_trials, start=..., stop=..., windows=None):
    """(start, stop) of each trial, ms, shape (n_trials, 2).

    Arguments:
        n_trials: number of trials.
        start, stop: a number, or one for each trial, ms; by default those of `windows`.
        windows: (start, stop) of each trial, ms, shape (n, 2); one that all share may be of another number of trials.

    Raises InputError for windows that are not finite, or that end before they start.
    """
    known = (None, None)
    if windows is not None:
        each = np.asarray(windows, dtype=np.float64)
        if each.ndim != 2 or each.shape[1] != 2 or not len(each):
            raise InputError("windows", windows, "the start and the stop of each trial, shape (n_trials, 2)")
        known = [ends[0] if is_common(ends) else ends for ends in each.T]
    start, stop = (
        ends_of(name, before if given is ... else given, n_trials)
        for name, given, before in zip(("start", "stop"), (start, stop), known, strict=True)
    )
    common = is_common(start) and is_common(stop)
    ends = np.array([start[0], stop[0]]) if common else np.column_stack([start, stop])
    late = np.atleast_1d(ends[..., 0] >= ends[..., 1])
    if late.any():
        k = int(np.argmax(late))
        refused = InputError("start", float(start[k]), f"below stop = {float(stop[k])!r} (ms)")
        raise refused if common else refused.within(trial=k)
    return np.broadcast_to(ends, (n_trials, 2))  # a common one is in memory once


def ends_of(name, value, n_trials):
    """The start, or the stop, of each trial, ms, shape (n_trials,), from one number or from one for each trial."""
    if not _is_each(value):
        return np.broadcast_to(real(name, value, unit="ms"), (n_trials,))
    (ends,) = columns_of_numbers(**{name: value})
    if ends.size != n_trials:
        raise InputError(
            f"{name} has {ends.size} entries", remedy=f"give one number, or {n_trials}, one for each trial"
        )
    if not np.all(np.isfinite(ends)):
        k = int(np.argmin(np.isfinite(ends)))
        raise InputError(f"{name}[{k}]", ends[k], "a finite number (ms)")
    return ends


def number_of_windows(start, stop):
    """How many trials a start, or a stop, of each is given for; None where both are numbers."""
    return max((len(ends) for ends in (start, stop) if _is_each(ends)), default=None)


def _is_each(value):
    """Whether it is given for each trial."""
    return np.iterable(value) and not isinstance(value, str)


def is_common(ends):
    """Whether all trials have the same start, or stop, shape (n_trials,), or the same window, shape (n_trials, 2)."""
    return ends.strides[0] == 0 or bool(np.all(ends == ends[0]))


def of_spikes(windows, trial):
    """(start, stop) of the window of each spike, ms, shape (n_spikes,) each; numbers where it is common."""
    return tuple(ends[0] if is_common(ends) else ends[trial] for ends in windows.T)


def first_outside(time, trial, windows):
    """Number of the first spike that is outside the window of its trial, and not of its transient; or None.

    The transient is the time from 0 to the start of the window.
    """
    start, stop = of_spikes(windows, trial)
    inside = (time >= np.minimum(start, 0.0)) & (time <= stop)  # a NaN is not
    return None if inside.all() else int(np.argmin(inside))


def outside_window(time, trial, windows, k):
    """The InputError of spike k, which is outside the window of its trial."""
    start, stop = windows[trial[k]]
    remedy = ""
    if time[k] < min(start, 0.0):
        remedy = "give start = the time from which the trial was observed, if it was before 0"
    elif time[k] > stop:
        remedy = "give stop = the time up to which the trial was observed, if it was longer"
    allowed = f"a finite number from {min(start, 0.0):g} to {stop:g} (ms)"
    return InputError("time", time[k], allowed, remedy).within(trial=int(trial[k]))


def no_common(windows, values, what):
    """The DifferentWindowsError of trials that have no common `what`, with what to do.

    Arguments:
        windows: (start, stop) of each trial, ms, shape (n_trials, 2).
        values: their starts, ends or lengths, shape (n_trials,).
        what: which of these, a word.
    """
    k = int(np.argmax(np.abs(values - values[0])))
    shown = " and ".join(f"[{a:g}, {b:g}] ms" for a, b in windows[[0, k]])
    fault = f"the trials have windows without a common {what}, such as {shown} (trials 0 and {k})"
    start, stop = windows[:, 0].max(), windows[:, 1].min()
    if start < stop:
        return DifferentWindowsError(
            fault, remedy=f"restrict them by cut() to their common window, {_span(start, stop)}"
        )
    return DifferentWindowsError(fault, remedy=f"{_ALIGN}, then restrict them by cut()")


def nothing_common(windows):
    """The DifferentWindowsError of trials whose windows have no common part."""
    late, early = int(np.argmax(windows[:, 0])), int(np.argmin(windows[:, 1]))
    fault = (
        f"the windows of the trials have no common part: trial {late} was observed from {windows[late, 0]:g} ms on, "
        f"and trial {early} up to {windows[early, 1]:g} ms"
    )
    return DifferentWindowsError(fault, remedy=f"{_ALIGN} first")


def not_observed(windows, k, start, stop):
    """The InputError of trial k, which was not observed from `start` to `stop`; None for one that was not given."""
    asked = " ".join(f"{word} {end:g}" for word, end in (("from", start), ("to", stop)) if end is not None)
    fault = f"trial {k} was observed from {windows[k, 0]:g} to {windows[k, 1]:g} ms, not {asked} ms"
    first, last = windows[:, 0].max(), windows[:, 1].min()
    common = f"choose a window within that of all trials, {_span(first, last)}" if first < last else ""
    return InputError(fault, remedy="; or ".join(filter(None, (common, _ALIGN))))


def _span(start, stop):
    return f"[{start:g}, {stop:g}] ms"
