"""Experiments to begin with, as TOML files."""

from importlib.resources import files
from pathlib import Path

from ..errors import InputError, hinted
from ..files import writing

__all__ = ["names", "text", "title", "write"]


def names():
    """The names of the examples, the original problem first."""
    found = [file.name.removesuffix(".toml") for file in files(__name__).iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda name: (name != "question", name))


def title(name):
    """What an example is, in a line: the first of its file."""
    return text(name).partition("\n")[0].lstrip("# ").rstrip(".")


def text(name, called="NAME"):
    """The text of an example's file. Raises InputError for another name; `called` is the name of the argument."""
    if name not in names():
        hint = hinted(name, names(), "`stochhh example` lists them")
        raise InputError(called, name, f"one of {', '.join(names())}", hint)
    return (files(__name__) / f"{name}.toml").read_text(encoding="utf-8")


def write(name, folder="."):
    """Write NAME.toml into a folder and return its path. Raises InputError where that file is there already."""
    written = text(name)
    path = Path(folder) / f"{name}.toml"
    if path.exists() or path.is_symlink():
        fault = "this file exists already and is not overwritten"
        raise InputError(fault, remedy="move it away, or work in another folder").within(file=path)
    with writing(path), path.open("x", encoding="utf-8") as file:
        file.write(written)
    return path
