"""What a simulation leaves: spike trains, moments of V, traces or sums of the membrane, provenance."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from .equality import same_fields
from .errors import InputError, integer
from .files import replacing
from .hypertext import listed
from .messages import one_line
from .netcdf import Variable, netcdf_bytes, read_netcdf
from .result_form import check_form, check_provenance, check_same, check_values, number, parsed
from .spike_trains import SpikeTrains
from .statistics.membrane.record import Membrane
from .swings import Swings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self

    import pandas as pd
    import xarray
    from matplotlib.figure import Figure

    from .annotations import File, FloatArray, Method
    from .statistics.overview import Summary
    from .statistics.statistic import Statistic

__all__ = ["Moments", "Result", "Traces"]

# Of a saved result; raised when a reader of today could not read it. Format 3 has swings, 2 a membrane, 1 neither.
_FORMAT = 3
_WANTED = "name a netCDF file that stochhh saved"


@dataclass(frozen=True, eq=False, repr=False)
class Moments:
    """Time averages of powers of V, trial by trial, gathered without storing a trace.

    Arguments:
        reference: the potential about which powers are taken, mV.
        powers: shape (n_trials, 4); column j-1 is the average of (V - reference)^j over the window, mV^j.
    """

    reference: float
    powers: np.ndarray

    __eq__ = same_fields
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Moments: powers of V - ({self.reference:g} mV), {len(self.powers)} trials>"


@dataclass(frozen=True, eq=False, repr=False)
class Traces:
    """State variables against time.

    Arguments:
        time: sampling times, ms, shape (n_samples,).
        values: shape (n_trials, n_variables, n_samples), in the order of `variables`.
        variables: names of the state variables.
    """

    time: np.ndarray
    values: np.ndarray
    variables: tuple[str, ...]

    __eq__ = same_fields
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        of = f"{len(self.values)} trials of {self.time.size} samples"
        until = f", {self.time[0]:g} to {self.time[-1]:g} ms" if self.time.size else ""
        return f"<Traces: {', '.join(self.variables)}; {of}{until}>"

    def __getitem__(self, name: str) -> FloatArray:
        """The traces of one variable, shape (n_trials, n_samples)."""
        return self.values[:, self.variables.index(name)]


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """An ensemble of trials of one neuron, one input and one backend.

    Arguments:
        spikes: spike trains with their observation window.
        moments: time averages of the powers of V for each trial.
        traces: state variables against time, or None if they were not asked for.
        provenance: what made the result: version, backend, settings, neuron, input, seed, timing.
        membrane: sums over samples of state variables, or None if they were not asked for.
        swings: how often V rose by some sizes, or None for a model with a reset.
    """

    spikes: SpikeTrains
    moments: Moments
    traces: Traces | None = None
    provenance: dict[str, Any] = field(default_factory=dict)
    membrane: Membrane | None = None
    swings: Swings | None = None

    def joined(self, later: Result) -> Result:
        """This result with the trials of a later one appended: two parts of one run.

        Arguments:
            later: a Result of the same experiment, whose first trial is the next after this one's last.
        """
        a, b = (result.spikes.with_transient() for result in (self, later))
        start, stop = self.spikes.start, self.spikes.stop
        if (start, stop) != (later.spikes.start, later.spikes.stop):
            raise InputError("the two results have different windows and cannot be parts of one run")
        trial = np.concatenate([a.trial, b.trial + a.n_trials])
        time, doubts = np.concatenate([a.time, b.time]), (*self._of_spikes(), *later._of_spikes())
        spikes = SpikeTrains(time, trial, a.n_trials + b.n_trials, start, stop, doubts)
        moments: Any = None
        traces = membrane = swings = None
        if self.moments is not None:
            moments = Moments(self.moments.reference, np.concatenate([self.moments.powers, later.moments.powers]))
        if self.traces is not None:
            values = np.concatenate([self.traces.values, later.traces.values])  # type: ignore[union-attr]
            traces = Traces(self.traces.time, values, self.traces.variables)
        if self.membrane is not None:
            membrane = Membrane.stacked([self.membrane, later.membrane])  # type: ignore[list-item]
        if self.swings is not None:
            swings = Swings.stacked([self.swings, later.swings])
        timing, more = (result.provenance["timing"] for result in (self, later))
        provenance = self.provenance | {
            "n_trials": spikes.n_trials,
            "timing": {key: timing[key] + more[key] for key in timing},
        }
        return Result(spikes, moments, traces, provenance, membrane, swings)

    def __post_init__(self) -> None:
        if doubts := self._of_levels():
            object.__setattr__(self, "spikes", replace(self.spikes, doubts=(*self._of_spikes(), *doubts)))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Sentences that say which numbers are doubtful, why, and what to do; () if there are none.

        The spikes carry them too.
        """
        return self.spikes.doubts

    def _of_levels(self):
        """Doubts about the levels of a spike, of before the run and of the swings in it."""
        before = tuple(self.provenance.get("doubts", ()))
        if self.swings is None:
            return before
        return (*(() if self.swings.confirm(self.spikes) else before), *self.swings.doubts(self.spikes))

    def _of_spikes(self):
        """All other doubts about the spikes."""
        levels = self._of_levels()
        return tuple(doubt for doubt in self.spikes.doubts if doubt not in levels)

    @property
    def n_trials(self) -> int:
        """Number of complete trials."""
        return self.spikes.n_trials

    @property
    def backend(self) -> str:
        """Name of the backend that made the result."""
        return self.provenance["backend"]

    def __eq__(self, other: object) -> bool:
        """Whether the two results are equal in everything except the run time."""
        if not isinstance(other, Result):
            return NotImplemented
        return same_fields(*(replace(one, provenance=_untimed(one.provenance)) for one in (self, other)))

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "\n".join([self._head(), *(f"Doubt: {doubt}" for doubt in self.doubts)])

    def __repr__(self) -> str:
        kept = [name for name in ("traces", "membrane") if getattr(self, name) is not None]
        doubts = f"; doubts: {len(self.doubts)}" if self.doubts else ""
        return f"<Result: {self._head()}{''.join(f', {name}' for name in kept)}{doubts}>"

    def _repr_html_(self) -> str:
        made, spikes = self.provenance, self.spikes
        entries = {"trials": self.n_trials, "window": f"{spikes.start:g} to {spikes.stop:g} ms"}
        entries |= {"spikes": spikes.time.size} | {key: made[key] for key in ("seed", "stochhh") if key in made}
        notes = [f"Doubt: {doubt}" for doubt in self.doubts]
        return listed(f"Result: {made.get('backend', 'spikes')}", entries, notes)

    def _head(self):
        spikes, n = self.spikes, self.n_trials
        made = self.provenance.get("backend", "result")
        return f"{made}: {n} trial{'' if n == 1 else 's'} of {spikes.window:g} ms, spikes: {spikes.time.size}"

    def summary(
        self, level: float = 0.95, method: Method = "jackknife", statistics: Iterable[str | Statistic] | None = None
    ) -> Summary:
        """Every statistic of the result with its interval.

        Arguments:
            level, method, statistics: as for `stochhh.summary`.
        """
        from .statistics.overview import summary

        return summary(self, level, method, statistics)

    def plot(self) -> Figure:
        """The page of its spike trains, a matplotlib Figure: raster, interspike intervals, and curves with bands."""
        from .plotting.spike_trains import spike_train_figure

        return spike_train_figure({self.provenance.get("backend", "result"): self})

    def to_dataframe(self) -> pd.DataFrame:
        """The spikes inside the window as a pandas.DataFrame with the columns trial and time (ms)."""
        return self.spikes.to_dataframe()

    def to_xarray(self) -> xarray.Dataset:
        """The whole result as an xarray.Dataset that follows the CF conventions; spikes are a ragged array."""
        import xarray

        variables, attributes = self._labelled()
        return xarray.Dataset({name: tuple(variable) for name, variable in variables.items()}, attrs=attributes)

    def _labelled(self):
        """(variables, attributes): NAME -> Variable, and what is said of the whole."""
        spikes, moments, traces = self.spikes.with_transient(), self.moments, self.traces
        window = {"observation_start": float(self.spikes.start), "observation_stop": float(spikes.stop)}
        of_spike = {"long_name": "trial of the spike", "instance_dimension": "trial"}
        since = {"long_name": "time since the start of the trial", "units": "ms"}
        told = [doubt for doubt in self._of_spikes() if doubt not in replace(self.spikes, doubts=()).doubts]
        doubts = {"doubts": json.dumps(told)} if told else {}  # the others are found again
        variables: dict[str, Any] = {
            "trial": ("trial", np.arange(spikes.n_trials), {"long_name": "trial, counted from 0"}),
            "spike_trial": ("spike", spikes.trial, of_spike),
            "spike_time": ("spike", spikes.time, since | window | doubts),
        }
        if moments is not None:
            about: dict[str, Any] = {"long_name": "time average of (V - reference)^power, mV^power"}
            about["reference"] = float(moments.reference)
            variables["power"] = ("power", np.arange(1, moments.powers.shape[1] + 1), {"long_name": "power of V"})
            variables["V_powers"] = (("trial", "power"), moments.powers, about)
        if traces is not None:
            variables["time"] = ("time", traces.time, since)
            for name in traces.variables:
                variables[name] = (("trial", "time"), traces[name], {"units": "mV" if name == "V" else "1"})
        attrs = {
            "Conventions": "CF-1.11",
            "title": "Spike trains of a neuron under random synaptic input",
            "source": f"stochhh {self.provenance.get('stochhh', '')}".strip(),
            "stochhh_format": _FORMAT if self.swings is not None else 1 if self.membrane is None else 2,
            "state_variables": json.dumps(traces.variables if traces is not None else []),
            "provenance": json.dumps(self.provenance, allow_nan=False),
        }
        if self.swings is not None:
            variables |= self.swings.to_variables()
        if self.membrane is not None:
            sums, attrs["membrane"] = self.membrane.to_variables()
            variables |= sums
        return {name: _variable(*parts) for name, parts in variables.items()}, attrs

    @classmethod
    def from_xarray(cls, dataset: xarray.Dataset) -> Self:
        """The result from which `to_xarray` made the dataset. Raises InputError for any other dataset."""
        return cls._of(dataset.variables, dataset.attrs)

    @classmethod
    def _of(cls, labelled, attributes):
        """The result that `_labelled` describes; the variables may be those of xarray."""
        arrays = {name: variable.values for name, variable in labelled.items()}
        _recognise(attributes)
        check_form(attributes, {name: (v.dims, v.values.shape, v.values.dtype) for name, v in labelled.items()})
        check_values(attributes, arrays)
        time = labelled["spike_time"].attrs
        doubts = tuple(map(str, parsed(time, "doubts", list))) if "doubts" in time else ()
        variables = tuple(parsed(attributes, "state_variables", list))
        start, stop = (number(time, f"observation_{end}", "spike_time") for end in ("start", "stop"))
        moments: Any = None
        traces = membrane = swings = None
        if "V_powers" in arrays:
            moments = Moments(number(labelled["V_powers"].attrs, "reference", "V_powers"), arrays["V_powers"])
        if variables:
            traces = Traces(arrays["time"], np.stack([arrays[name] for name in variables], axis=1), variables)
        if "membrane" in attributes:
            membrane = Membrane.from_variables(labelled, attributes["membrane"])
        if "swing_size" in arrays:
            swings = Swings.from_variables(labelled)
        spikes = SpikeTrains(arrays["spike_time"], arrays["spike_trial"], arrays["trial"].size, start, stop, doubts)
        result = cls(spikes, moments, traces, parsed(attributes, "provenance", dict), membrane, swings)
        check_provenance(result.provenance, spikes)
        check_same(labelled, result._labelled()[0])
        return result

    def save(self, path: File) -> None:
        """Write the whole result as netCDF-4; an existing file is either replaced completely or left unchanged.

        Arguments:
            path: the file.

        Raises InputError for a result that `load` would refuse.
        """
        variables, attributes = self._labelled()
        self._of(variables, attributes)
        image = netcdf_bytes(variables, attributes | {"sha256": _digest(variables, attributes)})
        with replacing(path) as part:
            part.write_bytes(image)

    @classmethod
    def load(cls, path: File, memory_limit: float | None = None) -> Self:
        """Read a result that `save` wrote.

        Arguments:
            path: the file.
            memory_limit: GiB that it may take; by default half of the machine's memory.

        Raises InputError for any other file, for a damaged file, and for one that does not fit into the memory.
        """
        try:
            variables, attributes = read_netcdf(path, _WANTED, _recognise, check_form, memory_limit)
            result = cls._of(variables, attributes)
            if _digest(*result._labelled()) != attributes.get("sha256"):
                raise InputError("this file is damaged: its content is not what was saved")
            return result
        except InputError as error:
            error.within(file=path)
            if not error.remedy:
                error.advised(_WANTED)
            raise
        except Exception as error:  # whatever a foreign or a damaged file makes the reader stumble over
            fault = one_line(f"this file is damaged, or not a result of stochhh ({type(error).__name__}: {error})")
            raise InputError(fault, remedy=_WANTED).within(file=path) from error


def _untimed(provenance):
    return {key: value for key, value in provenance.items() if key != "timing"}


def _recognise(attributes):
    """Raise InputError unless these are the attributes of a result that can be read."""
    number = attributes.get("stochhh_format")
    if number is None:
        raise InputError("this is not a result of stochhh, which has an attribute stochhh_format")
    newer = "a newer version of stochhh may read it"
    integer("stochhh_format", number, at_least=1, at_most=_FORMAT, remedy=newer)


def _variable(dims, values, attrs):
    """A Variable, of one dimension also by its name."""
    return Variable((dims,) if isinstance(dims, str) else tuple(dims), np.asarray(values), attrs)


def _digest(variables, attributes):
    """A hash of the content, by which a damaged file is recognised."""
    digest = hashlib.sha256(attributes["provenance"].encode())
    digest.update(attributes.get("membrane", "").encode())
    for name, variable in variables.items():
        values = np.ascontiguousarray(variable.values)
        digest.update(json.dumps([name, variable.dims, values.shape, variable.attrs]).encode())
        digest.update(values.data)
    return digest.hexdigest()
