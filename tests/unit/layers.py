"""The layers of the package, and what besides a module may not import: the contract that `imports` holds it to.

A module is named by where it lies under stochhh/; `theory.*` is the package theory with all modules in it, except those
that have an entry of their own. Every module must be named. A module may import what stands in a lower line, and what
belongs to its own entry, but nothing that stands beside that or above. What only a type checker reads may
come from anywhere.
"""

__all__ = ["BY_NAME", "EXCEPTIONS", "LAYERS", "PACKAGES", "STRANGERS"]

LAYERS = [
    "stochhh annotations",  # the public names, and the types of signatures: nothing imports them at run time
    "__main__",
    "cli script",
    "compilation failures keeping options report",
    "plotting.*",
    "experiment",
    "comparison simulation",
    "run.*",
    "precision progress",
    "statistics statistics.overview",
    "backends.* theory.* statistics.compare.*",
    "integrators.* noise.*",
    "statistics.spikes.* statistics.membrane.*",
    "statistics.statistic",
    "statistics.evaluation statistics.uncertainty.*",
    "statistics.kinds statistics.margin statistics.places",
    "statistics.estimate.*",
    "results",
    "result_form statistics.membrane.record",
    "statistics.membrane.sampling statistics.membrane.sums",
    "model_files system",
    "models.* inputs.* spike_trains",
    "neo_trains",
    "directories examples foreign_spikes netcdf tables",
    "trial_tables",
    "columns trial_windows",
    "files random trial_numbers",
    "integrators.kernels.*",
    # From here on the elementary layers, which are all that a kernel may import.
    "machine_code spike_rule swings",
    "elementary",
    "fingerprints kernel_store",
    "compiler layouts memory named",
    "errors",
    "equality hypertext interruption leftovers messages rounding statistics.cells toml_lines units",
]

# Who may not import whom although it stands lower, or in the same package.
STRANGERS = {
    "statistics.*": "models.* inputs.* system integrators.* noise.*",  # they have results, whatever those were made of
    "theory.*": "integrators.* noise.*",  # it simulates nothing
    "backends.*": "models.*",  # what is integrated is a System
    "integrators.*": "models.*",
    "noise.*": "models.* system",
    "models.* inputs.* system": "integrators.*",  # nor do they know the kernels
    "backends.jump.*": "backends.diffusion.* backends.per_neuron.*",
    "backends.diffusion.*": "backends.jump.* backends.per_neuron.*",
    "backends.per_neuron.*": "backends.jump.* backends.diffusion.*",
}

# Who alone may import a package of others.
PACKAGES = {
    "matplotlib": "plotting.*",
    "typer": "cli options",
    "pydantic": "tables",
    "tqdm": "progress",
    "h5py": "netcdf",
    "neo": "spike_trains",
}

# Imports that point upward, inside functions alone: (who, whom) -> why.
EXCEPTIONS = {
    ("results", "statistics.overview"): "result.summary(), for a person at a prompt",
    ("results", "plotting.*"): "result.plot(), likewise",
    ("comparison", "plotting.*"): "comparison.plot(), likewise",
}

# Who imports by name, which nobody can read here: module -> why.
BY_NAME = {
    "stochhh": "the public names, loaded when they are first used",
    "statistics": "likewise",
    "cli": "what the figures need is loaded beside the trials",
}
