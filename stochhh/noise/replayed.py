"""Recorded events as a realisation: each trial plays those of its own number."""

import numpy as np

from .events import Events
from .merged import MergedEvents, MergedProcess

__all__ = ["ReplayedEvents"]

_NOTHING = MergedProcess(0.0, np.empty(0), np.empty(0))


class ReplayedEvents:
    """The events of a Recording; none is drawn."""

    refill = staticmethod(MergedEvents.refill)  # so that drawn and recorded events have one kernel

    def __init__(self, recording):
        self.recording = recording

    def batches(self, task):
        """The events of a task's first trial, in one batch."""
        yield self.recording.acting(task.first)

    def events(self, task, ahead):
        """The Events of a block's lanes: all of each trial, and room for the kernel to look ahead."""
        lanes = task.lanes
        acting = [self.recording.acting(task.first + j) if j < task.n else ((), ()) for j in range(lanes)]
        held = np.array([len(times) for times, _ in acting], dtype=np.int64)
        size = held.max() + ahead
        times, marks = np.full((lanes, size), np.inf), np.zeros((1, lanes, size))
        for lane, (t, jumps) in enumerate(acting):
            times[lane, : len(t)], marks[0, lane, : len(t)] = t, jumps
        return Events(np.zeros(lanes, dtype=np.int64), held, np.zeros(lanes, dtype=np.int64), times, marks, _NOTHING)
