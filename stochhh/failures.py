"""How a command ends: an exit status, and one line on standard error if it failed."""

import os
import sys

from .errors import InputError, StochhhError
from .interruption import CtrlC
from .messages import escaped, one_line, silence, tell

__all__ = ["exit_status"]

_LINE = 800  # characters of the line


def exit_status(call, *, last=False):
    """Call a function, and return 0 done, 2 wrong input, 1 another failure, 130 interrupted; never a traceback.

    Arguments:
        call: function without arguments.
        last: whether the process ends after it.
    """
    _occupy()
    with CtrlC(deferred=False, last=last):
        try:
            call()
            if sys.stdout:  # None where it was closed from the start
                sys.stdout.flush()
            return 0
        except (Exception, KeyboardInterrupt) as error:
            status, message = _end(error)
            if message is not None:
                message = "; ".join(map(str, [message, *getattr(error, "__notes__", ())]))
                tell(escaped(f"stochhh: {one_line(message)}", _LINE), always=True)
            return status


def _occupy():
    """Put something in place of closed standard streams, or a file that is opened later would be taken for one."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def _end(error):
    """The status, and what is said, if anything."""
    match error:
        case InputError():
            return 2, error
        case KeyboardInterrupt():
            exec("")  # one that came through an exec() would make Python end as if nobody had caught it
            return 130, str(error) or "interrupted: nothing was complete, and nothing is kept"
        case BrokenPipeError():  # whoever read the output had enough of it
            silence(sys.stdout)
            return 0, None
        case StochhhError():
            return 1, error
        case OSError():
            silence(sys.stdout)
            return 1, f"{error.filename or 'standard output'}: {error.strerror or error}"
        case MemoryError():
            return 1, "out of memory: choose fewer trials, or a shorter duration"
    return _of_typer(error) or (1, f"unexpected {type(error).__name__}: {error}; please report it")


def _of_typer(error):
    """The same of what typer raises: an early end, or a wrong command line; None if it is something else."""
    typer = sys.modules.get("typer")  # an import of it may be what failed
    if typer is None:
        return None
    if isinstance(error, typer.Exit):
        return error.exit_code, None
    # Of typer's own classes this one is not exported, and its place has changed.
    return (2, _usage(error)) if isinstance(error, typer.BadParameter.__base__) else None


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
