"""Directories of results: the old run or the new one, and never a part of each.

Would catch: two runs mixed, a file of the user's lost in the exchange, the directory of a shell taken away, what a
killed process left behind, a live one's file swept away.
"""

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stochhh import directories, files, leftovers
from stochhh.errors import InputError, SimulationError

OLD, NEW = {"a.nc": "old", "b.csv": "old", "figure.png": "old"}, {"a.nc": "new", "b.csv": "new", "c.json": "new"}
OWN = {"notes.txt": "precious"}
AFTER = NEW | OWN  # the figure belonged to the old run


@pytest.fixture
def folder(tmp_path):
    """A directory of an earlier run, with a file of the user's own."""
    (tmp_path / "d").mkdir()
    for name, text in (OLD | OWN).items():
        (tmp_path / "d" / name).write_text(text)
    return tmp_path / "d"


@pytest.fixture(params=["exchange", "one by one"])
def way(request, monkeypatch):
    """Both ways to replace the files."""
    if request.param == "one by one":

        def refused(*_):
            raise OSError(errno.EINVAL, "no exchange here")

        monkeypatch.setattr(directories, "_exchange", refused)


def held(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def fill(folder, while_filling=lambda: None):
    with directories.filling(folder, ["figure.png"]) as part:
        for name, text in NEW.items():
            (part / name).write_text(text)
        while_filling()


def nothing_else(folder):
    """No temporary file or directory is left, inside or beside."""
    return {path.name for path in folder.parent.iterdir()} == {folder.name} and not list(folder.glob(".*"))


def test_the_new_run_takes_the_place_of_the_old(folder, way):
    fill(folder, lambda: held(folder) == OLD | OWN or pytest.fail("seen before its time"))
    assert held(folder) == AFTER and nothing_else(folder)


def test_a_file_that_comes_in_the_meantime_stays(folder, way):
    fill(folder, (folder / "later.txt").touch)
    assert held(folder) == AFTER | {"later.txt": ""}


def test_a_file_that_comes_in_the_last_moment_stays(folder, monkeypatch):
    exchange = directories._exchange

    def late(a, b):
        (folder / "later.txt").touch()
        exchange(a, b)

    monkeypatch.setattr(directories, "_exchange", late)
    fill(folder)
    assert held(folder) == AFTER | {"later.txt": ""}


def test_directories_in_it_stay(folder):
    (folder / "mine" / "deep").mkdir(parents=True)
    (folder / "mine" / "deep" / "x").write_text("precious")
    fill(folder)
    assert held(folder) == AFTER and (folder / "mine" / "deep" / "x").read_text() == "precious"


def test_modes_and_links_are_kept(folder):
    folder.chmod(0o750)
    (folder / "link").symlink_to("notes.txt")
    outer = folder.with_name("outer")
    outer.symlink_to(folder)
    fill(outer)
    assert outer.is_symlink() and folder.stat().st_mode & 0o777 == 0o750 and (folder / "link").is_symlink()
    assert held(folder) == AFTER | {"link": "precious"}


def test_where_a_shell_stands_the_directory_stays_itself(folder, monkeypatch):
    monkeypatch.chdir(folder)
    before = folder.stat().st_ino
    fill(Path())
    assert folder.stat().st_ino == before and held(folder) == AFTER and nothing_else(folder)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(errno.ENOSPC, "full")])
@pytest.mark.parametrize("name", ["replace", "rename", "link"])
@pytest.mark.parametrize("k", range(5))
def test_interrupted_at_any_step_it_is_one_run_or_the_other(folder, way, monkeypatch, error, name, k):
    """The k-th call of the operating system fails."""
    call, left = getattr(os, name), [k]

    def fails(*arguments, **options):
        left[0] -= 1
        if left[0] == -1:
            raise error
        return call(*arguments, **options)

    monkeypatch.setattr(os, name, fails)
    try:
        fill(folder)
        assert held(folder) == AFTER
    except (KeyboardInterrupt, SimulationError):
        assert held(folder) in (OLD | OWN, AFTER)
    assert nothing_else(folder)


