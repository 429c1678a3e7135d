"""What the public functions take, and how they refuse the rest: by name, in the same way everywhere.

Would catch: a function of the theory that takes a SynapticInput alone, a figure that fails with an AttributeError, a
keyword of `simulate` that is a bare TypeError, a name in completion that is nobody's business.
"""

import inspect

import pytest

import stochhh as sh
from stochhh import InputError, plotting, theory
from stochhh.annotations import BackendName

NEURON = sh.HodgkinHuxley(I_app=3.0)
LEAKY = sh.LeakyIntegrateAndFire()
EXC = sh.Population("exc", n=100, rate=10.0, weight=0.5, weight_distribution="exponential")
RUN = {"duration": 300.0, "n_trials": 3, "seed": 1, "progress": False}
RESULT = sh.simulate(NEURON, EXC, backend="jump", trace_interval=1.0, **RUN)


def functions(module):
    return {name: f for name in module.__all__ if inspect.isfunction(f := getattr(module, name))}


# theory: each function of a neuron

OF_NEURONS = {name: f for name, f in functions(theory).items() if "neuron" in inspect.signature(f).parameters}
OF_INPUTS = [name for name, f in OF_NEURONS.items() if "drive" in inspect.signature(f).parameters]
FURTHER = {"autocovariance": [1.0], "power_spectrum": [1.0], "jacobian": [NEURON.initial_state()]}


def called(name, *first):
    return OF_NEURONS[name](*first, *FURTHER.get(name, []))


@pytest.mark.parametrize("name", OF_INPUTS)
def test_theory_takes_whatever_describes_an_input(name):
    neuron = LEAKY if name.endswith("_rate") else NEURON
    expected = called(name, neuron, sh.SynapticInput(EXC))
    assert called(name, neuron, EXC) == called(name, neuron, [EXC]) == expected


@pytest.mark.parametrize("name", OF_INPUTS)
@pytest.mark.parametrize(
    "drive", [None, 0.5, "exc", NEURON, [[EXC]]], ids=["none", "number", "text", "neuron", "nested"]
)
def test_theory_refuses_another_input_by_name(name, drive):
    with pytest.raises(InputError, match=r"^(drive|population) = "):
        called(name, LEAKY, drive)


@pytest.mark.parametrize("name", OF_NEURONS)
@pytest.mark.parametrize("neuron", [3, None, "hodgkin-huxley", sh.SynapticInput(EXC), sh.HodgkinHuxley])
def test_theory_refuses_what_is_not_a_model_by_name(name, neuron):
    with pytest.raises(InputError, match=r"^neuron = "):
        called(name, neuron, *[NEURON] * (name in OF_INPUTS))


@pytest.mark.parametrize("state", [None, 3, "rest", (-65.0,), (-65.0, 0.1, 0.1, None)])
def test_a_state_of_another_kind_is_refused(state):
    with pytest.raises(InputError, match=r"^(length of )?x = "):
        theory.jacobian(NEURON, state)


def test_what_is_no_theory_is_not_printed():
    with pytest.raises(InputError, match=r"^theory = 3 .*must be a dict; give what theory\(\) returned"):
        theory.as_text(3)


def test_every_function_of_a_neuron_is_tried():
    assert len(OF_NEURONS) >= 13 and len(OF_INPUTS) >= 10


# plotting: each function with an argument that is data

