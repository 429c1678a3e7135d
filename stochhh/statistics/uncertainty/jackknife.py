"""Uncertainty by trial: leave-one-trial-out jackknife with Student's t on a scale suited to the quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import instance
from ..estimate import Quantity
from ..estimate.sums import GROUPS
from .replicated import Replicated

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    from ...annotations import FloatArray, Method
    from ..estimate import Curve, Estimate, TrialSums

__all__ = ["by_trial", "curve_by_trial"]


def by_trial(
    quantity: Quantity,
    formula: Callable[[TrialSums], Any],
    sums: TrialSums,
    *,
    level: float = 0.95,
    method: Method = "jackknife",
    resolution: float = 0.0,
    unbias: bool = True,
    floor: Callable[[float], float] | None = None,
) -> Estimate:
    """Estimate a smooth function of sums over trials, with its interval by trial.

        theta = g(S),   S = sum_t S_t,   theta_(t) = g(S - S_t),   theta_J = n theta - (n - 1) mean theta_(t)
        interval: h(theta_J) - (t(nu) + l_-) se  to  h(theta_J) + (t(nu) + l_+) se
        se^2 = (n - 1)/n sum_t d_t^2,   d_t = mean h(theta_(.)) - h(theta_(t))
        l_+ = max(0, l),   l_- = max(0, -l),   l = g (1 + 2 z^2) / (6 sqrt n),   g the skewness of the d_t

    h is the scale of the quantity, such as the log for positive quantities. nu = min(n - 1, 2n / (k - 1)), with k the
    kurtosis of the d_t, are Satterthwaite's degrees of freedom of se^2: if a few trials dominate the variability, n - 1
    would be too large. l is Johnson's correction for skewness, with z the normal quantile: it moves an end outwards
    only, since g is not known precisely enough to move one inwards. If h is infinite, such as the log of 0, the plain
    scale is used and truncated to the possible range, and `method` reports it. With method="bootstrap" the quantiles of
    t are those of the studentised bootstrap (`bootstrap_t`). The distance of each end from theta is limited to five
    times that on the plain scale, since h may map one of a few theta_(t) nearly to infinity. If the derivative of g
    nearly vanishes, the second-order interval is used (`bend`). If all theta_(t) agree up to rounding there is no
    interval, since the variability between trials is then unknown.

    Arguments:
        quantity: Quantity: name, unit and scale; the name of its observations, the smallest number of them, and why g
            may be undefined.
        formula: g, a function of TrialSums, which accesses each sum by its name; NaN where it is undefined.
        sums: S_t, TrialSums, of which `count` is the number of observations of the trial. Trials without observations
            carry no information about g and do not count in n.
        level: confidence level.
        method: "jackknife" or "bootstrap"; the latter requires 20 trials.
        resolution: the amount by which rounding of the data may change theta; the interval is widened by it.
        unbias: whether to use theta_J; otherwise theta is used, for a g without bias.
        floor: lower bound for the standard error of h(theta), a function of theta, or None. The distance of each end is
            then at least z + l times this bound, which accounts for variability that a few trials do not show.

    Exact for the mean of normal trials; otherwise the coverage error is of order 1/n. theta_J is free of the bias of
    order 1/n; if it is not positive but must be, theta is used. Measured coverage at a nominal level of 95 %, with 50
    spikes per trial, over Poisson, gamma, rate-varying and serially correlated trains: rate, isi_mean, cv2 and lv 95 to
    96 % with 20 trials and 94 to 99 % with 2, 3, 5 and 10; fano_factor 97 % with 20, 95 to 100 % with fewer. The
    coverage of cv and of higher moments is given in their docstrings. `pytest -m slow -s
    tests/statistical/test_coverage.py` repeats this. On bursting, self-exciting and other trains that were not used in
    choosing the rules the coverage is similar, 93 to 98 %. At low levels the corrections, which only widen the
    interval, lead to over-coverage: at 50 % the Fano factor 54 to 58 %, skewness and kurtosis up to 70 %, the others 46
    to 59 % (`test_more_coverage.py` in the same directory).

    Raises InputError for a level outside (0, 0.9999], and for a quantity with a field of another type.
    Source: Miller, Biometrika 61, 1 (1974); Satterthwaite, Biometrics Bulletin 2, 110 (1946); Johnson, J. Am. Stat.
    Assoc. 73, 536 (1978) (skewness).
    """
    instance("quantity", quantity, Quantity).check()
    estimator = Replicated.of(quantity, formula, sums, unbias=unbias)
    return estimator.estimate(level, method, resolution=resolution, floor=floor)


def curve_by_trial(
    quantity: Quantity,
    formula: Callable[[TrialSums], Any],
    sums: TrialSums,
    x: FloatArray,
    *,
    level: float = 0.95,
    x_name: str,
    x_unit: str,
    n_trials: int | None = None,
    unbias: bool = True,
    support: NDArray[Any] | None = None,
    fewest: int = 2,
) -> Curve:
    """Estimate a curve from sums over trials, with pointwise intervals by trial and a simultaneous confidence band.

        theta(x) = g(S(x)),   S = sum_t S_t;   intervals as in `by_trial`
        simultaneous: h(theta_J) +- t(nu(x), p) se(x),   p that of max over x of |sum_t g_t d_t(x)| / |d(x)|, g_t normal

    Arguments:
        quantity: name, unit and scale; the name of its observations, and why g may be undefined.
        formula: g, a function of TrialSums that returns shape (..., n_points); NaN where it is undefined.
        sums: S_t, TrialSums of shape (n_trials, n_points), or (n_trials, 1) for sums common to all points.
        x: points of the curve, shape (n_points,).
        level: confidence level.
        x_name, x_unit: name and unit of x.
        n_trials: number of trials, if `sums` are already those of groups, see `binned`.
        unbias: whether to remove the bias of order 1/n by the jackknife.
        support: number of trials that contribute to each point, shape (n_points,); a point with fewer than `fewest` has
            no interval, nor has one at which the trials differ too much for the level. By default all trials
            contribute.
        fewest: that number of trials, 2 or more.

    More than 200 trials are combined into 200 groups. The interval of a point is exact to order 1/n, as in `by_trial`.
    The simultaneous level is determined from 2000 draws with the covariance between trials (above 0.99 from the
    equivalent number of independent points at 0.99), and converted to a Student quantile with the degrees of freedom of
    each point; it refers to the given points, not to those between them. Measured coverage at a nominal level of 95 %,
    for the eight curves of spike trains with 5 to 100 points: 94 to 97 % for each point and 90 to 98 % for the whole
    curve from 10 trials; with 2, 3 and 5 trials 88 to 97 % for each point, and 7 to 79, 39 to 92 and 81 to 96 % for the
    whole curve, so a simultaneous band requires 10 trials. `pytest -m slow -s tests/statistical/test_more_coverage.py
    -k "each_curve or fewer"` repeats this.

    Source: Kosorok, Introduction to Empirical Processes (2008), chapter 10 (multiplier bootstrap); Montiel Olea and
    Plagborg-Moller, J. Appl. Econometrics 34, 1 (2019), algorithm 1 (sup-t band).
    """
    instance("quantity", quantity, Quantity).check()
    curve = Replicated.of(quantity, formula, sums, unbias=unbias, n_trials=n_trials, groups=GROUPS)
    return curve.curve(x, level, x_name=x_name, x_unit=x_unit, support=support, fewest=fewest)
