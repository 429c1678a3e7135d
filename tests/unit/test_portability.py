"""Nothing that some systems lack is used without a guard, and a run does without all that Windows lacks.

The tests themselves run on Linux: this is what can be known of Windows and macOS without them.

Would catch: a lock, a signal or a flag of `open` that Windows lacks, a call that Linux alone has.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from stochhh import examples

ROOT = Path(__file__).parents[2]
LACKING = {  # on Windows or on macOS, all that this package could be tempted by; see the documentation of Python
    "os": {
        "O_CLOEXEC", "O_DIRECTORY", "O_DIRECT", "O_DSYNC", "O_NOATIME", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK",
        "O_PATH", "O_SYNC", "O_TMPFILE", "SCHED_IDLE", "WNOHANG", "chown", "chroot", "confstr", "copy_file_range",
        "eventfd", "fchdir", "fchown", "fork", "forkpty", "fwalk", "getegid", "geteuid", "getgid", "getgroups",
        "getloadavg", "getpgid", "getpgrp", "getpriority", "getrandom", "getresuid", "getsid", "getuid", "getxattr",
        "initgroups", "killpg",
        "lchown", "lockf", "major", "memfd_create", "minor", "mkfifo", "mknod", "nice", "openpty", "pidfd_open",
        "pipe2", "posix_fadvise", "posix_fallocate", "posix_spawn", "pread", "preadv", "pwrite", "pwritev", "readv",
        "register_at_fork", "sched_getaffinity", "sched_setaffinity", "sched_yield", "sendfile", "setpgid",
        "setpriority", "setsid", "setuid", "setxattr", "splice", "statvfs", "fstatvfs", "sync", "sysconf",
        "tcgetpgrp", "ttyname", "uname", "wait", "wait3", "wait4", "waitid", "writev",
    },
    "signal": {
        "ITIMER_REAL", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP",
        "SIGTSTP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "alarm", "pause", "pthread_kill", "pthread_sigmask", "setitimer",
        "siginterrupt", "sigpending", "sigtimedwait", "sigwait",
    },
    "time": {"clock_gettime", "clock_gettime_ns", "pthread_getcpuclockid", "tzset"},
}  # fmt: skip
MODULES = {"crypt", "curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
ALONE = {  # modules that need all that Linux and macOS have; whoever imports the first must do without it
    "stochhh/kernel_store.py",
    "tests/kernels/test_machine_code.py",  # skipped without it
    "tests/mutation/mutate.py",  # says so
}
KEYWORDS = {"dir_fd", "src_dir_fd", "dst_dir_fd", "pass_fds", "preexec_fn"}
SOURCES = sorted(
    path for folder in ("stochhh", "analysis", "paper_figures", "tests") for path in (ROOT / folder).rglob("*.py")
)


def unguarded(source):
    """What of it some system lacks, by name, where nothing nearby asks for it or catches that it is not there."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    optional = {  # names that are None where they could not be imported
        target.id
        for handler in ast.walk(tree)
        if isinstance(handler, ast.ExceptHandler)
        for target in ast.walk(handler)
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
    }

    def asks(test):
        text = ast.unparse(test)
        return any(word in text for word in ("hasattr(", "sys.platform", *(f"{name} is None" for name in optional)))

    def skipped(node):
        return isinstance(node, ast.FunctionDef) and any("skipif" in ast.unparse(d) for d in node.decorator_list)

    def catches(node):
        handlers = node.handlers if isinstance(node, ast.Try) else []
        caught = " ".join(ast.unparse(h.type) for h in handlers if h.type)
        return "ImportError" in caught or "AttributeError" in caught

    def leaves(statement):
        return isinstance(statement, ast.If) and asks(statement.test) and isinstance(statement.body[-1], ast.Return)

    def guarded(node):
        while (child := node) in parents:
            node = parents[child]
            if isinstance(node, ast.If | ast.IfExp) and asks(node.test) and child is not node.test:
                return True
            if skipped(node) or (catches(node) and child in node.body):
                return True
            if isinstance(node, ast.FunctionDef) and child in node.body:
                before = node.body[: node.body.index(child)]
                if any(map(leaves, before)):
                    return True
        return False

    def lacking(node):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in LACKING.get(module, ()):
                return [f"{module}.{name}"]
            case ast.Import(names=names):
                return [n.name for n in names if n.name in MODULES]
            case ast.ImportFrom(module=module, names=names):
                of = LACKING.get(module, ())
                found = [f"{module}.{n.name}" for n in names if n.name in of]
                return [module] if module in MODULES else found + [n.name for n in names if n.name == "kernel_store"]
            case ast.keyword(arg=name) if name in KEYWORDS:
                return [name]
        return []

    return sorted({name for node in ast.walk(tree) for name in lacking(node) if not guarded(node)})


