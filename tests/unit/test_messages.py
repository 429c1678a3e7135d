"""What reaches a terminal: no control character, no message of a page, nothing where no stream is.

Would catch: a population's name that rewrites the terminal, a message of 200 kB, a whole number that Python refuses to
write, an error on standard output, two names that look alike and are taken for two.
"""

import io
import json
import re
import sys

import numpy as np
import pytest

import stochhh as sh
from stochhh import messages
from stochhh.cli import main
from stochhh.errors import InputError, integer, real
from stochhh.experiment import Experiment
from stochhh.precision import Precision

EVIL = "e\x1b[31mvil\n\t\r\x07\x85\u202e\u2066\u200b\ufeff\u2028\x7f"
HUGE = 16**5000
LONG = "x" * 200_000
SIMULATION = "\n[simulation]\nduration = 100\nseed = 1\n"


def harmless(text, most=802):
    """It is short, and nothing in it does anything but print."""
    assert all(line.isprintable() for line in text.split("\n")), ascii(text)
    assert len(text) < most, len(text)


def test_a_value_is_quoted_briefly():
    for value in (EVIL, HUGE, -HUGE, LONG, [LONG] * 9, {EVIL: HUGE}, (HUGE,), np.zeros(10**5), b"\x1b"):
        assert len(messages.shown(value)) <= 200 and messages.shown(value).isprintable()


def test_an_ordinary_value_is_quoted_as_it_is():
    for value in ("exc", 1.5, 12, None, [1, 2], "Größe", 10**30):
        assert messages.shown(value) == repr(value)


@pytest.mark.parametrize(
    "value", [EVIL, HUGE, -HUGE, LONG, [LONG], object()], ids=["evil", "huge", "-huge", "long", "list", "other"]
)
def test_every_check_echoes_harmlessly(value):
    checks = [
        lambda: real("dt", value, above=0, at_most=1.0),
        lambda: integer("n", value, at_least=0, at_most=9),
        lambda: sh.Population("exc", n=value, rate=value, weight=value, p=value),
        lambda: sh.Population("exc", n=1, rate=1.0, weight=1.0, p=1.0, weight_distribution=value),
        lambda: sh.HodgkinHuxley(I_app=value),
        lambda: sh.HodgkinHuxley(initial=value),
        lambda: sh.simulate(value, sh.SynapticInput(), backend="jump", duration=1.0, seed=1),
        lambda: sh.simulate(sh.Passive(), value, backend="jump", duration=1.0, seed=1),
        lambda: sh.simulate(sh.Passive(), sh.SynapticInput(), backend=value, duration=1.0, seed=1),
        lambda: sh.simulate(sh.Passive(), sh.SynapticInput(), backend="jump", dt=value, duration=1.0, seed=1),
        lambda: sh.simulate(sh.Passive(), sh.SynapticInput(), backend="jump", duration=1.0, seed=-1, events=value),
        lambda: sh.Diffusion(scheme=value),
        lambda: sh.SpikeTrains([1.0], [0], n_trials=1, start=5.0, stop=value),
        lambda: Precision({value if isinstance(value, str | int) else "cv": "1%", "cv": value}),
        lambda: Experiment.example(value),
    ]
    for check in checks:
        with pytest.raises(InputError) as refusal:
            check()
        harmless(str(refusal.value))


def toml(text):
    return f"[[population]]\nname = {text}\nn = 1\nrate = 1\nweight = 1\np = 1\n" + SIMULATION


