"""Confidence level and method of an interval."""

from scipy.special import betaincinv

from ...errors import choice, real

__all__ = ["METHODS", "confidence", "known_method", "proportion"]

METHODS = ("jackknife", "bootstrap")


def known_method(method, methods=METHODS):
    """Return the name of a method, or raise InputError if it is none of `methods`."""
    return choice("method", method, methods)


def confidence(level):
    """Return the confidence level as a float, or raise InputError if it is not one; 0.05 is an error level."""
    return real("level", level, at_least=0.5, at_most=0.9999, remedy="95 % is 0.95")


def proportion(k, n, level):
    """(low, high) for the probability of an event that occurred in k of n independent trials: exact, conservative.

    Source: Clopper and Pearson, Biometrika 26, 404 (1934).
    """
    tail = (1 - level) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k else 0.0
    return low, float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