@pytest.mark.parametrize(
    "fault",
    [
        "import os\ndef memory():\n    return os.sysconf('SC_PAGE_SIZE')",
        "import fcntl",
        "from resource import getrusage",
        "from . import kernel_store",
        "from signal import SIGHUP",
        "import os\nif hasattr(os, 'fork'):\n    pass\nos.fork()",
        "import os\ntry:\n    pass\nexcept AttributeError:\n    os.getuid()",
        "import os\ntry:\n    os.getuid()\nexcept OSError:\n    pass",
        "import os\ndef f():\n    flags = os.O_NONBLOCK\n    if hasattr(os, 'O_NONBLOCK'):\n        return",
        "import os\ndef f(folder):\n    os.unlink('name', dir_fd=folder)",
    ],
)
def test_what_some_system_lacks_is_seen(fault):
    assert unguarded(fault)


@pytest.mark.parametrize(
    "right",
    [
        "import os\ndef f():\n    try:\n        return os.sysconf('x')\n    except AttributeError:\n        return 0",
        "try:\n    from fcntl import flock\nexcept ImportError:\n    flock = None",
        "import os\ncores = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()",
        "def f():\n    if sys.platform != 'linux':\n        return False\n    return os.geteuid()",
        "@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='no pipes')\ndef test():\n    os.mkfifo('a')",
        "import os\nflags = os.O_RDONLY | getattr(os, 'O_NONBLOCK', 0)",
    ],
)
def test_a_guard_is_recognised(right):
    assert unguarded(right) == []


def test_no_module_uses_without_a_guard_what_some_system_lacks():
    found = {path.relative_to(ROOT).as_posix(): unguarded(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert len(found) > 300 and {file for file, names in found.items() if names} == ALONE, found


# What a run calls of third parties is loaded first, and may use what it likes; then all that is lacking goes.
WINDOWS = """
import importlib, os, shutil, signal, subprocess, sys, tempfile
import h5netcdf, h5py, matplotlib.pyplot, numba, numpy, pandas, pydantic, tqdm.auto, typer, xarray, xarray.backends
LACKING, MODULES = {lacking!r}, {modules!r}
for module, names in LACKING.items():
    for name in names:
        vars(sys.modules[module]).pop(name, None)
sys.modules.update(dict.fromkeys(MODULES))
sys.platform = "darwin"
from stochhh.__main__ import main
sys.exit(main())
"""


@pytest.fixture
def elsewhere(tmp_path):
    """Run a command line without all that some system lacks; (status, output, errors)."""
    code = WINDOWS.format(lacking=LACKING, modules=MODULES)

    def run(*words):
        done = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    return run


def test_a_run_does_without_all_that_some_system_lacks(elsewhere, tmp_path):
    """Every file that a run can write, into a directory that exists; kernels are not kept."""
    examples.write("question", tmp_path)
    short = ("--backend", "per-neuron", "--trials", "2", "--duration", "300")
    files = ("--out", "d", "--force", "--spikes", "s.csv", "--save-events", "e.csv")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "notes.txt").touch()
    status, _, said = elsewhere("run", "question.toml", *short, *files)
    assert status == 0, said
    assert {path.name for path in (tmp_path / "d").iterdir()} >= {"result.nc", "notes.txt"}
    assert {path.name for path in tmp_path.iterdir()} == {"question.toml", "d", "s.csv", "e.csv"}
    status, _, said = elsewhere("run", "absent.toml", *short)
    assert (status, said.count("\n")) == (2, 1)
