"""How a command ends: an exit status, and one line on standard error if it failed."""

import os
import sys
from contextlib import suppress

import typer

from .errors import InputError, StochhhError

__all__ = ["exit_status"]

# Of typer's own classes this one is not exported, and its place has changed.
_UsageError = typer.BadParameter.__base__


def exit_status(call):
    """Call a function, and return 0 done, 2 wrong input, 1 another failure, 130 interrupted; never a traceback."""
    try:
        call()
        if sys.stdout:  # None where it was closed from the start
            sys.stdout.flush()
        return 0
    except typer.Exit as end:
        return end.exit_code
    except _UsageError as error:
        return _failed(2, _usage(error))
    except InputError as error:
        return _failed(2, error)
    except KeyboardInterrupt as interruption:
        return _failed(130, str(interruption) or "interrupted: nothing was complete, and nothing is kept")
    except BrokenPipeError:  # whoever read the output had enough of it
        _silence()
        return 0
    except StochhhError as error:
        return _failed(1, error)
    except OSError as error:
        _silence()
        return _failed(1, f"{error.filename or 'standard output'}: {error.strerror or error}")
    except MemoryError:
        return _failed(1, "the memory is full: take fewer trials, or a shorter duration")
    except Exception as error:
        return _failed(1, f"unexpected {type(error).__name__}: {error}; please report it")


def _silence():
    """Let what is left of the output go nowhere, or Python would stumble over it at its end."""
    with suppress(OSError, AttributeError):  # a standard output without a file behind it has no such end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(status, message):
    print(f"stochhh: {' '.join(str(message).split())}", file=sys.stderr)
    return status


def _usage(error):
    """What typer says of a wrong command line, with what is missing, and where more is said."""
    parameter = getattr(error, "param", None)
    if parameter is None:
        text = error.format_message()
    elif error.message:
        text = error.message
    else:
        text = f"{error.format_message().rstrip('.')}: {parameter.help}"
    command = error.ctx.command_path if error.ctx else "stochhh"
    return f"{text[:1].lower()}{text[1:].rstrip('.')}; see `{command} --help`"
