"""Until it is precise enough: how many more trials an interval needs to be as narrow as asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import InputError, choice, integer, number_in, real, within
from .statistics.overview import known_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .annotations import Targets, Whole
    from .statistics.estimate import Estimate

__all__ = ["FEWEST", "Precision", "looks", "progress_line"]

MOST = 10_000  # trials after which it is given up, unless the user says otherwise
FEWEST = 20  # trials at the first look: from there on the intervals' coverage was measured
_GROWTH = (1.5, 4.0)  # from look to look: few looks keep the coverage, and a wild first guess is not followed far
_HALF_WIDTH = {"above": 0.0, "magnitude": (1e-30, 1e30)}
_SPARE = 1.1  # times the trials that the last look says, so that the next is likely to be the last


@dataclass(frozen=True)
class Precision:
    """The requested half widths of the 95 % intervals of some statistics.

    Arguments:
        targets: NAME -> half width of the interval: a number in the unit of the statistic, or a text such as "1%" of
            its value.
        called: the names of the precision, of the number of trials at the first look and of the largest number in
            messages; by default the arguments of `simulate`.

    Raises InputError, which names the statistic, for anything else.

    >>> Precision({"cv": "1%", "rate": 0.2}).targets
    {'cv': '1%', 'rate': 0.2}
    """

    targets: Targets
    called: tuple[str, str, str] = ("until", "n_trials", "max_trials")

    def __post_init__(self) -> None:
        until = self.called[0]
        if not isinstance(self.targets, Mapping) or not self.targets:
            raise InputError(until, self.targets, 'a dictionary such as {"cv": "1%"}')
        with within(argument=until):
            for name in self.targets:
                choice("name", name, known_names())
                self._parsed(name)

    def excess(self, estimates: Mapping[str, Estimate]) -> dict[str, float]:
        """NAME -> half width over the one asked for, of estimates by NAME; infinite without an interval to rely on."""
        found = {}
        for name in self.targets:
            number, relative = self._parsed(name)
            estimate = estimates[name]
            value, low, high = estimate.value, estimate.low, estimate.high
            if value is None or low is None or high is None or estimate.doubt is not None or (relative and not value):
                found[name] = math.inf
            else:
                wanted = number * abs(value) if relative else number
                found[name] = (high - low) / 2 / wanted
        return found

    def checked_first(self, n_trials: Whole | None, max_trials: Whole | None) -> tuple[int, int]:
        """The numbers of trials (first, most) at the first and at the last check.

        Arguments:
            n_trials: number of trials at the first check, or None for the default.
            max_trials: largest number of trials, or None for the default.

        Raises InputError if the first check would have too few trials, or more than the last.
        """
        until, trials, largest = self.called
        most = MOST if max_trials is None else integer(largest, max_trials, at_least=FEWEST)
        first = FEWEST if n_trials is None else integer(trials, n_trials, at_least=1)
        if not FEWEST <= first <= most:
            allowed = f"from {FEWEST} to {largest} = {most} with {until}, whose first check follows {trials}"
            raise InputError(trials, first, allowed, "intervals from fewer trials are too uncertain")
        return first, most

    def _parsed(self, name):
        """(number, whether it is a part of the value)."""
        target = self.targets[name]
        if not isinstance(target, str):
            return real(name, target, **_HALF_WIDTH), False
        number, sign, rest = target.strip().partition("%")
        try:
            number = real(name, number_in(number), **_HALF_WIDTH)
        except ValueError:
            number = None
        if number is None or rest:
            allowed = 'a half width above 0 in the unit of the statistic, or in percent of its value, such as "1%"'
            raise InputError(name, target, allowed)
        return (number / 100, True) if sign else (number, False)


def looks(precision, first, most, draw, told=lambda n, excess, more: None):
    """Evaluate more and more trials until all intervals are as narrow as requested; (estimates, excess, numbers).

        n' = n * min(max(1.1 max_k (w_k / target_k)^2, 1.5), 4),   w_k the half width at n trials ~ 1/sqrt(n)

    Arguments:
        precision: a Precision.
        first: number of trials at the first look.
        most: number of trials never to be exceeded.
        draw: function of a number of trials that runs those still missing, and returns estimates by NAME.
        told: function of (n, excess, more) called at each look, with about how many trials are still missing.

    To stop when the data look precise favours data whose spread is by chance too small, and so costs coverage. With 20
    trials at least, few looks and growth by half or more it costs little. An interval with a doubt is never narrow
    enough: it may look precise since what it hangs on was not seen yet. Measured where 95 % is claimed, with 50
    spikes a trial, to half widths that took 60 to 500 trials: 95 to 97 % for rate, cv and Fano factor of Poisson,
    gamma, rate-varying and serially correlated trains (`pytest -m slow -s tests/statistical/test_until.py`).
    Source: Chow and Robbins, Ann. Math. Stat. 36, 457 (1965): right in the limit of narrow intervals.
    """
    n, numbers = min(first, most), []
    while True:
        estimates = draw(n)
        numbers.append(n)
        excess = precision.excess(estimates)
        worst = max(excess.values())
        if worst <= 1 or n >= most:
            told(n, excess, 0)
            return estimates, excess, numbers
        factor = min(max(_SPARE * worst**2, _GROWTH[0]), _GROWTH[1])
        told(n, excess, None if math.isinf(worst) else math.ceil(n * (_SPARE * worst**2 - 1)))
        n = min(math.ceil(n * factor), most)


def progress_line(n, excess, more):
    """The progress towards the requested precision: trials, half widths over those requested, trials to go."""
    widths = ", ".join(
        f"{name} has no reliable interval yet" if math.isinf(x) else f"{name} {x:.3g} times the requested half width"
        for name, x in excess.items()
    )
    to_go = "" if more == 0 else "; the number still needed is unknown" if more is None else f"; about {more} more"
    return f"{n} trials: {widths}{to_go}"
