"""Text files with a time and a trial in each line, of spikes or of events: trials as numbers, times in ms."""

import numpy as np

from .columns import read_columns
from .errors import InputError, choice
from .trial_numbers import columns_of_numbers

__all__ = ["all_early", "read_trials"]

_IN_MS = {"ms": 1.0, "s": 1000.0, "us": 0.001}
_EARLY = 500  # parts of the window, in the first of which times in seconds lie


def read_trials(path, columns, unit, n_trials, trials, what="spikes", *, separator=None, comment="#"):
    """(table, n_trials, trials): the Columns, with `trial` as whole numbers and `time` in ms; how they are numbered.

    Arguments:
        path: the file.
        columns: NAME -> column, by its name or position, see `read_columns`; `trial` may be None: then all are of one.
        unit: of the times, "ms", "s" or "us"; None for ms.
        n_trials, trials: as in `numbered`; trials may be names, for which places are returned.
        what: what the trials have, "spikes" or "events".
        separator, comment: as in `read_columns`.
    """
    if unit is not None:
        choice("unit", unit, _IN_MS)
    wanted = {name: column for name, column in columns.items() if name != "trial" or column is not None}
    table = read_columns(path, wanted, texts=("trial",), separator=separator, comment=comment)
    table["time"] = np.asarray(table["time"], dtype=np.float64) * _IN_MS[unit or "ms"]
    if "trial" not in table:
        if trials is not None:
            raise InputError("trials", trials, "omitted with trial=None")
        table["trial"] = np.zeros(table["time"].size, dtype=np.int64)
        return table, 1 if n_trials is None else n_trials, None
    table["trial"], n_trials, trials = _numbers(table["trial"], n_trials, trials, what)
    return table, n_trials, trials


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
