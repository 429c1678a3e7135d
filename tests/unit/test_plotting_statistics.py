"""The figures of the statistics: what is drawn is what was computed, whatever the neuron did.

Would catch: a band of another curve, a reason lost, a label without its unit, a legend over the data, a page that a
silent neuron breaks.
"""

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from test_plotting import CASES, assert_printable, legend_texts, lines, pairs, poisson, result_of, ticks

import stochhh as sh
from stochhh import plotting
from stochhh import statistics as st
from stochhh.plotting import spike_trains as page
from stochhh.plotting.looks import look_of
from stochhh.statistics import Curve, Membrane
from stochhh.statistics.spikes.page import _CURVES as CURVES
from stochhh.theory import DeadTimePoisson, power_spectrum

OF_SPIKES = (
    st.isi_histogram, st.isi_kernel_density, st.isi_survival, st.isi_hazard, st.serial_correlation, st.fano_curve,
    st.spike_spectrum, st.autocorrelation,
)  # fmt: skip
QUICK = ("usual", "one silent", "periodic")


def made(x, value, name="fano_curve", half=1.0, **kwargs):
    """A made-up curve."""
    x, value = np.asarray(x), np.asarray(value, dtype=float)
    settings = {"level": 0.95, "unit": "1", "x_name": "window", "x_unit": "ms", "n": 20, "method": "made up"} | kwargs
    return Curve(name, x, value, value - half, value + half, value - 2 * half, value + 2 * half, **settings)


def band(ax):
    """(low, high) of the only filled band, at its corners."""
    (filled,) = ax.collections
    corners = filled.get_paths()[0].vertices
    return corners[:, 1].min(), corners[:, 1].max()


@pytest.mark.parametrize("statistic", OF_SPIKES)
def test_one_call_draws_each_statistic_as_it_was_computed(statistic):
    before, found = dict(matplotlib.rcParams), statistic(poisson(1).spikes)
    ax = plotting.curve(found, label="jump", backend="jump")
    line = lines(ax)["jump"]
    np.testing.assert_array_equal(line.get_xdata(), found.x)
    np.testing.assert_array_equal(line.get_ydata(), found.value)
    assert line.get_color() == plotting.colour_of("jump")
    assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title() == ""
    for unit, label in ((found.unit, ax.get_ylabel()), (found.x_unit, ax.get_xlabel())):
        assert unit == "1" or f"({unit})" in label
    low, high = ax.get_ylim()
    inside = found.value[found.value > 0] if ax.get_yscale() == "log" else found.value
    assert low <= np.nanmin(inside) and np.nanmax(inside) <= high
    assert dict(matplotlib.rcParams) == before
    given = Figure().add_subplot()
    assert plotting.curve(found, given) is given


def test_the_band_is_the_joint_one_unless_each_point_is_asked_for():
    curve = made(np.linspace(1, 100, 40), np.full(40, 10.0), "autocovariance")
    assert band(plotting.curve(curve)) == (8.0, 12.0)
    assert band(plotting.curve(curve, joint=False)) == (9.0, 11.0)


def test_few_points_have_bars_and_every_value_is_seen():
    ax = plotting.curve(made([1, 2, 3], [1.0, np.nan, 2.0], half=0.25))
    (bars,) = ax.collections
    ends = [segment[:, 1].tolist() for segment in bars.get_segments()]
    assert ends == [[0.5, 1.5], [1.5, 2.5]]
    alone = plotting.curve(made(np.arange(20.0), [np.nan] * 9 + [1.0] + [np.nan] * 10, "autocorrelation"))
    assert [list(line.get_xdata()) for line in alone.lines if line.get_marker() == "o"] == [[9.0]]
    assert "o" in [line.get_marker() for line in plotting.curve(made([5.0], [1.0])).lines]


