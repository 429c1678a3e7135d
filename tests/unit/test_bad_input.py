"""Every value that a user can set, wrong in every way: exit 2, one line, the name, what is allowed, what to do.

Would catch: a wrong value that is let through, a traceback, a usage box, a message that does not name the key or the
option, a file that is touched although the input is wrong.
"""

import re

import pytest

from stochhh import examples
from stochhh.cli import main

TABLES = {
    "neuron": {"I_app": "3.0"},
    "population": {"name": '"exc"', "n": "80", "rate": "10.0", "p": "0.5", "weight": "1.0"},
    "simulation": {"duration": "100.0", "transient": "10.0", "n_trials": "2", "seed": "1"},
    "backend.jump": {"tolerance": "1e-3"},
    "backend.diffusion": {"scheme": '"euler-maruyama"', "dt": "0.01"},
    "backend.per-neuron": {"dt": "0.01"},
    "compare": {"level": "0.95"},
    "compare.margins": {"rate": "0.5"},
}

NUMBERS = ['"3.0"', "true", "nan", "inf", "-inf", "[1]", "{}", "2020-01-01"]
POSITIVE = [*NUMBERS, "0", "-1"]
NOT_NEGATIVE = [*NUMBERS, "-1e-9"]
WHOLE = [*NUMBERS, "1.0", "1.5", "-1"]
TEXTS = ["3", "true", "[]", '""']

# Table and key, what is allowed, values that are not.
KEYS = [
    ("neuron", "C_m", "a finite number above 0 (uF/cm2)", POSITIVE),
    ("neuron", "g_Na", "a finite number of at least 0 (mS/cm2)", NOT_NEGATIVE),
    ("neuron", "g_K", "a finite number of at least 0 (mS/cm2)", NOT_NEGATIVE),
    ("neuron", "g_L", "a finite number of at least 0 (mS/cm2)", NOT_NEGATIVE),
    ("neuron", "E_Na", "a finite number (mV)", NUMBERS),
    ("neuron", "E_K", "a finite number (mV)", NUMBERS),
    ("neuron", "E_L", "a finite number (mV)", NUMBERS),
    ("neuron", "I_app", "a finite number (uA/cm2)", NUMBERS),
    ("neuron", "phi", "a finite number above 0", POSITIVE),
    ("neuron", "threshold", "(mV)", [*NUMBERS, "1e6", "-1e6"]),
    ("neuron", "rearm", "(mV)", [*NUMBERS, "1e6", "-1e6"]),
    ("neuron", "rearm", "below the threshold", ["0", "10.0"]),
    ("neuron", "initial", 'or "rest"', ["3", '"resting"', "[1, 2, 3]", "[]", "{}", "true"]),
    ("neuron", "initial", "a finite number", ['["x", 0, 0, 0]', "[0, 2, 0, 0]", "[0, 0, -1, 0]", "[nan, 0, 0, 0]"]),
    ("neuron", "model", "one of hodgkin-huxley", ['"izhikevich"', "3", "[]", '""']),
    ("population", "name", "a text without dots", [*TEXTS, '"a.b"']),
    ("population", "n", "a whole number of at least 0", [*WHOLE, "99999999999999999999"]),
    ("population", "rate", "a finite number of at least 0 (Hz per neuron)", [*NOT_NEGATIVE, '"10 Hz"']),
    ("population", "p", "at least 0 and at most 1 (a probability)", [*NUMBERS, "-0.1", "1.1", "50"]),
    ("population", "weight", "(mV)", [*NUMBERS, '"1 mV"']),
    ("simulation", "duration", "a finite number above 0 (ms)", [*POSITIVE, '"10 s"']),
    ("simulation", "transient", "a finite number of at least 0 (ms)", NOT_NEGATIVE),
    ("simulation", "transient", "below the duration, 100 ms", ["100", "100.0", "1e9"]),
    ("simulation", "n_trials", "a whole number of at least 1", [*WHOLE, "0", "99999999999999999999"]),
    ("simulation", "seed", "at least 0 and at most 18446744073709551615", [*WHOLE, "18446744073709551616"]),
    ("backend.jump", "tolerance", "at most 0.1 (ms)", [*POSITIVE, "1"]),
    ("backend.jump", "lanes", "8", [*WHOLE, "0", "12"]),
    ("backend.diffusion", "dt", "(ms)", POSITIVE),
    ("backend.diffusion", "scheme", '"euler-maruyama"', ['"euler"', "3", "true", "[]"]),
    ("backend.diffusion", "lanes", "8", [*WHOLE, "0", "12"]),
    ("backend.per-neuron", "dt", "(ms)", POSITIVE),
    ("compare", "level", "at least 0.5 and at most 0.9999", [*NUMBERS, "0", "0.3", "1", "95"]),
    ("compare", "margins", "a table, [compare.margins]", ["3", "[]", '"5 %"']),
    ("compare.margins", "rate", "a finite number of at least 0", NOT_NEGATIVE),
    ("compare.margins", "V_skewness", "a finite number of at least 0", NOT_NEGATIVE),
]


