"""Which trial a number means that was found beside a spike or an event: one rule for all sources."""

import numpy as np

from .errors import InputError, integer

__all__ = ["MOST_TRIALS", "columns_of_numbers", "each_trial", "numbered", "places", "trial_in"]

_COLUMN = "a one-dimensional sequence of numbers"
MOST_TRIALS = 10**8  # of one SpikeTrains or Recording: a larger number is a label or a mistake


def numbered(found, n_trials=None, trials=None, what="spikes"):
    """(trial, n_trials, doubts): trials counted from 0, from the numbers `found` beside the spikes.

    Arguments:
        found: the numbers, integers, shape (n,).
        n_trials: how many trials were observed, if known; their numbers then are 0 to n_trials - 1.
        trials: the numbers of all trials observed, silent ones included, if known; their places are the trials.
        what: what the trials have, "spikes" or "events".

    With neither, numbers from 0 on are the trials, and those missing in between are silent, which is a doubt; numbers
    from 1 to k, none missing, are put down by one, which is another. Anything else is refused, since it can be read in
    several ways: numbers that start elsewhere, and more silent trials than others.
    """
    if trials is not None:
        trials = _named(trials, n_trials)
        return places(found, trials, "trials", "trial", what), len(trials), ()
    if n_trials is not None:
        return found, _spacious(found, n_trials, what), ()
    if not found.size:
        return found, 0, ()
    seen = np.unique(found)
    first, last = int(seen[0]), int(seen[-1])
    if first == 1 and last == seen.size:
        return found - 1, last, (_from_one(last, what),)
    silent = last + 1 - seen.size
    if first != 0 or silent > seen.size or last >= MOST_TRIALS:
        raise _unclear(seen, what)
    return found, last + 1, (_silent(seen, what),) if silent else ()


def places(found, numbers, name, kind, what="spikes"):
    """The place of each number that was found in the list of all of them; InputError for one that is not in it."""
    order = np.argsort(numbers)
    place = order[np.minimum(np.searchsorted(numbers, found, sorter=order), numbers.size - 1)]
    strange = found[numbers[place] != found]
    if strange.size:
        fault = f"{kind} {strange[0]} has {what} but is not listed in {name}"
        raise InputError(fault, remedy=f"add it to {name}, or leave its {what} out")
    return place


def columns_of_numbers(whole=(), **columns):
    """The columns as arrays of numbers, shape (n,) all; those named in `whole` are int64.

    Raises InputError by name for text, truth values, dates, fractions where they are to be whole, and other lengths.
    """
    arrays = {}
    for name, column in columns.items():
        try:
            array = np.asarray(column)
        except ValueError as error:
            raise InputError(name, column, _COLUMN) from error
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iuf"):
            raise InputError(name, column, f"{_COLUMN}, not one of type {array.dtype} and shape {array.shape}")
        arrays[name] = _whole(name, array) if name in whole else np.ascontiguousarray(array, dtype=np.float64)
    if len({array.shape for array in arrays.values()}) > 1:
        shapes = ", ".join(str(array.shape) for array in arrays.values())
        raise InputError(f"{' and '.join(arrays)} have the shapes {shapes}", remedy="give one entry per spike in each")
    return arrays.values()


def each_trial(name, lists):
    """The arrays, one for each trial, of a list of them; InputError for a flat one, which could be one trial or many.

    Arguments:
        name: of the argument.
        lists: one list of numbers for each trial.
    """
    if not np.iterable(lists) or isinstance(lists, str):
        raise InputError(name, lists, "a list with one list of numbers for each trial")
    arrays = []
    for k, one in enumerate(lists):
        if not np.iterable(one) or isinstance(one, str):
            remedy = f"give {name}=[[...]] for one trial"
            raise InputError(f"{name}[{k}]", one, "a list, the numbers of one trial", remedy)
        arrays.append(next(iter(columns_of_numbers(**{f"{name}[{k}]": one}))))
    return arrays