BAD_FILES = {
    "an unknown table": f"[{json.dumps(EVIL)}]\n",
    "an unknown key": toml('"a"') + f"{json.dumps(LONG)} = 1\n",
    "a value of another kind": toml(f"[{json.dumps(EVIL)}]"),
    "a long value": toml('"a"').replace("n = 1", f'n = "{LONG}"'),
    "a large number": toml('"a"').replace("n = 1", f"n = 0x{'f' * 5000}"),
    "more digits than Python reads": toml('"a"').replace("n = 1", f"n = {'9' * 5000}"),
    "a population's other fault": toml(json.dumps(EVIL)).replace("p = 1", "p = 2"),
    "one name twice": toml(json.dumps(EVIL)) + toml(json.dumps(EVIL)).replace(SIMULATION, ""),
    "one name in two compositions": toml('"caf\\u00e9"') + toml('"cafe\\u0301"').replace(SIMULATION, ""),
    "no TOML": "\x1b[31m = 1\n",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_is_refused_harmlessly(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{EVIL}.toml").write_text(BAD_FILES[name], encoding="utf-8")
    assert main(["theory", f"{EVIL}.toml"]) == 2
    output, error = capsys.readouterr()
    assert output == "" and re.fullmatch(r"stochhh: [^\n]+\n", error)
    harmless(error)


@pytest.mark.parametrize(
    "arguments",
    [
        (EVIL,), ("--" + EVIL,), (LONG,), ("example", EVIL), ("theory", EVIL), ("theory", LONG),
        ("run", "a.toml", "--backend", EVIL), ("run", "a.toml", "--backend", "jump", "--seed", "9" * 5000),
        ("run", "a.toml", "--backend", "jump", "--trials", EVIL), ("run", "a.toml", "--backend", "jump", "--dt", LONG),
        ("run", "a.toml", "--backend", "jump", "--precision", EVIL),
        ("run", "a.toml", "--backend", "jump", "--precision", f"cv={LONG}"),
        ("run", "a.toml", "--backend", "jump", "--spikes", f"{EVIL}/{EVIL}"),
        ("run", "a.toml", "--backend", "jump", "--out", f"a.toml/{EVIL}"),
    ],
    ids=lambda arguments: f"{arguments[0][:9]!a} {arguments[-1][:9]!a}",
)  # fmt: skip
def test_a_command_is_refused_harmlessly(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_text(toml('"a"'))
    assert main(arguments) == 2
    output, error = capsys.readouterr()
    assert output == "" and re.fullmatch(r"stochhh: [^\n]+\n", error)
    harmless(error)


def test_names_in_tables_are_escaped(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    name = "e\u202evil\u2066\u200b\ufeff"  # a control character is refused in a name
    (tmp_path / "a.toml").write_text(toml(json.dumps(name)))
    assert main(["theory", "a.toml"]) == 0
    output = capsys.readouterr().out
    harmless(output, 10_000)
    assert r"e\u202evil\u2066" in output
    assert main(["trace", "a.toml", "--backend", "jump", "--out", EVIL]) == 0
    harmless(capsys.readouterr().out)


def test_names_of_one_composition_are_one_name():
    """An e with an acute accent as one character, and as two."""
    a, b = (sh.Population(name, n=1, rate=1.0, weight=1.0, p=1.0) for name in ("caf\u00e9", "cafe\u0301"))
    assert a.name == b.name == "caf\u00e9"
    with pytest.raises(InputError, match="two populations are called 'café'"):
        sh.SynapticInput(a, b)
    shared = [
        sh.Population(name, n=9, rate=1.0, weight=1.0, p=1.0, correlation=0.1, common=common)
        for name, common in [("a", "caf\u00e9"), ("b", "cafe\u0301")]
    ]
    assert len(sh.SynapticInput(*shared).sources) == 1


class TestStreams:
    class Full(io.StringIO):
        def flush(self):
            raise OSError(28, "No space left on device")

    def test_no_standard_error(self, monkeypatch, capsys):
        monkeypatch.setattr(sys, "stderr", None)
        messages.tell("lost")
        assert not messages.watched() and main(["rnu"]) == 2
        assert capsys.readouterr().out == ""
        sh.simulate(sh.Passive(), sh.SynapticInput(), backend="jump", duration=1.0, seed=1)

    def test_a_full_standard_error(self, monkeypatch, capsys):
        monkeypatch.setattr(sys, "stderr", self.Full())
        assert main(["rnu"]) == 2 and main(["example"]) == 0

    def test_a_full_standard_output(self, monkeypatch, capsys):
        monkeypatch.setattr(sys, "stdout", self.Full())
        assert main(["example"]) == 1
        assert capsys.readouterr().err == "stochhh: standard output: No space left on device\n"

    def test_an_output_of_few_characters(self, monkeypatch):
        poor = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", poor)
        messages.say("Größe")
        assert poor.buffer.getvalue() == b"Gr\\xf6\\xdfe\n"


def test_quiet_says_nothing_but_errors(folder, capfd):
    words = ["run", "question.toml", "--backend", "jump", "--trials", "1", "--duration", "230", "--json", "--quiet"]
    doubtful = (folder / "question.toml").read_text().replace("[neuron]", "[neuron]\nE_K = -12.0\nE_L = 10.6", 1)
    (folder / "question.toml").write_text(doubtful)  # it rests above the re-arm level
    assert main(words) == 0
    output, error = capfd.readouterr()
    assert json.loads(output)["backend"] == "jump" and error == ""
    assert main([*words, "--seed", "-1"]) == 2 and "--seed = -1" in capfd.readouterr().err
    messages.hushed.set(False)


def test_a_log_gets_a_line_a_minute_and_an_eye_a_bar(monkeypatch, capfd):
    from types import SimpleNamespace

    from stochhh import progress

    now, task = [0.0], SimpleNamespace(first=0, n=2, duration=500.0)
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    with progress.Progress("jump", 2000.0, None) as shown:
        for now[0], time in ((30.0, 100.0), (61.0, 250.0), (90.0, 300.0), (122.0, None)):
            shown.reached(task, time)
            shown.refresh()
    assert capfd.readouterr().err.splitlines() == [
        "stochhh: jump: 25 % of 2 s simulated, about 3 min left",
        "stochhh: jump: 50 % of 2 s simulated, about 2 min left",
    ]
    assert progress.Progress("jump", 2000.0, False).bar is None
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace())
    assert messages.watched()
