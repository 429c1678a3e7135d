"""numba, or one line that says by which variable of the environment it cannot compile."""

import os
import warnings

from .errors import InputError

__all__ = ["numba"]


def _loaded():
    """The module, told to compile; InputError where it cannot be loaded, or does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "Environment variable", RuntimeWarning)
            import numba
    except (ValueError, RuntimeWarning) as error:
        given = ", ".join(f"{name} = {value!r}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
        reason = str(error).split("\n")[0].rstrip(".")
        remedy = f"unset the variable that numba cannot read: {given}"
        raise InputError(f"numba cannot be loaded ({reason})", remedy=remedy) from None
    if numba.config.DISABLE_JIT:
        raise InputError("NUMBA_DISABLE_JIT", 1, "unset, since the loops of stochhh do not run without the compiler")
    return numba


numba = _loaded()
