"""Checks of arguments that many figures share."""

from ..errors import InputError, real, within

__all__ = ["checked_stretch"]


def checked_stretch(stretch):
    """(start, stop) of the time shown, ms, or None; InputError for anything else, and unless start < stop."""
    if stretch is None:
        return None
    if not isinstance(stretch, tuple | list) or len(stretch) != 2:
        raise InputError("stretch", stretch, "(start, stop) of the time shown, ms, or None")
    with within(argument="stretch"):
        start = real("start", stretch[0], unit="ms")
        return start, real("stop", stretch[1], above=start, unit="ms")
