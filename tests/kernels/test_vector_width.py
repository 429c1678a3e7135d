"""The loops over the lanes hold packed instructions at each width of vectors that the processor has, wide and narrow.

Would catch: a loop that is vectorised for 512 bits alone, or in wide blocks alone; a width that is not used.
"""

import json
import os
import subprocess
import sys

import assembly
import pytest
from llvmlite import binding

pytestmark = pytest.mark.slow

FEATURES = binding.get_host_cpu_features()
NARROWER = {name: there and not name.startswith(("avx512", "avx10", "evex512")) for name, there in FEATURES.items()}
ENVIRONMENTS = {
    256: {
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": ",".join(f"{'+' if there else '-'}{name}" for name, there in NARROWER.items()),
    },
    512: {},
}


@pytest.mark.parametrize("width", ENVIRONMENTS)
def test_loops_are_vectorised_at_each_width(width, tmp_path):
    if not FEATURES.get({256: "avx2", 512: "avx512f"}[width]):
        pytest.skip(f"no vectors of {width} bits on this processor")
    environment = os.environ | ENVIRONMENTS[width] | {"STOCHHH_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, assembly.__file__]
    for found, calls in json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout):
        print(width, found, calls)
        assert found[str(width)] >= 300 and not calls
        assert found["64"] < 0.05 * found[str(width)]
        assert found["512"] == 0 or width == 512
