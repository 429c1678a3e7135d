"""Plants random faults, one at a time, and tells which of them the tests do not see.

    python tests/mutation/mutate.py --map reach.json --record tests/unit tests/statistical tests/property tests/kernels
    python tests/mutation/mutate.py --map reach.json --sample 20 --seed 1 stochhh/statistics stochhh/comparison.py

The first line, done once, records which function each test enters. The second draws 20 places of the named modules at
random, and for each one fault (`mutants`), and runs in a copy of the working tree first the tests that enter the
function (the more special and the faster first), then the others of their files, to the first failure. A fault that
none of them fails on, or not within --limit seconds of tests, is printed with its line, and counts as survived;
`EQUIVALENT` holds those that change no number, with the reason. The exit status is 1 if fewer than --least of the
faults were killed. Kernels are kept in a folder of the copy, by what they are made of, so none is taken for another.
"""

import argparse
import difflib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mutants import sites

HERE = Path(__file__).resolve().parent
FIRST, LATER = 5.0, 120.0  # s of tests: in the first round, and in the second unless --limit says otherwise
FILES = 3  # that the first round reads
WARM = "numpy,scipy.stats,scipy.special,numba,pandas,xarray,hypothesis,matplotlib.pyplot,pytest"

# Lines that no number hangs on, by a piece of them -> why.
EQUIVALENT = {
    "_DRAWS =": "more or fewer draws change an interval within its own noise",
    "_SEED =": "any fixed seed does",
    "_SEED + 1": "any fixed seed does",
    "_CHUNK": "a size of work",
    "_WORK": "a size of work",
    "_STRETCH": "a size of work",
    "_EVENTS": "a size of work",
}


def drawn(root, paths, n, seed, each=False):
    """n Mutants at random places, each place as likely as another, then each of its faults; or all faults there."""
    found = []
    for path in _modules(root, paths):
        source = (root / path).read_bytes()
        lines = source.decode().splitlines()
        found += [site for site in sites(path, source) if not _reason(lines[site[0].line - 1])]
    rng = random.Random(seed)
    chosen = rng.sample(found, min(n, len(found)))
    return [one for site in chosen for one in (site if each else [rng.choice(site)])]


def _modules(root, paths):
    for path in paths:
        at = root / path
        yield from (str(one.relative_to(root)) for one in sorted(at.rglob("*.py") if at.is_dir() else [at]))


def _reason(line):
    return next((why for text, why in EQUIVALENT.items() if text in line), None)


class Tests:
    """Which tests to run for a fault, from the map of `reach`."""

    def __init__(self, known):
        self.known = {test: (seconds, frozenset(found)) for test, (seconds, found) in known.items()}
        self.sound = set()  # those that passed without a fault

    def of(self, mutant):
        """Two lists: the tests that enter its function, or else its module; and the others of their files."""
        name, module = f"{mutant.path}:{mutant.function}", mutant.path + ":"
        entering = [test for test, (_, found) in self.known.items() if name in found]
        if not entering:
            entering = [test for test, (_, found) in self.known.items() if any(f.startswith(module) for f in found)]
        entering = entering or list(self.known)
        files = {test.split("::")[0] for test in entering}
        first = sorted(entering, key=lambda test: (self.known[test][0] + 0.1) * (len(self.known[test][1]) + 10))
        others = [test for test in self.known if test.split("::")[0] in files and test not in set(entering)]
        return first, sorted(others, key=lambda test: self.known[test][0])

    def until(self, tests, seconds):
        """As many of the tests as last so long."""
        chosen = []
        for test in tests:
            seconds -= self.known[test][0]
            if seconds < 0 and chosen:
                break
            chosen.append(test)
        return chosen


def judged(mutant, tests, folder, limit):
    """The test that kills a fault, or None; one that fails without the fault too is never asked again."""
    source = (folder / mutant.path).read_bytes()
    entering, others = tests.of(mutant)
    files = list(dict.fromkeys(test.split("::")[0] for test in entering))[:FILES]
    first = tests.until([test for test in entering if test.split("::")[0] in files], FIRST)
    rest = [test for test in entering + others if test not in set(first)]
    rest = tests.until(sorted(rest, key=lambda test: not test.startswith("tests/golden")), limit)
    for chosen in (first, rest):
        while chosen:
            (folder / mutant.path).write_bytes(mutant.applied(source))
            patience = 60 + 5 * sum(tests.known[test][0] for test in chosen)
            killer = _failing(chosen, folder, patience)
            (folder / mutant.path).write_bytes(source)
            if killer is None:
                break
            again = None
            if killer not in tests.sound:
                again = _failing([killer] if killer in tests.known else chosen, folder, patience)
            if again is None:
                tests.sound |= {killer} & set(tests.known)
                return killer
            assert again in tests.known, f"the right program fails too: {again}"
            killer = again
            del tests.known[killer]
            chosen = [test for test in chosen if test != killer]
    return None


