"""Figures in journal quality: functions that draw on axes, and whole figures saved as PNG and PDF."""

from ..statistics.spikes.page import spike_train_curves, spike_train_table
from .bands import curve, curves
from .comparison import save_comparison_figures
from .forest_plot import forest
from .intervals import distances, estimates
from .isi import isi_density
from .membrane import save_membrane_figures
from .spike_trains import save_spike_train_figures, spike_train_figure
from .spikes import first_spike_times, raster, spectrum
from .style import COLUMN, GREY, PAGE, colour_of, dashes_of, journal, legend_above, letter, new_figure, save
from .traces import currents, gates, save_trace_figure, spike_marks, trace
from .versus import against

__all__ = [
    "COLUMN",
    "GREY",
    "PAGE",
    "against",
    "colour_of",
    "currents",
    "curve",
    "curves",
    "dashes_of",
    "distances",
    "estimates",
    "first_spike_times",
    "forest",
    "gates",
    "isi_density",
    "journal",
    "legend_above",
    "letter",
    "new_figure",
    "raster",
    "save",
    "save_comparison_figures",
    "save_membrane_figures",
    "save_spike_train_figures",
    "save_trace_figure",
    "spectrum",
    "spike_marks",
    "spike_train_curves",
    "spike_train_figure",
    "spike_train_table",
    "trace",
]


def __dir__():
    return __all__
