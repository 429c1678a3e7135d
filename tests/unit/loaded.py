"""What libraries load by themselves, which is not ours to avoid."""

import subprocess
import sys


def loaded_by(*names):
    """All modules that there are once these are imported: typer loads rich before 0.19, scipy.special scipy.linalg."""
    code = f"import sys, {', '.join(names)}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
