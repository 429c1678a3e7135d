"""Where the numbers of a result come from: all that is needed to obtain them again."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from importlib.metadata import version
from typing import TYPE_CHECKING

from ..models.levels import level_doubts
from ..random import STREAM_VERSION

if TYPE_CHECKING:
    from typing import Any, Self

    from .plan import Plan

__all__ = ["Provenance"]


@dataclass(frozen=True)
class Provenance:
    """What a run was; its fields are the entries of `Result.provenance`, without those that are None."""

    stochhh: str  # version
    streams: int  # version of the random streams
    backend: str
    settings: dict[str, Any]  # of the backend
    seed: int
    first_trial: int
    n_trials: int
    duration: float  # ms
    transient: float  # ms
    neuron: dict[str, Any]  # model and settings
    input: list[dict[str, Any]] | str  # settings of the populations, or what was played instead
    timing: dict[str, float]  # s
    membrane: dict[str, Any] | None = None  # settings of the Sampling
    doubts: list[str] | None = None  # about the levels of a spike

    @classmethod
    def of(cls, plan: Plan, n_trials: int, timing: dict[str, float]) -> Self:
        """The provenance of the first `n_trials` of a plan."""
        backend, task = plan.backend, plan.task
        return cls(
            version("stochhh"), STREAM_VERSION, backend.name, backend.settings(), task.seed, task.first, n_trials,
            task.duration, task.transient, _settings_of(task.neuron),
            task.drive.as_dict() if task.events is None else "recorded events", timing,
            None if task.membrane is None else task.membrane.as_dict(), list(level_doubts(task.neuron)) or None,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """The entries, as a file gives them back: a tuple is a list."""
        entries = {field.name: getattr(self, field.name) for field in fields(self)}
        return json.loads(json.dumps({name: value for name, value in entries.items() if value is not None}))


def _settings_of(neuron):
    """The name and the settings of a neuron, with its levels, which need not be settings of a user's own model."""
    settings = neuron.as_dict()
    levels = {} if "threshold" in settings else {"threshold": neuron.threshold, "rearm": neuron.rearm}
    return {"model": neuron.name, **levels, **settings}
