"""The curves that describe spike trains on a page, and their numbers as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .correlogram import autocorrelation
from .count_windows import fano_curve
from .isi_distribution import isi_bins, isi_histogram
from .serial import serial_correlation
from .spectrum import spike_spectrum
from .survival import isi_hazard

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ...annotations import Spikes
    from ..estimate import Curve

__all__ = ["spike_train_curves", "spike_train_table"]

_CURVES = {
    "isi_hazard": isi_hazard,
    "serial_correlation": serial_correlation,
    "fano_curve": fano_curve,
    "spike_spectrum": spike_spectrum,
    "autocorrelation": autocorrelation,
}


def spike_train_curves(results: Mapping[str, Spikes]) -> dict[str, dict[str, Curve]]:
    """The curves of the page: NAME -> LABEL -> Curve, of isi_histogram (in the same bins) and five others.

    Arguments:
        results: LABEL -> Result, or SpikeTrains.
    """
    trains = {label: getattr(result, "spikes", result) for label, result in results.items()}
    edges = isi_bins(*trains.values())
    return {
        "isi_histogram": {label: isi_histogram(spikes, edges) for label, spikes in trains.items()},
        **{name: {label: of(spikes) for label, spikes in trains.items()} for name, of in _CURVES.items()},
    }


def spike_train_table(found: Mapping[str, Mapping[str, Curve]]) -> pd.DataFrame:
    """The plotted numbers as a pandas.DataFrame: statistic, result, x, value, low, high, joint_low, joint_high.

    Arguments:
        found: the result of `spike_train_curves`. The units are those of the axes.
    """
    import pandas as pd

    tables = [
        curve.to_dataframe().rename(columns={curve.x_name: "x"}).assign(statistic=name, result=label)
        for name, curves in found.items()
        for label, curve in curves.items()
    ]
    table = pd.concat([t for t in tables if len(t)] or tables)
    return table[["statistic", "result", "x", "value", "low", "high", "joint_low", "joint_high"]]
