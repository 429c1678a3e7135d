"""The record of the membrane: sums by trial for each sampled variable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...equality import same_fields
from ...errors import InputError, choice
from ...units import hertz
from .sampling import Sampling
from .sums import Gatherer, Sums

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from ...results import Traces
    from ...spike_trains import SpikeTrains

__all__ = ["Membrane", "Variable"]

_PARTS = ("every", "subthreshold")
_TOGETHER = 64  # trials whose traces are reduced side by side; it changes no result


@dataclass(frozen=True, eq=False, repr=False)
class Variable:
    """The sums of one state variable.

    Arguments:
        reference: value that is subtracted before powers and products are taken, in the unit of the variable.
        lowest: number of the first bin of the density; bin b extends from b * width to (b + 1) * width.
        every: Sums of all samples.
        subthreshold: Sums of those apart from spikes.
        power: mean periodogram of all samples at k/segment, k = 0, 1, ..., two-sided, in the square of the unit times
            ms, shape (n_trials, n_segment / 2 + 1).
    """

    reference: float
    lowest: int
    every: Sums
    subthreshold: Sums
    power: np.ndarray

    __eq__ = same_fields
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Variable: sums of {len(self.power)} trials>"

    def labelled(self, name, width):
        """NAME -> (dimensions, array, attributes), for a variable of this name and bins of this width."""
        cell, middles = f"{name}_bin", (self.lowest + np.arange(self.every.bins.shape[1]) + 0.5) * width
        dims = {"count": (), "powers": ("power",), "bins": (cell,)}
        arrays = {cell: (cell, middles, {"long_name": f"middles of the bins of {name}"})}
        arrays[f"{name}_periodogram"] = ("trial", "frequency"), self.power, {"long_name": "mean periodogram, two-sided"}
        for part in _PARTS:
            for field, array in getattr(self, part)._asdict().items():
                said = f"{field}, {part} sample of {name}"
                arrays[f"{name}_{part}_{field}"] = ("trial", *dims.get(field, ("lag",))), array, {"long_name": said}
        return arrays


@dataclass(frozen=True, eq=False, repr=False)
class Membrane:
    """Sums of state variables by trial, from which moments, density, autocovariance and spectrum are computed.

    Arguments:
        sampling: the Sampling that defines the sums.
        segments: number of segments in the periodogram of a trial.
        variables: NAME -> Variable.

    Its size is independent of the length of the run. It is returned by `simulate(..., membrane=Sampling())`, or
    computed from stored traces by `Membrane.from_traces`; the two agree to the last bit.
    """

    sampling: Sampling
    segments: int
    variables: dict[str, Variable]

    __eq__ = same_fields
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Membrane: {', '.join(self.variables)}, {self.segments} segments a trial, {self.sampling}>"

    def __getitem__(self, name: str) -> Variable:
        """The Variable of this name; InputError if it was not sampled."""
        return self.variables[choice("variable", name, self.variables)]

    @classmethod
    def gathered(cls, gatherer):
        """The record of a gatherer, a Gatherer."""
        sampling = gatherer.sampling
        of = zip(sampling.variables, gatherer.reference, gatherer.sums(), strict=True)
        return cls(sampling, gatherer.segments, {name: Variable(float(about), *sums) for name, about, sums in of})

    @classmethod
    def from_traces(cls, traces: Traces, spikes: SpikeTrains, sampling: Sampling | None = None) -> Self:
        """The record of stored traces.

        Arguments:
            traces: Traces, sampled at whole multiples of one interval, over the whole window of the spikes.
            spikes: SpikeTrains of the same trials; their window is that of the record.
            sampling: a Sampling of the interval of the traces; None takes all variables, and the defaults.

        Raises InputError if traces, spikes and sampling are inconsistent.
        """
        time, values = np.asarray(traces.time, dtype=float), traces.values
        interval = float(np.diff(time).mean()) if time.size > 1 else 0.0
        if sampling is None:
            sampling = Sampling(traces.variables, interval=float(f"{interval:.9g}"))
        _check(time, values, spikes, sampling)
        index = [_index(traces.variables, name) for name in sampling.variables]
        reference, before = values[0, index, 0], round(time[0] / sampling.interval)
        return cls.stacked([
            cls._of_trials(values[first : first + _TOGETHER, index], before, spikes, first, sampling, reference)
            for first in range(0, len(values), _TOGETHER)
        ])  # fmt: skip

    @classmethod
    def _of_trials(cls, values, before, spikes, first_trial, sampling, reference):
        """The record of some trials, whose first sample has number `before`."""
        gatherer = Gatherer(sampling, reference, len(values), (spikes.start, spikes.stop))
        everything = spikes.with_transient()
        for trial in range(len(values)):
            gatherer.spiked(trial, everything.of(first_trial + trial))
        for first in range(gatherer.first, gatherer.last + 1, sampling.stretch):
            last = min(first + sampling.stretch, gatherer.last + 1)
            gatherer.take(values[:, :, first - before : last - before])
        return cls.gathered(gatherer)

    @classmethod
    def stacked(cls, parts: Sequence[Membrane]) -> Self:
        """The concatenated trials of several records (`parts`) with the same sampling."""
        first = parts[0]
        if any((part.sampling, part.segments) != (first.sampling, first.segments) for part in parts):
            raise InputError("the records have different samplings or windows and cannot be parts of one run")
        of = {name: _stacked([part.variables[name] for part in parts]) for name in first.variables}
        return cls(first.sampling, first.segments, of)

    def to_variables(self):
        """(variables, attribute): labelled arrays by name, as xarray takes them, and the rest as JSON."""
        sampling, rest = self.sampling, {"sampling": self.sampling.as_dict(), "segments": self.segments}
        lags, frequencies = np.arange(sampling.n_lags + 1), np.arange(sampling.n_segment // 2 + 1)
        arrays = {
            "lag": ("lag", lags * sampling.interval, {"units": "ms"}),
            "frequency": ("frequency", hertz(frequencies / sampling.segment), {"units": "Hz"}),
        }
        rest["variables"] = {name: {"reference": v.reference, "lowest": v.lowest} for name, v in self.variables.items()}
        for name, of in self.variables.items():
            arrays |= of.labelled(name, sampling.bin[name])
        return arrays, json.dumps(rest)

    @classmethod
    def from_variables(cls, arrays, attribute):
        """The record from which `to_variables` made these arrays and this attribute."""
        rest, variables = json.loads(attribute), {}
        sampling = rest["sampling"]
        for name, of in rest["variables"].items():
            parts = [Sums(*(arrays[f"{name}_{part}_{field}"].values for field in Sums._fields)) for part in _PARTS]
            power = arrays[f"{name}_periodogram"].values
            variables[name] = Variable(of["reference"], of["lowest"], *parts, power)
        return cls(Sampling(**sampling | {"variables": tuple(sampling["variables"])}), rest["segments"], variables)


def _stacked(parts):
    """The trials of one variable in several records; bins that one of them never reached are empty there."""
    lowest = min(part.lowest for part in parts)
    above = max(part.lowest + part.every.bins.shape[1] for part in parts)

    def together(sums):
        padded = []
        for part, of in zip(parts, sums, strict=True):
            below = part.lowest - lowest
            padded.append(np.pad(of.bins, ((0, 0), (below, above - lowest - below - of.bins.shape[1]))))
        columns = (padded if field == "bins" else [getattr(of, field) for of in sums] for field in Sums._fields)
        return Sums(*map(np.concatenate, columns))

    every, subthreshold = (together([getattr(part, name) for part in parts]) for name in _PARTS)
    return Variable(parts[0].reference, lowest, every, subthreshold, np.concatenate([part.power for part in parts]))


def _index(variables, name):
    return variables.index(choice("variable", name, variables))


def _check(time, values, spikes, sampling):
    """InputError unless the traces are those of the spikes' trials, at multiples of the interval over the window."""
    interval = sampling.interval
    k = np.round(time / interval)
    if np.any(np.diff(k) != 1) or np.any(np.abs(time - k * interval) > 1e-6 * interval + 1e-12 * time):
        allowed = "that of the traces, which must be sampled at its whole multiples (ms)"
        raise InputError("interval", interval, allowed, "give a Sampling with their interval")
    if len(values) != spikes.n_trials:
        raise InputError(f"there are {len(values)} trials of traces but {spikes.n_trials} of spikes")
    first, last = sampling.numbers(spikes.start, spikes.stop)
    if k[0] > first or k[-1] < last:
        raise InputError(
            f"the traces, from {time[0]:g} to {time[-1]:g} ms, do not cover the window of the spikes, "
            f"{spikes.start:g} to {spikes.stop:g} ms"
        )