def written(tables):
    """A file of these tables, and the number of the line of each key."""
    lines, where = [], {}
    for title, table in tables.items():
        lines += ["", f"[[{title}]]" if title == "population" else f"[{title}]"]
        for key, value in table.items():
            lines.append(f"{key} = {value}")
            where[title, key] = len(lines)
    return "\n".join(lines), where


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """Run the command line in a folder of its own; return the one line that it says, having checked that it is one."""
    monkeypatch.chdir(tmp_path)

    def refused(*arguments):
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        status = main(arguments)
        output, error = capsys.readouterr()
        assert status == 2, (status, error)
        assert output == ""
        assert re.fullmatch(r"stochhh: [^\n]+\n", error), error
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
        return error

    return refused


CASES = [(title, key, allowed, value) for title, key, allowed, values in KEYS for value in values]


class TestFile:
    @pytest.mark.parametrize(("title", "key", "allowed", "value"), CASES)
    def test_a_wrong_value(self, refused, tmp_path, title, key, allowed, value):
        tables = {name: dict(table) for name, table in TABLES.items() if not (key == "margins" and "margins" in name)}
        tables[title][key] = value
        text, where = written(tables)
        (tmp_path / "a.toml").write_text(text)
        said = refused("theory", "a.toml")
        assert f"a.toml, line {where[title, key]}: " in said
        assert re.search(rf"\b{key}\b", said) and allowed in said

    @pytest.mark.parametrize("value", ['"10 Hz"', '"1e3"', '"-.5 mV"'])
    def test_a_number_in_quotes(self, refused, tmp_path, value):
        text, _ = written({**TABLES, "population": {**TABLES["population"], "rate": value}})
        (tmp_path / "a.toml").write_text(text)
        assert "(Hz per neuron); write the number alone, without quotes and unit" in refused("theory", "a.toml")

    @pytest.mark.parametrize(
        ("title", "key"),
        [
            *(("population", key) for key in ("name", "n", "rate", "weight")),
            ("simulation", "duration"),
            ("simulation", "seed"),
        ],
    )
    def test_a_missing_key(self, refused, tmp_path, title, key):
        tables = {**TABLES, title: {name: value for name, value in TABLES[title].items() if name != key}}
        (tmp_path / "a.toml").write_text(written(tables)[0])
        assert re.search(rf"a\.toml, line \d+: \[.*\] lacks '{key}' \(.+\); add it", refused("theory", "a.toml"))

    @pytest.mark.parametrize(("title", "key"), [(title, key) for title, table in TABLES.items() for key in table])
    def test_a_misspelt_key(self, refused, tmp_path, title, key):
        wrong = key + "x" if len(key) < 4 else key[:-1] + "x"
        tables = {**TABLES, title: {(wrong if name == key else name): value for name, value in TABLES[title].items()}}
        text, where = written(tables)
        (tmp_path / "a.toml").write_text(text)
        said = refused("theory", "a.toml")
        assert f"line {where[title, wrong]}: " in said and f"has no key '{wrong}'; " in said
        assert f"did you mean '{key}' (" in said or f"{key}" in said.partition("its keys are")[2]

    @pytest.mark.parametrize("title", ["neuron", "simulation", "backend", "backend.jump", "compare", "compare.margins"])
    @pytest.mark.parametrize("value", ["3", "[]", '"x"'])
    def test_something_else_than_a_table(self, refused, tmp_path, title, value):
        text, _ = written({"simulation": TABLES["simulation"]} if title != "simulation" else {})
        (tmp_path / "a.toml").write_text(f"{title} = {value}\n{text}")
        assert f"line 1: {title.rpartition('.')[2]} = " in (said := refused("theory", "a.toml"))
        assert f"it must be a table, [{title}]" in said

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[[population]]\nname =", "line 2: this is not valid TOML: invalid value"),
            ("= 3", "line 1: this is not valid TOML"),
            ("{}", "line 1: this is not valid TOML"),
            ("a.b", "line 1: this is not valid TOML"),
            ("\x00", "line 1: this is not valid TOML"),
        ],
    )
    def test_no_toml(self, refused, tmp_path, text, said):
        (tmp_path / "a.toml").write_text(text)
        assert f"a.toml, {said}" in refused("theory", "a.toml")

    @pytest.mark.parametrize("command", ["theory", "compare", "run", "trace"])
    def test_no_file(self, refused, tmp_path, command):
        (tmp_path / "folder").mkdir()
        (tmp_path / "bytes.toml").write_bytes(b"\x89HDF\r\n")
        more = {"run": ["--backend", "jump"], "trace": ["--backend", "jump", "--out", "out"]}.get(command, [])
        for name, said in [
            ("none.toml", "this file does not exist"),
            ("folder", "this is a directory"),
            ("bytes.toml", "this is not a text in UTF-8"),
            ("bytes.toml/a.toml", "it cannot be read (Not a directory)"),
            ("n" * 300, "it cannot be read (File name too long)"),
        ]:
            line = refused(command, name, *more)
            assert f"{name}: {said}" in line and "`stochhh example question`" in line
        assert not (tmp_path / "out").exists()


