"""a*b + c as one instruction: written into the source of a function, before it is compiled.

A compiler that is free to fuse decides anew in every loop, and so the last bit of a result would depend on the number
of lanes. Written out, a multiply-add is one everywhere.
"""

import ast
import linecache
import warnings
from functools import lru_cache
from types import CodeType, FunctionType

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from ...errors import InputError
from ...fingerprints import code_content

__all__ = ["fused"]

_NAME = "_stochhh_multiply_add"  # no function of a user's is called so


@intrinsic
def multiply_add(typingctx, a, b, c):
    """a*b + c: rounded once for floats, plain for integers."""
    if all(isinstance(x, types.Integer | types.IntegerLiteral) for x in (a, b, c)):
        number, one = types.int64, lambda builder, x, y, z: builder.add(builder.mul(x, y), z)
    else:
        number, one = types.float64, ir.IRBuilder.fma
    return number(number, number, number), lambda context, builder, signature, args: one(builder, *args)


class _Fuse(ast.NodeTransformer):
    """Sums and differences of which a term is a product."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Add | ast.Sub):
            minus = isinstance(node.op, ast.Sub)
            if _is_product(node.left):
                return _call(node.left.left, node.left.right, _negative(node.right) if minus else node.right)
            if _is_product(node.right):
                a = _negative(node.right.left) if minus else node.right.left
                return _call(a, node.right.right, node.left)
        return node


def _is_product(node):
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def _negative(node):
    return ast.UnaryOp(ast.USub(), node)


def _call(*arguments):
    return ast.Call(ast.Name(_NAME, ast.Load()), list(arguments), [])


def fused(function):
    """The same function with its multiply-adds written out, or as it is where its source is not available.

    Raises InputError where the file no longer says what is loaded: one of the two would be simulated unseen.
    """
    loaded = function.__code__
    said = _said(loaded.co_filename, _source(function))
    if said is None or loaded.co_name == "<lambda>":
        return function
    content = loaded.co_name, code_content(loaded)
    found = [code for written, code in said if written == content and code.co_name == loaded.co_name]
    if not found:
        error = InputError(
            f"the source of {function.__qualname__} has changed since it was loaded",
            remedy="restart Python, or reload the module and create the neuron again",
        )
        raise error.within(file=loaded.co_filename, line=loaded.co_firstlineno)
    code = min(found, key=lambda code: abs(code.co_firstlineno - loaded.co_firstlineno))
    cells = dict(zip(loaded.co_freevars, function.__closure__ or (), strict=True))
    scope = {**function.__globals__, _NAME: multiply_add}
    made = FunctionType(code, scope, function.__name__, function.__defaults__, tuple(map(cells.get, code.co_freevars)))
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def _source(function):
    """The text of the file in which a function is written, as it is now; "" where there is none."""
    file = function.__code__.co_filename
    linecache.checkcache(file)
    return "".join(linecache.getlines(file, function.__globals__))


@lru_cache(maxsize=16)
def _said(file, source):
    """(name and content, fused code) of each function in a source; None where there is none, or no Python."""
    if not source:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # the user has seen them when the file was loaded
            tree = ast.parse(source, file)
            plain = list(_functions(compile(tree, file, "exec", dont_inherit=True)))
            tree = ast.fix_missing_locations(_Fuse().visit(tree))
            fused = _functions(compile(tree, file, "exec", dont_inherit=True))
        return [((code.co_name, code_content(code)), other) for code, other in zip(plain, fused, strict=True)]
    except (SyntaxError, ValueError, RecursionError):
        return None


def _functions(code):
    """The code of all functions in that of a module, in order."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _functions(inner)
