"""Statistics of spike trains and of the membrane potential; every estimate carries its uncertainty."""

from importlib import import_module

# Public names and where they live; loaded when first used, since results are kept in terms of `membrane`, and the
# statistics are made of results.
_HOME = {
    "ASINH": "estimate",
    "Curve": "estimate",
    "Difference": "compare.difference",
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


def __getattr__(name):
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
