"""Types that many signatures share. Type checkers read them; at run time nothing imports this module."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .backends.backend import Backend as _Backend
from .inputs import Population, SynapticInput
from .results import Result
from .spike_trains import SpikeTrains

__all__ = [
    "Backend",
    "BackendName",
    "Drive",
    "File",
    "FloatArray",
    "IntArray",
    "Method",
    "Names",
    "Number",
    "PerTrial",
    "Scheme",
    "Spikes",
    "Targets",
    "WeightDistribution",
    "Whole",
]

Number = float | np.floating | np.integer
Whole = int | np.integer
BackendName = Literal["jump", "diffusion", "per-neuron"]
Backend = BackendName | _Backend
Scheme = Literal["euler-maruyama", "heun", "splitting", "sra1"]
WeightDistribution = Literal["constant", "exponential", "lognormal", "normal"]
Drive = SynapticInput | Population | Sequence[Population]
Spikes = SpikeTrains | Result
Method = Literal["jackknife", "bootstrap"]  # of an interval
Targets = Mapping[str, float | str]  # NAME -> a number in the unit of the statistic, or a text such as "1%"
Names = Sequence[str]
File = str | PathLike[str]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
PerTrial = float | Sequence[float] | FloatArray  # one number, or one for each trial
