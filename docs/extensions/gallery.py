"""The gallery: a page for each script of paper_figures/ and analysis/, written into docs/gallery before a build.

A page has the script's docstring, its committed figures and numbers, what the folder's README says of it, its command
and its source. What is not there is left out.
"""

import ast
import re
import shutil
from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).parents[2]
_FOLDERS = {
    "paper_figures": "Figures of the question, and after papers",
    "analysis": "Analyses to copy and change",
}


class Script(NamedTuple):
    """A script with what it left behind."""

    path: Path
    title: str
    text: str  # its docstring, without the title
    figures: tuple[Path, ...]
    numbers: tuple[Path, ...]
    remarks: str  # the section of the folder's README that is named for it, in Markdown

    @property
    def page(self):
        return f"{self.path.parent.name}-{self.path.stem}"


def scripts(folder):
    """The scripts of a folder, each with the figures and numbers of its own in FOLDER/figures."""
    found, remarks = [], _sections(folder / "README.md")
    for path in sorted(folder.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        document = ast.get_docstring(ast.parse(source))
        if document and "__main__" in source and path.stem != "make_all":
            title, _, text = document.partition("\n")
            files = [_left(folder / "figures", path.stem, source, suffix) for suffix in (".png", ".csv")]
            found.append(Script(path, title.rstrip("."), text.strip(), *files, remarks.get(path.stem, "")))
    return found


def _sections(readme):
    """Title -> text of the sections of a README, without pictures, commands, and links to other places than docs/."""
    if not readme.exists():
        return {}
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|^    python .*$", "", readme.read_text("utf-8"), flags=re.MULTILINE)
    text = text.replace("](../docs/", "](../")
    text = re.sub(r"\[([^\]]*)\]\((?!\.\./[\w-]+\.md|https?:)[^)]*\)", r"\1", text)
    parts = re.split(r"^## +(.*)$", text, flags=re.MULTILINE)[1:]
    return {title.strip(): body.strip() for title, body in zip(parts[::2], parts[1::2], strict=True)}


def _left(figures, stem, source, suffix):
    """Files of a script: named for it, or by a string of its source."""
    names = {stem, *re.findall(r'["\']([\w-]+)["\']', source)}
    files = sorted(figures.glob(f"*{suffix}"))
    return tuple(path for path in files if path.stem in names or path.stem.startswith(f"{stem}_"))


def page_of(script):
    """A script's page, in MyST."""
    parts = [f"# {_escaped(script.title)}"]
    parts += [f"![{_escaped(script.title)}]({_from_docs(figure)})" for figure in script.figures]
    parts.append(_as_myst(script.text))
    if script.remarks:
        parts.append(f"## What is stated, and what comes out\n\n{script.remarks}")
    if script.numbers:
        links = ", ".join(f"{{download}}`{path.name} <{_from_docs(path)}>`" for path in script.numbers)
        parts.append(f"The numbers that are plotted: {links}.")
    script_path = script.path.relative_to(_ROOT)
    if f"python {script_path}" not in script.text:
        parts.append(f"```sh\npython {script_path} --help\n```")
    parts.append(
        f"The script, `{script_path}`:\n\n```{{literalinclude}} {_from_docs(script.path)}\n:language: python\n```"
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def index_of(groups):
    """The page of all scripts, with a card for each."""
    parts = [
        "# Gallery",
        "Each page has a figure, the numbers in it, the command that makes both, and the script. Scripts use public "
        "names alone, so each may be copied and changed.",
    ]
    for heading, found in groups.items():
        cards = "\n\n".join(map(_card, found))
        parts += [f"## {heading}", f"::::{{grid}} 1 1 2 2\n:gutter: 3\n\n{cards}\n::::"]
    pages = "\n".join(script.page for found in groups.values() for script in found)
    parts.append(f"```{{toctree}}\n:hidden:\n\n{pages}\n```")
    return "\n\n".join(parts) + "\n"


def _card(script):
    image = f":img-top: {_from_docs(script.figures[0])}\n" if script.figures else ""
    title = _escaped(script.title)
    return f":::{{grid-item-card}} {title}\n:link: {script.page}\n:link-type: doc\n{image}\n`{script.path.name}`\n:::"


def _from_docs(path):
    return f"../../{path.relative_to(_ROOT)}"


def _as_myst(text):
    """Plain text as MyST: indented blocks are code, `names` too, nothing else is markup."""
    parts = []
    for block in re.split(r"\n\s*\n", text):
        if block.startswith("    "):
            parts.append("```text\n" + re.sub(r"^    ", "", block, flags=re.MULTILINE) + "\n```")
        else:
            parts.append(_escaped(block))
    return "\n\n".join(parts)


def _escaped(text):
    parts = re.split(r"(`[^`]+`)", text)
    parts[::2] = [re.sub(r"([\\*_\[\]<>$#{}|~])", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


def _write(app):
    """Write docs/gallery anew; a page that has not changed keeps its time, so that it is not read again."""
    folder = Path(app.srcdir) / "gallery"
    groups = {heading: scripts(_ROOT / name) for name, heading in _FOLDERS.items()}
    groups = {heading: found for heading, found in groups.items() if found}
    pages = {"index": index_of(groups)}
    pages |= {script.page: page_of(script) for found in groups.values() for script in found}
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.stem not in pages:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, text in pages.items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app):
    app.connect("builder-inited", _write, priority=100)
    return {"parallel_read_safe": True}