@pytest.fixture
def question(refused, tmp_path):
    """The original problem in the folder, and the function that expects a refusal."""
    examples.write("question", tmp_path)
    (tmp_path / "events.csv").write_text("trial,time,jump\n0,1.0,1.0\n")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("precious")
    (tmp_path / "question-compare").mkdir()
    (tmp_path / "question-compare" / "notes.txt").write_text("precious")
    return refused


RUN = ("run", "question.toml", "--backend", "jump")
DIFFUSION = ("run", "question.toml", "--backend", "diffusion")
TRACE = ("trace", "question.toml", "--backend", "jump", "--out", "out")
WHOLE_TEXTS = ["abc", "", "1.5", "1e3", "-1", "nan", "1 0", "0x10", "true"]
REAL_TEXTS = ["abc", "", "0", "-1", "nan", "inf", "1s", "100 ms", "1,5"]


COMMANDS = "is not allowed: it must be one of example, trace, run, compare, theory"


class TestCommandLine:
    @pytest.mark.parametrize("command", [RUN, ("compare", "question.toml", "--out", "out")])
    @pytest.mark.parametrize(
        ("option", "allowed", "value"),
        [
            *(("--trials", "a whole number of at least 1", value) for value in [*WHOLE_TEXTS, "0"]),
            *(("--seed", "a whole number of at least 0", value) for value in WHOLE_TEXTS),
            *(("--workers", "a whole number of at least 1", value) for value in [*WHOLE_TEXTS, "0"]),
            *(("--duration", "a finite number above 0 (ms)", value) for value in REAL_TEXTS),
        ],
    )
    def test_a_wrong_number(self, question, command, option, allowed, value):
        said = question(*command, f"{option}={value}")
        assert f"{option} = " in said and f"it must be {allowed}" in said and "--help`" in said

    @pytest.mark.parametrize("value", WHOLE_TEXTS)
    def test_a_wrong_trial(self, question, value):
        said = question(*TRACE, f"--trial={value}")
        assert "--trial = " in said and "a whole number of at least 0" in said

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ((), "a command is missing: it must be one of example, trace, run, compare, theory"),
            (("rnu",), f"command = 'rnu' {COMMANDS}; did you mean 'run'?"),
            (("sweep", "question.toml"), f"command = 'sweep' {COMMANDS}; see"),
            (("--verbose",), "no such option: --verbose"),
            (("run",), "missing argument 'FILE': The experiment, a TOML file"),
            (("run", "question.toml"), "missing option '--backend': jump, diffusion or per-neuron"),
            (("trace", "question.toml", "--backend", "jump"), "missing option '--out': Directory"),
            ((*RUN, "more.toml"), "unexpected extra argument"),
            ((*RUN, "--trails", "3"), "no such option: --trails (Possible options: --max-trials, --trials)"),
            ((*RUN, "--trials"), "option '--trials' requires an argument"),
            ((*RUN, "--json=yes"), "option '--json' does not take a value"),
            (("theory", "question.toml", "--seed", "1"), "no such option: --seed"),
            (("example", "question"), "question.toml: this file exists already and is not overwritten"),
            (("example", "qestion"), "NAME = 'qestion' is not allowed: it must be one of question, cortex-5000"),
            (("example", ""), "NAME = '' is not allowed"),
            (("example", "../question"), "NAME = '../question' is not allowed"),
            (("example", "question", "cortex-5000"), "unexpected extra argument"),
            (("run", "question.toml", "--backend", "Jump"), "backend = 'Jump' is not allowed: it must be one of"),
            (("trace", "question.toml", "--backend", "exact", "--out", "out"), "one of per-neuron, jump, diffusion"),
        ],
    )
    def test_a_wrong_line(self, question, arguments, said):
        assert said in question(*arguments)

    @pytest.mark.parametrize("command", [RUN, DIFFUSION, ("compare", "question.toml", "--json")])
    def test_an_override_that_leaves_no_window(self, question, command):
        said = question(*command, "--duration", "200")
        assert "transient = 200.0 is not allowed: it must be below the duration, 200 ms" in said

    def test_a_step_longer_than_the_window(self, question, tmp_path):
        text = (tmp_path / "question.toml").read_text().replace("dt = 0.01 ", "dt = 500 ")
        (tmp_path / "question.toml").write_text(text)
        said = question(*DIFFUSION, "--duration", "1000")
        assert "dt = 500.0 is not allowed: it must be so short that 4 steps fit" in said and "800 ms" in said

    @pytest.mark.parametrize("command", [RUN, DIFFUSION])
    def test_more_than_the_memory_holds(self, question, command):
        said = question(*command, "--trials", "4000000000")
        assert "n_trials = 4000000000 is not allowed: it must be smaller" in said and "over 10000 ms may need" in said
        assert "at most" in question(*command, "--trials", "40000000000")

    def test_more_events_than_the_memory_holds(self, question):
        said = question(*RUN, "--trials", "100000000", "--save-events", "drawn.csv")
        assert "--save-events: n_trials = 100000000 is not allowed: it must be smaller" in said and "may need" in said

    @pytest.mark.parametrize("option", ["--spikes", "--save-events"])
    @pytest.mark.parametrize(
        ("place", "said"),
        [
            ("full", "full: this is a directory; name a file in it"),
            ("none/a.csv", "there is no directory"),
            ("question.toml/a.csv", "there is no directory"),
            ("question.toml", "FILE and "),
            ("./full/../question.toml", "FILE and "),
            ("/dev/null", "this is not a regular file"),
            ("a" * 300, "File name too long"),
        ],
    )
    def test_a_wrong_place_for_a_file(self, question, option, place, said):
        assert said in question(*RUN, option, place)

    @pytest.mark.parametrize(
        ("place", "said"),
        [
            ("question.toml", "question.toml: this is not a directory"),
            ("full", "full: this directory is not empty; give another directory as --out, or --force"),
            (".", ".: this directory is not empty"),
            ("question.toml/a", "cannot be written (Not a directory)"),
            ("a" * 300, "File name too long"),
        ],
    )
    @pytest.mark.parametrize("command", [RUN, ("compare", "question.toml")])
    def test_a_wrong_place_for_a_directory(self, question, command, place, said):
        assert said in question(*command, "--out", place)

    def test_a_directory_of_someone_elses(self, question):
        """Where compare writes by itself, it spares what it did not write."""
        said = question("compare", "question.toml")
        assert "question-compare: this directory contains notes.txt, which was not written by a comparison; " in said

    @pytest.mark.parametrize("command", [RUN, ("compare", "question.toml"), TRACE[:-2]])
    def test_a_read_only_place(self, question, command, monkeypatch):
        def refuse(path, *_, **__):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr("pathlib.Path.mkdir", refuse)
        assert "out: it cannot be written (Permission denied); choose another" in question(*command, "--out", "out")

    def test_one_file_in_two_parts(self, question):
        assert "--events and --save-events are both" in question(
            *RUN, "--events", "events.csv", "--save-events", "events.csv"
        )
        assert "--spikes and --save-events are both" in question(*RUN, "--spikes", "a.csv", "--save-events", "a.csv")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ((*DIFFUSION, "--events", "events.csv"), "the diffusion backend, which has no events to replay"),
            ((*DIFFUSION, "--save-events", "a.csv"), "--save-events: backend = 'diffusion' is not allowed: it must be"),
            (
                (*RUN, "--events", "events.csv", "--save-events", "a.csv"),
                "--save-events and --events exclude each other",
            ),
            ((*RUN, "--events", "none.csv"), "none.csv: this file does not exist; an events file has the header"),
            ((*RUN, "--events", "full"), "full: this is a directory"),
            ((*RUN, "--events", "question.toml"), "FILE and --events are both"),
            ((*RUN, "--events", "events.csv", "--trials", "2"), "n_trials = 2 is not allowed: it must be at most 1"),
        ],
    )
    def test_events_that_do_not_fit(self, question, arguments, said):
        assert said in question(*arguments, *(() if "--trials" in arguments else ("--trials", "1")))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "events.csv: there is no line with columns in it"),
            (
                "time,jump\n",
                "line 1: trial = 'trial' is not allowed: it must be a column of the header, 'time', 'jump'",
            ),
            ("trial,time,jump\n0,1,1\n0,one,1\n", "events.csv, line 3: time = 'one' is not allowed"),
            ("trial,time,jump\n0,1,nan\n", "events.csv, line 2: jump = 'nan' is not allowed"),
            ("trial,time,jump\n0.5,1,1\n", "events.csv, line 2: trial = '0.5' is not allowed"),
            ("trial,time,jump\n-1,1,1\n", "trial[0] = -1 is not allowed: it must be at least 0"),
            ("trial,time,jump\n0,-1,1\n", "events.csv, line 2: time = -1.0 is not allowed: it must be at least 0"),
            ("trial,time,jump\n0,1\n", "events.csv, line 2: number of columns = 2 is not allowed: it must be 3"),
            ("trial,time,jump\n", "n_trials = 1 is not allowed: it must be at most 0"),
        ],
    )
    def test_wrong_events(self, question, tmp_path, text, said):
        (tmp_path / "events.csv").write_text(text)
        assert said in question(*RUN, "--trials", "1", "--events", "events.csv")
