"""Statistics of spike trains and of the membrane potential; every estimate carries its uncertainty."""

from .autocorrelation import autocorrelation
from .counts import fano_factor, rate
from .curve import Curve
from .difference import Difference
from .distance import Distance, isi_distances
from .estimate import Estimate
from .fano_curve import fano_curve
from .isi import cv, isi_kurtosis, isi_mean, isi_skewness
from .isi_law import isi_bins, isi_histogram, isi_kernel_density, log_isi_mean, log_isi_sd
from .latency import first_spikes, jitter, latency, latency_median, response_probability
from .local import cv2, lv, lvr
from .membrane import (
    V_kurtosis,
    V_mean,
    V_skewness,
    V_variance,
    membrane_kurtosis,
    membrane_mean,
    membrane_skewness,
    membrane_variance,
)
from .membrane_curves import autocovariance, membrane_density, power_spectrum
from .serial import serial_correlation
from .spectrum import renewal_limit, spectrum_at_zero, spike_spectrum
from .summary import NAMES, summary
from .survival import isi_hazard, isi_survival
from .train_distance import PairedDistance, train_distances

__all__ = [
    "NAMES",
    "Curve",
    "Difference",
    "Distance",
    "Estimate",
    "PairedDistance",
    "V_kurtosis",
    "V_mean",
    "V_skewness",
    "V_variance",
    "autocorrelation",
    "autocovariance",
    "cv",
    "cv2",
    "fano_curve",
    "fano_factor",
    "first_spikes",
    "isi_bins",
    "isi_distances",
    "isi_hazard",
    "isi_histogram",
    "isi_kernel_density",
    "isi_kurtosis",
    "isi_mean",
    "isi_skewness",
    "isi_survival",
    "jitter",
    "latency",
    "latency_median",
    "log_isi_mean",
    "log_isi_sd",
    "lv",
    "lvr",
    "membrane_density",
    "membrane_kurtosis",
    "membrane_mean",
    "membrane_skewness",
    "membrane_variance",
    "power_spectrum",
    "rate",
    "renewal_limit",
    "response_probability",
    "serial_correlation",
    "spectrum_at_zero",
    "spike_spectrum",
    "summary",
    "train_distances",
]
