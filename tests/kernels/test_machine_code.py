"""Kernels kept on disk: a changed callee, constant or type is another kernel; a bad or missing place is no trouble.

Would catch: the stale kernel of an edited function, which gives a wrong result without a word.
"""

import math
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import llvmlite.binding
import numpy as np
import pytest
from numba import njit
from numba.core.cpu import CPUContext

import stochhh
from stochhh import machine_code
from stochhh.elementary import inline
from stochhh.errors import InputError
from stochhh.machine_code import fingerprint, kernel

fcntl = pytest.importorskip("fcntl", reason="no kernel is kept where there are no locks of files")
kernel_store = machine_code.kernel_store


def family(constant=2.0, default=1.0, operation=lambda x: x + 1.0, swapped=False):
    """A loop with a constant in a closure, a default, a callee, and two callees that it uses in an order."""

    def one(x):
        return x * constant

    def two(x, y=default):
        return x - y

    first, second, inner = inline(one), inline(two), inline(operation)
    if swapped:
        first, second = second, first

    def loop(x):
        return first(x) + inner(second(x)) * 3.0

    return loop


BASE = fingerprint(family())


def test_the_same_source_has_the_same_name():
    assert BASE is not None and fingerprint(family()) == BASE


@pytest.mark.parametrize(
    "other",
    [
        {"constant": 2.5},
        {"default": 1.5},
        {"operation": lambda x: x + 2.0},
        {"operation": lambda x: x * 1.0},
        {"operation": lambda x: np.sqrt(x)},
        {"operation": lambda x: np.exp(x)},
        {"swapped": True},
    ],
    ids=["constant", "default", "callee's constant", "callee's operation", "sqrt", "exp", "swapped"],
)
def test_a_change_anywhere_is_another_name(other):
    assert fingerprint(family(**other)) != BASE


def test_two_callees_seen_before_and_swapped():
    """Both are met first in one order; then the loop hands them on in the other."""

    @inline
    def a(x):
        return x + 1.0

    @inline
    def b(x):
        return x * 2.0

    def chain(first, second):
        def inner(x):
            return first(second(x))

        return inline(inner)

    def make(first, second):
        fixed, other = chain(a, b), chain(first, second)

        def loop(x):
            return fixed(x) - other(x)

        return loop

    assert fingerprint(make(a, b)) != fingerprint(make(b, a))


@pytest.mark.parametrize("changed", ["constant", "first", "second"])
def test_what_is_named_of_a_module_is_part_of_the_name(changed):
    """Each of two functions names another part of it."""
    module = ModuleType("parts")
    module.constant, module.first, module.second, module.other = 2.0, lambda x: x + 1.0, lambda x: x - 1.0, [3.0]

    def inner(x):
        return module.first(x)

    def loop(x):
        return inner(x) + module.second(x) * module.constant

    before = fingerprint(loop)
    module.other = "not named"
    assert before is not None and fingerprint(loop) == before
    setattr(module, changed, 2.5 if changed == "constant" else lambda x: x + 2.0)
    assert fingerprint(loop) != before


def test_compiler_options_are_part_of_the_name():
    def loop(x):
        return callee(x)

    def plain(x):
        return x / 3.0

    names = set()
    for options in ({}, {"fastmath": True}, {"error_model": "numpy"}):
        callee = njit(**options)(plain)
        names.add(fingerprint(loop))
    assert len(names) == 3


def test_what_cannot_be_told_is_not_kept():
    """Objects in a closure."""
    table = np.array([{}, []], dtype=object)

    def loop(i):
        return table[i]

    assert fingerprint(loop) is None


def test_the_content_of_an_array_is_part_of_the_name():
    """It is compiled in."""
    table = np.arange(3.0)

    def loop(i):
        return table[i]

    names = [fingerprint(loop)]
    for change in (lambda: table.__setitem__(1, 5.0), lambda: table.setflags(write=False)):
        change()
        names.append(fingerprint(loop))
    table = np.arange(3)
    names.append(fingerprint(loop))
    assert None not in names and len(set(names)) == 4


