"""Text files with a time and a trial in each line, of spikes or of events: trials as numbers, times in ms."""

import re

import numpy as np

from .columns import read_columns
from .errors import InputError, choice
from .trial_numbers import columns_of_numbers

__all__ = ["all_early", "read_trials"]

_IN_MS = {"ms": 1.0, "s": 1000.0, "us": 0.001}
_WORDS = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "ms": ("ms", "msec", "msecs", "millisecond", "milliseconds"),
    "us": ("us", "µs", "μs", "usec", "usecs", "microsecond", "microseconds"),
}
_UNIT = {word: unit for unit, words in _WORDS.items() for word in words}
_TITLE = re.compile(r"[(\[]\s*([a-zµμ]+)\b|(?:^|[_/,\s])\s*([a-zµμ]+)$", re.IGNORECASE)  # time (s), t_s, seconds
_EARLY = 500  # parts of the window, in the first of which times in seconds lie


def read_trials(path, columns, unit, n_trials, trials, what="spikes", **layout):
    """(table, n_trials, trials, unit): the Columns, with `trial` as whole numbers and `time` in ms; how trials are
    numbered, and the unit that was given or that the header names, or None.

    Arguments:
        path: the file.
        columns: NAME -> column, by its name or position, see `read_columns`; `trial` may be None: then all are of one.
        unit: of the times, "ms", "s" or "us"; None for that in the header, or ms.
        n_trials, trials: as in `numbered`; trials may be names, for which places are returned.
        what: what the trials have, "spikes" or "events".
        layout: separator, comment and decimal, as in `read_columns`.
    """
    if unit is not None:
        choice("unit", unit, _IN_MS)
    wanted = {name: column for name, column in columns.items() if name != "trial" or column is not None}
    table = read_columns(path, wanted, texts=("trial",), **layout)
    unit = _agreed(unit, table.titles.get("time", ""))
    table["time"] = np.asarray(table["time"], dtype=np.float64) * _IN_MS[unit or "ms"]
    if "trial" not in table:
        if trials is not None:
            raise InputError("trials", trials, "omitted with trial=None")
        table["trial"] = np.zeros(table["time"].size, dtype=np.int64)
        return table, 1 if n_trials is None else n_trials, None, unit
    table["trial"], n_trials, trials = _numbers(table["trial"], n_trials, trials, what)
    return table, n_trials, trials, unit


def _agreed(unit, title):
    """The unit that is given, or that the title of the column names; InputError where they differ."""
    title = title.strip()
    words = [word.lower() for groups in _TITLE.findall(title if len(title) > 1 else "") for word in groups]
    named = next((_UNIT[word] for word in words if word in _UNIT), None)
    if None not in (unit, named) and unit != named:
        remedy = "leave unit out, or correct the header of the file"
        raise InputError("unit", unit, f"{named!r}, the unit that the header {title!r} names", remedy)
    return unit or named


def _numbers(found, n_trials, trials, what):
    """(whole numbers, n_trials, trials) of a column of whole numbers, or of names that are listed in `trials`."""
    if found.dtype.kind in "iuf" and not (trials is not None and any(isinstance(name, str) for name in trials)):
        return *columns_of_numbers(("trial",), trial=found), n_trials, trials
    names = [str(name) for name in found]
    if trials is None:
        raise InputError(
            "the trials have names, " + ", ".join(map(repr, list(dict.fromkeys(names))[:3])),
            remedy="give trials=[...] with the names of all trials observed, silent ones included",
        )
    of = {str(name): k for k, name in enumerate(trials)}
    if len(of) != len(trials):
        raise InputError("trials", trials, "different names")
    strange = [name for name in names if name not in of]
    if strange:
        raise InputError(f"trial {strange[0]!r} has {what} but is not listed in trials", remedy="add it to trials")
    return np.array([of[name] for name in names], dtype=np.int64), len(of), None


def all_early(time, stop):
    """Whether all times are within a 500th of the window up to `stop`, as they are if they are in seconds."""
    return np.abs(time).max() < stop / _EARLY
