"""The constants of a model: what each may be, and how the vector field receives them."""

from ..errors import InputError, real, within
from ..units import MAGNITUDES, UNITS

__all__ = [
    "CAPACITANCE",
    "CONDUCTANCE",
    "CURRENT",
    "FACTOR",
    "GATE",
    "LEVEL",
    "POTENTIAL",
    "SLOPE",
    "TIME",
    "V_RANGE",
    "check",
    "packed",
]

V_RANGE = (-1000.0, 1000.0)  # mV
GATE = (0.0, 1.0)
_APART = 1e-6  # mV, between the threshold and the level below it

CAPACITANCE = {"above": 0, "unit": UNITS["capacitance"], "magnitude": MAGNITUDES["capacitance"]}
CONDUCTANCE = {"at_least": 0, "unit": UNITS["conductance"], "magnitude": MAGNITUDES["conductance"]}
CURRENT = {"unit": UNITS["current"], "magnitude": MAGNITUDES["current"]}
POTENTIAL = {"unit": UNITS["V"], "magnitude": MAGNITUDES["V"]}
SLOPE = {"above": 0, "unit": UNITS["V"], "magnitude": (1.5, 1e6)}  # cosh of V_RANGE over twice the least is a number
FACTOR = {"above": 0, "magnitude": (1e-6, 1e6)}
TIME = {"at_least": 0, "unit": UNITS["time"], "magnitude": MAGNITUDES["time"]}

LEVEL = {"above": V_RANGE[0], "at_most": V_RANGE[1], "unit": UNITS["V"]}


def check(neuron, **bounds):
    """Make every constant of a new neuron a float within its bounds, and its initial state one of the model's.

    Arguments:
        neuron: a frozen dataclass with the fields threshold, rearm or reset, and initial, and those named in `bounds`.
        bounds: for each constant what `errors.real` is to hold it to, such as CONDUCTANCE.

    Raises InputError, by name.
    """
    lower = "reset" if hasattr(neuron, "reset") else "rearm"
    for key, bound in {**bounds, "threshold": LEVEL, lower: LEVEL}.items():
        object.__setattr__(neuron, key, real(key, getattr(neuron, key), **bound))
    if not getattr(neuron, lower) <= neuron.threshold - _APART:
        why = "a spike would trigger the next" if lower == "reset" else "noise would count one spike many times"
        allowed = f"below the threshold, {neuron.threshold:g} mV, by at least {_APART:g} mV, since otherwise {why}"
        raise InputError(lower, getattr(neuron, lower), allowed)
    object.__setattr__(neuron, "initial", _checked_initial(neuron))


def _checked_initial(neuron):
    """The initial state as a tuple of floats, or "rest"; InputError for anything else."""
    initial, names = neuron.initial, neuron.variables
    if isinstance(initial, str) and initial == "rest":
        return initial
    try:
        state = () if isinstance(initial, str) else tuple(initial)
    except TypeError:
        state = ()
    if len(state) != len(names):
        wanted = f"a list of {len(names)}, {', '.join(names)}" if len(names) > 1 else f"a list of one, [{names[0]}]"
        raise InputError("initial", initial, f'{wanted}, or "rest"')
    with within(argument="initial"):
        return tuple(
            real(name, value, at_least=low, at_most=high)
            for name, value, (low, high) in zip(names, state, neuron.ranges, strict=True)
        )


def packed(kind, neuron):
    """The neuron's constants as a named tuple of that kind, in which per_X is 1/X.

    A multiplication is many times cheaper than a division.
    """
    return kind(*(1.0 / getattr(neuron, k[4:]) if k.startswith("per_") else getattr(neuron, k) for k in kind._fields))
