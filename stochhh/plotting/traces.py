"""One trial against time: the membrane potential, the ionic currents, the gates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from ..errors import InputError, choice, instance, integer
from ..models.contract import check_model
from ..results import Result, Traces
from ..spike_trains import SpikeTrains
from ..statistics.kinds import given
from .arguments import checked_stretch
from .style import GREY, PAGE, colour_of, drawing_on, journal, legend_above, letter, new_figure, save

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from ..annotations import File, Spikes
    from ..models.neuron import Neuron

__all__ = ["currents", "gates", "save_trace_figure", "shown", "spike_marks", "time_label", "trace"]

_STRETCH = 300.0  # ms: longer, and single spikes run together on a page
_LINEAR = 5.0  # uA/cm2: currents well above it are shown on a logarithmic scale

# Sodium is vermilion, potassium sky blue, the rest black; lightness and dashes tell them apart in grey.
_VERMILION, _SKY, _BLACK = ("#D55E00", "solid"), ("#56B4E9", (0, (4, 1))), ("#000000", (0, (1.2, 0.8)))
_LOOK = {"I_Na": _VERMILION, "m": _VERMILION, "I_K": _SKY, "n": _SKY, "I_L": _BLACK, "h": _BLACK}
_OTHERS = (("#009E73", "solid"), ("#CC79A7", (0, (4, 1))), (GREY, "solid"))


def shown(*results, start=0.0):
    """The time to show of the first trial of all `results`, (start, stop) in ms.

    300 ms from `start` on, or around the first spike if that is later; the whole of a shorter trial.
    """
    first = max(result.traces.time[0] for result in results)
    last = min(result.traces.time[-1] for result in results)
    times = np.concatenate([result.spikes.with_transient().of(0) for result in results])
    spike = min(times[(times >= start) & (times <= last)], default=start)
    if spike > start + _STRETCH:
        start = 50.0 * np.floor((spike - _STRETCH / 3) / 50.0)
    start = max(first, min(start, last - _STRETCH))
    return start, min(start + _STRETCH, last)


def time_label(traces, stretch):
    """The label of the time axis, with the length shown of a longer trial."""
    whole = traces.time[-1]
    length = stretch[1] - stretch[0]
    if length >= whole - traces.time[0]:
        return "Time (ms)"
    return f"Time (ms); {length:.4g} of {whole:.6g} ms shown"


def trace(
    traces: Traces | Result,
    variable: str = "V",
    ax: Axes | None = None,
    *,
    trial: int = 0,
    stretch: tuple[float, float] | None = None,
    backend: str | None = None,
    label: str | None = None,
) -> Axes:
    """Draw one state variable of one trial against time.

    Arguments:
        traces: a Result with traces, or Traces.
        variable: name of the state variable.
        ax: axes to draw on; None makes new ones.
        trial: number of the trial.
        stretch: (start, stop) of the time shown, ms; None shows the whole.
        backend: name of the backend, which determines the colour.
        label: entry in a legend.

    Returns the axes.
    """
    traces, stretch = given(Traces, traces), checked_stretch(stretch)
    choice("variable", variable, traces.variables)
    with drawing_on(ax, PAGE) as ax:
        time, values = _cut(traces, trial, stretch)
        ax.plot(time, values[traces.variables.index(variable)], color=colour_of(backend), lw=0.8, label=label)
        ax.set_ylabel(f"{_symbol(variable)} (mV)" if variable == "V" else _symbol(variable))
        _time_axis(ax, traces, stretch)
    return ax


def spike_marks(spikes: Spikes, neuron: Neuron, ax: Axes, *, trial: int = 0) -> Axes:
    """Mark the threshold of a neuron, and the spikes of one trial by ticks above the trace of V.

    Arguments:
        spikes: a Result, or SpikeTrains.
        neuron: the neuron model, which defines the threshold.
        ax: axes that show V.
        trial: number of the trial.

    Returns the axes.
    """
    check_model(neuron)
    spikes = given(SpikeTrains, spikes)
    start, stop = instance("ax", ax, Axes).get_xlim()
    times = spikes.with_transient().of(trial)
    times = times[(times >= start) & (times <= stop)]
    level = f"threshold, {neuron.threshold:g} mV"
    ax.axhline(neuron.threshold, color=GREY, lw=0.6, ls=(0, (4, 3)), zorder=0, label=level)
    low, high = ax.get_ylim()
    high = max(high, neuron.threshold) + 0.1 * (high - low)
    ax.set_ylim(low, high)
    if times.size:
        mark = {"ls": "none", "marker": "|", "ms": 5, "mew": 0.9, "color": "black", "clip_on": False}
        ax.plot(times, np.full(times.shape, high), label="spike", **mark)
    return ax


def currents(
    traces: Traces | Result,
    neuron: Any,
    ax: Axes | None = None,
    *,
    trial: int = 0,
    stretch: tuple[float, float] | None = None,
) -> Axes:
    """Draw the ionic currents of one trial against time, on a scale that is linear near zero and logarithmic beyond.

    Arguments:
        traces: a Result with traces, or Traces.
        neuron: the neuron model, whose `currents` (uA/cm2, outward positive) are drawn.
        ax: axes to draw on; None makes new ones.
        trial: number of the trial.
        stretch: (start, stop) of the time shown, ms; None shows the whole.

    During a spike I_Na and I_K reach hundreds of uA/cm2, between spikes a few: a linear scale cannot show both.
    Returns the axes.
    """
    check_model(neuron)
    if not hasattr(neuron, "currents"):
        raise InputError("neuron", neuron, "a model with ionic currents", "add the method currents")
    traces, stretch = given(Traces, traces), checked_stretch(stretch)
    with drawing_on(ax, PAGE) as ax:
        time, values = _cut(traces, trial, stretch)
        _lines(ax, time, neuron.currents(*values))
        ax.set_yscale("asinh", linear_width=_LINEAR)
        ax.yaxis.set_major_locator(FixedLocator([-1000, -100, -10, 0, 10, 100, 1000]))
        between = [k * decade for decade in (1, 10, 100) for k in range(2, 10)]
        ax.yaxis.set_minor_locator(FixedLocator([-y for y in between] + between))
        ax.yaxis.set_major_formatter("{x:.0f}")
        low, high = ax.get_ylim()
        ax.set_ylim(min(low, -12), max(high, 12))
        ax.set_ylabel("Ionic current (µA/cm²)")
        _time_axis(ax, traces, stretch)
        legend_above(ax)
    return ax


def gates(
    traces: Traces | Result, ax: Axes | None = None, *, trial: int = 0, stretch: tuple[float, float] | None = None
) -> Axes:
    """Draw all gating variables of one trial, the state variables except V, against time; returns the axes.

    Arguments:
        traces, ax, trial, stretch: as in `trace`.
    """
    traces, stretch = given(Traces, traces), checked_stretch(stretch)
    with drawing_on(ax, PAGE) as ax:
        time, values = _cut(traces, trial, stretch)
        _lines(ax, time, {k: x for k, x in zip(traces.variables, values, strict=True) if k != "V"})
        ax.set_ylim(0, 1)
        ax.set_ylabel("Gating variable")
        _time_axis(ax, traces, stretch)
        legend_above(ax)
    return ax


def save_trace_figure(result: Result, neuron: Any, directory: File, stem: str = "trace") -> list[Path]:
    """Save V, the ionic currents and the gates of one trial as STEM.png and STEM.pdf, and return the paths.

    Arguments:
        result: a Result with traces.
        neuron: the neuron model that was simulated.
        directory: an existing directory.
        stem: file name without its suffix.

    Of a trial longer than 300 ms, 300 ms are shown: the first, or those around the first spike if that comes later.
    For a model without currents, or without gates, the panel is omitted.
    Raises InputError for a result without traces, and if the place cannot be written to.
    """
    traces = given(Traces, instance("result", result, Result))
    check_model(neuron)
    stretch = shown(result)
    panels = [partial(_potential, result, neuron)]
    if hasattr(neuron, "currents"):
        panels.append(partial(currents, traces, neuron))
    if len(traces.variables) > 1:
        panels.append(partial(gates, traces))
    with journal():
        figure = new_figure(PAGE, 10 + 35 * len(panels))
        axes = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
        for ax, draw, text in zip(axes, panels, "abc", strict=False):
            draw(ax, stretch=stretch)
            ax.label_outer()
            letter(ax, text, 32)
        figure.align_ylabels()
    return save(figure, directory, stem)


def _potential(result, neuron, ax, stretch):
    trace(result.traces, "V", ax, stretch=stretch, backend=result.backend, label=f"$V$, {result.backend}")
    spike_marks(result.spikes, neuron, ax)
    legend_above(ax)


def _cut(traces, trial, stretch):
    """(time, values) of one trial in the stretch, shapes (n,) and (n_variables, n)."""
    integer("trial", trial, at_least=0, at_most=len(traces.values) - 1)
    start, stop = (traces.time[0], traces.time[-1]) if stretch is None else stretch
    first, last = np.searchsorted(traces.time, [start, stop + 1e-9])
    return traces.time[first:last], traces.values[trial, :, first:last]


def _lines(ax, time, curves):
    """Several named curves, each with its style."""
    for i, (name, y) in enumerate(curves.items()):
        colour, dashes = _LOOK.get(name, _OTHERS[i % len(_OTHERS)])
        ax.plot(time, y, color=colour, ls=dashes, lw=0.8, label=_symbol(name))


def _symbol(name):
    """A name such as I_Na as a symbol with its index."""
    head, _, foot = name.partition("_")
    return rf"${head}_\mathrm{{{foot}}}$" if foot else f"${head}$"


def _time_axis(ax, traces, stretch):
    stretch = stretch or (traces.time[0], traces.time[-1])
    ax.set_xlim(*stretch)
    ax.set_xlabel(time_label(traces, stretch))
