"""Statistics of spike trains and of the membrane potential; every estimate carries its uncertainty."""

from importlib import import_module

TYPE_CHECKING = False  # as type checkers read it; to import it from typing would take longer than all else here

if TYPE_CHECKING:  # for editors and type checkers, which do not see what is loaded when it is first used
    from .compare.differences import Difference as Difference
    from .compare.distance import Distance as Distance
    from .compare.distance import isi_distances as isi_distances
    from .compare.train_distance import PairedDistance as PairedDistance
    from .compare.train_distance import train_distances as train_distances
    from .estimate import (
        ASINH as ASINH,
    )
    from .estimate import (
        FISHER as FISHER,
    )
    from .estimate import (
        LOG as LOG,
    )
    from .estimate import (
        LOGIT as LOGIT,
    )
    from .estimate import (
        PLAIN as PLAIN,
    )
    from .estimate import (
        ROOT as ROOT,
    )
    from .estimate import (
        Curve as Curve,
    )
    from .estimate import (
        Estimate as Estimate,
    )
    from .estimate import (
        Quantity as Quantity,
    )
    from .estimate import (
        Scale as Scale,
    )
    from .estimate import (
        TrialSums as TrialSums,
    )
    from .membrane.curves import (
        autocovariance as autocovariance,
    )
    from .membrane.curves import (
        membrane_density as membrane_density,
    )
    from .membrane.curves import (
        power_spectrum as power_spectrum,
    )
    from .membrane.moments import (
        V_kurtosis as V_kurtosis,
    )
    from .membrane.moments import (
        V_mean as V_mean,
    )
    from .membrane.moments import (
        V_skewness as V_skewness,
    )
    from .membrane.moments import (
        V_variance as V_variance,
    )
    from .membrane.moments import (
        membrane_kurtosis as membrane_kurtosis,
    )
    from .membrane.moments import (
        membrane_mean as membrane_mean,
    )
    from .membrane.moments import (
        membrane_skewness as membrane_skewness,
    )
    from .membrane.moments import (
        membrane_variance as membrane_variance,
    )
    from .membrane.record import Membrane as Membrane
    from .membrane.sampling import Sampling as Sampling
    from .overview import NAMES as NAMES
    from .overview import summary as summary
    from .spikes.correlogram import autocorrelation as autocorrelation
    from .spikes.count_windows import fano_curve as fano_curve
    from .spikes.counts import fano_factor as fano_factor
    from .spikes.counts import rate as rate
    from .spikes.first_spike import (
        first_spikes as first_spikes,
    )
    from .spikes.first_spike import (
        jitter as jitter,
    )
    from .spikes.first_spike import (
        latency as latency,
    )
    from .spikes.first_spike import (
        latency_median as latency_median,
    )
    from .spikes.first_spike import (
        response_probability as response_probability,
    )
    from .spikes.isi import cv as cv
    from .spikes.isi import isi_kurtosis as isi_kurtosis
    from .spikes.isi import isi_mean as isi_mean
    from .spikes.isi import isi_skewness as isi_skewness
    from .spikes.isi_distribution import (
        isi_bins as isi_bins,
    )
    from .spikes.isi_distribution import (
        isi_histogram as isi_histogram,
    )
    from .spikes.isi_distribution import (
        isi_kernel_density as isi_kernel_density,
    )
    from .spikes.isi_distribution import (
        log_isi_mean as log_isi_mean,
    )
    from .spikes.isi_distribution import (
        log_isi_sd as log_isi_sd,
    )
    from .spikes.local import cv2 as cv2
    from .spikes.local import lv as lv
    from .spikes.local import lvr as lvr
    from .spikes.serial import serial_correlation as serial_correlation
    from .spikes.spectrum import (
        renewal_limit as renewal_limit,
    )
    from .spikes.spectrum import (
        spectrum_at_zero as spectrum_at_zero,
    )
    from .spikes.spectrum import (
        spike_spectrum as spike_spectrum,
    )
    from .spikes.survival import isi_hazard as isi_hazard
    from .spikes.survival import isi_survival as isi_survival
    from .statistic import Statistic as Statistic
    from .statistic import register as register
    from .uncertainty import Replicated as Replicated
    from .uncertainty import by_trial as by_trial
    from .uncertainty import curve_by_trial as curve_by_trial

# Public names and their modules, imported on first use: results use `membrane`, and statistics use results.
_HOME = {
    "ASINH": "estimate",
    "Curve": "estimate",
    "Difference": "compare.differences",
    "Distance": "compare.distance",
    "Estimate": "estimate",
    "FISHER": "estimate",
    "LOG": "estimate",
    "LOGIT": "estimate",
    "Membrane": "membrane.record",
    "NAMES": "overview",
    "PLAIN": "estimate",
    "PairedDistance": "compare.train_distance",
    "Quantity": "estimate",
    "ROOT": "estimate",
    "Replicated": "uncertainty",
    "Sampling": "membrane.sampling",
    "Scale": "estimate",
    "Statistic": "statistic",
    "TrialSums": "estimate",
    "V_kurtosis": "membrane.moments",
    "V_mean": "membrane.moments",
    "V_skewness": "membrane.moments",
    "V_variance": "membrane.moments",
    "autocorrelation": "spikes.correlogram",
    "autocovariance": "membrane.curves",
    "by_trial": "uncertainty",
    "curve_by_trial": "uncertainty",
    "cv": "spikes.isi",
    "cv2": "spikes.local",
    "fano_curve": "spikes.count_windows",
    "fano_factor": "spikes.counts",
    "first_spikes": "spikes.first_spike",
    "isi_bins": "spikes.isi_distribution",
    "isi_distances": "compare.distance",
    "isi_hazard": "spikes.survival",
    "isi_histogram": "spikes.isi_distribution",
    "isi_kernel_density": "spikes.isi_distribution",
    "isi_kurtosis": "spikes.isi",
    "isi_mean": "spikes.isi",
    "isi_skewness": "spikes.isi",
    "isi_survival": "spikes.survival",
    "jitter": "spikes.first_spike",
    "latency": "spikes.first_spike",
    "latency_median": "spikes.first_spike",
    "log_isi_mean": "spikes.isi_distribution",
    "log_isi_sd": "spikes.isi_distribution",
    "lv": "spikes.local",
    "lvr": "spikes.local",
    "membrane_density": "membrane.curves",
    "membrane_kurtosis": "membrane.moments",
    "membrane_mean": "membrane.moments",
    "membrane_skewness": "membrane.moments",
    "membrane_variance": "membrane.moments",
    "power_spectrum": "membrane.curves",
    "rate": "spikes.counts",
    "register": "statistic",
    "renewal_limit": "spikes.spectrum",
    "response_probability": "spikes.first_spike",
    "serial_correlation": "spikes.serial",
    "spectrum_at_zero": "spikes.spectrum",
    "spike_spectrum": "spikes.spectrum",
    "summary": "overview",
    "train_distances": "compare.train_distance",
}

__all__ = sorted(_HOME)


if not TYPE_CHECKING:  # to type checkers it would make every name a public one

    def __getattr__(name):
        if name in _HOME:
            return getattr(import_module(f".{_HOME[name]}", __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
