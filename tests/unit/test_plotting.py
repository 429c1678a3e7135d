"""The figures: what they draw, that a journal could print them, and that nothing a neuron does breaks them."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import stochhh as sh
from stochhh import plotting
from stochhh.comparison import Comparison, Difference
from stochhh.plotting import comparison as comparison_figure
from stochhh.plotting import traces as trace_figure
from stochhh.plotting.forest_plot import notes
from stochhh.plotting.style import PAGE, dashes_of
from stochhh.plotting.traces import shown

NEURON = sh.HodgkinHuxley(I_app=3.0)
BACKENDS = ("per-neuron", "jump", "diffusion")
MM = 1 / 25.4


def traces_of(spikes=(50.0, 180.0), duration=300.0, step=0.25):
    """Traces of a made-up trial: V with a bump at each spike, gates at rest for that V."""
    time = np.arange(0, duration + step / 2, step)
    V = -65 + 3 * np.sin(time / 7) + sum(100 * np.exp(-(((time - t) / 1.5) ** 2)) for t in spikes)
    values = np.array([NEURON.steady_state(v) for v in V]).T
    return sh.Traces(time, values[None], NEURON.variables)


def result_of(times, window=(0.0, 1000.0), backend="jump", traces=None, V=-60.0):
    """A Result from the spike times of each trial."""
    trial = np.repeat(np.arange(len(times)), [len(t) for t in times])
    spikes = sh.SpikeTrains(np.concatenate([*times, []]), trial, len(times), *window)
    mean = V + 0.1 * np.sin(np.arange(len(times)))
    powers = np.stack([mean + 65, 20 + mean**2 / 100, 5 + mean, 2000 + mean], axis=1)
    return sh.Result(spikes, sh.Moments(-65.0, powers), traces, {"backend": backend})


def traced(backend="jump", spikes=(50.0, 180.0), duration=300.0, start=0.0):
    return result_of([list(spikes)], (start, duration), backend, traces_of(spikes, duration))


def poisson(seed, rate=0.02, n_trials=20, window=1000.0, **kwargs):
    """Trials of a Poisson train with a dead time of 5 ms; rate in 1/ms."""
    rng = np.random.default_rng(seed)
    times = [np.cumsum(5 + rng.exponential(1 / rate, int(3 * rate * window) + 20)) for _ in range(n_trials)]
    return result_of([t[t < window] for t in times], (0.0, window), **kwargs)


def pairs(name):
    """(jump, diffusion) results of the cases that a figure must stand."""
    periodic = [np.arange(3.0, 1000.0, 14.6)] * 4
    return {
        "usual": lambda: (poisson(1), poisson(2, 0.03, backend="diffusion", V=-59.0)),
        "silent": lambda: (result_of([[], []]), result_of([[], []], backend="diffusion")),
        "one silent": lambda: (poisson(1), result_of([[]] * 20, backend="diffusion")),
        "one trial": lambda: (poisson(1, n_trials=1), poisson(2, n_trials=1, backend="diffusion")),
        "one spike": lambda: (result_of([[5.0], []]), result_of([[7.0], []], backend="diffusion")),
        "three trials": lambda: (poisson(1, n_trials=3), poisson(2, n_trials=3, backend="diffusion")),
        "periodic": lambda: (result_of(periodic), result_of(periodic, backend="diffusion")),
        "far apart": lambda: (poisson(1, 0.0005, 50), poisson(2, 0.15, 50, backend="diffusion", V=-20.0)),
        "many": lambda: (poisson(1, 0.1, 1500), poisson(2, 0.1, 1500, backend="diffusion")),
    }[name]()


CASES = ("usual", "silent", "one silent", "one trial", "one spike", "three trials", "periodic", "far apart", "many")


@pytest.fixture(autouse=True)
def no_distances(monkeypatch):
    """The figures do not show the distances, and these take the most time."""
    monkeypatch.setattr("stochhh.comparison.isi_distances", lambda *_: {})


@pytest.fixture
def kept(monkeypatch):
    """The figures that would have been saved."""
    figures = []

    def keep(figure, directory, stem):
        figures.append(figure)
        with plotting.style.journal():
            figure.draw_without_rendering()
        return []

    monkeypatch.setattr(comparison_figure, "save", keep)
    monkeypatch.setattr(trace_figure, "save", keep)
    return figures


def compared(jump, diffusion, directory=".", **kwargs):
    """The comparison, after its figure was made."""
    comparison = sh.compare(jump, diffusion)
    return comparison, plotting.save_comparison_figures(comparison, jump, diffusion, directory, **kwargs)


def lines(ax):
    """The lines of axes by the names they have in a legend."""
    return {line.get_label(): line for line in ax.lines}


def ticks(ax):
    """trial -> times of the ticks of a raster."""
    x, y = (np.reshape(data, (-1, 3)) for data in ax.lines[0].get_data())
    assert np.all(x == x[:, :1]) and np.allclose(y[:, 1] - y[:, 0], 0.8) and np.isnan(y[:, 2]).all()
    row = y[:, :2].mean(axis=1).round().astype(int)
    return {int(k): list(x[row == k, 0]) for k in np.unique(row)}


def legend_texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def lightness(colour):
    """CIE L* of a colour, from 0 to 100: what is left of it in grey."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return 116 * np.cbrt(luminance) - 16 if luminance > 0.008856 else 903.3 * luminance


