"""The units of the library, and the one conversion between Hz and 1/ms."""

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

_MS_PER_S = 1000.0


def per_ms(hertz):
    """Turn a rate in Hz into one in 1/ms."""
    return hertz / _MS_PER_S


def hertz(per_ms):
    """Turn a rate in 1/ms into one in Hz."""
    return per_ms * _MS_PER_S
