"""An experiment: its TOML file and the objects that it describes."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Required

from . import examples
from .backends import BACKENDS, Backend
from .backends.backend import completed, settings_of
from .comparison import checked_correction
from .errors import InputError, choice, integer, real, within
from .hypertext import listed
from .inputs import Population, SynapticInput
from .integrators.task import blocks
from .memory import GIB, allowed_memory
from .model_files import model_named, source, written
from .models import Neuron
from .random import MAX_SEED, MAX_TRIALS
from .run.run_time import available_cores
from .statistics.overview import chosen, chosen_margins, known_names
from .statistics.uncertainty import confidence
from .tables import as_toml, group, load, meanings, table, validated
from .units import DURATION

if TYPE_CHECKING:
    from .annotations import BackendName, File
    from .inputs.recording import Recording
    from .results import Result

__all__ = ["Compare", "Experiment", "Simulation"]

_EVENT_BYTES = 100  # that one event takes while it is drawn, sorted and written
_TRACE_INTERVAL = 0.05  # ms
_TRACE_SAMPLES = 200_000
_MODEL = "hodgkin-huxley"  # where [neuron] names none


def __dir__():
    return __all__


@dataclass(frozen=True)
class Simulation:
    """The settings of a run: duration, transient, number of trials and random seed.

    Arguments:
        duration: simulated time of a trial, ms, positive, including the transient.
        transient: initial part of each trial that is excluded from all statistics, ms.
        n_trials: number of independent trials, 1 or more.
        seed: random seed, a whole number, 0 or more.

    Raises InputError, which names the argument, for a value outside these bounds.

    >>> Simulation(duration=1000.0, seed=1, transient=200.0)
    Simulation(duration=1000.0, seed=1, transient=200.0, n_trials=1)
    """

    duration: float
    seed: int
    transient: float = 0.0
    n_trials: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "duration", real("duration", self.duration, above=0, unit="ms"))
        object.__setattr__(self, "transient", real("transient", self.transient, at_least=0, unit="ms"))
        object.__setattr__(self, "n_trials", integer("n_trials", self.n_trials, at_least=1, at_most=MAX_TRIALS))
        object.__setattr__(self, "seed", integer("seed", self.seed, at_least=0, at_most=MAX_SEED))
        if self.transient >= self.duration:
            allowed = f"below the duration, {self.duration:g} ms, of which it is the first part"
            raise InputError("transient", self.transient, allowed, "shorten the one or lengthen the other")


@dataclass(frozen=True)
class Compare:
    """The settings of a comparison of two backends.

    Arguments:
        level: confidence level of the intervals, from 0.5 to 0.9999.
        margins: equivalence margin of each statistic, NAME -> a number in its unit, or relative, such as "10%".
        correction: "bonferroni" for simultaneous intervals; if omitted, `level` is that of each interval.
        statistics: names of the statistics, such as ["rate", "cv"]; by default those that `run` prints.

    Raises InputError, which names the argument, for a value outside these bounds.

    >>> Compare(margins={"rate": "10%"}).level
    0.95
    """

    level: float = 0.95
    margins: dict[str, float | str] = field(default_factory=dict)
    correction: str | None = None
    statistics: list[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", confidence(self.level))
        chosen_margins(self.margins, chosen(self.statistics))
        checked_correction(self.correction)


@dataclass(frozen=True, repr=False)
class Experiment:
    """A neuron, its input, and the settings of their simulation and comparison: the contents of an experiment file.

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput.
        simulation: a Simulation: duration, transient, n_trials, seed.
        backends: NAME -> backend, such as {"jump": Jump(tolerance=1e-4)}; backends left out have their defaults.
        compare: a Compare: confidence level, margins, correction, statistics.

    >>> experiment = Experiment.example("question").with_simulation(n_trials=10)
    >>> experiment.simulation.n_trials, experiment.drive.intensity
    (10, 0.5)
    >>> result = experiment.simulate("jump")  # doctest: +SKIP
    """

    neuron: Neuron
    drive: SynapticInput
    simulation: Simulation
    backends: dict[str, Backend] = field(default_factory=dict)
    compare: Compare = field(default_factory=Compare)

    def __repr__(self) -> str:
        return f"<Experiment: {'; '.join(f'{key} {value}' for key, value in self._parts().items())}>"

    def _repr_html_(self) -> str:
        return listed("Experiment", self._parts())

    def _parts(self):
        """A short description, by parts."""
        run, names = self.simulation, ", ".join(population.name for population in self.drive.populations)
        trials = f"{run.n_trials} of {run.duration:g} ms, including a transient of {run.transient:g} ms"
        return {
            "neuron": self.neuron.name,
            "input": f"{names or 'none'} ({self.drive.intensity:.4g} events/ms)",
            "trials": trials,
            "seed": run.seed,
        }

    @classmethod
    def load(cls, path: File, *, allow_code: bool = False) -> Experiment:
        """Read an experiment file.

        Arguments:
            path: the file (TOML).
            allow_code: True to execute the Python file of a model of your own, if [neuron] names one.

        Raises InputError, which names the file, the line and the key, for a file that is missing or not valid.
        """

        def build(document):
            return cls.from_dict(document, allow_code=allow_code, folder=Path(path).parent)

        return load(path, build, "name an experiment file (TOML); `stochhh example question` writes one")

    @classmethod
    def example(cls, name: str) -> Experiment:
        """One of the example experiments, as `stochhh example NAME` writes it.

        Arguments:
            name: name of the example, such as "question".

        Raises InputError for an unknown name.
        """
        return cls.from_dict(tomllib.loads(examples.text(name, called="name")))

    @classmethod
    def from_dict(cls, document: dict[str, Any], *, allow_code: bool = False, folder: File = ".") -> Experiment:
        """Make an experiment from the tables of an experiment file.

        Arguments:
            document: the tables as tomllib reads them.
            allow_code: True to execute the Python file of a model of your own, if [neuron] names one.
            folder: the folder to which the path of that file is relative.

        Raises InputError, which names the table and the key, for a value that is not allowed.
        """
        neuron = _model(document, folder, allow_code)
        made = validated(_form(neuron), document, _known(neuron))
        return cls(
            made["neuron"] if "neuron" in made else neuron(),
            _drive(made.get("population", [])),
            made["simulation"],
            made.get("backend", {}),
            made.get("compare", Compare()),
        )

    def to_toml(self) -> str:
        """The text of an experiment file from which `load` reads the same experiment.

        A model of your own is named by the path of its file.
        Raises InputError for one that is not defined in a file, or whose `as_dict` does not hold all of its settings.
        """
        return self._text()

    def save(self, directory: File) -> None:
        """Write the experiment as experiment.toml, and a copy of a model of your own as model.py beside it.

        Arguments:
            directory: an existing directory.

        Raises what `to_toml` raises.
        """
        own, place = source(self.neuron), Path(directory)
        beside = {} if own is None else {"model": f"model.py:{type(self.neuron).__name__}"}
        (place / "experiment.toml").write_text(self._text(**beside), encoding="utf-8")
        if own is not None:
            (place / "model.py").write_bytes(own)

    def _text(self, **neuron):
        """The text of an experiment file, with these keys of [neuron]."""
        tables = [
            ("[neuron]", written(self.neuron) | neuron),
            *(("[[population]]", population) for population in self.drive.as_dict()),
            ("[simulation]", asdict(self.simulation)),
            *((f"[backend.{name}]", _settings(backend)) for name, backend in self.backends.items()),
            ("[compare]", {k: getattr(self.compare, k) for k in ("level", "correction", "statistics")}),
            ("[compare.margins]", self.compare.margins),
        ]
        return as_toml(tables)

    def backend(self, name: BackendName) -> Backend:
        """A backend with the settings of this experiment.

        Arguments:
            name: "jump", "diffusion" or "per-neuron", or that of another one of `backends`.

        Raises InputError for any other name.
        """
        known = dict.fromkeys((*BACKENDS, *self.backends))
        return self.backends.get(choice("backend", name, known)) or BACKENDS[name]()

    def with_simulation(self, **settings: Any) -> Experiment:
        """A copy of the experiment with other settings of the simulation.

        Arguments:
            settings: new values of duration, transient, n_trials or seed; None leaves a setting unchanged.

        Raises InputError for a value that is not allowed.
        """
        given = {key: value for key, value in settings.items() if value is not None}
        return replace(self, simulation=replace(self.simulation, **given))

    def with_backend(self, *names: BackendName, **settings: Any) -> Experiment:
        """A copy of the experiment with other settings of one backend, or of several.

        Arguments:
            names: "jump", "diffusion" or "per-neuron"; of several, a setting is for those that have it.
            settings: new values, such as dt=0.02; None leaves a setting unchanged.

        Raises InputError, which names the setting, for one that none of these backends has.
        """
        changed: dict[str, Any] = {name: self.backend(name) for name in names}
        given = {key: value for key, value in settings.items() if value is not None}
        for key, value in given.items():
            having = [name for name, backend in changed.items() if key in settings_of(backend)]
            if not having:
                raise _homeless(key, value, names)
            changed |= {name: replace(changed[name], **{key: value}) for name in having}
        return replace(self, backends=self.backends | changed) if given else self

    def simulate(self, backend: BackendName, **options: Any) -> Result:
        """Simulate the experiment with one backend; returns the Result.

        Arguments:
            backend: "jump", "diffusion" or "per-neuron".
            options: further arguments of `stochhh.simulate`, such as workers=2; they replace those of the experiment.

        Raises what `stochhh.simulate` raises.
        """
        from .simulation import simulate

        settings = asdict(self.simulation) | options
        return simulate(self.neuron, self.drive, backend=self.backend(backend), **settings)

    def trace(self, backend: BackendName, trial: int = 0, **options: Any) -> Result:
        """Simulate one trial and keep its traces, at intervals of about 0.05 ms and at most 200 000 samples.

        Arguments:
            backend: "jump", "diffusion" or "per-neuron".
            trial: number of the trial, from 0.
            options: further arguments of `stochhh.simulate`; they replace those of the experiment.

        Raises what `stochhh.simulate` raises.
        """
        duration = real("duration", options.get("duration", self.simulation.duration), **DURATION)
        interval = max(min(_TRACE_INTERVAL, duration / 100), duration / _TRACE_SAMPLES)
        chosen: Any = self.backend(backend)
        if "lanes" in settings_of(chosen) and chosen.lanes is None:
            # the kernels of all trials: a comparison has them already
            _, _, lanes = next(blocks(0, self.simulation.n_trials, None, options.get("workers") or available_cores()))
            chosen = replace(chosen, lanes=lanes)
        dt = completed(chosen).dt
        if dt is not None:
            interval = dt * ceil(interval / dt * (1 - 1e-9))
        settings = {"first_trial": trial, "n_trials": 1, "trace_interval": interval, **options}
        return replace(self, backends={**self.backends, backend: chosen}).simulate(backend, **settings)

    def check_before(self, backend: BackendName, **options: Any) -> None:
        """Announce or refuse a long run as `simulate` does, without simulating.

        Arguments:
            backend: "jump", "diffusion" or "per-neuron".
            options: workers and force_long, as for `stochhh.simulate`.

        Raises InputError for a run of more than 30 days, unless force_long is True.
        """
        from .simulation import check_before

        check_before(self.neuron, self.drive, backend=self.backend(backend), **asdict(self.simulation), **options)

    def compile_kernels(self, backend: BackendName, *, workers: int | None = None) -> None:
        """Compile the kernels that `simulate` would use, and store them on disk.

        Arguments:
            backend: "jump", "diffusion" or "per-neuron".
            workers: number of threads, as for `stochhh.simulate`.
        """
        from .simulation import compile_kernels

        compile_kernels(
            self.neuron, self.drive, backend=self.backend(backend), workers=workers, **asdict(self.simulation)
        )

    def draw_events(self, backend: BackendName, *, force_long: bool = False) -> Recording:
        """Draw the input events of a run with one backend, as a Recording.

        Arguments:
            backend: "jump" or "per-neuron", or another one that draws events.
            force_long: allow a run of more than 30 days, as for `stochhh.simulate`.

        Raises InputError for a backend that draws no events, and if the events would need more than half of the memory.
        A long run is announced or refused as by `simulate`.
        """
        run = self.simulation
        real("duration", run.duration, **DURATION)
        draw = completed(self.backend(backend)).draw_events
        if draw is None:
            able = [name for name, kind in BACKENDS.items() if completed(kind()).draw_events is not None]
            raise InputError("backend", backend, f"{' or '.join(able)}, the backends that draw events")
        size = _EVENT_BYTES * self.drive.intensity * run.duration * run.n_trials
        room = allowed_memory()
        if size > room:
            allowed = (
                f"smaller, since the events of {run.n_trials} trials of {run.duration:g} ms may need "
                f"{size / GIB:.3g} GiB, more than half of the memory, {room / GIB:.3g} GiB"
            )
            raise InputError("n_trials", run.n_trials, allowed, "or choose a shorter duration")
        self.check_before(backend, force_long=force_long)
        return draw(self.drive, duration=run.duration, seed=run.seed, trials=range(run.n_trials))


def _settings(backend):
    """The settings of a backend by name."""
    return {name: getattr(backend, name) for name in settings_of(backend)}


def _homeless(key, value, names):
    """The error of a setting that none of these backends has."""
    having = [name for name, kind in BACKENDS.items() if key in settings_of(kind)]
    which = f"the {names[0]} backend has" if len(names) == 1 else f"the backends {' and '.join(names)} have"
    remedy = f"it is a setting of {' and '.join(having)}" if having else ""
    return InputError(key, value, f"omitted, since {which} no such setting", remedy)


def _model(document, folder, allow_code):
    """What makes the neuron that a file asks for."""
    neuron = document.get("neuron")
    model = neuron.get("model", _MODEL) if isinstance(neuron, dict) else _MODEL
    with within(table=("neuron",)):
        return model_named(model, folder, allow_code)


def _form(neuron):
    """The form of a file, for pydantic."""
    return group(
        neuron=table(neuron, model=Any),
        population=list[table(Population)],
        simulation=Required[table(Simulation)],
        backend=group(**{name: table(kind) for name, kind in BACKENDS.items()}),
        compare=table(Compare, margins=group(**dict.fromkeys(known_names(), Any))),
    )


def _known(neuron):
    """Table, as it is headed -> key -> its meaning."""
    return {
        "the file": {
            "neuron": "the neuron's model and its constants",
            "population": "a presynaptic population",
            "simulation": "duration, transient, n_trials and seed",
            "backend": "settings of the backends",
            "compare": "level, margins, correction and statistics of a comparison",
        },
        "[neuron]": {"model": "name of the neuron model", **meanings(neuron)},
        "[[population]]": meanings(Population),
        "[simulation]": meanings(Simulation),
        "[backend]": dict.fromkeys(BACKENDS, "a table"),
        **{f"[backend.{name}]": meanings(kind) for name, kind in BACKENDS.items()},
        "[compare]": meanings(Compare),
        "[compare.margins]": dict.fromkeys(known_names(), "a margin, in the unit of the statistic or in percent"),
    }


def _drive(populations):
    try:
        return SynapticInput(*populations)
    except InputError as error:
        name = error.place("population")
        named = [i for i, population in enumerate(populations) if population.name == name]
        error.within(table=("population", named[-1] if named else 0))  # of two namesakes the second
        raise
