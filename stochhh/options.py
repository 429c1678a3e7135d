"""The arguments of the command line: their names, help texts and parsers."""

import os
from itertools import permutations
from pathlib import Path
from typing import Annotated

import typer

from .errors import InputError, choice, hinted, integer, number_in, real
from .messages import hushed


def _number(name, kind, check, **bounds):
    """An option that is a number, refused by name."""

    def parse(text):
        try:
            value = number_in(text, kind) if isinstance(text, str) else text  # typer parses defaults too
        except ValueError:
            value = text
        try:
            return check(name, value, **bounds)
        except InputError as error:
            raise typer.BadParameter(str(error)) from error

    return parse


def _option(name, metavar, help, parser=None, words=()):
    """An option; `words` are what a shell completes its value to."""
    complete = _completion(lambda: words) if words else None
    return typer.Option(name, metavar=metavar, help=help, parser=parser, show_default=False, autocompletion=complete)


def _completion(words):
    """What typer asks for the words that begin with what is typed so far; `words` is a function that lists all."""

    def complete(incomplete: str):
        return [word for word in words() if word.startswith(incomplete)]

    return complete


def _examples():
    from .examples import names

    return names()


def _whole(name, metavar, help, at_least):
    return _option(name, metavar, help, _number(name, int, integer, at_least=at_least))


def _hush(quiet: bool):
    hushed.set(quiet)
    return quiet


# Written out, so that help and completion load no backend.
BACKENDS = ("jump", "diffusion", "per-neuron")
PAIR = "jump,diffusion"
SCHEMES = ("euler-maruyama", "heun", "splitting", "sra1")

_MS = _number("--duration", float, real, above=0, unit="ms")
_STEP = _number("--dt", float, real, above=0, unit="ms")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The experiment, a TOML file.", show_default=False)]
Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]",
        help="The example to write; without it, all are listed.",
        autocompletion=_completion(_examples),
    ),
]
Backend = Annotated[str, _option("--backend", "B", "jump, diffusion or per-neuron.", words=BACKENDS)]
Backends = Annotated[
    str,
    _option(
        "--backends",
        "A,B",
        f"The reference and the other backend; by default {PAIR}.",
        words=tuple(map(",".join, permutations(BACKENDS, 2))),
    ),
]
Trials = Annotated[int | None, _whole("--trials", "N", "Number of trials; by default that of the file.", 1)]
Trial = Annotated[int, _whole("--trial", "K", "Number of the trial, counted from 0 (the default).", 0)]
Duration = Annotated[float | None, _option("--duration", "MS", "Simulated time, ms; by default that of the file.", _MS)]
Scheme = Annotated[
    str | None, _option("--scheme", "S", "Of the diffusion: euler-maruyama, heun, splitting or sra1.", words=SCHEMES)
]
Dt = Annotated[float | None, _option("--dt", "MS", "Time step, ms; by default that of the file.", _STEP)]
Precise = Annotated[
    list[str] | None,
    _option(
        "--precision",
        "NAME=HALF",
        "Run trials until the half width of an interval is HALF: cv=1%, rate=0.2; may be repeated.",
    ),
]
MaxTrials = Annotated[
    int | None, _whole("--max-trials", "N", "Largest number of trials with --precision; by default 10000.", 20)
]
Seed = Annotated[int | None, _whole("--seed", "S", "Random seed; by default that of the file.", 0)]
Workers = Annotated[int | None, _whole("--workers", "W", "Number of threads; by default one per core.", 1)]
Spikes = Annotated[Path | None, _option("--spikes", "FILE.csv", "Write all spikes: trial,time (ms).")]
Events = Annotated[Path | None, _option("--events", "FILE.csv", "Replay these input events: trial,time,jump (ms, mV).")]
SaveEvents = Annotated[Path | None, _option("--save-events", "FILE.csv", "Write the input events of this run.")]
Out = Annotated[Path | None, _option("--out", "DIR", "Directory for all output files.")]
Force = Annotated[bool, typer.Option("--force", help="Replace existing files in DIR; files with other names are kept.")]
AllowCode = Annotated[
    bool, typer.Option("--allow-code", help="Execute the Python file that [neuron] model = FILE.py:CLASS names.")
]
ForceLong = Annotated[bool, typer.Option("--force-long", help="Run even if the estimated time exceeds 30 days.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only the result and errors.", callback=_hush)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Version = Annotated[bool, typer.Option("--version", help="Print the version and exit.")]


def pair_of(backends):
    """The names of the two backends that --backends A,B asks for."""
    from .backends import BACKENDS

    names = [name.strip() for name in backends.split(",")]
    for name in filter(None, names):
        choice("--backends", name, BACKENDS, hinted(name, BACKENDS))
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise InputError("--backends", backends, f"the names of two different backends, such as {PAIR}")
    return names


def check_once(command, arguments, names=("--backends", "--out")):
    """Refuse options that could be taken for lists and are given twice to a command; of others the last counts."""
    context = command.context_class(command, resilient_parsing=True)  # what else is wrong, is said later
    _, _, given = command.make_parser(context).parse_args(list(arguments))
    opts = [option.opts[0] for option in given]
    for name in names:
        if opts.count(name) > 1:
            raise InputError(f"{name} is given {opts.count(name)} times", remedy="give it once")


def until_of(precision, max_trials, trials):
    """The options of `simulate` that --precision NAME=HALF stands for."""
    if not precision:
        if max_trials is not None:
            raise InputError("--max-trials", max_trials, "given with --precision, which it bounds", "or give --trials")
        return {}
    from .precision import Precision

    targets = {}
    for text in precision:
        name, sign, half = text.partition("=")
        if not sign or name in targets:
            raise InputError("--precision", text, "NAME=HALF, once for each name, such as cv=1% or rate=0.2")
        targets[name] = half
    called = ("--precision", "n_trials" if trials is None else "--trials", "--max-trials")
    return {"until": Precision(targets, called)} | ({"max_trials": max_trials} if max_trials is not None else {})


def check_distinct(files):
    """Refuse one file in two parts: what is written would destroy what is read."""
    from .files import writing

    given = {}
    for name, path in files.items():
        if path:
            with writing(path):
                given[name] = os.path.realpath(path)
    for name, path in given.items():
        twins = [other for other in given if given[other] == path and other != name]
        if twins:
            raise InputError(f"{name} and {twins[0]} are both {path}", remedy="give each a file of its own")