def test_zeros_and_wide_bands_leave_a_readable_axis():
    value = np.concatenate([np.linspace(1, 0.01, 30), np.zeros(10)])
    low, high = plotting.curve(made(np.arange(1, 41.0), value, "isi_survival", half=0.0)).get_ylim()
    assert 1e-4 < low < 0.01 and high == 1
    assert plotting.curve(made(np.arange(1.0, 41.0), np.ones(40), half=1e9)).get_ylim() == (0.0, pytest.approx(2.1))
    assert plotting.curve(made(np.arange(1.0, 41.0), np.zeros(40), "autocorrelation", 0.0)).get_ylim() == (0.0, 1.0)
    low, high = plotting.curve(made(np.arange(40.0), np.zeros(40), "autocovariance", half=2.0)).get_ylim()
    assert low < -4 and high > 4


def test_a_curve_that_cannot_be_had_says_why_in_its_place():
    silent = result_of([[], []]).spikes
    for statistic in OF_SPIKES:
        ax = plotting.curve(statistic(silent), label="jump")
        assert not ax.lines and ax.texts[0].get_text().startswith("jump: ")
        assert ax.get_xlabel() and ax.get_ylabel() and len(ax.get_xticks()) == 0


def test_theory_is_a_function_or_numbers():
    curve, train = st.isi_hazard(poisson(1).spikes), DeadTimePoisson(40.0, 5.0)
    for theory in (train.isi_hazard, train.isi_hazard(curve.x)):
        line = lines(plotting.curve(curve, theory=theory, theory_label="dead time"))["dead time"]
        np.testing.assert_array_equal(line.get_ydata(), train.isi_hazard(curve.x))
        assert line.get_color() == "black"


@pytest.mark.parametrize(
    ("name", "unit", "x_name", "label", "x_label"),
    [
        ("membrane_density", "1/mV", "V", "Density of $V$ (1/mV)", "Membrane potential, $V$ (mV)"),
        ("n_density", "1", "n", "Density of $n$", "$n$"),
        ("autocovariance_subthreshold", "mV2", "lag", "Autocovariance of $V$ between spikes (mV²)", "Lag (ms)"),
        ("power_spectrum", "mV2/Hz", "frequency", "Power of $V$ (mV²/Hz)", "Frequency (Hz)"),
        ("w_power_spectrum", "1/Hz", "frequency", "Power of $w$ (1/Hz)", "Frequency (Hz)"),
        ("my_thing", "mV", "time", "My thing (mV)", "Time (ms)"),
    ],
)
def test_the_labels_of_the_membrane(name, unit, x_name, label, x_label):
    x_unit = {"V": "mV", "n": "1", "frequency": "Hz"}.get(x_name, "ms")
    look = look_of(made([1.0], [1.0], name, unit=unit, x_name=x_name, x_unit=x_unit))
    assert (look.label, look.x_label) == (label, x_label)


# Several results


def test_several_results_share_axes_each_in_its_colour():
    results = {"jump": poisson(1), "diffusion": poisson(2, 0.03, backend="diffusion")}
    found = {label: st.isi_hazard(result.spikes) for label, result in results.items()}
    ax = plotting.curves(found, theory=DeadTimePoisson(20.0, 5.0).isi_hazard)
    assert legend_texts(ax) == ["jump", "diffusion", "theory"]
    for label, curve in found.items():
        np.testing.assert_array_equal(lines(ax)[label].get_ydata(), curve.value)
        assert lines(ax)[label].get_color() == plotting.colour_of(label)
    assert ax.get_ylim()[1] >= max(curve.value.max() for curve in found.values())
    with plotting.journal():
        ax.figure.draw_without_rendering()
        assert_printable(ax.figure)


def test_what_is_missing_is_told_above_the_axes():
    found = {"jump": st.isi_hazard(poisson(1, n_trials=1).spikes), "diffusion": st.isi_hazard(result_of([[]]).spikes)}
    ax = plotting.curves(found)
    note = ax.get_title(loc="left").replace("\n", " ")
    assert "jump has no interval: a confidence interval requires at least two trials" in note
    assert "diffusion is not drawn: there is no spike" in note
    assert plotting.curves({"a": found["diffusion"], "b": found["diffusion"]}).texts[0].get_text().startswith("a and b")


