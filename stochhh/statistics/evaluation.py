"""Whether the sums and the formula of a statistic are what an interval by trial requires."""

import numpy as np

from ..errors import InputError, StochhhError, instance
from .estimate import TrialSums
from .kinds import trials_of

__all__ = ["check_formula", "checked_sums"]

_ONCE_AND_TWICE = np.array([[1.0], [2.0]])
_SAME = 1e-9  # relative; to double a sum is exact, so that most ratios do not change at all


def checked_sums(sums, data):
    """The TrialSums of data; InputError unless they are one number for each trial.

    Arguments:
        sums: function of the data.
        data: SpikeTrains, Moments or Membrane.
    """
    found = _called("sums", sums, data, "it receives the data, and returns TrialSums({name: array})")
    instance("sums", found, TrialSums, "return TrialSums({name: array})")
    n, names = trials_of(data), ", ".join(found.columns)
    if len(found) != n:
        how = "np.bincount(trial, minlength=spikes.n_trials)"
        remedy = f"give a number for each trial of the data, also for those without observations, such as {how}"
        raise InputError(f"the sums {names} have {len(found)} trials for {n}", remedy=remedy)
    for name, column in found.columns.items():
        if column.ndim != 1:
            raise InputError(f"shape of the sum {name!r}", column.shape, f"({n},), one number for each trial")
    if "count" in found:
        _check_count(found)
    return found


def _check_count(sums):
    """Raise InputError for a negative count, and where a trial that counts nothing, and is left out, has other sums."""
    if not np.all(sums.count >= 0):
        trial = int(np.flatnonzero(~(sums.count >= 0))[0])
        raise InputError("sum 'count'", float(sums.count[trial]), f"0 or more in every trial, also in trial {trial}")
    for name, column in sums.columns.items():
        lost = np.flatnonzero((sums.count == 0) & (column != 0) & ~np.isnan(column))
        if lost.size:
            remedy = "count what there is in every trial, such as np.ones(spikes.n_trials), or leave count out"
            allowed = f"0 where count is 0, as in trial {lost[0]}, since a trial without observations is left out"
            raise InputError(f"sum {name!r}", float(column[lost[0]]), allowed, remedy)


def check_formula(formula, sums, scale_free):
    """Raise InputError unless a formula takes arrays, element by element, and does not depend on the number of trials.

        g(2 S) = g(S),   S = sum_t S_t

    Sums are totals over trials. Without one of them they are smaller by a part of about 1/n: the jackknife would take
    this for the variability of a formula that is proportional to them.

    Arguments:
        formula: g, of TrialSums.
        sums: S_t, TrialSums of shape (n_trials,).
        scale_free: whether it should not depend on the number of trials.
    """
    total = sums.total()
    _numbers(formula, total, ())
    once, twice = _numbers(formula, total.each(lambda column: column * _ONCE_AND_TWICE), (2, 1))[:, 0]
    if scale_free and np.isfinite(once) and not np.isclose(once, twice, rtol=_SAME, atol=0.0):
        fault = f"the formula gives {once:.6g}, and {twice:.6g} if every sum is doubled"
        raise InputError(fault, remedy=_DIVIDE)


def _numbers(formula, sums, shape):
    """The values of a formula as an array of this shape; InputError for anything else."""
    with np.errstate(all="ignore"):
        value = _called("formula", formula, sums, _ELEMENTWISE)
    try:
        found = np.asarray(value)
    except ValueError:
        found = np.array(None)
    if found.dtype.kind not in "biuf":
        raise InputError("what the formula returns", value, "a number for numbers, and an array for arrays")
    if found.shape != shape:
        fault = f"the formula returns the shape {found.shape} for sums of shape {shape}"
        raise InputError(fault, remedy=_ELEMENTWISE)
    return found.astype(float)


_DIVIDE = (
    "sums are totals over trials, and it must not depend on how many these are: divide by a sum, such as the number of "
    "trials or the observed time; a correction by the number of trials, such as n - 1, is declared by scale_free=False"
)
_ELEMENTWISE = (
    "it receives the sums as numbers, and as arrays with the sums without each trial: compute element by element from "
    "the sums, with np.where in place of if"
)


def _called(name, function, argument, remedy):
    """What a function of the user's returns; InputError where it fails."""
    try:
        return function(argument)
    except (StochhhError, MemoryError):
        raise
    except Exception as error:
        raise InputError(f"{name} fails: {type(error).__name__}: {error}", remedy=remedy) from error
