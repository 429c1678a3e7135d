"""Stochastic analysis of Hodgkin-Huxley neurons under thousands of random synaptic inputs."""

from importlib import import_module

TYPE_CHECKING = False  # as type checkers read it; to import it from typing would take longer than all else here

if TYPE_CHECKING:  # for editors and type checkers, which do not see what is loaded when it is first used
    from . import (
        backends as backends,
    )
    from . import (
        errors as errors,
    )
    from . import (
        experiment as experiment,
    )
    from . import (
        inputs as inputs,
    )
    from . import (
        models as models,
    )
    from . import (
        plotting as plotting,
    )
    from . import (
        statistics as statistics,
    )
    from . import (
        theory as theory,
    )
    from .backends import BACKENDS as BACKENDS
    from .backends import Diffusion as Diffusion
    from .backends import Jump as Jump
    from .backends import PerNeuron as PerNeuron
    from .comparison import Comparison as Comparison
    from .comparison import Comparisons as Comparisons
    from .comparison import compare as compare
    from .errors import (
        InputError as InputError,
    )
    from .errors import (
        Interrupted as Interrupted,
    )
    from .errors import (
        SimulationError as SimulationError,
    )
    from .errors import (
        StochhhError as StochhhError,
    )
    from .errors import (
        UnstableStepError as UnstableStepError,
    )
    from .experiment import Experiment as Experiment
    from .inputs import Population as Population
    from .inputs import Recording as Recording
    from .inputs import SynapticInput as SynapticInput
    from .models import (
        HodgkinHuxley as HodgkinHuxley,
    )
    from .models import (
        LeakyIntegrateAndFire as LeakyIntegrateAndFire,
    )
    from .models import (
        MorrisLecar as MorrisLecar,
    )
    from .models import (
        Passive as Passive,
    )
    from .models import (
        TraubMiles as TraubMiles,
    )
    from .models import (
        WangBuzsaki as WangBuzsaki,
    )
    from .precision import Precision as Precision
    from .results import Moments as Moments
    from .results import Result as Result
    from .results import Traces as Traces
    from .simulation import simulate as simulate
    from .spike_trains import SpikeTrains as SpikeTrains
    from .statistics import (
        Curve as Curve,
    )
    from .statistics import (
        Estimate as Estimate,
    )
    from .statistics import (
        Membrane as Membrane,
    )
    from .statistics import (
        Sampling as Sampling,
    )
    from .statistics import (
        summary as summary,
    )

    __version__: str

# Public names and where they live; loaded when first used, so that importing the package costs nothing.
_HOME = {
    "BACKENDS": "backends",
    "Comparison": "comparison",
    "Comparisons": "comparison",
    "Curve": "statistics",
    "Diffusion": "backends",
    "Estimate": "statistics",
    "Experiment": "experiment",
    "HodgkinHuxley": "models",
    "InputError": "errors",
    "Interrupted": "errors",
    "Jump": "backends",
    "LeakyIntegrateAndFire": "models",
    "Membrane": "statistics",
    "Moments": "results",
    "MorrisLecar": "models",
    "Passive": "models",
    "TraubMiles": "models",
    "WangBuzsaki": "models",
    "PerNeuron": "backends",
    "Precision": "precision",
    "Population": "inputs",
    "Recording": "inputs",
    "Result": "results",
    "Sampling": "statistics",
    "SimulationError": "errors",
    "SpikeTrains": "spike_trains",
    "StochhhError": "errors",
    "SynapticInput": "inputs",
    "Traces": "results",
    "UnstableStepError": "errors",
    "compare": "comparison",
    "simulate": "simulation",
    "summary": "statistics",
}

_SUBMODULES = ("backends", "errors", "experiment", "inputs", "models", "plotting", "statistics", "theory")

__all__ = sorted([*_HOME, "__version__"])


if not TYPE_CHECKING:  # to type checkers it would make every name a public one

    def __getattr__(name):
        if name == "__version__":
            from importlib.metadata import version

            return version("stochhh")
        if name in _HOME:
            return getattr(import_module(f".{_HOME[name]}", __name__), name)
        # Submodules too, so that `import stochhh as sh; sh.plotting` works.
        try:
            return import_module(f".{name}", __name__)
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__():
    return sorted([*__all__, *_SUBMODULES])
