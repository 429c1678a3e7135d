"""What is given to a statistic and is of another kind is refused by name, with what to give."""

import inspect

import numpy as np
import pytest

import stochhh as sh
from stochhh import statistics as st
from stochhh.equality import agree

SPIKES = sh.SpikeTrains([10.0, 20.0], [0, 0], 1, 0.0, 100.0)
RESULT = sh.Result(SPIKES, None)
OF_MOMENTS = {"V_mean", "V_variance", "V_skewness", "V_kurtosis"}
NOT_OF_DATA = {"summary", "by_trial", "curve_by_trial", "register"}
PUBLIC = [name for name in st.__all__ if inspect.isfunction(getattr(st, name)) and name not in NOT_OF_DATA]
WRONG = {"a list": [10.0, 20.0], "an array": np.ones(3), "None": None}
RUN = sh.simulate(
    sh.HodgkinHuxley(I_app=10), sh.SynapticInput(), backend="jump", duration=300, n_trials=2, seed=1,
    membrane=sh.Sampling(interval=1.0, longest_lag=20.0, segment=50.0),
)  # fmt: skip


def of(name):
    """(what it takes, how many of it)."""
    parameters = list(inspect.signature(getattr(st, name)).parameters)
    if name in OF_MOMENTS:
        return "Moments", 1
    return ("Membrane" if parameters[0] == "membrane" else "SpikeTrains"), 1 + (parameters[:2] == ["a", "b"])


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("name", PUBLIC)
def test_another_kind_is_refused_by_name(name, kind):
    wanted, times = of(name)
    with pytest.raises(sh.InputError, match=f"it must be a Result or {wanted}"):
        getattr(st, name)(*times * [WRONG[kind]])


@pytest.mark.parametrize("name", PUBLIC)
def test_a_result_does_where_a_part_of_it_does(name):
    wanted, times = of(name)
    part = {"Moments": RUN.moments, "Membrane": RUN.membrane, "SpikeTrains": RUN.spikes}[wanted]
    statistic = getattr(st, name)
    assert agree(statistic(*times * [RUN]), statistic(*times * [part]))


@pytest.mark.parametrize("trials", [[0, 0, 0, 1, 1, 1], [0] * 6], ids=["two trials", "one trial"])
@pytest.mark.parametrize(
    "name", [n for n in PUBLIC if of(n)[0] == "SpikeTrains" and n not in ("isi_bins", "first_spikes")]
)
def test_what_is_doubtful_in_the_spikes_is_so_in_all_that_is_made_of_them(name, trials):
    """Also where there is a value and no interval, as with one trial."""
    doubt = "The levels miss half of them."
    spikes = sh.SpikeTrains([10, 20, 31, 52, 60, 95], trials, max(trials) + 1, 0.0, 100.0, doubts=(doubt,))
    found = getattr(st, name)(*of(name)[1] * [spikes])
    for one in found.values() if isinstance(found, dict) else (found,):
        one = getattr(one, "estimate", one)
        missing = one.value is None if isinstance(one, sh.Estimate) else not np.isfinite(one.value).any()
        assert (doubt in one.doubts) is not missing and (missing or doubt in str(one))


@pytest.mark.parametrize("name", [name for name in PUBLIC if of(name)[0] != "SpikeTrains"])
def test_what_a_result_lacks_is_told(name):
    with pytest.raises(sh.InputError, match=r"the result has no (moments|membrane)"):
        getattr(st, name)(RESULT)


@pytest.mark.parametrize("name", [name for name in PUBLIC if of(name)[0] != "SpikeTrains"])
def test_spike_trains_are_no_membrane(name):
    with pytest.raises(sh.InputError, match=r" = <?SpikeTrains.*it must be a Result or (Moments|Membrane)"):
        getattr(st, name)(SPIKES)


def test_a_summary_takes_a_result_or_spike_trains():
    assert st.summary(RESULT) == st.summary(SPIKES)
    with pytest.raises(
        sh.InputError, match=r"spikes = \[10.0, 20.0\] is not allowed: it must be a Result or SpikeTrains"
    ):
        st.summary([10.0, 20.0])


@pytest.mark.parametrize("sums", [[1.0, 2.0], np.ones((3, 2)), None])
def test_sums_of_another_kind_are_refused_by_name(sums):
    quantity = st.Quantity("x", "1", st.PLAIN, "observations", 1)
    for estimate in (lambda: st.by_trial(quantity, np.sum, sums),
                     lambda: st.curve_by_trial(quantity, np.sum, sums, [1.0], x_name="lag", x_unit="ms")):  # fmt: skip
        with pytest.raises(sh.InputError, match="it must be TrialSums"):
            estimate()
