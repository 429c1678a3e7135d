"""Figures that a journal prints as they are: axes-level drawing, and whole figures saved as PNG and PDF."""

from .comparison import save_comparison_figures
from .forest import forest
from .isi import isi_bins, isi_density
from .style import colour_of, save
from .traces import currents, gates, save_trace_figure, spike_marks, trace

__all__ = [
    "colour_of",
    "currents",
    "forest",
    "gates",
    "isi_bins",
    "isi_density",
    "save",
    "save_comparison_figures",
    "save_trace_figure",
    "spike_marks",
    "trace",
]
