"""What can be said without simulating: operating point, linear response, exact rates, where diffusion is doubtful."""

from ..models.jacobian import jacobian
from .bifurcations import Bifurcation, Bifurcations, bifurcations
from .fixed_point import fixed_point
from .input_scales import InputScales, input_scales
from .integrate_and_fire import shot_noise_rate, siegert_rate
from .kick import kick_threshold, rebound_threshold
from .limit_cycles import limit_cycle
from .linear_response import LinearResponse, autocovariance, linear_response, power_spectrum
from .renewal import DeadTimePoisson
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
    "limit_cycle",
    "linear_response",
    "power_spectrum",
    "rebound_threshold",
    "shot_noise_rate",
    "siegert_rate",
    "theory",
]
