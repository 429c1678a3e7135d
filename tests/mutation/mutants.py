"""The small faults that could be planted in a module: each a piece of its source and what would stand there instead."""

import ast
import copy
from typing import NamedTuple

__all__ = ["Mutant", "sites"]

_SWAPPED = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,), ast.FloorDiv: (ast.Mult,), ast.Mod: (ast.FloorDiv,), ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,), ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,), ast.BitXor: (ast.BitOr,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip
_BOUNDS = {"min", "max", "abs", "minimum", "maximum", "clip", "round", "sorted", "unique", "cumsum", "sqrt"}
# Keywords that choose a type, an error message or a buffer, not a number.
_OF_NO_NUMBER = {"dtype", "strict", "out", "copy", "divide", "invalid", "over", "default"}


class Mutant(NamedTuple):
    """One fault: the bytes from start to end of a file are replaced."""

    path: str
    line: int
    function: str
    kind: str
    start: int
    end: int
    text: str

    def applied(self, source):
        """The source, as bytes, with the fault."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def sites(path, source):
    """All places of a module where a fault can be planted, each with its Mutants."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node, function in _visited(ast.parse(source), ""):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        same = ast.unparse(node)
        mutants = [
            Mutant(path, node.lineno, function, kind, start, end, text)
            for kind, text in _variants(node)
            if text not in (same, f"({same})")
        ]
        if mutants:
            found.append(mutants)
    return found


def _visited(node, function):
    """(node, qualified name of its function) of all that is computed: no annotation, no message, no docstring."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, (ast.JoinedStr, ast.Import, ast.ImportFrom)):
                continue
            if isinstance(child, ast.Assign) and getattr(child.targets[0], "id", "") == "__all__":
                continue
            if isinstance(child, ast.keyword) and child.arg in _OF_NO_NUMBER:
                continue
            inner = function
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                inner = f"{function}.{child.name}".lstrip(".")
            if hasattr(child, "lineno"):
                yield child, inner
            if not isinstance(child, ast.Raise):
                yield from _visited(child, inner)


def _variants(node):
    """(kind, source) of what may stand in the place of a node."""
    match node:
        case ast.Compare(ops=[op]):
            yield from (("comparison", _with(node, ops=[new()])) for new in _SWAPPED[type(op)])
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in _SWAPPED:
            yield from (("operator", _with(node, op=new())) for new in _SWAPPED[type(op)])
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield "sign", f"({ast.unparse(node.operand)})"
        case ast.IfExp():
            yield "condition", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Constant(value=bool()):
            yield "constant", repr(not node.value)
        case ast.Constant(value=int() | float() as value):
            yield from (("constant", repr(new)) for new in _other(value))
        case ast.Call():
            yield from _calls(node)
        case ast.Return(value=ast.Tuple(elts=[first, second, *rest])):
            ends = ast.Tuple([second, first, *rest], ast.Load())
            yield "ends", f"return {ast.unparse(ends)}"
        case ast.If():
            yield from _without_statement(node)
        case ast.AugAssign() | ast.Raise() | ast.Expr(value=ast.Call()):
            yield "statement", "pass"


def _other(value):
    if isinstance(value, float):
        return (1.0, -1.0) if value == 0 else (1.5 * value, 0.5 * value)
    return (value + 1, value - 1) if abs(value) < 10 else (2 * value, value // 2)


def _calls(node):
    """A bound that is dropped, arguments in the other order, a keyword left out."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    plain = not any(isinstance(arg, ast.Starred) for arg in node.args)
    if name in _BOUNDS and plain and node.args:
        yield from (("bound", f"({ast.unparse(arg)})") for arg in node.args[:2])
    if len(node.args) > 1 and plain and name not in _BOUNDS | {"isinstance", "getattr", "hasattr"}:
        yield "arguments", _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg not in _OF_NO_NUMBER:
            yield "keyword", _with(node, keywords=[other for other in node.keywords if other is not keyword])


def _without_statement(node):
    """An `if` that is never taken; where it has an `else`, always that."""
    new = copy.copy(node)
    new.test = ast.UnaryOp(ast.Not(), node.test)
    yield "condition", ("\n" + " " * node.col_offset).join(ast.unparse(new).split("\n"))
    if not node.orelse:
        yield "statement", "pass"


def _with(node, **changes):
    new = copy.copy(node)
    for field, value in changes.items():
        setattr(new, field, value)
    return f"({ast.unparse(new)})"
