"""Figures that a journal prints as they are: axes-level drawing, and whole figures saved as PNG and PDF."""

from .against import against
from .comparison import save_comparison_figures
from .curve import curve
from .forest import forest
from .isi import isi_density
from .style import COLUMN, GREY, PAGE, colour_of, dashes_of, journal, legend_above, letter, new_figure, save
from .traces import currents, gates, save_trace_figure, spike_marks, trace

__all__ = [
    "COLUMN",
    "GREY",
    "PAGE",
    "against",
    "colour_of",
    "currents",
    "curve",
    "dashes_of",
    "forest",
    "gates",
    "isi_density",
    "journal",
    "legend_above",
    "letter",
    "new_figure",
    "save",
    "save_comparison_figures",
    "save_trace_figure",
    "spike_marks",
    "trace",
]
