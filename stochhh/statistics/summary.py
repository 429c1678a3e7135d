"""All statistics of a result, in their order."""

from .counts import fano_factor, rate
from .estimate import Estimate
from .isi import cv, isi_mean, isi_skewness
from .jackknife import confidence, known_method
from .local import cv2, lv
from .membrane import V_mean, V_skewness, V_variance

__all__ = ["NAMES", "summary"]

_OF_SPIKES = {
    "rate": rate,
    "isi_mean": isi_mean,
    "cv": cv,
    "cv2": cv2,
    "lv": lv,
    "isi_skewness": isi_skewness,
    "fano_factor": fano_factor,
}
_OF_MOMENTS = {"V_mean": (V_mean, "mV"), "V_variance": (V_variance, "mV2"), "V_skewness": (V_skewness, "1")}

NAMES = (*_OF_SPIKES, *_OF_MOMENTS)


def summary(result, level=0.95, method="jackknife"):
    """Every statistic of a result, each with its interval: NAME -> Estimate, in the order of NAMES.

    Arguments:
        result: a Result, or SpikeTrains; where there are no moments of V, its statistics are missing, with the reason.
        level: confidence level of each interval by itself.
        method: of the intervals, "jackknife" or "bootstrap", see `by_trial`.

    Raises InputError for a level outside (0, 0.9999], and for an unknown method.
    """
    level, method = confidence(level), known_method(method)
    spikes, moments = getattr(result, "spikes", result), getattr(result, "moments", None)
    estimates = {name: statistic(spikes, level, method) for name, statistic in _OF_SPIKES.items()}
    for name, (statistic, unit) in _OF_MOMENTS.items():
        if moments is None:
            reason = "the moments of V were not recorded"
            estimates[name] = Estimate.missing(name, reason, level=level, unit=unit, n=0)
        else:
            estimates[name] = statistic(moments, level, method)
    return estimates
