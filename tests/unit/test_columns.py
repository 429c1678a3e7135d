"""Spikes out of text files of any layout, and what is said of those that cannot be read.

Would catch: a column taken for another, a comment or a header taken for a spike, names of trials lost, a line's number
that is wrong.
"""

import numpy as np
import pytest

import stochhh as sh

TIMES, TRIALS = [1.5, 20.0, 7.25], [0, 0, 1]  # what all files below hold
LAYOUTS = {
    "usual": ("trial,time\n0,1.5\n0,20\n1,7.25\n", {}),
    "other order": ("time,trial\n20,0\n7.25,1\n1.5,0\n", {}),
    "byte order mark, CRLF": ("\ufefftrial,time\r\n0,1.5\r\n0,20\r\n1,7.25\r\n", {}),
    "semicolons and other columns": (
        "unit;Trial;Spike (s);amplitude\na;0;0.0015;1.0\nb;0;0.02;x\na;1;0.00725;\n",
        {"time": "Spike (s)", "trial": "Trial", "unit": "s"},
    ),
    "tabs, quoted names": ('"trial"\t"time"\n0\t1.5\n0\t20\n1\t7.25\n', {}),
    "white space by position": ("  1.5   0\n 20.0   0\n  7.25  1\n", {"time": 0, "trial": 1}),
    "comments and empty lines": ("# recorded today\n\ntrial,time  # ms\n0,1.5\n\n0,20 # late\n1,7.25\n", {}),
    "another comment": ("% by hand\n0 1.5\n0 20\n1 7.25\n", {"time": 1, "trial": 0, "comment": "%"}),
    "header, by position": ("sweep,t\n0,1.5\n0,20\n1,7.25\n", {"time": 1, "trial": 0}),
    "trials as floats": ("trial,time\n0.0,1.5\n0.0,20\n1.0,7.25\n", {}),
    "from one": ("trial,time\n1,1.5\n1,20\n2,7.25\n", {"trials": [1, 2]}),
    "named trials": ("trial,time\nleft,1.5\nleft,20\nright,7.25\n", {"trials": ["left", "right"]}),
    "numbers as names": ("trial,time\n07,1.5\n07,20\nB,7.25\n", {"trials": ["07", "B"]}),
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
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path, text, options, said):
    with pytest.raises(sh.InputError, match=said) as error:
        read(tmp_path, text, **options)
    assert "spikes.txt" in str(error.value)


def test_a_large_file_is_read_to_the_last_bit(tmp_path):
    time = np.sort(np.random.default_rng(1).uniform(0, 1e6, 200_000))
    text = "trial;time\n" + "\n".join(f"0;{t!r}" for t in time.tolist())
    (tmp_path / "large.txt").write_text(text)
    assert np.array_equal(sh.SpikeTrains.from_csv(tmp_path / "large.txt", stop=1e6, unit="ms").time, time)
