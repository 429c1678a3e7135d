"""Axis labels and scales of the statistics."""

import re
from typing import NamedTuple

from matplotlib.ticker import LogLocator, MaxNLocator

__all__ = ["Look", "look_of", "plain_log_ticks"]


class Look(NamedTuple):
    """Labels and scales of a curve.

    Arguments:
        label, x_label: of the axes, with units.
        x_scale, y_scale: "linear" or "log".
        reference: constant value for a Poisson or renewal train, drawn as a thin line; or None.
        from_zero: whether the axis begins at 0.
        top: its upper limit, if there is a largest possible value; or None.
        x_from_zero: whether the horizontal axis begins at 0.
    """

    label: str
    x_label: str
    x_scale: str = "linear"
    y_scale: str = "linear"
    reference: float | None = None
    from_zero: bool = False
    top: float | None = None
    x_from_zero: bool = False


_ISI = "Interspike interval, ISI (ms)"
_LOOKS = {
    "isi_histogram": Look("ISI density (per decade)", _ISI, "log", from_zero=True),
    "isi_kernel_density": Look("ISI density (1/ms)", _ISI, "log", from_zero=True),
    "isi_survival": Look("Fraction of longer ISIs", _ISI, y_scale="log", top=1.0),
    "isi_hazard": Look("Hazard (1/ms)", "Time since the last spike (ms)", "log", from_zero=True),
    "serial_correlation": Look("Serial correlation of the ISIs", "Lag (ISIs)", reference=0.0),
    "fano_curve": Look("Fano factor of the count", "Counting window (ms)", "log", reference=1.0, from_zero=True),
    "spike_spectrum": Look("Power of the train (Hz)", "Frequency (Hz)", "log", from_zero=True),
    "autocorrelation": Look("Rate after a spike (Hz)", "Time since a spike (ms)", from_zero=True, x_from_zero=True),
}
_KINDS = "density|autocovariance|power_spectrum"
_MEMBRANE = re.compile(rf"(?:(?P<variable>\w+?)_)?(?P<kind>{_KINDS})(?P<part>_subthreshold)?")


def look_of(estimate):
    """The Look of a Curve; by default its name, its units and linear scales."""
    if estimate.name in _LOOKS:
        return _LOOKS[estimate.name]
    found = _MEMBRANE.fullmatch(estimate.name)
    return _of_membrane(estimate, **found.groupdict()) if found else Look(*_names(estimate))


def _of_membrane(estimate, variable, kind, part):
    """The look of the density, autocovariance or spectrum of a state variable."""
    variable = "V" if variable in (None, "membrane") else variable
    of = f"${variable}$" + (" between spikes" if part else "") + _bracketed(estimate.unit)
    if kind == "density":
        named = "Membrane potential, " if variable == "V" else ""
        x_label = f"{named}${variable}${_bracketed(estimate.x_unit)}"
        return Look(f"Density of {of}", x_label, from_zero=True)
    if kind == "autocovariance":
        return Look(f"Autocovariance of {of}", "Lag (ms)", reference=0.0)
    return Look(f"Power of {of}", "Frequency (Hz)", "log", "log")


def _names(estimate):
    return tuple(
        name[:1].upper() + name[1:].replace("_", " ") + _bracketed(unit)
        for name, unit in ((estimate.name, estimate.unit), (estimate.x_name, estimate.x_unit))
    )


def _bracketed(unit):
    return "" if unit == "1" else f" ({unit.replace('mV2', 'mV²')})"


def plain_log_ticks(axis):
    """Plain numbers on a logarithmic axis: of each decade 1, 2 and 5, or 1 and 3, where there is room."""
    low, high = sorted(axis.get_view_interval())
    if not 0 < low < high < float("inf") or not 1e-4 < low < high < 1e6:
        return
    subs = (1, 2, 5) if high < 100 * low else (1, 3) if high < 1000 * low else (1,)
    axis.set_major_locator(MaxNLocator(4) if high < 3 * low else LogLocator(subs=subs))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter("")