def _failing(chosen, folder, timeout):
    """Name of the first test that fails, in a process of its own, which has the libraries loaded already; or None."""
    said = folder / "said.txt"
    (folder / "chosen.json").write_text(json.dumps(chosen))
    child = os.fork()
    if child == 0:
        try:
            _run_tests(folder, said, sorted({test.split("::")[0] for test in chosen}))
        except BaseException as error:
            print(repr(error), flush=True)
        finally:
            os._exit(0)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG)[0]:
            break
        time.sleep(0.05)
    else:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "time limit"
    lines = said.read_text(errors="replace").splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    if failed:
        return failed[0].split(" - ")[0].split(" ", 1)[1]
    assert not lines or "no tests ran" not in lines[-1], f"the map is old: none of these is there: {chosen}"
    return None if lines and " passed" in lines[-1] else (lines[-1] if lines else "crash")


def _run_tests(folder, said, files):
    """In the child."""
    os.setpgid(0, 0)
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.chdir(folder)
    path = [str(folder), str(HERE)]
    os.environ |= {"REACH_RUN": str(folder / "chosen.json"), "PYTHONPATH": os.pathsep.join(path)}
    os.environ |= {"STOCHHH_CACHE_DIR": str(folder / "kernels"), "PYTHONDONTWRITEBYTECODE": "1"}
    sys.path[:0] = path
    import pytest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    warned = "ignore::pytest.PytestAssertRewriteWarning"  # of hypothesis, which is there already
    plugins = ["-p", "reach", "-p", "pytest_timeout", "-p", "no:cacheprovider"]
    quick = ["-x", "-q", "-rfE", "--tb=no", *plugins, "-o", "addopts=", "-W", warned]
    pytest.main([*quick, "-m", "not slow", *files])
    sys.stdout.flush()


def copied(root, folder):
    """The working tree, without what git ignores, in a folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True
    )
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    names = [name for name in names if name] or [str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()]
    for name in names:
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, folder / name)
    kernels = folder / "kernels"
    kernels.mkdir(mode=0o700)
    kept = Path(os.environ.get("STOCHHH_CACHE_DIR") or Path.home() / ".cache" / "stochhh")
    for kernel in kept.glob("*.bin"):  # those of the right program, to begin with
        shutil.copy2(kernel, kernels)


def diff(root, mutant):
    """The fault as lines taken out and put in."""
    source = (root / mutant.path).read_bytes()
    old, new = (text.decode().splitlines() for text in (source, mutant.applied(source)))
    head = f"{mutant.path}:{mutant.line} {mutant.function} ({mutant.kind})"
    lines = [line for line in difflib.unified_diff(old, new, lineterm="", n=0) if not line.startswith(("---", "+++"))]
    return "\n    ".join([head, *lines])


def record(root, target, files):
    """The map of `reach`, of the tests in the files, added to what it held."""
    path = os.pathsep.join([str(root), str(HERE)])
    environment = os.environ | {"REACH_OUT": str(Path(target).resolve()), "PYTHONPATH": path}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "reach", "-p", "no:cacheprovider", *files]
    return subprocess.run(command, cwd=root, env=environment).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", help="modules or folders of the package; with --record, of the tests")
    parser.add_argument("--map", required=True, help="JSON of which test enters which function")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--root", type=Path, default=HERE.parents[1])
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--each", action="store_true", help="all faults of a place, not one of them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=LATER, help="seconds of tests of a fault, beyond the first 15")
    parser.add_argument("--least", type=float, default=0.0, help="part of the faults to be killed")
    parser.add_argument("--warm", default=WARM, help="modules that all processes share")
    given = parser.parse_args()
    if not hasattr(os, "fork"):
        sys.exit("every fault is tried in a fork of this process, which Windows does not have")
    if given.record:
        return record(given.root, given.map, given.paths)
    sys.dont_write_bytecode = True
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the copy is removed
    for name in filter(None, given.warm.split(",")):
        __import__(name)
    tests, killed = Tests(json.loads(Path(given.map).read_text())), 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        copied(given.root, folder)
        mutants = drawn(folder, given.paths, given.sample, given.seed, given.each)
        for mutant in mutants:
            start = time.monotonic()
            killer = judged(mutant, tests, folder, given.limit)
            killed += killer is not None
            said = f"killed by {killer}" if killer else "SURVIVED"
            print(f"{said} ({time.monotonic() - start:.0f} s)", flush=True)
            print(f"    {diff(folder, mutant)}", flush=True)
    print(f"{killed} of {len(mutants)} killed (seed {given.seed})")
    return int(killed < given.least * len(mutants))


if __name__ == "__main__":
    sys.exit(main())
