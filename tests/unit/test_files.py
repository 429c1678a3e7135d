"""Files: written whole or not at all, read with every fault named.

Would catch: a half-written file in place of good data, a temporary file left behind, a float that changes on its
way through a CSV file, a fault without its line.
"""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
from limits import small_files

from stochhh import files
from stochhh.directories import make_directory
from stochhh.errors import InputError, SimulationError


@pytest.fixture
def folder(tmp_path):
    """A folder that holds one good file, and must hold nothing else afterwards."""
    (tmp_path / "good.csv").write_text("good")
    return tmp_path


def held(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


class TestReplacing:
    def test_the_new_takes_the_place_of_the_old(self, folder):
        with files.replacing(folder / "good.csv") as part:
            part.write_text("better")
            assert held(folder)["good.csv"] == "good"
        assert held(folder) == {"good.csv": "better"}

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a fault"), InputError("another")])
    def test_a_failure_leaves_the_old_and_nothing_else(self, folder, error):
        with pytest.raises(type(error)), files.replacing(folder / "good.csv") as part:
            part.write_text("half")
            raise error
        assert held(folder) == {"good.csv": "good"}

    def test_a_full_disk(self, folder):
        full = pytest.raises(SimulationError, match=r"good\.csv: writing it failed \(File too large\); what stood")
        with full, small_files():
            files.write_table(folder / "good.csv", {"time": np.arange(100.0)})
        assert held(folder) == {"good.csv": "good"}

    def test_a_full_disk_in_the_last_step(self, folder, monkeypatch):
        def full(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(SimulationError, match=r"No space left on device"):
            files.write_json(folder / "good.csv", {})
        assert held(folder) == {"good.csv": "good"}

    def test_a_link_stays_a_link(self, folder):
        (folder / "link.csv").symlink_to("good.csv")
        with files.replacing(folder / "link.csv") as part:
            part.write_text("better")
        assert (folder / "link.csv").is_symlink() and held(folder)["good.csv"] == "better"

    @pytest.mark.parametrize("write", [files.writable, lambda path: files.write_json(path, {})])
    def test_places_that_are_none(self, folder, write):
        for place, reason in [
            (folder, "is a directory"),
            (folder / "none" / "a.csv", "there is no directory"),
            (folder / "good.csv" / "a.csv", "there is no directory"),
            (Path("/dev/null"), "is not a regular file"),
            (folder / ("a" * 300), "File name too long"),
        ]:
            with pytest.raises(InputError, match=reason):
                write(place)
        assert held(folder) == {"good.csv": "good"} and Path("/dev/null").is_char_device()

    def test_writable_leaves_everything_as_it_was(self, folder):
        files.writable(folder / "good.csv")
        files.writable(folder / "new.csv")
        assert held(folder) == {"good.csv": "good"}

    def test_a_read_only_folder(self, folder):
        folder.chmod(0o555)
        if os.access(folder, os.W_OK):
            pytest.skip("this user may write everywhere")
        for write in (files.writable, lambda path: files.write_json(path, {})):
            with pytest.raises(InputError, match="Permission denied"):
                write(folder / "new")

    @pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
    @pytest.mark.parametrize("write", [files.writable, make_directory])
    def test_no_permission_is_the_users_to_mend(self, folder, monkeypatch, number, write):
        def refused(*_, **__):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(Path, "touch", refused)
        with pytest.raises(InputError, match="choose another place"):
            write(folder / "new")


def test_a_table_is_written_in_the_shortest_form(tmp_path):
    files.write_table(tmp_path / "a.csv", {"trial": [0, 1], "time": [0.1, 1e22], "reason": [None, "one, two"]})
    assert (tmp_path / "a.csv").read_bytes() == b'trial,time,reason\n0,0.1,\n1,1e+22,"one, two"\n'


def test_json_has_no_nan(folder):
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError):
            files.write_json(folder / "good.csv", {"value": value})
    assert held(folder) == {"good.csv": "good"}
    files.write_json(folder / "good.csv", {"value": None})
    assert json.loads(held(folder)["good.csv"]) == {"value": None}
