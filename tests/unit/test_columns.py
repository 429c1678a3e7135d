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
    "decimal commas": ("trial;time\n0;1,5\n0;20\n1;7,25\n", {"decimal": ","}),
    "decimal commas, tabs": ("0\t1,5\n0\t2,0e1\n1\t7,25\n", {"decimal": ",", "trial": 0, "time": 1}),
    "decimal commas, blanks, quoted": ('0 "1,5"\n0 20\n1 7,25\n', {"decimal": ",", "trial": 0, "time": 1}),
    "one blank or several": ("trial time\n0    1.5\n0   20 \n 1 7.25\n", {"separator": " "}),
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
        ("0,1.5\n0,20\n", {}, "line 1: the first line holds numbers, not the names of .*; give .* time=0, trial=1, if"),
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
        ("time,time\n0,1\n", {"trial": None}, "must be a name that occurs once in the header, 'time', 'time'; give"),
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


UTF_16 = "trial,time\n0,1\n".encode("utf-16")
OPTIONS = [  # text, options, what the message names
    ("trial,time\n0,1\n", {"separator": ""}, "separator = '' is not allowed: it must be one char.*; leave it out"),
    ("trial,time\n0,1\n", {"separator": 1}, "separator = 1 is not allowed"),
    ("trial,time\n0,1\n", {"separator": "::"}, "separator = '::' is not allowed"),
    ("trial,time\n0,1\n", {"separator": "."}, r"separator = '\.' is not allowed"),
    ("trial,time\n0,1\n", {"separator": "#"}, "separator = '#' is not allowed"),
    ("trial,time\n0,1\n", {"separator": ",", "decimal": ","}, "separator = ',' is not allowed"),
    ("trial,time\n0,1\n", {"comment": "//"}, "comment = '//' is not allowed: it must be one character"),
    ("trial,time\n0,1\n", {"comment": 3}, "comment = 3 is not allowed"),
    ("trial,time\n0,1\n", {"decimal": ":"}, r"decimal = ':' is not allowed: it must be '\.' or ','"),
    ("time\n1\n", {}, "trial = 'trial' .*, counted from 0; or give trial=None if all lines are of one trial"),
    ("1.5\n20\n", {}, "counted from 0, as in time=0, trial=None, if all lines are of one trial$"),
    ("% by hand\ntrial,time\n0,1\n", {}, "line 1: .* or give comment='%' if that line is a comment"),
    ("trial,time\n0,1\n% late\n", {}, "line 3: number of columns = 1 .* give comment='%' if that line is a comment"),
    ("trial|time\n0|1\n", {}, r"line 1: .* or give separator='\|' if that separates the columns"),
    ("trial,time\n0,1\n", {"separator": "\t"}, "line 1: .* or give separator=',' if that separates the columns"),
    ("trial time\n0 1\n", {"separator": ","}, "line 1: .* or give separator=' ' if that separates the columns"),
    ("trial;time\n0;12,5\n", {}, "line 2: time = '12,5' is not .*; give decimal=',' if this is a decimal comma"),
    ("0;12,5\n", {}, "line 1: the first line holds numbers.*; or give decimal=',' if its commas are decimal points"),
    ("0 12,5\n", {}, "line 1: .* or give decimal=',' if its commas are decimal points"),
    ("0;12,5\n", {"trial": 0, "time": 1}, "line 1: time = '12,5' is not .* a finite number; give decimal=','"),
    ("trial;time\n0;1.5\n", {"decimal": ","}, "line 2: time = '1.5' is not allowed"),
    ("trial,time,note\n0,12.5,\"a, b\"\n", {}, "line 2: number of columns = 4 .* 3; if an entry in quotes contains"),
    ("trial,time\n0,12,5\n", {}, "line 2: number of columns = 3 .* 2; columns are separated by ','; give separator="),
    ("nan 0\n1.5 0\n", {"time": 0, "trial": 1}, "line 1: time = 'nan'"),
    (UTF_16, {}, "not a text in UTF-8 .*; save it as UTF-8"),
    ("trial,time\n0,1\n".encode("utf-16-le"), {}, "not a text in UTF-8; save it as UTF-8"),
    ("trial,time,ort\n0,1,Köln\n".encode("latin-1"), {}, "not a text in UTF-8 .*; save it as UTF-8"),
    ("1\n2\n", {"time": 0, "trial": 0}, "trial = 0 is not .* another column than that of time; give trial=None if all"),
    ("1\n", {"time": 0, "trial": 1}, "trial = 1 is not allowed: it must be a position from 0 to 0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "said"), OPTIONS)
def test_the_option_that_would_read_it_is_named(tmp_path, text, options, said):
    path = tmp_path / "spikes.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(sh.InputError, match=said):
        sh.SpikeTrains.from_csv(path, stop=100.0, unit="ms", **options)


def test_following_the_advice_reads_the_file(tmp_path):
    assert read(tmp_path, "1.5\n20\n", time=0, trial=None).time.tolist() == [1.5, 20.0]
    assert read(tmp_path, "% by hand\ntrial,time\n0,1\n", comment="%", trials=[0]).time.tolist() == [1.0]
    assert read(tmp_path, "0 12,5\n", time=1, trial=0, decimal=",").time.tolist() == [12.5]
    assert read(tmp_path, "trial;time\n0;1.5\n", comment=None).time.tolist() == [1.5]


def test_events_without_a_header_are_not_given_an_order_that_is_not_theirs(tmp_path):
    (tmp_path / "events.txt").write_text("1.5\n")
    with pytest.raises(sh.InputError, match="time and jump and trial are needed, but there is only 1 column"):
        sh.Recording.from_csv(tmp_path / "events.txt")


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("time (s)", "s"), ("t_s", "s"), ("Time [sec]", "s"), ("spike_times_seconds", "s"), ("time/s", "s"),
        ("time in s", "s"), ("t (ms)", "ms"), ("t_ms", "ms"), ("time (µs)", "us"), ("time_us", "us"),
        ("t (ms since stimulus)", "ms"), ("time", None), ("spike_times", None), ("time (relative)", None), ("s", None),
        ("seconds", "s"), ("ms", "ms"), ("times", None),
    ],
)  # fmt: skip
def test_the_unit_in_the_header(tmp_path, title, unit):
    """It decides, and nothing contradicts it; by position too."""
    factor = {"s": 1.0, "ms": 1000.0, "us": 1e6}[unit or "ms"]
    path = tmp_path / "spikes.txt"
    path.write_text(f"trial,{title}\n" + "".join(f"0,{0.01 * k * factor!r}\n" for k in (1, 2, 5)))
    for column in (title, 1):
        found = sh.SpikeTrains.from_csv(path, stop=1000.0, trial=0 if column == 1 else "trial", time=column)
        assert found.time == pytest.approx([10.0, 20.0, 50.0])
        assert found.doubts == ()
    for other in {"s", "ms", "us"} - {unit} if unit else ():
        with pytest.raises(
            sh.InputError, match=f"unit = '{other}' .* be '{unit}', the unit that the header .*leave unit"
        ):
            sh.SpikeTrains.from_csv(path, stop=1000.0, time=title, unit=other)
    if unit:
        assert sh.SpikeTrains.from_csv(path, stop=1000.0, time=title, unit=unit) == sh.SpikeTrains.from_csv(
            path, stop=1000.0, time=title
        )


def test_seconds_in_a_header_are_no_doubt_of_a_run(tmp_path):
    (tmp_path / "events.txt").write_text("time (s),jump\n" + "".join(f"{0.01 * k},1\n" for k in range(1, 20)))
    events = sh.Recording.from_csv(tmp_path / "events.txt", time="time (s)", trial=None)
    assert events.time[-1] == pytest.approx(190.0) and events.doubts_of_run(0, 1, 1000.0) == ()


def test_decimal_commas_to_the_last_bit(tmp_path):
    time = np.sort(np.random.default_rng(2).uniform(0, 1e3, 2000))
    text = "trial;time\n" + "".join(f"0;{t!r}\n".replace(".", ",") for t in time.tolist())
    (tmp_path / "commas.txt").write_text(text)
    found = sh.SpikeTrains.from_csv(tmp_path / "commas.txt", stop=1e3, unit="ms", decimal=",")
    assert np.array_equal(found.time, time)


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