DRAWN = {
    name: [p for p in inspect.signature(f).parameters.values() if p.default is p.empty and p.kind != p.VAR_KEYWORD]
    for name, f in functions(plotting).items()
    if name not in ("colour_of", "dashes_of", "journal", "new_figure")  # of a word, or of numbers
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("given", [3, None, NEURON, [1.0, 2.0]], ids=["number", "none", "neuron", "list"])
def test_a_figure_refuses_what_it_cannot_draw_by_name(name, given):
    with pytest.raises(InputError):
        functions(plotting)[name](*[given] * len(DRAWN[name]))


def test_a_figure_of_other_axes_is_refused():
    with pytest.raises(InputError, match=r"^ax = 3"):
        plotting.raster(RESULT, 3)


@pytest.mark.parametrize("draw", [plotting.raster, plotting.isi_density, plotting.first_spike_times, plotting.spectrum])
def test_a_figure_of_spikes_takes_a_result(draw):
    def drawn(of):
        ax = draw(of)
        return [artist.get_path().vertices.tolist() for artist in (*ax.lines, *ax.patches)]

    assert drawn(RESULT) and repr(drawn(RESULT)) == repr(drawn(RESULT.spikes))


def test_a_figure_of_traces_takes_a_result():
    one, other = (plotting.trace(of).lines[0].get_ydata() for of in (RESULT, RESULT.traces))
    assert (one == other).all() and len(plotting.currents(RESULT, NEURON).lines) == len(NEURON.currents(-65, 0, 0, 0))
    with pytest.raises(InputError, match="the result has no traces; simulate with trace_interval"):
        plotting.trace(sh.simulate(NEURON, EXC, backend="jump", **RUN))


@pytest.mark.parametrize(
    ("settings", "name"),
    [({"trial": 3}, "trial"), ({"trial": -1}, "trial"), ({"variable": "W"}, "variable"), ({"stretch": 5}, "stretch"),
     ({"stretch": (5, 1)}, "stretch stop")],
)  # fmt: skip
def test_a_part_of_the_traces_that_is_not_there_is_refused(settings, name):
    with pytest.raises(InputError, match=f"^{name} = "):
        plotting.trace(RESULT, **settings)


def test_exchanged_arguments_of_a_page_are_refused(tmp_path):
    comparison = sh.compare(RESULT, RESULT)
    with pytest.raises(InputError, match=r"^comparison = "):
        plotting.save_comparison_figures(RESULT, comparison, comparison, tmp_path)
    with pytest.raises(InputError, match=r"^result = "):
        plotting.save_trace_figure(NEURON, RESULT, tmp_path)
    for results in (RESULT, RESULT.spikes, {}, 3):
        with pytest.raises(InputError, match=r"^results = .*a dictionary of at least one label"):
            plotting.spike_train_figure(results)
    assert list(tmp_path.iterdir()) == []


# simulate: keywords that it does not have


@pytest.mark.parametrize("backend", ["diffusion", "jump", sh.Diffusion(), sh.Jump()])
def test_a_setting_of_a_backend_is_refused_with_where_it_belongs(backend):
    with pytest.raises(InputError, match=r"^scheme = 'heun' .*write backend=Diffusion\(scheme='heun'\)"):
        sh.simulate(NEURON, EXC, backend=backend, scheme="heun", **RUN)


def test_what_the_message_says_is_true():
    found = sh.simulate(NEURON, EXC, backend=sh.Diffusion(scheme="heun"), **RUN)
    assert found.provenance["settings"]["scheme"] == "heun"


def test_the_named_backend_is_suggested_for_a_setting_that_several_have():
    with pytest.raises(InputError, match=r"write backend=Diffusion\(lanes=16\)"):
        sh.simulate(NEURON, EXC, backend="diffusion", lanes=16, **RUN)


def test_a_misspelt_keyword_is_refused_with_the_right_one():
    with pytest.raises(InputError, match=r"^trails = 10 .*did you mean 'n_trials'\?"):
        sh.simulate(NEURON, EXC, backend="jump", trails=10, **RUN)
    with pytest.raises(InputError, match=r"^xyzzy = 10 "):
        sh.simulate(NEURON, EXC, backend="jump", xyzzy=10, **RUN)


# completion


@pytest.mark.parametrize("name", sh._SUBMODULES)
def test_completion_offers_public_names_alone(name):
    module = getattr(sh, name)
    offered = dir(module)
    assert offered and set(offered) <= set(module.__all__)
    assert not [word for word in offered if word.startswith("_") or inspect.ismodule(getattr(module, word))]


def test_completion_of_errors_offers_what_a_user_catches():
    assert "InputError" in dir(sh.errors) and "real" not in dir(sh.errors)


def test_names_of_backends_are_those_that_types_know():
    assert set(sh.BACKENDS) == set(BackendName.__args__)
