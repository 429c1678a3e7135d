"""Every figure and every analysis script runs, leaves its files with all numbers, and stands in the index.

Would catch: a script that a change of the library has broken, a figure without its numbers, an empty cell that nobody
explains, a script that nobody can find.
"""

import ast
import importlib
import inspect
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stochhh import script

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "paper_figures"
FIGURES = sorted(path for path in FOLDER.glob("*.py") if path.name != "make_all.py")
ANALYSES = sorted(path for path in (ROOT / "analysis").glob("*.py") if "stochhh.script" in path.read_text())
OF_DOCS = sorted(path for path in (ROOT / "docs/figures").glob("*.py") if path.name != "make_all.py")
SCRIPTS = [*FIGURES, *ANALYSES, *OF_DOCS]
FAST = {"question_panels", "spike_file", "merged_input"}  # in the default run
LARGEST = 250_000  # bytes of a PNG that is kept in the repository


def named(paths, slow=()):
    """The scripts as parameters; those not in `slow` are run by default."""
    return [pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in slow else []) for path in paths]


def unexplained(table):
    """Rows of a table in which a cell is empty or infinite and no reason is given."""
    reason = table["reason"].notna() if "reason" in table else pd.Series(False, index=table.index)
    numbers = table.drop(columns=["reason", "doubt"], errors="ignore")
    missing = numbers.replace([np.inf, -np.inf], np.nan).isna().any(axis=1)
    return table[missing & ~reason]


def check_files(folder, stem):
    """The figure as PNG and PDF, and its numbers."""
    assert (folder / f"{stem}.png").stat().st_size > 5000
    assert (folder / f"{stem}.pdf").stat().st_size > 5000
    check_numbers(folder / f"{stem}.csv")


def check_numbers(path):
    table = pd.read_csv(path)
    assert len(table) and table.select_dtypes("number").shape[1] >= 2, f"{path.name} holds no numbers"
    assert unexplained(table).empty, unexplained(table).to_string()


@pytest.mark.parametrize("path", named(SCRIPTS, slow={path.stem for path in SCRIPTS} - FAST))
def test_a_script_leaves_its_files(path, tmp_path, monkeypatch):
    """The fast ones run in this process, which has loaded what they need."""
    command = [str(path), "--quick", "--seed", "2", "--out", str(tmp_path)]
    if path.stem in FAST:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", command)
        runpy.run_path(path, run_name="__main__")
    else:
        run = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
    check_files(tmp_path, path.stem)
    for file in tmp_path.iterdir():
        assert file.name.startswith(path.stem)
        if file.suffix == ".csv":
            check_numbers(file)


@pytest.mark.parametrize("path", named(SCRIPTS))
def test_a_script_says_its_question_is_short_and_takes_the_four_options(path):
    tree = ast.parse(path.read_text())
    assert "?" in ast.get_docstring(tree).split("\n\n")[0], "its docstring begins with the question it answers"
    assert len(path.read_text().splitlines()) < 150
    assert ast.unparse(tree.body[-1]).startswith("if __name__ == '__main__':\n    main(make, __doc__")


@pytest.mark.parametrize("path", named([*SCRIPTS, FOLDER / "make_all.py", ROOT / "docs/figures/make_all.py"]))
def test_a_script_rests_on_public_names_alone(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "stochhh":
            module = importlib.import_module(node.module)
            for name in (name.name for name in node.names):
                assert name in module.__all__ or inspect.ismodule(getattr(module, name)), f"line {node.lineno}: {name}"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            assert not {path.stem for path in SCRIPTS} & set(modules), f"line {node.lineno} imports another script"


@pytest.mark.parametrize("path", named(FIGURES))
def test_a_figure_stands_in_the_index_and_is_kept(path):
    """With the numbers and the picture of its full run."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"paper_figures/{path.name}" in index and f"figures/{path.stem}.png" in index
    check_numbers(FOLDER / f"figures/{path.stem}.csv")
    assert 5000 < (FOLDER / f"figures/{path.stem}.png").stat().st_size < LARGEST


@pytest.mark.parametrize("path", named(OF_DOCS))
def test_a_figure_of_the_documentation_stands_in_a_page_and_is_kept(path):
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))
    assert f"figures/{path.stem}.png" in pages and len(path.read_text().splitlines()) < 120
    check_numbers(path.with_suffix(".csv"))
    assert 5000 < path.with_suffix(".png").stat().st_size < LARGEST


@pytest.mark.parametrize(("folder", "scripts"), [(FOLDER / "figures", FIGURES), (ROOT / "docs/figures", OF_DOCS)])
def test_nothing_else_is_kept(folder, scripts):
    assert {path.stem for path in folder.glob("*.png")} <= {path.stem for path in scripts}


def test_an_empty_cell_is_seen():
    """A planted fault: of three rows two lack a number, and one of them says why."""
    table = pd.DataFrame({"value": [1.0, np.nan, np.inf], "reason": [None, "one trial", None]})
    assert unexplained(table).index.tolist() == [2]
    assert unexplained(table.drop(columns="reason")).index.tolist() == [1, 2]


def test_a_script_has_four_options(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(sys, "argv", f"figure.py --quick --seed 7 --out {tmp_path}/new".split())
    script.main(made.append, "What is it?")
    assert (made[0].quick, made[0].seed, made[0].out) == (True, 7, tmp_path / "new") and made[0].out.is_dir()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--seed -1", "--seed = -1 is not allowed"),
        ("--quick --full", "not allowed with argument"),
        ("--sed 1", "unrecognized arguments"),
        ("--out {here}/file", "is not a directory"),
    ],
)
def test_wrong_options_end_in_one_line_and_status_2(monkeypatch, tmp_path, capsys, options, said):
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "argv", ["figure.py", *options.format(here=tmp_path).split()])
    with pytest.raises(SystemExit) as end:
        script.main(lambda options: pytest.fail("was made"), "What is it?")
    assert end.value.code == 2 and said in capsys.readouterr().err


@pytest.mark.slow
def test_one_command_makes_them_all_and_goes_on_after_a_failure(tmp_path):
    """In a copy of both folders with a planted failure in front."""
    copies = {
        "paper_figures/make_all.py": FOLDER / "make_all.py",
        "paper_figures/another.py": FOLDER / "question_panels.py",
    }
    copies["analysis/spike_file.py"] = ROOT / "analysis/spike_file.py"
    for name, path in copies.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(path.read_text())
    (tmp_path / "paper_figures/a_failure.py").write_text("raise SystemExit(3)")
    command = [sys.executable, tmp_path / "paper_figures/make_all.py", "--quick", "--out", tmp_path / "out"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1 and "failed: a_failure" in run.stderr
    assert "a_failure: FAILED, status 3," in run.stdout and "another: made" in run.stdout
    check_files(tmp_path / "out/paper_figures/figures", "question_panels")
    check_files(tmp_path / "out/analysis/figures", "spike_file")


@pytest.mark.parametrize("path", named(FIGURES))
def test_a_paper_of_which_the_abstract_alone_was_read_is_only_followed(path):
    """Its figure is called "after" the paper in its docstring, which is its title in the gallery, and in the index."""
    document = ast.get_docstring(ast.parse(path.read_text()))
    read = "read in the abstract" in document
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    row = next(line for line in index.splitlines() if f"(#{path.stem})" in line)
    assert not read or (document.startswith("After ") and "| after " in row)
