"""What can be said without simulating: operating point, linear response, exact rates, where diffusion is doubtful."""

from ..models.jacobian import jacobian
from .fixed_point import fixed_point
from .integrate_and_fire import shot_noise_rate, siegert_rate
from .kick import kick_threshold
from .linear_response import LinearResponse, linear_response
from .summary import as_text, theory
from .validity import doubts

__all__ = [
    "LinearResponse",
    "as_text",
    "doubts",
    "fixed_point",
    "jacobian",
    "kick_threshold",
    "linear_response",
    "shot_noise_rate",
    "siegert_rate",
    "theory",
]
