"""What a number of the benchmarks was measured on."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

FLAGS = ("avx2", "fma", "avx512f", "avx512dq", "avx512vl")


def machine(*packages):
    """What the numbers were measured on, with the versions of some packages."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    entry = dict(re.findall(r"^(model name|flags|cache size)\s*:\s*(.*)$", text, re.MULTILINE))
    flags = entry.get("flags", "").split()
    compiler = "none"
    if shutil.which("g++"):
        compiler = subprocess.run(["g++", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return {
        "processor": entry.get("model name", platform.processor()),
        "cache": entry.get("cache size"),
        "vectors": [flag for flag in FLAGS if flag in flags],
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "compiler": compiler,
    } | {name: version(name) for name in packages}
