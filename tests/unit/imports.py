"""Who imports whom in the package, read from its source, and where this breaks the contract of `layers`."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import layers

__all__ = ["Import", "faults", "imports_in", "package", "read"]

ROOT = "stochhh"
NOW, LATER, TYPE = "when it is loaded", "inside a function", "for type checkers alone"
BY_NAME = "what a name says"  # the target of import_module(...)


class Import(NamedTuple):
    """One import: of a module of the package (without `stochhh.`), or of a package of others; and when it happens."""

    target: str
    when: str
    line: int


def package(folder):
    """Module -> (its source, whether it is a package), of all modules in a folder that holds stochhh/."""
    found = {}
    for path in sorted((folder / ROOT).rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name.removeprefix(f"{ROOT}.")] = path.read_text(encoding="utf-8"), parts[-1] == "__init__"
    return found


def read(modules):
    """Module -> its imports."""
    known = frozenset(modules)
    return {name: imports_in(name, *source, known) for name, source in modules.items()}


@cache
def imports_in(name, source, is_package, known):
    """The imports in the source of one module; `known`, a frozenset, are all modules of the package."""
    here = name.split(".") if name != ROOT else []
    here = here if is_package else here[:-1]
    return [
        Import(target, when, node.lineno)
        for node, when in _statements(ast.parse(source), NOW)
        for target in _targets(node, here, known)
    ]


def _statements(node, when):
    """(import statement or call, when it happens) below a node of the syntax tree."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            yield from _statements(ast.Module(child.body, []), TYPE)
            yield from _statements(ast.Module(child.orelse, []), when)
            continue
        if isinstance(child, ast.Import | ast.ImportFrom | ast.Call):
            yield child, when
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and when == NOW
        yield from _statements(child, LATER if inside else when)


def _targets(node, here, known):
    """The modules that a statement imports."""
    match node:
        case ast.Import():
            return [_module(alias.name, known) for alias in node.names]
        case ast.ImportFrom(level=level):
            above = [ROOT, *here[: len(here) + 1 - level]] if level else []
            base = ".".join([*above, *filter(None, [node.module])])
            return [_module(f"{base}.{alias.name}", known) for alias in node.names]
        case ast.Call(func=function) if ast.unparse(function).split(".")[-1] in ("import_module", "__import__"):
            return [BY_NAME]
    return []


def _module(path, known):
    """The module of the package that a dotted path leads to, or the package of others."""
    if path.partition(".")[0] != ROOT:
        return path.partition(".")[0]
    path = path.removeprefix(f"{ROOT}.")
    while path and path not in known:
        path = path.rpartition(".")[0]
    return path or ROOT


def faults(modules, contract=layers):
    """Where the package breaks the contract, a sentence each."""
    lines = [line.split() for line in contract.LAYERS]
    entries = [entry for line in lines for entry in line]
    home = {name: entry_of(name, entries) for name in modules}
    said = [f"{name} has no layer" for name in modules if home[name] is None]
    said += [f"no module is {entry}" for entry in entries if entry not in home.values()]
    said += [f"{entry} has two layers" for entry in entries if entries.count(entry) > 1]
    if said:
        return said
    depth = {name: next(k for k, line in enumerate(lines) if home[name] in line) for name in modules}
    used, edges = set(), {name: set() for name in modules}
    for name, target, when, line in _run(read(modules)):
        place = f"{name}, line {line}: the import of {target} {when}"
        if target == BY_NAME:
            used.add(name)
            said += [place] * (name not in contract.BY_NAME)
        elif target not in modules:
            if target in contract.PACKAGES and not _among(name, contract.PACKAGES[target]):
                said.append(f"{place} is for {contract.PACKAGES[target]} alone")
        elif home[name] != home[target] and depth[name] >= depth[target]:
            used.add((name, home[target]))
            if when == NOW or (name, home[target]) not in contract.EXCEPTIONS:
                said.append(f"{place} does not point downward")
        else:
            edges[name].add(target)
            if any(_among(name, who) and _among(target, whom) for who, whom in contract.STRANGERS.items()):
                said.append(f"{place} is that of a stranger")
    unused = {*contract.BY_NAME, *contract.EXCEPTIONS} - used
    return said + [f"{entry} is an exception for no import" for entry in unused] + _circles(edges)


def entry_of(name, entries):
    """The entry of the table that names a module: itself, or the nearest package of which all modules are meant."""
    return max((entry for entry in entries if _among(name, entry)), key=len, default=None)


def _among(name, entries):
    """Whether a module is named by one of these entries."""
    return any(
        f"{name}.".startswith(entry[:-1]) if entry.endswith(".*") else name == entry for entry in entries.split()
    )


def _run(graph):
    """(who, whom, when, line) of what is imported at run time.

    Whoever imports a.b loads a as well; it counts if a imports anything.
    """
    busy = {name for name, found in graph.items() if any(one.when == NOW and one.target in graph for one in found)}
    for name, found in graph.items():
        for target, when, line in found:
            if when != TYPE:
                above = busy & _packages_of(target) - _packages_of(f"{name}.")
                yield from ((name, whom, when, line) for whom in (target, *above))


def _packages_of(name):
    parts = name.split(".")
    return {".".join(parts[:k]) for k in range(1, len(parts))}


def _circles(edges):
    """Modules that import each other, one circle of them."""
    try:
        TopologicalSorter({name: edges[name] - {name} for name in edges}).prepare()
    except CycleError as error:
        return [f"a circle: {' imports '.join(reversed(error.args[1]))}"]
    return []
