"""All analytical results for a neuron and its input, as one dictionary, and as text."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from ..errors import InputError, instance
from ..inputs import SynapticInput
from ..messages import escaped
from ..models import LeakyIntegrateAndFire
from ..models.levels import level_doubts
from .arguments import checked
from .bifurcation_points import bifurcations
from .equilibrium import fixed_point
from .integrate_and_fire import shot_noise_rate, siegert_rate
from .kick import LARGEST_KICK
from .response import linear_response, power_spectrum
from .scales import input_scales
from .validity import doubts_at

if TYPE_CHECKING:
    from typing import Any

    from ..annotations import Drive
    from ..models.neuron import Neuron

__all__ = ["as_text", "theory"]

_MOMENTS = {"V_mean": "mV", "V_variance": "mV2", "V_skewness": "1", "V_kurtosis": "1"}
_SCALES = (
    "kick_threshold", "rebound_threshold", "membrane_time_constant", "events_per_time_constant", "passive_skewness"
)  # fmt: skip
_CURRENT = "uA/cm2"
_RATES = {"rate_jump": shot_noise_rate, "rate_diffusion": siegert_rate}


def theory(neuron: Neuron, drive: Drive) -> dict[str, Any]:
    """Analytical results for a neuron and its input, without simulation, ready for JSON.

        Lambda, lambda_k / Lambda, kappa_j;   f(x) = 0;   f(x) + kappa_1 e = 0, J, moments of V; doubts

    Arguments:
        neuron: a model, such as HodgkinHuxley().
        drive: a SynapticInput, a Population or a list of Populations.

    Returns a dictionary: `intensity`, `populations` (name -> intensity, probability), `cumulants` ("1" to "4"),
    `rest` (under I_app alone) and `operating_point` (under the mean input too), by name of the variable,
    `eigenvalues` and `stable` of the latter, the numbers of `input_scales` by their names, `V_mean`, `V_variance`,
    `V_skewness`, `V_kurtosis` of the linear response and `V_power_at_zero`, the limit of its spectrum at frequency 0,
    `bifurcations` under a constant current, `doubts`; for a LeakyIntegrateAndFire `rate_jump` and `rate_diffusion` too.
    A number is {"value", "unit"}; one that is undefined is None, with its "reason". Exact except for the linear
    response, see `linear_response`.
    """
    drive = checked(neuron, drive)
    response, scales = linear_response(neuron, drive), input_scales(neuron, drive)
    return {
        "intensity": _quantity(drive.intensity, "1/ms"),
        "populations": {
            population.name: {
                "intensity": _quantity(population.intensity, "1/ms"),
                "probability": _quantity(probability, "1"),
            }
            for population, probability in zip(drive.populations, drive.probabilities, strict=True)
        },
        "cumulants": {str(j): _known(drive.cumulant, j, unit=f"mV{j if j > 1 else ''}/ms") for j in (1, 2, 3, 4)},
        "rest": _state(neuron, fixed_point(neuron, SynapticInput()), "there is no fixed point under I_app alone"),
        "operating_point": _state(neuron, response.state, response.reason),
        "eigenvalues": [{"real": l.real, "imag": l.imag, "unit": "1/ms"} for l in response.eigenvalues or ()],
        "stable": response.stable,
        **_scales(scales, response),
        **{name: _quantity(getattr(response, name), unit, response.reason) for name, unit in _MOMENTS.items()},
        "V_power_at_zero": _quantity(
            float(power_spectrum(neuron, drive, 0.0)) if response.stable else None, "mV2/Hz", response.reason
        ),
        "bifurcations": _bifurcations(neuron, drive),
        **_rates(neuron, drive),
        "doubts": [*level_doubts(neuron), *doubts_at(neuron, drive, scales)],
    }


def _scales(scales, response):
    """The InputScales as quantities."""
    tau, kick = scales.membrane_time_constant, "there is no stable operating point below the threshold"
    skewness = "the input has no third cumulant, or does not fluctuate" if tau is not None else response.reason
    rebound = kick if scales.kick_threshold is None else f"no kick down to -{LARGEST_KICK:g} mV makes a spike"
    return {
        "kick_threshold": _quantity(scales.kick_threshold, "mV", kick),
        "rebound_threshold": _quantity(scales.rebound_threshold, "mV", rebound),
        "membrane_time_constant": _quantity(tau, "ms", response.reason),
        "events_per_time_constant": _quantity(scales.events_per_time_constant, "1", response.reason),
        "passive_skewness": _quantity(scales.passive_skewness, "1", skewness),
    }


def _bifurcations(neuron, drive):
    """The bifurcations and the mean input of the neuron, all as currents."""
    found = bifurcations(neuron)
    capacitance, applied = getattr(neuron, "C_m", None), getattr(neuron, "I_app", None)
    mean = None
    if capacitance is not None and applied is not None and drive.target == "V":
        mean = applied + capacitance * drive.cumulant(1)
    return {
        "hopf": [
            {"I_app": _quantity(point.I_app, _CURRENT), "V": _quantity(point.V, "mV"),
             "frequency": _quantity(point.frequency, "Hz")}
            for point in found.hopf
        ],
        "saddle_node": [
            {"I_app": _quantity(point.I_app, _CURRENT), "V": _quantity(point.V, "mV")} for point in found.saddle_node
        ],
        "cycle_fold": _quantity(found.cycle_fold, _CURRENT, found.reason),
        "mean_current": _quantity(mean, _CURRENT, "the input does not act on a membrane of known capacitance"),
        "regime": None if mean is None else found.regime(mean) or _unforked(neuron, drive),
    }  # fmt: skip


def _unforked(neuron, drive):
    """The behaviour of a neuron without bifurcations under the mean of its input."""
    rest = fixed_point(neuron, drive)
    if rest is not None and rest[0] <= neuron.threshold:
        return "silent: it stays at rest"
    return "it fires repetitively: nothing holds V below the threshold" if hasattr(neuron, "reset") else None


def _rates(neuron, drive):
    """Exactly known rates, by name."""
    if not isinstance(neuron, LeakyIntegrateAndFire):
        return {}
    return {name: _known(rate, neuron, drive, unit="Hz") for name, rate in _RATES.items()}


def _known(function, *arguments, unit):
    """The value of a function, or the reason why it is undefined."""
    try:
        return _quantity(float(function(*arguments)), unit)
    except InputError as error:
        return _quantity(None, unit, str(error))


def _quantity(value, unit, reason=None):
    if value is None:
        return {"value": None, "unit": unit, "reason": reason}
    if not isfinite(value):
        return {"value": None, "unit": unit, "reason": "too large for a floating-point number"}
    return {"value": float(value), "unit": unit}


def _state(neuron, state, reason):
    values = (None,) * len(neuron.variables) if state is None else state
    units = ("mV", *("1" for _ in neuron.variables[1:]))
    return {
        name: _quantity(value, unit, reason) for name, value, unit in zip(neuron.variables, values, units, strict=True)
    }


def as_text(theory: dict[str, Any]) -> str:
    """The dictionary that theory() returns, as text, without a final newline.

    Arguments:
        theory: what theory() returned.

    Numbers are rounded to six digits.
    """
    instance("theory", theory, dict, "give what theory() returned")
    lines = ["Input", _line("intensity", theory["intensity"])]
    for name, population in theory["populations"].items():
        lines.append(f"{_line(name, population['intensity'])}, share of events {_number(population['probability'])}")
    lines += [_line(f"kappa_{j}", kappa) for j, kappa in theory["cumulants"].items()]
    lines += ["", "Rest, under I_app alone", *(_line(*item) for item in theory["rest"].items())]
    lines += ["", "Operating point, under I_app and the mean input"]
    lines += [_line(*item) for item in theory["operating_point"].items()]
    if theory["eigenvalues"]:
        lines.append(_row("stability", "stable" if theory["stable"] else "unstable"))
    lines += [_row("eigenvalue", _complex(l)) for l in theory["eigenvalues"]]
    lines += [_line(name, theory[name]) for name in _SCALES]
    lines += ["", "Linear response of V, below threshold and without spikes", *(_line(n, theory[n]) for n in _MOMENTS)]
    lines.append(_line("V_power_at_zero", theory["V_power_at_zero"]))
    lines += ["", "Bifurcations, under a constant current", *_bifurcation_lines(theory["bifurcations"])]
    rates = [_line(name, theory[name]) for name in _RATES if name in theory]
    lines += ["", "Firing rate, exact", *rates] if rates else []
    lines += ["", "Doubts"]
    lines += [f"  - {doubt}" for doubt in theory["doubts"]] or ["  none in advance; only a simulation can exclude them"]
    return "\n".join(lines)


def _bifurcation_lines(found):
    for point in found["saddle_node"]:
        yield f"{_line('saddle-node of rest', point['I_app'])}, V = {_number(point['V'])}"
    for point in found["hopf"]:
        yield f"{_line('Hopf', point['I_app'])}, V = {_number(point['V'])}, {_number(point['frequency'])}"
    yield _line("fold of limit cycles", found["cycle_fold"])
    yield _line("I_app and mean input", found["mean_current"])
    if found["regime"]:
        yield _row("without fluctuations", found["regime"])


def _line(label, quantity):
    return _row(label, _number(quantity))


def _row(label, text):
    return f"  {escaped(label):<24} {text}"


def _number(quantity):
    if quantity["value"] is None:
        return f"none: {quantity['reason']}"
    unit = "" if quantity["unit"] == "1" else f" {quantity['unit']}"
    return f"{quantity['value']:.6g}{unit}"


def _complex(l):
    imag = f" {'-' if l['imag'] < 0 else '+'} {abs(l['imag']):.6g} i" if l["imag"] else ""
    return f"{l['real']:.6g}{imag} {l['unit']}"
