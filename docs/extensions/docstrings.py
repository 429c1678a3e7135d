"""The docstrings of stochhh are plain text; here they become reStructuredText.

Indented blocks are formulas, and set as such (`formulas.py`); "Arguments:" is left to napoleon; `names` are code;
sources begin a paragraph.
"""

import re

import formulas

_DOCTEST = (">>>", "...")
_SECTION = "Arguments:"


def as_rest(lines):
    """The lines of a docstring as reStructuredText for napoleon."""
    found, block = [], []
    in_arguments = in_example = False
    for line in [*lines, ""]:
        indented = line.startswith("    ")
        if block and line.strip() and not indented:
            found += _formula(block)
            block = []
        if line and not indented:
            in_arguments = line.strip() == _SECTION
        in_example = bool(line.strip()) and (in_example or line.lstrip().startswith(_DOCTEST))
        if in_example:
            found.append(line)
        elif (indented and not in_arguments) or (block and not line):
            block.append(line)
        else:
            found += ([""] if re.match(r"Sources?\b.*:", line) else []) + [_inline(line)]
    return found + _formula(block)


def _formula(block):
    while block and not block[-1].strip():
        block = block[:-1]
    tex = formulas.as_tex(block)
    shown = [".. math::", "   :class: formula", "", f"   {tex}"] if tex else [".. code-block:: text", "", *block]
    return ["", *shown, ""] if block else []


def _inline(line):
    """Code in the markup of code, and no other markup."""
    parts = re.split(r"``?([^`]+)``?", line)
    parts[::2] = [re.sub(r"([*|\\])|(?<=\w)_(?!\w)", lambda m: "\\" + m[0], part) for part in parts[::2]]
    parts[1::2] = [f"``{part}``" for part in parts[1::2]]
    return "".join(parts)


def _process(app, what, name, obj, options, lines):
    lines[:] = [] if what == "module" else as_rest(lines)  # a page says itself what its module is


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", _process, priority=400)  # before napoleon
    return {"parallel_read_safe": True}
