"""All statistics of a result, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import InputError, choice, within
from ..hypertext import table
from ..messages import aligned
from ..named import Named
from .estimate import Estimate
from .margin import Margin
from .membrane.moments import V_KURTOSIS, V_MEAN, V_SKEWNESS, V_VARIANCE
from .spikes.counts import FANO_FACTOR, RATE
from .spikes.isi import CV, ISI_KURTOSIS, ISI_MEAN, ISI_SKEWNESS
from .spikes.isi_distribution import LOG_ISI_MEAN, LOG_ISI_SD
from .spikes.local import CV2, LV, LVR
from .statistic import Statistic, check_name, known_names, named, register
from .uncertainty import confidence, known_method

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from ..annotations import Method, Spikes, Targets

__all__ = ["NAMES", "Summary", "chosen", "chosen_margins", "known_names", "named", "summary"]

_DEFAULT = (RATE, ISI_MEAN, CV, CV2, LV, ISI_SKEWNESS, FANO_FACTOR, V_MEAN, V_VARIANCE, V_SKEWNESS)
for _statistic in (*_DEFAULT, LVR, ISI_KURTOSIS, LOG_ISI_MEAN, LOG_ISI_SD, V_KURTOSIS):
    register(_statistic)

NAMES = tuple(statistic.name for statistic in _DEFAULT)


class Summary(Named[Estimate]):
    """The statistics of a result, NAME -> Estimate, printed as a table."""

    def __str__(self) -> str:
        return "\n".join(aligned([("", "value", "", f"{self._level()} interval"), *map(_row, self.values())]))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        doubts = [f"{name}: {estimate.doubt}" for name, estimate in self.items() if estimate.doubt]
        return table(("", "value", "unit", f"{self._level()} interval"), map(_row, self.values()), notes=doubts)

    def _level(self):
        return ", ".join(dict.fromkeys(f"{100 * estimate.level:g} %" for estimate in self.values()))

    def to_dataframe(self) -> pd.DataFrame:
        """The statistics as a pandas.DataFrame, one line each: value, low, high, level, unit, n, reason, doubt."""
        import pandas as pd

        columns = ("value", "low", "high", "level", "unit", "n", "reason", "doubt")
        return pd.DataFrame({key: [getattr(one, key) for one in self.values()] for key in columns}, index=list(self))


def _row(estimate):
    """Name, value, unit, interval."""
    value = "none" if estimate.value is None else f"{estimate.value:.4g}"
    known = estimate.low is not None and estimate.high is not None
    interval = f"{estimate.low:.4g} to {estimate.high:.4g}" if known else f"({estimate.reason})"
    return estimate.name, value, "" if estimate.unit == "1" else estimate.unit, interval


def chosen(statistics: Iterable[str | Statistic] | None = None) -> dict[str, Statistic]:
    """The requested statistics, NAME -> Statistic, in their order.

    Arguments:
        statistics: names of registered statistics, or Statistics; None takes those of NAMES.

    Raises InputError for an unknown name, for any other type, for a name that occurs twice, and for a Statistic whose
    name is that of another, registered one, or of a distance.
    """
    if statistics is None:
        statistics = NAMES
    if isinstance(statistics, str | Statistic) or not hasattr(statistics, "__iter__"):
        raise InputError("statistics", statistics, 'a list such as ["rate", "cv"]')
    found = {}
    for asked in statistics:
        statistic = asked if isinstance(asked, Statistic) else named(asked) if isinstance(asked, str) else None
        if statistic is None:
            allowed = f"a Statistic, or one of {', '.join(known_names())}"
            raise InputError("name", asked, allowed).within(argument="statistics")
        with within(argument="statistics"):
            check_name(statistic, "register(..., replace=True)")
        if statistic.name in found:
            raise InputError("name", statistic.name, "given once, not twice").within(argument="statistics")
        found[statistic.name] = statistic
    if not found:
        raise InputError("statistics", statistics, 'a list of at least one name, such as ["rate", "cv"]')
    return found


def chosen_margins(
    margins: Targets | None = None, statistics: Mapping[str, Statistic] | None = None
) -> dict[str, Margin]:
    """The Margin of each statistic by its name: the given one, or the default of the statistic.

    Arguments:
        margins: NAME -> a number from 0 up, in the unit of the statistic, or a text such as "10%" of the reference's
            value; None for the defaults.
        statistics: NAME -> Statistic, as `chosen` returns them; None takes those of NAMES.

    Raises InputError for an unknown name, and for an invalid margin.
    """
    statistics = chosen() if statistics is None else statistics
    if margins is not None and not isinstance(margins, Mapping):
        raise InputError("margins", margins, 'a dictionary from names to margins, such as {"cv": "10%"}')
    for name in margins or {}:
        with within(argument="margins"):
            choice("name", name, statistics)
    given = {name: Margin.of(margin, name) for name, margin in (margins or {}).items()}
    return {name: given.get(name, Margin.of(statistic.margin, name)) for name, statistic in statistics.items()}


def summary(
    result: Spikes,
    level: float = 0.95,
    method: Method = "jackknife",
    statistics: Iterable[str | Statistic] | None = None,
) -> Summary:
    """All statistics of a result, each with its interval: a Summary, NAME -> Estimate in the order of NAMES.

    Arguments:
        result: a Result, or SpikeTrains; without moments of V, the statistics of V are missing, with the reason.
        level: confidence level of each individual interval.
        method: method of the intervals, "jackknife" or "bootstrap", see `by_trial`.
        statistics: names of registered statistics, or Statistics; None takes those of NAMES.

    Raises InputError for a level outside (0, 0.9999], for an unknown method, and for an unknown statistic.
    """
    level, method = confidence(level), known_method(method)
    return Summary((name, statistic.of(result, level, method)) for name, statistic in chosen(statistics).items())