def test_a_kernel_is_kept_and_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("STOCHHH_CACHE_DIR", str(tmp_path / "deep" / "er"))

    def make(factor):
        @kernel
        def scale(x):
            y = 0.0
            for i in range(x.size):
                y += factor * x[i]
            return y

        return scale

    x = np.arange(4.0)
    assert make(2.0)(x) == 12.0
    (kept,) = machine_code.directory().glob("*.bin")
    again = make(2.0)
    assert again(x) == 12.0
    assert list(machine_code.directory().iterdir()) == [kept], "compiled twice, or left a part behind"
    assert make(3.0)(x) == 18.0
    assert make(2.0)(x.astype(np.float32)) == 12.0
    assert len(list(machine_code.directory().glob("*.bin"))) == 3


@pytest.fixture
def tripled(tmp_path, monkeypatch):
    """x -> (3 x, whether it had to be compiled), by a kernel that is kept as the one file of this directory."""
    monkeypatch.setenv("STOCHHH_CACHE_DIR", str(tmp_path / "kernels"))

    def triple(x):
        return 3.0 * x

    def tripled(x):
        dispatcher = kernel(triple)
        return dispatcher(x), not dispatcher.stats.cache_hits

    assert tripled(0.5) == (1.5, True) and tripled(0.5) == (1.5, False)
    return tripled


def the_file():
    (kept,) = machine_code.directory().iterdir()
    return kept


