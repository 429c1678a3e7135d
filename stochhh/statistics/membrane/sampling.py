"""Settings of the membrane statistics: variables, sampling interval, lags, segments, and the exclusion of spikes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from math import ceil, floor
from typing import TYPE_CHECKING

from ...errors import InputError, choice, real, within
from ...units import MAGNITUDES

if TYPE_CHECKING:
    from typing import Any

    from ...models.neuron import Neuron

__all__ = ["Sampling"]

_ROUNDING = 1e-9  # by which a whole multiple of the interval may miss
_MOST_BINS = 1_000_000  # over the range of a model


@dataclass(frozen=True)
class Sampling:
    """How a run samples state variables, and which sums it accumulates.

    Arguments:
        variables: names of state variables.
        interval: between two samples, ms; for a backend with a time step a whole multiple of it.
        longest_lag: of the autocovariance, ms, a whole multiple of the interval.
        segment: length of the segments whose Fourier transforms make the power spectrum, ms, an even multiple of the
            interval: the lowest frequency is 2/segment.
        bin: NAME -> width of a bin of the density, in the unit of the variable; by default 1 mV for V and 0.01 for
            the others.
        before, after: a sample is subthreshold unless it lies within `before` ms before to `after` ms after a spike.

    The defaults of `before` and `after` are chosen for the Hodgkin-Huxley neuron (I_app = 3, the input of the README):
    2 ms before it crosses 0 mV, V has reached -57 mV, from which it rises without input (-53 mV at 1 ms, -47 mV at 0.5
    ms); after the spike it falls to -76 mV at 3 ms, and comes back to its mean of -63 mV within 14 ms, the gates h and
    n to within 0.03 of theirs. Other models require other values: for an integrate-and-fire neuron `after` must be at
    least the refractory time. If the interspike intervals are shorter than `before` + `after` no sample is
    subthreshold.

    Raises InputError, with the name of the argument, for invalid values.

    >>> Sampling(longest_lag=20.0).n_lags
    200
    """

    variables: tuple[str, ...] = ("V",)
    interval: float = 0.1
    longest_lag: float = 50.0
    segment: float = 500.0
    bin: dict[str, float] = field(default_factory=dict)
    before: float = 2.0
    after: float = 15.0

    def __post_init__(self) -> None:
        names = self.variables
        if isinstance(names, str) or not names or len(set(names)) < len(names):
            raise InputError("variables", names, 'a tuple of different names, such as ("V", "n")')
        checked = {
            "variables": tuple(names),
            "interval": real("interval", self.interval, at_least=1e-6, at_most=1e12, unit="ms"),
            "longest_lag": real("longest_lag", self.longest_lag, at_least=0, at_most=1e12, unit="ms"),
            "segment": real("segment", self.segment, above=0, at_most=1e12, unit="ms"),
            "before": real("before", self.before, at_least=0, at_most=1e12, unit="ms"),
            "after": real("after", self.after, at_least=0, at_most=1e12, unit="ms"),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        self._check_bins()
        if self._misses(self.longest_lag, 1):
            allowed = f"a whole multiple of the interval, {self.interval:g} ms"
            raise InputError("longest_lag", self.longest_lag, allowed)
        if self.n_segment < 8 or self._misses(self.segment, 2):
            allowed = f"an even multiple of the interval, {self.interval:g} ms, of at least 8 samples"
            raise InputError("segment", self.segment, allowed)

    def _check_bins(self):
        with within(argument="bin"):
            for name in self.bin:
                choice("name", name, self.variables)
            given = {name: self.bin.get(name, 1.0 if name == "V" else 0.01) for name in self.variables}
            checked = {name: real(name, x, above=0, magnitude=MAGNITUDES["V"]) for name, x in given.items()}
        object.__setattr__(self, "bin", checked)

    def _misses(self, length, multiple):
        steps = length / (multiple * self.interval)
        return abs(steps - round(steps)) > _ROUNDING * max(steps, 1.0)

    @property
    def n_lags(self) -> int:
        """Number of lags beyond lag 0."""
        return round(self.longest_lag / self.interval)

    @property
    def n_segment(self) -> int:
        """Samples of a segment."""
        return round(self.segment / self.interval)

    @property
    def stretch(self) -> int:
        """Number of samples that are processed at a time; with the lags it adds up to a power of two."""
        return 2 ** (max(4096, 2 * self.n_lags) - 1).bit_length() - self.n_lags

    def numbers(self, start: float, stop: float) -> tuple[int, int]:
        """Indices k of the first and the last sample, at k * interval, in the window from start to stop (ms).

        Raises InputError if the window is too short for the lags, the segments or the exclusion before a spike.
        """
        for name in ("longest_lag", "segment", "before"):
            if getattr(self, name) > (stop - start) * (1 + _ROUNDING):
                allowed = f"at most the window, {stop - start:g} ms"
                raise InputError(name, getattr(self, name), allowed, f"give a shorter {name}, or a longer duration")
        first = ceil(start / self.interval * (1 - 1e-12))
        return first, floor(stop / self.interval * (1 + 1e-12))

    def check_model(self, neuron: Neuron) -> None:
        """Raise InputError if a neuron (model) lacks a variable, or if bins are too narrow for its range."""
        for name in self.variables:
            with within(argument="variables"):
                choice("name", name, neuron.variables, f"these are the state variables of {neuron.name}")
            if self._bins(neuron, name) > _MOST_BINS:
                allowed = f"so wide that at most {_MOST_BINS} bins fill the range of the model"
                raise InputError(name, self.bin[name], allowed).within(argument="bin")

    def _bins(self, neuron, name):
        low, high = neuron.ranges[neuron.variables.index(name)]
        return (high - low) / self.bin[name]

    def size(self, neuron):
        """Largest number of values stored per trial of a neuron (model), with all bins of its range."""
        bins = sum(2 * (self._bins(neuron, name) + 1) for name in self.variables)
        return bins + len(self.variables) * (10 + 6 * (self.n_lags + 1) + self.n_segment // 2 + 1)

    def held(self, neuron):
        """Additional values in memory per running trial of a neuron (model): samples, transforms, the last segment."""
        lags = 12 * (self.stretch + self.n_lags)
        return len(neuron.variables) * 2 * self.stretch + len(self.variables) * (lags + 2 * self.n_segment)

    def as_dict(self) -> dict[str, Any]:
        """All settings by name, as recorded with results."""
        return asdict(self) | {"variables": list(self.variables)}
