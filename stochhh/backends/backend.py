"""What a backend is: the interface that the rest of the library requires, and what a backend may leave out."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields, is_dataclass
from functools import partial
from inspect import signature
from types import FunctionType, MethodType, SimpleNamespace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..errors import InputError, instance, integer, real, within
from .answers import checked_nothing, checked_seconds, checked_work, stretch_of
from .cost import Work, seconds_of_block

if TYPE_CHECKING:
    from typing import Any

    from ..integrators.task import BlockResult, Task

__all__ = ["Backend", "Block", "Defaults", "checked", "completed", "opened", "settings_of"]


@runtime_checkable
class Block(Protocol):
    """Some trials of a run on their way, from time 0 to the end."""

    def advance(self, stretch: int = ...) -> float | None:
        """Take about so many steps; returns the time reached, ms, or None at the end.

        A run looks at the world outside between two calls: it shows its progress and heeds Ctrl-C. It leaves the
        stretch out where it has a default, which should be a few ms of work, and asks for 1000 steps otherwise. Shorter
        stretches serve to measure how long a run will take, and 0 only prepares for the first step.
        """
        ...

    def record(self) -> BlockResult:
        """What the block leaves; it is called once, at the end."""
        ...


@runtime_checkable
class Backend(Protocol):
    """How trials are simulated: what the synaptic input is, and how the neuron is integrated.

    Two members are required. All others that the library asks for are those of `Defaults`; a backend has them where
    what stands there does not hold for it. `simulate` takes any object with these members in the place of a name.
    """

    @property
    def name(self) -> str:
        """The name of the backend in results, tables and figures."""
        ...

    def open(self, task: Task) -> Block:
        """The trials of a task, `task.first` to `task.first + task.n - 1`, as a Block at time 0."""
        ...


class Defaults:
    """The members that a backend may leave out, with what holds then; `self` is the backend."""

    lanes: int | None = 1  # trials of a block; None for 64, or 16 where there are few
    parallel = False  # whether threads share its work: plain Python runs in one at a time
    cheaper = "another backend"  # what to use for less work, for a message
    replays = False  # whether it plays `task.events` where there are any; others are refused such a task
    white_noise = False  # whether the input is Gaussian white noise in place of events
    dt = None  # its time step, ms; None where it has none
    draw_events = None  # function (drive, *, duration, seed, trials) -> Recording of the events that it would draw
    # The library's colours are of the palette of Okabe and Ito, told apart by the colour-blind; their lightness (0, 46,
    # 71 of 100) tells them apart in grey, their dashes where they cross.
    colour = "0.45"
    dashes = "solid"

    def settings(self) -> dict[str, Any]:
        """The settings that are recorded with a result: those of a dataclass."""
        return asdict(self) if is_dataclass(self) and not isinstance(self, type) else {}

    def check(self, task: Task) -> None:
        """Raise InputError for a task that the backend cannot simulate."""

    def work(self, task: Task) -> tuple[Work, ...]:
        """The operations of one trial of a task that determine its cost, a tuple of Work."""
        dt = getattr(self, "dt", None)
        return (Work(task.duration, "milliseconds", 1.0) if dt is None else Work(task.duration / dt, "steps", 1e-3),)

    def seconds(self, task: Task) -> float:
        """The run time of a task, one block of trials, in seconds, extrapolated from its beginning."""
        return seconds_of_block(self, task)


_MEANING = {
    "name": "a string by which results and figures call the backend",
    "open": "a method (task) that returns the trials of the task as a block at time 0",
    "advance": "a method (stretch) that takes about so many steps and returns the time reached (ms), None at the end",
    "record": "a method that returns a BlockResult, such as that of a Recorder",
}


_METHODS = [name for name, value in vars(Defaults).items() if isinstance(value, FunctionType)]
_NAME = re.compile(r"[^\W_](?:[\w .+-]{0,78}[^\W_])?")
_KEYS = ("difference", "distance", "doubts")


def completed(backend: Backend) -> Any:
    """All that the library asks of a backend, as one object: its own members, and the `Defaults` ones that it lacks."""
    members = {name: value for name, value in vars(Defaults).items() if not name.startswith("_")}
    members = {name: MethodType(v, backend) if isinstance(v, FunctionType) else v for name, v in members.items()}
    own = {name: getattr(backend, name) for name in ("name", "open", *members) if hasattr(backend, name)}
    return SimpleNamespace(**members | own)


def checked(backend: Backend) -> Any:
    """The backend as `completed` has it; InputError, by name, where it lacks what is required or a member is wrong.

    What its methods answer during a run is checked where they are called.
    """
    with within(backend=type(backend).__name__):
        _require(backend, "name", "open")
        whole = completed(backend)
        _check_name(whole.name)
        for method in ("open", *_METHODS):
            _check_method(method, getattr(whole, method))
        if whole.lanes is not None:
            integer("lanes", whole.lanes, at_least=1)
        if whole.dt is not None:
            real("dt", whole.dt, above=0, unit="ms")
        for flag in ("parallel", "replays", "white_noise"):
            instance(flag, getattr(whole, flag), bool)
        instance("cheaper", whole.cheaper, str)
        if whole.draw_events is not None and not callable(whole.draw_events):
            raise InputError("draw_events", whole.draw_events, "a method, or None")
        _check_settings(whole.settings())
    for method, answered in (("check", checked_nothing), ("work", checked_work), ("seconds", checked_seconds)):
        setattr(whole, method, partial(answered, whole.name, getattr(whole, method)))
    return whole


def _check_method(name, method):
    """InputError unless it can be called: with a task, but for `settings`."""
    arguments = () if name == "settings" else ("task",)
    if not callable(method):
        raise InputError(name, method, "a method, not a value")
    try:
        signature(method).bind(*arguments)
    except TypeError:
        raise InputError(name, method, f"a method ({', '.join(arguments)})", "which is all that it is given") from None
    except ValueError:  # one without a signature, in C
        return


def _check_name(name):
    allowed = (
        "a text of letters, digits, blanks and . _ + -, which begins and ends with a letter or digit, since it names "
        "files, tables and options"
    )
    if not isinstance(name, str) or not _NAME.fullmatch(name) or ".." in name:
        raise InputError("name", name, allowed)
    if name in _KEYS:
        raise InputError(
            "name", name, f"none of {', '.join(_KEYS)}, which are keys beside it in the JSON of a comparison"
        )


def _check_settings(settings):
    allowed = "a dictionary for JSON: of numbers, texts and lists"
    try:
        json.dumps(settings, allow_nan=False)
        sound = isinstance(settings, dict) and all(isinstance(key, str) for key in settings)
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise InputError("settings()", settings, allowed)


def opened(backend: Any, task: Task) -> Block:
    """The block of a task; InputError, by name, where it lacks what is required."""
    block = backend.open(task)
    with within(backend=backend.name):
        if block is None:
            raise InputError("open(task)", block, "a block, with advance(stretch) and record()", "return it")
        _require(block, "advance", "record")
        stretch_of(block)
    return block


def _require(thing, *members):
    for member in members:
        if not hasattr(thing, member):
            raise InputError(f"{member} is missing", remedy=f"add {_MEANING[member]}")


def settings_of(backend: Any) -> tuple[str, ...]:
    """The names of the settings of a backend, or of a class of backends: the fields of a dataclass."""
    return tuple(field.name for field in fields(backend)) if is_dataclass(backend) else ()
