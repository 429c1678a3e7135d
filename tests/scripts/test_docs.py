"""The documentation runs as it stands, cites what there is, and builds.

Would catch: an interface changed and its guide left behind, a proof that cites a test by a name that it no longer has,
a public name without a page, a page that needs a network to show its formulas.
"""

import ast
import importlib.util
import inspect
import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MADE = ("_build", "gallery")  # by a build
PAGES = [
    ROOT / "README.md",
    *sorted(path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0] not in MADE),
]
QUICK = ("diffusion.md", "correlated-inputs.md")  # run by default
OWN = ("neuron", "scheme", "backend", "statistic")  # pages that have a test of their own
NEEDED = ("sphinx", "myst_parser", "pydata_sphinx_theme", "sphinx_design", "sphinxcontrib.bibtex")


def blocks(page, language):
    """The fenced blocks of a language in a page, in their order."""
    text = page.read_text(encoding="utf-8")
    return [m[2] for m in re.finditer(rf"^(```|~~~){language}\n(.*?)^\1", text, re.DOTALL | re.MULTILINE)]


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def commands(page):
    """The commands of stochhh in a page's shell blocks, one list of words each."""
    lines = "\n".join(blocks(page, "sh")).replace("&&", "\n").splitlines()
    words = [shlex.split(line, comments=True) for line in lines]
    return [w for w in words if w and Path(w[0]).name == "stochhh" and w[0] in ("stochhh", ".venv/bin/stochhh")]


def save_files(page, folder):
    """Write the blocks of a page that begin with a comment that is the name of a file."""
    for block in (*blocks(page, "python"), *blocks(page, "toml")):
        if named := re.match(r"# ([\w-]+\.(?:py|toml))\n", block):
            (folder / named[1]).write_text(block, encoding="utf-8")


def some(pages):
    """Pages as parameters, all but the quickest marked as slow."""
    marks = {True: (), False: pytest.mark.slow}
    return [pytest.param(page, id=name_of(page), marks=marks[page.name in QUICK]) for page in pages]


