"""Ctrl-C: when it breaks off what is going on, and when it waits."""

import _thread
import math
import signal
import sys
import threading
import time
from contextlib import contextmanager

__all__ = ["CtrlC", "uninterrupted"]

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_ONE = 1.0  # s: presses within it are one, of an impatient finger or passed on by a program in between


class CtrlC:
    """Inside the block Ctrl-C raises KeyboardInterrupt; if `deferred`, the first press is a flag to be looked at.

    As an exception it could come in the middle of the bookkeeping between threads, or between two files, and break
    that. A later press, a second on, breaks off what is going on in any case.

    Where it is not deferred the block is a whole command: SIGTERM and SIGHUP, which would end it without tidying up,
    act like Ctrl-C, there and in the deferred blocks inside. A signal that the caller has switched off stays so, and in
    threads other than the main one, where Python hears of no signal, nothing happens.

    Arguments:
        deferred: whether the first press waits.
        last: whether the process ends after the block: then no signal is heeded any more.
    """

    def __init__(self, *, deferred, last=False):
        self.deferred, self.last = deferred, last
        self.pressed = False
        self.stop = threading.Event()
        self.number, self.time, self.before = None, -math.inf, {}

    def __call__(self, number, frame):
        if time.monotonic() - self.time < _ONE:
            return
        waits = self.deferred and not self.pressed
        self.number, self.time, self.pressed = number, time.monotonic(), True
        self.stop.set()
        if not waits:
            raise KeyboardInterrupt

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if self._takes(number, signal.getsignal(number)):
                    self.before[number] = signal.signal(number, self)
        if not self.deferred:
            self.unraisable, sys.unraisablehook = sys.unraisablehook, self._unraisable
        return self

    def __exit__(self, *exception):
        for number, handler in self.before.items():
            signal.signal(number, signal.SIG_IGN if self.last else handler)
        if not self.deferred:
            sys.unraisablehook = self.unraisable

    def _takes(self, number, handler):
        if isinstance(handler, CtrlC):
            return True
        if number == signal.SIGINT:
            return callable(handler)  # neither switched off, nor left to the system
        return not self.deferred and handler is signal.SIG_DFL

    def _unraisable(self, lost):
        """An interruption that came inside a finalizer, where no exception gets out: once more, in a moment."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            self.unraisable(lost)
            return
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            if isinstance(handler, CtrlC):
                handler.time = -math.inf
                threading.Timer(0.02, _send, [number]).start()
                return


def _send(number):
    """Send a signal to the main thread."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident, number)  # it also ends what the thread waits for
    else:
        _thread.interrupt_main(number)


@contextmanager
def uninterrupted():
    """Ctrl-C during this block comes after it."""
    with CtrlC(deferred=True) as ctrl_c:
        yield
    if ctrl_c.pressed:
        signal.raise_signal(ctrl_c.number)
