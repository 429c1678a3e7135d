"""Stochastic analysis of Hodgkin-Huxley neurons under thousands of random synaptic inputs."""

from importlib import import_module

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

__all__ = sorted([*_HOME, "__version__"])


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
    return __all__
