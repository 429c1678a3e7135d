"""The common style of all figures: journal sizes, 7 pt text, one colour per backend; nothing is set globally."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from matplotlib import rcParams, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..errors import instance, real
from ..files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from matplotlib.legend import Legend

    from ..annotations import File

__all__ = [
    "COLUMN",
    "GREY",
    "PAGE",
    "colour_of",
    "dashes_of",
    "drawing_on",
    "journal",
    "legend_above",
    "letter",
    "new_figure",
    "save",
]

COLUMN, PAGE = 85.0, 178.0  # widths of a journal's column and page, mm
GREY = "0.45"
_INCH = 25.4  # mm

_JOURNAL = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same figure on every machine
    "font.size": 7,
    "axes.labelsize": 7,
    "axes.labelpad": 2,
    "axes.titlesize": 7,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.xmargin": 0,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.pad": 2,
    "ytick.major.pad": 2,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 2,
    "legend.columnspacing": 1.4,
    "legend.handletextpad": 0.5,
    "lines.linewidth": 0.9,
    "mathtext.fontset": "dejavusans",
    "pdf.fonttype": 42,  # TrueType, as journals ask
    "savefig.dpi": 300,
}

# matplotlib has one set of parameters for all threads.
_ONE_AT_A_TIME = RLock()


@contextmanager
def journal() -> Iterator[None]:
    """Use the style of a journal inside the block, without changing the user's settings."""
    with _ONE_AT_A_TIME, style.context(["default", _JOURNAL]):
        yield


def new_figure(width: float, height: float) -> Figure:
    """Make an empty figure outside pyplot, so that it needs no display and is not kept in memory.

    Arguments:
        width, height: size, mm.
    """
    width, height = (real(name, size, above=0, unit="mm") for name, size in (("width", width), ("height", height)))
    return Figure(figsize=(width / _INCH, height / _INCH), layout="constrained")


@contextmanager
def drawing_on(ax, width=COLUMN, height=50.0):
    """Yield `ax` as it is, or, if it is None, new axes of a figure of their own in the style of a journal."""
    if ax is not None:
        yield instance("ax", ax, Axes, "leave it out to draw on new axes")
        return
    with journal():
        ax = new_figure(width, height).add_subplot()
        # Ticks are made when first drawn, perhaps outside this block.
        for axis in "xy":
            for which in ("major", "minor"):
                size, breadth = (rcParams[f"{axis}tick.{which}.{key}"] for key in ("size", "width"))
                ax.tick_params(axis=axis, which=which, length=size, width=breadth, labelsize=7)
        yield ax


def colour_of(backend: str | None) -> str:
    """The colour of a backend in every figure; grey for an unknown one.

    Arguments:
        backend: name of the backend, or None.
    """
    return GREY if backend is None else _look(backend, "colour")


def dashes_of(backend: str | None) -> Any:
    """The line style of a backend where lines cross.

    Arguments:
        backend: name of the backend, or None.
    """
    return "solid" if backend is None else _look(backend, "dashes")


def _look(name, member):
    """What the backend of a name says of its lines."""
    from ..backends import BACKENDS  # it loads a compiler, which figures without a backend do not need
    from ..backends.backend import Defaults, completed

    return getattr(completed(BACKENDS[name]()) if name in BACKENDS else Defaults, member)


def legend_above(
    ax: Axes, handles: Sequence[Any] | None = None, labels: Sequence[str] | None = None, **where: Any
) -> Legend:
    """Draw a legend in one row above the axes, where it covers nothing.

    Arguments:
        ax: matplotlib axes.
        handles, labels: as for `Axes.legend`; by default those of the axes.
        where: further keywords of `Axes.legend`.
    """
    instance("ax", ax, Axes)
    if handles is None:
        handles, labels = ax.get_legend_handles_labels()
    place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "ncols": max(len(handles), 1)} | where
    return ax.legend(handles, labels, borderaxespad=0.2, **place)


def letter(ax: Axes, text: str, left: float) -> None:
    """Write the letter of a panel at the top left of its axes.

    Arguments:
        ax: matplotlib axes.
        text: the letter.
        left: distance to the left of the axes, points.
    """
    instance("ax", ax, Axes)
    place = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "left", "va": "bottom"}
    ax.annotate(text, (0, 1), (-left, 2), fontsize=9, fontweight="bold", **place)


def save(figure: Figure, directory: File, stem: str) -> list[Path]:
    """Write a figure as DIRECTORY/STEM.png (300 dpi) and STEM.pdf (vectors, fonts embedded); their paths.

    Arguments:
        figure: a matplotlib Figure.
        directory: an existing directory.
        stem: file name without its suffix.

    Each file is written completely or not at all, and without a date, so that the same figure gives the same bytes.
    Raises InputError if the place cannot be written to, SimulationError if writing fails.
    """
    instance("figure", figure, Figure)
    paths = []
    with journal(), _laid_out(figure), _glyphs_alone():
        for kind, undated in (("png", "Software"), ("pdf", "CreationDate")):
            path = Path(directory) / f"{stem}.{kind}"
            with replacing(path) as part:
                figure.savefig(part, format=kind, metadata={undated: None})
            paths.append(path)
    return paths


@contextmanager
def _laid_out(figure):
    """Compute the layout of a figure once for all its files."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine(None)
    yield
    figure.set_layout_engine(engine)


@contextmanager
def _glyphs_alone():
    """Embed fonts without the tables that lay out other scripts: no reader of a PDF needs them, and to cut them down
    takes longer than to draw the figure."""
    from fontTools.subset import Options

    kept = Options._drop_tables_default
    Options._drop_tables_default = [*kept, "GDEF", "GPOS", "GSUB"]
    try:
        yield
    finally:
        Options._drop_tables_default = kept
