"""What a person meets at a prompt or in a notebook: short texts, numbers that are numbers, equality by value."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

import stochhh as sh
from stochhh import statistics as st
from stochhh.equality import agree
from stochhh.statistics.estimate import Estimate

DRIVE = sh.SynapticInput(sh.Population("exc", 100, 10.0, 0.5), sh.Population("inh", 20, 10.0, -0.5))
SETTINGS = {"duration": 300.0, "transient": 100.0, "n_trials": 4, "seed": 1, "progress": False}
NEURON = sh.HodgkinHuxley(I_app=10.0)
JUMP, DIFFUSION = (
    sh.simulate(NEURON, DRIVE, backend=name, trace_interval=1.0, **SETTINGS) for name in ("jump", "diffusion")
)
EXPERIMENT = sh.Experiment.example("question")
OBJECTS = {
    "result": JUMP,
    "comparison": sh.compare(JUMP, DIFFUSION),
    "summary": sh.summary(JUMP),
    "experiment": EXPERIMENT,
    "comparisons": sh.compare(JUMP, DIFFUSION, JUMP.spikes),
    "spike trains": JUMP.spikes,
    "trains of different windows": sh.SpikeTrains.from_lists([[1.0], [1.0, 1.0]], stop=[5.0, 9.0]),
    "estimate": st.rate(JUMP),
    "missing estimate": Estimate.missing("cv", "a < b", level=0.95, unit="1", n=0),
    "curve": st.fano_curve(JUMP),
    "missing curve": sh.statistics.Curve.missing(
        "f", np.arange(9.0), "a < b", level=0.95, unit="1", x_name="t", x_unit="ms", n=2
    ),
}


@pytest.mark.parametrize(
    "thing",
    [*OBJECTS.values(), JUMP.swings, JUMP.moments, JUMP.traces, st.cv(JUMP), st.fano_curve(JUMP), NEURON, DRIVE],
    ids=lambda thing: type(thing).__name__,
)
def test_a_repr_is_short(thing):
    """No array is poured out."""
    text = repr(thing)
    assert "array(" not in text and len(text) < 1500
    assert len(text.splitlines()) <= (11 if isinstance(thing, dict) else 5)


@pytest.mark.parametrize("name", OBJECTS)
def test_a_notebook_shows_a_table(name):
    page = OBJECTS[name]._repr_html_()
    assert page.startswith("<table>") and page.count("<tr>") == page.count("</tr>") > 2
    assert re.sub(r"</?(table|caption|thead|tbody|tr|t[hd]( style=\"text-align:left\")?|p)>", "", page).count("<") == 0


def test_what_the_tables_hold():
    page = OBJECTS["trains of different windows"]._repr_html_()
    assert all(f"<tr><th>{name}</th><td>{value}</td></tr>" in page for name, value in (
        ("trials", 2), ("spikes", 3), ("start (ms)", 0), ("stop (ms)", "5 to 9")
    ))  # fmt: skip
    assert "Doubt: 1 of 3 spikes coincide" in page
    found = Estimate("rate", 8.0, 7.0, 9.5, 0.9, "Hz", 4, "by hand", doubts=("so so",))
    rows = {"value": "8 Hz", "90 % interval": "7 to 9.5", "trials": "4", "method": "by hand"}
    assert all(f"<tr><th>{name}</th><td>{value}</td></tr>" in found._repr_html_() for name, value in rows.items())
    assert found._repr_html_().endswith("<p>Doubt: so so</p>")
    assert "<td>a &lt; b</td>" in OBJECTS["missing estimate"]._repr_html_()
    page = OBJECTS["missing curve"]._repr_html_()
    assert (
        page.count("<tr>") == 6
        and page.count(">none</td>") == 15
        and "Missing: a &lt; b" in page
        and "9 points, 2 trials" in page
    )
    assert len(OBJECTS["comparisons"]._repr_html_().split("<table>")) == 3


def test_the_repr_of_swings():
    swings = replace(JUMP.swings, sizes=(4.0, 62.4), counts=np.array([[5, 1], [7, 2]]))
    assert repr(swings) == "<Swings: 12 of 4 mV or more, 3 of 62.4 mV or more, in 2 trials>"
    assert repr(replace(swings, sizes=(), counts=np.empty((1, 0)))) == "<Swings: no size, in 1 trial>"


def test_names_in_a_notebook_are_escaped():
    comparison = sh.compare(JUMP, DIFFUSION, labels=["<script>", "b"])
    assert "<script>" not in comparison._repr_html_() and "&lt;script&gt;" in comparison._repr_html_()


def test_an_estimate_is_a_number():
    found, missing = st.rate(JUMP), Estimate.missing("cv", "none", level=0.95, unit="1", n=0)
    assert float(found) == found.value == np.asarray(found) and np.sqrt(found) == math.sqrt(found.value)
    assert math.isnan(float(missing)) and np.isnan(np.array([found, missing], dtype=float)).tolist() == [False, True]


def test_a_summary_is_a_table_and_a_dictionary():
    summary = JUMP.summary()
    assert summary == sh.summary(JUMP) and isinstance(summary, dict) and set(summary) == set(st.NAMES)
    lines = str(summary).splitlines()
    assert "95 % interval" in lines[0] and lines[1].split()[:3] == ["rate", f"{summary['rate'].value:.4g}", "Hz"]
    table = summary.to_dataframe()
    assert table.loc["rate", "low"] == summary["rate"].low and list(table.index) == list(summary)
    assert JUMP.summary(statistics=["cv"], level=0.9)["cv"].level == 0.9


def test_results_are_equal_by_value_but_for_the_time_they_took():
    again = sh.simulate(NEURON, DRIVE, backend="jump", trace_interval=1.0, **SETTINGS)
    assert again == JUMP and again is not JUMP
    assert DIFFUSION != JUMP and JUMP != "jump"
    late = replace(JUMP, spikes=replace(JUMP.spikes, time=JUMP.spikes.time + 1e-9 * (JUMP.spikes.trial == 2)))
    assert late != JUMP and late.spikes != JUMP.spikes and JUMP.spikes == again.spikes
    assert (
        JUMP.traces == again.traces
        and JUMP.moments != DIFFUSION.moments
        and st.fano_curve(JUMP) == st.fano_curve(again)
    )
    other = replace(JUMP, provenance=JUMP.provenance | {"seed": 2})
    assert other != JUMP
    with pytest.raises(TypeError, match="unhashable"):
        hash(JUMP)


@pytest.mark.parametrize("settings", [{"trace_interval": 1.0}, {"until": {"rate": "90%"}}])
def test_a_saved_result_is_equal_to_the_one_that_was_saved(tmp_path, settings):
    """JSON has no tuples, such as the initial state of a neuron."""
    neuron = sh.HodgkinHuxley(I_app=10.0, initial=(-65.0, 0.05, 0.6, 0.32))
    result = sh.simulate(neuron, DRIVE, backend="jump", duration=300.0, seed=1, progress=False, **settings)
    result.save(tmp_path / "a.nc")
    assert sh.Result.load(tmp_path / "a.nc") == result


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0, np.nan]), np.array([np.nan, 1.0]), False),
        (np.ones(2), np.ones((1, 2)), False),
        ((np.ones(2), 3), (np.ones(2), 3), True),
        ((np.ones(2), 3), (np.ones(2), 4), False),
        ({"a": np.ones(1)}, {"a": np.ones(1)}, True),
        ({"a": np.ones(1)}, {"b": np.ones(1)}, False),
        ([1], (1,), False),
    ],
)
def test_equality_by_value(a, b, equal):
    assert agree(a, b) is equal


def test_spike_trains_are_a_sequence_of_trials():
    spikes = sh.SpikeTrains.from_lists([[30.0, 20.0], [], [15.0]], start=10.0, stop=40.0)
    assert len(spikes) == 3 and [times.tolist() for times in spikes] == [[20.0, 30.0], [], [15.0]]
    assert [times.tolist() for times in JUMP.spikes] == [JUMP.spikes.of(k).tolist() for k in range(4)]
    assert (
        sh.SpikeTrains.from_lists(list(JUMP.spikes), start=100, stop=300).counts().tolist()
        == JUMP.spikes.counts().tolist()
    )
    with pytest.raises(sh.InputError, match="n_trials = 0"):
        sh.SpikeTrains.from_lists([], stop=10.0)
    with pytest.raises(sh.InputError, match=r"trial 1: time = 50\.0 is not allowed"):
        sh.SpikeTrains.from_lists([[1.0], [50.0]], stop=10.0)


def test_an_input_in_short():
    """A population, or a list, where an input is wanted; a spike is transmitted unless p says otherwise."""
    population = sh.Population("exc", 100, 10.0, 0.5)
    assert population.p == 1.0 and sh.SynapticInput([population]) == sh.SynapticInput(population)
    runs = [sh.simulate(NEURON, drive, backend="jump", **SETTINGS) for drive in (population, [population])]
    assert runs[0] == runs[1] == sh.simulate(NEURON, sh.SynapticInput(population), backend="jump", **SETTINGS)
    for wrong in (None, "exc", [population, "inh"], NEURON):
        with pytest.raises(sh.InputError, match=r"drive|Population"):
            sh.simulate(NEURON, wrong, backend="jump", **SETTINGS)


def test_plots_are_figures_and_the_frame_is_that_of_the_spikes():
    from matplotlib.figure import Figure

    assert isinstance(JUMP.plot(), Figure) and len(JUMP.plot().axes) == 7
    assert isinstance(OBJECTS["comparison"].plot(), Figure)
    assert JUMP.to_dataframe().equals(JUMP.spikes.to_dataframe())


# Text of objects, and names that are not there

MANY = sh.SynapticInput([sh.Population(f"p{k}", k, 10.0, 0.1) for k in range(1, 11)])


@pytest.mark.parametrize("drive", [sh.SynapticInput(), DRIVE, MANY, sh.SynapticInput(*MANY.populations[:3])])
def test_the_text_of_an_input_is_short_and_has_a_line_for_a_population(drive):
    lines = repr(drive).splitlines()
    assert len(lines) <= 5 and max(map(len, lines)) < 100
    if drive is not MANY:
        assert eval(repr(drive), {name: getattr(sh, name) for name in ("SynapticInput", "Population")}) == drive
    else:
        assert lines[3].strip() == "... and 8 more"


def test_the_text_of_a_population_shows_what_is_not_the_default():
    exc = sh.Population("exc", 100, 10.0, 0.5, correlation=0.1)
    assert repr(exc) == "Population(name='exc', n=100, rate=10.0, weight=0.5, correlation=0.1)"


def test_differences_and_distances_show_few_digits():
    paired = st.train_distances(JUMP, DIFFUSION)["van_rossum"]
    for thing in (*OBJECTS["comparison"].difference.values(), *OBJECTS["comparison"].distance.values(), paired):
        assert not re.search(r"[1-9]\d{5}", repr(thing).replace(".", "")) and repr(thing) == f"<{thing}>"
    rate = OBJECTS["comparison"].difference["rate"]
    assert repr(rate).endswith(f"; margin {rate.margin:.3g}, {rate.verdict}>")


def test_an_estimate_has_the_format_of_a_number():
    rate, missing = st.rate(JUMP), Estimate.missing("cv", "none", level=0.95, unit="1", n=0)
    assert f"{rate:.2f}" == f"{rate.value:.2f}" and f"{rate}" == str(rate) and f"{rate:>9.3g}" == f"{rate.value:>9.3g}"
    assert f"{missing:.2f}" == "nan"
    with pytest.raises(TypeError):
        rate + 1  # it would lose the interval without a word


@pytest.mark.parametrize(
    ("named", "name", "known"),
    [
        (OBJECTS["comparison"].difference, "rte", "rate"),
        (OBJECTS["comparison"].ratio, "CV", "cv"),
        (OBJECTS["comparison"].distance, "isi_sk", "isi_ks"),
        (OBJECTS["comparison"].a, "rte", "rate"),
        (OBJECTS["summary"], "ratee", "rate"),
        (sh.compare(JUMP, DIFFUSION, JUMP, labels=["a", "bee", "cat"]), "beee", "bee"),
    ],
    ids=["difference", "ratio", "distance", "a", "summary", "comparisons"],
)
@pytest.mark.parametrize("kind", [KeyError, sh.InputError])
def test_a_misspelt_name_is_answered_with_the_right_one(named, name, known, kind):
    with pytest.raises(kind, match=rf"^name = '{name}' .*one of .*{known}.*did you mean '{known}'\?$"):
        named[name]
    with pytest.raises(kind, match=r"^name = 'xyzzy' is not allowed: it must be one of [^;]*$"):
        named["xyzzy"]


def test_what_is_compared_by_value_has_no_hash():
    for thing in (OBJECTS["comparison"], sh.compare(JUMP, JUMP, JUMP)):
        with pytest.raises(TypeError, match=f"unhashable type: '{type(thing).__name__}'"):
            hash(thing)


@pytest.mark.parametrize("given", [(iter([]),), ([EXC := DRIVE.populations[0]], EXC), ([[EXC]],), (3,)])
def test_the_ways_to_give_populations_are_said(given):
    with pytest.raises(sh.InputError, match=r"one list of them, SynapticInput\(\[a, b\]\)"):
        sh.SynapticInput(*given)


@pytest.mark.parametrize("name", ["a/b\n", "\x1b[31mred", "a\tb", "a\u2028b", "\ud800", "", "a.b", 3])
def test_a_name_has_no_control_characters(name):
    with pytest.raises(sh.InputError, match=r"^name = .*without dots, line ends and other control characters"):
        sh.Population(name, 100, 10.0, 0.5)
    if name != "a.b":
        with pytest.raises(sh.InputError, match=r"common = "):
            sh.Population("exc", 100, 10.0, 0.5, correlation=0.1, common=name)