# Others


def test_the_spectrum_has_the_rate_and_the_renewal_limit_beside_it():
    spikes = poisson(1).spikes
    marks = [line for line in plotting.spectrum(spikes, backend="jump").lines if line.get_marker() == 4]
    at = {float(line.get_xdata()[0]): float(line.get_ydata()[0]) for line in marks}
    assert at == {1.0: st.rate(spikes).value, 0.0: st.renewal_limit(spikes).value}


def test_first_spike_times_are_drawn_with_the_trials_that_stay_silent():
    spikes = result_of([[10.0, 20.0], [30.0], [], [5.0]]).spikes
    ax = plotting.first_spike_times(spikes, label="jump", backend="jump")
    line = ax.lines[0]
    assert line.get_xdata().tolist() == [0, 5, 10, 30, 1000] and line.get_ydata().tolist() == [0, 0.25, 0.5, 0.75, 0.75]
    assert line.get_label() == "jump (1 of 4 trials silent)"
    corners = ax.collections[0].get_paths()[0].vertices
    assert corners[corners[:, 0] > 900][:, 1].min() == pytest.approx(0.75 - np.sqrt(np.log(40) / 8))
    assert ax.get_xlabel() == "Time to the first spike (ms)"


def test_the_raster_has_the_spikes_of_the_first_trials():
    result = poisson(1, n_trials=30)
    ax = plotting.raster(result.spikes, trials=3, stretch=(100.0, 400.0))
    assert ticks(ax) == {k: [t for t in result.spikes.of(k) if 100 <= t <= 400] for k in range(3)}
    assert ax.get_ylabel() == "3 trials" and ax.get_xlim() == (100, 400)


def test_estimates_side_by_side():
    found = {"jump": st.cv(poisson(1).spikes), "diffusion": st.cv(result_of([[5.0]]).spikes)}
    ax = plotting.estimates(found, theory=0.9)
    assert ax.get_ylabel() == "CV" and [t.get_text() for t in ax.get_xticklabels()] == ["jump", "diffusion"]
    (bar,) = ax.collections
    assert bar.get_segments()[0][:, 1] == pytest.approx([found["jump"].low, found["jump"].high])
    assert "diffusion is not drawn: it requires" in ax.get_title(loc="left").replace("\n", " ")


def test_distances_stand_beside_what_equal_laws_show():
    a, b = poisson(1).spikes, poisson(2, 0.03).spikes
    found = st.isi_distances(a, b)
    ax = plotting.distances(found)
    marks = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert marks == [pytest.approx(d.estimate.value / d.null_95) for d in found.values()]
    written = {text.get_text() for text in ax.texts}
    for distance in found.values():
        assert {f"{distance.p_adjusted:.2g}", f"{distance.estimate.value:.3g}", f"{distance.null_95:.3g}"} <= written
    bare = plotting.distances(st.isi_distances(a, result_of([[]]).spikes))
    assert not bare.lines and "\N{EN DASH}" in [text.get_text() for text in bare.texts]


# The page


@pytest.fixture
def kept(monkeypatch):
    """The figures that would have been saved, laid out."""
    figures = []

    def keep(figure, directory, stem):
        figures.append(figure)
        figure.draw_without_rendering()
        return []

    monkeypatch.setattr(page, "save", keep)
    monkeypatch.setattr("stochhh.plotting.membrane.save", keep)
    return figures


