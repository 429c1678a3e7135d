"""How much memory a result, or what is read, may take."""

import os

from .errors import real

__all__ = ["GIB", "allowed_memory"]

GIB = 2**30
_UNKNOWN = 8 * GIB  # where the system does not tell


def allowed_memory(limit=None):
    """Bytes that may be taken: `limit` GiB, by default half of the machine's memory; InputError, by name."""
    if limit is not None:
        return real("memory_limit", limit, above=0, unit="GiB") * GIB
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2
    except (AttributeError, ValueError, OSError):  # another system, or one that does not know
        return _UNKNOWN / 2
