"""The second-order error of an estimate, which matters where its first derivative nearly vanishes."""

import numpy as np

__all__ = ["bend"]

_ANGLE = np.arange(16)[:, None] * np.pi / 16
_NEAR = 0.3  # of the distance: there the second order is read off, and no total has become 0
_RADIUS = np.array([0.6, 1.0])


def bend(formula, sums, left_out, t):
    """(lowest, highest) change of a formula, to second order, within t standard errors of its sums.

        max over |e| <= t of  (g(S + D e) - g(S - D e)) / 2 + (g(S + D e) + g(S - D e)) / 2 - g(S)

    with D the deviations of the S_t from their mean times sqrt(n / (n - 1)), so that D e over all e of length t is the
    confidence ellipse of S. Where g is linear this is t times the jackknife standard error. Where the derivative
    vanishes, as for the variance p (1 - p) of counts that take two values equally often, the jackknife standard error
    is 0, but this is not.

    Arguments:
        formula: g, of TrialSums.
        sums: S_t, TrialSums of shape (n,).
        left_out: g(S - S_t), shape (n,).
        t: number of standard errors.

    e is restricted to the planes spanned by the direction of steepest change and that of each sum. The odd and even
    parts are evaluated at 0.3 t and extrapolated as linear and quadratic.
    """
    n, steepest = len(sums), _direction(left_out)
    others = [_direction(column) for column in sums.columns.values()]
    others = np.array([_unit(other - (other @ steepest) * steepest, least=1e-6) for other in others])
    near = _NEAR * t * np.sqrt(n / (n - 1)) * np.array([1, -1])[:, None, None, None]  # both ways, then sum, angle, 1

    def moved(column):
        along, across = steepest @ column, (others @ column)[:, None, None]
        return column.sum() + near * (np.cos(_ANGLE) * along + np.sin(_ANGLE) * across)

    with np.errstate(all="ignore"):
        forth, back = formula(sums.each(moved))
        even = ((forth + back) / 2 - formula(sums.total())) * (_RADIUS / _NEAR) ** 2
        odd = np.abs(forth - back) / 2 * _RADIUS / _NEAR
    told = np.isfinite(even)
    return min(0.0, np.min((even - odd)[told], initial=0.0)), max(0.0, np.max((even + odd)[told], initial=0.0))


def _direction(x):
    """The deviations from the mean, at length 1; 0 if they are rounding alone."""
    return _unit(x - x.mean(), least=1e-13 * np.sqrt(x @ x))


def _unit(x, least):
    """The vector at length 1, or 0 if it is no longer than `least`."""
    length = np.sqrt(x @ x)
    return x / length if length > least else np.zeros_like(x)