def test_a_signal_in_the_middle_waits(folder, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # the caller may have switched it off
    exchange = directories._exchange

    def pressed(a, b):
        signal.raise_signal(signal.SIGINT)
        exchange(a, b)

    monkeypatch.setattr(directories, "_exchange", pressed)
    try:
        with pytest.raises(KeyboardInterrupt):
            fill(folder)
    finally:
        signal.signal(signal.SIGINT, before)
    assert held(folder) == AFTER and nothing_else(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="directories can be exchanged in one step on Linux alone")
def test_a_reader_never_finds_a_part_of_each(folder):
    """One that holds the directory reads one run from beginning to end, however often it is replaced."""
    found, done = [], threading.Event()

    def read():
        while not done.is_set():
            here = os.open(folder, os.O_RDONLY)
            texts = set()
            for name in ("a.nc", "b.csv"):
                try:
                    with open(os.open(name, os.O_RDONLY, dir_fd=here)) as file:
                        texts.add(file.read())
                except FileNotFoundError:  # an old directory that is being removed
                    continue
            os.close(here)
            found.append(texts)

    reader = threading.Thread(target=read)
    reader.start()
    for k in range(100):
        with directories.filling(folder) as part:
            for name in ("a.nc", "b.csv"):
                (part / name).write_text(str(k))
    done.set()
    reader.join()
    assert found and max(map(len, found)) == 1


def test_a_full_disk(folder):
    with pytest.raises(SimulationError, match=r"d: writing it failed \(No space left") as failure:
        fill(folder, lambda: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    assert "/." not in str(failure.value)
    assert held(folder) == OLD | OWN and nothing_else(folder)


def test_a_directory_that_is_gone_is_made_again(folder):
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    fill(folder)
    assert held(folder) == NEW


class TestMade:
    def test_a_file_is_no_directory(self, folder):
        with pytest.raises(InputError, match="is not a directory"):
            directories.make_directory(folder / "notes.txt")

    def test_parents_are_made(self, folder):
        directories.make_directory(folder / "a" / "b")
        assert (folder / "a" / "b").is_dir() and not any((folder / "a" / "b").iterdir())


class TestLeftovers:
    KILLED = """
import os, signal, sys
from pathlib import Path
from stochhh.directories import filling
from stochhh.files import replacing
with filling(sys.argv[1]) as part, replacing(Path(sys.argv[1]) / "s.csv"):
    (part / "a.nc").write_text("new")
    print(flush=True)
    sys.stdin.read() if len(sys.argv) > 2 else os.kill(os.getpid(), signal.SIGKILL)
"""

    @pytest.mark.skipif(sys.platform == "win32", reason="there are no locks of files here, and nothing is swept")
    def test_what_a_killed_process_left_goes_at_the_next_run(self, folder):
        killed = subprocess.run([sys.executable, "-c", self.KILLED, folder], stdout=subprocess.PIPE)
        assert killed.returncode == -signal.SIGKILL and not nothing_else(folder)
        directories.make_directory(folder)
        assert held(folder) == OLD | OWN and nothing_else(folder)

    def test_what_is_being_written_stays(self, folder):
        with directories.filling(folder) as part, files.replacing(folder / "s.csv") as file:
            (part / "a.nc").write_text("new")
            directories.make_directory(folder)
            files.writable(folder / "other.csv")
            assert part.is_dir() and file.exists()
        assert held(folder) == OLD | OWN | {"a.nc": "new", "s.csv": ""}

    def test_other_hidden_files_stay(self, folder):
        names = [".stochhh", ".stochhh-notes", ".0a1b2c3d", "x.stochhh-0a1b2c3d"]
        for name in names:
            (folder / name).touch()
        leftovers.sweep(folder)
        assert {path.name for path in folder.iterdir()} >= set(names)
