"""The models in the other parts of the library: experiment files, theory, backends, comparison.

Would catch: a part that knows the squid axon alone.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov

import stochhh as sh
from stochhh.experiment import Experiment
from stochhh.models import MorrisLecar, Passive, TraubMiles, WangBuzsaki
from stochhh.theory import fixed_point, theory

USED = [Passive, MorrisLecar, WangBuzsaki, TraubMiles]
BALANCED = sh.SynapticInput(sh.Population("exc", 100, 5.0, 0.3, 0.5), sh.Population("inh", 100, 5.0, -0.3, 0.5))


def field(neuron, x):
    return np.array(neuron.vector_field(x, neuron.parameters()))


@pytest.mark.parametrize("model", USED, ids=lambda model: model.name)
def test_an_experiment_file_names_it(model, tmp_path):
    file = tmp_path / "a.toml"
    body = "[simulation]\nduration = 10.0\nseed = 1\n"
    file.write_text(f'[neuron]\nmodel = "{model.name}"\nC_m = 2.0\ninitial = {list(model().initial)}\n{body}')
    experiment = Experiment.load(file)
    assert experiment.neuron == model(C_m=2.0, initial=model().initial)
    file.write_text(experiment.to_toml())
    assert Experiment.load(file).neuron == experiment.neuron
    file.write_text(f'[neuron]\nmodel = "{model.name}"\nE_Xx = 2.0\n{body}')
    with pytest.raises(sh.InputError, match="E_Xx"):
        Experiment.load(file)


def slopes(neuron, x, h=1e-5):
    """The Jacobian by plain differences."""
    return np.transpose([(field(neuron, x + h * e) - field(neuron, x - h * e)) / (2 * h) for e in np.eye(len(x))])


RESTING = [*(model() for model in USED), MorrisLecar.class_1(I_app=30)]


@pytest.mark.parametrize("neuron", RESTING, ids=lambda neuron: neuron.name)
def test_theory_says_all_that_it_says_of_the_squid_axon(neuron):
    said = theory(neuron, BALANCED)
    rest = [quantity["value"] for quantity in said["rest"].values()]
    assert rest == pytest.approx(neuron.rest(), abs=1e-9) and said["stable"]
    assert said["V_mean"]["value"] == pytest.approx(rest[0], abs=1e-9)  # the input has mean 0
    noise = np.diag([BALANCED.cumulant(2)] + [0.0] * (len(rest) - 1))
    variance = solve_continuous_lyapunov(slopes(neuron, neuron.rest()), -noise)[0, 0]
    assert said["V_variance"]["value"] == pytest.approx(variance, rel=1e-6)
    assert 0 < said["kick_threshold"]["value"] < neuron.threshold - rest[0] + 1e-3


# The mean of the input carries the neuron beyond a fold, or the search starts far from a fixed point.
FAR = [Passive(), MorrisLecar(I_app=150), MorrisLecar.class_1(I_app=39.9), WangBuzsaki(I_app=1), TraubMiles(I_app=0.12)]


@pytest.mark.parametrize("neuron", FAR, ids=lambda neuron: neuron.name)
def test_theory_finds_the_operating_point_of_lowest_V(neuron):
    drive = sh.SynapticInput(sh.Population("inh", 10, 30.0, -1.0, 1.0))
    if not isinstance(neuron, Passive):
        drive = sh.SynapticInput()
    same_mean = replace(neuron, I_app=neuron.I_app + neuron.C_m * drive.cumulant(1))
    assert fixed_point(neuron, drive) == pytest.approx(same_mean.rest(), abs=1e-9)


FIRING = [MorrisLecar.class_1(I_app=42), WangBuzsaki(I_app=0.3), TraubMiles(I_app=0.3)]


@pytest.mark.slow
@pytest.mark.parametrize("neuron", FIRING, ids=lambda neuron: neuron.name)
def test_backends_agree_where_diffusion_holds_and_the_comparison_says_so(neuron):
    """Many small synapses: jumps and diffusion are one, and the three backends can be compared."""
    drive = sh.SynapticInput(sh.Population("exc", 400, 25.0, 0.1, 1.0), sh.Population("inh", 400, 25.0, -0.1, 1.0))
    settings = {"duration": 3000.0, "transient": 200.0, "n_trials": 200, "seed": 5}
    jump, diffusion = (sh.simulate(neuron, drive, backend=name, **settings) for name in ("jump", "diffusion"))
    comparison = sh.compare(jump, diffusion)
    for name in ("rate", "isi_mean", "V_mean", "V_variance"):
        assert comparison.difference[name].verdict == "equivalent", str(comparison)
    events = sh.Recording([0] * 3, [20.0, 30.0, 31.0], [3.0, -2.0, 1.0])
    trains = [
        sh.simulate(neuron, drive, backend=name, duration=150.0, seed=1, events=events).spikes.time
        for name in (sh.Jump(tolerance=1e-6), sh.PerNeuron(dt=0.02))
    ]
    assert trains[0].size == trains[1].size > 0
    assert np.max(np.abs(trains[0] - trains[1])) < 1e-3