@pytest.mark.parametrize("case", [pytest.param(c, marks=() if c in QUICK else pytest.mark.slow) for c in CASES])
def test_the_page_can_be_printed(kept, case):
    results = dict(zip(("jump", "diffusion"), pairs(case), strict=True))
    found = plotting.spike_train_curves(results)
    plotting.save_spike_train_figures(results, ".", found=found)
    (figure,) = kept
    assert_printable(figure)
    letters = [text.get_text() for ax in figure.axes for text in ax.texts if text.get_fontsize() == 9]
    assert letters == list("abcdefg")
    for ax, name in zip(figure.axes[3:], CURVES, strict=True):
        for label, curve in found[name].items():
            if np.isfinite(curve.value).any():
                np.testing.assert_array_equal(lines(ax)[label].get_ydata(), curve.value)


def test_spectra_of_the_page_are_in_common_bands_that_end_in_a_wide_one():
    """A last band of a single frequency would end in noise."""
    results = {"jump": poisson(1), "diffusion": poisson(2, 0.1, backend="diffusion")}
    few, many = plotting.spike_train_curves(results)["spike_spectrum"].values()
    np.testing.assert_array_equal(few.x, many.x)
    edges = st.spikes.spectrum.spectrum_bands(*(result.spikes for result in results.values()))
    widths = np.diff(edges) / edges[:-1]
    assert edges[-1] == pytest.approx(8 * max(st.rate(result.spikes).value for result in results.values()), rel=0.05)
    assert 0.5 * widths[-2] < widths[-1] < 2 * widths[-2] and edges[-1] - edges[-2] > 5 * (edges[1] - edges[0])


def test_the_table_has_all_that_the_page_shows():
    results = {"jump": poisson(1), "diffusion": result_of([[]] * 20, backend="diffusion")}
    found = plotting.spike_train_curves(results)
    table = plotting.spike_train_table(found)
    for name, curves in found.items():
        for label, curve in curves.items():
            rows = table[(table.statistic == name) & (table.result == label)]
            np.testing.assert_array_equal(rows.x, curve.x)
            np.testing.assert_array_equal(rows.joint_high, curve.joint_high)
    assert len(plotting.spike_train_table(plotting.spike_train_curves({"jump": result_of([[]])}))) >= 0


@pytest.mark.slow
def test_the_page_of_one_result_is_saved_in_whole(tmp_path):
    made = plotting.save_spike_train_figures({"jump": poisson(1, n_trials=3).spikes}, tmp_path, "page")
    assert [path.name for path in made] == ["page.png", "page.pdf"]
    assert all(path.stat().st_size > 10_000 for path in made)


# The membrane


def membrane_of(times, seed=1):
    """A made-up membrane: 4 trials of a noisy V, sampled."""
    rng = np.random.default_rng(seed)
    time = np.arange(0.0, 1000.5, 0.5)
    V = -65 + np.cumsum(rng.normal(0, 0.05, (4, 1, time.size)), axis=2)
    return Membrane.from_traces(sh.Traces(time, V, ("V",)), result_of(times).spikes)


@pytest.mark.parametrize(("I_app", "n_lines"), [(0.0, 2), (12.0, 1)])
def test_the_page_of_the_membrane_has_linear_response_or_the_reason(kept, I_app, n_lines):
    neuron = sh.HodgkinHuxley(I_app=I_app)
    drive = sh.SynapticInput(sh.Population("exc", 100, 10.0, 0.1, 1.0))
    membrane = membrane_of([[], [], [], []])
    plotting.save_membrane_figures({"jump": membrane}, ".", neuron=neuron, drive=drive)
    (figure,) = kept
    assert_printable(figure)
    drawn = [lines(ax) for ax in figure.axes]
    for found, of in zip(drawn, (st.membrane_density, st.autocovariance, st.power_spectrum), strict=True):
        np.testing.assert_array_equal(found["jump"].get_ydata(), of(membrane).value)
    assert all(("linear response" in found) == (n_lines == 2) for found in drawn)
    if n_lines == 2:
        line = drawn[2]["linear response"]
        np.testing.assert_allclose(line.get_ydata(), power_spectrum(neuron, drive, line.get_xdata()))
    else:
        assert "unstable" in figure.get_suptitle()
