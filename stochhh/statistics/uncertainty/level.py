"""How sure an interval shall be, and by which method it is made."""

from ...errors import InputError, real
from ...messages import shown

__all__ = ["METHODS", "confidence", "known_method"]

METHODS = ("jackknife", "bootstrap")


def known_method(method, methods=METHODS):
    """Return the name of a method, or raise InputError if it is none of `methods`."""
    if method not in methods:
        raise InputError(f"method = {shown(method)} is not allowed: it must be one of {', '.join(methods)}")
    return method


def confidence(level):
    """Return the confidence level as a float, or raise InputError if it is not one."""
    return real("level", level, above=0.0, at_most=0.9999)