def test_a_damaged_kernel_is_compiled_anew(tripled):
    """A bit anywhere, an end that is missing, bytes too many: never another number, and whole again afterwards."""
    whole = the_file().read_bytes()
    places = [*range(0, 40), *range(40, len(whole), len(whole) // 20), len(whole) - 1]
    flipped = [whole[:i] + bytes([whole[i] ^ 1 << i % 8]) + whole[i + 1 :] for i in places]
    ended = [whole[:size] for size in range(0, len(whole), len(whole) // 6)]
    for damaged in (b"not a kernel", whole + b"\0", *flipped, *ended):
        the_file().write_bytes(damaged)
        assert kernel_store.load(machine_code.directory(), the_file().name) is None
    assert tripled(0.5) == (1.5, True) and tripled(0.5) == (1.5, False)
    assert len(the_file().read_bytes()) == len(whole)


def test_a_kernel_under_the_name_of_another_is_none(tripled, tmp_path):
    """As if one had been copied by hand, or renamed."""
    name = the_file().name

    @kernel
    def halve(x):
        return 0.5 * x

    assert halve(3.0) == 1.5
    (other,) = (path for path in machine_code.directory().iterdir() if path.name != name)
    (machine_code.directory() / name).write_bytes(other.read_bytes())
    assert tripled(0.5) == (1.5, True)


def evil(path):
    """A file that, were it read as a pickle, would leave a mark."""
    mark = path.parent.parent / "mark"
    path.write_bytes(b"cos\nsystem\n(S'touch " + bytes(mark) + b"'\ntR.")
    return mark


@pytest.mark.parametrize("kind", ["pipe", "link", "directory", "device", "huge", "pickle"])
def test_what_is_no_kernel_under_the_name_of_one(tripled, kind):
    """None blocks, crashes or is followed."""
    path = the_file()
    whole, elsewhere = path.read_bytes(), machine_code.directory().parent / "elsewhere"
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        elsewhere.write_bytes(whole)
        path.symlink_to(elsewhere)
    elif kind == "directory":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "huge":
        path.touch()
        os.truncate(path, 1 << 40)
    else:
        mark = evil(path)
    assert tripled(0.5) == (1.5, True)
    assert tripled(0.5) == (1.5, kind == "directory"), "a new one takes its place where it can"
    assert kind != "link" or elsewhere.read_bytes() == whole
    assert kind != "pickle" or not mark.exists()


@pytest.mark.parametrize("what", ["directory", "file"])
@pytest.mark.parametrize("whose", ["another's", "the group's", "everybody's"])
def test_what_others_can_write_is_never_read(tripled, what, whose, monkeypatch, capsys):
    """It is said in one line, once, and compiled without."""
    path = the_file()
    place = machine_code.directory() if what == "directory" else path
    monkeypatch.setattr(kernel_store, "_said", set())
    if whose == "another's":
        found = os.fstat

        def foreign(descriptor):
            values = found(descriptor)
            here = (values.st_dev, values.st_ino) == (place.stat().st_dev, place.stat().st_ino)
            return os.stat_result((*values[:4], values[4] + here, *values[5:]))

        monkeypatch.setattr(os, "fstat", foreign)
        said = "belongs to another user"
    else:
        place.chmod(place.stat().st_mode | (0o020 if whose == "the group's" else 0o002))
        said = f"can be written by others (mode {place.stat().st_mode & 0o777:04o}; chmod go-w)"
    before = (path.stat().st_mtime_ns, path.stat().st_ino)
    assert tripled(0.5) == (1.5, True)
    out, error = capsys.readouterr()
    assert out == ""
    assert error == f"stochhh: {place} {said}: kernels are not kept there, and are compiled again each time\n"
    if what == "directory":
        assert (path.stat().st_mtime_ns, path.stat().st_ino) == before, "nor written"
        assert tripled(0.5) == (1.5, True) and capsys.readouterr().err == ""
    elif whose != "another's":
        assert the_file().stat().st_mode & 0o777 == 0o600 and tripled(0.5) == (1.5, False)


def test_directories_and_files_are_this_users_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("STOCHHH_CACHE_DIR", str(tmp_path / "deep" / "er"))
    before = os.umask(0)
    try:
        kernel_store.save(machine_code.directory(), f"a-{0:032x}.bin", b"content")
    finally:
        os.umask(before)
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "deep", tmp_path / "deep" / "er", the_file())]
    assert modes == [0o700, 0o700, 0o600]
    assert kernel_store.load(machine_code.directory(), f"a-{0:032x}.bin") == b"content"


@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_of_the_directory_is_refused(name, monkeypatch):
    monkeypatch.setenv("STOCHHH_CACHE_DIR", name)

    @kernel
    def double(x):
        return 2.0 * x

    with pytest.raises(InputError, match=f"^STOCHHH_CACHE_DIR = {name!r} is not allowed: it must be .* or unset"):
        double(1.5)


def test_what_killed_writers_left_is_removed(tmp_path):
    """The parts of the living stay, and so does what is not ours, such as a user's file with the suffix of a kernel."""
    directory = tmp_path / "kernels"
    directory.mkdir()
    killed = subprocess.run(
        [sys.executable, "-c", f"""
import os, signal
from stochhh import kernel_store
os.replace = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
kernel_store.save({str(directory)!r}, "killed-{1:032x}.bin", b"content")
"""],
    )  # fmt: skip
    assert killed.returncode == -9
    (left,) = directory.iterdir()
    old, begun, living = (directory / f"a-{2:032x}.{k:08x}" for k in range(3))
    for path in (old, begun, living):
        path.write_text("" if path is begun else "part")
    others = [directory / name for name in ("mine.bin", "b.12345678", f"notes-{3:032x}.txt")]
    for path in others:
        path.touch()
    with living.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kernel_store.save(directory, f"new-{4:032x}.bin", b"content")
        assert {*directory.iterdir()} == {begun, living, *others, directory / f"new-{4:032x}.bin"}
    os.utime(begun, (0, 0))
    kernel_store.save(directory, f"new-{4:032x}.bin", b"content")
    assert {*directory.iterdir()} == {*others, directory / f"new-{4:032x}.bin"}
    assert left not in directory.iterdir()


def test_the_oldest_kernels_go_first(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel_store, "_KEPT", 3)
    (tmp_path / "mine.bin").touch()
    os.utime(tmp_path / "mine.bin", (0, 0))
    for number in range(5):
        kernel_store.save(tmp_path, f"a-{number:032x}.bin", b"")
        os.utime(tmp_path / f"a-{number:032x}.bin", (number, number))
    assert {path.name for path in tmp_path.iterdir()} == {"mine.bin", *(f"a-{n:032x}.bin" for n in (2, 3, 4))}


def test_what_the_code_calls_outside_itself_is_there(tmp_path, monkeypatch):
    """The linker ends the process at a name that it does not know; numba must then be asked to make all names known."""
    monkeypatch.setenv("STOCHHH_CACHE_DIR", str(tmp_path))

    def make():
        @kernel
        def error_function(x):
            return math.erf(x)

        return error_function

    assert make()(0.5) == math.erf(0.5)
    refreshed = []
    monkeypatch.setattr(CPUContext, "refresh", lambda self: refreshed.append(self))
    assert make()(0.5) == math.erf(0.5) and not refreshed
    known = llvmlite.binding.address_of_symbol
    monkeypatch.setattr(llvmlite.binding, "address_of_symbol", lambda name: name != "erf" and known(name))
    assert make()(0.5) == math.erf(0.5) and refreshed


def test_places_where_nothing_can_be_kept(tmp_path, monkeypatch):
    """A file where the folder should be; no home at all."""

    def make():
        @kernel
        def double(x):
            return 2.0 * x

        return double

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STOCHHH_CACHE_DIR", str(tmp_path / "file"))
    assert make()(1.5) == 3.0

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("STOCHHH_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert make()(1.5) == 3.0


RUN = """
import stochhh as sh
drive = sh.SynapticInput(sh.Population("exc", n=80, rate=10.0, weight=1.0, p=0.5))
for backend in ("jump", "diffusion"):
    run = sh.simulate(sh.HodgkinHuxley(I_app=7.0), drive, backend=backend, duration=100.0, seed=1, n_trials=3)
    print(run.spikes.time.tobytes().hex(), run.moments.powers.tobytes().hex())
"""


def output(package, cache):
    """What a fresh process computes with the package at this place and kernels kept in this folder."""
    environment = {**os.environ, "PYTHONPATH": str(package), "STOCHHH_CACHE_DIR": str(cache)}
    return subprocess.run(
        [sys.executable, "-c", RUN], env=environment, check=True, capture_output=True, text=True, cwd=package
    ).stdout


TWO = """
import sys
from stochhh.machine_code import kernel

def make(factor):
    @kernel
    def inner(x, out):
        out[0] = factor * x

    @kernel
    def outer(x, out):
        inner(x, out)

    return outer

import numpy as np
for factor in map(float, sys.argv[1:]):
    out = np.zeros(1)
    make(factor)(1.0, out)
    print(out[0])
"""


def started(cache, *factors, **more):
    environment = {**os.environ, "STOCHHH_CACHE_DIR": str(cache), **more}
    return subprocess.Popen([sys.executable, "-c", TWO, *factors], env=environment, stdout=subprocess.PIPE, text=True)


def test_kernels_of_one_name_from_two_processes_do_not_meet(tmp_path):
    """The linker goes by names, and numba counts them anew in every process: a third must not mix the two."""

    def printed(*factors):
        return started(tmp_path, *factors).communicate()[0].split()

    assert printed("2") == ["2.0"] and printed("3") == ["3.0"]
    kept = set(tmp_path.iterdir())
    assert printed("2", "3") == ["2.0", "3.0"] and printed("3", "2") == ["3.0", "2.0"]
    assert set(tmp_path.iterdir()) == kept, "compiled again: the test is blind"


SCRIPT = """
from typing import NamedTuple
from stochhh.machine_code import kernel

class Constants(NamedTuple):
    factor: float

@kernel
def scale(x, p):
    return p.factor * x

print([scale(2.0, Constants(3.0)) for _ in range(3)], sum(scale.stats.cache_hits.values()), len(scale.overloads))
"""


def test_a_class_of_a_script_is_the_same_in_its_next_run(tmp_path):
    """Would catch: a kernel that comes from the disk with a class of its own, and is loaded anew in every call."""
    for name, hits in (("first", 0), ("first", 1), ("another", 1)):
        (tmp_path / f"{name}.py").write_text(SCRIPT)
        ended = subprocess.run(
            [sys.executable, tmp_path / f"{name}.py"], env={**os.environ, "STOCHHH_CACHE_DIR": str(tmp_path / "cache")},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert ended.stdout == f"[6.0, 6.0, 6.0] {hits} 1\n"


def test_two_processes_at_once_and_another_processor(tmp_path):
    """Both compile, both write the same files; neither sees half of one, and nothing else is left."""
    both = [started(tmp_path, "2", "3") for _ in range(2)]
    assert [process.communicate()[0].split() for process in both] == [["2.0", "3.0"]] * 2
    kept = set(tmp_path.iterdir())
    assert {file.suffix for file in kept} == {".bin"} and len(kept) == 4
    # What they left is whole: a third compiles nothing. Another processor has kernels of its own.
    assert started(tmp_path, "2", "3").communicate()[0].split() == ["2.0", "3.0"]
    assert set(tmp_path.iterdir()) == kept
    assert started(tmp_path, "2", "3", NUMBA_CPU_NAME="generic").communicate()[0].split() == ["2.0", "3.0"]
    assert len(set(tmp_path.iterdir()) - kept) == len(kept)


def test_another_process_gives_the_same_bits(capsys):
    """This one may have compiled its kernels, that one finds them on the disk."""
    exec(RUN, {})
    assert capsys.readouterr().out == output(Path(stochhh.__file__).parents[1], machine_code.directory())


@pytest.mark.slow
def test_a_kernel_from_the_disk_gives_the_same_bits(tmp_path):
    """Compiled in one process, loaded in the next: one seed, one answer. Relaxed arithmetic (contraction) breaks it."""
    first = output(Path(stochhh.__file__).parents[1], tmp_path)
    kept = set(tmp_path.iterdir())
    assert kept
    assert output(Path(stochhh.__file__).parents[1], tmp_path) == first
    assert set(tmp_path.iterdir()) == kept, "compiled again"


@pytest.mark.slow
def test_an_edited_callee_is_never_stale(tmp_path):
    """Three files deep: the polynomial of exp, the field of the model, the layout of the kernel."""
    import shutil

    cache, package = tmp_path / "cache", tmp_path / "package"
    cache.mkdir()
    shutil.copytree(Path(stochhh.__file__).parent, package / "stochhh", ignore=shutil.ignore_patterns("__pycache__"))
    first = output(package, cache)
    for name, old, new in (
        ("models/hodgkin_huxley.py", "4.0 * phi * (q4 * r4)", "4.0001 * phi * (q4 * r4)"),
        ("elementary.py", "r2, r + 1.0), exponent)", "r2, r + 1.0001), exponent)"),
        ("random.py", "= r * x, r * y", "= r * y, r * x"),
    ):
        file = package / "stochhh" / name
        source = file.read_text()
        assert old in source
        file.write_text(source.replace(old, new))
        (tmp_path / "empty").mkdir()
        shared, fresh = output(package, cache), output(package, tmp_path / "empty")
        shutil.rmtree(tmp_path / "empty")
        assert shared == fresh, f"a stale kernel after the edit of {name}"
        assert shared != first, f"the edit of {name} changed nothing"
        file.write_text(source)
    assert output(package, cache) == first


@pytest.mark.slow
def test_kernels_compiled_in_several_processes_meet_in_one(tmp_path):
    """Would catch: two functions of one name and number in the linker, where one stands in for the other unseen."""
    drive = "sh.SynapticInput(sh.Population('e', 80, 10.0, 1.0, 0.5), sh.Population('i', 20, 10.0, -4.0, 0.5))"
    code = f"""
import sys
import stochhh as sh
for lanes in map(int, sys.argv[1:]):
    run = sh.simulate(sh.HodgkinHuxley(), {drive}, backend=sh.Diffusion(lanes=lanes), duration=300, n_trials=3, seed=1)
    print(run.spikes.time.tolist())
"""

    def spikes(*lanes):
        command = [sys.executable, "-c", code, *map(str, lanes)]
        environment = {**os.environ, "STOCHHH_CACHE_DIR": str(tmp_path)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()

    (expected,) = spikes(8)
    for lanes in (16, 32):
        assert spikes(lanes) == [expected]
    assert spikes(32, 8, 16) == [expected] * 3
