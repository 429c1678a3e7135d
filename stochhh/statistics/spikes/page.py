"""The curves that describe spike trains on a page, and their numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from ...errors import instance
from ...spike_trains import SpikeTrains
from ...trial_windows import DifferentWindowsError
from ..estimate import Curve
from ..kinds import each, given
from .correlogram import autocorrelation
from .count_windows import fano_curve
from .isi_distribution import isi_bins, isi_histogram
from .serial import serial_correlation
from .spectrum import spectrum_bands, spike_spectrum
from .survival import isi_hazard

if TYPE_CHECKING:
    import pandas as pd

    from ...annotations import Spikes

__all__ = ["spike_train_curves", "spike_train_table"]

_CURVES = {
    "isi_hazard": isi_hazard,
    "serial_correlation": serial_correlation,
    "fano_curve": fano_curve,
    "spike_spectrum": spike_spectrum,
    "autocorrelation": autocorrelation,
}
_AXES = {  # of those that need windows of one length
    "fano_curve": {"unit": "1", "x_name": "window", "x_unit": "ms"},
    "spike_spectrum": {"unit": "Hz", "x_name": "frequency", "x_unit": "Hz"},
}


def spike_train_curves(results: Mapping[str, Spikes]) -> dict[str, dict[str, Curve]]:
    """The curves of the page: NAME -> LABEL -> Curve, of isi_histogram and five others.

    Arguments:
        results: LABEL -> Result, or SpikeTrains.

    The histograms of all results are in the same bins, and so are the spectra.
    """
    trains = each("results", results, partial(given, SpikeTrains))
    edges, bands = isi_bins(*trains.values()), _bands(*trains.values())
    of = _CURVES | {"spike_spectrum": partial(spike_spectrum, edges=bands)}
    return {
        "isi_histogram": {label: isi_histogram(spikes, edges) for label, spikes in trains.items()},
        **{
            name: {label: _if_common(name, curve, spikes) for label, spikes in trains.items()}
            for name, curve in of.items()
        },
    }


def _bands(*trains):
    """The frequency bands common to all; None, each then has its own, if one has trials of different windows."""
    try:
        return spectrum_bands(*trains)
    except DifferentWindowsError:
        return None


def _if_common(name, of, spikes):
    """The curve of SpikeTrains, or a missing one where the trials lack the window in common that it needs."""
    try:
        return of(spikes)
    except DifferentWindowsError:
        reason = "the windows of the trials have different lengths"
        return Curve.missing(name, [], reason, level=0.95, n=spikes.n_trials, **_AXES[name])


def spike_train_table(found: Mapping[str, Mapping[str, Curve]]) -> pd.DataFrame:
    """The plotted numbers as a pandas.DataFrame: statistic, result, x, value, low, high, joint_low, joint_high.

    Arguments:
        found: the result of `spike_train_curves`. The units are those of the axes.
    """
    import pandas as pd

    instance("found", found, Mapping, "give what spike_train_curves returned")
    tables = [
        curve.to_dataframe().rename(columns={curve.x_name: "x"}).assign(statistic=name, result=label)
        for name, curves in found.items()
        for label, curve in curves.items()
    ]
    table = pd.concat([t for t in tables if len(t)] or tables)
    return table[["statistic", "result", "x", "value", "low", "high", "joint_low", "joint_high"]]
