"""How far a run has come: a bar for an eye, in a terminal or a notebook, and a line a minute for a log."""

from time import monotonic

from .messages import hushed, tell, watched

__all__ = ["Progress"]

_EVERY = 60.0  # s between two lines of a log


class Progress:
    """The progress of a run on standard error; threads report, and the main thread prints.

    Arguments:
        name: of what runs.
        total: simulated time of all trials together, ms.
        visible: True for a bar, False for nothing; None for a bar where somebody watches, else for lines in a log.
    """

    def __init__(self, name, total, visible):
        self.name, self.total, self.times, self.bar = name, total, {}, None
        self.lines = visible is None and not hushed.get()
        self.began = self.told = monotonic()
        if visible or (self.lines and watched()):
            self.lines, self.bar = False, _bar(total)

    def reached(self, task, time):
        """A block of trials has come to this time, ms; None for its end."""
        self.times[task.first] = task.n * (task.duration if time is None else time)

    def refresh(self):
        """Tell it, if it is time."""
        done, now = sum(tuple(self.times.values())), monotonic()
        if self.bar:
            self.bar.update(done / 1000 - self.bar.n)
        elif self.lines and done and now - self.told >= _EVERY:
            self.told, left = now, (now - self.began) * (self.total / done - 1)
            part = f"{100 * done / self.total:.0f} % of {self.total / 1000:.4g} s simulated"
            tell(f"stochhh: {self.name}: {part}, about {left / 60:.0f} min left")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.bar:
            self.bar.close()


def _bar(total):
    from tqdm.auto import tqdm  # in a notebook, a widget

    return tqdm(
        total=total / 1000, desc="simulated", delay=0.5, leave=False,
        bar_format="{desc} {percentage:3.0f}% |{bar}| {n:.1f}/{total:.1f} s [{elapsed}<{remaining}]",
    )  # fmt: skip
