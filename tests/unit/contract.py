"""What `--json` promises, as JSON schemas: RUN and COMPARE."""

UNITS = {
    "rate": "Hz",
    "isi_mean": "ms",
    "cv": "1",
    "cv2": "1",
    "lv": "1",
    "isi_skewness": "1",
    "fano_factor": "1",
    "V_mean": "mV",
    "V_variance": "mV2",
    "V_skewness": "1",
}


def _table(entries, optional=()):
    required = [name for name in entries if name not in optional]
    return {"type": "object", "properties": entries, "required": required, "additionalProperties": False}


def _number(**bounds):
    return {"type": "number", **bounds}


def _estimate(unit, optional=(), **more):
    """A value with its interval; what is null has a reason."""
    number = {"type": ["number", "null"]}
    ends = ("value", "low", "high")
    level = _number(exclusiveMinimum=0, exclusiveMaximum=1)
    entries = {**dict.fromkeys(ends, number), "level": level, "unit": {"const": unit}, **more}
    entries["reason"] = entries["doubt"] = {"type": "string", "minLength": 1}
    return {
        **_table(entries, optional=["reason", "doubt", *optional]),
        "if": {"properties": {end: {"type": "number"} for end in ends}},
        "else": {"required": ["reason"]},
    }


_DIFFERENCE = {
    "margin": {"type": ["number", "null"]},
    "verdict": {"enum": ["equivalent", "different", "undecided"]},
    "trials_to_settle": {"type": ["integer", "null"], "minimum": 1},
    "ratio": _estimate("1"),
}
_PROBABILITY = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_DISTANCE = {
    "p_value": _PROBABILITY,
    "p_adjusted": _PROBABILITY,
    "null_95": {"type": ["number", "null"], "minimum": 0},
}
_DISTANCES = {"isi_ks": "1", "isi_wasserstein": "ms", "isi_energy": "ms^0.5", "isi_anderson_darling": "1"}

_DOUBTS = {"type": "array", "items": {"type": "string", "minLength": 1}}

RUN = _table(
    {
        "stochhh": {"type": "string"},
        "backend": {"enum": ["jump", "diffusion", "per-neuron"]},
        "seed": {"type": "integer", "minimum": 0},
        "n_trials": {"type": "integer", "minimum": 1},
        "duration": _number(exclusiveMinimum=0),
        "transient": _number(minimum=0),
        "settings": {"type": "object", "required": ["threshold", "rearm", "neuron", "input"]},
        "statistics": _table({name: _estimate(unit) for name, unit in UNITS.items()}),
        "timing": _table({"compile_s": _number(minimum=0), "run_s": _number(minimum=0)}),
        "doubts": _DOUBTS,
    }
)

COMPARE = _table(
    {
        "jump": RUN,
        "diffusion": RUN,
        "difference": _table(
            {name: _estimate(unit, optional=["trials_to_settle"], **_DIFFERENCE) for name, unit in UNITS.items()}
        ),
        "distance": _table({name: _estimate(unit, **_DISTANCE) for name, unit in _DISTANCES.items()}),
        "doubts": _DOUBTS,
    }
)
