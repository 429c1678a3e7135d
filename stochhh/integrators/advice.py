"""What to do where an equation cannot be integrated: weaken the input, or take another step."""

from ..errors import UnstableStepError

__all__ = ["calmer", "out_of_range", "shorter"]


def out_of_range(where, V, system):
    """The error of a trial in which the input drove V (mV) out of the range of a System."""
    low, high = system.ranges[0]
    return UnstableStepError(
        f"{where}: V = {V:.4g} mV left the range of {system.name}, {low:g} to {high:g} mV: {calmer(system, V)}"
    )


def calmer(system, V):
    """What to weaken where the input drives V (mV) too far; I_app only if it pushes to that side of the threshold."""
    pushed = getattr(system.parameters, "I_app", 0.0) * (V - system.spike_rule.threshold) > 0
    return f"bring {'I_app, ' if pushed else ''}the weights or the rates closer to 0"


def shorter(system, x, dt, limit):
    """What to do where V at the state x relaxes too fast for a step of dt, ms; None where it does not.

    An explicit scheme is unstable where dt times the membrane rate exceeds `limit`, whatever the input.
    """
    rate = system.membrane_rate(x, system.parameters)
    if not dt * rate > limit:
        return None
    said = f"the membrane rate g/C reaches {rate:.4g} per ms, and dt times it must not exceed {limit:g}"
    return f"{said}: take a smaller dt, at most {limit / rate:.3g} ms here"
