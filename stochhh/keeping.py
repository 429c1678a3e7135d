"""What follows the trials: steps of which none may cost another what the run has earned."""

from contextlib import contextmanager

from .errors import Interrupted, SimulationError, StochhhError
from .interruption import CtrlC
from .messages import escaped

__all__ = ["Keeping"]


class Keeping:
    """Steps of which one that fails does not stop the next; `end` raises what failed, and says what is kept.

    Inside `with keeping:` Ctrl-C is a flag, and what is begun is brought to its end; a second press breaks a step off.
    """

    def __init__(self):
        self.kept, self.error, self.interruption = [], None, None

    def __enter__(self):
        self.ctrl_c = CtrlC(deferred=True)
        self.ctrl_c.__enter__()
        return self

    def __exit__(self, *exception):
        self.ctrl_c.__exit__(*exception)
        if self.ctrl_c.pressed:
            self._interrupted()

    def drawn(self, place):
        """Whether the figures of what is saved at `place` are to be drawn: if it is, and nobody has interrupted."""
        return place in self.kept and self.interruption is None

    @contextmanager
    def step(self, *kept, figures=False):
        """One step, after which `kept`, paths, are there; of figures anything may fail."""
        try:
            yield
        except KeyboardInterrupt as interruption:
            self._interrupted(interruption)
        except Exception as error:
            if figures and not isinstance(error, StochhhError):
                said = f"{type(error).__name__}: {escaped(error, 200)}"
                error = SimulationError(f"the figures could not be drawn ({said})")
            self.error = self.error or error
        else:
            self.kept += kept

    def _interrupted(self, interruption=None):
        if self.interruption is None:
            after = Interrupted("interrupted after the trials, which are complete", None)
            self.interruption = interruption if isinstance(interruption, Interrupted) else after

    def end(self, otherwise):
        """Raise what failed, if anything; `otherwise` is said of what is kept where no file was written."""
        kept = f"saved: {', '.join(map(str, self.kept))}" if self.kept else otherwise
        failure = self.interruption or self.error
        if failure is None:
            return
        if self.interruption and self.error:
            failure.add_note(str(self.error))
        failure.add_note(kept)
        raise failure
