"""The Poisson train with a dead time: its formulas agree with each other, with limits, and with what is estimated.

Would catch: a factor 2 in the spectrum, an order lost in the renewal density, a dead time forgotten.
"""

import numpy as np
import pytest
from scipy.integrate import simpson

from stochhh.errors import InputError
from stochhh.results import SpikeTrains
from stochhh.statistics import autocorrelation, fano_curve, isi_hazard, isi_survival, spike_spectrum
from stochhh.theory import DeadTimePoisson

TRAIN = DeadTimePoisson(rate=50.0, dead_time=5.0)
LEVEL = 0.999  # of the joint bands: one false alarm in 200 sets of the five curves


def test_the_law_of_the_isis():
    x = np.linspace(5.0, 500.0, 200_001)
    density = TRAIN.isi_density(x)
    assert simpson(density, x=x) == pytest.approx(1, abs=1e-8)
    assert simpson(x * density, x=x) == pytest.approx(20.0, rel=1e-8)
    assert simpson((x - 20) ** 2 * density, x=x) == pytest.approx((20 * TRAIN.cv) ** 2, rel=1e-8)
    assert TRAIN.isi_survival([0.0, 5.0]).tolist() == [1.0, 1.0] and TRAIN.isi_density(4.999) == 0


def test_without_dead_time_it_is_poissons():
    train = DeadTimePoisson(20.0, 0.0)
    for curve, x in ((train.autocorrelation, [0.1, 10, 300]), (train.spike_spectrum, [0.1, 5, 1e4])):
        np.testing.assert_allclose(curve(x), 20.0, rtol=1e-9)
    np.testing.assert_allclose(train.fano_curve([0.1, 100, 10_000]), 1.0, rtol=1e-9)


def test_the_autocorrelation_has_the_spectrum_as_transform_and_gives_the_fano_factor():
    s = np.linspace(5.0, 1000.0, 39_801)
    beyond = TRAIN.autocorrelation(s) - 50.0
    for f in (1.0, 30.0, 200.0):
        phase = 2 * np.pi * f * s / 1000
        before = -50.0 * np.sin(2 * np.pi * f * 5 / 1000) / (2 * np.pi * f)  # nothing in the dead time
        S = 50.0 * (1 + 2 * (before + simpson(beyond * np.cos(phase), x=s) / 1000))
        assert TRAIN.spike_spectrum(f) == pytest.approx(S, rel=1e-4)
    w, inside = 100.0, s <= 100.0
    short = -50.0 * (w * 5 - 12.5) / 1000
    F = 1 + 2 / w * (short + simpson((w - s[inside]) * beyond[inside], x=s[inside]) / 1000)
    assert TRAIN.fano_curve(w) == pytest.approx(F, rel=1e-4)


def test_the_limits():
    assert TRAIN.spike_spectrum(1e-3) == pytest.approx(TRAIN.renewal_limit, rel=1e-6)
    assert TRAIN.spike_spectrum(1e6) == pytest.approx(50.0, rel=1e-3)
    assert TRAIN.autocorrelation([2.0, 400.0]) == pytest.approx([0.0, 50.0])
    assert TRAIN.fano_curve([1e-6, 1e5]) == pytest.approx([1.0, TRAIN.cv**2], rel=1e-3)
    assert DeadTimePoisson.like(50.0, 0.75) == TRAIN


@pytest.mark.parametrize(
    ("arguments", "name"), [((0.0, 1.0), "rate"), ((50.0, -1.0), "dead_time"), ((50.0, 20.0), "below the mean ISI")]
)
def test_what_cannot_be_is_refused_by_name(arguments, name):
    with pytest.raises(InputError, match=name):
        DeadTimePoisson(*arguments)
    with pytest.raises(InputError, match="cv"):
        DeadTimePoisson.like(50.0, 1.5)


@pytest.fixture(scope="module")
def trains():
    """100 stationary trials of 5 s."""
    rng = np.random.default_rng(11)
    times = np.cumsum(5.0 + rng.exponential(15.0, (100, 500)), axis=1)
    trial, _ = np.nonzero(times < 6000.0)
    return SpikeTrains(times[times < 6000.0], trial, 100, start=1000.0, stop=6000.0)


@pytest.mark.parametrize(("dead_time", "right"), [(5.0, True), (4.0, False), (6.0, False)])
def test_what_is_estimated_has_the_theory_in_its_band(trains, dead_time, right):
    """All five curves hold the truth; a dead time that is wrong by 1 ms leaves each band."""
    theory = DeadTimePoisson(50.0, dead_time)
    bins = np.linspace(0, 60, 31)
    inside = []
    for curve, truth in (
        (isi_survival(trains, np.linspace(1, 60, 60), level=LEVEL), theory.isi_survival),
        (isi_hazard(trains, np.array([6.0, 10.0, 20.0, 40.0]), level=LEVEL), theory.isi_hazard),
        (autocorrelation(trains, bins, level=LEVEL), None),
        (spike_spectrum(trains, np.linspace(2, 100, 25), level=LEVEL), theory.spike_spectrum),
        (fano_curve(trains, [20.0, 50.0, 100.0, 500.0], level=LEVEL), theory.fano_curve),
    ):
        at = theory.autocorrelation(_within(bins)).mean(axis=1) if truth is None else truth(curve.x)
        known = np.isfinite(curve.joint_low)
        inside.append(bool(np.all((curve.joint_low <= at) & (at <= curve.joint_high), where=known)))
    assert all(inside) if right else not any(inside)


def _within(edges):
    """Points within each bin, shape (n_bins, 200): at lags the theory is a mean over the bin."""
    part = (np.arange(200) + 0.5) / 200
    return edges[:-1, None] + np.diff(edges)[:, None] * part
