"""Figure of the membrane potential: density, autocovariance and spectrum of V, with their linear response."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..statistics import autocovariance, membrane_density, power_spectrum
from ..statistics.kinds import each, given
from ..statistics.membrane.record import Membrane
from ..theory import autocovariance as linear_autocovariance
from ..theory import linear_response
from ..theory import power_spectrum as linear_spectrum
from .bands import curves
from .style import GREY, PAGE, journal, letter, new_figure, save

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ..annotations import Drive, File
    from ..models.neuron import Neuron
    from ..results import Result

__all__ = ["save_membrane_figures"]


def save_membrane_figures(
    results: Mapping[str, Result | Membrane],
    directory: File,
    stem: str = "membrane",
    *,
    neuron: Neuron | None = None,
    drive: Drive | None = None,
    subthreshold: bool = False,
) -> list[Path]:
    """Save density, autocovariance and power spectrum of V as STEM.png and STEM.pdf, and return the paths.

    Arguments:
        results: LABEL -> Result made with membrane=Sampling(), or Membrane; a label that is the name of a backend has
            its colour and dashes.
        directory: an existing directory.
        stem: file name without its suffix.
        neuron, drive: the model and its input, whose linear response is drawn dash-dotted, in black: a normal
            density, and the autocovariance and spectrum common to jumps and diffusion; None for no line.
        subthreshold: whether density and autocovariance exclude the samples around spikes; the spectrum always includes
            them.

    Linear response does not include spikes, so it is accurate only if the neuron hardly fires. If it does not exist,
    the reason is written instead. Raises InputError if the place cannot be written to.
    """
    kept = each("results", results, partial(given, Membrane))
    theory, reason = (None, None, None), None
    if neuron is not None and drive is not None:
        theory, reason = _linear(neuron, drive)
    found = (
        {label: membrane_density(membrane, subthreshold=subthreshold) for label, membrane in kept.items()},
        {label: autocovariance(membrane, subthreshold=subthreshold) for label, membrane in kept.items()},
        {label: power_spectrum(membrane) for label, membrane in kept.items()},
    )
    with journal():
        figure = new_figure(PAGE, 63)
        axes = figure.subplots(1, 3)
        for ax, estimates, said, text in zip(axes, found, theory, "abc", strict=True):
            curves(estimates, ax, theory=said, theory_label="linear response", legend=False)
            letter(ax, text, 30)
        figure.legend(*axes[-1].get_legend_handles_labels(), loc="outside upper right", ncols=3)
        if reason:
            figure.suptitle(f"no linear response: {reason}", x=0.01, ha="left", fontsize=7, color=GREY)
    return save(figure, directory, stem)


def _linear(neuron, drive):
    """((density, autocovariance, spectrum) as functions, None), or (three times None, why there is none)."""
    response = linear_response(neuron, drive)
    if not response.stable or not response.V_variance > 0:
        return (None, None, None), response.reason
    mean, variance = response.V_mean, response.V_variance
    return (
        lambda V: np.exp(-((V - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance),
        lambda lag: linear_autocovariance(neuron, drive, lag),
        lambda frequency: linear_spectrum(neuron, drive, frequency),
    ), None
