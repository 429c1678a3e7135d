"""Spikes out of text files of any layout, and what is said of those that cannot be read.

Would catch: a column taken for another, a comment or a header taken for a spike, names of trials lost, a line's number
that is wrong.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stochhh as sh
from stochhh.columns import read_columns
from stochhh.files import write_table

TIMES, TRIALS = [1.5, 20.0, 7.25], [0, 0, 1]  # what all files below hold
LAYOUTS = {
    "usual": ("trial,time\n0,1.5\n0,20\n1,7.25\n", {}),
    "other order": ("time,trial\n20,0\n7.25,1\n1.5,0\n", {}),
    "byte order mark, CRLF": ("\ufefftrial,time\r\n0,1.5\r\n0,20\r\n1,7.25\r\n", {}),
    "semicolons and other columns": (
        "unit;Trial;Spike (s);amplitude\na;0;0.0015;1.0\nb;0;0.02;x\na;1;0.00725;\n",
        {"time": "Spike (s)", "trial": "Trial", "unit": "s"},
    ),
    "quoted": ('"trial","time"\n"0","1.5"\n"0","20"\n"1","7.25"\n', {}),
    "quoted in part": ('trial,time\n0,"1.5"\n"0",20\n1, 7.25\n', {}),
    "tabs, quoted names": ('"trial"\t"time"\n0\t1.5\n0\t20\n1\t7.25\n', {}),
    "white space by position": ("  1.5   0\n 20.0   0\n  7.25  1\n", {"time": 0, "trial": 1}),
    "comments and empty lines": ("# recorded today\n\ntrial,time  # ms\n0,1.5\n\n0,20 # late\n1,7.25\n", {}),
    "another comment": ("% by hand\n0 1.5\n0 20\n1 7.25\n", {"time": 1, "trial": 0, "comment": "%"}),
    "header, by position": ("sweep,t\n0,1.5\n0,20\n1,7.25\n", {"time": 1, "trial": 0}),
    "trials as floats": ("trial,time\n0.0,1.5\n0.0,20\n1.0,7.25\n", {}),
    "from one": ("trial,time\n1,1.5\n1,20\n2,7.25\n", {"trials": [1, 2]}),
    "named trials": ("trial,time\nleft,1.5\nleft,20\nright,7.25\n", {"trials": ["left", "right"]}),
    "numbers as names": ("trial,time\n07,1.5\n07,20\nB,7.25\n", {"trials": ["07", "B"]}),
    "names by position, no header": ("1.5 left\n20 left\n7.25 B\n", {"time": 0, "trial": 1, "trials": ["left", "B"]}),
    "another separator": ("trial|time\n0|1.5\n0|20\n1|7.25\n", {"separator": "|"}),
}


def read(tmp_path, text, **options):
    (tmp_path / "spikes.txt").write_bytes(text.encode())
    return sh.SpikeTrains.from_csv(tmp_path / "spikes.txt", stop=100.0, **{"unit": "ms"} | options)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_spikes(tmp_path, layout):
    text, options = LAYOUTS[layout]
    spikes = read(tmp_path, text, **options)
    np.testing.assert_allclose(spikes.time, TIMES, rtol=1e-15)
    assert spikes.trial.tolist() == TRIALS and spikes.n_trials == 2


@pytest.mark.parametrize(
    ("text", "options", "line"),
    [
        ("trial,time\n0,1.5\n0,120\n1,7.25\n", {}, 3),
        ("# ms\n\ntrial,time\n\n1,7.25 # late\n# more\n\n0,120\n0,130\n", {}, 8),
        ("7.25 1\n0.5 0\n120 0\n", {"time": 0, "trial": 1}, 3),
        ("0.12\n", {"time": 0, "trial": None, "unit": "s"}, 1),
    ],
)
def test_a_spike_outside_the_window_is_named_by_its_line(tmp_path, text, options, line):
    said = rf"spikes.txt, line {line}: trial 0: time = 120.0 .* from 0 to 100 \(ms\); give stop = the time up to which"
    with pytest.raises(sh.InputError, match=said):
        read(tmp_path, text, **options)


def test_one_column_of_times_is_one_trial(tmp_path):
    assert [t.tolist() for t in read(tmp_path, "3\n1\n2\n", time=0, trial=None)] == [[1.0, 2.0, 3.0]]
    assert read(tmp_path, "time\n", trial=None).time.size == 0


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("0,1.5\n0,20\n", {}, "line 1: there are numbers where a header is wanted; give .* time=.*trial="),
        ("Trial,t\n0,1\n", {}, "line 1: trial = 'trial' .* 'Trial', 't'; give trial= its name, or its position"),
        ("trial,time\n0,1\n1,2\n0,x\n", {}, "line 4: time = 'x' is not allowed: it must be a finite number"),
        ("trial,time\n\n# note\n0,1\n0,nan\n", {}, "line 5: time = 'nan'"),
        ("trial,time\n0,1\n0.5,2\n", {}, "line 3: trial = '0.5' is not allowed: it must be a whole number, or a name"),
        ("trial,time\n0,1\n0,2,3\n", {}, "line 3: number of columns = 3 is not allowed: it must be 2"),
        ("trial,time\n0,1\n0\n", {}, "line 3: number of columns = 1"),
        ("trial,time\na,1\nb,2\n", {}, "the trials have names, 'a', 'b'; give trials="),
        ("trial,time\na,1\nb,2\n", {"trials": ["a"]}, "trial 'b' has spikes but is not listed in trials"),
        ("trial,time\n0,1\n", {"time": 5, "trial": 0}, "time = 5 is not allowed: it must be a position from 0 to 1"),
        ("trial,time\n0,1\n", {"time": -1}, "time = -1"),
        ("trial,time\n0,1\n", {"time": 1.5}, "time = 1.5"),
        ("time,time\n0,1\n", {"trial": None}, "it stands there twice"),
        ("# nothing\n\n", {}, "there is no line with columns in it"),
        ("", {}, "there is no line with columns in it"),
        ("trial,time\n0,1\n\n0,\n", {}, "line 4: time = ''"),
        ("trial,time\n,1\n", {}, "line 2: trial = '' is not allowed: it must be a whole number, or a name"),
        ("trial,time\n0,1_0\n", {}, "line 2: time = '1_0' is not allowed: it must be a finite number"),
        ("trial,time\n0,\u0663\n", {}, "line 2: time = '\u0663'"),
        ("trial,time\n0,inf\n", {}, "line 2: time = 'inf'"),
        ("trial,time\n0,1e999\n", {}, "line 2: time = '1e999'"),
        ("trial,time\n0,1\n0,True\n", {}, "line 3: time = 'True'"),
        ("trial,time\n0;1\n", {}, "line 2: number of columns = 1 is not allowed: it must be 2"),
        ("trial,time\n0,1,\n", {}, "line 2: number of columns = 3 is not allowed: it must be 2"),
        ("trial,time\n1e30,1\n", {}, r"trial\[0\] = 1e\+30 is not allowed: it must be a whole number"),
        ("trial,time\n18446744073709551615,1\n", {}, r"trial\[0\] = 18446744073709551615 is not"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path, text, options, said):
    with pytest.raises(sh.InputError, match=said) as error:
        read(tmp_path, text, **options)
    assert "spikes.txt" in str(error.value)


EVENTS = "trial,time,jump\n0,1.5,3\n0,20,-4\n1,7.25,0.5\n"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (EVENTS, {}),
        ("jump;population;trial;time\n-4;inh;0;20\n3;exc;0;1.5\n0.5;exc;1;7.25\n", {}),
        ("# s, mV\n0.0015\t3\tleft\n0.02\t-4\tleft\n0.00725\t0.5\tright\n",
         {"time": 0, "jump": 1, "trial": 2, "unit": "s", "trials": ["left", "right"]}),
    ],
)  # fmt: skip
def test_events_are_read_as_spikes_are(tmp_path, text, options):
    (tmp_path / "events.txt").write_text(text)
    events = sh.Recording.from_csv(tmp_path / "events.txt", **options)
    np.testing.assert_allclose(events.time, TIMES, rtol=1e-15)
    assert events.trial.tolist() == TRIALS and events.jump.tolist() == [3.0, -4.0, 0.5] and events.n_trials == 2


def test_events_of_one_trial_and_their_unit(tmp_path):
    """Seconds are a doubt of the run, by the rule for spikes; not where the unit is given."""
    rows = "".join(f"{0.01 * k},1\n" for k in range(1, 20))
    (tmp_path / "events.txt").write_text(f"time,jump\n{rows}")
    read = lambda **options: sh.Recording.from_csv(tmp_path / "events.txt", trial=None, **options)  # noqa: E731
    assert "if they are in seconds" in " ".join(read().doubts_of_run(0, 1, 1000.0))
    assert read(unit="ms").doubts_of_run(0, 1, 1000.0) == () == read(unit="s").doubts_of_run(0, 1, 1000.0)
    assert read(unit="s").time[-1] == pytest.approx(190.0) and read().n_trials == 1
    with pytest.raises(sh.InputError, match=r"events\.txt: unit = 'min' is not allowed: it must be one of ms, s, us"):
        read(unit="min")
    with pytest.raises(sh.InputError, match=r"trials = .* is not allowed: it must be omitted with trial=None"):
        read(trials=[0])
    assert read(n_trials=3).n_trials == 3


@given(time=st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_floats_survive_to_the_last_bit(tmp_path_factory, time):
    path = tmp_path_factory.mktemp("table") / "a.csv"
    write_table(path, {"trial": np.arange(len(time)), "time": np.array(time)})
    table = read_columns(path, {"trial": "trial", "time": "time"}, texts=("trial",))
    assert np.array(table["time"], dtype=float).tobytes() == np.array(time, dtype=float).tobytes()
    assert table["trial"].tolist() == list(range(len(time)))


def test_places_where_there_is_no_table(tmp_path):
    (tmp_path / "bytes.csv").write_bytes(b"trial,time\n0,\xff\n")
    for name, said in [("none.csv", "does not exist"), (".", "is a directory"), ("bytes.csv", "not a text")]:
        with pytest.raises(sh.InputError, match=f"{said}.*name a text file with columns"):
            read_columns(tmp_path / name, {"time": "time"})


def test_a_large_file_is_read_to_the_last_bit(tmp_path):
    time = np.sort(np.random.default_rng(1).uniform(0, 1e6, 200_000))
    text = "trial;time\n" + "\n".join(f"0;{t!r}" for t in time.tolist())
    (tmp_path / "large.txt").write_text(text)
    assert np.array_equal(sh.SpikeTrains.from_csv(tmp_path / "large.txt", stop=1e6, unit="ms").time, time)
