"""What a simulation leaves: spike trains, moments of V, traces or sums of the membrane, provenance."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import numpy as np

from .errors import InputError
from .files import reading, replacing
from .spike_trains import SpikeTrains
from .statistics.membrane.record import Membrane

__all__ = ["Moments", "Result", "Traces"]

# Of a saved result; raised when a reader of today could not read it. Format 2 has a membrane, 1 is without.
_FORMAT = 2
_WANTED = "name a netCDF file that stochhh saved"


@dataclass(frozen=True)
class Moments:
    """Time averages of powers of V, trial by trial, gathered without storing a trace.

    Arguments:
        reference: the potential about which powers are taken, mV.
        powers: shape (n_trials, 4); column j-1 is the average of (V - reference)^j over the window, mV^j.
    """

    reference: float
    powers: np.ndarray


@dataclass(frozen=True)
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

    def __getitem__(self, name):
        """The traces of one variable, shape (n_trials, n_samples)."""
        return self.values[:, self.variables.index(name)]


@dataclass(frozen=True)
class Result:
    """An ensemble of trials of one neuron, one input and one backend.

    Arguments:
        spikes: spike trains with their observation window.
        moments: time averages of the powers of V for each trial.
        traces: state variables against time, or None if they were not asked for.
        provenance: what made the result: version, backend, settings, neuron, input, seed, timing.
        membrane: sums over samples of state variables, or None if they were not asked for.
    """

    spikes: SpikeTrains
    moments: Moments
    traces: Traces | None = None
    provenance: dict = field(default_factory=dict)
    membrane: Membrane | None = None

    def joined(self, later):
        """This result with the trials of a later one behind its own: one run in two parts.

        Arguments:
            later: a Result of the same experiment, whose first trial is the next after this one's last.
        """
        a, b = (result.spikes.with_transient() for result in (self, later))
        start, stop = self.spikes.start, self.spikes.stop
        if (start, stop) != (later.spikes.start, later.spikes.stop):
            raise InputError("the two results have different windows: they are no parts of one run")
        trial = np.concatenate([a.trial, b.trial + a.n_trials])
        time, doubts = np.concatenate([a.time, b.time]), (*self.spikes.doubts, *later.spikes.doubts)
        spikes = SpikeTrains(time, trial, a.n_trials + b.n_trials, start, stop, doubts)
        moments = traces = membrane = None
        if self.moments is not None:
            moments = Moments(self.moments.reference, np.concatenate([self.moments.powers, later.moments.powers]))
        if self.traces is not None:
            values = np.concatenate([self.traces.values, later.traces.values])
            traces = Traces(self.traces.time, values, self.traces.variables)
        if self.membrane is not None:
            membrane = Membrane.stacked([self.membrane, later.membrane])
        timing, more = (result.provenance["timing"] for result in (self, later))
        provenance = self.provenance | {
            "n_trials": spikes.n_trials,
            "timing": {key: timing[key] + more[key] for key in timing},
        }
        return Result(spikes, moments, traces, provenance, membrane)

    @property
    def n_trials(self):
        """Number of complete trials."""
        return self.spikes.n_trials

    @property
    def backend(self):
        """Name of the backend that made the result."""
        return self.provenance["backend"]

    def to_xarray(self):
        """All of it as an xarray.Dataset, labelled in the terms of the CF conventions: spikes are a ragged array."""
        import xarray

        spikes, moments, traces = self.spikes.with_transient(), self.moments, self.traces
        window = {"observation_start": float(self.spikes.start), "observation_stop": float(spikes.stop)}
        of_spike = {"long_name": "trial of the spike", "instance_dimension": "trial"}
        since = {"long_name": "time since the start of the trial", "units": "ms"}
        told = [doubt for doubt in self.spikes.doubts if doubt not in replace(self.spikes, doubts=()).doubts]
        doubts = {"doubts": json.dumps(told)} if told else {}  # the others are found again
        variables = {
            "trial": ("trial", np.arange(spikes.n_trials), {"long_name": "trial, counted from 0"}),
            "spike_trial": ("spike", spikes.trial, of_spike),
            "spike_time": ("spike", spikes.time, since | window | doubts),
        }
        if moments is not None:
            about = {"long_name": "time average of (V - reference)^power, mV^power"}
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
            "stochhh_format": 1 if self.membrane is None else _FORMAT,
            "state_variables": json.dumps(traces.variables if traces is not None else []),
            "provenance": json.dumps(self.provenance, allow_nan=False),
        }
        if self.membrane is not None:
            sums, attrs["membrane"] = self.membrane.to_variables()
            variables |= sums
        return xarray.Dataset(variables, attrs=attrs)

    @classmethod
    def from_xarray(cls, dataset):
        """The result that `to_xarray` made the dataset of. Raises InputError for any other."""
        found = dataset.attrs.get("stochhh_format")
        if found is None:
            raise InputError(f"no result of stochhh, which has an attribute stochhh_format: {_WANTED}")
        if not 1 <= found <= _FORMAT:
            known = f"this version of stochhh reads 1 to {_FORMAT}"
            raise InputError(f"the file has format {found}, and {known}: use a newer one")
        time, powers = dataset["spike_time"], dataset.get("V_powers")
        window = (float(time.attrs[f"observation_{end}"]) for end in ("start", "stop"))
        doubts = tuple(json.loads(time.attrs.get("doubts", "[]")))
        variables = tuple(json.loads(dataset.attrs["state_variables"]))
        traces = np.stack([dataset[name].values for name in variables], axis=1) if variables else None
        membrane = dataset.attrs.get("membrane")
        return cls(
            SpikeTrains(time.values, dataset["spike_trial"].values, dataset.sizes["trial"], *window, doubts),
            None if powers is None else Moments(float(powers.attrs["reference"]), powers.values),
            None if traces is None else Traces(dataset["time"].values, traces, variables),
            json.loads(dataset.attrs["provenance"]),
            None if membrane is None else Membrane.from_variables(dataset, membrane),
        )

    def save(self, path):
        """Write all of it as netCDF-4; the file is replaced as a whole, or left as it was."""
        dataset = self.to_xarray()
        dataset.attrs["sha256"] = _digest(dataset)
        plain = {name: {"_FillValue": None} for name in dataset.variables}  # no value stands for a missing one
        image = dataset.to_netcdf(engine="h5netcdf", encoding=plain)  # in memory: HDF5 may crash when a disk is full
        with replacing(path) as part:
            part.write_bytes(image)

    @classmethod
    def load(cls, path):
        """Read a result that `save` wrote. Raises InputError for any other file, or a damaged one."""
        import h5py
        import xarray

        try:
            with reading(path, _WANTED):
                image = BytesIO(Path(path).read_bytes())
                with h5py.File(image) as file:
                    dict(file.attrs)  # if they are damaged: h5netcdf would write a traceback from its finalizer
            dataset = xarray.load_dataset(image, engine="h5netcdf")
            result = cls.from_xarray(dataset)
            if _digest(result.to_xarray()) != dataset.attrs["sha256"]:
                raise InputError("the file is damaged: its content is not what was saved")
            return result
        except InputError as error:
            raise error if str(path) in str(error) else InputError(f"{path}: {error}") from error
        except Exception as error:  # whatever a foreign or a damaged file makes the reader stumble over
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise InputError(f"{path} is damaged, or no result of stochhh ({reason}): {_WANTED}") from error


def _digest(dataset):
    """A fingerprint of the content, by which a damaged file is known."""
    digest = hashlib.sha256(dataset.attrs["provenance"].encode())
    digest.update(dataset.attrs.get("membrane", "").encode())
    for name, variable in dataset.variables.items():
        digest.update(json.dumps([name, variable.dims, variable.shape, variable.attrs]).encode())
        digest.update(np.ascontiguousarray(variable.values).data)
    return digest.hexdigest()
