"""What a run or a comparison says: one JSON object, a table for the eye, a directory of files."""

import json
import platform
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from .directories import filling, make_directory
from .errors import InputError
from .files import write_json, write_table, writing
from .leftovers import sweep
from .statistics.spikes.page import spike_train_curves, spike_train_table

__all__ = [
    "as_json",
    "comparison_figures",
    "comparison_object",
    "directory_for",
    "run_figures",
    "run_line",
    "run_object",
    "run_text",
    "save_comparison",
    "save_curves",
    "save_run",
    "save_trace",
    "trace_figure",
]

_MARK = "provenance.json"
_COMPARE = "stochhh compare"
_PAGE = ("spike_trains.csv", "spike_trains.pdf", "spike_trains.png")
_FIGURES = (*_PAGE, "comparison.pdf", "comparison.png")


def as_json(value):
    """The text of a JSON object; NaN and infinity, which JSON does not know, are refused."""
    return json.dumps(value, indent=2, allow_nan=False)


def run_object(result, statistics):
    """A run in the form of the JSON contract.

    Arguments:
        result: a Result.
        statistics: NAME -> Estimate, its summary.
    """
    made = result.provenance
    neuron = made["neuron"]
    levels = {"threshold": neuron["threshold"], "rearm": neuron.get("rearm", neuron["threshold"])}
    return {
        **{key: made[key] for key in ("stochhh", "backend", "seed", "n_trials", "duration", "transient")},
        "settings": {**made["settings"], **levels, "neuron": neuron, "input": made["input"]},
        "statistics": {name: estimate.as_dict() for name, estimate in statistics.items()},
        "timing": made["timing"],
        "doubts": _doubts(result, statistics),
        **({"until": made["until"]} if "until" in made else {}),
    }


def comparison_object(comparison, results):
    """The comparison of two Results, by backend, in the form of the JSON contract."""
    runs = zip(results.items(), (comparison.a, comparison.b), strict=True)
    return {**{name: run_object(result, statistics) for (name, result), statistics in runs}, **comparison.as_dict()}


def run_text(result, statistics):
    """The Summary of a run as a table for the eye, under a line of what it rests on."""
    doubts = [f"Doubt: {doubt}" for doubt in _doubts(result, statistics)]
    return "\n".join([run_line(result), "", str(statistics), *doubts])


def _doubts(result, statistics):
    """Doubts about all of a run, and those about single statistics, which begin with their names."""
    of_one = {name: estimate.doubt_beyond(result.doubts) for name, estimate in statistics.items()}
    return [*result.doubts, *(f"{name}: {doubt}" for name, doubt in of_one.items() if doubt)]


def run_line(result):
    """What a run was, and how long it took."""
    made = result.provenance
    n, timing = made["n_trials"], made["timing"]
    return (
        f"{made['backend']}: {n} trial{'' if n == 1 else 's'} of {made['duration']:g} ms, of which the first "
        f"{made['transient']:g} ms are left out; seed {made['seed']}; {timing['run_s']:.3g} s "
        f"(and {timing['compile_s']:.2g} s for compilation){_until(made)}"
    )


def _until(made):
    """What became of the precision that was asked for."""
    if "until" not in made:
        return ""
    asked = ", ".join(f"{name} to within {half}" for name, half in made["until"]["asked"].items())
    numbers = ", ".join(map(str, made["until"]["looks"]))
    reached = "reached" if made["until"]["reached"] else "NOT reached: raise --max-trials, or ask for less"
    return f"\nasked for {asked}: {reached}; looked at {numbers} trials"


def directory_for(path, *, force=False, default=False):
    """Make the directory of a result, before the run.

    Raises InputError where files cannot be put into it, or where it already holds some, unless `force`; the
    directory that a comparison chose by itself (`default`) may also hold what an earlier comparison left there.
    """
    path = Path(path)
    sweep(path)
    with writing(path):
        foreign = _names(path) - (_left_by_comparison(path) if default else set())
    if foreign and not force:
        what = f"contains {min(foreign)}, which was not written by a comparison" if default else "is not empty"
        remedy = "give another directory as --out, or --force to replace the files of the same names in it"
        raise InputError(f"this directory {what}", remedy=remedy).within(file=path)
    make_directory(path)
    return path


