"""A directory of results whose files are replaced together: a reader finds those of the old run, or of the new one."""

import ctypes
import os
import shutil
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import InputError, StochhhError
from .files import writing
from .interruption import uninterrupted
from .leftovers import held, new_name, sweep

__all__ = ["filling", "make_directory"]

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


def make_directory(path):
    """Make a directory, if there is none yet; InputError unless files can be put into it."""
    with writing(path):
        path = Path(path)
        if path.exists() and not path.is_dir():
            raise InputError("this is not a directory", remedy="name one, or a place for a new one").within(file=path)
        path.mkdir(parents=True, exist_ok=True)
        sweep(path)
        sweep(Path(os.path.realpath(path)).parent)
        part = path / new_name()
        part.touch(exist_ok=False)
        part.unlink()


@contextmanager
def filling(directory, outdated=()):
    """Yield a temporary directory whose files come into `directory`, all at once, when the block succeeds.

    They replace files of the same names; all others stay. If the block fails, nothing is changed.

    Arguments:
        directory: an existing directory.
        outdated: names of files that would be those of an earlier run among the new ones, and go too.

    At once means by one exchange of the two directories. Where that cannot be, as for the working directory, a mount
    point or a directory that holds others, the files are moved one by one, and all moved back if one fails.
    """
    with writing(directory):
        target = Path(os.path.realpath(directory))
    swapped = _can_be_swapped(target)
    part = (target.parent if swapped else target) / new_name()
    try:
        with writing(directory):
            part.mkdir(parents=True)  # the directory may be gone by now
            with held(part):
                yield part
                with uninterrupted():
                    new = sorted(file.name for file in part.iterdir())
                    if not (swapped and _swap(part, target, {*new, *outdated})):
                        _move(part, target, new, outdated)
    except StochhhError as error:  # it names the temporary directory, which is nobody's business
        error.where = tuple(_moved(place, part, Path(directory)) for place in error.where)
        raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _moved(place, old, new):
    """A place in a directory that has got another name."""
    if place.kind != "file" or not Path(place.name).is_relative_to(old):
        return place
    return place._replace(name=str(new / Path(place.name).relative_to(old)))


def _can_be_swapped(target):
    """Whether another directory may stand in its place, with nobody the worse for it."""
    if sys.platform != "linux":  # only there two directories can be exchanged in one step
        return False
    with suppress(OSError):
        here, parent, found = Path(os.path.realpath(os.curdir)), target.parent, target.stat()
        mine = found.st_uid == os.geteuid() and found.st_dev == parent.stat().st_dev
        return mine and target not in (here, *here.parents) and os.access(parent, os.W_OK | os.X_OK)
    return False


def _swap(part, target, replaced):
    """Give `part` the other files of `target`, and exchange the two; False where that cannot be."""
    try:
        others = [file for file in target.iterdir() if file.name not in replaced]
        if any(file.is_dir() for file in others) or part.stat().st_gid != target.stat().st_gid:
            return False
        for file in others:
            os.link(file, part / file.name, follow_symlinks=False)
        shutil.copystat(target, part)
        _exchange(part, target)
    except (OSError, AttributeError, NotImplementedError):  # a file system without links, an old library
        return False
    for file in part.iterdir():
        if file.name not in replaced:  # written by somebody else in the meantime, or a link to what is there
            with suppress(OSError):
                file.replace(target / file.name)
    return True


def _exchange(a, b):
    rename = ctypes.CDLL(None, use_errno=True).renameat2
    if rename(_HERE, os.fsencode(a), _HERE, os.fsencode(b), _EXCHANGE):
        raise OSError(ctypes.get_errno(), "the directories cannot be exchanged")


def _move(part, target, new, outdated):
    """Move files one by one; if one fails, all come back."""
    old = part / new_name()
    old.mkdir()
    moved = []
    try:
        for name in (*outdated, *new):
            with suppress(FileNotFoundError):
                os.rename(target / name, old / name)
            moved.append(name)
            if name in new:
                os.replace(part / name, target / name)
    except BaseException:
        for name in moved:
            (target / name).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                os.rename(old / name, target / name)
        raise
