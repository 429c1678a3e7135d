"""Analytical results: operating point, linear response, exact rates, doubts about the diffusion approximation."""

from ..models.jacobians import jacobian
from ..models.levels import level_doubts
from .bifurcation_points import Bifurcation, Bifurcations, bifurcations
from .equilibrium import fixed_point
from .integrate_and_fire import shot_noise_rate, siegert_rate
from .kick import kick_threshold, rebound_threshold
from .limit_cycles import limit_cycle
from .renewal import DeadTimePoisson
from .response import LinearResponse, autocovariance, linear_response, power_spectrum
from .scales import InputScales, input_scales
from .summary import as_text, theory
from .validity import doubts

__all__ = [
    "Bifurcation",
    "Bifurcations",
    "DeadTimePoisson",
    "InputScales",
    "LinearResponse",
    "as_text",
    "autocovariance",
    "bifurcations",
    "doubts",
    "fixed_point",
    "input_scales",
    "jacobian",
    "kick_threshold",
    "level_doubts",
    "limit_cycle",
    "linear_response",
    "power_spectrum",
    "rebound_threshold",
    "shot_noise_rate",
    "siegert_rate",
    "theory",
]


def __dir__():
    return __all__