def save_run(directory, result, statistics, experiment):
    """Save a run as result.nc, spikes.csv, statistics.json and .csv, experiment.toml and provenance.json.

    `statistics` may be None, where they could not be computed; their files are then left out.
    """
    with _saving(directory, "stochhh run", experiment, _PAGE, run=result.provenance) as part:
        result.save(part / "result.nc")
        result.spikes.with_transient().to_csv(part / "spikes.csv")
        if statistics is not None:
            write_json(part / "statistics.json", run_object(result, statistics))
            write_table(part / "statistics.csv", _frame(statistics))


def save_curves(directory, results):
    """Save the curves of the spike trains of results, LABEL -> Result, as spike_trains.csv, and return them."""
    found = spike_train_curves(results)
    write_table(Path(directory) / "spike_trains.csv", spike_train_table(found))
    return found


def run_figures(directory, result, curves):
    """Save the page of a run's spike trains, and of their curves, as spike_trains.png and .pdf."""
    from .plotting import save_spike_train_figures

    return save_spike_train_figures({result.backend: result}, directory, found=curves)


def save_comparison(directory, comparison, results, experiment):
    """Save a comparison, its Results by backend, and its table; `comparison` may be None, where there is none."""
    runs = {backend: result.provenance for backend, result in results.items()}
    earlier = {name for name in _left_by_comparison(directory) if name.endswith(".nc")}  # perhaps of other backends
    outdated = (*_FIGURES, *sorted(earlier - {f"{backend}.nc" for backend in results}))
    with _saving(directory, _COMPARE, experiment, outdated, **runs) as part:
        for backend, result in results.items():
            result.save(part / f"{backend}.nc")
        if comparison is not None:
            write_json(part / "comparison.json", comparison_object(comparison, results))
            write_table(part / "comparison.csv", _frame(comparison.difference))


def comparison_figures(directory, comparison, results, traces, curves):
    """Save the figures of a comparison; returns their paths by what they show.

    `results` and `traces`, of a short traced trial each, are Results by backend; `curves` those of `save_curves`.
    """
    from .plotting import save_comparison_figures, save_spike_train_figures

    return {
        "Figure": save_comparison_figures(comparison, *results.values(), directory, traces=tuple(traces.values())),
        "Spike trains": save_spike_train_figures(results, directory, found=curves),
    }


def save_trace(directory, result, neuron):
    """Save one traced trial as trace.csv, and return its path."""
    state = {name: result.traces[name][0] for name in result.traces.variables}
    with filling(directory, ("trace.pdf", "trace.png")) as part:
        currents = neuron.currents(**state) if hasattr(neuron, "currents") else {}
        write_table(part / "trace.csv", {"time": result.traces.time, **state, **currents})
    return Path(directory) / "trace.csv"


def trace_figure(directory, result, neuron):
    """Save one traced trial as trace.png and trace.pdf, and return their paths."""
    from .plotting import save_trace_figure

    return save_trace_figure(result, neuron, directory)


@contextmanager
def _saving(directory, made_by, experiment, figures, **runs):
    """Fill a directory with numbers, and add the experiment and a note of what made it all; figures come later."""
    with filling(directory, figures) as part:
        yield part
        experiment.save(part)
        files = _names(part) | {_MARK, *figures} | _left_by_comparison(directory)
        machine = {"python": platform.python_version(), "platform": platform.platform()}
        machine |= {name: version(name) for name in ("numpy", "scipy", "numba")}
        write_json(part / _MARK, {"made_by": made_by, "files": sorted(files), "machine": machine, **runs})


def _names(directory):
    return {path.name for path in Path(directory).iterdir()} if Path(directory).is_dir() else set()


def _left_by_comparison(directory):
    """Names of the files that an earlier comparison says it put into a directory."""
    try:
        made = json.loads((Path(directory) / _MARK).read_text(encoding="utf-8"))
        return set(made["files"]) if made["made_by"] == _COMPARE else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _frame(entries):
    """Estimates, or differences, by name, as a pandas.DataFrame."""
    import pandas as pd

    return pd.DataFrame([{"statistic": name, **entry.as_dict()} for name, entry in entries.items()])
