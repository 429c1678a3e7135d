"""What the scripts that make figures share: their command line, and the files they leave."""

import argparse
from pathlib import Path

from .directories import make_directory
from .errors import InputError, integer
from .files import replacing, write_table
from .interruption import CtrlC
from .messages import escaped, say

__all__ = ["main", "save_figure", "with_palette"]


def main(make, document, file=None):
    """Run a script: parse --quick or --full, --seed and --out, and call make(options).

    Arguments:
        make: function of the options, which have `quick` (bool), `seed` (int) and `out` (Path, made if need be).
        document: the docstring of the script; its first line is the help.
        file: what the FILE is that the script may be given as its one argument, `options.file`, for the help; None if
            it takes none. `options.file` is None where none was given.

    Wrong input ends in one line on standard error and status 2, an interruption in 130; any other error in its
    traceback, since a script is there to be changed.
    """
    parser = argparse.ArgumentParser(description=document.strip().splitlines()[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="fewer and shorter trials: under 30 s")
    size.add_argument("--full", action="store_true", help="all of it: minutes; this is the default")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="seed of all random numbers (1)")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where files are written (here)")
    if file is not None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=file)
    options = parser.parse_args()

    try:
        integer("--seed", options.seed, at_least=0)
        make_directory(options.out)
        with CtrlC(deferred=False):
            make(options)
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted\n")


def save_figure(figure, options, stem, numbers):
    """Write OUT/STEM.png, OUT/STEM.pdf and the plotted numbers as OUT/STEM.csv, and print their paths.

    Arguments:
        figure: a matplotlib Figure.
        options: what `main` passed on.
        stem: file name without its suffix.
        numbers: all that is plotted: a pandas.DataFrame, a dictionary of equally long columns, or a list of rows such
            as {"backend": "jump"} | estimate.as_dict(). Where a number is missing, the column `reason` says why.
    """
    import pandas as pd

    from .plotting import save

    numbers = pd.DataFrame(numbers)
    if numbers.empty:
        raise InputError(f"the table of numbers for {stem} is empty", remedy="give what the figure plots")
    if "reason" in numbers:
        numbers["reason"] = numbers["reason"].fillna("")
    table = options.out / f"{stem}.csv"
    write_table(table, numbers)  # first: a figure may fail
    paths = save(figure, options.out, stem)
    with_palette(paths[0])
    for path in (*paths, table):
        say(escaped(path, 4096))


def with_palette(path):
    """Rewrite a PNG with a palette of 256 colours, for a third of the size: these pictures are kept in a repository."""
    from PIL import Image  # comes with matplotlib

    with Image.open(path) as image, replacing(path) as part:
        image.convert("RGB").quantize(256).save(part, "PNG", optimize=True, dpi=image.info["dpi"])
