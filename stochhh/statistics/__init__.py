"""Statistics of spike trains and of the membrane potential; every estimate carries its uncertainty."""

from .counts import fano_factor, rate
from .distance import isi_distances
from .estimate import Estimate
from .isi import cv, isi_mean, isi_skewness
from .local import cv2, lv
from .membrane import V_mean, V_skewness, V_variance
from .summary import NAMES, summary

__all__ = [
    "NAMES",
    "Estimate",
    "V_mean",
    "V_skewness",
    "V_variance",
    "cv",
    "cv2",
    "fano_factor",
    "isi_distances",
    "isi_mean",
    "isi_skewness",
    "lv",
    "rate",
    "summary",
]