def texts(figure):
    """(text, box) of everything written in a figure that has been laid out."""
    found = []
    for ax in figure.axes:
        written = [*ax.texts, ax.xaxis.label, ax.yaxis.label]
        written += ax.get_legend().get_texts() if ax.get_legend() else []
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            written += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        if not ax.axison:
            written = ax.texts
        found += [(t.get_text(), t.get_window_extent()) for t in written if t.get_visible() and t.get_text()]
    return found


def assert_printable(figure):
    """Nothing is cut off or overlaps, no legend hides data, the text is of 7 to 9 points."""
    width, height = figure.get_size_inches() * figure.dpi
    for text, box in texts(figure):
        assert box.x0 > -1 and box.y0 > -1 and box.x1 < width + 1 and box.y1 < height + 1, f"{text!r} is cut off"
    for (text, box), (other, other_box) in combinations(texts(figure), 2):
        across = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
        upright = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
        assert across < 1 or upright < 2, f"{text!r} overlaps {other!r}"
    for ax in figure.axes:
        if ax.get_legend():
            assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1 - 1
    sizes = {text.get_fontsize() for text in figure.findobj(matplotlib.text.Text) if text.get_text()}
    assert sizes <= {7, 9}


def test_a_figure_that_cannot_be_printed_is_noticed():
    with plotting.style.journal():
        figure = plotting.style.new_figure(85, 50)
        ax = plotting.trace(traces_of(), "V", figure.add_subplot(), label="V")
        for fault in (
            lambda: ax.text(0.9, 0.5, "a text that leaves the page", transform=ax.transAxes, in_layout=False),
            lambda: ax.annotate("Time", (0.5, 0.5), xycoords=ax.xaxis.label),
            lambda: ax.text(0.5, 0.5, "too large", transform=ax.transAxes, fontsize=12),
        ):
            text = fault()
            figure.draw_without_rendering()
            with pytest.raises(AssertionError):
                assert_printable(figure)
            text.remove()
        figure.draw_without_rendering()
        assert_printable(figure)
        ax.legend(loc="center")
        figure.draw_without_rendering()
        with pytest.raises(AssertionError):
            assert_printable(figure)


# Style


def test_backends_differ_in_colour_in_grey_and_in_dashes():
    for a, b in combinations(BACKENDS, 2):
        assert abs(lightness(plotting.colour_of(a)) - lightness(plotting.colour_of(b))) > 20
        assert dashes_of(a) != dashes_of(b)
    assert plotting.colour_of("another") not in {plotting.colour_of(b) for b in BACKENDS}


def test_curves_of_a_panel_differ_in_grey_and_in_dashes():
    for names in (("I_Na", "I_K", "I_L"), ("m", "h", "n")):
        for a, b in combinations([trace_figure._LOOK[name] for name in names], 2):
            assert abs(lightness(a[0]) - lightness(b[0])) > 10
            assert a[1] != b[1]