def trial_in(trial, n_trials):
    """`trial`, if it is the number of one of the trials."""
    remedy = "trials are counted from 0, those of a result too, whatever its first_trial was"
    return integer("trial", trial, at_least=0, at_most=n_trials - 1, remedy=remedy)


def _whole(name, array):
    """As int64; InputError for an entry that is none."""
    if array.dtype.kind == "i":
        return np.ascontiguousarray(array, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        within = (np.abs(array.astype(np.float64)) < 2.0**63) & (np.floor(array) == array)
    if not np.all(within):
        raise InputError(f"{name}[{np.argmin(within)}]", array[np.argmin(within)], "a whole number")
    return np.ascontiguousarray(array, dtype=np.int64)


def _named(trials, n_trials):
    """The numbers of all trials, as an array."""
    given, few = trials, not hasattr(trials, "__len__") or 0 < len(trials) <= MOST_TRIALS
    (trials,) = columns_of_numbers(("trials",), trials=trials) if few else (np.empty(0, int),)
    if not trials.size or np.unique(trials).size != trials.size:
        allowed = f"the different numbers of all trials observed, silent ones included, at most {MOST_TRIALS}"
        raise InputError("trials", given, allowed)
    if n_trials is not None and n_trials != trials.size:
        raise InputError("n_trials", n_trials, f"{trials.size}, the number of entries of trials", "or leave it out")
    return trials


def _spacious(found, n_trials, what):
    """`n_trials`, if it is a number of trials that holds all that were found."""
    n_trials = integer("n_trials", n_trials, at_least=0, at_most=MOST_TRIALS)
    outside = found[(found < 0) | (found >= n_trials)]
    if outside.size:
        named = "trials=[...], the numbers of all,"
        if found.max() - found.min() < n_trials:
            named = f"trials={_range(found.min(), n_trials)}"
        remedy = f"give a larger n_trials, or {named} if the trials are not numbered from 0"
        raise InputError("trial", outside[0], f"from 0 to {n_trials - 1}, for n_trials = {n_trials}", remedy)
    return n_trials


def _from_one(k, what):
    return (
        f"Trials were numbered from 1 to {k} and have been renumbered from 0: if there was a trial 0 without {what}, "
        f"there are {k + 1} trials, and rates are too high. Give trials={_range(1, k)} if this is right, otherwise "
        f"n_trials={k + 1}."
    )


def _silent(seen, what):
    last = int(seen[-1])
    missing = np.setdiff1d(np.arange(last + 1), seen)
    return (
        f"{missing.size} of {last + 1} trials ({_some(missing)}) have no {what} and are taken to be silent, and silent "
        f"trials after trial {last} are unknown: rates and counts depend on the number of trials. Give "
        f"n_trials={last + 1} if this is right, otherwise the right one, or the numbers of all trials as trials=[...]."
    )


def _unclear(seen, what):
    first, last = int(seen[0]), int(seen[-1])
    """The InputError of numbers that could be read in several ways."""
    fault = f"trials with {what} are numbered {_some(seen)}, which does not tell how many trials were observed"
    remedies = [
        f"trials=[{', '.join(map(str, seen))}] if these are all" if seen.size <= 4 else "trials=[...], all of them"
    ]
    if 0 < first and last - first < MOST_TRIALS:
        remedies.append(f"trials={_range(first, last + 1 - first)} if they count from {first}")
    if 0 <= first and last < MOST_TRIALS:
        remedies.append(f"n_trials={last + 1} if they count from 0")
    return InputError(fault, remedy=f"number them from 0, or give {', '.join(remedies)}")


def _range(first, n):
    return f"range({first}, {first + n})"


def _some(numbers):
    """Up to five of the numbers."""
    shown = [str(number) for number in numbers]
    return ", ".join(shown if len(shown) <= 5 else [*shown[:2], "...", shown[-1]])
