"""The command line: parse, call, print."""

import os
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from importlib import import_module
from threading import Thread

import typer

from .errors import InputError, Interrupted, choice, hinted, within
from .failures import exit_status
from .keeping import Keeping
from .messages import escaped, say, tell, watched
from .options import (
    PAIR,
    AllowCode,
    Backend,
    Backends,
    Dt,
    Duration,
    Events,
    File,
    Force,
    ForceLong,
    Json,
    MaxTrials,
    Name,
    Out,
    Precise,
    Quiet,
    SaveEvents,
    Scheme,
    Seed,
    Spikes,
    Trial,
    Trials,
    Version,
    Workers,
    check_distinct,
    check_once,
    pair_of,
    until_of,
)

__all__ = ["command", "main"]

_COMPLETING = "_STOCHHH_COMPLETE"
app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def stochhh(context: typer.Context, version: Version = False):
    """Stochastic analysis of Hodgkin-Huxley neurons with thousands of random synaptic inputs.

    The input is simulated exactly, as jumps, and in the diffusion approximation, and the two are compared.

    To begin, run: stochhh example question, then: stochhh compare question.toml
    """
    if version:
        from importlib.metadata import version as version_of

        say(f"stochhh {version_of('stochhh')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        known = f"one of {', '.join(_commands())}"
        raise InputError("a command is missing", allowed=known, remedy="see `stochhh --help`")


@app.command()
def example(name: Name = None):
    """Write an example experiment, or list the examples.

    The example is written to NAME.toml in the current folder; an existing file is never overwritten.
    """
    from . import examples

    if name is not None:
        say(escaped(examples.write(name)))
        return
    for known in examples.names():
        say(f"{known:<14} {examples.title(known)}")


@app.command()
def trace(
    file: File,
    backend: Backend,
    out: Out,
    duration: Duration = None,
    trial: Trial = 0,
    scheme: Scheme = None,
    dt: Dt = None,
    seed: Seed = None,
    force_long: ForceLong = False,
    allow_code: AllowCode = False,
    quiet: Quiet = False,
):
    """Simulate one trial; save it as a figure and a table.

    V, the ionic currents and the gates are saved as trace.png, trace.pdf and trace.csv in DIR, from time 0 on,
    including the transient.
    """
    from . import report
    from .directories import make_directory

    experiment = _experiment(file, allow_code, duration=duration, seed=seed, transient=0.0)
    experiment = experiment.with_backend(backend, scheme=scheme, dt=dt)
    make_directory(out)
    _doubt(experiment)
    _tell(f"{backend}: trial {trial} over {experiment.simulation.duration:g} ms")
    result = experiment.trace(backend, trial, force_long=force_long)
    samples = result.traces.time
    _tell(f"{samples.size} samples, one every {samples[1] - samples[0]:.6g} ms")
    keeping, paths = Keeping(), []
    with keeping, keeping.step(out):
        paths.append(report.save_trace(out, result, experiment.neuron))
    if keeping.drawn(out):
        with keeping.step(figures=True):
            paths += report.trace_figure(out, result, experiment.neuron)
    with keeping.step():
        say("\n".join(escaped(path, 4096) for path in paths))
    keeping.end("nothing is saved")


@app.command()
def run(
    file: File,
    backend: Backend,
    trials: Trials = None,
    duration: Duration = None,
    scheme: Scheme = None,
    dt: Dt = None,
    seed: Seed = None,
    workers: Workers = None,
    spikes: Spikes = None,
    events: Events = None,
    save_events: SaveEvents = None,
    precision: Precise = None,
    max_trials: MaxTrials = None,
    out: Out = None,
    force: Force = False,
    force_long: ForceLong = False,
    allow_code: AllowCode = False,
    quiet: Quiet = False,
    json: Json = False,
):
    """Simulate an ensemble of trials and compute its statistics."""
    from . import report
    from .files import writable
    from .statistics import summary

    experiment = _experiment(file, allow_code, n_trials=trials, duration=duration, seed=seed)
    experiment = experiment.with_backend(backend, scheme=scheme, dt=dt)
    until = until_of(precision, max_trials, trials) | {"force_long": force_long}
    if precision and save_events:
        allowed = "omitted when --precision is given, which leaves the number of trials open"
        raise InputError("--save-events", str(save_events), allowed)
    check_distinct({"FILE": file, "--events": events, "--spikes": spikes, "--save-events": save_events})
    for path in filter(None, (spikes, save_events)):
        writable(path)
    drawn = _drawn(experiment, backend, events, force_long) if save_events else None
    recording = _recorded(events) if events else None
    _doubt(experiment)
    played = experiment.simulation.n_trials
    if recording is not None and recording.n_trials > played:
        _tell(
            f"the events contain {recording.n_trials} trials, of which {played} are simulated; --trials sets how many"
        )
    if out:
        report.directory_for(out, force=force)
    keeping, curves = Keeping(), None
    result = _simulated(keeping, experiment, backend, events=recording, workers=workers, **until)
    with keeping:
        if spikes:
            with keeping.step(spikes):
                result.spikes.with_transient().to_csv(spikes)
        if drawn is not None:
            with keeping.step(save_events):
                drawn.to_csv(save_events)
        statistics, printed = None, False
        with keeping.step():
            statistics = summary(result)
        if out:
            with keeping.step(out if statistics else f"{out} (the trials, without their statistics)"):
                report.save_run(out, result, statistics, experiment)
        if statistics is not None:
            with keeping.step():
                made = report.run_object(result, statistics)
                say(report.as_json(made) if json else report.run_text(result, statistics), needed=not out)
                printed = True
        if out in keeping.kept:
            with keeping.step():
                curves = report.save_curves(out, {result.backend: result})
    if curves is not None and keeping.drawn(out):
        with keeping.step(figures=True):
            report.run_figures(out, result, curves)
    keeping.end("their statistics are printed" if printed else "nothing is saved")


@app.command()
def compare(
    file: File,
    backends: Backends = PAIR,
    trials: Trials = None,
    duration: Duration = None,
    scheme: Scheme = None,
    dt: Dt = None,
    seed: Seed = None,
    workers: Workers = None,
    precision: Precise = None,
    max_trials: MaxTrials = None,
    out: Out = None,
    force: Force = False,
    force_long: ForceLong = False,
    allow_code: AllowCode = False,
    quiet: Quiet = False,
    json: Json = False,
):
    """Compare two backends, jumps and diffusion by default: table, verdicts, figures.

    A difference is the second minus the first; --dt and --scheme are for those of the two that have them. All results
    are saved in DIR, by default NAME-compare in the current folder for NAME.toml; with --json only if DIR is given.
    """
    from . import report
    from .comparison import compare
    from .compilation import compiled_beside

    first, second = names = pair_of(backends)
    experiment = _experiment(file, allow_code, n_trials=trials, duration=duration, seed=seed)
    experiment = experiment.with_backend(*names, scheme=scheme, dt=dt)
    until = until_of(precision, max_trials, trials) | {"force_long": force_long}
    directory = None
    if out or not json:
        directory = report.directory_for(out or f"{file.stem}-compare", force=force, default=not out)
    _doubt(experiment)
    doubts = _doubt_noise(experiment, names)
    experiment.check_before(second, workers=workers, force_long=force_long)  # before the first begins
    keeping, comparison, curves = Keeping(), None, None
    if directory:
        _load_beside("stochhh.plotting", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf")
    with compiled_beside(experiment, second, workers) as wait_for_kernels:
        results = {first: _simulated(keeping, experiment, first, workers=workers, **until)}
        if not keeping.interruption:
            with keeping.step():
                wait_for_kernels()
                results[second] = _simulated(keeping, experiment, second, workers=workers, **until)
    if keeping.interruption:
        keeping.interruption = _cut_short(results, names, keeping.interruption)
    with keeping:
        if len(results) == 2:
            with keeping.step():
                comparison = compare(results[first], results[second], **asdict(experiment.compare))
                comparison = replace(comparison, doubts=(*doubts, *comparison.doubts))
        if directory:
            with keeping.step(directory if comparison else directory / f"{first}.nc"):
                report.save_comparison(directory, comparison, results, experiment)
        if comparison:
            with keeping.step():
                say(_compared(comparison, results, json), needed=not directory)
        if directory in keeping.kept:
            with keeping.step():
                curves = report.save_curves(directory, results)
    if curves is not None and keeping.drawn(directory):
        figures = None
        with keeping.step(figures=True):
            shown = min(experiment.simulation.duration, experiment.simulation.transient + 1000.0)
            options = {"duration": shown, "force_long": force_long, "workers": workers}
            traces = {backend: experiment.trace(backend, **options) for backend in results}
            figures = report.comparison_figures(directory, comparison, results, traces, curves)
        if figures and not json:
            with keeping.step():
                lines = [f"{what}: {' and '.join(map(str, paths))}" for what, paths in figures.items()]
                say("\n".join(["", *(escaped(line, 10_000) for line in (*lines, f"All files: {directory}"))]))
    keeping.end("nothing is saved")


def _doubt(experiment):
    """Print doubts about the spike levels before the run."""
    from .backends.refusal import refusing
    from .models.levels import level_doubts

    with refusing(experiment.neuron):
        for doubt in level_doubts(experiment.neuron):
            tell(f"stochhh: doubt: {doubt}")


def _doubt_noise(experiment, names):
    """Print doubts about white noise in place of the events, and return them as a comparison has them."""
    from .backends.backend import completed
    from .backends.refusal import refusing
    from .theory import doubts

    white = [name for name in names if completed(experiment.backend(name)).white_noise]
    with refusing(experiment.neuron):
        found = [(name, doubt) for name in white for doubt in doubts(experiment.neuron, experiment.drive)]
    for name, doubt in found:
        tell(f"stochhh: doubtful {name}: {doubt}")
    return [f"{name}: {doubt}" for name, doubt in found]


def _compared(comparison, results, json):
    """The text that `compare` prints for a comparison."""
    from . import report

    if json:
        return report.as_json(report.comparison_object(comparison, results))
    return "\n".join([*map(report.run_line, results.values()), "", str(comparison)])


def _load_beside(*modules):
    """Load what the figures need in a thread beside the trials; a failure is raised where the figures are drawn."""

    def load():
        with suppress(Exception):
            for module in modules:
                import_module(module)

    Thread(target=load, daemon=True).start()


def _cut_short(results, names, interruption):
    """The message after Ctrl-C during the trials of a comparison."""
    first, second = names
    if len(results) == 2:
        return Interrupted(f"{interruption}, and all {first} trials", results[second])
    n = results[first].n_trials
    said = f"interrupted: {n} {first} trials are complete, and no {second} trials: nothing to compare"
    return Interrupted(said, results[first])


@app.command()
def theory(file: File, allow_code: AllowCode = False, json: Json = False):
    """Analytical results, without simulation.

    Intensity and cumulants of the input, resting state, linear response, bifurcations, and doubts about the diffusion
    approximation.
    """
    from .backends.refusal import refusing
    from .report import as_json
    from .theory import as_text, theory

    experiment = _experiment(file, allow_code)
    with refusing(experiment.neuron):
        said = theory(experiment.neuron, experiment.drive)
    say(as_json(said) if json else as_text(said))


def _experiment(file, allow_code, **settings):
    from .experiment import Experiment

    return Experiment.load(file, allow_code=allow_code).with_simulation(**settings)


def _drawn(experiment, backend, events, force_long):
    if events:
        raise InputError(
            "--save-events and --events exclude each other, since a replay draws no events", remedy="give only one"
        )
    with within(option="--save-events"):
        return experiment.draw_events(backend, force_long=force_long)


def _recorded(events):
    """The Recording in a file; there are no options here that would read another layout."""
    from .inputs import Recording

    try:
        return Recording.from_csv(events)
    except InputError as error:
        error.remedy = (
            "an events file has the header trial,time,jump and one event on each line, with trials numbered from 0, "
            "times in ms and jumps in mV"
        )
        raise


def _simulated(keeping, experiment, backend, **options):
    """The Result; Ctrl-C leaves the leading trials that were complete, or is raised where there are none."""
    settings = experiment.simulation
    until = " at first" if "until" in options else ""
    _tell(f"{backend}: {settings.n_trials} trials of {settings.duration:g} ms{until}")
    try:
        return experiment.simulate(backend, **options)
    except Interrupted as interruption:
        if interruption.result is None:
            raise
        keeping.interruption = interruption
        return interruption.result


def _tell(line):
    """Report progress in a terminal, but not in a log."""
    if watched():
        tell(escaped(line))


def _commands():
    return [command.callback.__name__ for command in app.registered_commands]


def command(arguments=None):
    """Run a command line, by default that of the process; errors are raised."""
    if _COMPLETING in os.environ:  # a shell asks for completions
        typer.main.get_command(app)(prog_name="stochhh")
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and not arguments[0].startswith("-"):
        choice("command", arguments[0], _commands(), hinted(arguments[0], _commands(), "see `stochhh --help`"))
        check_once(typer.main.get_command(app).commands[arguments[0]], arguments[1:])
    try:
        with typer.main.get_command(app).make_context("stochhh", arguments) as context:
            context.command.invoke(context)
    except typer.BadParameter as error:
        if isinstance(error.__cause__, InputError):  # of a parser in `options`
            raise error.__cause__.advised(f"see `{error.ctx.command_path} --help`") from None
        raise


def main(arguments=None):
    """Run a command line, by default that of the process, and return the exit status."""
    return exit_status(lambda: command(arguments))