def test_every_function_makes_axes_of_its_own_and_leaves_the_settings_alone():
    before = dict(matplotlib.rcParams)
    comparison = sh.compare(*pairs("usual"))
    made = [
        plotting.trace(traces_of()),
        plotting.currents(traces_of(), NEURON),
        plotting.gates(traces_of()),
        plotting.isi_density(poisson(1).spikes, label="jump", backend="jump"),
        plotting.forest(comparison),
    ]
    assert dict(matplotlib.rcParams) == before
    for ax in made:
        ax.figure.draw_without_rendering()
        assert not ax.spines["top"].get_visible()
        assert ax.xaxis.get_ticklabels()[0].get_fontsize() == 7
        assert round(ax.figure.get_size_inches()[0] / MM) in (85, 178)


def test_axes_that_are_given_are_drawn_on_and_returned():
    ax = Figure().add_subplot()
    assert plotting.trace(traces_of(), "V", ax) is ax
    assert ax.spines["top"].get_visible()


def test_pyplot_is_never_loaded():
    code = (  # as strict as the settings of the tests are
        "import sys, warnings; warnings.simplefilter('error'); "
        "warnings.filterwarnings('ignore', r\"'\\w+' (argument is )?deprecated\", DeprecationWarning); "
        "import stochhh.plotting; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# One trial


def test_trace_draws_the_stretch_in_the_colour_of_the_backend():
    traces = traces_of()
    ax = plotting.trace(traces, "V", stretch=(100.0, 200.0), backend="diffusion")
    (line,) = ax.lines
    inside = (traces.time >= 100) & (traces.time <= 200)
    np.testing.assert_array_equal(line.get_xdata(), traces.time[inside])
    np.testing.assert_array_equal(line.get_ydata(), traces["V"][0, inside])
    assert line.get_color() == plotting.colour_of("diffusion")
    assert ax.get_xlim() == (100, 200)
    assert ax.get_ylabel() == "$V$ (mV)"
    assert ax.get_xlabel() == "Time (ms); 100 of 300 ms shown"
    assert plotting.trace(traces).get_xlabel() == "Time (ms)"


def test_spike_marks_stand_above_v_at_the_spikes_of_the_trial():
    result = traced()
    ax = plotting.trace(result.traces, stretch=(100.0, 300.0))
    plotting.spike_marks(result.spikes, NEURON, ax)
    assert list(lines(ax)["spike"].get_xdata()) == [180.0]
    assert lines(ax)["spike"].get_ydata().min() > result.traces["V"].max()
    np.testing.assert_array_equal(lines(ax)["threshold, 0 mV"].get_ydata(), 0.0)


def test_currents_are_those_of_the_neuron_on_a_scale_that_shows_them_all():
    traces = traces_of()
    ax = plotting.currents(traces, NEURON)
    expected = NEURON.currents(*traces.values[0])
    drawn = lines(ax)
    for name, label in (("I_Na", r"$I_\mathrm{Na}$"), ("I_K", r"$I_\mathrm{K}$"), ("I_L", r"$I_\mathrm{L}$")):
        np.testing.assert_array_equal(drawn[label].get_ydata(), expected[name])
    assert ax.get_yscale() == "asinh"
    assert ax.get_ylabel() == "Ionic current (µA/cm²)"
    assert legend_texts(ax) == list(drawn)
    low, high = ax.get_ylim()
    assert low <= min(x.min() for x in expected.values()) and high >= max(x.max() for x in expected.values())


def test_currents_of_a_silent_neuron_keep_a_readable_axis():
    low, high = plotting.currents(traces_of(spikes=()), NEURON).get_ylim()
    assert low <= -10 and high >= 10


def test_gates_are_the_variables_besides_v():
    traces = traces_of()
    ax = plotting.gates(traces)
    assert legend_texts(ax) == ["$m$", "$h$", "$n$"]
    for name in "mhn":
        np.testing.assert_array_equal(lines(ax)[f"${name}$"].get_ydata(), traces[name][0])
    assert ax.get_ylim() == (0, 1)


@pytest.mark.parametrize(
    ("spikes", "duration", "start", "expected"),
    [
        ((50.0,), 200.0, 0.0, (0.0, 200.0)),
        ((50.0,), 1000.0, 0.0, (0.0, 300.0)),
        ((50.0,), 1000.0, 200.0, (200.0, 500.0)),
        ((680.0,), 2000.0, 0.0, (550.0, 850.0)),
        ((980.0,), 1000.0, 0.0, (700.0, 1000.0)),
        ((), 1000.0, 0.0, (0.0, 300.0)),
        ((50.0,), 400.0, 200.0, (100.0, 400.0)),
    ],
)
def test_300_ms_are_shown_and_the_first_spike_is_among_them(spikes, duration, start, expected):
    assert shown(traced(spikes=spikes, duration=duration), start=start) == expected


@pytest.mark.parametrize("spikes", [(50.0, 180.0), ()])
@pytest.mark.parametrize("duration", [100.0, 300.0, 5000.0])
def test_trace_figure_can_be_printed(kept, spikes, duration):
    result = traced(spikes=tuple(t for t in spikes if t < duration), duration=duration)
    plotting.save_trace_figure(result, NEURON, ".")
    (figure,) = kept
    assert len(figure.axes) == 3
    assert_printable(figure)
    assert [ax.get_xlabel() != "" for ax in figure.axes] == [False, False, True]
    assert ("of 5000 ms shown" in figure.axes[-1].get_xlabel()) == (duration == 5000)


def test_trace_figure_of_a_model_with_v_alone_has_one_panel(kept):
    class WithoutCurrents(sh.Passive):
        currents = property()

    traces = sh.Traces(np.arange(10.0), np.zeros((1, 1, 10)), ("V",))
    plotting.save_trace_figure(result_of([[]], (0.0, 9.0), traces=traces), WithoutCurrents(), ".")
    assert len(kept[0].axes) == 1


def test_trace_figure_asks_for_traces():
    with pytest.raises(sh.InputError, match="trace_interval"):
        plotting.save_trace_figure(result_of([[]]), NEURON, ".")


# The density of the ISIs


def test_isi_density_draws_the_density_and_its_band_in_the_colour_of_the_backend():
    spikes = poisson(1).spikes
    ax = plotting.isi_density(spikes, label="diffusion", backend="diffusion")
    line, band = ax.patches
    drawn = sh.statistics.isi_histogram(spikes)
    high = np.nan_to_num(drawn.high)
    np.testing.assert_array_equal(line.get_data().values, drawn.value)
    np.testing.assert_array_equal(band.get_data().values, high)
    np.testing.assert_array_equal(band.get_data().baseline, np.nan_to_num(drawn.low))
    colour = to_rgb(plotting.colour_of("diffusion"))
    assert to_rgb(line.get_edgecolor()) == colour == to_rgb(band.get_facecolor())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Interspike interval, ISI (ms)", "ISI density (per decade)")
    assert ax.get_xscale() == "log" and ax.get_ylim()[0] == 0 and ax.get_ylim()[1] >= high.max()


def test_against_draws_values_in_order_and_leaves_a_gap_for_what_is_missing():
    known = {"level": 0.95, "unit": "Hz", "n": 20}
    whole = [sh.Estimate("rate", x, x - 1, x + 2, method="by trial", **known) for x in (3.0, 1.0)]
    gone = sh.Estimate.missing("rate", "no spike", **known)
    bare = sh.Estimate.missing("rate", "one trial", value=9.0, **known)
    line = plotting.against([3, 1, 2, 4], [*whole, gone, bare], backend="diffusion", label="rate").lines[0]
    assert line.get_xdata().tolist() == [1, 2, 3, 4] and line.get_label() == "rate"
    assert np.array_equal(line.get_ydata(), [1, np.nan, 3, 9], equal_nan=True)
    assert line.get_color() == plotting.colour_of("diffusion")
    points = plotting.against([3, 1], whole, band=False)
    ends = sorted(segment[:, 1].tolist() for segment in points.collections[0].get_segments())
    assert ends == [[0, 3], [2, 5]] and points.lines[0].get_linestyle() == "None"


def test_isi_density_of_one_trial_has_no_band_and_of_none_says_so():
    assert len(plotting.isi_density(poisson(1, n_trials=1).spikes).patches) == 1
    ax = plotting.isi_density(result_of([[], [3.0]]).spikes, label="jump", backend="jump")
    assert not ax.patches
    assert ax.get_legend_handles_labels()[1] == ["jump (no ISIs)"]


# The forest


def made_up(value, low, high, margin, verdict, reason=None):
    """A Comparison of the rate alone."""
    a = sh.Estimate("rate", 10.0, 9.0, 11.0, 0.95, "Hz", 20, "made up")
    b = sh.Estimate("rate", 12.0, 11.0, 13.0, 0.95, "Hz", 20, "made up")
    d = sh.Estimate("rate", value, low, high, 0.95, "Hz", 20, "made up", reason)
    return Comparison({"rate": a}, {"rate": b}, ("jump", "diffusion"), {"rate": Difference(d, margin, verdict)}, {}, {})


def drawn(ax):
    """(marker, positions) and (ends of the interval) of the only row."""
    marks = [(line.get_marker(), *line.get_xdata()) for line in ax.lines if line.get_marker() != "None"]
    bars = [tuple(line.get_xdata()) for line in ax.lines[1:] if line.get_marker() == "None"]
    return marks, bars


@pytest.mark.parametrize(
    ("verdict", "marker", "face"),
    [("equivalent", "o", "black"), ("different", "D", "black"), ("undecided", "o", "white")],
)
def test_forest_draws_difference_over_margin_with_the_verdict_as_marker(verdict, marker, face):
    ax = plotting.forest(made_up(2.0, 1.0, 3.0, 0.5, verdict))
    assert drawn(ax) == ([(marker, 4.0)], [(2.0, 6.0)])
    mark = next(line for line in ax.lines if line.get_marker() == marker)
    assert mark.get_markerfacecolor() == face
    assert legend_texts(ax) == ["equivalent", "different", "undecided", "margin"]
    assert ax.get_xlabel() == "Difference (diffusion \N{MINUS SIGN} jump) / margin"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Rate (Hz)"]
    (band,) = ax.patches
    corners = ax.transData.inverted().transform(band.get_transform().transform_path(band.get_path()).vertices)
    assert {*corners[:, 0].round(9)} == {-1, 1}
    written = [text.get_text() for text in ax.texts]
    for cell in ("jump", "diffusion", "10.0", "12.0", "±0.50", "+2.0 [+1.0, +3.0]", "difference [95 % interval]"):
        assert cell in written


def test_forest_numbers_carry_two_digits_of_the_uncertainty():
    written = [t.get_text() for t in plotting.forest(made_up(-0.0123, -0.0456, 0.0210, 0.5, "equivalent")).texts]
    assert "\N{MINUS SIGN}0.012 [\N{MINUS SIGN}0.046, +0.021]" in written
    assert "10.000" in written
    written = [t.get_text() for t in plotting.forest(made_up(2.0, -4e9, 44.0, 3.2, "undecided")).texts]
    assert "+2 [\N{MINUS SIGN}4.0e+09, +44]" in written
    written = [t.get_text() for t in plotting.forest(made_up(2.0, -40.0, 44.0, 3.2, "undecided")).texts]
    assert "+2 [\N{MINUS SIGN}40, +44]" in written and "±3.2" in written


def test_forest_shows_a_value_without_interval_and_the_reason():
    comparison = made_up(2.0, None, None, 0.5, "undecided", "a confidence interval requires two trials")
    ax = plotting.forest(comparison)
    assert drawn(ax) == ([("o", 4.0)], [])
    assert notes(comparison) == ["¹ a confidence interval requires two trials"]
    written = [text.get_text() for text in ax.texts]
    assert "+2.0¹" in written and "¹ a confidence interval requires two trials" in written


def test_forest_names_the_reason_of_a_missing_value():
    ax = plotting.forest(made_up(None, None, None, None, "undecided", "there is no spike"))
    assert drawn(ax) == ([], [])
    assert "\N{EN DASH}¹" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(
    ("value", "low", "high", "margin"), [(0.0, -0.3, 0.3, 0.0), (2.0, 1.0, 3.0, 0.0), (-2e9, -3e9, -1e9, 1.0)]
)
def test_forest_draws_what_lies_infinitely_far_at_the_edge(value, low, high, margin):
    ax = plotting.forest(made_up(value, low, high, margin, "undecided"))
    (mark,), (bar,) = drawn(ax)
    edge = ax.get_xlim()[1]
    assert mark[1] == np.sign(value) * edge
    assert bar == (np.sign(low) * edge, np.sign(high) * edge)


# The figure of a comparison


@pytest.mark.parametrize("case", CASES)
def test_comparison_figure_can_be_printed(kept, case):
    jump, diffusion = pairs(case)
    compared(jump, diffusion, traces=(traced(), traced("diffusion", (120.0,))))
    (figure,) = kept
    assert_printable(figure)
    *rasters, upper, lower, density, forest = figure.axes
    for ax, line, result in zip(rasters, (upper, lower), (jump, diffusion), strict=True):
        colour = to_rgb(plotting.colour_of(result.backend))
        assert line.lines[0].get_color() == plotting.colour_of(result.backend)
        assert set(ticks(ax)) <= set(range(20)) and to_rgb(ax.lines[0].get_color()) == colour
    rates = [f"{sh.statistics.rate(result.spikes).value:.3g} Hz" for result in (jump, diffusion)]
    assert legend_texts(rasters[0]) == [f"jump, {rates[0]}", f"diffusion, {rates[1]}"]
    assert rasters[0].get_xlim() == rasters[1].get_xlim()
    assert [text.split(" (")[0] for text in legend_texts(density)[:2]] == ["jump", "diffusion"]
    assert ("95 % by trial" in legend_texts(density)) == any(patch.get_fill() for patch in density.patches)
    assert len(forest.get_yticks()) == 10
    assert [text.get_text() for ax in figure.axes for text in ax.texts if text.get_fontsize() == 9] == list("abcd")


def test_comparison_figure_takes_the_traces_of_the_results_or_none(kept):
    jump, diffusion = traced(), traced("diffusion")
    compared(jump, diffusion)
    assert len(kept[0].axes[2].lines) == 1
    compared(*pairs("usual"))
    assert_printable(kept[1])
    assert "no traces of $V$ were kept" in [text.get_text() for text in kept[1].axes[2].texts]


def test_comparison_figure_shows_each_potential_about_its_own_first_spike(kept):
    """Were the time common, one of two trials alone would spike in it, whichever model fires more."""
    traces = traced(spikes=(1200.0,), duration=5000.0), traced("diffusion", (3600.0,), duration=5000.0)
    compared(*pairs("usual"), traces=traces)
    assert [ax.get_xlim() for ax in kept[0].axes[2:4]] == [(1100.0, 1400.0), (3500.0, 3800.0)]


# Files

SCRIPT = """
import sys
sys.path.insert(0, {here!r})
from test_plotting import *
compared(*pairs("silent"), {directory!r}, traces=(traced(), traced("diffusion")))
plotting.save_trace_figure(traced(), NEURON, {directory!r})
"""


@pytest.mark.slow
def test_files_are_the_same_bytes_each_time(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for directory in (first, second):
        directory.mkdir()
    made = compared(*pairs("silent"), first, traces=(traced(), traced("diffusion")))[1]
    made += plotting.save_trace_figure(traced(), NEURON, first)
    assert [path.name for path in made] == ["comparison.png", "comparison.pdf", "trace.png", "trace.pdf"]
    code = SCRIPT.format(here=os.path.dirname(__file__), directory=str(second))
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    for path in made:
        assert path.read_bytes() == (second / path.name).read_bytes()
    assert sorted(path.name for path in first.iterdir()) == sorted(path.name for path in made)


def test_files_are_what_a_journal_asks_for(tmp_path):
    png, pdf = plotting.save_trace_figure(traced(), NEURON, tmp_path, stem="figure1")
    assert (png.name, pdf.name) == ("figure1.png", "figure1.pdf")
    content = pdf.read_bytes()
    assert b"/FontFile2" in content and b"/Type3" not in content and b"/CreationDate" not in content
    width = float(re.search(rb"/MediaBox \[ 0 0 ([0-9.]+) ", content).group(1)) / 72
    assert abs(width - PAGE * MM) < 0.01
    header = png.read_bytes()[:2000]
    assert int.from_bytes(header[16:20], "big") == int(PAGE * MM * 300)
    assert b"pHYs" + (11811).to_bytes(4, "big") in header  # 300 dpi in pixels a metre


@pytest.mark.slow
def test_threads_may_save_at_once(tmp_path):
    before = dict(matplotlib.rcParams)
    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(plotting.save_trace_figure, traced(), NEURON, tmp_path, f"t{k}") for k in range(3)]
        made = [job.result() for job in jobs]
    assert len({png.read_bytes() for png, _ in made}) == len({pdf.read_bytes() for _, pdf in made}) == 1
    assert dict(matplotlib.rcParams) == before


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    with pytest.raises(sh.InputError, match="nowhere"):
        plotting.save_trace_figure(traced(), NEURON, tmp_path / "nowhere")
    assert not any(tmp_path.iterdir())