def run(command, folder):
    """Run a command in a folder; its standard output. It must succeed."""
    environment = os.environ | {"PYTHONWARNINGS": "error", "MPLBACKEND": "Agg"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


# --- What runs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    some(page for page in PAGES if blocks(page, "python") and page.stem.removeprefix("your-own-") not in OWN),
)
def test_the_python_of_a_page_runs(page, tmp_path):
    """As one script, from top to bottom."""
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks(page, "python")), encoding="utf-8")
    run([sys.executable, script], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("page", [pytest.param(p, id=name_of(p)) for p in PAGES if commands(p)])
def test_the_commands_of_a_page_run(page, tmp_path):
    save_files(page, tmp_path)
    for words in commands(page):
        run([sys.executable, "-c", "import sys; from stochhh.cli import main; sys.exit(main())", *words[1:]], tmp_path)


@pytest.mark.slow
def test_your_own_neuron(tmp_path, monkeypatch):
    """It says what the page says."""
    file = tmp_path / "erisir.py"
    file.write_text("\n".join(blocks(DOCS / "your-own-neuron.md", "python")), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import erisir

    assert erisir.jump.spikes.counts().mean() > 5 and erisir.slow.n_trials == 1
    assert erisir.periods(7.0)[-1] == pytest.approx(16.035, abs=0.001) and erisir.periods(6.0).size == 0
    assert erisir.sh.theory.fixed_point(erisir.neuron, erisir.sh.SynapticInput())[0] == pytest.approx(-50.81, abs=0.01)
    assert erisir.plain.size == erisir.compiled.size >= 2
    assert np.max(np.abs(erisir.plain - erisir.compiled)) < 1e-3
    assert len(erisir.neuron.currents(*erisir.neuron.initial_state())) == 3


@pytest.mark.slow
def test_your_own_scheme(tmp_path, monkeypatch, capsys):
    """It says what the page says."""
    page = DOCS / "your-own-scheme.md"
    file = tmp_path / "semi_implicit.py"
    file.write_text("\n".join(blocks(page, "python")), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import semi_implicit

    rates = re.findall(r"[\d.]+ Hz", capsys.readouterr().out)
    told = re.findall(r"[\d.]+ Hz", page.read_text(encoding="utf-8").split("Stability does not")[1])
    assert [*rates, semi_implicit.rate(0.02, "heun")] == told
    with pytest.raises(semi_implicit.sh.UnstableStepError):
        semi_implicit.rate(0.1, "euler-maruyama")


@pytest.mark.parametrize("page", ["scheme", "backend", "statistic"])
def test_one_of_your_own_takes_twenty_lines(page):
    whole, *_ = blocks(DOCS / f"your-own-{page}.md", "python")
    assert len(list(filter(str.strip, whole.splitlines()))) <= 20


@pytest.mark.slow
def test_your_own_backend(tmp_path, monkeypatch):
    """It does what the page says: the deterministic neuron without input, the formula of a step, its refusals."""
    (tmp_path / "counts.py").write_text("\n".join(blocks(DOCS / "your-own-backend.md", "python")), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    import counts

    sh, own = counts.sh, counts.Counts(dt=0.01)
    assert {path.name for path in tmp_path.iterdir()} >= {"counts.nc", "comparison.png", "comparison.pdf"}
    silent = sh.Population("none", n=1, rate=0.0, weight=1.0)
    run = {"duration": 60.0, "seed": 1, "progress": False}
    neuron = sh.HodgkinHuxley(I_app=10.0)
    pair = [sh.simulate(neuron, silent, backend=backend, **run).spikes.time for backend in (own, "jump")]
    assert pair[0].size >= 3 and pair[0] == pytest.approx(pair[1], abs=0.01)
    passive, V, rng = sh.Passive(), [sh.Passive().initial_state()[0]], np.random.default_rng((1, 4))

    def f(V):
        return passive.vector_field((V,), passive.parameters())[0]

    for _ in range(1000):
        kick = np.dot([1.0, -4.0], rng.poisson([0.4 * 0.01, 0.1 * 0.01]))
        y = V[-1] + 0.01 * f(V[-1]) + kick
        V.append(V[-1] + 0.005 * (f(V[-1]) + f(y)) + kick)
    run = {"duration": 10.0, "seed": 1, "first_trial": 4, "trace_interval": 0.01, "progress": False}
    assert sh.simulate(passive, counts.drive, backend=own, **run).traces["V"][0] == pytest.approx(V, abs=1e-9)
    assert len(set(np.diff(V) > 0.9)) == 2  # some events there are
    for refused in ({"correlation": 0.1}, {"weight_distribution": "exponential"}):
        drive = sh.Population("exc", n=10, rate=1.0, weight=0.1, **refused)
        with pytest.raises(sh.InputError, match="of constant weights and independent populations"):
            sh.simulate(sh.Passive(), drive, backend=own, duration=10.0, seed=1)


def test_your_own_statistic(tmp_path, monkeypatch, capsys):
    """It says what the page says."""
    (tmp_path / "bursts.py").write_text("\n".join(blocks(DOCS / "your-own-statistic.md", "python")), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    from stochhh.statistics.statistic import _REGISTRY

    try:
        import bursts
    finally:
        _REGISTRY.pop("short_isis", None)
    isi = bursts.jump.spikes.isi()[0]
    summary = bursts.sh.summary(bursts.jump, statistics=[bursts.bursts])["short_isis"]
    assert summary.low < np.mean(isi < 20.0) < summary.high
    assert bursts.comparison.difference["short_isis"].margin == 0.05
    assert "trials: short_isis = " in capsys.readouterr().out
    half = bursts.sh.summary(bursts.more, statistics=[bursts.bursts])["short_isis"]
    assert (half.high - half.low) / 2 <= 0.05


# --- What is cited ---------------------------------------------------------------------------------------------------


def named_in(path):
    """The names of the tests of a file, those in a class as Class::test."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return found


def cited_in_vain(text):
    """Tests and files that a text names in code and that are not there."""
    wrong = []
    for path, name in re.findall(r"(tests/[\w/.-]+\.py)::([\w:]+)", text):
        if not (ROOT / path).exists() or name not in named_in(ROOT / path):
            wrong.append(f"{path}::{name}")
    for path in re.findall(r"`((?:stochhh|analysis|paper_figures|tests)/[\w/.-]+\.\w+)[`:]", text):
        if not (ROOT / path).exists():
            wrong.append(path)
    return wrong


def test_every_test_and_file_that_is_cited_exists():
    assert [(name_of(page), wrong) for page in PAGES if (wrong := cited_in_vain(page.read_text("utf-8")))] == []


def test_a_citation_in_vain_is_seen():
    right = "`tests/scripts/test_docs.py::test_your_own_neuron`, `stochhh/cli.py`"
    assert cited_in_vain(right) == []
    assert cited_in_vain(right.replace("neuron", "input")) and cited_in_vain(right.replace("cli", "cli_"))


@pytest.mark.parametrize("page", sorted((DOCS / "mathematics").glob("*.md")), ids=name_of)
def test_every_page_of_the_mathematics_names_its_tests(page):
    """But the table of contents."""
    text = page.read_text(encoding="utf-8")
    assert page.stem == "index" or ("::test_" in text and "*Proof" in text and "{cite:" in text)


FIGURE = re.compile(r"```\{figure\} (\S+)\n:alt: (.+)\n\n((?:.+\n)+)```\n")


@pytest.mark.parametrize("page", sorted((DOCS / "mathematics").glob("*.md")), ids=name_of)
def test_every_page_of_the_mathematics_has_a_figure(page):
    """That is there, with a text in its place, and a caption that says how it is made."""
    found = FIGURE.findall(page.read_text(encoding="utf-8"))
    assert found and page.read_text(encoding="utf-8").count("{figure}") == len(found)
    for file, alt, caption in found:
        assert (page.parent / file).exists() and len(alt) > 60
        script = Path(file).parent.name == "figures" and f"python docs/figures/{Path(file).stem}.py" in caption
        assert script or f"../gallery/paper_figures-{Path(file).stem}.md" in caption


STATEMENT = re.compile(
    r":::\{admonition\} Statement (\d+)\.(\d+) \(.+\)\n:class: statement\n:name: statement-(\d+)-(\d+)\n"
)


def chapters():
    """The pages of the mathematics in their order."""
    contents = (DOCS / "mathematics/index.md").read_text("utf-8").partition("```{toctree}")[2].partition("```")[0]
    return [DOCS / f"mathematics/{name}.md" for name in re.findall(r"^([\w-]+)$", contents, re.MULTILINE)]


def statements(page):
    """(chapter, number) of the statements of a page, each twice: by its title, and by its name."""
    return [tuple(map(int, m.groups())) for m in STATEMENT.finditer(page.read_text("utf-8"))]


def test_statements_are_numbered_in_order_and_named_by_their_number():
    assert len(chapters()) == 11
    for chapter, page in enumerate(chapters(), 1):
        count = page.read_text("utf-8").count("} Statement ")
        assert statements(page) == [(chapter, k, chapter, k) for k in range(1, count + 1)] != [], name_of(page)


def named_in_vain(text, known):
    """Statements that a text names without a link, or with one to another statement or to none."""
    links = re.findall(r"\[([Ss]tatement) (\d+\.\d+)\]\(#statement-([\d-]+)\)", text)
    mentions = re.findall(r"(?<!\} )\b[Ss]tatements? (\d+\.\d+)", text)
    wrong = [number for _, number, target in links if target != number.replace(".", "-") or target not in known]
    return wrong + ["no link"] * (len(mentions) - len(links))


def test_every_statement_that_is_named_is_linked():
    known = {f"{chapter}-{number}" for page in chapters() for chapter, number, *_ in statements(page)}
    assert [(name_of(page), wrong) for page in PAGES if (wrong := named_in_vain(page.read_text("utf-8"), known))] == []
    assert named_in_vain("[statement 1.2](#statement-1-2)", {"1-2"}) == []
    for fault in ("statement 1.2", "[statement 1.2](#statement-1-3)", "[statement 1.4](#statement-1-4)"):
        assert named_in_vain(fault, {"1-2", "1-3"})


def test_the_entry_to_cite_is_that_of_citation_cff():
    """In both places, with the version that is to be released."""
    (version,) = re.findall(r'^version = "(.*?)"$', (ROOT / "pyproject.toml").read_text(), re.M)
    known = dict(re.findall(r'^(title|version|date-released): "?(.*?)"?$', (ROOT / "CITATION.cff").read_text(), re.M))
    for page in (ROOT / "README.md", DOCS / "bibliography.md"):
        (entry,) = re.findall(r"@software\{.*?\n\}\n", page.read_text("utf-8"), re.DOTALL)
        given = dict(re.findall(r"^  (\w+) *= \{(.*)\},$", entry, re.M))
        assert given["title"].replace("{", "").replace("}", "") == known["title"]
        assert given["version"] == known["version"] == version.partition(".dev")[0]
        assert known["date-released"].startswith(given["year"])


# --- What the pages are made with -------------------------------------------------------------------------------------


def extension(name):
    """A module of docs/extensions."""
    sys.path.insert(0, str(DOCS / "extensions"))  # they import each other
    try:
        return import_module(name)
    finally:
        sys.path.pop(0)


def test_a_docstring_becomes_markup():
    """Formulas are set, names are code, stars and bars are none; sections are napoleon's."""
    lines = [
        "Sum of `x`.",
        "",
        "    S = |a|*b",
        "",
        "Arguments:",
        "    a_: a*b, see `f`.",
        "",
        "Source: C.",
        "",
        ">>> 1*1",
    ]
    found = extension("docstrings").as_rest(lines)
    assert "Sum of ``x``." in found and ">>> 1*1" in found
    assert found[found.index(r"   S = | a | \cdot b") - 3] == ".. math::"
    assert "    a\\_: a\\*b, see ``f``." in found[found.index("Arguments:") :]
    assert found[found.index("Source: C.") - 1] == ""


@pytest.mark.parametrize(
    "typed, tex",
    [
        ("V_{i+1} = V_i + sqrt(kappa_2 dt) z_i", r"V_{i+1} = V_{i} + \sqrt{\kappa_{2} dt} z_{i}"),
        ("s = < V^2 > - < V >^2", r"s = \langle V ^{2} \rangle - \langle V \rangle ^{2}"),
        ("m = sum w x / sum w   over all trials", r"m = \sum w x / \sum w \text{ over all trials}"),
        ("x = x* + kick e_V,   kick < 0", r"x = x ^{*} + \text{ kick } e_{V},\qquad \text{kick } < 0"),
        ("n_k = sum of w^(2 j),   V1 <= 3", r"n_{k} = \text{ sum of } w ^{2 j},\qquad V_{1} \le 3"),
        ("a = 1\nb = 2", r"\begin{aligned} & a = 1 \\ & b = 2 \end{aligned}"),
        ("events:    Lambda tau < 10", None),
        ("no relation", None),
    ],
)
def test_a_typed_formula_is_set(typed, tex):
    assert extension("formulas").as_tex(typed.split("\n")) == tex


def test_every_formula_of_the_reference_can_be_set():
    """Brackets of TeX close, and no name with an underscore is left that TeX would read as an index of an index."""
    as_rest, found = extension("docstrings").as_rest, []
    for module in map(import_module, ("stochhh", "stochhh.statistics", "stochhh.theory")):
        for name in module.__all__:
            lines = as_rest((inspect.getdoc(getattr(module, name)) or "").splitlines())
            found += [lines[i + 3] for i, line in enumerate(lines) if line == ".. math::"]
    assert len(found) > 40
    for line in found:
        assert line.count("{") == line.count("}") and not re.search(r"_\{[^}]*_|(?<!\\)_[^{]", line), line


def test_a_script_becomes_a_page(tmp_path, monkeypatch):
    """With its figure and its numbers, what the README says of it, and without what is not there."""
    gallery = extension("gallery")
    monkeypatch.setattr(gallery, "_ROOT", tmp_path)
    folder = tmp_path / "paper_figures"
    (folder / "figures").mkdir(parents=True)
    (folder / "figures/a.png").touch()
    (folder / "figures/a_more.csv").touch()
    (folder / "README.md").write_text("# x\n\n## a\n\n    python a.py\n\n![](figures/a.png)\n\nSee [b](b.md).\n")
    for name in "ab":
        source = f'"""How *{name}*?\n\nText.\n"""\nif __name__ == "__main__":\n    pass\n'
        (folder / f"{name}.py").write_text(source)
    (folder / "module.py").write_text('"""No script."""\n')
    a, b = gallery.scripts(folder)
    page = gallery.page_of(a)
    assert page.startswith("# How \\*a\\*?") and "](../../paper_figures/figures/a.png)" in page
    assert "a_more.csv" in page and "See b." in page and "python a.py" not in page
    assert "![" not in gallery.page_of(b) and "python paper_figures/b.py --help" in gallery.page_of(b)
    assert gallery.index_of({"Figures": [a, b]}).count("grid-item-card") == 2


# --- What builds -----------------------------------------------------------------------------------------------------


def installed(name):
    """Whether a module is there; find_spec itself fails where its parent is absent."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The documentation, built without a warning."""
    missing = [name for name in NEEDED if not installed(name)]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: install the extra docs")
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-W", "-E", "-q", "-b", "html", "-d", folder / "doctrees"]
    done = subprocess.run([*command, DOCS, folder / "html"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.mark.slow
def test_every_page_is_there_and_needs_no_network(built):
    pages = sorted(page for page in built.rglob("*.html") if "_static" not in page.parts)
    assert len(pages) > len(PAGES)
    for page in pages:
        loaded = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', page.read_text(encoding="utf-8"))
        for target in loaded:
            assert not target.startswith(("http:", "https:", "//")), f"{page.name} loads {target}"
            file = target.split("?")[0].split("#")[0]
            assert target.startswith("data:") or (page.parent / file).exists(), f"{page.name}: no {target}"


@pytest.mark.slow
def test_formulas_are_drawn_by_what_comes_along(built):
    page = (built / "mathematics/diffusion.html").read_text(encoding="utf-8")
    (program,) = re.findall(r'src="([^"]*mathjax[^"]*\.js)', page)
    assert (built / "mathematics" / program).exists()
    assert list((built / "_static/mathjax/output/chtml/fonts").rglob("*.woff"))


@pytest.mark.slow
def test_every_public_name_has_a_place_in_the_reference(built):
    from sphinx.util.inventory import InventoryFile

    inventory = InventoryFile.loads((built / "objects.inv").read_bytes(), uri="")
    known = {name for kind, entries in inventory.data.items() if kind.startswith("py:") for name in entries}
    for module in ("stochhh", "stochhh.statistics", "stochhh.theory", "stochhh.plotting"):
        for name in import_module(module).__all__:
            if callable(getattr(import_module(module), name)):
                assert {f"{module}.{name}", f"stochhh.{name}"} & known, (
                    f"{module}.{name} has no place in docs/reference"
                )
