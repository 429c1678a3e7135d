"""A limit of the system that stands for a full disk."""

from contextlib import contextmanager

import pytest


@contextmanager
def small_files(size=64):
    """No file may grow beyond `size` bytes: as good as a full disk, and without the rights to mount one.

    For the statement alone, and no fixture: pytest's own report may go to a file. Skips the test on Windows.
    """
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
