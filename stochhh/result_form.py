"""What a saved result holds: every variable with its dimensions and kind of number, and what the values must be."""

import json
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .errors import InputError, integer, real, within
from .messages import shown
from .statistics.membrane.sampling import Sampling
from .swings import N_SIZES

__all__ = ["check_form", "check_provenance", "check_same", "check_values", "number", "parsed"]

_ROUNDING = 1e-6  # by which squares of means may exceed means of squares
_MOST_SAMPLES = 2**53


class Column(NamedTuple):
    """A variable of the file.

    Arguments:
        dims: names of its dimensions.
        kind: int or float, of 64 bits.
        rule: function of its values: what is wrong with them, or None.
    """

    dims: tuple[str, ...]
    kind: type
    rule: Callable = lambda values: None


def _finite(x):
    return None if np.all(np.isfinite(x)) else "it contains a number that is not finite"


def _counts(x):
    return _finite(x) or (None if np.all(x >= 0) else "it contains a negative number")


def _powers(x):
    return _finite(x) or (None if np.all(x[:, 1::2] >= 0) else "it contains a negative sum of squares")


def _times(x):
    return _counts(x) or (None if np.all(np.diff(x) > 0) else "its values do not increase")


def _columns(attributes, names):
    """NAME -> Column of all that a file with these attributes holds, where it has variables of these names."""
    found = {
        "trial": Column(("trial",), int),
        "spike_trial": Column(("spike",), int),
        "spike_time": Column(("spike",), float, _finite),
    }
    membrane = parsed(attributes, "membrane", dict)["variables"] if "membrane" in attributes else {}
    if "V_powers" in names:
        found["power"] = Column(("power",), int)
        found["V_powers"] = Column(("trial", "power"), float, _powers)
    if "swing_size" in names:
        found["swing_size"] = Column(("swing_size",), float, _times)
        found["swing_count"] = Column(("trial", "swing_size"), float, _counts)
        found["swing_troughs"] = Column(("trial", "swing_size"), float, _finite)
    state = parsed(attributes, "state_variables", list)
    if state:
        found["time"] = Column(("time",), float, _times)
    traced = [(name, Column(("trial", "time"), float, _finite)) for name in state]
    summed = [("lag", Column(("lag",), float)), ("frequency", Column(("frequency",), float))] if membrane else []
    for key, column in (*traced, *summed, *(pair for name in membrane for pair in _sums(name))):
        if not isinstance(key, str) or key in found:
            raise InputError(f"there are two variables {shown(key)}, or one without a name")
        found[key] = column
    return found


def _sums(name):
    """(NAME, Column) of what is kept of the membrane for one state variable."""
    yield f"{name}_bin", Column((f"{name}_bin",), float)
    yield f"{name}_periodogram", Column(("trial", "frequency"), float, _counts)
    for part in ("every", "subthreshold"):
        yield f"{name}_{part}_count", Column(("trial",), int, _counts)
        yield f"{name}_{part}_powers", Column(("trial", "power"), float, _powers)
        yield f"{name}_{part}_bins", Column(("trial", f"{name}_bin"), int, _counts)
        yield f"{name}_{part}_pairs", Column(("trial", "lag"), float, _counts)
        yield f"{name}_{part}_lagged", Column(("trial", "lag"), float, _finite)
        yield f"{name}_{part}_ends", Column(("trial", "lag"), float, _finite)


def check_form(attributes, found):
    """Raise InputError unless a file has the variables of a result, of the right dimensions, sizes and types.

    Arguments:
        attributes: those of the file.
        found: NAME -> (dimensions, shape, dtype).
    """
    sizes = {"power": 4, "swing_size": N_SIZES, **_sampled(attributes)}
    columns = _columns(attributes, found)
    for name in columns.keys() - found:
        raise InputError(f"the variable {name} is missing")
    for name in found.keys() - columns:
        raise InputError(f"a result has no variable {shown(name)}")
    for name, column in columns.items():
        dims, shape, dtype = found[name]
        with within(variable=name):
            if dims != column.dims:
                raise InputError("dimensions", dims, str(column.dims))
            if dtype.kind != ("i" if column.kind is int else "f") or dtype.itemsize != 8:
                raise InputError("type", str(dtype), f"{column.kind.__name__}64")
            for dim, size in zip(dims, shape, strict=True):
                if size != sizes.setdefault(dim, size):
                    raise InputError(f"size along {dim}", size, str(sizes[dim]))
    if not sizes["trial"]:
        raise InputError("there is no trial in it")


