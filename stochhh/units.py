"""The units of the library, how large a quantity may be, and the one conversion between Hz and 1/ms."""

# Time is in ms, so an intensity is in 1/ms; the rate of one presynaptic neuron, and of the neuron
# itself, is given in Hz.
UNITS = {
    "time": "ms",
    "V": "mV",
    "weight": "mV",
    "current": "uA/cm2",
    "conductance": "mS/cm2",
    "capacitance": "uF/cm2",
    "rate": "Hz",
    "intensity": "1/ms",
}

# Magnitudes that a quantity other than 0 may have: far beyond all that lives, and so far within the numbers of a
# computer that sums of their fourth powers are such numbers too. What only adds to others may be as small as it likes.
MAGNITUDES = {
    "time": (0.0, 1e12),
    "V": (0.0, 1e6),
    "weight": (0.0, 1e6),
    "current": (0.0, 1e15),
    "conductance": (1e-30, 1e9),
    "capacitance": (1e-6, 1e9),
    "rate": (0.0, 1e15),
    "intensity": (0.0, 1e15),
}

DURATION = {"above": 0, "unit": UNITS["time"], "magnitude": (1e-6, 1e12)}  # of a run, for `errors.real`

_MS_PER_S = 1000.0


def per_ms(hertz):
    """Turn a rate in Hz into one in 1/ms."""
    return hertz / _MS_PER_S


def hertz(per_ms):
    """Turn a rate in 1/ms into one in Hz."""
    return per_ms * _MS_PER_S
