"""Tables of numbers that are kept: written anew where a method has changed, and compared to within rounding.

    python tests/golden/statistics_table.py        python tests/golden/runs_table.py

write them; a line of CHANGELOG.md then says why numbers moved. What is right is told by other tests: a table tells
what has changed.
"""

import json
import math


def plain(x):
    """Numbers as JSON has them: None for those that are none."""
    if isinstance(x, (list, tuple)):
        return [plain(one) for one in x]
    if x is None or isinstance(x, bool):
        return x
    return float(x) if math.isfinite(x) else None


def written(table, path):
    lines = [f"{json.dumps(key)}: {json.dumps(plain(value))}" for key, value in table.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def differing(found, kept):
    """Names of the entries that differ by more than rounding."""
    return [key for key in kept if not _close(plain(found[key]) if key in found else None, kept[key])]


def _close(a, b):
    if isinstance(b, list):
        return isinstance(a, list) and len(a) == len(b) and all(map(_close, a, b))
    if b is None or isinstance(b, bool) or a is None or isinstance(a, bool):
        return a is b
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
