"""Files: written whole or not at all, read with every fault named.

Would catch: a half-written file in place of good data, a temporary file left behind, a float that changes on its
way through a CSV file, a fault without its line.
"""

import errno
import json
import os
import resource
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@contextmanager
def small_files():
    """No file may grow beyond 64 bytes: as good as a full disk, and without the rights to mount one.

    For the statement alone, and no fixture: pytest's own report may go to a file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


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


class TestTables:
    @given(time=st.lists(st.floats(allow_nan=False, allow_infinity=False)))
    def test_floats_survive_to_the_last_bit(self, tmp_path_factory, time):
        path = tmp_path_factory.mktemp("table") / "a.csv"
        files.write_table(path, {"trial": np.arange(len(time)), "time": np.array(time)})
        table = files.read_table(path, ("trial", "time"))
        assert table["time"].tobytes() == np.array(time, dtype=float).tobytes()
        assert table["trial"].tolist() == list(range(len(time))) and table["trial"].dtype == np.int64

    def test_the_shortest_form_is_written(self, tmp_path):
        files.write_table(tmp_path / "a.csv", {"trial": [0, 1], "time": [0.1, 1e22], "reason": [None, "one, two"]})
        assert (tmp_path / "a.csv").read_bytes() == b'trial,time,reason\n0,0.1,\n1,1e+22,"one, two"\n'

    def test_a_file_from_elsewhere(self, tmp_path):
        """A byte order mark, line ends of another system, empty lines, blanks."""
        (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbftrial,time\r\n0, 1.5\r\n\r\n2,+3e0\r\n")
        table = files.read_table(tmp_path / "a.csv", ("trial", "time"))
        assert table["trial"].tolist() == [0, 2] and table["time"].tolist() == [1.5, 3.0]

    @pytest.mark.parametrize(
        ("text", "said"),
        {
            "": "line 1: header = '' is not allowed",
            "time,trial\n": "line 1: header = 'time,trial' is not allowed: it must be 'trial,time'",
            "# a comment\ntrial,time\n": "line 1",
            "trial,time\n0,1\n0,x\n": "line 3: time = 'x' is not allowed: it must be a finite number",
            "trial,time\n0,1\n\n0,\n": "line 4: time = ''",
            "trial,time\n0,1_0\n": "line 2: time = '1_0' is not allowed: it must be a finite number",
            "trial,time\n0,\u0663\n": "line 2: time = '\u0663'",
            "trial,time\n0.5,1\n": "line 2: trial = '0.5' is not allowed: it must be a whole number",
            "trial,time\n1e3,1\n": "line 2: trial",
            "trial,time\n99999999999999999999,1\n": "line 2: trial",
            "trial,time\n0,nan\n": "line 2: time = 'nan'",
            "trial,time\n0,inf\n": "line 2: time = 'inf'",
            "trial,time\n0,1e999\n": "line 2: time = '1e999'",
            "trial,time\n0\n": "line 2: number of columns = 1 is not allowed: it must be 2",
            "trial,time\n0,1\n0,1,2\n": "line 3: number of columns = 3 is not allowed: it must be 2",
            "trial,time\n0;1\n": "line 2: number of columns = 1 is not allowed: it must be 2",
            "trial,time\n0,1,5\n": "line 2: number of columns = 3 is not allowed: it must be 2",
            "trial,time\n0,1,\n": "line 2: number of columns = 3 is not allowed: it must be 2",
            "trial,time\n1.0,1\n": "line 2: trial = '1.0' is not allowed: it must be a whole number",
            "trial,time\nTrue,1\n": "line 2: trial = 'True'",
            "trial,time\n0,1\n0,True\n": "line 3: time = 'True'",
            'trial,time\n"0","1"\n': "line 2: trial",
            "trial,time\n0,1 # why\n": "line 2: time",
        }.items(),
    )
    def test_faults_are_named_with_their_line(self, tmp_path, text, said):
        (tmp_path / "a.csv").write_text(text)
        with pytest.raises(InputError) as refusal:
            files.read_table(tmp_path / "a.csv", ("trial", "time"))
        assert str(refusal.value).startswith(f"{tmp_path / 'a.csv'}, {said}")

    @pytest.mark.parametrize("line", [0, 1, 2, 5, 6, 17, 29])
    @pytest.mark.parametrize("wrong", ["x,1", "1,nan", "1", "1,2,3", "1.0,1"])
    def test_a_fault_is_looked_for_in_its_own_part_alone(self, tmp_path, monkeypatch, line, wrong):
        """A part has three lines here; what is before the wrong one is read whole."""
        lines = [f"{k},0.5" if k % 4 else "" for k in range(30)]
        lines[line] = wrong
        (tmp_path / "a.csv").write_text("\n".join(["trial,time", *lines]))
        seen, fault = [], files._fault
        monkeypatch.setattr(files, "_PART", 3)
        monkeypatch.setattr(files, "_fault", lambda line, header: seen.append(line) or fault(line, header))
        with pytest.raises(InputError, match=rf"a\.csv, line {line + 2}: "):
            files.read_table(tmp_path / "a.csv", ("trial", "time"))
        assert len(seen) == line % 3 + 1

    def test_places_where_there_is_no_table(self, tmp_path):
        (tmp_path / "bytes.csv").write_bytes(b"trial,time\n0,\xff\n")
        for name, said in [("none.csv", "does not exist"), (".", "is a directory"), ("bytes.csv", "not a text")]:
            with pytest.raises(InputError, match=f"{said}.*header trial,time"):
                files.read_table(tmp_path / name, ("trial", "time"))


def test_json_has_no_nan(folder):
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError):
            files.write_json(folder / "good.csv", {"value": value})
    assert held(folder) == {"good.csv": "good"}
    files.write_json(folder / "good.csv", {"value": None})
    assert json.loads(held(folder)["good.csv"]) == {"value": None}