def _sampled(attributes):
    """Sizes that the sampling of the membrane sets."""
    if "membrane" not in attributes:
        return {}
    rest = parsed(attributes, "membrane", dict)
    if set(rest) != {"sampling", "segments", "variables"} or not isinstance(rest["variables"], dict):
        raise InputError("membrane", rest, "an object with sampling, segments and variables")
    try:
        sampling = Sampling(**rest["sampling"] | {"variables": tuple(rest["sampling"]["variables"])})
    except (TypeError, KeyError) as error:
        raise InputError(f"the attribute membrane has no valid sampling ({error})") from error
    with within(attribute="membrane"):
        integer("segments", rest["segments"], at_least=0, at_most=_MOST_SAMPLES)
        if list(sampling.variables) != list(rest["variables"]):
            raise InputError("variables", list(rest["variables"]), f"those of its sampling, {list(sampling.variables)}")
        for name, of in rest["variables"].items():
            with within(variable=name):
                if not isinstance(of, dict) or set(of) != {"reference", "lowest"}:
                    raise InputError(name, of, "an object with reference and lowest")
                real("reference", of["reference"])
                integer("lowest", of["lowest"], at_least=-_MOST_SAMPLES, at_most=_MOST_SAMPLES)
    return {"lag": sampling.n_lags + 1, "frequency": sampling.n_segment // 2 + 1}


_PROVENANCE = {  # key -> type in JSON, what it is; the first three are always there
    "stochhh": (str, "the version, a text"),
    "backend": (str, "the name of the backend, a text"),
    "seed": (int, "a whole number from 0"),
    "n_trials": (int, "the number of trials"),
    "duration": (int | float, "the end of the window"),
    "transient": (int | float, "the start of the window"),
    "settings": (dict, "the settings of the backend, an object"),
    "neuron": (dict, "the settings of the neuron, an object"),
    "input": (list | str, "the populations, a list"),
    "timing": (dict, "seconds by name, an object"),
    "doubts": (list, "what was doubtful before the run, a list of sentences"),
}


def check_provenance(made, spikes):
    """Raise InputError unless the provenance says what made these SpikeTrains, and says nothing of others."""
    for key in list(_PROVENANCE)[:3]:
        if key not in made:
            raise InputError(f"the provenance lacks {key}, {_PROVENANCE[key][1]}")
    right = {
        "backend": lambda x: bool(x.strip()),
        "seed": lambda x: x >= 0,
        "n_trials": lambda x: x == spikes.n_trials,
        "duration": lambda x: x == spikes.stop,
        "transient": lambda x: x == spikes.start,
        "doubts": lambda x: all(isinstance(doubt, str) for doubt in x),
        "timing": lambda x: all(isinstance(seconds, int | float) and seconds >= 0 for seconds in x.values()),
    }
    for key, (kind, what) in _PROVENANCE.items():
        value, fits = made.get(key), right.get(key, lambda value: True)
        if key in made and not (isinstance(value, kind) and not isinstance(value, bool) and fits(value)):
            raise InputError(key, value, what).within(attribute="provenance")


def check_values(attributes, arrays):
    """Raise InputError for values that no run leaves.

    Arguments:
        attributes: those of the file.
        arrays: NAME -> array, of the form that `check_form` wants.
    """
    for name, column in _columns(attributes, arrays).items():
        fault = column.rule(arrays[name])
        if fault:
            raise InputError(fault).within(variable=name)
    if "V_powers" in arrays:
        _check_powers("V_powers", arrays["V_powers"], 1.0)
    for name in parsed(attributes, "membrane", dict)["variables"] if "membrane" in attributes else ():
        for part in ("every", "subthreshold"):
            count, powers, bins = (arrays[f"{name}_{part}_{field}"] for field in ("count", "powers", "bins"))
            _check_powers(f"{name}_{part}_powers", powers, count[:, None])
            if np.any(bins.sum(axis=1) != count):
                fault = f"its values do not add up to {name}_{part}_count"
                raise InputError(fault).within(variable=f"{name}_{part}_bins")


def _check_powers(name, powers, count):
    """By the inequality of Cauchy and Schwarz, for sums of y, y^2, y^3 and y^4."""
    if np.any(powers[:, :2] ** 2 > count * powers[:, 1::2] * (1 + _ROUNDING)):
        raise InputError("the square of a mean is larger than the mean of the squares").within(variable=name)


def check_same(read, made):
    """Raise InputError where a file does not say what a result made of it would.

    Arguments:
        read, made: NAME -> Variable, of the file and of the result.
    """
    for name, right in made.items():
        found = read[name]
        for key in [*right.attrs, *(key for key in found.attrs if key not in right.attrs)]:
            got, wanted = found.attrs.get(key), right.attrs.get(key)
            if got != wanted:
                allowed = "absent" if wanted is None else shown(wanted)
                raise InputError(f"attribute {key}", got, allowed).within(variable=name)
        if not np.array_equal(found.values, right.values):
            raise InputError("it contradicts the rest of the file").within(variable=name)


def number(attributes, key, name):
    """The attribute of a variable as a float; InputError unless it is a finite number."""
    with within(variable=name):
        return real(f"attribute {key}", attributes.get(key))


def parsed(attributes, name, kind):
    """An attribute of the file in JSON; InputError unless it is one of this type."""
    try:
        found = json.loads(attributes[name], parse_constant=_refuse)
    except KeyError:
        raise InputError(f"the attribute {name} is missing") from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"the attribute {name} is not valid JSON ({error})") from error
    if not isinstance(found, kind):
        raise InputError(f"attribute {name}", found, f"{'a list' if kind is list else 'an object'} in JSON")
    return found


def _refuse(constant):
    raise ValueError(f"it holds {constant}")
