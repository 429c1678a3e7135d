"""A statistic as an object: quantity, sums, formula and default margin; and the registry of all statistics by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError, choice, instance, within
from ..trial_windows import DifferentWindowsError
from .estimate import Estimate, Quantity
from .evaluation import check_formula, checked_sums
from .kinds import KINDS, given
from .margin import Margin
from .uncertainty import Replicated, confidence, known_method

if TYPE_CHECKING:
    from typing import Any

    from ..annotations import Method
    from .estimate import TrialSums

__all__ = ["DISTANCES", "Statistic", "check_name", "known_names", "named", "register"]

# The distances of a comparison and their units: no statistic may have their names.
DISTANCES = {"isi_ks": "1", "isi_wasserstein": "ms", "isi_energy": "ms^0.5", "isi_anderson_darling": "1"}
_REGISTRY: dict[str, Statistic] = {}


@dataclass(frozen=True)
class Statistic:
    """A statistic of a result: a smooth function of sums over trials, with its interval by trial.

        theta = g(sum_t S_t),   g(2 S) = g(S)

    Sums are totals over trials, so g must not depend on how many trials there are: it divides by one of the sums, such
    as the number of observations or the observed time. That is checked whenever it is evaluated.

    Arguments:
        quantity: Quantity: name, unit, scale of the interval, and the name of its observations.
        sums: function of the data to TrialSums, S_t.
        formula: g, a function of TrialSums, which accesses each sum by its name; NaN where it is undefined.
        label: its title in figures, with its unit; by default name and unit.
        margin: default margin, the largest difference that does not matter: a number in its unit, or a text such as
            "5%" of the reference's value.
        data: what it is computed from: "spikes" (SpikeTrains), "moments" (Moments of V) or "membrane" (Membrane).
        unbias: whether the jackknife removes the bias of order 1/n.
        floor: function of the TrialSums that returns the `floor` of `by_trial`; None for no floor.
        refusal: function of (data, level) that returns the reason why no interval is given although one could be
            computed, or None.
        doubt: function of (data, estimate) that returns a sentence on why the interval may be too narrow, or None.
        estimator: function of (statistic, data, level, method) that returns an Estimate in place of the interval by
            trial, for statistics with special cases; None if there are none.
        scale_free: whether g(2 S) = g(S); False for a g with a correction for the number of trials n, such as the n - 1
            of an unbiased variance.

    A constant `resolution` among the sums is the amount by which rounding of the data may change theta.

    >>> import numpy as np
    >>> import stochhh as sh
    >>> from stochhh.statistics import LOGIT, Quantity, Statistic, TrialSums, summary
    >>> def short(spikes):
    ...     isi, trial = spikes.isi()
    ...     return TrialSums({"short": np.bincount(trial, isi < 10, spikes.n_trials),
    ...                       "count": np.bincount(trial, minlength=spikes.n_trials)})
    >>> bursts = Statistic(Quantity("short_isis", "1", LOGIT, "interspike intervals", 1), short,
    ...                    lambda s: s.short / s.count, label="Share of ISIs below 10 ms", margin=0.02)
    >>> spikes = sh.SpikeTrains([5, 9, 30, 5, 30, 36], [0, 0, 0, 1, 1, 1], n_trials=2, start=0, stop=50)
    >>> summary(spikes, statistics=[bursts])["short_isis"].value
    0.5

    Raises InputError for data of another kind, for arguments of another type, for sums that are not one number for each
    trial of the data, and for a formula that fails, that does not take arrays, or that is not scale-free.
    """

    quantity: Quantity
    sums: Callable
    formula: Callable
    label: str = ""
    margin: float | str = "5%"
    data: str = "spikes"
    unbias: bool = True
    floor: Callable | None = None
    refusal: Callable | None = None
    doubt: Callable | None = None
    estimator: Callable | None = None
    scale_free: bool = True

    def __post_init__(self) -> None:
        instance("quantity", self.quantity, Quantity, "give Quantity(name, unit, scale, of, at_least)")
        self.quantity.check()
        with within(statistic=self.name):
            for argument, wanted in _FUNCTIONS.items():
                function, optional = getattr(self, argument), argument not in ("sums", "formula")
                if not callable(function) and not (optional and function is None):
                    raise InputError(argument, function, f"a function of {wanted}{', or None' if optional else ''}")
            if not isinstance(self.label, str):
                raise InputError("label", self.label, "a text")
            choice("data", self.data, KINDS)
        Margin.of(self.margin, self.name)
        unit = "" if self.quantity.unit == "1" else f" ({self.quantity.unit})"
        object.__setattr__(self, "label", self.label or self.name + unit)

    @property
    def name(self) -> str:
        """Name of the quantity, which is also the name of the statistic."""
        return self.quantity.name

    @property
    def signed(self) -> bool:
        """Whether it may be negative, so that ratios are not meaningful."""
        return self.quantity.scale.low < 0

    def replicated(self, data: Any, every: bool = False) -> Replicated:
        """The value and its leave-one-trial-out values.

        Arguments:
            data: SpikeTrains, Moments or Membrane, according to `data` of the statistic.
            every: whether to keep the trials without observations, see `Replicated.of`.
        """
        sums = self.sums_of(data, every)
        return Replicated.of(self.quantity, self.formula, sums, unbias=self.unbias, every=every)

    def sums_of(self, data: Any, every: bool = False) -> TrialSums:
        """The sums of the data, checked, as is the formula on them; `data` and `every` as in `replicated`."""
        data = given(KINDS[self.data], data)
        with within(statistic=self.name):
            sums = checked_sums(self.sums, data)
            check_formula(self.formula, sums if every else sums.observed(), self.scale_free)
        return sums

    def estimate(self, data: Any, level: float = 0.95, method: Method = "jackknife") -> Estimate:
        """The Estimate with its interval, and with the doubts about the spikes that it was computed from.

        Arguments:
            data: as in `replicated`.
            level: confidence level.
            method: of the interval, "jackknife" or "bootstrap", see `by_trial`.
        """
        data = given(KINDS[self.data], data)
        estimate = (self.estimator or Statistic.by_trial)(self, data, level, method)
        return estimate.doubted(*getattr(data, "doubts", ()))

    def by_trial(self, data: Any, level: float = 0.95, method: Method = "jackknife") -> Estimate:
        """The Estimate by trial without the special cases of the statistic; data, level, method as in `estimate`."""
        level, method = confidence(level), known_method(method)
        sums = self.sums_of(data)
        estimator = Replicated.of(self.quantity, self.formula, sums, unbias=self.unbias)
        resolution = sums.constants.get("resolution", 0.0)
        floor = None if self.floor is None else self.floor(sums)
        estimate = estimator.estimate(level, method, resolution=resolution, floor=floor)
        if self.refusal is not None and estimate.low is not None:
            estimate = estimate.unless(self.refusal(data, level))
        if self.doubt is not None and estimate.low is not None:
            estimate = estimate.doubted(self.doubt(data, estimate))
        return estimate

    def of(self, result: Any, level: float = 0.95, method: Method = "jackknife") -> Estimate:
        """The Estimate of a result or of spike trains; it is missing, with the reason, if they lack the data.

        Arguments:
            result: a Result, SpikeTrains or other data of the statistic.
            level, method: as in `estimate`.
        """
        data = getattr(result, self.data, None if isinstance(result, tuple(KINDS.values())) else result)
        data = result if isinstance(result, KINDS[self.data]) else data
        labels = {"level": level, "unit": self.quantity.unit}
        if data is None:
            return Estimate.missing(self.name, _NOT_RECORDED[self.data], n=0, **labels)
        try:
            return self.estimate(data, level, method)
        except DifferentWindowsError as error:
            return Estimate.missing(self.name, f"{error.fault}; {error.remedy}", n=data.n_trials, **labels)


_FUNCTIONS = {
    "sums": "the data that returns TrialSums",
    "formula": "the TrialSums",
    "floor": "the TrialSums",
    "refusal": "(data, level)",
    "doubt": "(data, estimate)",
    "estimator": "(statistic, data, level, method)",
}
_NOT_RECORDED = {
    "spikes": "the spikes were not recorded",
    "moments": "the moments of V were not recorded",
    "membrane": "the membrane was not sampled: simulate with membrane=Sampling()",
}


def register(statistic: Statistic, replace: bool = False) -> Statistic:
    """Register a Statistic under its name, and return it.

    Arguments:
        statistic: a Statistic.
        replace: whether it may replace another statistic of the same name.

    `compare`, `summary`, margins, titles, `--precision` and experiment files then accept the name. Raises InputError if
    it is not a Statistic, and for a name that is already registered, or is that of a distance.
    """
    if not isinstance(statistic, Statistic):
        raise InputError("statistic", statistic, "a Statistic")
    if statistic.name in DISTANCES or not replace:
        check_name(statistic, "replace=True")
    _REGISTRY[statistic.name] = statistic
    return statistic


def check_name(statistic: Statistic, otherwise: str) -> None:
    """Raise InputError where another statistic is registered under the name of this one, or a distance has it.

    Arguments:
        statistic: a Statistic.
        otherwise: what can be done besides choosing another name.
    """
    if statistic.name in DISTANCES:
        allowed = f"another name than those of distances, {', '.join(DISTANCES)}"
        raise InputError("name", statistic.name, allowed, "choose another name")
    if _REGISTRY.get(statistic.name, statistic) != statistic:
        allowed = "a name that is not registered already, for another statistic"
        raise InputError("name", statistic.name, allowed, f"choose another name, or {otherwise}")


def named(name: str) -> Statistic | None:
    """The registered Statistic of this name; None if there is none."""
    return _REGISTRY.get(name)


def known_names() -> tuple[str, ...]:
    """Names of all registered statistics."""
    return tuple(_REGISTRY)
